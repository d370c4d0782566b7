"""The request log: one line a response, and the request's ID in every line logged before it.

A line is JSON in production (python-json-logger) and plain text in development. For privacy no line
holds a query string, a cookie, form data, an IP address or the parameters of an SQL query.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from psycopg.sql import Composable
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")  # taken from a proxy; all else could forge a line
SQL_LITERAL = re.compile(r"'(?:[^']|'')*'")
MAX_SQL_CHARS = 2_000
REQUEST_LINE = "%(method)s %(path)s %(status)d, %(ms)s ms, %(queries)d queries %(page)s"
SLOW_LINE = "slow query in %(view)s, %(ms)s ms: %(sql)s"
access = logging.getLogger("nafta.access")
slow = logging.getLogger("nafta.slow")


@dataclass(slots=True)
class RequestLog:
    """What the log says of a request that is being answered."""

    request: HttpRequest
    request_id: str
    queries: int = 0
    page: str = ""  # a public page is "kept" (from the cache), "made" (rendered now) or "stale"
    cached_view: str = ""  # the view that rendered a page from the cache
    started: float = field(default_factory=time.perf_counter)

    @property
    def view(self) -> str:
        """Name of the URL pattern. A metric has one series a value, so it must not be the path."""
        if self.request.resolver_match:
            return self.request.resolver_match.view_name
        static = self.request.path_info.startswith(settings.STATIC_URL)
        return self.cached_view or ("static" if static else "none")

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started

    def count_query(
        self,
        execute: Callable[..., object],
        sql: str | Composable,
        params: object,
        many: bool,
        context: dict[str, object],
    ) -> object:
        """Count a query and log it if it was slow: a wrapper for ``connection.execute_wrapper``."""
        self.queries += 1
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            ms = round((time.perf_counter() - started) * 1000, 1)
            if ms >= settings.SLOW_QUERY_MS:
                fields = {"view": self.view, "ms": ms}
                slow.warning(SLOW_LINE, fields | {"sql": redact_sql(sql)}, extra=fields)

    def write(self, status: int) -> None:
        """Log the line of this request."""
        if not access.isEnabledFor(logging.INFO):
            return
        fields = {
            "method": self.request.method,
            "path": escape_uri_path(self.request.path),
            "status": status,
            "ms": round(self.seconds * 1000, 1),
            "queries": self.queries,
            "page": self.page,
            "user": _staff_id(self.request),
        }
        access.info(REQUEST_LINE, fields, extra=fields)


current_request: ContextVar[RequestLog | None] = ContextVar("current_request", default=None)


def request_id(header: str) -> str:
    """The ID in ``header``, if it is well-formed; else a new one."""
    return header if REQUEST_ID.fullmatch(header) else secrets.token_hex(8)


def note_page(page: str, view: str = "") -> None:
    """Note for the log and the metrics how the page cache answered the current request."""
    if entry := current_request.get():
        entry.page, entry.cached_view = page, view


def redact_sql(sql: str | Composable) -> str:
    """A query on one line, without literals: they may hold what somebody typed."""
    text = sql if isinstance(sql, str) else sql.as_string(None)
    return SQL_LITERAL.sub("'…'", " ".join(text.split()))[:MAX_SQL_CHARS]


def _staff_id(request: HttpRequest) -> int | None:
    """The user's ID if the view loaded a member of staff: the log itself costs no query."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None and user.is_staff else None


class RequestIdFilter(logging.Filter):
    """Add the ID of the current request to each line."""

    def filter(self, record: logging.LogRecord) -> bool:
        entry = current_request.get()
        record.request_id = entry.request_id if entry else "-"
        return True


class JsonLineFormatter(JsonFormatter):
    """A JSON object a line, without the ``request`` in Django's lines: it has cookies and forms."""

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "message"],
            rename_fields={"levelname": "level", "name": "logger"},
            reserved_attrs=[*RESERVED_ATTRS, "request"],
            timestamp="time",
        )
