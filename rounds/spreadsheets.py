"""Spreadsheets as editors have them: CSV and XLSX, read with suspicion and written for re-reading.

What is read is a header and rows of cells, each with its text and what kind of cell it was in the
program. Nothing in a file is trusted: neither its name nor its size, neither what a zip says of
its parts nor what a sheet says of its rows and columns. What the cells mean in a column of the
record is the business of ``rounds.cells``.
"""

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

import openpyxl
from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from import_export.formats import base_formats
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.worksheet._reader import WorkSheetParser

from rounds.encodings import EncodingError, decode
from rounds.file_kinds import SAVE_AS, ZIP, describe_file, describe_zip
from rounds.loading import csv_words
from rounds.plain_text import printable

UNPACKED = 10  # times IMPORT_MAX_BYTES: what an XLSX may hold once unpacked
PARTS = 500  # files in an XLSX
COLUMNS = 256  # several times those of the widest table
WORKBOOK = "xl/workbook.xml"
UNZIP_ERRORS = (  # RuntimeError and its kin: passwords and unknown methods
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
)
LAST_ROW = 1_048_576  # of a sheet in any spreadsheet program
HEADER_ROWS = 20  # from the top, among which the header is looked for
LISTED = 8  # rows, ranges or sheets that a message names
FORMAT_CHARS = 255  # of a number format in Excel
EXACT_DIGITS = 15  # of a number in any spreadsheet program
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


def read(name: str, data: bytes, is_header: IsHeader) -> Sheet:
    """What is in a file. Its content tells what it is, whatever its name. Raises SheetError."""
    if data.startswith(ZIP):
        return read_xlsx(name, data, is_header)
    if (kind := describe_file(data)) is not None:
        raise SheetError(advice(*kind))
    return read_csv(name, data, is_header)


def advice(text: str | Promise, way_out: str | Promise = SAVE_AS) -> str:
    """A message that names the cause, and the way out as a sentence of its own."""
    return f"{capfirst(str(text))}. {way_out}"


def bounded(rows: Iterable[SheetRow]) -> list[SheetRow]:
    """``rows`` that hold anything, without the empty cells behind the last. Raises SheetError."""
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


def too_many_rows() -> SheetError:
    text = _("found more than %d rows, expected fewer: split the file")
    return SheetError(text % settings.IMPORT_MAX_ROWS)


def split_header(
    rows: list[SheetRow], is_header: IsHeader
) -> tuple[SheetRow, list[SheetRow], list[str]]:
    """The header, the rows below it, and what is said of those above. Raises SheetError.

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
    """The first of ``names``, and how many more there are."""
    texts = [str(name) for name in names]
    remaining = len(texts) - LISTED
    return ", ".join([*texts[:LISTED], *([_("and %d more") % remaining] if remaining > 0 else [])])


# --- CSV ---


def read_csv(name: str, data: bytes, is_header: IsHeader) -> Sheet:
    text, notices = csv_text(data)
    text, delimiter = without_separator_line(text)
    delimiter = delimiter or find_delimiter(text, is_header)
    header, rows, above = split_header(bounded(csv_rows(text, delimiter)), is_header)
    check_widths(header, rows)
    return Sheet(name, header, rows, [*notices, *above])


def csv_text(data: bytes) -> tuple[str, list[str]]:
    """The text of a CSV file with line feeds, and what is said of its encoding."""
    try:
        text, encoding = decode(data)
    except EncodingError as error:
        raise encoding_problem(error) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    notice = _("The file was read as %(encoding)s text. Check the accents below.")
    return text, [notice % {"encoding": encoding}] if encoding else []


def encoding_problem(error: EncodingError) -> SheetError:
    if not error.sample:
        return SheetError(advice(_("found a file that is neither UTF-8 text nor XLSX")))
    text = _(
        "row %(row)d: found “%(sample)s”, bytes that are no UTF-8 text and may be read as several "
        "letters"
    )
    way_out = _(
        "Save the file as “CSV UTF-8” (in Excel: File, Save As, and that type) or as XLSX, and "
        "upload that."
    )
    return SheetError(advice(text % {"row": error.row, "sample": error.sample}, way_out))


def without_separator_line(text: str) -> tuple[str, str]:
    """``text`` without the line by which some programs tell Excel the delimiter, and that."""
    match = re.match(r'"?sep=([,;\t|])"?\n', text, re.IGNORECASE)
    return (text[match.end() :], match[1]) if match else (text, "")


def find_delimiter(text: str, is_header: IsHeader) -> str:
    """The one between the names of columns; some countries' spreadsheets write semicolons."""
    for delimiter in ",;\t|":
        try:
            top = list(islice(csv_rows(text, delimiter), HEADER_ROWS))
        except SheetError:
            continue
        if any(is_header(row.texts) for row in top):
            return delimiter
    return max(",;\t", key=text.lstrip("\n").partition("\n")[0].count)


