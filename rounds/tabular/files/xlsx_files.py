"""Reading Excel files, which may be hostile: all is counted before anything is made of it."""

import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

import openpyxl
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import COL_TAG, FORMULA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from rounds.tabular.files.file_kinds import describe_zip
from rounds.tabular.files.number_formats import day_kind, number_cell, shows_time
from rounds.tabular.files.sheets import (
    COLUMNS,
    EMPTY,
    HEADER_ROWS,
    LAST_ROW,
    LISTED,
    CellBudget,
    CellKind,
    IsHeader,
    Sheet,
    SheetCell,
    SheetError,
    SheetRow,
    advice,
    bounded,
    listed,
    split_header,
    too_many_cells,
)

UNPACKED = 10  # times IMPORT_MAX_BYTES: what an XLSX may hold once unpacked
PARTS = 500  # files in an XLSX
WORKBOOK = "xl/workbook.xml"
# Tags for each cell of IMPORT_MAX_CELLS that the parts of a file may have together, by the
# beginning of their names: <c><v></v></c> are four. Of all other XML, openpyxl makes objects.
TAGS_PER_CELL = {"xl/worksheets/": 6, "xl/sharedStrings": 2, "": 1}
CHUNK_BYTES = 64 * 1024
# Between two tags: Excel's longest text as numeric references, twice over. A text of 19 MB, which
# needs 20 kB in a file, took 20 seconds of CPU.
UNTAGGED_BYTES = 500_000
MERGED_TAG = f"{{{SHEET_MAIN_NS}}}mergeCell"
UNZIP_ERRORS = (  # RuntimeError and its kin: passwords and unknown methods
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
)
FORMAT_CHARS = 255  # of a number format in Excel
FORMULA_CHARS = 255  # that are kept of a formula, which is refused
TEXT_CHARS = 32_767  # of a cell in Excel
# What openpyxl reads from a cell that holds no text: a flag and a number too
CellValue = bool | int | float | dt.date | dt.time | dt.timedelta


