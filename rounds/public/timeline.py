"""The rows of the timeline: every kind of thing that happened, as one kind of row.

Pure: functions take records as the QuerySets' ``with_names()`` reads them and return rows.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rounds.models import (
    NOT_MET,
    OVERDUE,
    AttributedClaim,
    DatedQuerySet,
    Deadline,
    DeadlineOutcome,
    Party,
    Round,
    RoundKind,
    Statement,
    attribution,
)
from rounds.platform import clock
from rounds.platform.cursors import Cursor
from rounds.platform.dates import first_day, last_day
from rounds.platform.translated_text import local

Ref = dict[str, Any]  # what a page needs to name and link a party, a person, an issue


class Kind(models.TextChoices):
    """What an item is."""

    STATEMENT = "statement", gettext_lazy("Statements")
    PROPOSAL = "proposal", gettext_lazy("Proposals")
    DEADLINE = "deadline", gettext_lazy("Deadlines")
    MEETING = "meeting", gettext_lazy("Meetings")
    ROUND = "round", gettext_lazy("Rounds")


# The order of items of one day, newest first; a round and a meeting are the same kind of record.
RANK = {
    Kind.STATEMENT.value: 0,
    Kind.PROPOSAL.value: 1,
    Kind.DEADLINE.value: 2,
    Kind.MEETING.value: 3,
    Kind.ROUND.value: 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row: a round, meeting, deadline, proposal or statement."""

    record: Any  # what it is a row of
    kind: str
    pk: int
    slug: str
    url: str
    first: dt.date
    last: dt.date | None  # None: open
    approximate: bool
    when: str
    title: str
    text: str = ""
    label: str = ""  # the kind in a reader's words: "ministerial meeting"
    quotation: str = ""
    language: str = "en"
    attribution: str = ""
    basis: str = ""
    speakers: list[Ref] = field(default_factory=list)
    on_record: bool = True
    status: str = ""
    status_label: str = ""
    is_overdue: bool = False  # a deadline that fell due and has no outcome
    is_off: bool = False
    was: str = ""  # the dates as first announced
    place: str = ""
    host: Ref | None = None
    set_by: str = ""
    set_on: dt.date | None = None
    set_when: str = ""
    next_title: str = ""
    next_url: str = ""
    publisher: str = ""
    source_url: str = ""
    note: str = ""
    parties: list[Ref] = field(default_factory=list)
    issues: list[Ref] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"{self.kind}-{self.slug}"

    @property
    def missed(self) -> bool | None:
        """Whether a deadline was not met, by its day or before; None for any other item."""
        return self.status in NOT_MET if self.kind == Kind.DEADLINE else None

    @property
    def period(self) -> str:
        """The month to file it under, by the first day it could have been; or that it is ahead."""
        if self.first > clock.today():
            return _("Ahead")
        return formats.date_format(self.first, "YEAR_MONTH_FORMAT")

    @property
    def order(self) -> tuple[int, int, int]:
        """Ascending is newest first."""
        return order(self.kind, self.first, self.pk)


def order(kind: str, first: dt.date, pk: int) -> tuple[int, int, int]:
    return -first.toordinal(), RANK[kind], -pk


def round_items(rounds: Iterable[Round]) -> Iterator[Item]:
    for record in rounds:
        yield Item(
            **dated(record, Kind.ROUND if record.is_round else Kind.MEETING),
            title=local(record, "name"),
            label=str(RoundKind(record.kind).label),
            text=local(record, "summary") or local(record, "agenda"),
            status=record.status,
            status_label=record.status_words,
            is_off=record.is_off,
            was=record.planned_when,
            place=local(record, "place"),
            host=ref(record.host) if record.host else None,
            next_title=local(record.replaced_by, "name") if record.replaced_by else "",
            next_url=record.replaced_by.get_absolute_url() if record.replaced_by else "",
        )


def ref(party: Party) -> Ref:
    return {"code": party.code, "name": local(party, "name"), "colour": party.colour}