def csv_rows(text: str, delimiter: str) -> Iterator[SheetRow]:
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            texts = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SheetError(_("row %d: ") % number + csv_words(error)) from error
        yield SheetRow(number, [csv_cell(text) for text in texts], len(texts))


def csv_cell(text: str) -> SheetCell:
    """A CSV has no kinds of cells, yet some programs write formulas instead of their values."""
    return SheetCell(text, CellKind.FORMULA if text.startswith("=") else CellKind.TEXT)


def check_widths(header: SheetRow, rows: list[SheetRow]) -> None:
    """Refuse rows longer than the header that end empty: a comma in a cell may have shifted them.

    Where their last cell holds something, it is refused as a cell without a column.
    """
    longer = [row for row in rows if row.width > header.width >= len(row.cells)]
    if longer:
        text = ngettext(
            "row %(rows)s has more cells than the header",
            "rows %(rows)s have more cells than the header",
            len(longer),
        )
        way_out = _(
            "A cell that contains a comma, or another delimiter of this file, needs quotation "
            "marks around it. Add them, or remove the delimiters behind the last cell."
        )
        rows_listed = {"rows": listed(row.number for row in longer)}
        raise SheetError(advice(text % rows_listed, way_out))


# --- XLSX ---


def read_xlsx(name: str, data: bytes, is_header: IsHeader) -> Sheet:
    """The table on the sheet that is open when the file is."""
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
    except UNZIP_ERRORS as error:
        raise damaged() from error
    if kind is not None:
        raise SheetError(advice(*kind))


def read_workbook(name: str, data: bytes, is_header: IsHeader) -> Sheet:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    worksheet: Any = book.active
    if worksheet is None or not hasattr(worksheet, "reset_dimensions"):
        raise SheetError(_("found an XLSX file whose open sheet has no cells, expected a table"))
    reader = SheetReader(worksheet)
    rows = bounded(reader.rows())
    check_is_table(rows, worksheet, is_header)
    header, below, notices = split_header(rows, is_header)
    check_merged(reader.merged_ranges(), header, below)
    notices = [*sheet_notices(worksheet), *notices, *hidden_notices(reader, header, below)]
    return Sheet(name, header, below, notices, reader.epoch.isoformat())


def check_is_table(rows: list[SheetRow], worksheet: Any, is_header: IsHeader) -> None:
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


def sheet_notices(worksheet: Any) -> list[str]:
    titles = [sheet.title for sheet in worksheet.parent.worksheets if sheet is not worksheet]
    if not titles:
        return []
    text = _("Only the open sheet, “%(sheet)s”, was read. Not read: %(others)s.")
    return [text % {"sheet": worksheet.title, "others": listed(titles)}]


def hidden_notices(reader: "SheetReader", header: SheetRow, rows: list[SheetRow]) -> list[str]:
    """What an editor does not see in the program but was read all the same."""
    notices = []
    hidden_rows = [row.number for row in rows if row.number in reader.hidden_rows()]
    if hidden_rows:
        text = ngettext(
            "A hidden row, hidden by a filter or by hand, was read like the others: %(rows)s.",
            "%(count)d hidden rows, hidden by a filter or by hand, were read like the others: "
            "%(rows)s.",
            len(hidden_rows),
        )
        notices.append(text % {"count": len(hidden_rows), "rows": listed(hidden_rows)})
    columns = [get_column_letter(at) for at in range(1, len(header.cells) + 1)]
    if hidden := [letter for letter in columns if letter in reader.hidden_columns()]:
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
        f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
        for left, top, right, bottom in ranges
        if bottom >= header.number
        and left <= len(header.cells)
        and ((row := by_number.get(top)) is None or any(row.texts[left - 1 : left]))
    ]
    if merged:
        text = _("found merged cells: %(ranges)s") % {"ranges": listed(merged)}
        way_out = _(
            "Only the first of merged cells holds their content. Unmerge them, fill in each cell, "
            "and upload the file again."
        )
        raise SheetError(advice(text, way_out))


