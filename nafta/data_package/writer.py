"""Writing the record as a data package: one CSV a table, and a description."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from nafta.data_package.reader import PackageError
from nafta.data_package.tables import DESCRIPTOR, TABLES, limits, table_resources
from rounds.models import Negotiation, Source
from rounds.platform.databases import reading
from rounds.tabular.cells import CELL_LIMIT, KEY, Key, Keys, Text
from rounds.tabular.columns import Column
from rounds.tabular.importer import (
    Problem,
    stored_rows,
)
from rounds.tabular.resources import RecordResource

# --- writing ---


def write(folder: Path) -> None:
    """Write the whole record, drafts too, as a package. The same record makes the same bytes.

    Without a negotiation it is a package to be filled in: the headings of all columns and no row.
    Raises PackageError where ``folder`` holds something else.
    """
    folder = folder.resolve()
    if folder.exists() and not (folder / DESCRIPTOR).exists() and any(folder.iterdir()):
        text = _("found a folder of other things, expected a new one, an empty one or a package")
        raise PackageError([Problem(str(folder), text)])
    files = texts()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
        new = Path(temporary) / folder.name
        new.mkdir()
        for name, text in files.items():
            (new / name).write_text(text, encoding="utf-8", newline="\n")
        if (folder / DESCRIPTOR).exists():  # whatever else an old package holds stays
            for name in files:
                (new / name).replace(folder / name)
        else:
            new.replace(folder)


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read within is as of one moment, whoever writes meanwhile."""
    connection = reading()
    outermost = not connection.in_atomic_block
    with transaction.atomic(using=connection.alias):
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def texts(*, public: bool = False) -> dict[str, str]:
    """The files of a package by their names.

    Raises PackageError if a public one has no negotiation.
    """
    negotiation = Negotiation.objects.first()
    if public and negotiation is None:
        raise PackageError([Problem("negotiation.csv", _("found no negotiation, expected one"))])
    tables = [
        Table(name, resource, has_all_columns=negotiation is None)
        for name, resource in table_resources(public=public).items()
    ]
    files = {f"{table.name}.csv": table_text(table) for table in tables}
    return {**files, DESCRIPTOR: as_json(describe(negotiation, tables, public=public))}


def as_json(description: dict[str, Any]) -> str:
    return json.dumps(description, ensure_ascii=False, indent=2) + "\n"


@dataclass
class Table:
    """What is written of a model: its rows as cells, in order, and the columns that they need.

    Translations and what a file may lack have a column only where a row has one, unless the table
    ``has_all_columns``: then only translations are left out.
    """

    name: str
    resource: RecordResource
    has_all_columns: bool = False
    rows: list[dict[str, str]] = field(init=False)
    columns: list[Column] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = [cells for _key, cells in sorted(stored_rows(self.resource).items())]
        needed = self.resource.needed_columns()
        if self.has_all_columns:
            needed = self.resource.own_columns()
        filled = {name for cells in self.rows for name, text in cells.items() if text}
        self.columns = [
            column
            for column in self.resource.columns()
            if column in needed or column.column_name in filled
        ]


def table_text(table: Table) -> str:
    text = io.StringIO()
    header = [column.column_name for column in table.columns]
    writer = csv.DictWriter(text, header, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(table.rows)
    return text.getvalue()


def describe(
    negotiation: Negotiation | None, tables: list[Table], *, public: bool = False
) -> dict[str, Any]:
    """The content of ``datapackage.json``."""
    sources = Source.objects.published() if public else Source.objects.all()
    negotiation = negotiation or Negotiation(slug="record")
    licence = without_empty(negotiation.license_entry)
    description = {
        "profile": "tabular-data-package",
        "name": re.sub("[^-a-z0-9]", "-", negotiation.slug.lower()),
        "title": negotiation.title,
        "description": negotiation.standfirst,
        "licenses": [licence] if licence else [],
        "sources": [
            {"title": str(source)} | ({"path": source.url} if source.url else {})
            for source in sources.order_by("slug")
        ],
        "resources": [describe_table(table) for table in tables],
    }
    return without_empty(description)


def without_empty(description: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in description.items() if value}


def describe_table(table: Table) -> dict[str, Any]:
    columns, keys = table.columns, table.resource.key_columns()
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": capfirst(str(table.resource._meta.model._meta.verbose_name_plural)),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": without_empty(
            {
                "fields": [describe_column(column, is_key=column in keys) for column in columns],
                "missingValues": [""],
                "primaryKey": [column.column_name for column in keys],
                "foreignKeys": [
                    describe_key(table.name, column) for column in columns if is_key(column)
                ],
            }
        ),
    }


def is_key(column: Column) -> bool:
    """Whether the cells name one other row. A list of rows has no foreign key in such a schema."""
    return isinstance(column.widget, Key) and not isinstance(column.widget, Keys)


def describe_key(table: str, column: Column) -> dict[str, Any]:
    target = next(name for name, cls in TABLES.items() if cls._meta.model is column.widget.model)
    return {
        "fields": column.column_name,
        "reference": {"resource": "" if target == table else target, "fields": column.widget.field},
    }


def describe_column(column: Column, *, is_key: bool) -> dict[str, Any]:
    description = {  # a translation is described as its original
        "name": column.column_name,
        "type": column.widget.type,
        "title": capfirst(str(column.title)),
        "description": str(column.field.help_text),
        "format": "uri" if isinstance(column.field, models.URLField) else "",
        "constraints": constraints(column, is_key=is_key),
    }
    return without_empty(description)


def constraints(column: Column, *, is_key: bool) -> dict[str, Any]:
    own = column.field
    rules: dict[str, Any] = {}
    if column.required or (is_key and not own.blank):
        rules["required"] = True
    if own.unique and column.attribute == own.name:
        rules["unique"] = True
    if isinstance(column.widget, Text):
        rules["maxLength"] = own.max_length or CELL_LIMIT
    if isinstance(own, models.SlugField):
        rules["pattern"] = KEY
    if isinstance(own, models.IntegerField):
        rules["minimum"] = max(limits(own, MinValueValidator))
        rules["maximum"] = min(limits(own, MaxValueValidator))
    rules.update(column.widget.constraints())
    return rules
