"""The page cache: public pages are cached until the record changes.

The database has a mark for the edition of what readers see (``rounds/models/edition.py``). It is
part of each cache key, so whatever is published, corrected or unpublished makes all cached pages
unreachable at once, in every process, and none has to be deleted. A cached page costs one small
query. While no database answers, readers get the cached pages of the last edition.
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

from nafta.operations.due_publisher import attempt_publication, publisher
from nafta.operations.error_pages import refuse_busy
from nafta.operations.limits.render_queue import ADMIN, RenderRefusedError, render_turn
from nafta.operations.logs import note_page
from nafta.operations.metrics import DATABASE_ERRORS
from rounds.platform.databases import (
    PRIMARY,
    UNREACHABLE_ERRORS,
    DatabaseServer,
    reading_from,
    replicas,
)
from rounds.publishing.states import load_present

GetResponse = Callable[[HttpRequest], HttpResponse]
# Headers that the cache answers itself: views see none of them, so that they return a whole page.
HANDLED_HEADERS = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH")
UNCACHEABLE = re.compile(r"private|no-store")
TEXT = re.compile(r"text/|application/(?:[\w.]+\+)?(?:json|xml|javascript)|image/svg")
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
MIN_COMPRESSED_BYTES = 200  # a shorter body is sent as it is
DAY_SECONDS = 86_400
PRIMARY_RETRY_SECONDS = 1.0  # circuit breaker: wait between attempts at a primary that is down
REPLICA_RETRY_SECONDS = 5.0  # longer, since the other servers can answer
PAGES = "pages"  # name of the cache in settings.CACHES
LATEST_EDITION = (
    "edition"  # key of the last one, for processes that start while the database is down
)
# Answers that are true until something is published. A refusal is: what it refuses stays refused.
CACHEABLE_STATUSES = {
    HTTPStatus.OK,
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.GONE,
}
# A browser always revalidates its copy. A CDN may answer by itself for a moment, serve the old page
# while it revalidates, and for a day when the site does not answer.
CACHE_CONTROL = (
    f"public, max-age=0, s-maxage={settings.CDN_SECONDS}, "
    f"stale-while-revalidate={settings.CDN_SECONDS}, stale-if-error={DAY_SECONDS}"
)
logger = logging.getLogger(__name__)


@cache
def code_version() -> str:
    """A hash of the code, templates and translations: a new version must not serve old pages."""
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
class CachedPage:
    """A page as it is sent, compressed for one Content-Encoding."""

    headers: dict[str, str]
    body: bytes
    view: str  # name of the view that rendered it, for the log
    status: int

    def response(self, request: HttpRequest) -> HttpResponse:
        """The page, or 304 if the client has it."""
        response = HttpResponse(self.body, status=self.status, headers=self.headers)
        if request.method == "HEAD":
            response.content = b""
        answer: Any = get_conditional_response(request, self.headers.get("ETag"), None, response)
        return answer  # type: ignore[no-any-return]


class PageCacheMiddleware:
    """Answer from the cache of the current edition; else render the page and cache it.

    A reader's whole request is read from one database server, a replica if there is one. So a page
    rendered from a replica that lags is cached under the edition of that replica, not a newer one.
    Editors read from the primary, where they write. ``KEEP_PAGES=no`` switches the cache off;
    choosing the server and noticing what is due go on.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.latest_edition = ""
        self.primary = DatabaseServer(PRIMARY, PRIMARY_RETRY_SECONDS)
        self.replicas: dict[str, DatabaseServer] = {}
        self.turn = itertools.count()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._respond(request)
        except RenderRefusedError as refusal:
            return refuse_busy(request, refusal.reason, refusal.status, refusal.retry_seconds)

    def _respond(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            if not ADMIN.match(request.path_info):
                return self.get_response(request)  # 405
            self.primary.check_connection()
            return self._uncached(request)
        is_cached = settings.KEEP_PAGES and not ADMIN.match(request.path_info)
        response = None
        for server in self._servers(request):
            with reading_from(server.alias):
                try:
                    edition = server.run(partial(self._edition, request))
                except UNREACHABLE_ERRORS as error:
                    logger.warning("The database %s does not answer: %s", server.alias, error)
                    DATABASE_ERRORS.inc()
                    continue
                response = self._page(request, edition) if is_cached else self._uncached(request)
            if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:  # it has just failed, too
                return response
        return (
            (self._stale(request) if is_cached else None) or response or self.get_response(request)
        )

    def process_view(self, request: Any, *_view: object) -> None:
        """Publish what is due before an editor sees the desk, where it would still be scheduled.

        Unlike a visitor, an editor waits for that, though for no lock.
        """
        if (
            settings.PUBLISH_DUE
            and getattr(request, "has_due", False)
            and ADMIN.match(request.path_info)
            and request.user.is_staff
        ):
            attempt_publication()

    def _servers(self, request: HttpRequest) -> Iterator[DatabaseServer]:
        """The servers to try, in order: replicas by turns, then the primary."""
        needs_primary = (
            ADMIN.match(request.path_info) or settings.SESSION_COOKIE_NAME in request.COOKIES
        )
        names = [] if needs_primary else replicas()
        first = next(self.turn) % len(names) if names else 0
        for name in names[first:] + names[:first]:
            replica = self.replicas.setdefault(name, DatabaseServer(name, REPLICA_RETRY_SECONDS))
            if replica.is_available():
                yield replica
        if self.primary.is_available():
            yield self.primary

    def _edition(self, request: HttpRequest) -> str:
        """The cache key's part for what readers see now: the edition, the day, the code.

        What is due is published by another thread: no request waits for a write.
        """
        state = load_present()
        if settings.PUBLISH_DUE:
            publisher.notice(is_due=state.due)
        request.has_due = state.due  # type: ignore[attr-defined]
        request.negotiation = SimpleLazyObject(lambda: state.negotiation)  # type: ignore[attr-defined]
        edition = f"{state.mark or 'none'}-{timezone.localdate():%j}-{code_version()}"
        if edition != self.latest_edition:
            self.latest_edition = edition
            caches[PAGES].set(LATEST_EDITION, edition, DAY_SECONDS)
        return edition

    def _page(self, request: HttpRequest, edition: str) -> HttpResponse:
        """The page of an edition: from the cache, or rendered."""
        key = _cache_key(request, edition)
        page = caches[PAGES].get(key)
        if not page:
            with render_turn(request) as has_waited:
                # meanwhile the page may have been rendered for another reader
                page = caches[PAGES].get(key) if has_waited else None
                if not page:
                    return self._rendered(request, edition, key)
        note_page("kept", page.view)
        return page.response(request)  # type: ignore[no-any-return]

    def _stale(self, request: HttpRequest) -> HttpResponse | None:
        """The cached page of the last edition, whatever is published by now."""
        edition = self.latest_edition or caches[PAGES].get(LATEST_EDITION)
        page = caches[PAGES].get(_cache_key(request, edition)) if edition else None
        if not page:
            return None
        note_page("stale", page.view)
        return page.response(request)  # type: ignore[no-any-return]

    def _uncached(self, request: HttpRequest) -> HttpResponse:
        with render_turn(request):
            return self.get_response(request)

    def _rendered(self, request: HttpRequest, edition: str, key: str) -> HttpResponse:
        encoding = _encoding(request)
        headers = {name: request.META.pop(name) for name in HANDLED_HEADERS if name in request.META}
        response = self.get_response(request)
        request.META.update(headers)
        if not _is_cacheable(response):
            return response
        view = request.resolver_match.view_name if request.resolver_match else ""
        page = _compressed(response, encoding, edition, view)
        caches[PAGES].set(key, page, DAY_SECONDS)
        note_page("made")
        return page.response(request)


def _cache_key(request: HttpRequest, edition: str) -> str:
    """The key of a page. The host is part of it, since pages name it. Raises ``DisallowedHost``."""
    address = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
    name = hashlib.sha256(address.encode()).hexdigest()[:32]
    return f"{edition}-{_encoding(request)}-{name}"


def _encoding(request: HttpRequest) -> str:
    """The best compression that the client accepts; "" if none."""
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "").split(",")
    refused = {choice.partition(";")[0].strip() for choice in accepted if choice[-3:] == "q=0"}
    names = {choice.partition(";")[0].strip() for choice in accepted} - refused
    return next((name for name in ENCODERS if name in names), "")


