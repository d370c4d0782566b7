"""The world, built once a process and laid back from then on: most tests begin with it.

Making its rows one by one fires every trigger that keeps the history and the index of search. A
copy needs none of them, since what they have written is copied too. For the same reason tables
are emptied past the triggers: TRUNCATE, with which Django does it, takes seconds a test.
"""

import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from django.core.management import call_command
from django.db import connection, transaction

from tests import migrated
from tests.world import create_world

Rows = dict[str, bytes]  # of each table that holds any, as COPY writes them

_kept: Rows = {}
_world = b""
_built: dict[str, tuple[Rows, Rows]] = {}  # of each step: the rows before and after it


def world() -> SimpleNamespace:
    """As ``create_world()`` makes it."""
    global _world  # noqa: PLW0603
    if _world:
        with transaction.atomic():
            _skip_triggers()
            _copy_back(_kept)
            _stop_skipping_triggers()
        return pickle.loads(_world)  # noqa: S301 - written below
    before = set(_filled_tables())
    made = create_world()
    if may_skip_triggers():
        _kept.update({table: _rows(table) for table in _filled_tables() if table not in before})
        _world = pickle.dumps(made)
    return made


def load_record(folder: Path = migrated.RECORD) -> None:
    """Let the tables hold the record of a folder and nothing else.

    It is a copy of what ``load_record`` stored once, so it takes a hundredth of the time.
    """
    if not may_skip_triggers():
        call_command("load_record", folder, verbosity=0)
        return
    rows, sequences = _loaded(folder)
    lay_back(rows)
    with connection.cursor() as cursor:
        cursor.executemany(
            "SELECT setval(quote_ident(sequencename)::regclass, greatest(last_value, %s))"
            " FROM pg_sequences WHERE sequencename = %s AND schemaname = current_schema()",
            [(position, name) for name, position in sequences.items()],
        )


@cache
def _loaded(folder: Path) -> tuple[Rows, dict[str, int]]:
    return migrated.rows_and_sequences(migrated.loaded(folder))


def repeat(build: Callable[[SimpleNamespace], None], world: SimpleNamespace) -> None:
    """Let ``build`` add to the world; by copy where the rows are those it once began with."""
    before = all_rows()
    first_before, first_after = _built.get(build.__qualname__, ({}, {}))
    if not _changed(before, first_before):
        lay_back(first_after)
        return
    build(world)
    if may_skip_triggers():
        _built[build.__qualname__] = before, all_rows()


def _changed(rows: Rows, others: Rows) -> set[str]:
    """The tables whose rows are not the same, in whatever order."""

    def in_order(content: bytes) -> list[bytes]:
        return sorted(content.split(b"\n"))

    tables = rows.keys() | others.keys()
    return {
        table
        for table in tables
        if in_order(rows.get(table, b"")) != in_order(others.get(table, b""))
    }


def all_rows() -> Rows:
    """What the tables hold now, for ``lay_back``."""
    return {table: _rows(table) for table in _filled_tables()}


def lay_back(rows: Rows) -> None:
    """Let the tables hold ``rows`` and no others. Most tests change few of them."""
    _replace({table: rows.get(table, b"") for table in _changed(all_rows(), rows)})


def _replace(rows: Rows) -> None:
    """Let each of these tables hold its rows and no others."""
    with transaction.atomic():
        _skip_triggers()
        with connection.cursor() as cursor:
            for table in rows:
                cursor.execute(f'DELETE FROM "{table}"')
        _copy_back({table: content for table, content in rows.items() if content})
        _stop_skipping_triggers()


def refresh_statistics() -> None:
    """Tell the planner how many rows the tables hold.

    Nobody else sees the rows of an open transaction, so the server does not do it by itself, and
    what earlier tests rolled back makes a small table look large.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def may_skip_triggers() -> bool:
    """Whether the tests run as a superuser: only these may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _filled_tables() -> list[str]:
    tables = connection.introspection.table_names()
    filled = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(filled))
        return [table for (table,) in cursor.fetchall()]


def _rows(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)


def _copy_back(rows: Rows) -> None:
    with connection.cursor() as cursor:
        for table, content in rows.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(content)


def _skip_triggers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")


def _stop_skipping_triggers() -> None:
    """A transaction around this one goes on with them."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
