"""What an uploaded spreadsheet would do: each row, what it changes, and why it cannot."""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from import_export.results import RowResult
from openpyxl.utils import get_column_letter

from rounds.models import State
from rounds.publishing.gate import Refused, gate
from rounds.tabular.cells import Day, Number, found, shown, unguarded
from rounds.tabular.files.sheets import (
    EMPTY,
    Sheet,
    SheetCell,
    SheetError,
    SheetRow,
    listed,
)
from rounds.tabular.importer import (
    Load,
    Outcome,
    Problem,
    Row,
    cells_of,
    header_problems,
    key_of,
    key_problems,
    one_at_a_time,
)
from rounds.tabular.parsing.cells import NameIndex, Surroundings, read_cell
from rounds.tabular.parsing.days import day_order
from rounds.tabular.parsing.headings import Headings
from rounds.tabular.parsing.text import UnreadableCellError
from rounds.tabular.resources import RecordResource

LISTED = 10  # problems of a header, places of a problem
REFUSED, CHANGED, NEW, UNCHANGED = "refused", "changed", "new", "unchanged"
KINDS = {
    RowResult.IMPORT_TYPE_UPDATE: CHANGED,
    RowResult.IMPORT_TYPE_NEW: NEW,
    RowResult.IMPORT_TYPE_SKIP: UNCHANGED,
}


# --- what is in the file ---


@dataclass(frozen=True)
class CellProblem(Problem):
    """Why a cell is refused: the ``cause`` is the same in all cells that are refused for it."""

    cause: str = ""
    detail: str = ""  # what is said of this cell only

    @classmethod
    def of(cls, row: Row, column: str, error: UnreadableCellError) -> "CellProblem":
        detail = _("“%(text)s”") % {"text": shown(row.cells[column])}
        detail = f"{detail} ({error.detail})" if error.detail else detail
        values = {"found": found(row.cells[column]), "cause": error.cause}
        text = _("%(found)s, %(cause)s") % values
        return cls(row.file, text, row.line, column, error.cause, detail)


def column_names(sheet: Sheet, headings: Headings) -> list[str]:
    """The columns of a sheet by their names, empty where one has none.

    Raises SheetError where they are not those of the table.
    """
    header = headings.column_names(sheet.header.texts)
    names = [name for name in header if name]
    resource = headings.resource
    problems = list(header_problems("", names, resource, resource.key_columns()))
    if problems:
        texts = [
            ": ".join(filter(None, (problem.column, problem.text))) for problem in problems[:LISTED]
        ]
        remaining = len(problems) - LISTED
        raise SheetError(*texts, *([_("and %d more") % remaining] if remaining > 0 else []))
    return header


class RowReader:
    """Makes rows of a table of those of a sheet, whose columns are called ``names``.

    ``stored`` are the rows of the record: a cell that says what is stored is not read further.
    """

    def __init__(
        self,
        sheet: Sheet,
        names: list[str],
        resource: RecordResource,
        stored: dict[tuple[str, ...], dict[str, str]],
    ) -> None:
        self.names, self.resource, self.stored = names, resource, stored
        self.columns = {column.column_name: column for column in resource.columns()}
        self.keys = [column.column_name for column in resource.key_columns()]
        # A number needs the unit of its row, and all need the key.
        self.order = sorted(filter(None, names), key=self._turn)
        self.surroundings = Surroundings(
            day_order=day_order(self._days(sheet)),
            names=cache(NameIndex),
            epoch=dt.datetime.fromisoformat(sheet.epoch),
        )

    def _turn(self, name: str) -> int:
        if name in self.keys:
            return 0
        return 2 if isinstance(self.columns[name].widget, Number) else 1

    def _days(self, sheet: Sheet) -> Iterator[tuple[str, list[SheetCell]]]:
        for at, name in enumerate(self.names):
            if name and isinstance(self.columns[name].widget, Day):
                yield name, [row.cells[at] for row in sheet.rows if at < len(row.cells)]

    def read(self, row: SheetRow) -> tuple[Row, list[CellProblem]]:
        """The row, and what is wrong with its cells."""
        given = {
            name: row.cells[at] if at < len(row.cells) else EMPTY
            for at, name in enumerate(self.names)
            if name
        }
        texts = {name: cell.text.strip() for name, cell in given.items()}
        errors: dict[str, UnreadableCellError] = {}
        stored: dict[str, str] = {}
        for name in self.order:
            if name not in self.keys:
                stored = stored or self.stored.get(key_of(texts, self.resource), {})
                if texts[name] == stored.get(name):
                    continue
            try:
                texts[name] = self._read(name, given[name], stored | texts)
            except UnreadableCellError as error:
                if name != "state":  # which counts for nothing
                    errors[name] = error
        table = self.resource._meta.model._meta.model_name
        read = Row(table, row.number, texts, key_of(texts, self.resource))
        return read, [CellProblem.of(read, name, error) for name, error in errors.items()]

    def _read(self, name: str, cell: SheetCell, row: dict[str, str]) -> str:
        column = self.columns[name]
        unit = row.get(getattr(column.widget, "unit", ""), "")
        return read_cell(cell, column, replace(self.surroundings, unit=unit))

    def notices(self) -> list[str]:
        order = self.surroundings.day_order
        if order.day_first is None:
            return []
        text = (
            _("Days were read as day, month, year, because of “%(day)s”.")
            if order.day_first
            else _("Days were read as month, day, year, because of “%(day)s”.")
        )
        return [text % {"day": order.evidence}]