def _is_cacheable(response: HttpResponse) -> bool:
    """Whether the response is the same for everybody until something is published."""
    return (
        response.status_code in CACHEABLE_STATUSES
        and not response.streaming
        and not response.cookies
        and not UNCACHEABLE.search(response.headers.get("Cache-Control", ""))
        and "cookie" not in response.headers.get("Vary", "").lower()
    )


def _compressed(response: HttpResponse, encoding: str, edition: str, view: str) -> CachedPage:
    """The page to cache. Compression makes a strong ETag weak (RFC 9110, section 8.8.1)."""
    body = response.content
    patch_vary_headers(response, ["Accept-Encoding"])
    if response.status_code == HTTPStatus.OK:
        response.headers.setdefault("ETag", f'W/"{edition}"')
    response.headers.setdefault("Cache-Control", CACHE_CONTROL)
    if (
        encoding
        and len(body) > MIN_COMPRESSED_BYTES
        and TEXT.match(response.headers["Content-Type"])
    ):
        body = ENCODERS[encoding](body)
        response.headers["Content-Encoding"] = encoding
        tag = response.headers.get("ETag", "")
        if tag and not tag.startswith("W/"):
            response.headers["ETag"] = f"W/{tag}"
    response.headers["Content-Length"] = str(len(body))
    return CachedPage(dict(response.headers.items()), body, view, response.status_code)
