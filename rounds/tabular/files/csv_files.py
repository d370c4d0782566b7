"""Reading CSV files as spreadsheet programs write them."""

import re
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rounds.tabular.files.csv_rows import CsvError, csv_rows
from rounds.tabular.files.encodings import EncodingError, decode
from rounds.tabular.files.sheets import (
    HEADER_ROWS,
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
)


def read_csv(name: str, data: bytes, is_header: IsHeader) -> Sheet:
    """Return the table in a CSV file. Raises SheetError."""
    text, notices = csv_text(data)
    text, delimiter = without_separator_line(text)
    delimiter = delimiter or find_delimiter(text, is_header)
    header, rows, above = split_header(bounded(sheet_rows(text, delimiter)), is_header)
    check_widths(header, rows)
    return Sheet(name, header, rows, [*notices, *above])


def csv_text(data: bytes) -> tuple[str, list[str]]:
    """Return the text of a CSV file with line feeds, and what is said of its encoding."""
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
    """Return ``text`` without the line that tells Excel the delimiter, and the delimiter."""
    match = re.match(r'"?sep=([,;\t|])"?\n', text, re.IGNORECASE)
    return (text[match.end() :], match[1]) if match else (text, "")


def find_delimiter(text: str, is_header: IsHeader) -> str:
    """Return the delimiter of the header: some countries' spreadsheets write semicolons."""
    for delimiter in ",;\t|":
        try:
            top = list(islice(sheet_rows(text, delimiter), HEADER_ROWS))
        except SheetError:
            continue
        if any(is_header(row.texts) for row in top):
            return delimiter
    return max(",;\t", key=text.lstrip("\n").partition("\n")[0].count)


def sheet_rows(text: str, delimiter: str) -> Iterator[SheetRow]:
    """Yield the rows of CSV text, without the empty cells at their ends. Raises SheetError."""
    budget = CellBudget()
    try:
        for row in csv_rows(text, delimiter):
            width = len(row.texts)
            budget.spend(width + 1)
            while row.texts and not row.texts[-1].strip():
                row.texts.pop()
            yield SheetRow(row.number, [csv_cell(text) for text in row.texts], width)
    except CsvError as error:
        raise SheetError(_("row %d: ") % error.number + str(error)) from error


def csv_cell(text: str) -> SheetCell:
    """Return a cell. A CSV knows no kinds, yet some programs write formulas, not their values."""
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
