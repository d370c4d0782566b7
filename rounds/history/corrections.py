"""What readers had seen and reads otherwise now, or is gone: told from the history alone.

Nothing is written beside the events, so nothing can be forgotten there: whoever changes what is
published, by whatever way, has left a correction.
"""

import datetime as dt
import difflib
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import ForeignKey
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from rounds.history.differences import Change, differences
from rounds.history.versions import Ref, Version, versions
from rounds.models import Basis, Label, Publishable, State, lists_of, publishable_models
from rounds.platform.databases import reading

PAGE = 50  # corrections, at least
LOOK_FURTHER = 4  # times as many events, where a page of them was nothing to readers
ALIKE = 0.5  # of the words of two texts


@dataclass(frozen=True, slots=True)
class Correction:
    """Something that readers had seen and that reads otherwise now, or is gone.

    What is gone is not repeated: it has neither title nor changes. ``at`` is when it happened.
    """

    model: type[Publishable]
    label: Label
    at: dt.datetime
    note: str
    title: str
    url: str
    changes: list[Change]
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
        return self.label in (Label.WITHDRAWN, Label.DELETED)

    @property
    def summary(self) -> str:
        """What happened, in a few words that say nothing of what it was about."""
        words = {
            Label.DELETED: _("%(kind)s deleted"),
            Label.WITHDRAWN: _("%(kind)s taken back"),
            Label.PUBLISHED: _("%(kind)s published again, changed"),
        }
        return words.get(self.label, _("%(kind)s corrected")) % {"kind": self.kind}

    def get_absolute_url(self) -> str:
        """A page that begins with this one, whatever comes later."""
        until = (self.at + dt.timedelta(microseconds=1)).astimezone(dt.UTC)
        query = urlencode({"until": until.isoformat()})
        return f"{reverse('correction_list')}?{query}#{self.key}"


@dataclass(frozen=True, slots=True)
class Gone:
    """What became of a record that readers could see once."""

    kind: str
    label: str
    at: dt.datetime
    note: str


@dataclass(frozen=True, slots=True)
class _Event:
    ref: Ref
    at: dt.datetime


def corrections(
    *, until: dt.datetime | None = None, of: Ref | None = None, limit: int = PAGE
) -> tuple[list[Correction], dt.datetime | None]:
    """What readers had seen and was changed or taken back, newest first.

    ``until``: only what happened before; ``of``: only of one record. The second value is the
    ``until`` of the next page, None on the last.
    """
    found: list[Correction] = []
    more = True
    batch = limit
    while more and len(found) < limit:
        events, more = _events(until, of, batch)
        told = _corrections({event.ref for event in events})
        found += [told[event] for event in events if event in told]
        until = events[-1].at if events else until
        batch *= LOOK_FURTHER
    return found, until if more else None


def _events(until: dt.datetime | None, of: Ref | None, limit: int) -> tuple[list[_Event], bool]:
    """The last ``limit`` events that readers may have noticed, and whether there are more.

    Those of one moment stay together: the next page begins before it.
    """
    models: dict[str, Any] = {model._meta.label: model for model in publishable_models()}
    if of:
        models = {of[0]._meta.label: of[0]}
    own = of[1] if of else None
    parts = [_noticed(model) for model in models.values()]
    parameters = [[label, until, until, own, own, limit + 1] for label in models]
    with reading().cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({' UNION ALL '.join(parts)}) noticed ORDER BY 3 DESC",
            [value for some in parameters for value in some],
        )
        rows = [_Event((models[label], pk), at) for label, pk, at in cursor.fetchall()]
    page = rows[:limit]
    page += [row for row in rows[limit:] if row.at == page[-1].at]
    return page, len(rows) > len(page)


def _noticed(model: Any) -> str:
    """The events of a model that readers may have noticed; the index ``…_event_seen`` has them."""
    table = model.pgh_event_model._meta.db_table
    return f"""(SELECT %s, pgh_obj_id, pgh_created_at FROM "{table}" event
        WHERE pgh_label IN ('corrected', 'withdrawn', 'deleted', 'published')
        AND (pgh_label <> 'deleted' OR state = 'published')
        AND (pgh_label <> 'published' OR pgh_obj_id IN (
            SELECT pgh_obj_id FROM "{table}" WHERE pgh_label = 'withdrawn'))
        AND (%s::timestamptz IS NULL OR pgh_created_at < %s)
        AND (%s::bigint IS NULL OR pgh_obj_id = %s)
        ORDER BY pgh_created_at DESC FETCH FIRST (%s) ROWS WITH TIES)"""


def _corrections(refs: Iterable[Ref]) -> dict[_Event, Correction]:
    """The corrections of some records, each by the event that it is told at."""
    return {
        _Event(ref, one.at): one
        for ref, own in versions(refs).items()
        for one in _corrections_of(ref, own)
    }


