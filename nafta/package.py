"""The record as a Data Package: a folder of CSV files and ``datapackage.json``, which says what
their columns are. See https://specs.frictionlessdata.io/tabular-data-package/.

The description is made of the models and their resources, so it cannot go out of date. Editors
have the whole record, drafts too; readers the ``public`` one, which names nothing unpublished.
"""

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

from issues import resources as issues
from rounds import resources as rounds
from rounds.databases import reading
from rounds.loading import (
    Problem,
    Row,
    csv_words,
    header_problems,
    key_of,
    key_problems,
    stored_rows,
)
from rounds.models import Negotiation, Source
from rounds.resources import CELL_LIMIT, KEY, Column, Key, Keys, RecordResource, Text, one_of, shown

DESCRIPTOR = "datapackage.json"
FILE_LIMIT = 10_000_000  # bytes: far more than a newsroom writes, and little to read at once


# Each after those that its rows point at.
TABLES: dict[str, type[RecordResource]] = {
    "negotiation": rounds.NegotiationResource,
    "parties": rounds.PartyResource,
    "people": rounds.PersonResource,
    "sources": rounds.SourceResource,
    "rounds": rounds.RoundResource,
    "deadlines": rounds.DeadlineResource,
    "issues": issues.IssueResource,
    "statements": issues.StatementResource,
    "statement_links": rounds.StatementLinkResource,
    "measures": issues.MeasureResource,
    "proposals": issues.ProposalResource,
    "terms": issues.TermResource,
    "positions": issues.PositionResource,
    "progress": issues.ProgressResource,
}
FILES = [DESCRIPTOR, *(f"{table}.csv" for table in TABLES)]


