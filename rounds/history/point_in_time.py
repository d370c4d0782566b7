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
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey
from pghistory.models import Event

from rounds.models import (
    LOST,
    LOST_OR_UNNAMED,
    AttributedRecord,
    Negotiation,
    Person,
    Publishable,
    lists_of,
)
from rounds.platform import clock
from rounds.platform.databases import reading

LONGEST = "interval '1 hour'"  # that a transaction takes
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
class TrackedTable:
    """A table whose history is kept: ``key`` is what its events call a row."""

    name: str
    model: Any
    events: str
    key: str
    columns: tuple[str, ...]
    pointers: tuple[Pointer, ...]
    owner: Pointer | None  # of a list: at the record that its rows are part of

    @property
    def has_state(self) -> bool:
        return issubclass(self.model, Publishable)

    @property
    def is_list(self) -> bool:
        """Its rows are part of a record and go with it."""
        return self.owner is not None


@dataclass(frozen=True, slots=True)
class Then:
    """A moment. ``writing``: when each transaction began that was at work; nobody saw any of it."""

    at: dt.datetime
    writing: tuple[dt.datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Past(Then):
    """A moment, what this site covered then, and the rows by table that were there and that
    readers cannot see now.
    """

    _: KW_ONLY
    negotiation: Negotiation | None
    hidden: Mapping[str, frozenset[int]]

    @property
    def entries_hidden(self) -> int:
        """How many records readers saw then that this leaves out."""
        return sum(len(rows) for name, rows in self.hidden.items() if tables()[name].has_state)


@cache
def tables() -> dict[str, TrackedTable]:
    """Every table whose history is kept, by name, each after those that it needs."""
    owners = {one.rows: one.owner for model in apps.get_models() for one in lists_of(model)}
    kept = (_table(model, owners) for model in apps.get_models() if issubclass(model, Event))
    found = {table.name: table for table in kept}
    needs = {
        name: {one.table for one in table.pointers if one.needed} for name, table in found.items()
    }
    return {name: found[name] for name in TopologicalSorter(needs).static_order()}


def _table(event: Any, owners: Mapping[Any, str]) -> TrackedTable:
    model = event.pgh_tracked_model
    columns = {field.column for field in event._meta.concrete_fields}
    rests_on = getattr(model, "rests_on", ())
    pointers = {
        field.name: Pointer(
            field.column,
            field.related_model._meta.db_table,
            needed=not field.null or field.name in rests_on,
        )
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey)
    }
    return TrackedTable(
        name=model._meta.db_table,
        model=model,
        events=event._meta.db_table,
        key="pgh_obj_id" if "pgh_obj_id" in columns else "id",
        columns=tuple(field.column for field in model._meta.concrete_fields),
        pointers=tuple(pointers.values()),
        owner=pointers[owners[model]] if model in owners else None,
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
        f"""(SELECT pgh_created_at FROM "{one.events}" WHERE changed_at = began
            AND pgh_created_at >= at AND pgh_created_at <= at + {LONGEST}
            ORDER BY pgh_created_at DESC LIMIT 1)"""
        for one in own
    )
    with reading().cursor() as cursor:
        cursor.execute(f"SELECT GREATEST(at, {lasts}) FROM ({firsts}) first ORDER BY at LIMIT 1")
        row = cursor.fetchone()
    return row[0] if row else None


def past(moment: dt.datetime) -> Past | None:
    """That moment, None if it was before the first publication.

    What a transaction wrote that was at work then is left out, all of it: readers see all of a
    transaction or nothing, and what others had published stays.
    """
    seen, writing, negotiation, hidden = _asked(Then(moment))
    if writing:
        seen, _writing, negotiation, hidden = _asked(Then(moment, tuple(writing)))
    if not seen:
        return None
    return Past(
        moment,
        tuple(writing or ()),
        negotiation=Negotiation(**json.loads(negotiation)) if negotiation else None,
        hidden={name: frozenset(some) for name, some in hidden.items()},
    )


def _asked(then: Then) -> tuple[bool, list[dt.datetime] | None, str, dict[str, set[int]]]:
    hidden: dict[str, set[int]] = defaultdict(set)
    with reading().cursor() as cursor:
        cursor.execute(_question(then))
        ((_name, _row, seen, writing, negotiation), *rows) = cursor.fetchall()
    for name, row, *_others in rows:
        hidden[name].add(row)
    return seen, writing, negotiation, hidden


