"""``manage.py load_record [FOLDER]``: the record from a data package, all of it or nothing."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from import_export.results import RowResult
from tqdm import tqdm

from nafta.package import (
    TABLES,
    Package,
    PackageError,
    Problem,
    Row,
    file_and_line,
    read,
    resources,
    stored_rows,
)
from rounds.models import Negotiation
from rounds.resources import CellError, Column, Key, RecordResource, found

RECORD = settings.BASE_DIR / "nafta" / "record"
PRINTED = 200  # problems; whoever has more has one cause for most
LOCK = 0x7265636F7264  # “record”: the same in every load of a database


class Command(BaseCommand):
    help = "Load a record from a folder: a CSV a model and datapackage.json. Deletes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=RECORD)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change and store nothing"
        )
        parser.add_argument(
            "--note", default="", help="tell readers why what they have seen reads otherwise"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder, dry_run = Path(options["folder"]), options["dry_run"]
        try:
            package = read(folder)
        except PackageError as error:
            raise refused(error.problems) from error
        told = {"command": "load_record", "note": options["note"].strip()}
        with transaction.atomic(), pghistory.context(**told):
            with connection.cursor() as cursor:  # one load after the other
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            check_negotiation(package)
            load = Load(resources())
            with tqdm(total=len(package.rows), disable=None, unit="row", leave=False) as bar:
                load.store(package.rows, bar)
            if problems := load.problems(package):
                raise refused(problems)
            transaction.set_rollback(dry_run)
        if options["verbosity"]:
            self.report(load, dry_run)

    def report(self, load: "Load", dry_run: bool) -> None:
        for table in TABLES:
            count = load.counts[table]
            self.stdout.write(
                _("%(file)s: %(new)d new, %(changed)d changed, %(unchanged)d unchanged")
                % {
                    "file": f"{table}.csv",
                    "new": count[RowResult.IMPORT_TYPE_NEW],
                    "changed": count[RowResult.IMPORT_TYPE_UPDATE],
                    "unchanged": count[RowResult.IMPORT_TYPE_SKIP],
                }
            )
            for change in load.changes[table] if dry_run else ():
                self.stdout.write(f"  {change}")
        if dry_run:
            self.stdout.write(_("This was a dry run: nothing is stored."))


def refused(problems: list[Problem]) -> CommandError:
    """The error that lists ``problems``, one a line."""
    lines = [_("Nothing was loaded. Problems: %d") % len(problems)]
    lines += map(str, problems[:PRINTED])
    if more := len(problems) - PRINTED:
        lines += [_("and %d more") % more] if more > 0 else []
    return CommandError("\n".join(lines))


def check_negotiation(package: Package) -> None:
    """Raise CommandError unless the package is about the negotiation that the database has."""
    keys = [row.key[0] for row in package.rows if row.table == "negotiation"]
    stored = Negotiation.objects.first()
    if not keys:
        package.problems.append(Problem("negotiation.csv", _("found no row, expected one")))
    elif stored and stored.slug not in keys:
        raise CommandError(
            _(
                "Nothing was loaded: the package is about “%(found)s”, the database about "
                "“%(expected)s”. A site covers one negotiation; load this one into an empty "
                "database."
            )
            % {"found": keys[0], "expected": stored.slug}
        )


@dataclass
class Load:
    """What became of the rows: how many of each table are new and so on, what changed, and the
    refused ones with the reasons.
    """

    resources: dict[str, RecordResource]
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {t: Counter() for t in TABLES})
    changes: dict[str, list[str]] = field(default_factory=lambda: {t: [] for t in TABLES})
    refused: dict[Row, ValidationError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stored = {table: stored_rows(resource) for table, resource in self.resources.items()}

    def store(self, rows: list[Row], bar: Any) -> None:
        """Store ``rows``, in as many passes as get any further.

        A row may need another that comes later: one it points at, one to be published first,
        one that gives up its number.
        """
        pending: list[Row] = []
        while len(rows) != len(pending):
            pending, self.refused = rows, {}
            for row in pending:
                self.store_row(row, bar)
            rows = list(self.refused)

    def store_row(self, row: Row, bar: Any) -> None:
        if self.stored[row.table].get(row.key) == row.cells:  # seen at a glance, unlike below
            self.counts[row.table][RowResult.IMPORT_TYPE_SKIP] += 1
            bar.update()
            return
        resource = self.resources[row.table]
        result = resource.import_row(
            row.cells,
            None,
            row_number=row.line,
            using_transactions=True,
            retain_instance_in_row_result=True,
        )
        if result.errors:  # nothing that a row could be blamed for
            raise result.errors[0].error
        if result.validation_error:
            self.refused[row] = result.validation_error
            return
        bar.update()
        self.counts[row.table][result.import_type] += 1
        if result.is_update():
            before, after = map(resource.export_resource, (result.original, result.instance))
            names = resource.get_export_headers()
            changed = [name for name, a, b in zip(names, before, after, strict=True) if a != b]
            self.changes[row.table].append(f"{', '.join(row.key)}: {', '.join(changed)}")

    def problems(self, package: Package) -> list[Problem]:
        """All that is wrong, in the order of files and lines.

        A row that is refused only because it points at a refused one is left out.
        """
        known = {problem.place for problem in package.problems}
        bad = {self.identity(row): row for row in [*package.torn, *self.refused]}
        complaints = {row: list(self.complaints(row, bad)) for row in self.refused}
        explained = explained_rows(complaints, package.torn)
        problems = list(package.problems)
        for row, complaint in ((row, each) for row, some in complaints.items() for each in some):
            problem = complaint.problem
            if problem.place in known:
                continue
            if not complaint.blames:
                problems.append(problem)
            elif row in complaint.blames or row not in explained:
                text = _("%(found)s, expected no circle: it points back at this row")
                cell = found(row.cells[problem.column])
                problems.append(replace(problem, text=text % {"found": cell}))
        return sorted(problems, key=file_and_line)

    def identity(self, row: Row) -> tuple[Any, ...]:
        return (self.resources[row.table]._meta.model, *row.key)

    def complaints(self, row: Row, bad: dict[tuple[Any, ...], Row]) -> Iterator["Complaint"]:
        """What the refusal of ``row`` says, each with the ``bad`` rows that its cell points at."""
        error = self.refused[row]
        errors = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
        columns = self.resources[row.table].columns()
        for attribute, problem in ((name, each) for name, some in errors.items() for each in some):
            if isinstance(problem, CellError):
                matching = [column for column in columns if column.column_name == problem.column]
            else:
                matching = [column for column in columns if column.attribute == attribute]
            column = matching[0] if matching else None
            yield Complaint(problem_of(row, column, problem), blamed(row, column, bad))


@dataclass(frozen=True)
class Complaint:
    problem: Problem
    blames: list[Row]


def problem_of(row: Row, column: Column | None, error: ValidationError) -> Problem:
    """Models say what they expect; what was found is added."""
    (text,) = error.messages
    if column and not isinstance(error, CellError):
        text = f"{found(row.cells[column.column_name])}. {text}"
    return Problem(row.file, text, row.line, column.column_name if column else "")


def blamed(row: Row, column: Column | None, bad: dict[tuple[Any, ...], Row]) -> list[Row]:
    """The ``bad`` rows that a cell points at."""
    if column is None or not isinstance(column.widget, Key):
        return []
    keys = column.widget.keys(row.cells[column.column_name].strip())
    return [bad[column.widget.model, key] for key in keys if (column.widget.model, key) in bad]


def explained_rows(complaints: dict[Row, list[Complaint]], torn: list[Row]) -> set[Row]:
    """The refused rows with a fault of their own, and all that fail because of these."""
    explained = set(torn)
    explained |= {row for row, some in complaints.items() if not all(one.blames for one in some)}
    while True:
        more = {
            row
            for row, some in complaints.items()
            if row not in explained and any(explained & set(one.blames) for one in some)
        }
        if not more:
            return explained
        explained |= more
