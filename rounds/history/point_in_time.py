"""A past moment: what readers could see then, and what of it they must not see again.

A row that was unpublished or deleted since stays hidden on pages of the past too, and so does what
cannot be shown without it. ``past_queries`` lets every query of a page read the record of such a
moment (decision 0021).
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass

from rounds.history.past_events import (
    MAX_TRANSACTION,
    Moment,
    literal,
    transaction_start,
    was_committed,
    was_current,
)
from rounds.history.tracked_tables import TrackedTable, tracked_tables
from rounds.models import (
    NO_LONGER_NAMED,
    NO_LONGER_PUBLIC,
    AttributedClaim,
    Negotiation,
    Person,
)
from rounds.platform.databases import reading


@dataclass(frozen=True, slots=True)
class Past(Moment):
    """A moment, what this site covered then, and the rows that readers cannot see now.

    ``hidden`` has the numbers of these rows by table.
    """

    _: KW_ONLY
    negotiation: Negotiation | None
    hidden: Mapping[str, frozenset[int]]

    @property
    def entries_hidden(self) -> int:
        """How many records readers saw then that this leaves out."""
        tables = tracked_tables()
        return sum(len(rows) for name, rows in self.hidden.items() if tables[name].has_state)


def find_first_publication() -> dt.datetime | None:
    """Return the commit time of the first publication, or None."""
    tables = [table for table in tracked_tables().values() if table.has_state]
    firsts = " UNION ALL ".join(
        f"""(SELECT pgh_created_at AS at, changed_at AS began FROM "{table.events}"
            WHERE state = 'published' ORDER BY pgh_id LIMIT 1)"""
        for table in tables
    )
    # No event says when its transaction was committed: the last event of it comes closest.
    lasts = ", ".join(
        f"""(SELECT pgh_created_at FROM "{table.events}" WHERE changed_at = began
            AND pgh_created_at >= at AND pgh_created_at <= at + {MAX_TRANSACTION}
            ORDER BY pgh_created_at DESC LIMIT 1)"""
        for table in tables
    )
    with reading().cursor() as cursor:
        cursor.execute(f"SELECT GREATEST(at, {lasts}) FROM ({firsts}) first ORDER BY at LIMIT 1")
        row = cursor.fetchone()
    return row[0] if row else None


def load_past(at: dt.datetime) -> Past | None:
    """Return the record of a moment, None if it was before the first publication.

    What a transaction wrote that was still open then is left out, all of it: readers see all of a
    transaction or nothing. What others had published meanwhile stays.
    """
    answer = _ask(Moment(at))
    open_transactions = tuple(answer.open_transactions)
    if open_transactions:
        answer = _ask(Moment(at, open_transactions))
    if not answer.has_publication:
        return None
    return Past(
        at,
        open_transactions,
        negotiation=Negotiation(**json.loads(answer.negotiation)) if answer.negotiation else None,
        hidden={name: frozenset(rows) for name, rows in answer.hidden.items()},
    )


@dataclass(frozen=True, slots=True)
class _MomentAnswer:
    """What the database says of a moment; ``negotiation`` is a row as JSON."""

    has_publication: bool
    open_transactions: list[dt.datetime]
    negotiation: str | None
    hidden: dict[str, set[int]]


def _ask(moment: Moment) -> _MomentAnswer:
    hidden: dict[str, set[int]] = defaultdict(set)
    with reading().cursor() as cursor:
        cursor.execute(_moment_sql(moment))
        ((_name, _row, has_publication, open_transactions, negotiation), *rows) = cursor.fetchall()
    for name, row, *_empty in rows:
        hidden[name].add(row)
    return _MomentAnswer(has_publication, open_transactions or [], negotiation, hidden)


def _moment_sql(moment: Moment) -> str:
    """Ask for all that makes a ``Past`` in one query: each page has a budget of queries."""
    tables = [table for table in tracked_tables().values() if not table.is_list]
    # Which people and parties are hidden depends on the records that name them.
    tables.sort(key=lambda table: not table.has_state)
    hidden = ", ".join(
        f'"hidden_{table.name}" AS MATERIALIZED ({_hidden_rows_sql(table, moment)})'
        for table in tables
    )
    rows = "".join(
        f""" UNION ALL SELECT '{table.name}', id, NULL, NULL, NULL
            FROM "hidden_{table.name}" """
        for table in tables
    )
    first = f"""SELECT '' AS name, NULL::bigint AS id, {_has_publication_sql(moment)},
        ({_open_transactions_sql(moment.at)}), ({_negotiation_sql(moment)})"""
    return f"WITH {hidden} {first} {rows} ORDER BY name"


def _negotiation_sql(moment: Moment) -> str:
    table = tracked_tables()[Negotiation._meta.db_table]
    columns = ", ".join(f"""'{name}', event."{name}" """ for name in table.columns)
    return f"""SELECT jsonb_build_object({columns}) FROM "{table.events}" event
        WHERE {was_current(table, moment)} ORDER BY pgh_id LIMIT 1"""


def _has_publication_sql(moment: Moment) -> str:
    publications = ", ".join(
        f"""(SELECT TRUE FROM "{table.events}" event WHERE state = 'published'
            AND pgh_label IN ('added', 'published') AND {was_committed(table, moment)}
            ORDER BY pgh_created_at DESC, pgh_obj_id DESC LIMIT 1)"""
        for table in tracked_tables().values()
        if table.has_state
    )
    return f"COALESCE({publications}, FALSE)"


def _open_transactions_sql(moment: dt.datetime) -> str:
    """The starts of the transactions that had begun by ``moment`` and wrote more after it."""
    at = literal(moment)
    soon = f"event.pgh_created_at > {at} AND event.pgh_created_at <= {at} + {MAX_TRANSACTION}"
    parts = []
    for table in tracked_tables().values():
        start = transaction_start(table) if table.is_list else "event.changed_at"
        parts.append(f"""SELECT {start} AS began FROM "{table.events}" event
            WHERE {soon} {"" if table.is_list else "AND event.pgh_label <> 'deleted'"}""")
    return f"""SELECT array_agg(DISTINCT began) FROM ({" UNION ALL ".join(parts)}) event
        WHERE began <= {at}"""


def _hidden_rows_sql(table: TrackedTable, moment: Moment) -> str:
    """The rows of ``table`` that readers could see at ``moment`` and must not see again.

    A record is hidden if it is not public now, if it names nobody now and did then, or if it
    cannot be shown without such a record. What records name (a party, a source) is hidden if it
    has been deleted, unless a record that is shown named it. A person who was deleted may have
    asked to be forgotten, and is always hidden.
    """
    present = f"""SELECT 1 FROM "{table.name}" present WHERE present.id = event."{table.key}" """
    removed = "pgh_label = 'deleted'"
    if table.has_state:
        present += "AND present.state = 'published'"
        removed = NO_LONGER_PUBLIC
    if issubclass(table.model, AttributedClaim):
        present += " AND (present.basis <> 'unnamed' OR event.basis = 'unnamed')"
        removed = NO_LONGER_NAMED
    # Start from the events that removed something, which are few and have an index: every other
    # row is still there.
    reasons = [
        f"""event."{table.key}" IN (SELECT "{table.key}" FROM "{table.events}" WHERE {removed})
        AND NOT EXISTS ({present})"""
    ] + [
        f"""event."{pointer.column}" IN (SELECT id FROM "hidden_{pointer.table}")"""
        for pointer in table.pointers
        if pointer.needed and tracked_tables()[pointer.table].has_state
    ]
    rows = " UNION ".join(
        f"""SELECT event."{table.key}" AS id FROM "{table.events}" event
        WHERE {was_current(table, moment)} AND {reason}"""
        for reason in reasons
    )
    if table.has_state or issubclass(table.model, Person):
        return rows
    unnamed = "".join(
        f" AND NOT EXISTS ({naming})" for naming in _naming_records_sql(table, moment)
    )
    return f"WITH lost AS MATERIALIZED ({rows}) SELECT id FROM lost WHERE TRUE {unnamed}"


def _naming_records_sql(table: TrackedTable, moment: Moment) -> Iterator[str]:
    """The records that are shown and that named the row ``lost`` of ``table``, or a list of theirs
    did: one query a pointer.
    """
    tables = tracked_tables()
    for source in tables.values():
        for pointer in source.pointers:
            if pointer.table != table.name:
                continue
            naming = f"""SELECT 1 FROM "{source.events}" event
                WHERE event."{pointer.column}" = lost.id AND {was_current(source, moment)}"""
            if source.has_state:
                yield f"{naming} AND {_is_shown(source, source.key)}"
            elif source.owner and (owner := tables[source.owner.table]).has_state:
                yield f"""{naming} AND {_is_shown(owner, source.owner.column)} AND EXISTS (
                    SELECT 1 FROM "{owner.events}" record
                    WHERE record.pgh_obj_id = event."{source.owner.column}"
                    AND {was_current(owner, moment, "record")})"""


def _is_shown(table: TrackedTable, column: str) -> str:
    return f"""event."{column}" NOT IN (SELECT id FROM "hidden_{table.name}")"""
