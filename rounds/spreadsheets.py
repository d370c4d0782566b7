"""Spreadsheets as editors have them: CSV and XLSX, read with suspicion and written for re-reading.

What is read is rows of text with the numbers a spreadsheet program shows beside them. Nothing in
a file is trusted: neither its name nor its size, neither what a zip says of its parts nor what a
sheet says of its rows and columns.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.formats import base_formats
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from rounds.loading import csv_words
from rounds.plain_text import printable
from rounds.resources import as_text

UNPACKED = 10  # times IMPORT_MAX_BYTES: what an XLSX may hold once unpacked
PARTS = 500  # files in an XLSX
COLUMNS = 256  # several times those of the widest table
LAST_ROW = 1_048_576  # of a sheet in any spreadsheet program
ZIP, OLD_EXCEL = b"PK", b"\xd0\xcf\x11\xe0"
EXPECTED_KINDS = gettext_lazy("expected a spreadsheet: CSV (UTF-8) or XLSX")


class SheetError(Exception):
    """A file that is no spreadsheet of ours; it says what was found and what was expected."""


@dataclass(frozen=True)
class Sheet:
    """``rows`` have their number and as many cells as they have; the first is the header."""

    name: str
    rows: list[tuple[int, list[str]]]


def read(name: str, data: bytes) -> Sheet:
    """What is in a file. Its content tells what it is, whatever its name. Raises SheetError."""
    if data.startswith(ZIP):
        return Sheet(name, bounded(xlsx_rows(data)))
    if data.startswith(OLD_EXCEL):
        raise SheetError(_("found an old Excel file, expected it saved as XLSX or CSV (UTF-8)"))
    return Sheet(name, bounded(csv_rows(data)))


def bounded(rows: Iterable[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """``rows`` that hold anything, without the empty cells behind the last. Raises SheetError."""
    kept = []
    for number, cells in rows:
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > COLUMNS:
            text = _("row %(row)d: found %(found)d columns, expected at most %(limit)d")
            values = {"row": number, "found": len(cells), "limit": COLUMNS}
            raise SheetError(text % values)
        if cells:
            kept.append((number, cells))
        if len(kept) > settings.IMPORT_MAX_ROWS + 1:
            text = _("found more than %d rows, expected fewer: split the file")
            raise SheetError(text % settings.IMPORT_MAX_ROWS)
    return kept


# --- CSV ---


def csv_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        text = _("found bytes that are neither UTF-8 text nor XLSX, %s")
        raise SheetError(text % EXPECTED_KINDS)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    header = text.lstrip("\n").partition("\n")[0]
    delimiter = max(",;\t", key=header.count)  # some countries' spreadsheets write semicolons
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SheetError(_("row %d: ") % number + csv_words(error)) from error
        yield number, cells


# --- XLSX ---


def xlsx_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the sheet that is open when the file is."""
    check_parts(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it leaves out: charts, rules, extensions
            yield from sheet_rows(data)
    except SheetError:
        raise
    except Exception as error:  # a damaged file may raise anything: openpyxl promises nothing
        text = _("found an XLSX file that is damaged, %s")
        raise SheetError(text % EXPECTED_KINDS) from error


def check_parts(data: bytes) -> None:
    """Refuse a zip that is no XLSX or would not stay small, before any of it is unpacked.

    ``zipfile`` reads no more of a part than the size that is added up here.
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        text = _("found an XLSX file that is damaged, %s")
        raise SheetError(text % EXPECTED_KINDS) from error
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise SheetError(_("found a zip file that is no XLSX, %s") % EXPECTED_KINDS)
    limit = UNPACKED * settings.IMPORT_MAX_BYTES
    if len(parts) > PARTS or sum(part.file_size for part in parts) > limit:
        text = _("found an XLSX file that unpacks to more than %(limit)d MB, expected less")
        raise SheetError(text % {"limit": limit // 1_000_000})


def sheet_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    sheet: Any = book.active
    if sheet is None or not hasattr(sheet, "reset_dimensions"):
        raise SheetError(_("found an XLSX file whose open sheet has no cells, expected a table"))
    sheet.reset_dimensions()  # what it says of its size makes the reader fill it up
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > LAST_ROW:
            raise SheetError(_("found a row beyond number %d, expected none") % LAST_ROW)
        yield number, [cell_text(cell) for cell in cells]


def cell_text(cell: Any) -> str:
    """As a CSV would have it. What is calculated begins with “=”, which no cell accepts."""
    if cell.data_type == "f":
        formula = getattr(cell.value, "text", cell.value)
        return f"={str(formula or '').removeprefix('=')}"
    if cell.data_type == "e":
        return f"={cell.value}"
    text = as_text(cell.value)
    return text.encode("utf-8", "replace").decode()  # a file may hold half of a character


# --- writing ---


class CSV(base_formats.CSV):
    def export_data(self, dataset: Any, **kwargs: Any) -> str:
        """With a mark by which spreadsheet programs know that it is UTF-8."""
        return "\ufeff" + str(super().export_data(dataset, **kwargs))


class XLSX(base_formats.XLSX):
    def export_data(self, dataset: Any, **kwargs: Any) -> bytes:
        """All cells are text, and stay so when typed over: a spreadsheet guesses no dates."""
        book = openpyxl.Workbook(write_only=True)
        sheet: Any = book.create_sheet(dataset.title)
        sheet.freeze_panes = "B2"
        for number in range(1, dataset.width + 1):
            column = sheet.column_dimensions[get_column_letter(number)]
            column.number_format, column.width = "@", 24
        header = [text_cell(sheet, text) for text in dataset.headers]
        for cell in header:
            cell.font = Font(bold=True)
        sheet.append(header)
        for row in dataset:
            sheet.append([text_cell(sheet, text) for text in row])
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()


def text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, printable(text))
    cell.data_type, cell.number_format = "s", "@"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell
