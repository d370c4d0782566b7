"""How often, and when last, anything changed of what readers see of a record.

An entry of a calendar or a feed, or a page, is made of other rows too: the names of its parties,
the meeting that replaced another, what was said there. Every row that it ever was made of counts:
what is taken back, or named no longer, was a change as well. So the number only rises, and the
time never goes back. It is all told from the history, at once.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from rounds.history.point_in_time import TrackedTable, tables
from rounds.history.versions import Ref
from rounds.models import Label, State
from rounds.platform.databases import reading

SEEN = "(event.state = 'published' OR event.pgh_label = 'withdrawn')"


@dataclass(frozen=True, slots=True)
class Changes:
    """How many there were that readers could notice, its publication included."""

    number: int
    last: dt.datetime


def changes(refs: Iterable[Ref], made_of: Mapping[Any, Iterable[str]]) -> dict[Ref, Changes]:
    """The changes of each record and of the rows that it shows.

    ``made_of`` names, for each model, the fields and relations that lead to these rows.
    """
    wanted: dict[Any, list[int]] = defaultdict(list)
    for model, pk in refs:
        wanted[model].append(pk)
    parts = []
    for model, pks in wanted.items():
        label = model._meta.label
        parts.append((_own(_table(model)), [label, pks]))
        parts += [(_shown(model, name), [label, pks]) for name in made_of.get(model, ())]
    if not parts:
        return {}
    by_label = {model._meta.label: model for model in wanted}
    with reading().cursor() as cursor:
        cursor.execute(
            f"""SELECT label, own, count(*), max(at)
                FROM ({" UNION ALL ".join(part for part, _parameters in parts)}) changed
                GROUP BY label, own""",
            [one for _part, parameters in parts for one in parameters],
        )
        rows = cursor.fetchall()
    return {(by_label[label], own): Changes(number, last) for label, own, number, last in rows}


def _own(table: TrackedTable) -> str:
    return f"""SELECT %s AS label, event.pgh_obj_id AS own, event.pgh_created_at AS at
        FROM "{table.events}" event WHERE event.pgh_obj_id = ANY(%s) AND {_seen(table)}"""


def _shown(model: Any, name: str) -> str:
    """The changes of the rows to which ``name`` leads, or ever led."""
    link, own, other, shown = _link(model, name)
    public = " AND event.state = 'published'" if link.has_state else ""
    return f"""SELECT %s, link.own, event.pgh_created_at
        FROM (SELECT DISTINCT event."{own}" AS own, event."{other}" AS other
            FROM "{link.events}" event WHERE event."{own}" = ANY(%s){public}) link
        JOIN "{shown.events}" event ON event.pgh_obj_id = link.other WHERE {_seen(shown)}"""


def _link(model: Any, name: str) -> tuple[TrackedTable, str, str, TrackedTable]:
    """Whose events tell where ``name`` leads, in which columns, and the table it leads to."""
    field = model._meta.get_field(name)
    shown = _table(field.related_model)
    if field.one_to_many:
        return shown, field.field.column, "pgh_obj_id", shown
    if not field.many_to_many:
        return _table(model), "pgh_obj_id", field.column, shown
    forward = field if field.concrete else field.field
    here, there = forward.m2m_column_name(), forward.m2m_reverse_name()
    own, other = (here, there) if field.concrete else (there, here)
    return _table(forward.remote_field.through), own, other, shown


def _table(model: Any) -> TrackedTable:
    return tables()[model._meta.db_table]


def _seen(table: TrackedTable) -> str:
    return SEEN if table.has_state else "TRUE"


def last_change() -> dt.datetime | None:
    """When readers could last notice anything, anywhere: also that something was taken back."""
    latest = [
        _noticed(table).order_by("-pgh_created_at").values_list("pgh_created_at")[:1]
        for table in tables().values()
        if not table.is_list and hasattr(table.model.objects, "published")
    ]
    first, *others = latest
    return max((at for (at,) in first.union(*others, all=True)), default=None)


def _noticed(table: TrackedTable) -> Any:
    """Its events that readers could notice; of what has no state, those of what they see."""
    events = table.model.pgh_event_model._default_manager
    if table.has_state:
        return events.filter(Q(state=State.PUBLISHED) | Q(pgh_label=Label.WITHDRAWN))
    return events.filter(pgh_obj_id__in=table.model.objects.published().values("pk"))
