"""Tables to take away: the very rows of a page as CSV, XLSX or JSON, with what they are.

A page offers ``FileTable``s under their keys; ``page()`` renders it or, where ``?_export=`` asks
for one of them (``&_table=`` says which, if there are several), answers with the file.
"""

import datetime as dt
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import django_tables2 as tables
import openpyxl
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django_tables2.export import TableExport
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from tablib import Dataset

from rounds.models import Negotiation
from rounds.platform import clock
from rounds.platform.translated_text import local
from rounds.tabular.cells import Text
from rounds.tabular.files.formats import text_cell

FORMATS = (TableExport.CSV, TableExport.XLSX, TableExport.JSON)
WIDE, NARROW = 40, 14  # characters, of columns in a spreadsheet
LONG = 30  # characters of a text that wants a wide column
QUESTIONS = ("_export", "_table")  # what is asked of a file, not of the page


class FileTable(tables.Table):
    """A page's rows as a file has them: keys, days and whole addresses beside the words.

    The names of its columns are those in the file; what holds nothing is empty. One that is
    ``whole`` has the rows of every page.
    """

    class Meta:
        orderable = False
        default = ""

    def __init__(self, data: Any, *, caption: str | Promise, whole: bool = False) -> None:
        super().__init__(data, default="")
        self.caption = str(caption)
        self.whole = whole

    @cached_property
    def dataset(self) -> Dataset:
        """The rows as a file has them, of which each kind of file is made."""
        found: Dataset = TableExport(TableExport.CSV, self).dataset
        found.headers = [column.name for column in self.columns]
        return found


class Keys(tables.Column):
    """Any number of other records by their keys, from a list of ``{"code": …}`` or ``slug``."""

    def render(self, value: Any) -> str:
        return ", ".join(one.get("slug") or one["code"] for one in value)


class Address(tables.Column):
    """An address of this site, whole, so that it still leads here from a file."""

    def render(self, value: str, table: Any) -> str:
        return str(table.request.build_absolute_uri(value))


@dataclass(frozen=True, slots=True)
class File:
    """A table on its way out, and what it says of itself."""

    table: FileTable
    about: dict[str, Any]

    def written(self, kind: str) -> str | bytes:
        if kind == TableExport.XLSX:
            return self._xlsx()
        return self._csv() if kind == TableExport.CSV else self._json()

    def _csv(self) -> str:
        """UTF-8 without a mark at its beginning: programs read it, spreadsheets have the XLSX."""
        rows = self.table.dataset
        cells = Dataset(*([_as_text(value) for value in row] for row in rows), headers=rows.headers)
        return str(cells.export("csv", lineterminator="\n"))

    def _json(self) -> str:
        rows = self.table.dataset
        listed = [
            {name: _as_json(value) for name, value in zip(rows.headers, row, strict=True)}
            for row in rows
        ]
        whole = {"meta": self.about, "rows": listed}
        return json.dumps(whole, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1) + "\n"

    def _xlsx(self) -> bytes:
        """The rows on one sheet, what they are on another. Days are days, no text is a formula."""
        rows = self.table.dataset
        book = openpyxl.Workbook(write_only=True)
        sheet: Any = book.create_sheet(_("Rows"))
        sheet.freeze_panes = "A2"
        for number, name in enumerate(rows.headers, 1):
            wide = any(isinstance(one, str) and len(one) > LONG for one in rows[name])
            sheet.column_dimensions[get_column_letter(number)].width = WIDE if wide else NARROW
        sheet.append([_heading(sheet, name) for name in rows.headers])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
        notes: Any = book.create_sheet(_("About"))
        notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = NARROW, 2 * WIDE
        for name, value in self.about.items():
            text = ", ".join(filter(None, value.values())) if isinstance(value, dict) else value
            notes.append([_heading(notes, name), _cell(notes, text)])
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()


