"""Files as the admin takes and gives them: CSV and Excel."""

import io
from typing import Any

import openpyxl
from import_export.formats import base_formats
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from rounds.platform.plain_text import printable
from rounds.tabular.files.csv_files import read_csv
from rounds.tabular.files.file_kinds import ZIP, describe_file
from rounds.tabular.files.sheets import IsHeader, Sheet, SheetError, advice
from rounds.tabular.files.xlsx_files import read_xlsx


def read(name: str, data: bytes, is_header: IsHeader) -> Sheet:
    """What is in a file. Its content tells what it is, whatever its name. Raises SheetError."""
    if data.startswith(ZIP):
        return read_xlsx(name, data, is_header)
    if (kind := describe_file(data)) is not None:
        raise SheetError(advice(*kind))
    return read_csv(name, data, is_header)


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
