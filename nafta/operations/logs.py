"""What is told of each request: one line when it is answered, and its name in every line before.

A line is JSON in production (python-json-logger) and plain words on one's own machine. None holds
what stood behind the ``?`` of an address, a cookie, a form or the values of a query.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")  # what somebody before us may have named a request
LITERAL = re.compile(r"'(?:[^']|'')*'")
LONGEST = 2_000  # characters of a query
ANSWERED = "%(method)s %(path)s %(status)d, %(ms)s ms, %(queries)d queries %(page)s"
SLOW = "slow query in %(view)s, %(ms)s ms: %(sql)s"
access = logging.getLogger("nafta.access")
slow = logging.getLogger("nafta.slow")


@dataclass(slots=True)
class Asked:
    """A request on its way.

    ``page``: whether a public page was kept, made or stale; ``kept_view``: what made a kept one.
    """

    request: HttpRequest
    name: str
    queries: int = 0
    page: str = ""
    kept_view: str = ""
    begun: float = field(default_factory=time.perf_counter)

    @property
    def view(self) -> str:
        """The name of the address pattern: there are as many as there are patterns."""
        if self.request.resolver_match:
            return self.request.resolver_match.view_name
        static = self.request.path_info.startswith(settings.STATIC_URL)
        return self.kept_view or ("static" if static else "none")

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.begun

    def watch(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        """Count a query, and tell of one that took long."""
        self.queries += 1
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            ms = round((time.perf_counter() - begun) * 1000, 1)
            if ms >= settings.SLOW_QUERY_MS:
                told = {"view": self.view, "ms": ms}
                slow.warning(SLOW, told | {"sql": shape(sql)}, extra=told)

    def tell(self, status: int) -> None:
        """The one line."""
        if not access.isEnabledFor(logging.INFO):
            return
        told = {
            "method": self.request.method,
            "path": escape_uri_path(self.request.path),
            "status": status,
            "ms": round(self.seconds * 1000, 1),
            "queries": self.queries,
            "page": self.page,
            "user": _member(self.request),
        }
        access.info(ANSWERED, told, extra=told)


asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


def request_name(given: str) -> str:
    """What a request is called: as ``given``, if that can stand in a line; else a new name."""
    return given if SANE.fullmatch(given) else secrets.token_hex(8)


def note_page(page: str, view: str = "") -> None:
    """Tell of the present request whether its page was kept, made or stale, and what made it."""
    if this := asked.get():
        this.page, this.kept_view = page, view


def shape(sql: Any) -> str:
    """A query on one line, without any text that somebody may have typed."""
    text = sql if isinstance(sql, str) else sql.as_string(None)
    return LITERAL.sub("'…'", " ".join(text.split()))[:LONGEST]


def _member(request: HttpRequest) -> int | None:
    """Who of the newsroom asked, if the page has looked: nobody is looked up for the log."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None and user.is_staff else None


class RequestName(logging.Filter):
    """Puts the name of the request into each line of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        this = asked.get()
        record.request_id = this.name if this else "-"
        return True


class Lines(JsonFormatter):
    """A JSON object a line, without the request that Django's lines carry: it tells all of it."""

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "message"],
            rename_fields={"levelname": "level", "name": "logger"},
            reserved_attrs=[*RESERVED_ATTRS, "request"],
            timestamp="time",
        )
