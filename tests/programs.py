"""Spreadsheets as programs write them: the XML of Excel, LibreOffice, Google Sheets and Numbers.

openpyxl would write all of them alike. Here each has the habits of its program: where it keeps
texts, how it marks rows, which cells it leaves behind.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
EPOCHS = {False: dt.date(1899, 12, 30), True: dt.date(1904, 1, 1)}
BUILTIN = {"General": 0, "0": 1, "0.00": 2, "0%": 9, "0.00%": 10, "mm-dd-yy": 14, "@": 49}


@dataclass
class Typed:
    """A cell that is more than its value: a number ``format``, a ``type``, a ``formula``."""

    value: Any
    format: str = "General"
    type: str = ""
    formula: str = ""
    xml: str = ""  # of a text in runs


@dataclass
class Tab:
    """A sheet of a workbook; ``merged`` and hidden ones as the program calls them: B2:B3, 4, C."""

    rows: Sequence[Sequence[Any]]
    name: str = "Sheet1"
    merged: Sequence[str] = ()
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()


@dataclass
class Book:
    program: str
    date1904: bool
    texts: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=lambda: ["General"])

    def style(self, number_format: str) -> int:
        if number_format not in self.formats:
            self.formats.append(number_format)
        return self.formats.index(number_format)

    def text(self, xml: str) -> int:
        self.texts.append(xml)
        return len(self.texts) - 1

    def serial(self, value: dt.date) -> str:
        days = (dt.date(value.year, value.month, value.day) - EPOCHS[self.date1904]).days
        if isinstance(value, dt.datetime):
            return repr(days + (value.hour * 60 + value.minute) / 1440)
        return str(days)


def workbook(
    program: str, *tabs: Tab, active: int = 0, date1904: bool = False, main: str = MAIN
) -> bytes:
    """An XLSX as ``program`` writes it."""
    book = Book(program, date1904)
    sheets = [sheet_xml(book, tab, main) for tab in tabs]
    names = range(1, len(tabs) + 1)
    parts = {
        "[Content_Types].xml": content_types(names),
        "_rels/.rels": relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": workbook_xml(tabs, active, date1904, main),
        "xl/_rels/workbook.xml.rels": relations(
            [
                *(("worksheet", f"worksheets/sheet{n}.xml") for n in names),
                ("styles", "styles.xml"),
                ("sharedStrings", "sharedStrings.xml"),
            ]
        ),
        "xl/styles.xml": styles_xml(book, main),
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{"".join(book.texts)}</sst>',
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": xml for n, xml in zip(names, sheets, strict=True)}
    return archive({name: f"<?xml version='1.0'?>{xml}" for name, xml in parts.items()})


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return file.getvalue()


def sheet_xml(book: Book, tab: Tab, main: str) -> str:
    rows = [row_xml(book, tab, number, row) for number, row in enumerate(tab.rows, 1)]
    if book.program == "google":  # a thousand rows, whatever is in them
        rows += [f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(len(rows) + 1, 1001)]
    hidden = [f'<col min="{n}" max="{n}" width="9" hidden="1"/>' for n in tab.hidden_columns]
    if book.program == "libreoffice":  # all columns that a sheet can have
        hidden.append('<col min="300" max="16384" width="11.53" style="0" hidden="false"/>')
    columns = f"<cols>{''.join(hidden)}</cols>" if hidden else ""
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in tab.merged)
    merged = f"<mergeCells>{merged}</mergeCells>" if merged else ""
    data = f"<sheetData>{''.join(rows)}</sheetData>"
    return f'<worksheet xmlns="{main}">{columns}{data}{merged}</worksheet>'


def row_xml(book: Book, tab: Tab, number: int, row: Sequence[Any]) -> str:
    marks = {
        "libreoffice": ' customFormat="false" ht="12.8"',
        "numbers": ' ht="20" customHeight="1"',
    }
    attributes = marks.get(book.program, "")
    if number in tab.hidden_rows:
        attributes += ' hidden="true"' if book.program == "libreoffice" else ' hidden="1"'
    cells = [
        cell_xml(book, f"{get_column_letter(n)}{number}", value) for n, value in enumerate(row, 1)
    ]
    return f'<row r="{number}"{attributes}>{"".join(cells)}</row>'


def cell_xml(book: Book, ref: str, value: Any) -> str:
    cell = value if isinstance(value, Typed) else Typed(value)
    if cell.value is None and not (cell.formula or cell.xml):
        return f'<c r="{ref}" s="0"/>'
    kind, text, number_format = cell_content(book, cell)
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
    style = book.style(number_format)
    return f'<c r="{ref}" s="{style}" t="{kind}">{formula}<v>{text}</v></c>'


def cell_content(book: Book, cell: Typed) -> tuple[str, str, str]:
    """The type of a cell, the content of its value, and its number format."""
    value, number_format = cell.value, cell.format
    if cell.xml or (isinstance(value, str) and not cell.type):
        xml = cell.xml or f'<t xml:space="preserve">{escape(value)}</t>'
        return "s", str(book.text(f"<si>{xml}</si>")), number_format
    if cell.type:
        return cell.type, escape(str(value)), number_format
    if isinstance(value, bool):
        return "b", str(int(value)), number_format
    if isinstance(value, dt.date):
        usual = {"google": "yyyy-mm-dd", "libreoffice": "yyyy\\-mm\\-dd", "numbers": "dd/mm/yyyy"}
        is_usual = number_format == "General"
        number_format = usual.get(book.program, "mm-dd-yy") if is_usual else number_format
        return "n", book.serial(value), number_format
    return "n", repr(value), number_format


def styles_xml(book: Book, main: str) -> str:
    numbers = {name: BUILTIN.get(name, 164 + at) for at, name in enumerate(book.formats)}
    own = "".join(
        f"<numFmt numFmtId='{number}' formatCode={quoteattr(name)}/>"
        for name, number in numbers.items()
        if number >= 164
    )
    styles = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/>'
        for number in numbers.values()
    )
    return (
        f'<styleSheet xmlns="{main}"><numFmts>{own}</numFmts><fonts><font/></fonts>'
        "<fills><fill><patternFill/></fill></fills><borders><border/></borders>"
        f"<cellXfs>{styles}</cellXfs></styleSheet>"
    )


def workbook_xml(tabs: Sequence[Tab], active: int, date1904: bool, main: str) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(tab.name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, tab in enumerate(tabs, 1)
    )
    old = ' date1904="1"' if date1904 else ""
    return (
        f'<workbook xmlns="{main}" xmlns:r="{OFFICE}"><workbookPr{old}/>'
        f'<bookViews><workbookView activeTab="{active}"/></bookViews>'
        f"<sheets>{sheets}</sheets></workbook>"
    )


def relations(targets: Iterable[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'


def content_types(numbers: Iterable[int]) -> str:
    kinds = {
        "workbook": "sheet.main",
        **{f"worksheets/sheet{n}": "worksheet" for n in numbers},
        "styles": "styles",
        "sharedStrings": "sharedStrings",
    }
    prefix = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{prefix}.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{parts}</Types>'
    )
