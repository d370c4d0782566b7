"""The rows of an uploaded sheet as rows of a table of the record."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from django.utils.translation import gettext as _

from rounds.tabular.base import RecordResource
from rounds.tabular.cell_codecs import DayCodec, DecimalCodec
from rounds.tabular.files.sheets import EMPTY, Sheet, SheetCell, SheetError, SheetRow
from rounds.tabular.messages import excerpt, found_text
from rounds.tabular.parsing.cells import NameIndex, Surroundings, read_cell
from rounds.tabular.parsing.days import day_order
from rounds.tabular.parsing.headings import Headings
from rounds.tabular.parsing.text import UnreadableCellError
from rounds.tabular.rows import ImportProblem, TableRow, header_problems, key_of, key_problems

LISTED_PROBLEMS = 10  # of a header


@dataclass(frozen=True)
class CellProblem(ImportProblem):
    """Why a cell is refused: the ``cause`` is the same in all cells that are refused for it."""

    cause: str = ""
    detail: str = ""  # of this cell only

    @classmethod
    def of(cls, row: TableRow, column: str, error: UnreadableCellError) -> "CellProblem":
        detail = _("“%(text)s”") % {"text": excerpt(row.cells[column])}
        detail = f"{detail} ({error.detail})" if error.detail else detail
        values = {"found": found_text(row.cells[column]), "cause": error.cause}
        text = _("%(found)s, %(cause)s") % values
        return cls(row.file, text, row.line, column, error.cause, detail)


def column_names(sheet: Sheet, headings: Headings) -> list[str]:
    """Return the columns of a sheet by their names, empty where one has none.

    Raises SheetError where they are not those of the table.
    """
    header = headings.column_names(sheet.header.texts)
    names = [name for name in header if name]
    resource = headings.resource
    problems = list(header_problems("", names, resource, resource.key_columns()))
    if problems:
        texts = [
            ": ".join(filter(None, (problem.column, problem.text)))
            for problem in problems[:LISTED_PROBLEMS]
        ]
        remaining = len(problems) - LISTED_PROBLEMS
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
        self.columns = {column.name: column for column in resource.columns}
        # A number needs the unit of its row, and all need the key.
        self.order = sorted(filter(None, names), key=self._turn)
        self.surroundings = Surroundings(
            day_order=day_order(self._days(sheet)),
            names=cache(NameIndex),
            epoch=dt.datetime.fromisoformat(sheet.epoch),
        )

    def _turn(self, name: str) -> int:
        if name in self.resource.key:
            return 0
        return 2 if isinstance(self.columns[name].codec, DecimalCodec) else 1

    def _days(self, sheet: Sheet) -> Iterator[tuple[str, list[SheetCell]]]:
        for at, name in enumerate(self.names):
            if name and isinstance(self.columns[name].codec, DayCodec):
                yield name, [row.cells[at] for row in sheet.rows if at < len(row.cells)]

    def read(self, row: SheetRow) -> tuple[TableRow, list[CellProblem]]:
        """Return the row, and what is wrong with its cells."""
        given = {
            name: row.cells[at] if at < len(row.cells) else EMPTY
            for at, name in enumerate(self.names)
            if name
        }
        texts = {name: cell.text.strip() for name, cell in given.items()}
        errors: dict[str, UnreadableCellError] = {}
        stored: dict[str, str] = {}
        for name in self.order:
            if name not in self.resource.key:
                stored = stored or self.stored.get(key_of(texts, self.resource), {})
                if texts[name] == stored.get(name):
                    continue
            try:
                texts[name] = self._read(name, given[name], stored | texts)
            except UnreadableCellError as error:
                if name != "state":  # which counts for nothing
                    errors[name] = error
        table = str(self.resource.model._meta.model_name)
        read = TableRow(table, row.number, texts, key_of(texts, self.resource))
        return read, [CellProblem.of(read, name, error) for name, error in errors.items()]

    def _read(self, name: str, cell: SheetCell, row: dict[str, str]) -> str:
        column = self.columns[name]
        unit = row.get(getattr(column.codec, "unit", ""), "")
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


def rows_of(sheet: Sheet, reader: RowReader) -> tuple[list[TableRow], list[ImportProblem]]:
    """Return the rows of a sheet as those of a table, and what is wrong with them by themselves."""
    rows: list[TableRow] = []
    problems: list[ImportProblem] = []
    seen: dict[tuple[str, ...], int] = {}
    for sheet_row in sheet.rows:
        row, cell_problems = reader.read(sheet_row)
        rows.append(row)
        problems += cell_problems
        problems += stray_cells(row, reader.names, sheet_row.texts)
        if {problem.column for problem in cell_problems}.isdisjoint(reader.resource.key):
            problems += key_problems(row, reader.resource.key_columns(), seen.get(row.key))
            seen.setdefault(row.key, row.line)
    return rows, problems


def stray_cells(row: TableRow, header: list[str], texts: list[str]) -> Iterator[ImportProblem]:
    """Yield the first cell of a row that stands in no column."""
    for at, text in enumerate(texts):
        if text.strip() and not (at < len(header) and header[at]):
            message = _("%(found)s in column %(number)d, which has no name")
            values = {"found": found_text(text), "number": at + 1}
            yield ImportProblem(row.file, message % values, row.line)
            return
