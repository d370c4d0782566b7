"""The page of downloads, and the record as files."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from issues.models import Issue, Position
from nafta.api.instance import REQUESTS_PER_MINUTE
from nafta.api.params import DEFAULT_LIMIT, MAX_LIMIT
from nafta.data_package.public_export import PublicRecord
from nafta.data_package.reader import PackageError
from nafta.data_package.tables import DESCRIPTOR
from rounds.models import Party, Round
from rounds.tabular.exports import as_download

# Django’s words for the size of a file, to be said as our readers do: Ko in French, not Kio.
SIZES = gettext_noop("%s KB"), gettext_noop("%s MB")


def data(request: HttpRequest) -> HttpResponse:
    record = _record(request)
    if record is None:
        return render(request, "nafta/data.html")
    tables = [
        {**table, "rows": record.count(table["path"])} for table in record.description["resources"]
    ]
    context = {
        "record": record,
        "size": len(record.zipped),
        "tables": tables,
        "described_in": settings.LANGUAGE_CODE,  # as the files describe themselves
        "page_language": translation.get_language(),
        "licence": record.licence,
        "terms": record.licence.get("path") or record.licence.get("title", ""),
        "examples": _examples(request),
        "feed_groups": feed_groups(),
        "parties": Party.objects.all(),
        "limits": {"rate": REQUESTS_PER_MINUTE, "page": DEFAULT_LIMIT, "longest": MAX_LIMIT},
    }
    return render(request, "nafta/data.html", context)


@dataclass(frozen=True, slots=True)
class FeedGroup:
    """The feeds of one kind of subject: each subject with the address of its feed."""

    title: str
    subjects: list[tuple[Any, str]]


def feed_groups() -> list[FeedGroup]:
    """The feeds of issues, parties and meetings. There are as many of people as have spoken."""
    groups: list[tuple[str, str, Any]] = [
        (_("Issues"), "issue_feed", Issue.objects.published()),
        (_("Parties"), "party_feed", Party.objects.all()),
        (_("Meetings"), "round_feed", Round.objects.published().in_order()),
    ]
    return [
        FeedGroup(title, [(record, _feed_address(name, record)) for record in records])
        for title, name, records in groups
        if records
    ]


def _feed_address(name: str, record: Issue | Party | Round) -> str:
    return reverse(name, args=[record.code if isinstance(record, Party) else record.slug])


def _examples(request: HttpRequest) -> dict[str, str]:
    """Example addresses that have results, made of a position of the record."""
    position = (
        Position.objects.published()
        .select_related("issue", "party")
        .order_by("-issue__featured", "issue__order", "-since__startswith", "-pk")
        .first()
    )
    matrix = reverse("issue_list")
    filters = {"issue": position.issue.slug, "party": position.party.code} if position else {}
    as_of = f"as_of={position.first_day.isoformat()}" if position else ""
    listing = reverse("api-1:statements")
    paths = {
        "statements": f"{listing}?{urlencode(filters)}",
        "matrix": f"{reverse('api-1:matrix')}?{as_of}",
        "matrix_csv": f"{matrix}?{'&'.join(filter(None, (as_of, '_export=csv')))}",
        "statements_csv": reverse("data_file", args=["statements.csv"]),
        "package": reverse("data_file", args=[DESCRIPTOR]),
        "openapi": reverse("api-1:openapi-json"),
    }
    return {name: request.build_absolute_uri(path) for name, path in paths.items()}


def record_zip(request: HttpRequest) -> HttpResponse:
    record = _record(request)
    if record is None:
        raise Http404
    name = f"{slugify(record.description['name'])}-record.zip"
    return _file(request, record, name, "application/zip", lambda: record.zipped)


def data_file(request: HttpRequest, name: str) -> HttpResponse:
    """One file of the package, next to its description, from where programs read it."""
    record = _record(request)
    if record is None or name not in record.files:
        raise Http404
    kind = {"csv": "text/csv", "json": "application/json"}.get(name.rpartition(".")[2])
    text = record.files[name]
    return _file(request, record, name, f"{kind or 'text/markdown'}; charset=utf-8", text.encode)


def _record(request: HttpRequest) -> PublicRecord | None:
    with translation.override(settings.LANGUAGE_CODE):
        record = PublicRecord(request.build_absolute_uri(reverse("home")))
    try:
        _texts = record.tables
    except PackageError:  # nothing has been published yet
        return None
    return record


def _file(
    request: HttpRequest,
    record: PublicRecord,
    name: str,
    kind: str,
    make_content: Callable[[], bytes],
) -> HttpResponse:
    """The file, or 304 if the ETag that was sent is still the present one."""
    seed = f"{name} {record.address} {record.edition}".encode()
    etag = quote_etag(hashlib.sha256(seed).hexdigest()[:24])
    not_modified: Any = get_conditional_response(request, etag=etag)
    response: HttpResponse = not_modified or HttpResponse(make_content(), kind)
    page = request.build_absolute_uri(reverse("data"))
    about = {"columns": f"{page}#columns", "address": page, "licence": record.licence}
    as_download(response, name, about)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"  # revalidate each time: it may be corrected
    return response
