"""The record as this site had published it by a past moment, read back from the history.

Queries stay as they are; the tables change. Within ``known(past)`` every SELECT is given, for each
tracked table that it names, a common table expression of the same name: the rows as the events
tell them for that moment. Within its own body that name still means the real table.

What readers can see no longer stays unsaid, whatever was public then: the row is left out of the
past too, and so is whatever cannot be told without it.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from pghistory.models import Event

from rounds import clock
from rounds.models import AttributedRecord, Negotiation, Publishable, Versioned, lists_of

LONGEST = "interval '1 hour'"  # that a transaction takes
INSTANT = dt.timedelta(microseconds=1)
NAMED = re.compile(r'"(\w+)"')
READS = re.compile(r"[\s(]*SELECT\b", re.IGNORECASE)


class OnlyReadsError(RuntimeError):
    """Somebody meant to write while the record was that of a past moment."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A foreign key. ``needed``: a row that has it cannot be told without what it points at."""

    column: str
    table: str
    needed: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose history is kept: ``key`` is what its events call a row."""

    name: str
    model: Any
    events: str
    key: str
    columns: tuple[str, ...]
    pointers: tuple[Pointer, ...]

    @property
    def has_state(self) -> bool:
        return issubclass(self.model, Publishable)

    @property
    def is_list(self) -> bool:
        """Its rows are part of a record and go with it."""
        return not issubclass(self.model, Versioned)


@dataclass(frozen=True, slots=True)
class Past:
    """A moment, what this site covered then, and the rows by table that were there and that
    readers cannot see now.
    """

    at: dt.datetime
    negotiation: Negotiation | None
    hidden: Mapping[str, frozenset[int]]

    @property
    def entries_hidden(self) -> int:
        """How many records readers saw then that this leaves out."""
        return sum(len(rows) for name, rows in self.hidden.items() if tables()[name].has_state)


@cache
def tables() -> dict[str, Table]:
    """Every table whose history is kept, by name, each after those that it needs."""
    kept = (_table(model) for model in apps.get_models() if issubclass(model, Event))
    found = {table.name: table for table in kept}
    needs = {
        name: {one.table for one in table.pointers if one.needed} for name, table in found.items()
    }
    return {name: found[name] for name in TopologicalSorter(needs).static_order()}


def _table(event: Any) -> Table:
    model = event.pgh_tracked_model
    columns = {field.column for field in event._meta.concrete_fields}
    rests_on = getattr(model, "rests_on", ())
    return Table(
        name=model._meta.db_table,
        model=model,
        events=event._meta.db_table,
        key="pgh_obj_id" if "pgh_obj_id" in columns else "id",
        columns=tuple(field.column for field in model._meta.concrete_fields),
        pointers=tuple(
            Pointer(
                field.column,
                field.related_model._meta.db_table,
                needed=not field.null or field.name in rests_on,
            )
            for field in model._meta.concrete_fields
            if isinstance(field, ForeignKey)
        ),
    )


# --- a moment ---


def first_publication() -> dt.datetime | None:
    """Since when readers have seen anything: when all was written that was published first."""
    own = [table for table in tables().values() if table.has_state]
    firsts = " UNION ALL ".join(
        f"""(SELECT pgh_created_at AS at, changed_at AS began FROM "{one.events}"
            WHERE state = 'published' ORDER BY pgh_id LIMIT 1)"""
        for one in own
    )
    lasts = ", ".join(
        f'(SELECT max(pgh_created_at) FROM "{one.events}" WHERE changed_at = began)' for one in own
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT GREATEST(at, {lasts}) FROM ({firsts}) first ORDER BY at LIMIT 1")
        row = cursor.fetchone()
    return row[0] if row else None


def past(moment: dt.datetime) -> Past | None:
    """That moment, None if it was before the first publication.

    A moment at which something was being written counts as the one before that began: readers
    see all of a transaction or nothing.
    """
    while True:
        hidden: dict[str, set[int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(_question(moment))
            ((_name, _row, first, writing, negotiation), *rows) = cursor.fetchall()
        if first is None or moment < first:
            return None
        if writing is None:
            break
        moment = writing - INSTANT
    for name, row, *_others in rows:
        hidden.setdefault(name, set()).add(row)
    return Past(
        moment,
        Negotiation(**json.loads(negotiation)) if negotiation else None,
        {name: frozenset(some) for name, some in hidden.items()},
    )


def _question(moment: dt.datetime) -> str:
    """Asks for all that makes a ``Past``, at once: a page has few questions to spare."""
    own = [table for table in tables().values() if not table.is_list]
    bodies = ", ".join(
        f'"hidden_{one.name}" AS MATERIALIZED ({_hidden(one, moment)})' for one in own
    )
    parts = "".join(
        f""" UNION ALL SELECT '{one.name}', id, NULL, NULL, NULL FROM "hidden_{one.name}" """
        for one in own
    )
    first = f"""SELECT '' AS name, NULL::bigint AS id, {_first()}, {_writing(moment)},
        ({_negotiation(moment)})"""
    return f"WITH {bodies} {first} {parts} ORDER BY name"


def _negotiation(moment: dt.datetime) -> str:
    table = tables()[Negotiation._meta.db_table]
    told = ", ".join(f"""'{name}', event."{name}" """ for name in table.columns)
    return f"""SELECT jsonb_build_object({told}) FROM "{table.events}" event
        WHERE {_stood(table, moment)} ORDER BY pgh_id LIMIT 1"""


def _first() -> str:
    firsts = ", ".join(
        f"""(SELECT pgh_created_at FROM "{one.events}" WHERE state = 'published'
            ORDER BY pgh_id LIMIT 1)"""
        for one in tables().values()
        if one.has_state
    )
    return f"LEAST({firsts})"


def _writing(moment: dt.datetime) -> str:
    """When the transaction began that had written something by then and was to write more.

    A record tells when the transaction of its version began. An entry of a list is of the version
    that its record had when the entry was written.
    """
    at = _literal(moment)
    soon = f"pgh_created_at > {at} AND pgh_created_at <= {at} + {LONGEST}"
    parts = []
    for table in tables().values():
        if table.is_list:
            continue
        parts.append(f"""(SELECT min(changed_at) FROM "{table.events}"
            WHERE {soon} AND changed_at <= {at} AND pgh_label <> 'deleted')""")
        for one in lists_of(table.model):
            rows = tables()[one.rows._meta.db_table]
            owner: Any = one.rows._meta.get_field(one.owner)
            parts.append(f"""(SELECT min(mine.changed_at)
                FROM "{rows.events}" entry JOIN "{table.events}" mine
                ON mine.pgh_obj_id = entry."{owner.column}" AND mine.pgh_created_at <= {at}
                WHERE {soon.replace("pgh_created_at", "entry.pgh_created_at")}
                AND NOT EXISTS (SELECT 1 FROM "{table.events}" later
                    WHERE later.pgh_obj_id = mine.pgh_obj_id AND later.pgh_id > mine.pgh_id
                    AND later.pgh_created_at <= entry.pgh_created_at)
                AND mine.pgh_label <> 'deleted')""")
    return f"LEAST({', '.join(parts)})"


def _hidden(table: Table, moment: dt.datetime) -> str:
    """The rows that readers could see then and cannot see now, or not without naming somebody."""
    now = f"""SELECT 1 FROM "{table.name}" present WHERE present.id = event."{table.key}" """
    if table.has_state:
        now += "AND present.state = 'published'"
    if issubclass(table.model, AttributedRecord):
        now += " AND (present.basis <> 'unnamed' OR event.basis = 'unnamed')"
    lost = [
        f"""event."{one.column}" IN (SELECT id FROM "hidden_{one.table}")"""
        for one in table.pointers
        if one.needed
    ]
    return f"""SELECT event."{table.key}" AS id FROM "{table.events}" event
        WHERE {_stood(table, moment)} AND ({" OR ".join([f"NOT EXISTS ({now})", *lost])})"""


def _stood(table: Table, moment: dt.datetime) -> str:
    """Of an event: that it tells what its row was then. The events of a row are in their order."""
    at = _literal(moment)
    state = " AND event.state = 'published'" if table.has_state else ""
    return f"""event.pgh_created_at <= {at} AND event.pgh_label <> 'deleted'{state}
        AND NOT EXISTS (SELECT 1 FROM "{table.events}" later
            WHERE later."{table.key}" = event."{table.key}" AND later.pgh_id > event.pgh_id
            AND later.pgh_created_at <= {at})"""


def _literal(moment: dt.datetime) -> str:
    return f"'{moment.astimezone(dt.UTC).isoformat()}'::timestamptz"


# --- the tables of that moment ---


@contextmanager
def known(past: Past) -> Iterator[None]:
    """Within, the record is what readers could see then, and nothing can be written."""

    def execute(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if many or not READS.match(sql):
            raise OnlyReadsError(sql)
        return execute(_with_tables(sql, past), params, many, context)

    with clock.set_to(past.at), connection.execute_wrapper(execute):
        yield


def _with_tables(sql: str, past: Past) -> str:
    """The query with the tables that it names. Events come last: the others read the real ones."""
    named = set(NAMED.findall(sql))
    bodies = {one.name: _rows(one, past) for one in tables().values() if one.name in named}
    bodies |= {one.events: _events(one, past) for one in tables().values() if one.events in named}
    if not bodies:
        return sql
    told = ", ".join(f'"{name}" AS NOT MATERIALIZED ({body})' for name, body in bodies.items())
    return f"WITH {told} {sql}"


def _rows(table: Table, past: Past) -> str:
    nulled = {one.column: one for one in table.pointers if not one.needed}
    columns = ", ".join(_column(name, nulled.get(name), past) for name in table.columns)
    conditions = [_stood(table, past.at), *_without(table.key, past.hidden.get(table.name))]
    if table.is_list:
        for one in table.pointers:
            conditions += _without(one.column, past.hidden.get(one.table))
    return f"""SELECT {columns} FROM "{table.events}" event WHERE {" AND ".join(conditions)}"""


def _column(name: str, pointer: Pointer | None, past: Past) -> str:
    rows = past.hidden.get(pointer.table) if pointer else None
    if not rows:
        return f'event."{name}"'
    return f"""CASE WHEN event."{name}" = ANY({_array(rows)}) THEN NULL
        ELSE event."{name}" END AS "{name}" """


def _events(table: Table, past: Past) -> str:
    conditions = [
        f"pgh_created_at <= {_literal(past.at)}",
        *_without(table.key, past.hidden.get(table.name)),
    ]
    return f"""SELECT * FROM "{table.events}" event WHERE {" AND ".join(conditions)}"""


def _without(column: str, rows: frozenset[int] | None) -> list[str]:
    return [f'event."{column}" <> ALL({_array(rows)})'] if rows else []


def _array(rows: frozenset[int]) -> str:
    return f"'{{{','.join(map(str, sorted(rows)))}}}'::bigint[]"