def read_xlsx(name: str, data: bytes, is_header: IsHeader) -> Sheet:
    """Return the table on the sheet that is open when the file is."""
    check_parts(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it leaves out: charts, rules, extensions
            return read_workbook(name, data, is_header)
    except SheetError:
        raise
    except Exception as error:  # a damaged file may raise anything: openpyxl promises nothing
        raise damaged() from error


def damaged() -> SheetError:
    return SheetError(advice(_("found an XLSX file that is damaged")))


def check_parts(data: bytes) -> None:
    """Refuse a zip that is no XLSX or would not stay small, before any of it is unpacked.

    ``zipfile`` reads no more of a part than the size that is added up here.
    """
    limit = UNPACKED * settings.IMPORT_MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS or sum(part.file_size for part in parts) > limit:
                text = _("found an XLSX file that unpacks to more than %(limit)d MB, expected less")
                raise SheetError(text % {"limit": limit // 1_000_000})
            names = archive.namelist()
            contents = (
                archive.read(part) if part in names else b"" for part in ("mimetype", WORKBOOK)
            )
            kind = describe_zip(names, *contents)
            if kind is None:
                check_tags(archive)
    except UNZIP_ERRORS as error:
        raise damaged() from error
    if kind is not None:
        raise SheetError(advice(*kind))


def check_tags(archive: zipfile.ZipFile) -> None:
    """Refuse an XLSX with more tags than a table has, or with a text too long for a cell.

    To count them takes a fraction of a second, to read them a minute for each million or two.
    Raises SheetError.
    """
    remaining = {
        prefix: times * settings.IMPORT_MAX_CELLS for prefix, times in TAGS_PER_CELL.items()
    }
    for part in archive.infolist():
        if not part.filename.endswith((".xml", ".rels")):
            continue
        prefix = next(prefix for prefix in TAGS_PER_CELL if part.filename.startswith(prefix))
        untagged = 0  # bytes since the last tag
        with archive.open(part) as content:
            while chunk := content.read(CHUNK_BYTES):
                remaining[prefix] -= chunk.count(b"<")
                if remaining[prefix] < 0:
                    raise too_many_cells()
                last_tag = chunk.rfind(b"<")
                untagged = len(chunk) - last_tag if last_tag >= 0 else untagged + len(chunk)
                if untagged > UNTAGGED_BYTES:
                    raise damaged()


def read_workbook(name: str, data: bytes, is_header: IsHeader) -> Sheet:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    worksheet: ReadOnlyWorksheet = book.active
    if worksheet is None or not hasattr(worksheet, "reset_dimensions"):
        raise SheetError(_("found an XLSX file whose open sheet has no cells, expected a table"))
    if any(len(text) > TEXT_CHARS for text in worksheet._shared_strings):
        raise damaged()  # any number of cells may share it
    reader = SheetReader(worksheet)
    rows = bounded(reader.rows())
    check_is_table(rows, worksheet, is_header)
    header, below, notices = split_header(rows, is_header)
    check_merged(reader.merged_ranges, header, below)
    notices = [*sheet_notices(worksheet), *notices, *hidden_notices(reader, header, below)]
    return Sheet(name, header, below, notices, reader.epoch.isoformat())


def check_is_table(rows: list[SheetRow], worksheet: ReadOnlyWorksheet, is_header: IsHeader) -> None:
    """Refuse an open sheet that is not the table where another sheet is. Raises SheetError."""
    if any(is_header(row.texts) for row in rows[:HEADER_ROWS]):
        return
    tables = [
        sheet.title
        for sheet in worksheet.parent.worksheets
        if sheet is not worksheet
        and any(is_header(row.texts) for row in islice(SheetReader(sheet).rows(), HEADER_ROWS))
    ]
    if tables:
        text = _("found no table on the open sheet, “%(open)s”, but on “%(others)s”")
        way_out = _("Open that sheet, save the file, and upload it again.")
        between = pgettext("between two quotations", "”, “")
        names = {"open": worksheet.title, "others": between.join(tables[:LISTED])}
        raise SheetError(advice(text % names, way_out))


def sheet_notices(worksheet: ReadOnlyWorksheet) -> list[str]:
    titles = [sheet.title for sheet in worksheet.parent.worksheets if sheet is not worksheet]
    if not titles:
        return []
    text = _("Only the open sheet, “%(sheet)s”, was read. Not read: %(others)s.")
    return [text % {"sheet": worksheet.title, "others": listed(titles)}]


def hidden_notices(reader: "SheetReader", header: SheetRow, rows: list[SheetRow]) -> list[str]:
    """Return notices of what an editor does not see in the program but was read all the same."""
    notices = []
    hidden_rows = [row.number for row in rows if row.number in reader.hidden_rows]
    if hidden_rows:
        text = ngettext(
            "A hidden row, hidden by a filter or by hand, was read like the others: %(rows)s.",
            "%(count)d hidden rows, hidden by a filter or by hand, were read like the others: "
            "%(rows)s.",
            len(hidden_rows),
        )
        notices.append(text % {"count": len(hidden_rows), "rows": listed(hidden_rows)})
    columns = [get_column_letter(at) for at in range(1, len(header.cells) + 1)]
    if hidden := [letter for letter in columns if letter in reader.hidden_columns]:
        text = ngettext(
            "A hidden column was read like the others: %(columns)s.",
            "Hidden columns were read like the others: %(columns)s.",
            len(hidden),
        )
        notices.append(text % {"columns": listed(hidden)})
    return notices


def check_merged(
    ranges: Iterable[tuple[int, int, int, int]], header: SheetRow, rows: list[SheetRow]
) -> None:
    """Refuse merged cells of the table: only the first of them holds what all of them show."""
    by_number = {row.number: row for row in (header, *rows)}
    merged = [
        f"{get_column_letter(first)}{top}:{get_column_letter(last)}{bottom}"
        for first, top, last, bottom in ranges
        if bottom >= header.number
        and first <= len(header.cells)
        and ((row := by_number.get(top)) is None or any(row.texts[first - 1 : first]))
    ]
    if merged:
        text = _("found merged cells: %(ranges)s") % {"ranges": listed(merged)}
        way_out = _(
            "Only the first of merged cells holds their content. Unmerge them, fill in each cell, "
            "and upload the file again."
        )
        raise SheetError(advice(text, way_out))


class BoundedSheetParser(WorkSheetParser):
    """openpyxl's parser, limited to what is read here, and to so many rows, cells and areas."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.budget = CellBudget()
        self.merged_ranges: list[tuple[int, int, int, int]] = []

    def parse(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """Yield the number and the cells of each row. Raises SheetError.

        openpyxl's own makes objects of all else as well: of rules, links and pages to print.
        """
        for _event, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                self.budget.spend(len(element) + 1)
                yield self.parse_row(element)
            elif element.tag == COL_TAG:
                self.budget.spend()
                self.parse_column_dimensions(element)
            elif element.tag == MERGED_TAG:
                self.budget.spend()
                self.merged_ranges.append(range_boundaries(element.get("ref")))
            else:
                continue  # the parts of a row are needed until it ends
            element.clear()

    def parse_formula(self, element: Element) -> str:
        """Return the formula as it is written.

        openpyxl rewrites a formula that cells share for each of them, which takes as long as the
        formula is long.
        """
        formula = element.find(FORMULA_TAG)
        text = "" if formula is None else formula.text or ""
        shared = "" if formula is None else formula.get("si", "")
        if shared and not text:
            return str(self.shared_formulae.get(shared, "="))
        self.shared_formulae[shared] = f"={text[:FORMULA_CHARS]}"
        return str(self.shared_formulae[shared])


class SheetReader:
    """The rows of a worksheet, and what only the end of its file tells: what is hidden or merged.

    openpyxl's own rows know neither, and fill up what the sheet claims of its size.
    """

    def __init__(self, worksheet: ReadOnlyWorksheet) -> None:
        self.worksheet = worksheet
        self.epoch: dt.datetime = worksheet.parent.epoch
        self._formats: dict[int, CellKind] = {}
        self._parser: Any = None

    def rows(self) -> Iterator[SheetRow]:
        book = self.worksheet.parent
        with self.worksheet._get_source() as source:
            self._parser = BoundedSheetParser(
                source,
                self.worksheet._shared_strings,
                epoch=self.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for number, cells in self._parser.parse():
                if number > LAST_ROW:
                    raise SheetError(_("found a row beyond number %d, expected none") % LAST_ROW)
                yield SheetRow(number, self._cells(cells))

    def _cells(self, cells: list[dict[str, Any]]) -> list[SheetCell]:
        """Return the cells by their columns; those that a file leaves out are empty."""
        # A space alone is empty too: in the last column of a sheet, it would cost a list of the
        # 16,384 cells before it, in each row.
        filled = {
            cell["column"]: cell
            for cell in cells
            if cell["value"] is not None and not is_blank(cell["value"])
        }
        row = [EMPTY] * max(filled, default=0)
        for column, cell in filled.items():
            row[column - 1] = self._cell(cell)
        return row

    def _cell(self, cell: dict[str, Any]) -> SheetCell:
        value, data_type = cell["value"], cell["data_type"]
        if data_type == "f":
            return SheetCell(value, CellKind.FORMULA)
        if data_type == "e":
            return SheetCell(str(value), CellKind.ERROR)
        if isinstance(value, str):
            return SheetCell(unescaped(value))
        number_format = ReadOnlyCell(self.worksheet, **cell).number_format
        return typed_cell(value, number_format[:FORMAT_CHARS])

    @cached_property
    def merged_ranges(self) -> list[tuple[int, int, int, int]]:
        """The areas of more than one cell: first column, first row, last column, last row."""
        return [area for area in self._parser.merged_ranges if area[:2] != area[2:]]

    @cached_property
    def hidden_rows(self) -> set[int]:
        rows = self._parser.row_dimensions.items()
        return {int(number) for number, attributes in rows if is_hidden(attributes)}

    @cached_property
    def hidden_columns(self) -> set[str]:
        ranges = filter(is_hidden, self._parser.column_dimensions.values())
        return {
            get_column_letter(at)
            for attributes in ranges
            for at in range(int(attributes["min"]), min(int(attributes["max"]), COLUMNS) + 1)
        }


def is_blank(value: object) -> bool:
    return isinstance(value, str) and (not value or value.isspace())


def is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("hidden") in {"1", "true"}


def unescaped(text: str) -> str:
    """Return ``text`` with line breaks: Excel writes one as ``_x000D_`` and a line feed."""
    if "_x00" not in text and "\r" not in text:
        return text  # most; many cells may share one long text, of which no copies are made
    text = re.sub("_x000D_\n?", "\n", text).replace("_x000A_", "\n").replace("_x0009_", "\t")
    return text.replace("\r\n", "\n")


def typed_cell(value: CellValue, number_format: str) -> SheetCell:
    """Return a cell of a kind that the program knows: truth, day, time or number."""
    if isinstance(value, bool):
        return SheetCell(str(value).lower(), CellKind.FLAG)
    if isinstance(value, dt.datetime):
        if value.time() != dt.time.min and shows_time(number_format):
            return SheetCell(value.isoformat(" ", "minutes"), CellKind.MOMENT)
        return SheetCell(value.date().isoformat(), day_kind(number_format))
    if isinstance(value, dt.date):
        return SheetCell(value.isoformat(), day_kind(number_format))
    if isinstance(value, dt.time | dt.timedelta):
        return SheetCell(str(value), CellKind.TIME)
    return number_cell(value, number_format)
