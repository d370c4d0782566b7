"""Writing Excel files: days are days, and no text is a formula."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from rounds.platform.plain_text import printable

TEXT_FORMAT = "@"


class BoldText(str):
    """A text that is written in bold."""

    __slots__ = ()


@dataclass(frozen=True)
class XlsxSheet:
    """A sheet to be written: its rows, and the widths of its columns in characters.

    ``freeze_panes`` is the first cell that scrolls. Where a sheet is to be filled in, all cells are
    text and stay so when typed over: a spreadsheet guesses no dates.
    """

    rows: Iterable[Sequence[Any]]
    widths: Sequence[int]
    title: str | None = None
    freeze_panes: str | None = None
    is_to_be_filled_in: bool = False


def write_xlsx(sheets: Iterable[XlsxSheet]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    for content in sheets:
        sheet: WriteOnlyWorksheet = book.create_sheet(content.title)
        sheet.freeze_panes = content.freeze_panes
        for number, width in enumerate(content.widths, 1):
            column = sheet.column_dimensions[get_column_letter(number)]
            column.width = width
            if content.is_to_be_filled_in:
                column.number_format = TEXT_FORMAT
        write_cell = text_cell if content.is_to_be_filled_in else typed_cell
        for row in content.rows:
            sheet.append([write_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def typed_cell(sheet: WriteOnlyWorksheet, value: object) -> object:
    """Return a cell of the type of ``value``; nothing for an empty text."""
    if isinstance(value, BoldText):
        cell = WriteOnlyCell(sheet, value)
        cell.font = Font(bold=True)
        return cell
    if isinstance(value, str):
        return text_cell(sheet, value) if value else None
    if isinstance(value, dt.datetime):  # a spreadsheet knows no time zones
        return value.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    return value


def text_cell(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, printable(text))
    cell.data_type, cell.number_format = "s", TEXT_FORMAT
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if isinstance(text, BoldText):
        cell.font = Font(bold=True)
    return cell
