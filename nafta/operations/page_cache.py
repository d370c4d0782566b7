"""Public pages, kept until the record changes.

The database names the edition of what readers see (``rounds/models/edition.py``). A page is kept
under its address and that name, so whatever is published, corrected or taken back makes every kept
page old at once, in every process, and none has to be found and thrown away. A kept page costs one
small question to the database. While that does not answer, readers get what is kept of its last
edition.
"""

import gzip
import hashlib
import itertools
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus
from typing import Any

import brotli
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.functional import SimpleLazyObject

from nafta.operations.logs import note_page
from nafta.operations.metrics import DATABASE_ERRORS
from rounds.platform.databases import (
    PRIMARY,
    UNREACHABLE_ERRORS,
    DatabaseServer,
    reading,
    reading_from,
    replicas,
)
from rounds.publishing.states import load_present, publish_due

Answer = Callable[[HttpRequest], HttpResponse]
DESK = re.compile(r"/(?:\w\w/)?admin/")
HERE = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH")  # wishes that are met here, page by page
UNKEPT = re.compile(r"private|no-store")
TEXT = re.compile(r"text/|application/(?:[\w.]+\+)?(?:json|xml|javascript)|image/svg")
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
SHORT = 200  # bytes that are not worth packing
DAY = 86_400  # seconds
BREATH = 1.0  # seconds between two questions to a database that is gone
LONG_BREATH = 5.0  # and to a replica, where others answer
PAGES = "pages"  # the cache that they are kept in
LATEST = "edition"  # the last one known, for processes that begin while the database is gone
# A browser always asks whether its copy is the present one. What stands before the site may answer
# for a moment by itself, go on while it asks, and for a day when it gets no answer.
CACHE_CONTROL = (
    f"public, max-age=0, s-maxage={settings.CDN_SECONDS}, "
    f"stale-while-revalidate={settings.CDN_SECONDS}, stale-if-error={DAY}"
)
logger = logging.getLogger(__name__)


@cache
def build() -> str:
    """A name for the code that makes the pages: other code, other pages."""
    files = sorted(
        path
        for folder in ("nafta", "issues", "rounds", "templates", "static")
        for path in (settings.BASE_DIR / folder).rglob("*")
        if path.suffix in {".py", ".html", ".mo", ".css", ".js"}
    )
    content = hashlib.sha256()
    for path in files:
        content.update(path.read_bytes())
    return content.hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it goes out."""

    headers: dict[str, str]
    body: bytes
    view: str  # the name of what made it

    def response(self, request: HttpRequest) -> HttpResponse:
        """The page, or that the asker's copy is still the present one."""
        whole = HttpResponse(self.body, headers=self.headers)
        if request.method == "HEAD":
            whole.content = b""
        answer: Any = get_conditional_response(request, self.headers["ETag"], None, whole)
        return answer  # type: ignore[no-any-return]


