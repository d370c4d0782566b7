"""The record as a Data Package: a folder of CSV files and ``datapackage.json``, which says what
their columns are. See https://specs.frictionlessdata.io/tabular-data-package/.

The description is made of the models and their resources, so it cannot go out of date. Editors
have the whole record, drafts too; readers the ``public`` one, which names nothing unpublished.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from nafta.data_package.tables import (
    ADDED_LATER,
    DESCRIPTOR,
    FILE_LIMIT,
    FILES,
    TABLES,
    table_resources,
)
from rounds.tabular.base import RecordResource
from rounds.tabular.files.csv_rows import CsvError, csv_rows
from rounds.tabular.messages import excerpt, expected_choice
from rounds.tabular.rows import ImportProblem, TableRow, header_problems, key_of, key_problems


@dataclass
class Package:
    """``rows`` in the order of files and lines; ``torn`` ones have too few or too many cells."""

    rows: list[TableRow] = field(default_factory=list)
    torn: list[TableRow] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)


class PackageError(Exception):
    """A folder that cannot be read or written as a package; ``problems`` say why."""

    def __init__(self, problems: list[ImportProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def read(folder: Path) -> Package:
    """Return the package in ``folder``, with the problems that its files show by themselves.

    Raises PackageError if any of the tables cannot be read at all.
    """
    check_folder(folder)
    package = Package()
    description = read_descriptor(folder, package)
    unreadable = []
    for table, resource in table_resources().items():
        if table in ADDED_LATER and not (folder / f"{table}.csv").exists():
            continue
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
        raise PackageError([ImportProblem(str(folder), _("found no such folder, expected one"))])
    if not any((folder / name).exists() for name in FILES):
        text = _(
            "found none of the files of a record, expected %(count)d CSV files;"
            " dump_record on an empty database writes them with their headings alone"
        )
        raise PackageError([ImportProblem(str(folder), text % {"count": len(TABLES)})])


def file_and_line(problem: ImportProblem) -> tuple[int, int]:
    return FILES.index(problem.file), problem.line


def read_descriptor(folder: Path, package: Package) -> dict[str, Any]:
    """Return what ``datapackage.json`` says; {} where there is none, as the tables say it all.

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
        package.problems.append(ImportProblem(DESCRIPTOR, text % error))
    except (KeyError, TypeError):
        text = _(
            "found JSON without a list of resources and their paths, expected"
            ' {"resources": [{"path": "%(file)s"}, …]} with all the files, or no such file'
        )
        package.problems.append(ImportProblem(DESCRIPTOR, text % {"file": FILES[1]}))
    else:
        package.problems += path_problems(listed)
        return description
    return {}


def path_problems(listed: list[Any]) -> Iterator[ImportProblem]:
    """Yield what is wrong with the paths that ``datapackage.json`` lists."""
    for path in listed:
        if path not in FILES[1:]:
            expected = expected_choice(str(path), FILES[1:])
            text = _("found the file “%(path)s”, expected %(expected)s")
            yield ImportProblem(
                DESCRIPTOR, text % {"path": excerpt(str(path)), "expected": expected}
            )
    for path in FILES[1:]:
        count = listed.count(path)
        if count > 1 or (count == 0 and Path(path).stem not in ADDED_LATER):
            text = _("found the file “%(path)s” %(count)d times, expected it once")
            yield ImportProblem(DESCRIPTOR, text % {"path": path, "count": count})


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
        package.problems.append(ImportProblem(DESCRIPTOR, text))
        return
    row = next((row for row in package.rows if row.table == "negotiation"), None)
    if row and "licence" not in row.cells:
        row.cells.update(licence)
    elif row and (cells := {name: row.cells.get(name, "").strip() for name in licence}) != licence:
        text = _("found the licence “%(found)s”, expected “%(expected)s” as in %(file)s")
        listed_text, stored_text = (
            excerpt(", ".join(filter(None, entry.values()))) for entry in (licence, cells)
        )
        values = {"found": listed_text, "expected": stored_text, "file": row.file}
        package.problems.append(ImportProblem(DESCRIPTOR, text % values))


def read_text(path: Path) -> str:
    """Return the text of a file, its lines ended by line feeds. Raises PackageError."""
    try:
        if (size := path.stat().st_size) > FILE_LIMIT:
            limits = {"size": size, "limit": FILE_LIMIT}
            text = _("found %(size)d bytes, expected at most %(limit)d") % limits
            raise PackageError([ImportProblem(path.name, text)])
        data = path.read_bytes()
    except FileNotFoundError:
        raise PackageError(
            [ImportProblem(path.name, _("found no such file, expected one"))]
        ) from None
    except OSError as error:
        text = _("found a file that cannot be read: %s") % error.strerror
        raise PackageError([ImportProblem(path.name, text)]) from error
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = _("found bytes that are no text, expected UTF-8")
        raise PackageError([ImportProblem(path.name, text, line)]) from error


def read_table(path: Path, resource: RecordResource, package: Package) -> None:
    """Add the rows of a CSV file to ``package``. Raises PackageError if it is no table of ours."""
    lines = file_rows(path)
    _line, header = next(lines, (1, []))
    if problems := list(header_problems(path.name, header, resource, resource.needed_columns())):
        raise PackageError(problems)
    keys = resource.key_columns()
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in lines:
        by_column = dict(zip(header, cells, strict=False))
        row = TableRow(path.stem, line, by_column, key_of(by_column, resource))
        if len(cells) != len(header):
            counts = {"found": len(cells), "expected": len(header)}
            text = _("found %(found)d cells, expected %(expected)d") % counts
            package.problems.append(ImportProblem(path.name, text, line))
            package.torn.append(row)
            continue
        package.rows.append(row)
        package.problems += key_problems(row, keys, seen.get(row.key))
        seen.setdefault(row.key, line)


def file_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file but blank lines, each with the line that it begins on.

    Raises PackageError.
    """
    try:
        for row in csv_rows(read_text(path)):
            if row.texts:
                yield row.line, row.texts
    except CsvError as error:
        raise PackageError([ImportProblem(path.name, str(error), error.line)]) from error
