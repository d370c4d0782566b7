"""Names what a file is that is neither CSV nor XLSX, by its content, for the message about it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0"
EXCEL_OF_1992 = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
SAVE_AS = _(
    "Open it in the program that made it, save it as “Excel Workbook (.xlsx)” or as “CSV UTF-8”, "
    "and upload that."
)
UPLOAD_TABLE = _("Upload a table, saved as “Excel Workbook (.xlsx)” or as “CSV UTF-8”.")
UNPACK = _("Unpack it, and upload the XLSX or CSV file that is in it.")
REMOVE_PASSWORD = _(
    "Open it in the program that made it, remove the password (in Excel: File, Info, Protect "
    "Workbook), save it, and upload it again."
)


class FileKind(NamedTuple):
    """What was found, and what to do instead."""

    text: Promise
    way_out: Promise = SAVE_AS


OLD_EXCEL = FileKind(_("found an old Excel file (.xls)"))
WORD = FileKind(_("found a Word document"), UPLOAD_TABLE)
POWERPOINT = FileKind(_("found a PowerPoint presentation"), UPLOAD_TABLE)
WEB_PAGE = FileKind(_("found a web page (HTML)"))
OPEN_DOCUMENT = FileKind(_("found an OpenDocument file (.ods or .fods)"))
NUMBERS = FileKind(_("found a Numbers document"))
# What the streams of Microsoft's older files are called, in their directory.
OLE_STREAMS = {
    "EncryptedPackage": FileKind(
        _("found a spreadsheet that is protected with a password"), REMOVE_PASSWORD
    ),
    "WordDocument": WORD,
    "PowerPoint Document": POWERPOINT,
}
BEGINNINGS = [
    (rb"%PDF", FileKind(_("found a PDF file"), UPLOAD_TABLE)),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!", FileKind(_("found a compressed file"), UNPACK)),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF", FileKind(_("found a picture"), UPLOAD_TABLE)),
    (rb"\{\\rtf", FileKind(_("found an RTF document"), UPLOAD_TABLE)),
    (rb"ID;P(?:WXL|CALCOOO)", FileKind(_("found a SYLK file (.slk)"))),
    (rb"MIME-Version:", FileKind(_("found a web page in one file (.mht)"))),
    (rb"(?:\[\s*)?\{\s*[\"}]", FileKind(_("found JSON"), UPLOAD_TABLE)),
    (rb"<(?:!doctype\s+html|html|head|meta|table|style)\b", WEB_PAGE),
]
EXCEL_2003, FLAT_ODS = b"urn:schemas-microsoft-com:office:spreadsheet", b"office:document"
STRICT = b"purl.oclc.org/ooxml"
PROBE_BYTES = 4096


def describe_file(data: bytes) -> FileKind | None:
    """Return what a file is, or None if it may be a table that can be read."""
    if data.startswith(OLE):
        streams = (kind for name, kind in OLE_STREAMS.items() if name.encode("utf-16-le") in data)
        return next(streams, OLD_EXCEL)
    if data.startswith(EXCEL_OF_1992):
        return OLD_EXCEL
    start = data[:PROBE_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"<?xml", b"<office:")):
        return describe_xml(start)
    matches = (kind for pattern, kind in BEGINNINGS if re.match(pattern, start, re.IGNORECASE))
    return next(matches, None)


def describe_xml(start: bytes) -> FileKind:
    if EXCEL_2003 in start:
        return FileKind(_("found an XML spreadsheet of Excel 2003"))
    if FLAT_ODS in start:
        return OPEN_DOCUMENT
    return WEB_PAGE if b"<html" in start.lower() else FileKind(_("found an XML file"))


def describe_zip(names: Sequence[str], mimetype: bytes, workbook: bytes) -> FileKind | None:
    """Return what a zip is, by its parts and two of their contents; None for a readable XLSX."""
    kinds = [
        (b"opendocument" in mimetype, OPEN_DOCUMENT),
        (any(name.endswith((".iwa", ".apxl", "Index.zip")) for name in names), NUMBERS),
        ("xl/workbook.bin" in names, FileKind(_("found a binary Excel file (.xlsb)"))),
        ("word/document.xml" in names, WORD),
        ("ppt/presentation.xml" in names, POWERPOINT),
        (STRICT in workbook, FileKind(_("found an Excel file of the kind “Strict Open XML”"))),
        (
            "[Content_Types].xml" not in names,
            FileKind(_("found a zip file that is no XLSX"), UNPACK),
        ),
    ]
    return next((kind for holds, kind in kinds if holds), None)