@dataclass
class Package:
    """``rows`` in the order of files and lines; ``torn`` ones have too few or too many cells."""

    rows: list[Row] = field(default_factory=list)
    torn: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class PackageError(Exception):
    """A folder that cannot be read or written as a package; ``problems`` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def resources(*, public: bool = False) -> dict[str, RecordResource]:
    found = {table: resource() for table, resource in TABLES.items()}
    for resource in found.values():
        resource.public = public
    return found


# --- reading ---


def read(folder: Path) -> Package:
    """The package in ``folder``, with the problems that its files show by themselves.

    Raises PackageError if any of the tables cannot be read at all.
    """
    check_folder(folder)
    package = Package()
    description = read_descriptor(folder, package)
    unreadable = []
    for table, resource in resources().items():
        try:
            read_table(folder / f"{table}.csv", resource, package)
        except PackageError as error:
            unreadable += error.problems
    if unreadable:
        raise PackageError(sorted([*package.problems, *unreadable], key=file_and_line))
    take_licence(description, package)
    return package


def check_folder(folder: Path) -> None:
    """Raise PackageError, in one line, where there is no folder or none of the files in it."""
    if not folder.is_dir():
        raise PackageError([Problem(str(folder), _("found no such folder, expected one"))])
    if not any((folder / name).exists() for name in FILES):
        text = _(
            "found none of the files of a record, expected %(count)d CSV files;"
            " dump_record on an empty database writes them with their headings alone"
        )
        raise PackageError([Problem(str(folder), text % {"count": len(TABLES)})])


def file_and_line(problem: Problem) -> tuple[int, int]:
    return FILES.index(problem.file), problem.line


def read_descriptor(folder: Path, package: Package) -> dict[str, Any]:
    """What ``datapackage.json`` says; {} where there is none, as the tables say all themselves.

    What is wrong with it is added to the problems of ``package``.
    """
    if not (folder / DESCRIPTOR).exists():
        return {}
    try:
        description: dict[str, Any] = json.loads(read_text(folder / DESCRIPTOR))
        listed = [entry["path"] for entry in description["resources"]]
    except PackageError as error:
        package.problems += error.problems
    except (ValueError, RecursionError) as error:
        text = _("found no JSON (%s), expected a data package, or no such file")
        package.problems.append(Problem(DESCRIPTOR, text % error))
    except (KeyError, TypeError):
        text = _(
            "found JSON without a list of resources and their paths, expected"
            ' {"resources": [{"path": "%(file)s"}, …]} with all the files, or no such file'
        )
        package.problems.append(Problem(DESCRIPTOR, text % {"file": FILES[1]}))
    else:
        package.problems += path_problems(listed)
        return description
    return {}


def path_problems(listed: list[Any]) -> Iterator[Problem]:
    """What is wrong with the paths that ``datapackage.json`` lists."""
    for path in listed:
        if path not in FILES[1:]:
            expected = one_of(str(path), FILES[1:])
            text = _("found the file “%(path)s”, expected %(expected)s")
            yield Problem(DESCRIPTOR, text % {"path": shown(str(path)), "expected": expected})
    for path in FILES[1:]:
        if (count := listed.count(path)) != 1:
            text = _("found the file “%(path)s” %(count)d times, expected it once")
            yield Problem(DESCRIPTOR, text % {"path": path, "count": count})


def take_licence(description: dict[str, Any], package: Package) -> None:
    """Add the licence of ``datapackage.json`` to the negotiation, or the problem that it is.

    It counts where ``negotiation.csv`` has no column for it; where both say one they must agree.
    """
    listed = description.get("licenses")
    if not listed:
        return
    try:
        (entry,) = listed
        licence = {
            "licence": str(entry.get("title") or entry["name"]),
            "licence_url": str(entry.get("path") or ""),
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        text = _("found licenses that cannot be read, expected one with a title and a path")
        package.problems.append(Problem(DESCRIPTOR, text))
        return
    row = next((row for row in package.rows if row.table == "negotiation"), None)
    if row and "licence" not in row.cells:
        row.cells.update(licence)
    elif row and (cells := {name: row.cells.get(name, "").strip() for name in licence}) != licence:
        text = _("found the licence “%(found)s”, expected “%(expected)s” as in %(file)s")
        found, expected = (
            shown(", ".join(filter(None, entry.values()))) for entry in (licence, cells)
        )
        values = {"found": found, "expected": expected, "file": row.file}
        package.problems.append(Problem(DESCRIPTOR, text % values))


def read_text(path: Path) -> str:
    """The text of a file, its lines ended by line feeds. Raises PackageError."""
    try:
        if (size := path.stat().st_size) > FILE_LIMIT:
            limits = {"size": size, "limit": FILE_LIMIT}
            text = _("found %(size)d bytes, expected at most %(limit)d") % limits
            raise PackageError([Problem(path.name, text)])
        data = path.read_bytes()
    except FileNotFoundError:
        raise PackageError([Problem(path.name, _("found no such file, expected one"))]) from None
    except OSError as error:
        text = _("found a file that cannot be read: %s") % error.strerror
        raise PackageError([Problem(path.name, text)]) from error
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = _("found bytes that are no text, expected UTF-8")
        raise PackageError([Problem(path.name, text, line)]) from error


def read_table(path: Path, resource: RecordResource, package: Package) -> None:
    """Add the rows of a CSV file to ``package``. Raises PackageError if it is no table of ours."""
    lines = csv_rows(path)
    _line, header = next(lines, (1, []))
    if problems := list(header_problems(path.name, header, resource, resource.needed_columns())):
        raise PackageError(problems)
    keys = resource.key_columns()
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in lines:
        by_column = dict(zip(header, cells, strict=False))
        row = Row(path.stem, line, by_column, key_of(by_column, resource))
        if len(cells) != len(header):
            counts = {"found": len(cells), "expected": len(header)}
            text = _("found %(found)d cells, expected %(expected)d") % counts
            package.problems.append(Problem(path.name, text, line))
            package.torn.append(row)
            continue
        package.rows.append(row)
        package.problems += key_problems(row, keys, seen.get(row.key))
        seen.setdefault(row.key, line)


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, blank lines left out, with the line that each begins on.

    Raises PackageError.
    """
    reader = csv.reader(io.StringIO(read_text(path), newline="\n"), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise PackageError([Problem(path.name, csv_words(error), line)]) from error
        if cells:
            yield line, cells


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
        for name, resource in resources(public=public).items()
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


def limits(
    own: "models.IntegerField[Any, Any]", kind: type[MinValueValidator | MaxValueValidator]
) -> list[Any]:
    return [validator.limit_value for validator in own.validators if isinstance(validator, kind)]
