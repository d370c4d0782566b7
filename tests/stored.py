"""The world, built once a process and laid back from then on: most tests begin with it.

Making its rows one by one fires every trigger that keeps the history and the index of search. A
copy needs none of them, since what they have written is copied too.
"""

import pickle
from types import SimpleNamespace

from django.db import connection

from tests.world import create_world

_kept: dict[str, bytes] = {}  # a table's rows
_world = b""


def world() -> SimpleNamespace:
    """As ``create_world()`` makes it. Only a superuser may lay rows down past the triggers."""
    global _world  # noqa: PLW0603
    if _world:
        _lay_down()
        return pickle.loads(_world)  # noqa: S301 - written above
    before = {table for table in connection.introspection.table_names() if _rows(table)}
    made = create_world()
    if _may_skip_triggers():
        tables = set(connection.introspection.table_names()) - before
        _kept.update({table: rows for table in tables if (rows := _rows(table))})
        _world = pickle.dumps(made)
    return made


def _may_skip_triggers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _rows(table: str) -> bytes:
    """A table's rows as COPY writes them; nothing for one that holds none."""
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)


def _lay_down() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, rows in _kept.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(rows)
        cursor.execute("SET LOCAL session_replication_role = origin")
