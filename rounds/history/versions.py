"""The history of the record, read back from the events that the database keeps.

A *version* is what a row and its lists were after one change. Each function asks a fixed number of
queries, however many records it is asked about.
"""

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from rounds.models import EventLabel, Publishable, State, TrackedList, event_model, lists_of
from rounds.platform.databases import reading

RANGE = re.compile(r"[\[(]([^,]*),([^\])]*)[\])]")

Ref = tuple[type[models.Model], int]  # a row, also one that has been deleted


@dataclass(slots=True, eq=False)
class Version:
    """A record after one change: ``record`` as its model's instance, ``lists`` as rows by name.

    ``unseen`` has the records that its lists name and that readers could not see then, or cannot
    see now.
    """

    record: Any
    label: str
    at: dt.datetime
    context: dict[str, Any]
    context_id: str
    lists: dict[str, list[Any]] = field(default_factory=dict)
    unseen: set[Ref] = field(default_factory=set)

    @property
    def number(self) -> int:
        number: int = self.record.version
        return number

    @property
    def public(self) -> bool:
        """Whether readers saw it."""
        return self.label != EventLabel.DELETED and self.record.state == State.PUBLISHED

    @property
    def scheduled(self) -> bool:
        """Whether it was to be published by itself."""
        return self.label != EventLabel.DELETED and self.record.is_scheduled

    @property
    def author(self) -> int | None:
        return self.context.get("user")

    @property
    def who(self) -> str:
        """The name of its author, or of the command; "" where the database was not given one."""
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
    def label_text(self) -> str:
        return str(EventLabel(self.label).label)


Versions = dict[Ref, list[Version]]


def load_versions(refs: Iterable[Ref]) -> Versions:
    """Return every version of each record, oldest first."""
    wanted: dict[type[models.Model], list[int]] = defaultdict(list)
    for model, pk in refs:
        wanted[model].append(pk)
    versions = _load_records(wanted)
    _add_lists(versions, wanted)
    _add_targets(versions)
    _add_unseen(versions)
    return versions


def _load_records(wanted: dict[type[models.Model], list[int]]) -> Versions:
    """Every version of the rows ``wanted``, without their lists."""
    versions: Versions = {(model, pk): [] for model in wanted for pk in wanted[model]}
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
    by_event_id = "8"  # a column of a union has no name that ORDER BY could use
    for label, pk, event, at, context, context_id, data, _pgh_id in _union(parts, by_event_id):
        model = by_label[label]
        record = _instance(model, json.loads(data, parse_float=Decimal))
        versions[model, pk].append(
            Version(
                record, event, at, json.loads(context) if context else {}, str(context_id or "")
            )
        )
    return versions


# --- lists ---


class _ListChange(NamedTuple):
    """What happened to a row of a list; ``values`` is its instance, None where it was removed."""

    at: dt.datetime
    list_name: str
    row: int
    values: Any


def _add_lists(versions: Versions, wanted: dict[type[models.Model], list[int]]) -> None:
    """Give each version the rows that its lists had: what happened before the next version."""
    changes = _load_list_changes(wanted)
    for ref, of_record in versions.items():
        rows: dict[str, dict[int, Any]] = {
            tracked_list.name: {} for tracked_list in lists_of(ref[0])
        }
        remaining = iter([*changes[ref], None])
        change = next(remaining)
        for version, later in zip(of_record, [*of_record[1:], None], strict=True):
            while change and (later is None or change.at < later.at):
                rows[change.list_name].pop(change.row, None)  # a changed row moves to the end
                if change.values is not None:
                    rows[change.list_name][change.row] = change.values
                change = next(remaining)
            version.lists = {name: list(entries.values()) for name, entries in rows.items()}


def _load_list_changes(
    wanted: dict[type[models.Model], list[int]],
) -> dict[Ref, list[_ListChange]]:
    """Return what happened to the lists of each record, oldest first."""
    lists = {
        f"{model._meta.label}.{tracked_list.name}": (model, tracked_list)
        for model in wanted
        for tracked_list in lists_of(model)
    }
    parts = [
        (
            f"""SELECT %s, "{_owner_column(tracked_list)}", pgh_label, pgh_created_at, id,
                to_jsonb(event), pgh_id FROM "{_events_table(tracked_list.rows)}" event
                WHERE "{_owner_column(tracked_list)}" = ANY(%s)""",
            [key, wanted[model]],
        )
        for key, (model, tracked_list) in lists.items()
    ]
    changes: dict[Ref, list[_ListChange]] = defaultdict(list)
    by_time_and_event_id = "4, 7"
    for key, owner, event, at, row, data, _pgh_id in _union(parts, by_time_and_event_id):
        model, tracked_list = lists[key]
        values = _instance(tracked_list.rows, json.loads(data, parse_float=Decimal))
        removed = event == EventLabel.DELETED
        changes[model, owner].append(
            _ListChange(at, tracked_list.name, row, None if removed else values)
        )
    return changes