def rows_of(sheet: Sheet, reader: RowReader) -> tuple[list[Row], list[Problem]]:
    """The rows of a sheet as those of a table, and what they show by themselves."""
    rows: list[Row] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, ...], int] = {}
    for sheet_row in sheet.rows:
        row, cell_problems = reader.read(sheet_row)
        rows.append(row)
        problems += cell_problems
        problems += stray_cells(row, reader.names, sheet_row.texts)
        if {problem.column for problem in cell_problems}.isdisjoint(reader.keys):
            problems += key_problems(row, reader.resource.key_columns(), seen.get(row.key))
            seen.setdefault(row.key, row.line)
    return rows, problems


def stray_cells(row: Row, header: list[str], texts: list[str]) -> Iterator[Problem]:
    for at, text in enumerate(texts):
        if text.strip() and not (at < len(header) and header[at]):
            message = _("%(found)s in column %(number)d, which has no name")
            yield Problem(row.file, message % {"found": found(text), "number": at + 1}, row.line)
            return


# --- what it does to the record ---


class Reason(NamedTuple):
    """Why a row is refused: the ``cause`` that other rows may share, and what is of this one only.

    ``place`` is its cell as the program calls it, B7, or the row.
    """

    column: str
    text: str
    cause: str
    place: str
    detail: str = ""


@dataclass(frozen=True)
class Cause:
    """A reason with all the places in the file for which it holds, by what was found there."""

    text: str
    columns: list[str]
    places: dict[str, list[str]]

    @property
    def count(self) -> int:
        return sum(map(len, self.places.values()))

    @property
    def listed(self) -> list[tuple[str, str]]:
        return [(detail, listed(cells)) for detail, cells in list(self.places.items())[:LISTED]]

    @property
    def remaining(self) -> int:
        return sum(len(cells) for cells in list(self.places.values())[LISTED:])

    @classmethod
    def of(cls, text: str, reasons: list[Reason]) -> "Cause":
        places: dict[str, list[str]] = defaultdict(list)
        for reason in reasons:
            places[reason.detail].append(reason.place)
        columns = dict.fromkeys(reason.column for reason in reasons if reason.column)
        return cls(text, list(columns), places)


@dataclass(frozen=True)
class Line:
    """What becomes of a row of the file: the cells that it changes, or why it is refused.

    ``cells`` are those of a new row that hold anything.
    """

    number: int
    key: str
    kind: str
    name: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    cells: list[tuple[str, str]] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    public: bool = False
    state: str = ""
    state_asked: str = ""  # … and not given

    @property
    def place(self) -> str:
        return _("row %d") % self.number


