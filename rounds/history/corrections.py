"""Corrections: what readers had seen and reads otherwise now, or is gone.

They are derived from the events of the history alone. Nobody has to write one, so none can be
forgotten, whether a form, an import or SQL changed the record.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import ForeignKey, Model, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from rounds.history.differences import FieldChange, compare_versions
from rounds.history.references import load_public_since
from rounds.history.versions import Ref, Version, load_versions
from rounds.models import (
    Basis,
    EventLabel,
    Publishable,
    PublishableQuerySet,
    State,
    Versioned,
    event_model,
    lists_of,
    publishable_models,
    reference_models,
)
from rounds.platform.databases import reading

MIN_PAGE_CORRECTIONS = 50
# Where a batch of events held nothing that readers could notice, the next is so much larger.
BATCH_GROWTH = 4


@dataclass(frozen=True, slots=True)
class Correction:
    """Something that readers had seen and that reads otherwise now, or is gone.

    What is gone is not repeated: it has neither title nor changes. ``at`` is when it happened.
    """

    model: type[Versioned]
    label: EventLabel
    at: dt.datetime
    note: str
    title: str
    url: str
    changes: list[FieldChange]
    id: uuid.UUID

    @property
    def key(self) -> str:
        return f"correction-{self.id.hex[:12]}"

    @property
    def kind(self) -> str:
        return capfirst(str(self.model._meta.verbose_name))

    @property
    def is_gone(self) -> bool:
        """Whether readers cannot see now what this was about."""
        return not self.url

    @property
    def was_removed(self) -> bool:
        return self.label in (EventLabel.WITHDRAWN, EventLabel.DELETED)

    @property
    def summary(self) -> str:
        """What happened, in a few words that do not name the record."""
        patterns = {
            EventLabel.DELETED: _("%(kind)s deleted"),
            EventLabel.WITHDRAWN: _("%(kind)s taken back"),
            EventLabel.PUBLISHED: _("%(kind)s published again, changed"),
        }
        return patterns.get(self.label, _("%(kind)s corrected")) % {"kind": self.kind}

    def get_absolute_url(self) -> str:
        """Return the page of the list that begins with this correction, whatever comes later."""
        until = (self.at + dt.timedelta(microseconds=1)).astimezone(dt.UTC)
        query = urlencode({"until": until.isoformat()})
        return f"{reverse('correction_list')}?{query}#{self.key}"


@dataclass(frozen=True, slots=True)
class Removal:
    """How a record that readers could see once was unpublished or deleted."""

    kind: str
    label: str
    at: dt.datetime
    note: str


@dataclass(frozen=True, slots=True)
class _NoticedEvent:
    ref: Ref
    at: dt.datetime


def load_corrections(
    *, until: dt.datetime | None = None, of: Ref | None = None, limit: int = MIN_PAGE_CORRECTIONS
) -> tuple[list[Correction], dt.datetime | None]:
    """Return a page of corrections, newest first: at least ``limit`` where there are as many.

    ``until``: only what happened before; ``of``: only of one record. The second value is the
    ``until`` of the next page, None on the last.
    """
    page: list[Correction] = []
    has_next, batch = True, limit
    while has_next and len(page) < limit:
        events, has_next = _load_events(until, of, batch)
        by_event = _corrections_by_event({event.ref for event in events})
        page += [by_event[event] for event in events if event in by_event]
        until = events[-1].at if events else until
        batch *= BATCH_GROWTH
    return page, until if has_next else None


def _load_events(
    until: dt.datetime | None, of: Ref | None, limit: int
) -> tuple[list[_NoticedEvent], bool]:
    """Return the last ``limit`` events that readers may have noticed, and if there are earlier.

    Events of one moment stay together: the next page begins before it.
    """
    models: dict[str, type[Model]] = {
        model._meta.label: model for model in [*publishable_models(), *reference_models()]
    }
    if of:
        models = {of[0]._meta.label: of[0]}
    pk = of[1] if of else None
    parts = [_noticed_sql(model) for model in models.values()]
    parameters = [[label, until, until, pk, pk, limit + 1] for label in models]
    with reading().cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({' UNION ALL '.join(parts)}) noticed ORDER BY 3 DESC, 1, 2",
            [value for values in parameters for value in values],
        )
        rows = [_NoticedEvent((models[label], pk), at) for label, pk, at in cursor.fetchall()]
    page = rows[:limit]
    page += [row for row in rows[limit:] if row.at == page[-1].at]
    return page, len(rows) > len(page)


def _noticed_sql(model: type[Model]) -> str:
    """Select the events of a model that readers may have noticed, by ``…_event_seen``."""
    table = event_model(model)._meta.db_table
    may_be_noticed = (
        f"""pgh_label IN ('corrected', 'withdrawn', 'deleted', 'published')
        AND (pgh_label <> 'deleted' OR state = 'published')
        AND (pgh_label <> 'published' OR pgh_obj_id IN (
            SELECT pgh_obj_id FROM "{table}" WHERE pgh_label = 'withdrawn'))"""
        if issubclass(model, Publishable)
        else "pgh_label IN ('changed', 'deleted')"
    )
    return f"""(SELECT %s, pgh_obj_id, pgh_created_at FROM "{table}" event
        WHERE {may_be_noticed}
        AND (%s::timestamptz IS NULL OR pgh_created_at < %s)
        AND (%s::bigint IS NULL OR pgh_obj_id = %s)
        ORDER BY pgh_created_at DESC FETCH FIRST (%s) ROWS WITH TIES)"""


def _corrections_by_event(refs: Iterable[Ref]) -> dict[_NoticedEvent, Correction]:
    """Return the corrections of the records, each by the event that it is listed at."""
    refs = set(refs)
    stateless = {ref for ref in refs if not issubclass(ref[0], Publishable)}
    public_since = load_public_since(stateless)
    versions_by_ref = load_versions((refs - stateless) | public_since.keys())
    return {
        _NoticedEvent(ref, correction.at): correction
        for ref, versions in versions_by_ref.items()
        for correction in (
            _reference_corrections(ref, versions, public_since[ref])
            if ref in public_since
            else _corrections_of(ref, versions)
        )
    }


def _corrections_of(ref: Ref, versions: list[Version]) -> Iterator[Correction]:
    """Yield a record's corrections, oldest first. What one request did is one correction."""
    model, _pk = ref
    last = versions[-1]
    seen: Version | None = None  # what readers saw last
    visible = False
    for _operation, group in groupby(versions, key=_operation_key):
        events = list(group)
        after = events[-1]
        changes = compare_versions(seen, after, public=True) if seen and after.public else []
        if seen and (changes or (visible and not after.public)):
            # load_corrections looks it up by an event that _noticed_sql returns.
            at = max((event.at for event in events if _may_be_noticed(event)), default=after.at)
            may_show = last.public and not _would_name(seen, after, last)
            yield Correction(
                model=model,  # type: ignore[arg-type]  # all that has versions
                label=_label(after, visible=visible),
                at=at,
                note=after.note,
                title=str(last.record) if last.public else "",
                url=last.record.get_absolute_url() if last.public else "",
                changes=changes if may_show else [],
                id=_correction_id(ref, at),
            )
        visible = after.public
        seen = after if visible else seen