def _question(then: Then) -> str:
    """Asks for all that makes a ``Past``, at once: a page has few questions to spare."""
    own = [table for table in tables().values() if not table.is_list]
    own.sort(key=lambda table: not table.has_state)  # whom they name depends on the records
    bodies = ", ".join(f'"hidden_{one.name}" AS MATERIALIZED ({_hidden(one, then)})' for one in own)
    parts = "".join(
        f""" UNION ALL SELECT '{one.name}', id, NULL, NULL, NULL FROM "hidden_{one.name}" """
        for one in own
    )
    first = f"""SELECT '' AS name, NULL::bigint AS id, {_seen(then)}, ({_writing(then.at)}),
        ({_negotiation(then)})"""
    return f"WITH {bodies} {first} {parts} ORDER BY name"


def _negotiation(then: Then) -> str:
    table = tables()[Negotiation._meta.db_table]
    told = ", ".join(f"""'{name}', event."{name}" """ for name in table.columns)
    return f"""SELECT jsonb_build_object({told}) FROM "{table.events}" event
        WHERE {_stood(table, then)} ORDER BY pgh_id LIMIT 1"""


def _seen(then: Then) -> str:
    """Whether readers had seen anything by then."""
    seen = ", ".join(
        f"""(SELECT TRUE FROM "{one.events}" event WHERE state = 'published'
            AND pgh_label IN ('added', 'published') AND {_written(one, then)}
            ORDER BY pgh_created_at DESC, pgh_obj_id DESC LIMIT 1)"""
        for one in tables().values()
        if one.has_state
    )
    return f"COALESCE({seen}, FALSE)"


def _writing(moment: dt.datetime) -> str:
    """When each transaction began that had begun by then and was to write more.

    A record tells when the transaction of its version began. An entry of a list is of the version
    that its record had when the entry was written.
    """
    at = _literal(moment)
    soon = f"event.pgh_created_at > {at} AND event.pgh_created_at <= {at} + {LONGEST}"
    parts = []
    for table in tables().values():
        began = _began(table) if table.is_list else "event.changed_at"
        parts.append(f"""SELECT {began} AS began FROM "{table.events}" event
            WHERE {soon} {"" if table.is_list else "AND event.pgh_label <> 'deleted'"}""")
    return f"""SELECT array_agg(DISTINCT began) FROM ({" UNION ALL ".join(parts)}) event
        WHERE began <= {at}"""


def _began(table: TrackedTable, event: str = "event") -> str:
    """Of an event of a list: when its transaction began, which made a version of its record."""
    assert table.owner, "only an entry of a list is part of a record"
    return f"""(SELECT own.changed_at FROM "{tables()[table.owner.table].events}" own
        WHERE own.pgh_obj_id = {event}."{table.owner.column}"
        AND own.pgh_created_at <= {event}.pgh_created_at ORDER BY own.pgh_id DESC LIMIT 1)"""


def _hidden(table: TrackedTable, then: Then) -> str:
    """The rows that readers could see then and must not see again.

    A record: it is not public now, or names nobody now, or cannot be told without such a one.
    Whoever and whatever records name: deleted since, unless a record that can be told named it
    then. A person who was deleted may have asked to be forgotten, and stays so.
    """
    now = f"""SELECT 1 FROM "{table.name}" present WHERE present.id = event."{table.key}" """
    gone = "pgh_label = 'deleted'"
    if table.has_state:
        now += "AND present.state = 'published'"
        gone = LOST
    if issubclass(table.model, AttributedRecord):
        now += " AND (present.basis <> 'unnamed' OR event.basis = 'unnamed')"
        gone = LOST_OR_UNNAMED
    # what none of these events tells of is there now: few are looked at, and an index has them
    lost = [
        f"""event."{table.key}" IN (SELECT "{table.key}" FROM "{table.events}" WHERE {gone})
        AND NOT EXISTS ({now})"""
    ] + [
        f"""event."{one.column}" IN (SELECT id FROM "hidden_{one.table}")"""
        for one in table.pointers
        if one.needed and tables()[one.table].has_state
    ]
    row = " UNION ".join(
        f"""SELECT event."{table.key}" AS id FROM "{table.events}" event
        WHERE {_stood(table, then)} AND {one}"""
        for one in lost
    )
    if table.has_state or issubclass(table.model, Person):
        return row
    named = "".join(f" AND NOT EXISTS ({one})" for one in _naming(table, then))
    return f"WITH lost AS MATERIALIZED ({row}) SELECT id FROM lost WHERE TRUE {named}"