def deadline_items(deadlines: Iterable[Deadline], day: dt.date | None = None) -> Iterator[Item]:
    """Rows of deadlines, with their outcome as it was on ``day``; None is now."""
    for record in deadlines:
        ahead = day is not None and record.first_day > day
        outcome = DeadlineOutcome.PENDING if ahead else DeadlineOutcome(record.outcome)
        later = None if ahead else record.superseded_by
        due = record.last_day or record.first_day
        passed = due < (day or clock.today())
        overdue = outcome == DeadlineOutcome.PENDING and passed
        yield Item(
            **dated(record, Kind.DEADLINE),
            title=local(record, "name"),
            label=_("deadline"),
            text=local(record, "basis"),
            attribution=_("Set by %(who)s, %(when)s")
            % {"who": local(record, "set_by"), "when": record.set_on_words},
            status=outcome,
            status_label=_deadline_words(
                outcome, passed=passed, is_early=_is_moved_early(record, day or clock.today())
            ),
            is_overdue=overdue,
            is_off=later is not None,
            set_by=local(record, "set_by"),
            set_on=first_day(record.set_on),
            set_when=record.set_on_words,
            next_title=local(later, "name") if later else "",
            next_url=later.get_absolute_url() if later else "",
        )


def _is_moved_early(deadline: Deadline, day: dt.date) -> bool:
    """Whether a deadline that was moved was given up before its day.

    Its successor was set when it was given up. Without one, only ``day`` tells: what was moved
    while it was still ahead was given up before.
    """
    successor = deadline.superseded_by
    if successor is None:
        return deadline.first_day > day
    moved_on = last_day(successor.set_on) or first_day(successor.set_on)
    return moved_on < (deadline.last_day or deadline.first_day)


def _deadline_words(outcome: DeadlineOutcome, *, passed: bool, is_early: bool) -> str:
    """What became of a deadline, and of one that was moved, whether that was before its day."""
    if outcome == DeadlineOutcome.PENDING and passed:
        return str(OVERDUE)
    if outcome == DeadlineOutcome.MOVED:
        return _("moved (given up before its day)") if is_early else _("moved (missed)")
    return str(outcome.label)


class DeadlineStatus(models.TextChoices):
    """What deadlines can be narrowed by. One that was moved was missed too, one overdue pends."""

    MISSED = "missed", pgettext_lazy("several deadlines", "missed")
    MOVED = "moved", gettext_lazy("of these moved to another day")
    MET = "met", pgettext_lazy("several deadlines", "met")
    PENDING = "pending", pgettext_lazy("several deadlines", "pending")
    OVERDUE = "overdue", gettext_lazy("of these due without an outcome")

    def holds(self, item: Item) -> bool:
        """Whether it is so of a deadline."""
        if self == DeadlineStatus.MISSED:
            return bool(item.missed)
        return item.is_overdue if self == DeadlineStatus.OVERDUE else item.status == self.value


def chained(deadlines: Iterable[Item]) -> list[Item]:
    """Deadlines chain by chain, each before what replaced it; chains by when they began."""
    rows = {item.pk: item for item in deadlines}
    chains: dict[int, list[tuple[int, Item]]] = defaultdict(list)
    for item in rows.values():
        last, steps = item, 0
        while (following := rows.get(last.record.superseded_by_id)) is not None:
            last, steps = following, steps + 1
        chains[last.pk].append((steps, item))

    def begun(item: Item) -> tuple[dt.date, int]:
        return item.set_on or item.first, item.pk

    ordered = [
        [item for _steps, item in sorted(chain, key=lambda one: (-one[0], begun(one[1])))]
        for chain in chains.values()
    ]
    return [item for chain in sorted(ordered, key=lambda one: begun(one[0])) for item in chain]


def statement_items(statements: Iterable[Statement]) -> Iterator[Item]:
    for record in statements:
        yield Item(
            **dated(record, Kind.STATEMENT),
            **attributed(record, speakers=record.speaker_list),  # type: ignore[attr-defined]
            title=local(record, "summary"),
            speakers=record.speaker_list,  # type: ignore[attr-defined]
            label=_("statement"),
            quotation=record.quotation,
            language=record.language,
            issues=getattr(record, "issue_list", []),
        )


