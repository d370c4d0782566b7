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
from nafta.data_package.tables import DESCRIPTOR, TABLES, table_resources
from rounds.models import Negotiation, Source
from rounds.platform.databases import reading
from rounds.tabular.base import RecordResource
from rounds.tabular.cell_codecs import KEY, TextCodec
from rounds.tabular.columns import MAX_CELL_CHARS, Column
from rounds.tabular.importer import stored_rows
from rounds.tabular.rows import ImportProblem


def write(folder: Path) -> None:
    """Write the whole record, drafts too, as a package. The same record gives the same bytes.

    Without a negotiation it is a package to be filled in: the headings of all columns and no row.
    Raises PackageError where ``folder`` holds something else.
    """
    folder = folder.resolve()
    if folder.exists() and not (folder / DESCRIPTOR).exists() and any(folder.iterdir()):
        text = _("found a folder of other things, expected a new one, an empty one or a package")
        raise PackageError([ImportProblem(str(folder), text)])
    files = package_files()
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
def snapshot() -> Iterator[None]:
    """Read the record as of one moment, whatever is written meanwhile."""
    connection = reading()
    outermost = not connection.in_atomic_block
    with transaction.atomic(using=connection.alias):
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def package_files(*, public: bool = False) -> dict[str, str]:
    """Return the files of a package by their names.

    Raises PackageError if a public one has no negotiation.
    """
    negotiation = Negotiation.objects.first()
    if public and negotiation is None:
        raise PackageError(
            [ImportProblem("negotiation.csv", _("found no negotiation, expected one"))]
        )
    tables = [
        PackageTable(name, resource, has_all_columns=negotiation is None)
        for name, resource in table_resources(public=public).items()
    ]
    files = {f"{table.name}.csv": table_text(table) for table in tables}
    return {**files, DESCRIPTOR: as_json(describe(negotiation, tables, public=public))}


def as_json(description: dict[str, Any]) -> str:
    return json.dumps(description, ensure_ascii=False, indent=2) + "\n"


@dataclass
class PackageTable:
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
            needed = list(self.resource.original_columns)
        filled = {name for cells in self.rows for name, text in cells.items() if text}
        self.columns = [
            column for column in self.resource.columns if column in needed or column.name in filled
        ]


def table_text(table: PackageTable) -> str:
    text = io.StringIO()
    header = [column.name for column in table.columns]
    writer = csv.DictWriter(text, header, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(table.rows)
    return text.getvalue()


def describe(
    negotiation: Negotiation | None, tables: list[PackageTable], *, public: bool = False
) -> dict[str, Any]:
    """Return the content of ``datapackage.json``."""
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


def describe_table(table: PackageTable) -> dict[str, Any]:
    columns, keys = table.columns, table.resource.key_columns()
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": capfirst(str(table.resource.model._meta.verbose_name_plural)),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": without_empty(
            {
                "fields": [describe_column(column, is_key=column in keys) for column in columns],
                "missingValues": [""],
                "primaryKey": [column.name for column in keys],
                "foreignKeys": list(describe_keys(table.name, columns)),
            }
        ),
    }


def describe_keys(table: str, columns: list[Column]) -> Iterator[dict[str, Any]]:
    """Yield what the columns point at that name one other row.

    A list of rows has no foreign key in such a schema.
    """
    tables = {resource.model: name for name, resource in TABLES.items()}
    for column in columns:
        if column.key_codec and not column.is_list:
            target = tables[column.key_codec.model]
            yield {
                "fields": column.name,
                "reference": {
                    "resource": "" if target == table else target,
                    "fields": column.key_codec.key_field,
                },
            }


def describe_column(column: Column, *, is_key: bool) -> dict[str, Any]:
    description = {  # a translation is described as its original
        "name": column.name,
        "type": column.codec.type,
        "title": capfirst(str(column.title)),
        "description": column.description,
        "format": "uri" if isinstance(column.field, models.URLField) else "",
        "constraints": constraints(column, is_key=is_key),
    }
    return without_empty(description)


def constraints(column: Column, *, is_key: bool) -> dict[str, Any]:
    field = column.field
    rules: dict[str, Any] = {}
    if column.is_required or (is_key and not field.blank):
        rules["required"] = True
    if field.unique and column.attribute == field.name:
        rules["unique"] = True
    if isinstance(column.codec, TextCodec):
        rules["maxLength"] = field.max_length or MAX_CELL_CHARS
    if isinstance(field, models.SlugField):
        rules["pattern"] = KEY
    if isinstance(field, models.IntegerField):
        rules["minimum"] = max(limits(field, MinValueValidator))
        rules["maximum"] = min(limits(field, MaxValueValidator))
    rules.update(column.codec.constraints())
    return rules


def limits(
    field: "models.IntegerField[Any, Any]", kind: type[MinValueValidator | MaxValueValidator]
) -> list[Any]:
    return [validator.limit_value for validator in field.validators if isinstance(validator, kind)]
