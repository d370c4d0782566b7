"""Publish what is due outside the requests of visitors: a daemon thread in each web process.

A request that sees something due wakes the thread and goes on with the present edition. So a lock,
a read-only database or a primary that is gone delays the publication, and no page.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from django.db import connections

from nafta.operations.metrics import PUBLISH_FAILURES
from rounds.platform.databases import PRIMARY, UNREACHABLE_ERRORS, reading_from
from rounds.publishing.due import is_lock_error, publish_due

RETRY_SECONDS = 1.0  # between two attempts, at least
MAX_RETRY_SECONDS = 10.0  # after failures the wait doubles up to this
# A thread that nobody wakes looks for new times in the timetable after so long.
POLL_SECONDS = 30.0
LOG_SECONDS = 60.0  # between two lines about what could not be published
logger = logging.getLogger(__name__)


class Attempt(NamedTuple):
    """The outcome of an attempt to publish what is due.

    ``failure`` is a value of the metric's label: "locked", "read_only", "unreachable" or "error";
    "" if nothing is due now. ``next_seconds`` is the time until more is due, or None.
    """

    published: int = 0
    failure: str = ""
    next_seconds: float | None = None


def attempt_publication() -> Attempt:
    """Publish what is due, on the connection of this thread to the primary.

    Raises nothing: a failure is logged, once a minute, and counted.
    """
    try:
        with reading_from(PRIMARY):
            report = publish_due()
    except Exception as error:  # whatever it is, the thread and the page behind it go on
        failure = _failure_kind(error)
        _note_failure(failure, error)
        return Attempt(failure=failure)
    if report.locked:
        _note_failure("locked", ", ".join(report.locked))
    return Attempt(len(report.published), "locked" if report.locked else "", report.next_seconds)


class DuePublisher:
    """The thread of this process. It starts with the first request, never at import."""

    def __init__(self) -> None:
        self.reset()
        # A forked process has the objects and not the thread, and a lock may be held for ever.
        os.register_at_fork(after_in_child=self.reset)

    def reset(self) -> None:
        self._starting = threading.Lock()
        self._wake = threading.Event()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def notice(self, *, is_due: bool) -> None:
        """Start the thread unless it runs, and wake it if something is due. Never waits for it."""
        if is_due:
            self._wake.set()
        if self._thread is not None and self._thread.is_alive():
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                thread = threading.Thread(target=self._run, name="due-publisher", daemon=True)
                try:
                    thread.start()
                except RuntimeError as error:  # the system has no thread left, or the process ends
                    _note_failure("error", error)
                else:
                    self._thread = thread

    def stop(self) -> None:
        """End the thread after its present attempt."""
        self._end.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self.reset()

    def _run(self) -> None:
        wake, end = self._wake, self._end
        retry_seconds = RETRY_SECONDS
        while not end.is_set():
            wake.clear()
            with _own_connection():
                attempt = attempt_publication()
            if attempt.failure in {"", "locked"}:
                retry_seconds = RETRY_SECONDS
            if end.wait(retry_seconds):
                return
            if attempt.failure:
                retry_seconds = min(retry_seconds * 2, MAX_RETRY_SECONDS)
            else:
                idle_seconds = min(attempt.next_seconds or POLL_SECONDS, POLL_SECONDS)
                wake.wait(max(idle_seconds - RETRY_SECONDS, 0))


publisher = DuePublisher()


@contextmanager
def _own_connection() -> Iterator[None]:
    """Within, this thread has a connection of its own: visitors may need all those of the pool."""
    connection: Any = connections.create_connection(PRIMARY).copy()
    connection.settings_dict["OPTIONS"].pop("pool", None)
    connections[PRIMARY] = connection
    try:
        yield
    finally:
        connection.close()


def _failure_kind(error: Exception) -> str:
    if is_lock_error(error):
        return "locked"
    if isinstance(error.__cause__, psycopg.errors.ReadOnlySqlTransaction):
        return "read_only"
    return "unreachable" if isinstance(error, UNREACHABLE_ERRORS) else "error"


_logged_at: dict[str, float] = {}  # by kind of failure, in seconds of time.monotonic()


def _note_failure(failure: str, reason: object) -> None:
    """Count a failure, and log it unless one of its kind was logged within the last minute."""
    PUBLISH_FAILURES.labels(failure).inc()
    now = time.monotonic()
    if now - _logged_at.get(failure, -LOG_SECONDS) < LOG_SECONDS:
        return
    _logged_at[failure] = now
    exception = reason if failure == "error" and isinstance(reason, Exception) else None
    logger.error("What is due could not be published (%s): %s", failure, reason, exc_info=exception)
