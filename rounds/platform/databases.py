"""Which database server is used: the primary, or a replica for reading.

Writes go to the primary. Reads do, too, except within ``reading_from(alias)``: there all of them go
to that server. So nothing on a page is older than the edition under which the page is cached.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

Result = TypeVar("Result")
PRIMARY = DEFAULT_DB_ALIAS
UNREACHABLE_ERRORS = (OperationalError, InterfaceError)
SHORT_TIMEOUT_SECONDS = 0.5  # to wait for a connection to a server that did not answer before
TIMEOUT_CAUSES = (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable)
_reads_from: ContextVar[str] = ContextVar("reads_from", default=PRIMARY)


class TimeLimitError(OperationalError):
    """A query was not asked, because its request had taken too long."""


def took_too_long(error: BaseException | None) -> bool:
    """Whether a query, its wait for a lock, or the request that asked it reached its limit."""
    cause = error.__cause__ if error else None
    return isinstance(error, TimeLimitError) or isinstance(cause, TIMEOUT_CAUSES)


class Router:
    """The database router of Django's settings."""

    def db_for_read(self, model: type[models.Model], **hints: object) -> str:
        return _reads_from.get()

    def db_for_write(self, model: type[models.Model], **hints: object) -> str:
        return PRIMARY

    def allow_relation(self, obj1: models.Model, obj2: models.Model, **hints: object) -> bool:
        """Allow all: the servers are copies of one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == PRIMARY


def reading() -> BaseDatabaseWrapper:
    """Return the connection for SQL that only reads."""
    return connections[_reads_from.get()]


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Within, everything is read from the server that the settings call ``alias``."""
    token = _reads_from.set(alias)
    try:
        yield
    finally:
        _reads_from.reset(token)


def replicas() -> list[str]:
    """Return the aliases of the servers that follow the primary."""
    return [alias for alias in connections if alias != PRIMARY]


@dataclass
class DatabaseServer:
    """A circuit breaker for one database server, in one process.

    After a failure the server is not used for ``retry_seconds``. Then one request tries it again
    while the others go on without it, until that request has succeeded.
    """

    alias: str
    retry_seconds: float
    closed_until: float = 0.0  # by time.monotonic(); 0 while the server answers

    def is_available(self) -> bool:
        """Whether to use the server now. The first caller after a pause is the one that tries."""
        if not self.closed_until:
            return True
        now = time.monotonic()
        if now < self.closed_until:
            return False
        self.closed_until = now + self.retry_seconds
        return True

    def run(self, query: Callable[[], Result]) -> Result:
        """Return the result of ``query``, run again on a new connection if the old one had died.

        Raises one of ``UNREACHABLE_ERRORS``.
        """
        try:
            try:
                result = query()
            except UNREACHABLE_ERRORS as error:
                if took_too_long(error) or not self._drop_connection():
                    raise
                result = query()
        except UNREACHABLE_ERRORS:
            self.closed_until = time.monotonic() + self.retry_seconds
            self._set_pool_timeout(SHORT_TIMEOUT_SECONDS)
            raise
        if self.closed_until:
            self.closed_until = 0.0
            self._set_pool_timeout(settings.DATABASE_PATIENCE)
        return result

    def check_connection(self) -> None:
        """Replace a connection that died with its server, before something is saved over it."""
        with suppress(*UNREACHABLE_ERRORS):
            if self.is_available():
                self.run(self._select_1)

    def _select_1(self) -> None:
        with connections[self.alias].cursor() as cursor:
            cursor.execute("SELECT 1")

    def _drop_connection(self) -> bool:
        """Close the connection, and others that died with it. Return whether to ask again.

        Not without a connection, and not within a transaction: what it did before went with it.
        """
        connection: Any = connections[self.alias]
        if connection.connection is None or connection.in_atomic_block:
            return False
        connection.close()
        if connection.pool:
            connection.pool.check()
        return True

    def _set_pool_timeout(self, seconds: float) -> None:
        """Set how long a request waits for a connection: meanwhile it keeps others waiting."""
        connection: Any = connections[self.alias]
        if connection.pool:
            connection.pool.timeout = seconds
