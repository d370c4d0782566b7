"""A sheet as it was read from a file, whichever its kind."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils.datetime import WINDOWS_EPOCH

from rounds.tabular.files.file_kinds import SAVE_AS

COLUMNS = 256  # several times those of the widest table
LAST_ROW = 1_048_576  # of a sheet in any spreadsheet program
HEADER_ROWS = 20  # from the top, among which the header is looked for
LISTED = 8  # rows, ranges or sheets that a message names
IsHeader = Callable[[Sequence[str]], bool]


class SheetError(Exception):
    """A file that cannot be read as a table; it says what was found and what to do."""


class CellKind(StrEnum):
    """What a cell is in the program that wrote it."""

    TEXT = "text"
    NUMBER = "number"  # shown as it is
    SHOWN = "shown"  # a number that is shown otherwise, as money or with leading zeros
    SCALED = "scaled"  # … and as another number: 1.5 for 1,500,000
    PERCENT = "percent"  # its text is what is shown: 62.5% for 0.625
    INEXACT = "inexact"  # a number of more digits than the program keeps
    DAY = "day"
    PART_OF_DAY = "part of a day"  # a day that is shown without its year or its day
    MOMENT = "moment"  # a day with a time
    TIME = "time"
    FLAG = "flag"
    FORMULA = "formula"
    ERROR = "error"


class SheetCell(NamedTuple):
    text: str
    kind: CellKind = CellKind.TEXT


EMPTY = SheetCell("")


class SheetRow(NamedTuple):
    """A row with its number in the program, and without the empty cells behind its last."""

    number: int
    cells: list[SheetCell]
    width: int = 0  # cells of the row in a CSV file, the empty ones too

    @property
    def texts(self) -> list[str]:
        return [cell.text for cell in self.cells]


@dataclass(frozen=True)
class Sheet:
    """A table. ``notices`` tell an editor what of the file was read, and how."""

    name: str
    header: SheetRow
    rows: list[SheetRow]
    notices: list[str] = field(default_factory=list)
    epoch: str = WINDOWS_EPOCH.isoformat()  # from which numbers count days: 1904 on old Macs


def advice(text: str | Promise, way_out: str | Promise = SAVE_AS) -> str:
    """Return a message that names the cause, and the way out as a sentence of its own."""
    return f"{capfirst(str(text))}. {way_out}"


def bounded(rows: Iterable[SheetRow]) -> list[SheetRow]:
    """Return ``rows`` that hold anything, without the empty cells at their ends.

    Raises SheetError where there are too many.
    """
    kept = []
    for row in rows:
        while row.cells and not row.cells[-1].text.strip():
            row.cells.pop()
        if len(row.cells) > COLUMNS:
            text = _("row %(row)d: found %(found)d columns, expected at most %(limit)d")
            values = {"row": row.number, "found": len(row.cells), "limit": COLUMNS}
            raise SheetError(text % values)
        if row.cells:
            kept.append(row)
        if len(kept) > settings.IMPORT_MAX_ROWS + HEADER_ROWS:
            raise too_many_rows()
    return kept


class CellBudget:
    """Counts the cells and rows of a file as they come, and ends reading where it has too many.

    Empty ones count: it takes time to read them, and a small file may hold any number.
    """

    def __init__(self) -> None:
        self.remaining = settings.IMPORT_MAX_CELLS

    def spend(self, count: int = 1) -> None:
        """Count so many. Raises SheetError."""
        self.remaining -= count
        if self.remaining < 0:
            raise too_many_cells()


def too_many_cells() -> SheetError:
    text = _("found more than %(limit)d cells, the empty ones included, expected fewer")
    way_out = _(
        "Copy the table alone into a new file, without the empty rows and columns around it and "
        "without other sheets, and upload that."
    )
    return SheetError(advice(text % {"limit": settings.IMPORT_MAX_CELLS}, way_out))


def too_many_rows() -> SheetError:
    text = _("found more than %d rows, expected fewer: split the file")
    return SheetError(text % settings.IMPORT_MAX_ROWS)


def split_header(
    rows: list[SheetRow], is_header: IsHeader
) -> tuple[SheetRow, list[SheetRow], list[str]]:
    """Return the header, the rows below it, and notices of those above. Raises SheetError.

    People put titles above a table: the header is the first row that names the key.
    """
    top = enumerate(rows[:HEADER_ROWS])
    start = next((at for at, row in top if is_header(row.texts)), 0)
    if len(rows) - start < 2:
        raise SheetError(_("found no rows, expected a header and some below it"))
    if len(rows) - start > settings.IMPORT_MAX_ROWS + 1:
        raise too_many_rows()
    notices = []
    if start:
        text = ngettext(
            "Row %(rows)s above the header was not read.",
            "Rows %(rows)s above the header were not read.",
            start,
        )
        notices.append(text % {"rows": listed(row.number for row in rows[:start])})
    return rows[start], rows[start + 1 :], notices


def listed(names: Iterable[object]) -> str:
    """Return the first of ``names``, and how many more there are."""
    texts = [str(name) for name in names]
    remaining = len(texts) - LISTED
    return ", ".join([*texts[:LISTED], *([_("and %d more") % remaining] if remaining > 0 else [])])