@dataclass(frozen=True)
class Preview:
    lines: list[Line]
    outcomes: list[Outcome]
    needs_note: bool
    notices: list[str] = field(default_factory=list)  # of what was read, and how

    def of(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line.kind == kind]

    @cached_property
    def refused(self) -> list[Line]:
        return self.of(REFUSED)

    @cached_property
    def causes(self) -> list[Cause]:
        """Why rows are refused, each reason once."""
        by_cause: dict[str, list[Reason]] = defaultdict(list)
        for line in self.refused:
            for reason in line.reasons:
                by_cause[reason.cause].append(reason)
        return [Cause.of(text, reasons) for text, reasons in by_cause.items()]

    @cached_property
    def changed(self) -> list[Line]:
        return self.of(CHANGED)

    @cached_property
    def new(self) -> list[Line]:
        return self.of(NEW)

    @cached_property
    def unchanged(self) -> list[Line]:
        return self.of(UNCHANGED)

    @property
    def has_states(self) -> bool:
        return any(line.state for line in self.lines)

    @property
    def states_asked(self) -> int:
        return sum(bool(line.state_asked) for line in self.lines)

    @property
    def can_be_stored(self) -> bool:
        return not self.refused and bool(self.new or self.changed)

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same preview of the same file."""
        text = json.dumps([asdict(line) for line in self.lines])
        return hashlib.sha256(text.encode()).hexdigest()


def store(sheet: Sheet, resource: RecordResource, user: Any) -> Preview:
    """Store what can be stored of ``sheet``, within the caller's transaction, and say what it was.

    Raises SheetError.
    """
    names = column_names(sheet, Headings(resource))
    one_at_a_time()
    manager: models.QuerySet[Any] = resource._meta.model._default_manager.order_by("pk")
    list(manager.select_for_update(no_key=True).values_list("pk"))  # what is shown is changed
    table = resource._meta.model._meta.model_name
    load = Load({table: resource})
    reader = RowReader(sheet, names, resource, load.stored[table])
    given, problems = rows_of(sheet, reader)
    rows = [completed(row, load, resource) for row in given]
    marred = {problem.line for problem in problems}
    whole = [row for row in rows if row.line not in marred]
    check_changes(load, whole)
    load.store(whole)
    reasons = reasons_of(load, problems, [row for row in rows if row.line in marred], names)
    public = set(manager.published().values_list("pk", flat=True))  # type: ignore[attr-defined]
    lines = [
        line_of(row, load.outcomes.get(row), reasons[row.line], public, resource) for row in rows
    ]
    lines = [with_state_asked(line, row.cells) for line, row in zip(lines, given, strict=True)]
    objection = objection_to(user)
    needs_note = objection is not None and objection.code == "note"
    if needs_note:
        objection = objection_to(user, "a note")
    if objection is not None:
        lines = [refused_if_public(line, objection.message) for line in lines]
    notices = [*sheet.notices, *reader.notices()]
    return Preview(lines, list(load.outcomes.values()), needs_note, notices)


def check_changes(load: Load, rows: list[Row]) -> None:
    """Refuse more work than an editor waits for. Raises SheetError."""
    count = sum(not load.is_stored(row) for row in rows)
    if count > settings.IMPORT_MAX_CHANGES:
        text = _("found %(found)d new or changed rows, expected at most %(limit)d: split the file")
        raise SheetError(text % {"found": count, "limit": settings.IMPORT_MAX_CHANGES})


def objection_to(user: Any, note: str = "") -> Refused | None:
    """What the gate says of all that was stored so far."""
    try:
        gate(user, note)
    except Refused as error:
        return error
    return None


def completed(row: Row, load: Load, resource: RecordResource) -> Row:
    """``row`` with all columns: those it lacks are as stored. An import changes no state."""
    stored = load.stored[row.table].get(row.key)
    cells = stored or {column.column_name: "" for column in resource.columns()}
    state = {"state": stored["state"] if stored else State.DRAFT.value} if "state" in cells else {}
    return replace(row, cells=cells | row.cells | state)


def reasons_of(
    load: Load, problems: list[Problem], marred: list[Row], names: list[str]
) -> dict[int, list[Reason]]:
    """Why rows are refused, by their numbers; ``names`` are the columns of the sheet."""
    reasons: dict[int, list[Reason]] = defaultdict(list)
    for problem in load.problems(problems, marred):
        reasons[problem.line].append(reason_of(problem, names))
    for row, complaints in load.complaints(marred).items():
        if row.line not in reasons:
            column, other = next((one.problem.column, one.blames[0]) for one in complaints)
            text = _("needs row %d, which is refused") % other.line
            problem = Problem(row.file, text, row.line, column)
            reasons[row.line].append(reason_of(problem, names))
    return reasons


def reason_of(problem: Problem, names: list[str]) -> Reason:
    """A problem with its cell as the program calls it: B7."""
    cell_name = _("row %d") % problem.line
    if problem.column in names:
        cell_name = f"{get_column_letter(names.index(problem.column) + 1)}{problem.line}"
    elif problem.column:
        cell_name = f"{cell_name}, {problem.column}"
    if isinstance(problem, CellProblem):
        return Reason(problem.column, problem.text, problem.cause, cell_name, problem.detail)
    return Reason(problem.column, problem.text, problem.text, cell_name)


def line_of(
    row: Row,
    outcome: Outcome | None,
    reasons: list[Reason],
    public: set[int],
    resource: RecordResource,
) -> Line:
    key = ", ".join(row.key)
    if reasons or outcome is None:
        return Line(row.line, key, REFUSED, reasons=reasons)
    kind = KINDS[outcome.kind]
    cells = cells_of(resource, outcome.record) if kind == NEW else {}
    return Line(
        number=row.line,
        key=key,
        kind=kind,
        name=str(outcome.record or ""),
        changes=[
            (name, unguarded(outcome.before[name]), unguarded(outcome.after[name]))
            for name in outcome.changed
        ],
        cells=[(name, unguarded(text)) for name, text in cells.items() if text],
        public=bool(outcome.record) and outcome.record.pk in public,
        state=row.cells.get("state", ""),
    )


def with_state_asked(line: Line, given: dict[str, str]) -> Line:
    asked = given.get("state", "").strip()
    return replace(line, state_asked=asked) if asked not in {"", line.state} else line


def refused_if_public(line: Line, reason: Any) -> Line:
    if not (line.public and line.kind == CHANGED):
        return line
    return replace(line, kind=REFUSED, reasons=[Reason("", str(reason), str(reason), line.place)])
