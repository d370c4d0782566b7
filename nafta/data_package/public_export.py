"""The record as readers download it: a data package of what is published, in a zip.

It is written on request, so it is always that of the present. The same record gives the same
bytes.
"""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from pghistory.models import Event

from nafta.data_package.tables import DESCRIPTOR
from nafta.data_package.writer import as_json, package_files, snapshot
from rounds.models import Edition
from rounds.platform.databases import reading

ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip knows: the same record, the same bytes
README = "README.md"
CACHE_KEY = "public-record"

ABOUT = """\
# {title}

{description}

This is the whole record as {address} showed it when you took it away: all that is published there
and nothing else. Edition {edition}, a fingerprint of its content: two files with the same edition
hold the same record.

## What is in it

One CSV file a table (UTF-8, commas), and `{descriptor}`, which describes each column for programs:
a Data Package, https://specs.frictionlessdata.io/tabular-data-package/.

{tables}

## How to read it

Every claim names the publication it was first read in (`source`) and those that say the same
(`other_sources`). A row names others by their keys. Where a date is `approximate`, it was on some
day between the two; an empty second day means one day, `open` that no end is known. A text that
begins with `=`, `+`, `-` or `@` stands behind an apostrophe, so that no spreadsheet runs it. What
is not here was not recorded; that says nothing about whether it happened. The method:
{address}about/

## Licence

{licence}

## How to cite it

{citation}
"""


def state_of_record() -> str:
    """Return what is another text after any change that readers see.

    That is the mark of the edition. The history changes with drafts, too, and the second that it
    takes to write the tables anew would tell of them. Without a page cache nobody waits for the
    edition to be raised, and the history says at once what changed.
    """
    if settings.KEEP_PAGES:
        return str(Edition.objects.values_list("mark", flat=True).first())
    return _state_of_history()


def _state_of_history() -> str:
    """Return a fingerprint of the record's history, which is another after any change.

    Events are counted, too: what was written earlier may be seen later.
    """
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, Event)]
    last = ", ".join(f'(SELECT (max(pgh_id), count(*))::text FROM "{table}")' for table in tables)
    with reading().cursor() as cursor:
        cursor.execute(f"SELECT {last}")
        return hashlib.sha256(str(cursor.fetchone()).encode()).hexdigest()


def _licence_line(licence: dict[str, str]) -> str:
    if not licence:
        return "No licence is given. Ask those who publish the site before you publish the record."
    return ", ".join(filter(None, (licence["title"], licence["path"])))


@dataclass
class PublicRecord:
    """What is published, as files. ``address`` is the site's. Raises PackageError if nothing is.

    The tables are cached until readers see something else: it takes a second to write them.
    """

    address: str

    @cached_property
    def tables(self) -> dict[str, str]:
        """The CSV files and their description, always in the record's own language."""
        now = state_of_record()
        cached: tuple[str, dict[str, str]] | None = cache.get(CACHE_KEY)
        if cached and cached[0] == now:
            return cached[1]
        with translation.override(settings.LANGUAGE_CODE), snapshot():
            files = package_files(public=True)
        cache.set(CACHE_KEY, (now, files), None)
        return files

    @cached_property
    def description(self) -> dict[str, Any]:
        """As ``datapackage.json`` has it, with the size and fingerprint of each table."""
        whole: dict[str, Any] = json.loads(self.tables[DESCRIPTOR])
        for table in whole["resources"]:
            data = self.tables[table["path"]].encode()
            table["bytes"] = len(data)
            table["hash"] = f"sha256:{hashlib.sha256(data).hexdigest()}"
        return {**whole, "version": self.edition, "homepage": self.address}

    @cached_property
    def edition(self) -> str:
        """A fingerprint of the content."""
        content = "\0".join(self.tables.values())
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    @property
    def licence(self) -> dict[str, str]:
        """As the description lists it, its ``path`` "" if unknown; empty where none is given."""
        entries = self.description.get("licenses", [])
        return {"path": "", **entries[0]} if entries else {}

    @property
    def citation(self) -> str:
        return f"{self.description['title']}. {self.address}data/, edition {self.edition}."

    @cached_property
    def files(self) -> dict[str, str]:
        listed = "\n".join(
            f"- `{table['path']}`: {table['title']}" for table in self.description["resources"]
        )
        readme = ABOUT.format(
            title=self.description["title"],
            description=self.description["description"],
            address=self.address,
            edition=self.edition,
            descriptor=DESCRIPTOR,
            tables=listed,
            licence=_licence_line(self.licence),
            citation=self.citation,
        )
        return {README: readme, **self.tables, DESCRIPTOR: as_json(self.description)}

    def count(self, path: str) -> int:
        """Return how many rows a table has. Lines would be too many: cells hold line breaks."""
        return sum(1 for _row in csv.reader(io.StringIO(self.tables[path], newline=""))) - 1

    @cached_property
    def zipped(self) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in self.files.items():
                entry = zipfile.ZipInfo(name, ZIP_DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, text.encode())
        return file.getvalue()
