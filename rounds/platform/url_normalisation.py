"""Addresses of publications: when two are the same, and which is a copy in a web archive."""

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
    """The form that all spellings of an address share; a copy in an archive has its original's.

    The database makes it (rounds/sql/rounds_normal_address.sql), so that the unique index and every
    query agree.
    """

    lookup_name = "normal"
    function = "rounds_normal_address"
    output_field = models.TextField()


class Host(models.Transform):
    """The host of an address, as in the normal form."""

    lookup_name = "host"
    template = "substring(rounds_normal_address(%(expressions)s) FROM '^[^/?]*')"
    output_field = models.TextField()


models.URLField.register_lookup(NormalAddress)
models.URLField.register_lookup(Host)


def text_value(address: str) -> Any:
    """Return ``address`` as an expression to which these transforms can be applied."""
    return models.Value(address, output_field=models.TextField())


class SourceAddresses(NamedTuple):
    """The two addresses of a source: of the publication itself, and of a copy in an archive."""

    url: str
    archive_url: str


def split_archive_address(address: str) -> SourceAddresses:
    """Return ``address`` as the one or the other; both, where that of a copy names its original."""
    address = address.strip()
    if not ARCHIVE.match(address) and not COPY.match(address):
        return SourceAddresses(address, "")
    original = address
    while copy := COPY.match(original):
        original = re.sub(r"\A(https?):/+", r"\1://", copy["original"], flags=re.IGNORECASE)
        if "://" not in original:
            original = f"http://{original}"
    return SourceAddresses("" if ARCHIVE.match(original) else original, address)
