"""The rows of a page as CSV, XLSX or JSON files, with what they are.

A page offers ``FileTable``s under their keys. ``render_page_or_file()`` answers with the page or,
where ``?_export=`` asks for one of them (``&_table=`` says which, if there are several), with that
file.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Any

import django_tables2 as tables
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _

from rounds.models import Negotiation
from rounds.platform import clock
from rounds.platform.translated_text import local
from rounds.tabular.cell_codecs import TextCodec
from rounds.tabular.files.xlsx_writer import BoldText, XlsxSheet, write_xlsx

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
WIDE, NARROW = 40, 14  # characters, of columns in a spreadsheet
LONG_TEXT_CHARS = 30  # of a text that needs a wide column
FILE_PARAMS = ("_export", "_table")  # of an address, that ask for a file of a page


class FileTable(tables.Table):
    """A page's rows as a file has them: keys, days and whole addresses beside the labels.

    The names of its columns are those in the file; what holds nothing is empty. One that is
    ``whole`` has the rows of every page. ``options`` are those of django-tables2.
    """

    class Meta:
        orderable = False
        default = ""

    def __init__(
        self, data: Iterable[Any], *, caption: str | Promise, whole: bool = False, **options: Any
    ) -> None:
        super().__init__(data, default="", **options)
        self.caption = str(caption)
        self.whole = whole

    @cached_property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    @cached_property
    def values(self) -> list[list[Any]]:
        """The rows as a file has them, of which each kind of file is made."""
        _headings, *rows = self.as_values()
        return list(rows)


class KeyListColumn(tables.Column):
    """Any number of other records by their keys, from a list of ``{"code": …}`` or ``slug``."""

    def render(self, value: list[dict[str, str]]) -> str:
        return ", ".join(record.get("slug") or record["code"] for record in value)


class AddressColumn(tables.Column):
    """An address of this site, whole, so that it still leads here from a file."""

    def render(self, value: str, table: FileTable) -> str:
        return str(table.request.build_absolute_uri(value))


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table on its way out, and what it says of itself."""

    table: FileTable
    about: dict[str, Any]

    def content(self, kind: str) -> str | bytes:
        if kind == "xlsx":
            return self._xlsx()
        return self._csv() if kind == "csv" else self._json()

    def _csv(self) -> str:
        """Return UTF-8 without a mark at its beginning: it is for programs, the XLSX for people."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.table.header)
        writer.writerows([_as_text(value) for value in row] for row in self.table.values)
        return text.getvalue()

    def _json(self) -> str:
        rows = [
            {name: _as_json(value) for name, value in zip(self.table.header, row, strict=True)}
            for row in self.table.values
        ]
        whole = {"meta": self.about, "rows": rows}
        return json.dumps(whole, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1) + "\n"

    def _xlsx(self) -> bytes:
        """Return a workbook with the rows on one sheet, and what they are on another."""
        header, rows = self.table.header, self.table.values
        sheet = XlsxSheet(
            [[BoldText(name) for name in header], *rows],
            widths=[
                WIDE if any(is_long(row[at]) for row in rows) else NARROW
                for at in range(len(header))
            ],
            title=_("Rows"),
            freeze_panes="A2",
        )
        notes = [
            (
                BoldText(name),
                ", ".join(filter(None, value.values())) if isinstance(value, dict) else value,
            )
            for name, value in self.about.items()
        ]
        return write_xlsx([sheet, XlsxSheet(notes, widths=[NARROW, 2 * WIDE], title=_("About"))])


def is_long(value: object) -> bool:
    return isinstance(value, str) and len(value) > LONG_TEXT_CHARS


def _as_text(value: object) -> str:
    """Return ``value`` as the record's own CSV files have it: no text that a spreadsheet runs."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.date | int):
        return value.isoformat() if isinstance(value, dt.date) else str(value)
    return TextCodec().render(value)


def _as_json(value: object) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return None if value == "" else value