def _reference_corrections(
    ref: Ref, versions: list[Version], public_since: dt.datetime
) -> Iterator[Correction]:
    """Yield the corrections of a party, a person, a source and so on, oldest first.

    These have no state: a change counts from ``public_since`` on.
    """
    is_gone = versions[-1].label == EventLabel.DELETED
    record = versions[-1].record
    before: Version | None = None
    for _operation, group in groupby(versions, key=_operation_key):
        after = list(group)[-1]
        is_deleted = after.label == EventLabel.DELETED
        changes = [] if is_deleted else compare_versions(before, after, public=True)
        if before and after.at > public_since and (changes or is_deleted):
            yield Correction(
                model=ref[0],  # type: ignore[arg-type]  # all that has versions
                label=EventLabel(after.label),
                at=after.at,
                note=after.note,
                title="" if is_gone else str(record),
                url="" if is_gone else record.get_absolute_url(),
                changes=[] if is_gone else changes,
                id=_correction_id(ref, after.at),
            )
        before = after


def _correction_id(ref: Ref, at: dt.datetime) -> uuid.UUID:
    model, pk = ref
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{model._meta.label} {pk} {at.timestamp()}")


def _label(after: Version, *, visible: bool) -> EventLabel:
    """Say what happened: ``after`` is the result, ``visible`` whether readers saw it before."""
    if after.public:
        return EventLabel.CORRECTED if visible else EventLabel.PUBLISHED
    return EventLabel.DELETED if after.label == EventLabel.DELETED else EventLabel.WITHDRAWN


def _operation_key(version: Version) -> Any:
    """Return what versions of one request or transaction share: readers saw only the last."""
    if version.context_id:
        return version.context_id
    return id(version) if version.label == EventLabel.DELETED else version.record.changed_at


def _may_be_noticed(version: Version) -> bool:
    """Whether ``_noticed_sql`` may return its event."""
    if version.label == EventLabel.DELETED:
        return bool(version.record.state == State.PUBLISHED)
    return version.label != EventLabel.CHANGED


def _would_name(seen: Version, after: Version, last: Version) -> bool:
    """Whether to show a change could name a speaker who is not to be named any more."""
    unnamed = [
        getattr(version.record, "basis", "") == Basis.UNNAMED for version in (seen, after, last)
    ]
    return unnamed[2] and not all(unnamed)


def find_last_correction(record: Publishable) -> dt.datetime | None:
    """Return the time of the last correction of a record from ``with_rewritten_at()``.

    Asks the database only where the record was rewritten after its publication and one of its
    lists names what may be a draft: only then can an event have been nothing to readers.
    """
    rewritten_at = record.rewritten_at
    if rewritten_at is None or not _names_records(type(record)):
        return rewritten_at
    page, _next = load_corrections(of=(type(record), record.pk))
    return page[0].at if page else None


def _names_records(model: type[Publishable]) -> bool:
    """Whether a list of ``model`` points at records that may be drafts."""
    return any(
        isinstance(key, ForeignKey)
        and key.name != tracked_list.owner
        and issubclass(key.related_model, Publishable)
        for tracked_list in lists_of(model)
        for key in tracked_list.rows._meta.fields
    )


def find_removal(model: type[Publishable], slug: str) -> Removal | None:
    """Return how the record with that key was removed, None if it is public or never was."""
    if PublishableQuerySet(model).published().filter(slug=slug).exists():
        return None
    # Events are found by the key that they had, because a key never changes.
    events: QuerySet[Any] = event_model(model)._default_manager.filter(slug=slug)
    last = (
        (
            events.filter(pgh_label=EventLabel.WITHDRAWN)
            | events.filter(pgh_label=EventLabel.DELETED, state=State.PUBLISHED)
        )
        .order_by("-pgh_created_at", "-pgh_id")
        .first()
    )
    if last is None:
        return None
    note = (last.pgh_context or {}).get("note") or ""
    return Removal(str(model._meta.verbose_name), last.pgh_label, last.pgh_created_at, note)