def mark_items(records: Iterable[Any], kind: str, title: str) -> Iterator[Item]:
    """What a chart draws of records read ``with_parties()``, whose ``title`` is that field."""
    for record in records:
        yield Item(
            record=record,
            kind=kind,
            pk=record.pk,
            slug=record.slug,
            url=record.get_absolute_url(),
            first=record.first_day,
            last=record.last_day,
            approximate=record.approximate,
            when=record.when,
            title=local(record, title),
            parties=record.party_list,
        )


def dated(record: Any, kind: str) -> dict[str, Any]:
    """What every item has."""
    return {
        "record": record,
        "kind": kind,
        "pk": record.pk,
        "slug": record.slug,
        "url": record.get_absolute_url(),
        "first": record.first_day,
        "last": record.last_day,
        "approximate": record.approximate,
        "when": record.when,
        "publisher": record.source.publisher,
        "source_url": record.source.get_absolute_url(),
        "note": local(record, "note"),
        "parties": record.party_list,
    }


def attributed(record: AttributedClaim, *, speakers: list[Ref] | None = None) -> dict[str, Any]:
    """Who says so, in a reader's words, and whether on the record."""
    names = [speaker["name"] for speaker in speakers or ()]
    return {
        "attribution": attribution(record, names),
        "basis": record.basis,
        "on_record": record.on_the_record,
    }


def merged(*streams: Iterable[Item]) -> list[Item]:
    """The items of several streams, newest first."""
    return sorted((item for stream in streams for item in stream), key=lambda item: item.order)


def span(items: Sequence[Item]) -> tuple[dt.date, dt.date] | None:
    """The first and the last day on which any of the items began."""
    days = [item.first for item in items]
    return (min(days), max(days)) if days else None


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry of a list: an item, and the deadlines that are told with it."""

    item: Item
    deadlines: list[Item]

    @property
    def period(self) -> str:
        return self.item.period


def entries(items: Iterable[Item]) -> list[ListEntry]:
    """The items of a list in its order. A milestone has the deadlines of its day that were met, or
    are still to be: “in force by 9 June” and the entry into force are not told twice.
    """
    rows = list(items)
    milestones = {
        item.first: item
        for item in reversed(rows)
        if _is_of_one_day(item, Kind.MEETING) and item.record.is_milestone
    }
    attached: dict[str, list[Item]] = defaultdict(list)  # by the anchor of the milestone
    for item in rows:
        stands = item.status in {DeadlineOutcome.MET, DeadlineOutcome.PENDING}
        if stands and _is_of_one_day(item, Kind.DEADLINE) and item.first in milestones:
            attached[milestones[item.first].anchor].append(item)
    apart = {deadline.anchor for deadlines in attached.values() for deadline in deadlines}
    return [ListEntry(item, attached[item.anchor]) for item in rows if item.anchor not in apart]


def _is_of_one_day(item: Item, kind: Kind) -> bool:
    return (
        item.kind == kind and item.first == item.last and not item.approximate and not item.is_off
    )


# --- pages ---


def cursor_at(text: str) -> Cursor:
    """A place in the timeline, as an address has it. Raises ``ValueError``."""
    return Cursor.parse(text, RANK)


def cursor_of(item: Item) -> Cursor:
    return Cursor(item.first, item.pk, item.kind)


def follows(item: Item, cursor: Cursor) -> bool:
    return item.order > order(cursor.part, cursor.day, cursor.pk)


def following(cursor: Cursor, records: DatedQuerySet, kind: str) -> DatedQuerySet:
    """The records, all of ``kind``, that follow in the timeline."""
    rank, last = RANK[kind], RANK[cursor.part]
    if rank == last:
        return records.filter(cursor.after())
    return records.filter(cursor.by_then() if rank > last else cursor.earlier())
