"""The history of the record, read back from the events that the database keeps.

A *version* is what a row and its lists were after one change. What changed between two versions is
told field by field, in words, by ``differences``; ``corrections`` has those that readers could have
noticed. Each function asks a fixed number of queries, however many records it is asked about.
"""

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from rounds.models import Label, Publishable, State, TrackedList, lists_of
from rounds.platform.databases import reading

RANGE = re.compile(r"[\[(]([^,]*),([^\])]*)[\])]")

Ref = tuple[type[models.Model], int]  # a row, also one that is gone


@dataclass(slots=True, eq=False)
class Version:
    """A record after one change: ``record`` as its model's instance, ``lists`` as rows by name."""

    record: Any
    label: str
    at: dt.datetime
    context: dict[str, Any]
    context_id: str
    lists: dict[str, list[Any]] = field(default_factory=dict)
    unseen: set[Ref] = field(default_factory=set)  # of what its lists name: then, or now again

    @property
    def number(self) -> int:
        number: int = self.record.version
        return number

    @property
    def public(self) -> bool:
        """Whether readers saw it."""
        return self.label != Label.DELETED and self.record.state == State.PUBLISHED

    @property
    def scheduled(self) -> bool:
        """Whether it was to go out by itself."""
        return self.label != Label.DELETED and self.record.is_scheduled

    @property
    def author(self) -> int | None:
        return self.context.get("user")

    @property
    def who(self) -> str:
        """Whoever made it, in words; "" where the database was not told."""
        if self.context.get("task") == "timetable":
            return _("the timetable")
        who = str(self.context.get("name") or self.context.get("command") or "")
        if second := self.context.get("approved_by"):
            return _("%(who)s, approved by %(second)s") % {"who": who, "second": second}
        return who

    @property
    def note(self) -> str:
        return str(self.context.get("note") or "")

    @property
    def label_words(self) -> str:
        return str(Label(self.label).label)


# --- versions ---


def versions(refs: Iterable[Ref]) -> dict[Ref, list[Version]]:
    """Every version of each record, oldest first."""
    wanted: dict[type[models.Model], list[int]] = defaultdict(list)
    for model, pk in refs:
        wanted[model].append(pk)
    found = _own_versions(wanted)
    _add_lists(found, wanted)
    _add_names(found)
    _add_unseen(found)
    return found


def _own_versions(wanted: dict[type[models.Model], list[int]]) -> dict[Ref, list[Version]]:
    found: dict[Ref, list[Version]] = {(model, pk): [] for model in wanted for pk in wanted[model]}
    parts = [
        (
            f"""SELECT %s, pgh_obj_id, pgh_label, pgh_created_at, pgh_context, pgh_context_id,
                to_jsonb(event), pgh_id FROM "{_events_table(model)}" event
                WHERE pgh_obj_id = ANY(%s)""",
            [model._meta.label, pks],
        )
        for model, pks in wanted.items()
    ]
    by_label = {model._meta.label: model for model in wanted}
    for label, pk, event, at, context, context_id, data, _pgh_id in _union(parts, "8"):
        model = by_label[label]
        record = _instance(model, json.loads(data, parse_float=Decimal))
        told = json.loads(context) if context else {}
        found[model, pk].append(Version(record, event, at, told, str(context_id or "")))
    return found


def _add_lists(
    found: dict[Ref, list[Version]], wanted: dict[type[models.Model], list[int]]
) -> None:
    """Give each version the rows that its lists had: what happened before the next version."""
    lists = {
        f"{model._meta.label}.{one.name}": (model, one)
        for model in wanted
        for one in lists_of(model)
    }
    parts = [
        (
            f"""SELECT %s, "{_column(one)}", pgh_label, pgh_created_at, id, to_jsonb(event), pgh_id
                FROM "{_events_table(one.rows)}" event WHERE "{_column(one)}" = ANY(%s)""",
            [key, wanted[model]],
        )
        for key, (model, one) in lists.items()
    ]
    happened: dict[Ref, list[Any]] = defaultdict(list)
    for key, owner, event, at, row, data, _pgh_id in _union(parts, "4, 7"):
        model, one = lists[key]
        values = _instance(one.rows, json.loads(data, parse_float=Decimal))
        happened[model, owner].append((at, one.name, row, None if event == "deleted" else values))
    for ref, own in found.items():
        rows: dict[str, dict[int, Any]] = {one.name: {} for one in lists_of(ref[0])}
        waiting = iter([*happened[ref], None])
        next_one = next(waiting)
        for version, later in zip(own, [*own[1:], None], strict=True):
            while next_one and (later is None or next_one[0] < later.at):
                _at, name, row, values = next_one
                rows[name].pop(row, None)
                if values is not None:
                    rows[name][row] = values
                next_one = next(waiting)
            version.lists = {name: list(some.values()) for name, some in rows.items()}