@dataclass(frozen=True, slots=True)
class FileOffer:
    """The tables that a page offers as files, under their keys; the first is the page's own.

    ``name`` is how a file's name begins: "issue-autos"; that of the first table is just that.
    ``next_page`` is the query of the page that follows, "" on the last one.
    """

    request: HttpRequest
    tables: Callable[[], Mapping[str, FileTable]]
    name: str
    as_of: dt.date | None
    next_page: str


def render_page_or_file(  # noqa: PLR0913  # a page, and what its files are called
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    files: Callable[[], Mapping[str, FileTable]],
    name: str,
    as_of: dt.date | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the file that the address asks for, or else the page that offers ``files``.

    The tables are made only where a file is asked for. For a file that does not exist the answer
    is the page with an error, never another file. ``name`` and ``as_of`` are those of a
    ``FileOffer``.
    """
    kind, key = (request.GET.get(param, "") for param in FILE_PARAMS)
    offer = FileOffer(request, cache(files), name, as_of, context.get("next_page") or "")
    error = _error(kind, key, offer.tables() if kind else {})
    as_published = context.get("as_published")
    if as_published and as_published.refusal:  # the page says why
        status = 400
    if kind and not error and status == 200:
        return make_file(offer, key, kind)
    # nafta.static_site makes the page's files from the same rows
    request.table_file = partial(make_file, offer)  # type: ignore[attr-defined]
    context |= {"file_error": error}
    return render(request, template, context, status=400 if error else status)


def make_file(offer: FileOffer, key: str, kind: str) -> HttpResponse:
    """Return the table under ``key``, "" for the first, as a file of that kind."""
    tables = offer.tables()
    first = next(iter(tables))
    table = tables[key or first]
    table.request = offer.request
    next_page = "" if table.whole else offer.next_page
    about = _about(offer.request, table, offer.as_of, next_page)
    stem = offer.name if key in {"", first} else f"{offer.name}-{key}"
    day = f"-as-of-{offer.as_of.isoformat()}" if offer.as_of else ""
    day += f"-known-{clock.now():%Y-%m-%d}" if clock.is_set() else ""
    response = HttpResponse(TableFile(table, about).content(kind), CONTENT_TYPES[kind])
    return as_download(response, f"{stem}{day}.{kind}", about)


def _error(kind: str, which: str, files: Mapping[str, FileTable]) -> str:
    if kind and kind not in CONTENT_TYPES:
        names = {"found": kind, "expected": ", ".join(CONTENT_TYPES)}
        return _("There is no file of the kind “%(found)s”; there are %(expected)s.") % names
    if kind and which not in files and (which or not files):
        names = {"found": which, "expected": ", ".join(files) or _("none")}
        return _("This page has no table “%(found)s”; it has %(expected)s.") % names
    return ""


def _about(
    request: HttpRequest, table: FileTable, as_of: dt.date | None, next_page: str
) -> dict[str, Any]:
    """Return what a file says of itself in JSON, on a sheet of its own, and in headers."""
    negotiation = getattr(request, "negotiation", None) or Negotiation.objects.first()
    query = request.GET.copy()
    for param in FILE_PARAMS:
        query.pop(param, None)
    query_string = f"?{query.urlencode()}" if query else ""
    return {
        "title": table.caption,
        "record": local(negotiation, "title") if negotiation else "",
        "address": request.build_absolute_uri(f"{request.path}{query_string}"),
        "as_of": as_of or clock.today(),
        "known": clock.now() if clock.is_set() else None,
        "rows": len(table.rows),
        "next": request.build_absolute_uri(f"{request.path}?{next_page}") if next_page else None,
        "columns": request.build_absolute_uri(f"{reverse('data')}#columns"),
        "licence": (negotiation.license_entry if negotiation else {}) or None,
        "made": getattr(request, "made", None) or timezone.now().replace(microsecond=0),
    }


def as_download(response: HttpResponse, name: str, about: Mapping[str, Any]) -> HttpResponse:
    """Name a file, and say its licence and origin. Programs on other sites may read it, too."""
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
