"""Queries that read the record of a past moment without knowing it.

Within ``reading_past(past)`` every SELECT is given, for each tracked table that it names, a common
table expression of the same name: the rows as they were at that moment, made from the events. In
its own body that name still means the real table. SQL that would get around this raises.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from rounds.history.past_events import was_committed, was_current
from rounds.history.point_in_time import Past
from rounds.history.tracked_tables import Pointer, TrackedTable, tracked_tables
from rounds.platform import clock
from rounds.platform.databases import reading

# What Django gives an execute wrapper to run a query with: the SQL, its parameters, whether it is
# to be run for many sets of these, and the cursor and connection by name.
Execute = Callable[[str, object, bool, dict[str, Any]], object]
READS = re.compile(r"[\s(]*SELECT\b", re.IGNORECASE)
# Literals and comments first, so that no name within them is taken for one.
SQL_NAMES = re.compile(
    r"""[eE]'(?:\\.|''|[^'\\])*' | '(?:''|[^'])*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$
    | --[^\n]* | /\*.*?\*/
    | (?P<schema>\.\s*)?(?:"(?P<quoted>(?:""|[^"])+)" | (?P<bare>[^\W\d]\w*))""",
    re.VERBOSE | re.DOTALL,
)


class OnlyReadsError(RuntimeError):
    """Something was to be written while the record was that of a past moment."""


class ReadsPresentError(RuntimeError):
    """SQL on a page of the past names a table in a way that reads the rows of today."""


@contextmanager
def reading_past(past: Past) -> Iterator[None]:
    """Within, every query reads what readers could see at ``past``, and nothing can be written.

    Raises ``OnlyReadsError`` for anything but a SELECT, and ``ReadsPresentError`` for one that
    names a tracked table without quotes or behind a schema: it would silently read the present.
    """

    def execute(
        execute: Execute, sql: str, params: object, many: bool, context: dict[str, Any]
    ) -> object:
        if many or not READS.match(sql):
            raise OnlyReadsError(sql)
        return execute(_with_past_tables(sql, past), params, many, context)

    with clock.set_to(past.at), reading().execute_wrapper(execute):
        yield


@lru_cache(maxsize=256)  # a page asks the same few queries again; this takes 0.2 ms a kilobyte
def find_tracked_names(sql: str) -> frozenset[str]:
    """Return the tables of the history that ``sql`` names. Raises ``ReadsPresentError``."""
    names = set()
    for match in SQL_NAMES.finditer(sql):
        name = match["quoted"] or (match["bare"] or "").lower()
        if name not in _history_names():
            continue
        if match["bare"] or match["schema"]:
            raise ReadsPresentError(
                f"{match[0]} is read on a page of the past. Write it in double quotes and without "
                f'a schema, as in "{name}", or the page shows what the table holds today: {sql}'
            )
        names.add(name)
    return frozenset(names)


@cache
def _history_names() -> frozenset[str]:
    tables = tracked_tables().values()
    return frozenset(name for table in tables for name in (table.name, table.events))


def _with_past_tables(sql: str, past: Past) -> str:
    """``sql`` with the tables that it names; those of events come last, as the others read them."""
    names = find_tracked_names(sql)
    if not names:
        return sql
    tables = tracked_tables().values()
    bodies = {table.name: _past_rows_sql(table, past) for table in tables if table.name in names}
    bodies |= {
        table.events: _past_events_sql(table, past) for table in tables if table.events in names
    }
    expressions = ", ".join(
        f'"{name}" AS NOT MATERIALIZED ({body})' for name, body in bodies.items()
    )
    return f"WITH {expressions} {sql}"


def _past_rows_sql(table: TrackedTable, past: Past) -> str:
    emptied = {pointer.column: pointer for pointer in table.pointers if not pointer.needed}
    columns = ", ".join(_column_sql(table, name, emptied.get(name), past) for name in table.columns)
    conditions = [was_current(table, past), *_without_rows(table.key, past.hidden.get(table.name))]
    if table.is_list:
        for pointer in table.pointers:
            conditions += _without_rows(pointer.column, past.hidden.get(pointer.table))
    return f"""SELECT {columns} FROM "{table.events}" event WHERE {" AND ".join(conditions)}"""


def _past_events_sql(table: TrackedTable, past: Past) -> str:
    conditions = [
        was_committed(table, past),
        *_without_rows(table.key, past.hidden.get(table.name)),
    ]
    return f"""SELECT * FROM "{table.events}" event WHERE {" AND ".join(conditions)}"""


def _column_sql(table: TrackedTable, name: str, pointer: Pointer | None, past: Past) -> str:
    if name == "id":  # rows are looked up by it: name the column that the index of the events has
        return f'event."{table.key}" AS "id"'
    rows = past.hidden.get(pointer.table) if pointer else None
    if not rows:
        return f'event."{name}"'
    return f"""CASE WHEN event."{name}" = ANY({_array(rows)}) THEN NULL
        ELSE event."{name}" END AS "{name}" """


def _without_rows(column: str, rows: frozenset[int] | None) -> list[str]:
    return [f'event."{column}" <> ALL({_array(rows)})'] if rows else []


def _array(rows: frozenset[int]) -> str:
    return f"'{{{','.join(map(str, sorted(rows)))}}}'::bigint[]"
