"""Addresses of publications: when two spellings are one, and what an archive holds a copy of."""

import re
from typing import Any, NamedTuple

from django.db import models

ARCHIVE_TODAY = r"archive\.(?:today|ph|is|li|vn|md|fo)"
COPY = re.compile(
    rf"""\Ahttps?://(?:
        (?:web\.)?archive\.org/(?:web|save)/(?:[0-9*]+(?:[a-z]{{2}}_)?/)?
        | {ARCHIVE_TODAY}/(?:(?:[0-9.-]+|newest|oldest)/|o/[a-z0-9]+/)
        )(?P<original>.+)""",
    re.IGNORECASE | re.VERBOSE,
)
ARCHIVE = re.compile(rf"\Ahttps?://(?:web\.archive\.org|{ARCHIVE_TODAY})/", re.IGNORECASE)


class NormalAddress(models.Transform):
    """The form that all spellings of one address share; a copy in an archive has its original's.

    The database makes it (``rounds/sql/rounds_normal_address.sql``), so that its unique index
    and every query agree.
    """

    lookup_name = "normal"
    function = "rounds_normal_address"
    output_field = models.TextField()


class Host(models.Transform):
    """Whose address it is, as in the normal form."""

    lookup_name = "host"
    template = "substring(rounds_normal_address(%(expressions)s) FROM '^[^/?]*')"
    output_field = models.TextField()


models.URLField.register_lookup(NormalAddress)
models.URLField.register_lookup(Host)


def as_text(address: str) -> Any:
    """``address`` as an expression that either of the two can be asked of."""
    return models.Value(address, output_field=models.TextField())


class Filed(NamedTuple):
    """An address as a source keeps it: of the publication itself, and of a copy in an archive."""

    url: str
    archive_url: str


def filed(address: str) -> Filed:
    """Which of the two ``address`` is; where a copy names its original, both."""
    address = address.strip()
    if not ARCHIVE.match(address) and not COPY.match(address):
        return Filed(address, "")
    original = address
    while copy := COPY.match(original):
        original = re.sub(r"\A(https?):/+", r"\1://", copy["original"], flags=re.IGNORECASE)
        if "://" not in original:
            original = f"http://{original}"
    return Filed("" if ARCHIVE.match(original) else original, address)