class SheetReader:
    """The rows of a worksheet, and what only the end of its file tells: what is hidden or merged.

    openpyxl's own rows know neither, and fill up what the sheet claims of its size.
    """

    def __init__(self, worksheet: Any) -> None:
        self.worksheet = worksheet
        self.epoch: dt.datetime = worksheet.parent.epoch
        self._formats: dict[int, CellKind] = {}
        self._parser: Any = None

    def rows(self) -> Iterator[SheetRow]:
        book = self.worksheet.parent
        with self.worksheet._get_source() as source:
            self._parser = WorkSheetParser(
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
        """The cells by their columns; those that a file leaves out are empty."""
        # A space alone is empty too: in the last column of a sheet, it would cost a list of the
        # 16,384 cells before it, in each row.
        filled = {
            cell["column"]: cell
            for cell in cells
            if cell["value"] is not None and str(cell["value"]).strip()
        }
        row = [EMPTY] * max(filled, default=0)
        for column, cell in filled.items():
            row[column - 1] = self._cell(cell)
        return row

    def _cell(self, cell: dict[str, Any]) -> SheetCell:
        value, data_type = cell["value"], cell["data_type"]
        if data_type == "f":
            text = str(getattr(value, "text", value) or "").removeprefix("=")
            return SheetCell(f"={text}", CellKind.FORMULA)
        if data_type == "e":
            return SheetCell(str(value), CellKind.ERROR)
        if isinstance(value, str):
            return SheetCell(unescaped(value))
        number_format = ReadOnlyCell(self.worksheet, **cell).number_format
        return typed_cell(value, number_format[:FORMAT_CHARS])

    def merged_ranges(self) -> Iterator[tuple[int, int, int, int]]:
        merged = self._parser.merged_cells
        for area in getattr(merged, "mergeCell", []):
            if area.size["rows"] * area.size["columns"] > 1:
                yield area.bounds

    def hidden_rows(self) -> set[int]:
        rows = self._parser.row_dimensions.items()
        return {int(number) for number, attributes in rows if is_hidden(attributes)}

    def hidden_columns(self) -> set[str]:
        ranges = filter(is_hidden, self._parser.column_dimensions.values())
        return {
            get_column_letter(at)
            for attributes in ranges
            for at in range(int(attributes["min"]), min(int(attributes["max"]), COLUMNS) + 1)
        }


def is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("hidden") in {"1", "true"}


def unescaped(text: str) -> str:
    """Excel writes a line break of Windows as ``_x000D_`` and a line feed."""
    text = re.sub("_x000D_\n?", "\n", text).replace("_x000A_", "\n").replace("_x0009_", "\t")
    return text.replace("\r\n", "\n")


def typed_cell(value: Any, number_format: str) -> SheetCell:
    """A cell of a kind that the program knows: truth, day, time or number."""
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


CONDITION = re.compile(r"\[[<>=]")  # under which a section of a number format holds
# Digits as text beside those of the number, so that 5 is shown as 500: 0"00", \10.
DIGITS_ADDED = re.compile(r"""[0#?](?:"[ .,'’]*[0-9]|\\[0-9])|(?:[0-9][ .,'’]*"|\\[0-9])[0#?]""")
LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![<>=])[^\]]*\]')  # text of a number format


def shows_time(number_format: str) -> bool:
    return bool(re.search("[hs]", LITERALS.sub("", number_format.lower())))


def day_kind(number_format: str) -> CellKind:
    """A day that is shown without its year was typed without: the program has added this year's."""
    codes = LITERALS.sub("", number_format.lower())
    is_whole = codes == "general" or ("y" in codes and "d" in codes)
    return CellKind.DAY if is_whole else CellKind.PART_OF_DAY


def number_cell(value: Any, number_format: str) -> SheetCell:
    """A number without what floating point adds to it. Per cent are what they look like."""
    number = Decimal(f"{value:.{EXACT_DIGITS}g}") if isinstance(value, float) else Decimal(value)
    if abs(number) >= 10**EXACT_DIGITS:
        return SheetCell(f"{number:f}", CellKind.INEXACT)
    section = format_section(number, number_format)
    codes = LITERALS.sub("", section)
    has_condition = bool(CONDITION.search(number_format))
    sections = number_format.split(";") if has_condition else [section]
    if (has_condition and "%" in number_format) or any(map(shows_another, sections)):
        return SheetCell(plain_number(number), CellKind.SCALED)
    if "%" in section:
        times = 100 ** codes.count("%")
        return SheetCell(f"{plain_number(number * times)}%", CellKind.PERCENT)
    is_as_shown = codes in {"General", "@", ""} or (codes == "0" and number == int(number))
    return SheetCell(plain_number(number), CellKind.NUMBER if is_as_shown else CellKind.SHOWN)


def shows_another(section: str) -> bool:
    """Whether a section of a format shows another number: in thousands, or with digits added."""
    codes = LITERALS.sub("", section)
    return bool(re.search(r"[0#?],+(?![0#?,])", codes) or DIGITS_ADDED.search(section))


def format_section(number: Decimal, number_format: str) -> str:
    """The part of a format for numbers of this sign."""
    positive, *rest = number_format.split(";")
    if number < 0 and rest:
        return rest[0]
    return rest[1] if number == 0 and len(rest) > 1 else positive


def plain_number(number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return "0" if text == "-0" else text


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
