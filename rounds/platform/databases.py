"""Which of the database's servers is asked.

What is written goes to the primary. What is read comes from it, too, but within ``reading_from``,
where it comes from the server named there: all of it, so that nothing on a page is older than the
edition that the page is kept under.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Answer = TypeVar("Answer")
PRIMARY = DEFAULT_DB_ALIAS
GONE = (OperationalError, InterfaceError)
BRIEF = 0.5  # seconds to wait for a connection to a server that is known not to answer
_reads_from: ContextVar[str] = ContextVar("reads_from", default=PRIMARY)


class Router:
    """Tells Django where to read and where to write."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return _reads_from.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """They are all copies of one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY


def reading() -> BaseDatabaseWrapper:
    """The connection for SQL that only reads."""
    return connections[_reads_from.get()]


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    token = _reads_from.set(alias)
    try:
        yield
    finally:
        _reads_from.reset(token)


def replicas() -> list[str]:
    """The servers that follow the primary, by their names in the settings."""
    return [alias for alias in connections if alias != PRIMARY]


@dataclass
class Server:
    """What a process knows of a server: whether it answers.

    One that does not is left alone for ``pause`` seconds. Then one request asks it again; the
    others go on without it until that one has an answer.
    """

    alias: str
    pause: float
    gone_until: float = 0.0

    def may_be_asked(self) -> bool:
        if not self.gone_until:
            return True
        now = time.monotonic()
        if now < self.gone_until:
            return False
        self.gone_until = now + self.pause
        return True

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """Its answer, over a new connection if the one at hand had died. Raises one of GONE."""
        try:
            try:
                answer = question()
            except GONE:
                if not self._lets_go():
                    raise
                answer = question()
        except GONE:
            self.gone_until = time.monotonic() + self.pause
            self._be_patient(BRIEF)
            raise
        if self.gone_until:
            self.gone_until = 0.0
            self._be_patient(settings.DATABASE_PATIENCE)
        return answer

    def wake(self) -> None:
        """Let no save meet a connection that died with its server, which may be back."""
        with suppress(*GONE):
            if self.may_be_asked():
                self.ask(self._any_answer)

    def _any_answer(self) -> None:
        with connections[self.alias].cursor() as cursor:
            cursor.execute("SELECT 1")

    def _lets_go(self) -> bool:
        """Whether there was a connection to blame. It is dropped, and those that died with it."""
        connection: Any = connections[self.alias]
        if connection.connection is None or connection.in_atomic_block:
            return False
        connection.close()
        if connection.pool:
            connection.pool.check()
        return True

    def _be_patient(self, seconds: float) -> None:
        """How long a request waits for a connection: whoever has to wait keeps others waiting."""
        connection: Any = connections[self.alias]
        if connection.pool:
            connection.pool.timeout = seconds
