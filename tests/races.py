"""Doing two things at the same moment, each on a database connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection, transaction


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of ``acts`` returned, or the exception that it raised."""
    results: list[Any] = [None] * len(acts)
    start = Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def overlapping(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What ``second`` returned or raised, begun when ``first`` was done and not yet committed."""
    results: list[Any] = []
    thread = Thread(target=lambda: results.extend(at_once(second)))
    with transaction.atomic():
        first()
        thread.start()
        while thread.is_alive() and not _is_waited_for():
            thread.join(0.01)
    thread.join()
    return results[0]


def _is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
            " AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])
