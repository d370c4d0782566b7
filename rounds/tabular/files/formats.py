"""Files as the admin takes and gives them: CSV and Excel, and JSON for programs."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rounds.tabular.files.csv_files import read_csv
from rounds.tabular.files.file_kinds import ZIP, describe_file
from rounds.tabular.files.sheets import IsHeader, Sheet, SheetError, advice
from rounds.tabular.files.xlsx_files import read_xlsx
from rounds.tabular.files.xlsx_writer import BoldText, XlsxSheet, write_xlsx

COLUMN_WIDTH = 24  # characters


def read(name: str, data: bytes, is_header: IsHeader) -> Sheet:
    """Return the table in a file. Its content tells what it is, whatever its name.

    Raises SheetError.
    """
    if data.startswith(ZIP):
        return read_xlsx(name, data, is_header)
    if (kind := describe_file(data)) is not None:
        raise SheetError(advice(*kind))
    return read_csv(name, data, is_header)


# --- writing ---

Rows = Sequence[Sequence[str]]


def csv_text(header: Sequence[str], rows: Rows) -> str:
    """Return a CSV file with a mark by which spreadsheet programs know that it is UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return f"\ufeff{text.getvalue()}"


def json_text(header: Sequence[str], rows: Rows) -> str:
    records = [dict(zip(header, row, strict=True)) for row in rows]
    return json.dumps(records, ensure_ascii=False)


def xlsx_bytes(header: Sequence[str], rows: Rows) -> bytes:
    sheet = XlsxSheet(
        [[BoldText(name) for name in header], *rows],
        widths=[COLUMN_WIDTH] * len(header),
        freeze_panes="B2",
        is_to_be_filled_in=True,
    )
    return write_xlsx([sheet])


class ExportFormat(NamedTuple):
    """A kind of file, and what makes one of the names of columns and the rows."""

    extension: str
    content_type: str
    write: Callable[[Sequence[str], Rows], str | bytes]


EXPORT_FORMATS = (
    ExportFormat(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        xlsx_bytes,
    ),
    ExportFormat("csv", "text/csv", csv_text),
    ExportFormat("json", "application/json", json_text),
)
