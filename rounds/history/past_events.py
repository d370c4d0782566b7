"""SQL conditions for the events of the history that count at a past moment."""

import datetime as dt
from dataclasses import dataclass

from rounds.history.tracked_tables import TrackedTable, tracked_tables

MAX_TRANSACTION = "interval '1 hour'"  # the longest transaction that we allow for


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time.

    ``open_transactions`` are the starts of the transactions that were still writing. Readers saw
    nothing of what these wrote.
    """

    at: dt.datetime
    open_transactions: tuple[dt.datetime, ...] = ()


def literal(moment: dt.datetime) -> str:
    return f"'{moment.astimezone(dt.UTC).isoformat()}'::timestamptz"


def was_committed(table: TrackedTable, moment: Moment, event: str = "event") -> str:
    """SQL condition: the transaction of ``event`` had committed by ``moment``."""
    by_then = f"{event}.pgh_created_at <= {literal(moment.at)}"
    if not moment.open_transactions:
        return by_then
    starts = ", ".join(literal(start) for start in moment.open_transactions)
    start = transaction_start(table, event) if table.is_list else f"{event}.changed_at"
    committed = f"COALESCE({start} NOT IN ({starts}), TRUE)"
    if not table.is_list and not table.has_state:
        # A deletion does not say when its transaction began: leave out all that are later than
        # the oldest transaction that was open.
        oldest = literal(min(moment.open_transactions))
        committed += f" AND ({event}.pgh_label <> 'deleted' OR {event}.pgh_created_at < {oldest})"
    return f"{by_then} AND {committed}"


def was_current(table: TrackedTable, moment: Moment, event: str = "event") -> str:
    """SQL condition: ``event`` is the latest of its row at ``moment``, and readers saw the row.

    The latest is the one with the highest number: their times may be equal.
    """
    state = f" AND {event}.state = 'published'" if table.has_state else ""
    return f"""{was_committed(table, moment, event)} AND {event}.pgh_label <> 'deleted'{state}
        AND NOT EXISTS (SELECT 1 FROM "{table.events}" later
            WHERE later."{table.key}" = {event}."{table.key}" AND later.pgh_id > {event}.pgh_id
            AND {was_committed(table, moment, "later")})"""


def transaction_start(table: TrackedTable, event: str = "event") -> str:
    """SQL: when the transaction of an event of a list began.

    An entry of a list does not say. It is of the version that its record had when the entry was
    written, and the record says when the transaction of that version began.
    """
    assert table.owner, "only an entry of a list is part of a record"
    return f"""(SELECT record.changed_at FROM "{tracked_tables()[table.owner.table].events}" record
        WHERE record.pgh_obj_id = {event}."{table.owner.column}"
        AND record.pgh_created_at <= {event}.pgh_created_at
        ORDER BY record.pgh_id DESC LIMIT 1)"""