def _add_names(found: dict[Ref, list[Version]]) -> None:
    """Give every foreign key in ``found`` what it points at, as it is now."""
    instances = [version.record for own in found.values() for version in own]
    instances += [
        row
        for own in found.values()
        for version in own
        for rows in version.lists.values()
        for row in rows
    ]
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for instance in instances:
        for key in _foreign_keys(instance):
            if (pk := getattr(instance, key.attname)) is not None:
                wanted[key.related_model].add(pk)
    parts = [
        (
            f"""SELECT %s, id, to_jsonb(stored) FROM "{model._meta.db_table}" stored
                WHERE id = ANY(%s)""",
            [model._meta.label, list(pks)],
        )
        for model, pks in wanted.items()
    ]
    by_label = {model._meta.label: model for model in wanted}
    named = {
        (by_label[label], pk): _instance(by_label[label], json.loads(data))
        for label, pk, data in _union(parts)
    }
    for instance in instances:
        for key in _foreign_keys(instance):
            pk = getattr(instance, key.attname)
            if pk is not None and (key.related_model, pk) in named:
                key.set_cached_value(instance, named[key.related_model, pk])


def _add_unseen(found: dict[Ref, list[Version]]) -> None:
    """Tell each version which records that its lists name readers could not see then, or cannot.

    A link to a draft is no news to readers; nor is it, when that draft is published, that it had
    been linked before. What was written in one go was seen in one go.
    """
    named: dict[Ref, set[Ref]] = {
        ref: {
            other
            for version in own
            for one in lists_of(ref[0])
            for row in version.lists.get(one.name, [])
            for other in records_named(one, row)
        }
        for ref, own in found.items()
    }
    wanted: dict[Any, set[int]] = defaultdict(set)
    for model, pk in {other for some in named.values() for other in some}:
        wanted[model].add(pk)
    parts = [
        (
            f"""SELECT %s, pgh_obj_id, pgh_created_at, pgh_context_id,
                state = 'published' AND pgh_label <> 'deleted', pgh_id
                FROM "{_events_table(model)}" event WHERE pgh_obj_id = ANY(%s)
                AND pgh_label IN ('added', 'published', 'withdrawn', 'deleted')""",
            [model._meta.label, list(pks)],
        )
        for model, pks in wanted.items()
    ]
    by_label = {model._meta.label: model for model in wanted}
    sight: dict[Ref, list[tuple[dt.datetime, str, bool]]] = defaultdict(list)
    for label, pk, at, context_id, public, _pgh_id in _union(parts, "6"):
        sight[by_label[label], pk].append((at, str(context_id or ""), public))

    def seen(other: Ref, version: Version) -> bool:
        then = [
            public
            for at, context_id, public in sight[other]
            if at <= version.at or (context_id and context_id == version.context_id)
        ]
        return bool(then) and then[-1] and sight[other][-1][2]

    for ref, own in found.items():
        for version in own:
            version.unseen = {other for other in named[ref] if not seen(other, version)}


def records_named(one: TrackedList, row: Any) -> list[Ref]:
    """The editorial records, beside its owner, that a row of a list points at."""
    return [
        (key.related_model, pk)
        for key in _foreign_keys(row)
        if key.name != one.owner
        and issubclass(key.related_model, Publishable)
        and (pk := getattr(row, key.attname)) is not None
    ]


def _union(parts: list[tuple[str, list[Any]]], order: str = "") -> list[Any]:
    if not parts:
        return []
    statement = " UNION ALL ".join(part for part, _parameters in parts)
    with reading().cursor() as cursor:
        cursor.execute(
            f"{statement} ORDER BY {order}" if order else statement,
            [one for _part, parameters in parts for one in parameters],
        )
        rows: list[Any] = cursor.fetchall()
    return rows


def _events_table(model: Any) -> str:
    table: str = model.pgh_event_model._meta.db_table
    return table


def _column(one: TrackedList) -> str:
    owner: Any = one.rows._meta.get_field(one.owner)
    return str(owner.column)


def _foreign_keys(instance: models.Model) -> list[Any]:
    return [one for one in instance._meta.fields if isinstance(one, models.ForeignKey)]


def _instance(model: type[models.Model], data: dict[str, Any]) -> Any:
    """The model's instance of a row that came as JSON; other columns are left out."""
    return model(
        **{
            one.attname: _value(one, data[one.column])
            for one in model._meta.fields
            if one.column in data
        }
    )


def _value(column: "models.Field[Any, Any]", value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column, DateRangeField):
        match = RANGE.fullmatch(value)
        assert match, "PostgreSQL writes a range with two bounds"
        first, last = match.groups()
        return DateRange(parse_date(first), parse_date(last) if last else None)
    if isinstance(column, models.DateTimeField):
        return parse_datetime(value)
    if isinstance(column, models.DateField):
        return parse_date(value)
    if isinstance(column, models.DecimalField):
        return Decimal(str(value))
    return value