# --- what versions point at ---


def _add_targets(versions: Versions) -> None:
    """Give every foreign key in ``versions`` the row that it points at, as it is now."""
    instances = list(_instances(versions))
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
    targets = {
        (by_label[label], pk): _instance(by_label[label], json.loads(data))
        for label, pk, data in _union(parts)
    }
    for instance in instances:
        for key in _foreign_keys(instance):
            pk = getattr(instance, key.attname)
            if pk is not None and (key.related_model, pk) in targets:
                key.set_cached_value(instance, targets[key.related_model, pk])


def _instances(versions: Versions) -> Iterator[models.Model]:
    for of_record in versions.values():
        for version in of_record:
            yield version.record
            for rows in version.lists.values():
                yield from rows


def _add_unseen(versions: Versions) -> None:
    """Set ``unseen`` of each version.

    A link to a draft is no news to readers. When that draft is published later, it is no news
    either that it had been linked before. What was written in one request was seen at once.
    """
    named: dict[Ref, set[Ref]] = {
        ref: {
            target
            for version in of_record
            for tracked_list in lists_of(ref[0])
            for row in version.lists.get(tracked_list.name, [])
            for target in records_named(tracked_list, row)
        }
        for ref, of_record in versions.items()
    }
    visibility = _load_visibility({target for targets in named.values() for target in targets})

    def is_seen(target: Ref, version: Version) -> bool:
        by_then = [
            step.public
            for step in visibility[target]
            if step.at <= version.at or (step.context_id and step.context_id == version.context_id)
        ]
        return bool(by_then) and by_then[-1] and visibility[target][-1].public

    for ref, of_record in versions.items():
        for version in of_record:
            version.unseen = {target for target in named[ref] if not is_seen(target, version)}


class _VisibilityChange(NamedTuple):
    """A moment at which readers may have begun or ceased to see a record."""

    at: dt.datetime
    context_id: str
    public: bool


def _load_visibility(refs: Iterable[Ref]) -> dict[Ref, list[_VisibilityChange]]:
    """Return when readers could see each record, oldest first."""
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for model, pk in refs:
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
    visibility: dict[Ref, list[_VisibilityChange]] = defaultdict(list)
    by_event_id = "6"
    for label, pk, at, context_id, public, _pgh_id in _union(parts, by_event_id):
        visibility[by_label[label], pk].append(_VisibilityChange(at, str(context_id or ""), public))
    return visibility


def records_named(tracked_list: TrackedList, row: models.Model) -> list[Ref]:
    """Return the editorial records that a row of a list points at, its owner left out."""
    return [
        (key.related_model, pk)
        for key in _foreign_keys(row)
        if key.name != tracked_list.owner
        and issubclass(key.related_model, Publishable)
        and (pk := getattr(row, key.attname)) is not None
    ]


# --- rows that come as JSON ---


def _union(parts: list[tuple[str, list[Any]]], order: str = "") -> list[Any]:
    """Return the rows of all queries; ``order`` names columns by position, as in "4, 7"."""
    if not parts:
        return []
    statement = " UNION ALL ".join(part for part, _parameters in parts)
    with reading().cursor() as cursor:
        cursor.execute(
            f"{statement} ORDER BY {order}" if order else statement,
            [value for _part, parameters in parts for value in parameters],
        )
        rows: list[Any] = cursor.fetchall()
    return rows


def _events_table(model: type[models.Model]) -> str:
    return event_model(model)._meta.db_table


def _owner_column(tracked_list: TrackedList) -> str:
    owner: Any = tracked_list.rows._meta.get_field(tracked_list.owner)
    return str(owner.column)


def _foreign_keys(instance: models.Model) -> list[Any]:
    return [key for key in instance._meta.fields if isinstance(key, models.ForeignKey)]


def _instance(model: type[models.Model], data: dict[str, Any]) -> Any:
    """Return the instance of a row that came as JSON, without columns that the model lost."""
    return model(
        **{
            column.attname: _value(column, data[column.column])
            for column in model._meta.fields
            if column.column in data
        }
    )


def _value(column: "models.Field[Any, Any]", value: Any) -> Any:
    """Return a value of ``column`` as Python has it, from JSON."""
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