class Editions:
    """Answers with the kept page of the present edition, and keeps those that it has not.

    A reader's whole request is answered by one server of the database, a replica if there is one:
    a page made from a replica that lags is kept under the edition which that one knows. Editors
    read where they write.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.latest = ""
        self.primary = DatabaseServer(PRIMARY, BREATH)
        self.replicas: dict[str, DatabaseServer] = {}
        self.turn = itertools.count()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            if DESK.match(request.path_info):
                self.primary.check_connection()
            return self.get_response(request)
        keeps = settings.KEEP_PAGES and not DESK.match(request.path_info)
        answer = None
        for server in self._servers(request):
            with reading_from(server.alias):
                try:
                    edition = server.run(partial(self._edition, request))
                except UNREACHABLE_ERRORS as error:
                    logger.warning("The database %s does not answer: %s", server.alias, error)
                    DATABASE_ERRORS.inc()
                    continue
                answer = self._page(request, edition) if keeps else self.get_response(request)
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:  # it went while we asked
                return answer
        return (self._last(request) if keeps else None) or answer or self.get_response(request)

    def _servers(self, request: HttpRequest) -> Iterator[DatabaseServer]:
        """Those that may answer it, the next in turn first."""
        editors = DESK.match(request.path_info) or settings.SESSION_COOKIE_NAME in request.COOKIES
        names = [] if editors else replicas()
        first = next(self.turn) % len(names) if names else 0
        for name in names[first:] + names[:first]:
            replica = self.replicas.setdefault(name, DatabaseServer(name, LONG_BREATH))
            if replica.is_available():
                yield replica
        if self.primary.is_available():
            yield self.primary

    def _edition(self, request: HttpRequest) -> str:
        """The name of what is published now, today.

        What is due goes out first: whoever asks after the end of an embargo finds what it held.
        """
        now = load_present()
        if now.due and self._publishes():
            now = load_present()
        request.negotiation = SimpleLazyObject(lambda: now.negotiation)  # type: ignore[attr-defined]
        edition = f"{now.mark or 'none'}-{timezone.localdate():%j}-{build()}"
        if edition != self.latest:
            self.latest = edition
            caches[PAGES].set(LATEST, edition, DAY)
        return edition

    def _publishes(self) -> bool:
        """Whether what is due could be published. Without the primary it waits; pages go on."""
        if reading().alias != PRIMARY and not self.primary.is_available():
            return False
        try:
            with reading_from(PRIMARY):
                self.primary.run(partial(publish_due, timezone.now()))
        except UNREACHABLE_ERRORS as error:
            logger.warning("What is due could not be published: %s", error)
            return False
        return True

    def _page(self, request: HttpRequest, edition: str) -> HttpResponse:
        place = _place(request, edition)
        kept = caches[PAGES].get(place)
        if not kept:
            return self._made(request, edition, place)
        note_page("kept", kept.view)
        return kept.response(request)  # type: ignore[no-any-return]

    def _last(self, request: HttpRequest) -> HttpResponse | None:
        """What is kept of the last edition."""
        last = self.latest or caches[PAGES].get(LATEST)
        kept = caches[PAGES].get(_place(request, last)) if last else None
        if not kept:
            return None
        note_page("stale", kept.view)
        return kept.response(request)  # type: ignore[no-any-return]

    def _made(self, request: HttpRequest, edition: str, place: str) -> HttpResponse:
        encoding = _encoding(request)
        wishes = {name: request.META.pop(name) for name in HERE if name in request.META}
        response = self.get_response(request)
        request.META.update(wishes)
        if not _may_be_kept(response):
            return response
        view = request.resolver_match.view_name if request.resolver_match else ""
        kept = _packed(response, encoding, edition, view)
        caches[PAGES].set(place, kept, DAY)
        note_page("made")
        return kept.response(request)


def _place(request: HttpRequest, edition: str) -> str:
    """Where a page is kept. Its host, which it names itself by, is one of the allowed."""
    address = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
    name = hashlib.sha256(address.encode()).hexdigest()[:32]
    return f"{edition}-{_encoding(request)}-{name}"


def _encoding(request: HttpRequest) -> str:
    """How the asker can have a page packed, the closest first; "" if not at all."""
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    refused = {one.partition(";")[0].strip() for one in accepted.split(",") if one[-3:] == "q=0"}
    names = {one.partition(";")[0].strip() for one in accepted.split(",")} - refused
    return next((name for name in ENCODERS if name in names), "")


def _may_be_kept(response: HttpResponse) -> bool:
    """Whether it says the same to everybody until something is published."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not UNKEPT.search(response.headers.get("Cache-Control", ""))
        and "cookie" not in response.headers.get("Vary", "").lower()
    )


def _packed(response: HttpResponse, encoding: str, edition: str, view: str) -> Kept:
    body = response.content
    patch_vary_headers(response, ["Accept-Encoding"])
    response.headers.setdefault("ETag", f'W/"{edition}"')
    response.headers.setdefault("Cache-Control", CACHE_CONTROL)
    if encoding and len(body) > SHORT and TEXT.match(response.headers["Content-Type"]):
        body = ENCODERS[encoding](body)
        response.headers["Content-Encoding"] = encoding
        tag = response.headers["ETag"]
        response.headers["ETag"] = tag if tag.startswith("W/") else f"W/{tag}"
    response.headers["Content-Length"] = str(len(body))
    return Kept(dict(response.headers.items()), body, view)
