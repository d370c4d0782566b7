"""Many rows into the record at once: from the files of a package or an editor's spreadsheet.

``nafta.data_package.reader`` and ``rounds.tabular.files`` read them. Here they are stored in
passes, and each refusal names its row and column.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from rounds.tabular.base import RecordResource, RowKind
from rounds.tabular.columns import CellError, Column
from rounds.tabular.messages import found_text
from rounds.tabular.rows import ImportProblem, TableRow, key_of

LOCK = 0x7265636F7264  # “record”: the same in every load of a database


def lock_imports() -> None:
    """Wait until no other load is under way; other loads wait until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def stored_rows(resource: RecordResource) -> dict[tuple[str, ...], dict[str, str]]:
    """Return what is stored, as the cells of its rows by their natural keys."""
    rows = (resource.cells(record) for record in resource.queryset())
    return {key_of(cells, resource): cells for cells in rows}


@dataclass(frozen=True)
class RowOutcome:
    """What became of a row that was accepted; of a changed one its cells before and after."""

    kind: RowKind
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    record: Any = None

    @property
    def changed(self) -> list[str]:
        """The columns that are not as they were."""
        return [name for name, text in self.after.items() if text != self.before.get(name)]


@dataclass(frozen=True)
class Complaint:
    """A problem of a refused row, with the refused rows that its cell points at."""

    problem: ImportProblem
    blamed_rows: list[TableRow]


@dataclass
class Load:
    """What became of the rows: of the accepted ones the outcome, of the refused ones the reason."""

    resources: dict[str, RecordResource]
    outcomes: dict[TableRow, RowOutcome] = field(default_factory=dict)
    refused: dict[TableRow, ValidationError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stored = {table: stored_rows(resource) for table, resource in self.resources.items()}

    def store(self, rows: list[TableRow], accepted: Callable[[], object] = lambda: None) -> None:
        """Store ``rows``, in as many passes as get any further.

        A row may need another that comes later: one it points at, one to be published first,
        one that gives up its number.
        """
        pending: list[TableRow] = []
        while len(rows) != len(pending):
            pending, self.refused = rows, {}
            for row in pending:
                self.store_row(row)
                if row in self.outcomes:
                    accepted()
            rows = list(self.refused)

    def is_stored(self, row: TableRow) -> bool:
        """Whether the record says already what the columns of ``row`` say."""
        stored = self.stored[row.table].get(row.key)
        return stored is not None and row.cells.items() <= stored.items()

    def store_row(self, row: TableRow) -> None:
        if self.is_stored(row):  # spares most rows of a large file what follows
            self.outcomes[row] = RowOutcome(RowKind.UNCHANGED)
            return
        resource = self.resources[row.table]
        try:
            kind, record = resource.store(row.cells)
        except ValidationError as error:
            self.refused[row] = error
            return
        before, after = {}, {}
        if kind == RowKind.CHANGED:
            before, after = self.stored[row.table][row.key], resource.cells(record)
        self.outcomes[row] = RowOutcome(kind, before, after, record)

    def problems(self, reported: list[ImportProblem], torn: list[TableRow]) -> list[ImportProblem]:
        """Return all that is wrong: what was ``reported`` before, and what storing has shown.

        The ``torn`` rows were not stored for what was reported. A row that is refused only because
        it points at a refused one is left out.
        """
        positions = {problem.position for problem in reported}
        complaints = self.complaints(torn)
        explained = explained_rows(complaints, torn)
        problems = list(reported)
        for row, complaint in (
            (row, complaint) for row, of_row in complaints.items() for complaint in of_row
        ):
            problem = complaint.problem
            if problem.position in positions:
                continue
            if not complaint.blamed_rows:
                problems.append(problem)
            elif row in complaint.blamed_rows or row not in explained:
                text = _("%(found)s, expected no circle: it points back at this row")
                cell = found_text(row.cells[problem.column])
                problems.append(replace(problem, text=text % {"found": cell}))
        return problems

    def complaints(self, torn: list[TableRow]) -> dict[TableRow, list[Complaint]]:
        """Return what the refusals say, row by row."""
        bad_rows = {self.identity(row): row for row in [*torn, *self.refused]}
        return {row: list(self._complaints(row, bad_rows)) for row in self.refused}

    def identity(self, row: TableRow) -> tuple[Any, ...]:
        return (self.resources[row.table].model, *row.key)

    def _complaints(
        self, row: TableRow, bad_rows: dict[tuple[Any, ...], TableRow]
    ) -> Iterator[Complaint]:
        error = self.refused[row]
        errors = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
        for attribute, of_field in errors.items():
            for problem in of_field:
                column = self.blamed_column(row, attribute, problem)
                yield Complaint(problem_of(row, column, problem), blamed(row, column, bad_rows))

    def blamed_column(self, row: TableRow, attribute: str, error: ValidationError) -> Column | None:
        """Return the column of an error; of an error of the model the first that its field has."""
        for column in self.resources[row.table].columns:
            if isinstance(error, CellError):
                if column.name == error.column:
                    return column
            elif column.attribute == attribute and column.name in row.cells:
                return column
        return None


def problem_of(row: TableRow, column: Column | None, error: ValidationError) -> ImportProblem:
    """Return an error as a problem. Models say what they expect; what was found is added."""
    (text,) = error.messages
    if column and not isinstance(error, CellError):
        text = f"{found_text(row.cells[column.name])}. {text}"
    return ImportProblem(row.file, text, row.line, column.name if column else "")


def blamed(
    row: TableRow, column: Column | None, bad_rows: dict[tuple[Any, ...], TableRow]
) -> list[TableRow]:
    """Return those of ``bad_rows`` that a cell points at."""
    if column is None or column.key_codec is None:
        return []
    model, text = column.key_codec.model, row.cells[column.name].strip()
    return [bad_rows[model, key] for key in column.key_codec.keys(text) if (model, key) in bad_rows]


def explained_rows(
    complaints: dict[TableRow, list[Complaint]], torn: list[TableRow]
) -> set[TableRow]:
    """Return the refused rows with a fault of their own, and all that fail because of these."""
    explained = set(torn)
    explained |= {
        row
        for row, of_row in complaints.items()
        if not all(complaint.blamed_rows for complaint in of_row)
    }
    while True:
        following = {
            row
            for row, of_row in complaints.items()
            if row not in explained
            and any(explained & set(complaint.blamed_rows) for complaint in of_row)
        }
        if not following:
            return explained
        explained |= following
