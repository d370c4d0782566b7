"""The history of the record, read back from the events that the database keeps.

A *version* is what a row and its lists were after one change. What changed between two versions is
told field by field, in words. *Corrections* are those changes that readers could have noticed.
Each function asks a fixed number of queries, however many records it is asked about.
"""

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from rounds.dates import describe
from rounds.models import Label, Publishable, State, TrackedList, lists_of
from rounds.publication import publishable_models

NOT_TOLD = {"id", "version", "changed_at", "state", "publish_at"}
RANGE = re.compile(r"[\[(]([^,]*),([^\])]*)[\])]")

Ref = tuple[type[models.Model], int]  # a row, also one that is gone


@dataclass(frozen=True, slots=True)
class Change:
    """What a field said before and after, in words."""

    title: str
    before: str
    after: str


@dataclass(slots=True, eq=False)
class Version:
    """A record after one change: ``record`` as its model's instance, ``lists`` as rows by name."""

    record: Any
    label: str
    at: dt.datetime
    context: dict[str, Any]
    context_id: str
    lists: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        number: int = self.record.version
        return number

    @property
    def public(self) -> bool:
        """Whether readers saw it."""
        return self.label != Label.DELETED and self.record.state == State.PUBLISHED

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


@dataclass(frozen=True, slots=True)
class Revision:
    """A version, and how it differs from the one before."""

    version: Version
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Correction:
    """Something that readers had seen and that reads otherwise now, or is gone.

    What is gone is not repeated: it has neither title nor changes.
    """

    model: type[Publishable]
    label: str
    at: dt.datetime
    note: str
    title: str
    url: str
    changes: list[Change]
    key: str

    @property
    def kind(self) -> str:
        return capfirst(str(self.model._meta.verbose_name))


@dataclass(frozen=True, slots=True)
class Gone:
    """What became of a record that readers could see once."""

    kind: str
    label: str
    at: dt.datetime
    note: str


# --- versions ---


def versions(refs: Iterable[Ref]) -> dict[Ref, list[Version]]:
    """Every version of each record, oldest first."""
    wanted: dict[type[models.Model], list[int]] = defaultdict(list)
    for model, pk in refs:
        wanted[model].append(pk)
    found = _own_versions(wanted)
    _add_lists(found, wanted)
    _add_names(found)
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


def _union(parts: list[tuple[str, list[Any]]], order: str = "") -> list[Any]:
    if not parts:
        return []
    statement = " UNION ALL ".join(part for part, _parameters in parts)
    with connection.cursor() as cursor:
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


# --- what changed, in words ---


def differences(before: Version | None, after: Version, *, public: bool = False) -> list[Change]:
    """What ``after`` says that ``before`` did not, field by field, as ``public`` may read it."""
    then = told(before, public=public) if before else {}
    now = told(after, public=public)
    return [
        Change(title, then.get(title, ""), text)
        for title, text in now.items()
        if text != then.get(title, "")
    ]


def told(version: Version, *, public: bool = False) -> dict[str, str]:
    """All that a version says, by the title of the field.

    Readers (``public``) are not told the names of what is a draft or was taken back.
    """
    record = version.record
    texts = {
        _title(one.verbose_name): words(record, one, public=public)
        for one in record._meta.fields
        if one.name not in NOT_TOLD
    }
    for one in lists_of(type(record)):
        rows = [row for row in version.lists.get(one.name, []) if not (public and _hidden(row))]
        texts[_title(one.title)] = "; ".join(sorted(_entry(one, row, public) for row in rows))
    return texts


def _title(words: Any) -> str:
    return str(capfirst(words))


def _entry(one: TrackedList, row: Any, public: bool) -> str:
    """What a row of a list says: the name of what it points at, or all its own words."""
    names = (
        [one.target]
        if one.target
        else [column.name for column in row._meta.fields if column.name not in {"id", one.owner}]
    )
    said = [words(row, row._meta.get_field(name), public=public) for name in names]
    return " · ".join(text for text in said if text)


def _hidden(row: Any) -> bool:
    """Whether an entry of a list points at something that readers may not see."""
    others = [key.get_cached_value(row, default=None) for key in _foreign_keys(row)]
    return any(isinstance(one, Publishable) and not one.is_published for one in others)


def words(record: Any, column: "models.Field[Any, Any]", *, public: bool = False) -> str:
    """What a field of a record says, "" if it is empty."""
    value = getattr(record, column.attname)
    if value is None or value == "":
        return ""
    if isinstance(column, models.ForeignKey):
        return _name(column.get_cached_value(record, default=None), public)
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return _plain(value)


