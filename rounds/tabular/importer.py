"""Many rows into the record at once: from the files of a package or an editor's spreadsheet.

``nafta.data_package.reader`` and ``rounds.tabular.files`` read them. Here they are checked and
stored in passes, and each refusal names its row and column.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from import_export.results import RowResult

from rounds.tabular.cells import CELL_LIMIT, Key, found, key_text, one_of, shown
from rounds.tabular.columns import Column
from rounds.tabular.resources import CellError, RecordResource

LOCK = 0x7265636F7264  # “record”: the same in every load of a database


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: ``line`` 0 and ``column`` "" stand for the whole."""

    file: str
    text: str
    line: int = 0
    column: str = ""

    def __str__(self) -> str:
        line = _("line %d") % self.line if self.line else ""
        where = ", ".join(part for part in (self.file, line, self.column) if part)
        return f"{where}: {self.text}"

    @property
    def place(self) -> tuple[str, int, str]:
        return self.file, self.line, self.column


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a table: where it begins, its cells by column, and its natural key."""

    table: str
    line: int
    cells: dict[str, str]
    key: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.table}.csv"


def key_of(cells: dict[str, str], resource: RecordResource) -> tuple[str, ...]:
    return tuple(key_text(cells.get(column.column_name, "")) for column in resource.key_columns())


# --- what a file shows by itself ---


def csv_words(error: csv.Error) -> str:
    if "field limit" in str(error):
        text = _("found a cell of more than %(found)d characters, expected at most %(limit)d")
        return text % {"found": csv.field_size_limit(), "limit": CELL_LIMIT}
    text = _('found a row that is no CSV (%s), expected cells with commas between, quoted with "')
    return text % error


def header_problems(
    file: str, header: list[str], resource: RecordResource, needed: list[Column]
) -> Iterator[Problem]:
    """Columns may come in any order; those ``needed`` must come, each once, and no strangers."""
    names = [column.column_name for column in resource.columns()]
    usual = [column.column_name for column in resource.needed_columns()]
    missing = [name for name in usual if name not in header]
    if not header:
        text = _("found nothing, expected the columns %(names)s") % {"names": ", ".join(usual)}
        yield Problem(file, text, 1)
        return
    for name in dict.fromkeys(header):
        if name not in names:
            text = _("found the column “%(name)s”, expected %(expected)s")
            values = {"name": shown(name), "expected": one_of(name, missing or usual)}
            yield Problem(file, text % values, 1)
        elif (count := header.count(name)) > 1:
            text = _("found the column %(count)d times, expected it once") % {"count": count}
            yield Problem(file, text, 1, name)
    for column in needed:
        if column.column_name in missing:
            text = _("found no such column, expected one")
            yield Problem(file, text, 1, column.column_name)


def key_problems(row: Row, keys: list[Column], earlier: int | None) -> Iterator[Problem]:
    """What keeps a row from being told from all others, ``earlier`` being the line of its twin."""
    is_whole = True
    for column, text in zip(keys, row.key, strict=True):
        if not text and not column.field.blank:
            is_whole = False
            yield Problem(
                row.file, _("found nothing, expected a key"), row.line, column.column_name
            )
    if earlier and is_whole:
        values = {"key": shown(", ".join(row.key)), "line": earlier}
        text = _("found “%(key)s” again, expected each once: line %(line)d has it") % values
        yield Problem(row.file, text, row.line, keys[0].column_name)


# --- storing ---


def stored_rows(resource: RecordResource) -> dict[tuple[str, ...], dict[str, str]]:
    """What is stored, as the cells of its rows by their natural keys."""
    rows = (cells_of(resource, instance) for instance in resource.get_queryset())
    return {key_of(cells, resource): cells for cells in rows}


def cells_of(resource: RecordResource, instance: Any) -> dict[str, str]:
    header = [column.column_name for column in resource.columns()]
    return dict(zip(header, resource.export_resource(instance), strict=True))


def one_at_a_time() -> None:
    """Wait until no other load is under way; until the transaction ends the others wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@dataclass(frozen=True)
class Outcome:
    """What became of a row that was accepted: its ``kind`` is new, update or skip."""

    kind: str
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    record: Any = None

    @property
    def changed(self) -> list[str]:
        """The columns that are not as they were."""
        return [name for name, text in self.after.items() if text != self.before.get(name)]


@dataclass
class Load:
    """What became of the rows: of the accepted ones the outcome, of the refused ones the reason."""

    resources: dict[str, RecordResource]
    outcomes: dict[Row, Outcome] = field(default_factory=dict)
    refused: dict[Row, ValidationError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stored = {table: stored_rows(resource) for table, resource in self.resources.items()}

    def store(self, rows: list[Row], accepted: Callable[[], object] = lambda: None) -> None:
        """Store ``rows``, in as many passes as get any further.

        A row may need another that comes later: one it points at, one to be published first,
        one that gives up its number.
        """
        pending: list[Row] = []
        while len(rows) != len(pending):
            pending, self.refused = rows, {}
            for row in pending:
                self.store_row(row)
                if row in self.outcomes:
                    accepted()
            rows = list(self.refused)

    def is_stored(self, row: Row) -> bool:
        """Whether the record says already what the columns of ``row`` say."""
        stored = self.stored[row.table].get(row.key)
        return stored is not None and row.cells.items() <= stored.items()

    def store_row(self, row: Row) -> None:
        if self.is_stored(row):  # seen at a glance, unlike below
            self.outcomes[row] = Outcome(RowResult.IMPORT_TYPE_SKIP)
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
        before, after = {}, {}
        if result.is_update():
            before = self.stored[row.table][row.key]
            after = cells_of(resource, result.instance)
        self.outcomes[row] = Outcome(result.import_type, before, after, result.instance)

    def problems(self, known: list[Problem], torn: list[Row]) -> list[Problem]:
        """All that is wrong: what was ``known`` before, with the ``torn`` rows that were not
        stored for it, and what storing the others has shown.

        A row that is refused only because it points at a refused one is left out.
        """
        places = {problem.place for problem in known}
        complaints = self.complaints(torn)
        explained = explained_rows(complaints, torn)
        problems = list(known)
        for row, complaint in ((row, each) for row, some in complaints.items() for each in some):
            problem = complaint.problem
            if problem.place in places:
                continue
            if not complaint.blames:
                problems.append(problem)
            elif row in complaint.blames or row not in explained:
                text = _("%(found)s, expected no circle: it points back at this row")
                cell = found(row.cells[problem.column])
                problems.append(replace(problem, text=text % {"found": cell}))
        return problems

    def complaints(self, torn: list[Row]) -> dict[Row, list["Complaint"]]:
        """What the refusals say, row by row."""
        bad = {self.identity(row): row for row in [*torn, *self.refused]}
        return {row: list(self._complaints(row, bad)) for row in self.refused}

    def identity(self, row: Row) -> tuple[Any, ...]:
        return (self.resources[row.table]._meta.model, *row.key)

    def _complaints(self, row: Row, bad: dict[tuple[Any, ...], Row]) -> Iterator["Complaint"]:
        """What the refusal of ``row`` says, each with the ``bad`` rows that its cell points at."""
        error = self.refused[row]
        errors = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
        columns = self.resources[row.table].columns()
        for attribute, problem in ((name, each) for name, some in errors.items() for each in some):
            if isinstance(problem, CellError):
                matching = [column for column in columns if column.column_name == problem.column]
            else:
                known = (column for column in columns if column.column_name in row.cells)
                matching = [column for column in known if column.attribute == attribute]
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
