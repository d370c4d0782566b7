"""Names what a file is that is neither CSV nor XLSX, by its content, for the message about it."""

import re
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0"
OLD_EXCEL = _("found an old Excel file (.xls)")
# What the streams of Microsoft's older files are called, in their directory.
OLE_STREAMS: dict[str, Promise] = {
    "EncryptedPackage": _("found a spreadsheet that is protected with a password"),
    "WordDocument": _("found a Word document"),
    "PowerPoint Document": _("found a PowerPoint presentation"),
}
BEGINNINGS: list[tuple[bytes, Promise]] = [
    (rb"\x09[\x00\x02\x04]\x0[46]\x00", OLD_EXCEL),
    (rb"%PDF", _("found a PDF file")),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!", _("found a compressed file")),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF", _("found a picture")),
    (rb"\{\\rtf", _("found an RTF document")),
    (rb"ID;P(?:WXL|CALCOOO)", _("found a SYLK file (.slk)")),
    (rb"MIME-Version:", _("found a web page in one file (.mht)")),
    (rb"(?:\[\s*)?\{\s*[\"}]", _("found JSON")),
    (rb"<(?:!doctype\s+html|html|head|meta|table|style)\b", _("found a web page (HTML)")),
]
EXCEL_2003, FLAT_ODS = b"urn:schemas-microsoft-com:office:spreadsheet", b"office:document"
PROBE_BYTES = 4096


def describe_file(data: bytes) -> str | Promise | None:
    """What a file is, if it begins like nothing that can be read here."""
    if data.startswith(OLE):
        streams = (text for name, text in OLE_STREAMS.items() if name.encode("utf-16-le") in data)
        return next(streams, OLD_EXCEL)
    start = data[:PROBE_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"<?xml", b"<office:")):
        return describe_xml(start)
    matches = (text for pattern, text in BEGINNINGS if re.match(pattern, start, re.IGNORECASE))
    return next(matches, None)


def describe_xml(start: bytes) -> Promise:
    if EXCEL_2003 in start:
        return _("found an XML spreadsheet of Excel 2003")
    if FLAT_ODS in start:
        return _("found an OpenDocument file (.ods or .fods)")
    return _("found a web page (HTML)") if b"<html" in start.lower() else _("found an XML file")


def describe_zip(names: Sequence[str], mimetype: bytes, workbook: bytes) -> Promise | None:
    """What a zip is, if it is no XLSX that can be read, by its parts and two of their contents."""
    parts = set(names)
    kinds = [
        (b"opendocument" in mimetype, _("found an OpenDocument file (.ods or .fods)")),
        (any(name.endswith((".iwa", ".apxl")) for name in names), _("found a Numbers document")),
        ("Index.zip" in {name.rpartition("/")[2] for name in names}, _("found a Numbers document")),
        ("xl/workbook.bin" in parts, _("found a binary Excel file (.xlsb)")),
        ("word/document.xml" in parts, _("found a Word document")),
        ("ppt/presentation.xml" in parts, _("found a PowerPoint presentation")),
        (
            b"purl.oclc.org/ooxml" in workbook,
            _("found an Excel file of the kind “Strict Open XML”"),
        ),
        ("[Content_Types].xml" not in parts, _("found a zip file that is no XLSX")),
    ]
    return next((text for holds, text in kinds if holds), None)
