"""Limits of time: of a statement, of the wait for a lock, of an idle transaction, of a request.

PostgreSQL ends what takes too long and answers with an error, which is told in words
(``nafta/operations/error_pages.py``). The limits hold for web processes alone: a command, such as a
load or a restoration, takes the time that it needs.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse

from rounds.platform.databases import PRIMARY, UNREACHABLE_ERRORS, TimeLimitError

SET = "SELECT set_config('statement_timeout', %s, FALSE), set_config('lock_timeout', %s, FALSE)"
RESET = "RESET statement_timeout; RESET lock_timeout"


def limit_connections() -> None:
    """Give the limits to all connections that this process is going to make.

    Not behind PgBouncer, which takes no options: there the role has them.
    """
    if not settings.DATABASE_POOL:
        return
    limits = {
        "statement_timeout": settings.STATEMENT_SECONDS,
        "lock_timeout": settings.LOCK_SECONDS,
        "idle_in_transaction_session_timeout": settings.IDLE_TRANSACTION_SECONDS,
    }
    flags = [f"-c {name}={seconds}s" for name, seconds in limits.items()]
    for alias in connections:
        options = connections.settings[alias].setdefault("OPTIONS", {})
        options["options"] = " ".join([options.get("options", ""), *flags]).strip()


@dataclass
class TimeLimit:
    """The time by which a request has to end, by ``time.monotonic()``."""

    ends_at: float
    is_lengthened: bool = False  # it is the desk's, and so are the limits of the connection

    def check(
        self,
        execute: Callable[..., object],
        sql: object,
        params: object,
        many: bool,
        context: dict[str, object],
    ) -> object:
        """A wrapper for ``connection.execute_wrapper``: no query begins after the deadline.

        Raises ``TimeLimitError``.
        """
        if time.monotonic() > self.ends_at:
            raise TimeLimitError("This request has taken too long.")
        return execute(sql, params, many, context)


class TimeLimitsMiddleware:
    """End a request that takes longer than it may, at its next query.

    Staff who are signed in have more time at the desk, for each statement, for locks that a
    colleague's save holds, and in all: an import stores hundreds of rows.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        deadline = TimeLimit(time.monotonic() + settings.REQUEST_SECONDS)
        request.deadline = deadline  # type: ignore[attr-defined]
        try:
            with ExitStack() as wrappers:
                for connection in connections.all():
                    wrappers.enter_context(connection.execute_wrapper(deadline.check))
                return self.get_response(request)
        finally:
            if deadline.is_lengthened:
                _restore_limits()

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        match = request.resolver_match
        if match and "admin" in match.namespaces and request.user.is_authenticated:
            deadline: TimeLimit = request.deadline  # type: ignore[attr-defined]
            deadline.ends_at += settings.DESK_SECONDS - settings.REQUEST_SECONDS
            deadline.is_lengthened = True
            _lengthen_limits()


def _lengthen_limits() -> None:
    """Give this thread's connection to the primary the time of the desk.

    Half of it for a lock: what is left is enough to bring the form back with all that was typed.
    """
    if settings.DATABASE_POOL:  # PgBouncer might give the connection to another request
        seconds = settings.DESK_SECONDS
        with connections[PRIMARY].cursor() as cursor:
            cursor.execute(SET, [f"{seconds}s", f"{max(seconds // 2, 1)}s"])


def _restore_limits() -> None:
    """Give the connection its own limits back, before it serves another request."""
    connection = connections[PRIMARY]
    if not settings.DATABASE_POOL or connection.connection is None or connection.in_atomic_block:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(RESET)
    except UNREACHABLE_ERRORS:
        connection.close()  # it is broken: the pool drops it