def _name(other: models.Model | None, public: bool) -> str:
    if other is None:
        return _("an entry since deleted")
    if public and isinstance(other, Publishable) and not other.is_published:
        return _("an entry since taken back")
    return str(other)


def _plain(value: Any) -> str:
    if isinstance(value, DateRange):
        return describe(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return number_format(value.normalize())
    return date_format(value) if isinstance(value, dt.date) else str(value)


# --- for whoever edits ---


def revisions(record: models.Model) -> list[Revision]:
    """Each version of a record with what it changed, newest first."""
    ref = (type(record), record.pk)
    own = versions([ref])[ref]
    pairs = zip([None, *own], own, strict=False)
    return [Revision(after, differences(before, after)) for before, after in pairs][::-1]


def since(record: Any, number: int) -> list[Revision]:
    """What others did to a record after its version ``number``, newest first."""
    return [one for one in revisions(record) if one.version.number > number]


# --- for readers ---


def corrections(
    *, until: dt.datetime | None = None, limit: int = 50
) -> tuple[list[Correction], dt.datetime | None]:
    """What readers had seen and was changed or taken back, newest first.

    ``until``: only what happened before. The second value is the ``until`` of the next page, None
    on the last.
    """
    by_label = {model._meta.label: model for model in publishable_models()}
    parts = [
        (
            f"""(SELECT %s, pgh_obj_id, pgh_id, pgh_created_at FROM "{_events_table(model)}" event
                WHERE (pgh_label IN ('corrected', 'withdrawn')
                    OR pgh_label = 'deleted' AND state = 'published'
                    OR pgh_label = 'published' AND EXISTS (
                        SELECT 1 FROM "{_events_table(model)}" earlier
                        WHERE earlier.pgh_obj_id = event.pgh_obj_id
                        AND earlier.pgh_id < event.pgh_id AND earlier.state = 'published'))
                AND (%s::timestamptz IS NULL OR pgh_created_at < %s)
                ORDER BY pgh_created_at DESC LIMIT %s)""",
            [label, until, until, limit + 1],
        )
        for label, model in by_label.items()
    ]
    rows = _union(parts, "4 DESC, 3 DESC")
    page = [((by_label[label], pk), at) for label, pk, _event, at in rows[:limit]]
    told_of: dict[tuple[Ref, dt.datetime], Correction] = {}
    for ref, own in versions({ref for ref, _at in page}).items():
        told_of |= {(ref, at): one for at, one in _corrections_of(ref, own)}
    wanted = {told_of[place].key: told_of[place] for place in page if place in told_of}
    return list(wanted.values()), page[-1][1] if len(rows) > limit else None


def _corrections_of(ref: Ref, own: list[Version]) -> list[tuple[dt.datetime, Correction]]:
    """The corrections of one record, by each moment that belongs to them.

    What was done in one go is one correction.
    """
    found: list[tuple[dt.datetime, Correction]] = []
    seen: Version | None = None  # what readers saw last
    visible = False
    for _key, group in groupby(own, key=lambda one: one.context_id or id(one)):
        events = list(group)
        after = events[-1]
        changes = differences(seen, after, public=True) if seen and after.public else []
        if changes or (visible and not after.public):
            correction = _correction(ref, after, own[-1], changes)
            found += [(one.at, correction) for one in events]
        visible = after.public
        seen = after if visible else seen
    return found


def _correction(ref: Ref, after: Version, last: Version, changes: list[Change]) -> Correction:
    model, pk = ref
    readable = last.public
    return Correction(
        model=model,  # type: ignore[arg-type]  # only what has states is asked for
        label=after.label,
        at=after.at,
        note=after.note,
        title=str(last.record) if readable else "",
        url=last.record.get_absolute_url() if readable else "",
        changes=changes if readable else [],
        key=f"{model._meta.model_name}-{pk}-{after.number}-{after.label}",
    )


def gone(model: type[Publishable], slug: str) -> Gone | None:
    """What became of the record with that address, if readers could see it once."""
    events = model.pgh_event_model._default_manager  # type: ignore[attr-defined]
    pk = (
        model._default_manager.filter(slug=slug).values_list("pk", flat=True).first()  # type: ignore[misc]
        or events.filter(slug=slug, pgh_label=Label.DELETED)
        .values_list("pgh_obj_id", flat=True)
        .first()
    )
    shown = events.filter(pgh_obj_id=pk, state=State.PUBLISHED) if pk else events.none()
    if not shown.exists():
        return None
    last = events.filter(pgh_obj_id=pk, pgh_label__in=[Label.WITHDRAWN, Label.DELETED]).latest(
        "pgh_id"
    )
    note = (last.pgh_context or {}).get("note") or ""
    return Gone(str(model._meta.verbose_name), last.pgh_label, last.pgh_created_at, note)
