"""Publish at its time what was scheduled, by the database's clock and without waiting for locks.

This knows no threads and no requests: ``nafta/operations/due_publisher.py`` calls it.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar

import pghistory
import psycopg
from django.db import OperationalError, connection, models, transaction
from django.db.models.functions import Now

from rounds.models import Due, Publishable, State, event_model, publishable_models
from rounds.publishing.states import mark_missed, set_state

Result = TypeVar("Result")
# Nothing waits longer than this for a lock while due records are published. After the first wait
# the others are as good as none: each would hold locks on what was published before it.
LOCK_TIMEOUT_MS = 100
NO_WAIT_MS = 1
# The server ends a publication that says nothing for so long: its machine may be gone.
IDLE_TIMEOUT_MS = 10_000
LOCK_ERRORS = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
TIMETABLE_SQL = f"""
    SELECT now, (
            SELECT extract(epoch FROM min(at) - now)::float FROM "{Due._meta.db_table}"
            WHERE at > now
        ), EXISTS (SELECT FROM "{Due._meta.db_table}" WHERE at <= now)
    FROM (SELECT statement_timestamp()) AS clock (now)"""
OVERDUE_SQL = f"""
    SELECT extract(epoch FROM statement_timestamp() - min(at)) FROM "{Due._meta.db_table}"
    WHERE at <= statement_timestamp()"""


class DueReport(NamedTuple):
    """What an attempt to publish has done.

    ``locked`` names the rows (``rounds.statement 12``) that stay due since another transaction
    locks them or what they need, or a table that could not even be read. ``next_seconds`` is the
    time until more is due, or None.
    """

    published: list[Publishable]
    locked: list[str]
    next_seconds: float | None


def publish_due() -> DueReport:
    """Publish what is due by the database's clock, all in one transaction.

    It waits for no lock: what is locked stays due, for the next attempt. A record that the rules
    refuse becomes a draft again, which keeps the time that it missed. Raises ``DatabaseError`` if
    the database cannot be written to, or if the row of the edition is locked.
    """
    with transaction.atomic(), pghistory.context(task="timetable"):
        _limit_waits()
        now, next_seconds, is_due = _read_timetable()
        # The rows are a queue: a process that finds them locked leaves the work to the other one.
        noted = Due.objects.filter(at__lte=now).select_for_update(skip_locked=True)
        times = list(noted.values_list("pk", flat=True)) if is_due else []
        if not times:
            return DueReport([], [], next_seconds)
        waiting, locked = _lock_due(now)
        published, refused, also_locked = _publish_in_order(waiting)
        locked += also_locked
        if not locked:  # what was refused may only have lacked a record that is locked
            for record in refused:
                mark_missed(record)
            Due.objects.filter(pk__in=times).delete()
        _limit_waits()  # the commit needs the edition's row, which all that publish share
    return DueReport(published, locked, next_seconds)


class Overdue(NamedTuple):
    """How many records are due, and for how many seconds the first time has passed.

    ``records`` is None while they cannot be counted, since a table is locked.
    """

    records: int | None
    seconds: float


def load_overdue() -> Overdue:
    """Read from the primary what is due and not published, by its clock, waiting for no lock."""
    with transaction.atomic(), connection.cursor() as cursor:
        _limit_waits()
        cursor.execute(OVERDUE_SQL)
        (seconds,) = cursor.fetchone()
        if seconds is None:
            return Overdue(0, 0.0)
        return Overdue(_unless_locked(_count_due), float(seconds))


def is_lock_error(error: BaseException) -> bool:
    """Whether a query failed since another transaction holds a lock."""
    return isinstance(error.__cause__, LOCK_ERRORS)


def _limit_waits(lock_ms: int = LOCK_TIMEOUT_MS) -> None:
    """Limit how long this transaction waits for a lock, and how long the server waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, TRUE),"
            " set_config('idle_in_transaction_session_timeout', %s, TRUE)",
            [str(lock_ms), str(IDLE_TIMEOUT_MS)],
        )


def _read_timetable() -> tuple[dt.datetime, float | None, bool]:
    """Return the database's time, the seconds until more is due, and whether anything is now."""
    with connection.cursor() as cursor:
        cursor.execute(TIMETABLE_SQL)
        now, next_seconds, is_due = cursor.fetchone()
    return now, next_seconds, is_due


def _unless_locked(step: Callable[[], Result]) -> Result | None:
    """Return the result of ``step``; None if it met a lock. What it did is undone then."""
    try:
        with transaction.atomic():
            return step()
    except OperationalError as error:
        if not is_lock_error(error):
            raise
    _limit_waits(NO_WAIT_MS)
    return None


def _lock_due(now: dt.datetime) -> tuple[list[Publishable], list[str]]:
    """Lock the due records that nobody else locks. Return them, and the names of the others."""
    records: list[Publishable] = []
    locked: list[str] = []
    for model in publishable_models():
        names = _unless_locked(partial(_due_names, model, now))
        rows = _unless_locked(partial(_lock_rows, model, now)) if names else []
        records += rows or []
        free = {_row_name(record) for record in rows or []}
        locked += [model._meta.label_lower] if names is None else sorted(names - free)
    return records, locked


def _due_names(model: Any, now: dt.datetime) -> set[str]:
    return {_row_name(record) for record in model.objects.due(now).only("pk")}


def _lock_rows(model: Any, now: dt.datetime) -> list[Publishable]:
    """Lock what is due and not locked, so that what an editor calls off is not among it."""
    return list(model.objects.due(now).select_for_update(skip_locked=True))


def _row_name(record: Publishable) -> str:
    return f"{record._meta.label_lower} {record.pk}"


def _count_due() -> int:
    return sum(model.objects.due(Now()).count() for model in publishable_models())


def _publish_in_order(
    waiting: list[Publishable],
) -> tuple[list[Publishable], list[Publishable], list[str]]:
    """Publish ``waiting``, again and again until nothing more is accepted.

    Returns what was published, what was refused, and the names of those that met a lock.
    """
    published: list[Publishable] = []
    locked: list[str] = []
    while True:
        outcomes = {
            record: _unless_locked(partial(_publish_scheduled, record)) for record in waiting
        }
        accepted = [record for record, refusals in outcomes.items() if refusals == {}]
        locked += [_row_name(record) for record, refusals in outcomes.items() if refusals is None]
        waiting = [record for record, refusals in outcomes.items() if refusals]
        published += accepted
        if not accepted:
            return published, waiting, locked


def _publish_scheduled(record: Publishable) -> dict[Publishable, str]:
    """Publish ``record`` with the note that it was scheduled with; return refusals."""
    events: models.QuerySet[Any] = event_model(type(record))._default_manager.filter(
        pgh_obj=record.pk
    )
    # The last by its number: all events of one transaction have the same time.
    scheduled = events.latest("pgh_id").pgh_context or {}
    pghistory.context(note=scheduled.get("note", ""))
    return set_state([record], State.PUBLISHED)