def _as_text(value: Any) -> str:
    """As the record's own CSV files have it: what a spreadsheet would run is a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.date | int):
        return value.isoformat() if isinstance(value, dt.date) else str(value)
    return Text().render(value)


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return None if value == "" else value


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        return text_cell(sheet, value) if value else None
    if isinstance(value, dt.datetime):  # a spreadsheet knows no time zones
        return value.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    return value


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def page(  # noqa: PLR0913  # a page, and what its files are called
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    files: Callable[[], Mapping[str, FileTable]],
    name: str,
    as_of: dt.date | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page that offers ``files``, made only where one is asked for, or that one.

    ``name`` is how a file's name begins: "issue-autos"; the first table's has no more. A wish that
    makes no sense gets the page and a sentence, never a file of something else.
    """
    kind, which = (request.GET.get(question, "") for question in QUESTIONS)
    files = cache(files)
    error = _error(kind, which, files() if kind else {})
    if getattr(request, "known_refused", ""):  # whoever shows the page says so on it
        status = 400

    def taken(which: str, kind: str) -> HttpResponse:
        """One of the page's tables as a file."""
        first = next(iter(files()))
        key = which or first
        table = files()[key]
        table.request = request
        next_page = "" if table.whole else context.get("next_page") or ""
        about = _about(request, table, as_of, next_page)
        stem = name if key == first else f"{name}-{key}"
        day = f"-as-of-{as_of.isoformat()}" if as_of else ""
        day += f"-known-{clock.now():%Y-%m-%d}" if clock.is_set() else ""
        response = HttpResponse(File(table, about).written(kind), TableExport.FORMATS[kind])
        return taken_away(response, f"{stem}{day}.{kind}", about)

    if error or status != 200 or not kind:
        # whoever bakes the page makes its files of the rows that are there
        request.taken = taken  # type: ignore[attr-defined]
        context |= {"file_error": error}
        return render(request, template, context, status=400 if error else status)
    return taken(which, kind)


def _error(kind: str, which: str, files: Mapping[str, FileTable]) -> str:
    if kind and kind not in FORMATS:
        words = {"found": kind, "expected": ", ".join(FORMATS)}
        return _("There is no file of the kind “%(found)s”; there are %(expected)s.") % words
    if kind and which not in files and (which or not files):
        words = {"found": which, "expected": ", ".join(files) or _("none")}
        return _("This page has no table “%(found)s”; it has %(expected)s.") % words
    return ""


def _about(
    request: HttpRequest, table: FileTable, as_of: dt.date | None, next_page: str
) -> dict[str, Any]:
    """What a file says of itself, told in JSON, on a sheet of its own, and in headers."""
    negotiation = getattr(request, "negotiation", None) or Negotiation.objects.first()
    query = request.GET.copy()
    for question in QUESTIONS:
        query.pop(question, None)
    asked = f"?{query.urlencode()}" if query else ""
    return {
        "title": table.caption,
        "record": local(negotiation, "title") if negotiation else "",
        "address": request.build_absolute_uri(f"{request.path}{asked}"),
        "as_of": as_of or clock.today(),
        "known": clock.now() if clock.is_set() else None,
        "rows": len(table.rows),
        "next": request.build_absolute_uri(f"{request.path}?{next_page}") if next_page else None,
        "columns": request.build_absolute_uri(f"{reverse('data')}#columns"),
        "licence": (negotiation.license_entry if negotiation else {}) or None,
        "made": getattr(request, "made", None) or timezone.now().replace(microsecond=0),
    }


def taken_away(response: HttpResponse, name: str, about: Mapping[str, Any]) -> HttpResponse:
    """A file by its name, with its licence and origin; programs on other sites may read it too."""
    links = {"describedby": about["columns"], "via": about["address"]}
    if (licence := about.get("licence")) and licence["path"]:
        links["license"] = licence["path"]
    if about.get("next"):
        links["next"] = about["next"]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Link"] = ", ".join(f'<{link}>; rel="{rel}"' for rel, link in links.items())
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Content-Disposition, ETag, Link"
    return response