def _corrections_of(ref: Ref, own: list[Version]) -> Iterator[Correction]:
    """The corrections of one record, oldest first. What was done in one go is one correction."""
    model, pk = ref
    last = own[-1]
    seen: Version | None = None  # what readers saw last
    visible = False
    for _go, group in groupby(own, key=_one_go):
        events = list(group)
        after = events[-1]
        changes = differences(seen, after, public=True) if seen and after.public else []
        if seen and (changes or (visible and not after.public)):
            at = max((one.at for one in events if _may_be_noticed(one)), default=after.at)
            told = last.public and not _would_name(seen, after, last)
            yield Correction(
                model=model,  # type: ignore[arg-type]  # only what has states is asked for
                label=_label(after, visible=visible),
                at=at,
                note=after.note,
                title=str(last.record) if last.public else "",
                url=last.record.get_absolute_url() if last.public else "",
                changes=changes if told else [],
                id=uuid.uuid5(uuid.NAMESPACE_OID, f"{model._meta.label} {pk} {at.timestamp()}"),
            )
        visible = after.public
        seen = after if visible else seen


def _label(after: Version, *, visible: bool) -> Label:
    """What happened in one go, if ``visible`` is whether readers saw it before."""
    if after.public:
        return Label.CORRECTED if visible else Label.PUBLISHED
    return Label.DELETED if after.label == Label.DELETED else Label.WITHDRAWN


def _one_go(version: Version) -> Any:
    """A request, a command, or at least a transaction: what was in between, nobody saw."""
    if version.context_id:
        return version.context_id
    return id(version) if version.label == Label.DELETED else version.record.changed_at


def _may_be_noticed(version: Version) -> bool:
    """Whether ``_noticed`` may find it."""
    deleted = version.label == Label.DELETED
    return version.record.state == State.PUBLISHED if deleted else version.label != Label.CHANGED


def _would_name(seen: Version, after: Version, last: Version) -> bool:
    """Whether to tell a change could give away somebody who is not to be named any more."""
    unnamed = [getattr(one.record, "basis", "") == Basis.UNNAMED for one in (seen, after, last)]
    return unnamed[2] and not all(unnamed)


def corrected_on(record: Any) -> dt.datetime | None:
    """When readers were last told something else by a record from ``with_touched()``.

    Asks the database only where the record has been touched since readers first saw it and one of
    its lists names what may be a draft: only there an event can be nothing to readers.
    """
    touched_at: dt.datetime | None = record.touched_at
    if touched_at is None or not _names_records(type(record)):
        return touched_at
    found, _more = corrections(of=(type(record), record.pk))
    return found[0].at if found else None


def _names_records(model: Any) -> bool:
    return any(
        isinstance(key, ForeignKey)
        and key.name != one.owner
        and issubclass(key.related_model, Publishable)
        for one in lists_of(model)
        for key in one.rows._meta.fields
    )


def gone(model: Any, slug: str) -> Gone | None:
    """What became of the record that readers could see at that address, if it is not there now."""
    if model.objects.published().filter(slug=slug).exists():
        return None
    own = model.pgh_event_model._default_manager.filter(slug=slug)  # which never changes
    last = (
        (
            own.filter(pgh_label=Label.WITHDRAWN)
            | own.filter(pgh_label=Label.DELETED, state=State.PUBLISHED)
        )
        .order_by("-pgh_created_at")
        .first()
    )
    if last is None:
        return None
    note = (last.pgh_context or {}).get("note") or ""
    return Gone(str(model._meta.verbose_name), last.pgh_label, last.pgh_created_at, note)


# --- what differs between two texts ---


@dataclass(frozen=True, slots=True)
class Piece:
    """A few words of a text, and the space behind them."""

    text: str
    space: str
    differs: bool = False


def marked(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, those that the other has not marked.

    Texts with little in common are told whole: there is no telling what became of which word.
    """
    then, now = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    bare = [[word.rstrip() for word in words] for words in (then, now)]
    matcher = difflib.SequenceMatcher(None, bare[0], bare[1], autojunk=False)
    if matcher.ratio() < ALIKE:
        return [_piece([before])], [_piece([after])]
    steps = matcher.get_opcodes()
    return (
        [_piece(then[a:b], differs=tag != "equal") for tag, a, b, _c, _d in steps if a < b],
        [_piece(now[c:d], differs=tag != "equal") for tag, _a, _b, c, d in steps if c < d],
    )


def _piece(words: list[str], *, differs: bool = False) -> Piece:
    text = "".join(words)
    bare = text.rstrip()
    return Piece(bare, text[len(bare) :], differs)
