"""How often, and when last, anything changed of what readers see of a record.

An entry of a calendar or a feed, or a page, is made of other rows too: the names of its parties,
the meeting that replaced another, the statements made there. Every row that it was ever made of
counts: that a row was unpublished, or is no longer named, was a change as well. So the number only
rises, and the time never goes back. All of it is read from the history, in one query.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from rounds.history.tracked_tables import TrackedTable, tracked_tables
from rounds.history.versions import Ref
from rounds.models import EventLabel, State, event_model
from rounds.platform.databases import reading

SEEN = "(event.state = 'published' OR event.pgh_label = 'withdrawn')"


@dataclass(frozen=True, slots=True)
class RevisionCount:
    """How many changes readers could notice, the publication included, and when the last was."""

    number: int
    last: dt.datetime


def count_revisions(
    refs: Iterable[Ref], made_of: Mapping[Any, Iterable[str]]
) -> dict[Ref, RevisionCount]:
    """Count the changes of each record and of the rows that it shows.

    ``made_of`` names, for each model, the fields and relations that lead to these rows.
    """
    wanted: dict[type[models.Model], list[int]] = defaultdict(list)
    for model, pk in refs:
        wanted[model].append(pk)
    parts: list[tuple[str, list[Any]]] = []
    for model, pks in wanted.items():
        label = model._meta.label
        parts.append((_changes_sql(_table(model)), [label, pks]))
        parts += [
            (_related_changes_sql(model, name), [label, pks]) for name in made_of.get(model, ())
        ]
    if not parts:
        return {}
    by_label = {model._meta.label: model for model in wanted}
    with reading().cursor() as cursor:
        cursor.execute(
            f"""SELECT label, record, count(*), max(at)
                FROM ({" UNION ALL ".join(part for part, _parameters in parts)}) changed
                GROUP BY label, record""",
            [value for _part, parameters in parts for value in parameters],
        )
        rows = cursor.fetchall()
    return {
        (by_label[label], record): RevisionCount(number, last)
        for label, record, number, last in rows
    }


def _changes_sql(table: TrackedTable) -> str:
    return f"""SELECT %s AS label, event.pgh_obj_id AS record, event.pgh_created_at AS at
        FROM "{table.events}" event WHERE event.pgh_obj_id = ANY(%s) AND {_seen(table)}"""


def _related_changes_sql(model: type[models.Model], name: str) -> str:
    """Select the changes of the rows to which the field ``name`` leads, or ever led."""
    link = _link(model, name)
    public = " AND event.state = 'published'" if link.table.has_state else ""
    return f"""SELECT %s, link.record, event.pgh_created_at
        FROM (SELECT DISTINCT event."{link.record_column}" AS record,
                event."{link.related_column}" AS related
            FROM "{link.table.events}" event
            WHERE event."{link.record_column}" = ANY(%s){public}) link
        JOIN "{link.related.events}" event ON event.pgh_obj_id = link.related
        WHERE {_seen(link.related)}"""


@dataclass(frozen=True, slots=True)
class _Link:
    """How a record and the rows that it shows are connected: by two columns of ``table``."""

    table: TrackedTable
    record_column: str
    related_column: str
    related: TrackedTable


def _link(model: type[models.Model], name: str) -> _Link:
    field = model._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        return _Link(_table(model), "pgh_obj_id", field.column, _table(field.related_model))
    if isinstance(field, models.ManyToOneRel):
        related = _table(field.related_model)
        return _Link(related, field.field.column, "pgh_obj_id", related)
    assert isinstance(field, models.ManyToManyField | models.ManyToManyRel), f"{name} leads nowhere"
    forward = field.field if isinstance(field, models.ManyToManyRel) else field
    columns = forward.m2m_column_name(), forward.m2m_reverse_name()
    record_column, related_column = columns if forward is field else columns[::-1]
    through = forward.remote_field.through
    assert through is not None, "Django makes a table where the model names none"
    return _Link(_table(through), record_column, related_column, _table(field.related_model))


def _table(model: type[models.Model]) -> TrackedTable:
    return tracked_tables()[model._meta.db_table]


def _seen(table: TrackedTable) -> str:
    return SEEN if table.has_state else "TRUE"


def find_last_change() -> dt.datetime | None:
    """Return when readers could last notice anything anywhere, also that it was unpublished."""
    latest = [
        _noticed(table).order_by("-pgh_created_at").values_list("pgh_created_at")[:1]
        for table in tracked_tables().values()
        if not table.is_list and hasattr(table.model.objects, "published")
    ]
    first, *remaining = latest
    return max((at for (at,) in first.union(*remaining, all=True)), default=None)


def _noticed(table: TrackedTable) -> Any:
    """Return the events of ``table`` that readers could notice.

    Of rows that have no state: all events of those that readers see.
    """
    events = event_model(table.model)._default_manager
    if table.has_state:
        return events.filter(Q(state=State.PUBLISHED) | Q(pgh_label=EventLabel.WITHDRAWN))
    return events.filter(pgh_obj_id__in=table.model.objects.published().values("pk"))