def _naming(table: TrackedTable, then: Then) -> Iterator[str]:
    """The records that can be told and that named the row ``lost``, or a list of theirs did."""
    for other in tables().values():
        for pointer in other.pointers:
            if pointer.table != table.name:
                continue
            named = f"""SELECT 1 FROM "{other.events}" event
                WHERE event."{pointer.column}" = lost.id AND {_stood(other, then)}"""
            if other.has_state:
                yield f"{named} AND {_told(other, other.key)}"
            elif other.owner and (owner := tables()[other.owner.table]).has_state:
                yield f"""{named} AND {_told(owner, other.owner.column)} AND EXISTS (
                    SELECT 1 FROM "{owner.events}" mine
                    WHERE mine.pgh_obj_id = event."{other.owner.column}"
                    AND {_stood(owner, then, "mine")})"""


def _told(table: TrackedTable, column: str) -> str:
    return f"""event."{column}" NOT IN (SELECT id FROM "hidden_{table.name}")"""


def _stood(table: TrackedTable, then: Then, event: str = "event") -> str:
    """Of an event: that it tells what its row was then. The events of a row are in their order."""
    state = f" AND {event}.state = 'published'" if table.has_state else ""
    return f"""{_written(table, then, event)} AND {event}.pgh_label <> 'deleted'{state}
        AND NOT EXISTS (SELECT 1 FROM "{table.events}" later
            WHERE later."{table.key}" = {event}."{table.key}" AND later.pgh_id > {event}.pgh_id
            AND {_written(table, then, "later")})"""


def _written(table: TrackedTable, then: Then, event: str = "event") -> str:
    """Of an event: that readers could know of it then."""
    by_then = f"{event}.pgh_created_at <= {_literal(then.at)}"
    if not then.writing:
        return by_then
    all_began = ", ".join(_literal(began) for began in then.writing)
    began = _began(table, event) if table.is_list else f"{event}.changed_at"
    done = f"COALESCE({began} NOT IN ({all_began}), TRUE)"
    if not table.is_list and not table.has_state:  # a deletion does not say whose it was
        first = _literal(min(then.writing))
        done += f" AND ({event}.pgh_label <> 'deleted' OR {event}.pgh_created_at < {first})"
    return f"{by_then} AND {done}"


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

    with clock.set_to(past.at), reading().execute_wrapper(execute):
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


def _rows(table: TrackedTable, past: Past) -> str:
    nulled = {one.column: one for one in table.pointers if not one.needed}
    columns = ", ".join(_column(table, name, nulled.get(name), past) for name in table.columns)
    conditions = [_stood(table, past), *_without(table.key, past.hidden.get(table.name))]
    if table.is_list:
        for one in table.pointers:
            conditions += _without(one.column, past.hidden.get(one.table))
    return f"""SELECT {columns} FROM "{table.events}" event WHERE {" AND ".join(conditions)}"""


def _column(table: TrackedTable, name: str, pointer: Pointer | None, past: Past) -> str:
    if name == "id":  # by which rows are looked up: as the index has it
        return f'event."{table.key}" AS "id"'
    rows = past.hidden.get(pointer.table) if pointer else None
    if not rows:
        return f'event."{name}"'
    return f"""CASE WHEN event."{name}" = ANY({_array(rows)}) THEN NULL
        ELSE event."{name}" END AS "{name}" """


def _events(table: TrackedTable, past: Past) -> str:
    conditions = [
        _written(table, past),
        *_without(table.key, past.hidden.get(table.name)),
    ]
    return f"""SELECT * FROM "{table.events}" event WHERE {" AND ".join(conditions)}"""


def _without(column: str, rows: frozenset[int] | None) -> list[str]:
    return [f'event."{column}" <> ALL({_array(rows)})'] if rows else []


def _array(rows: frozenset[int]) -> str:
    return f"'{{{','.join(map(str, sorted(rows)))}}}'::bigint[]"
