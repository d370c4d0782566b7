"""The rows of the timeline: rounds, meetings, deadlines, proposals, statements and outcomes.

Pure: functions take records as the QuerySets' ``with_names()`` reads them and return items, one
dataclass a kind. ``sort_key`` orders items of all kinds, and cursors of pages follow it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypedDict, TypeVar

from django.db import models
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rounds.models import (
    NOT_MET,
    AttributedClaim,
    DeadlineOutcome,
    Party,
    Round,
    RoundKind,
    Source,
    Statement,
    attribution,
)
from rounds.platform import clock
from rounds.platform.cursors import LAST_NUMBER, Cursor
from rounds.platform.translated_text import TranslatedRecord, local

Ref = dict[str, Any]  # what a page needs to name and link a party, a person or an issue
SortKey = tuple[int, int, int]


class Kind(models.TextChoices):
    """The kinds of item, as addresses name them."""

    STATEMENT = "statement", gettext_lazy("Statements")
    PROPOSAL = "proposal", gettext_lazy("Proposals")
    DEADLINE = "deadline", gettext_lazy("Deadlines")
    MEETING = "meeting", gettext_lazy("Meetings")
    ROUND = "round", gettext_lazy("Rounds")
    OUTCOME = "outcome", gettext_lazy("Outcomes")


# The order of items that begin on the same day, newest first. A round and a meeting rank the same:
# they are rows of the same table, of which a page reads on by primary key.
RANK = {
    Kind.STATEMENT.value: 0,
    Kind.OUTCOME.value: 1,
    Kind.PROPOSAL.value: 2,
    Kind.DEADLINE.value: 3,
    Kind.MEETING.value: 4,
    Kind.ROUND.value: 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """What all rows have, whatever happened; subclasses add what only their kind has.

    Templates and tables of mixed kinds read a field that a row does not have as empty.
    """

    record: Any  # the model instance that the row shows
    kind: str
    pk: int
    slug: str
    url: str
    first: dt.date
    last: dt.date | None  # None: no end is known
    approximate: bool
    when: str  # the dates in words
    title: str
    text: str = ""
    label: str = ""  # the kind in words: "ministerial meeting"
    parties: list[Ref] = field(default_factory=list)
    status: str = ""
    status_label: str = ""
    is_off: bool = False  # called off, replaced or superseded: shown struck through
    attribution: str = ""  # who says so, in words
    basis: str = ""  # of statements and proposals alone
    on_record: bool = True
    publisher: str = ""
    source_url: str = ""
    note: str = ""

    @property
    def anchor(self) -> str:
        return f"{self.kind}-{self.slug}"

    @property
    def period(self) -> str:
        """The heading to list it under: the month of its first possible day, or "Ahead"."""
        if self.first > clock.today():
            return _("Ahead")
        return formats.date_format(self.first, "YEAR_MONTH_FORMAT")

    @property
    def sort_key(self) -> SortKey:
        return sort_key(self.kind, self.first, self.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingItem(TimelineItem):
    """A round or any other meeting."""

    announced_when: str = ""  # the dates as first announced, if they were others
    venue: str = ""
    host: Ref | None = None
    replacement_title: str = ""
    replacement_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineItem(TimelineItem):
    set_by: str
    set_on: dt.date
    set_when: str  # the same in words
    is_overdue: bool  # it fell due and has no outcome
    replacement_title: str = ""
    replacement_url: str = ""

    @property
    def missed(self) -> bool:
        """Whether it was not met, by its day or before."""
        return self.status in NOT_MET


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimItem(TimelineItem):
    """A proposal, a statement or an outcome, about any number of issues."""

    issues: list[Ref] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalItem(ClaimItem):
    answered_title: str = ""  # of the proposal that it responds to
    answered_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeItem(ClaimItem):
    """How an issue ended; ``text`` is how each party came to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementItem(ClaimItem):
    quotation: str = ""
    language: str = "en"  # of the quotation
    speakers: list[Ref] = field(default_factory=list)


class DatedRecord(TranslatedRecord, Protocol):
    """A ``DatedClaim`` with a page, read with its parties: what every row shows of its record."""

    pk: int
    party_list: list[Ref]

    @property
    def slug(self) -> str: ...
    @property
    def approximate(self) -> bool: ...
    @property
    def source(self) -> Source: ...
    @property
    def first_day(self) -> dt.date: ...
    @property
    def last_day(self) -> dt.date | None: ...
    @property
    def when(self) -> str: ...

    def get_absolute_url(self) -> str: ...


class RecordFields(TypedDict):
    """Those fields of a ``TimelineItem`` that need no other record than those of its parties."""

    record: DatedRecord
    kind: str
    pk: int
    slug: str
    url: str
    first: dt.date
    last: dt.date | None
    approximate: bool
    when: str
    parties: list[Ref]


class DatedFields(RecordFields):
    """The fields that items of every kind have, but for their texts."""

    publisher: str
    source_url: str
    note: str


class AttributionFields(TypedDict):
    attribution: str
    basis: str
    on_record: bool


AnyItem = TypeVar("AnyItem", bound=TimelineItem)
Records = TypeVar("Records", bound="models.QuerySet[Any]")


def sort_key(kind: str, first: dt.date, pk: int) -> SortKey:
    """Sort an item that begins on ``first``; ascending is newest first."""
    return -first.toordinal(), RANK[kind], -pk


def round_items(rounds: Iterable[Round]) -> Iterator[MeetingItem]:
    for record in rounds:
        yield MeetingItem(
            **dated_fields(record, Kind.ROUND if record.is_round else Kind.MEETING),
            title=local(record, "name"),
            label=str(RoundKind(record.kind).label),
            text=local(record, "summary") or local(record, "agenda"),
            status=record.status,
            status_label=record.status_label,
            is_off=record.is_off,
            announced_when=record.planned_when,
            venue=local(record, "place"),
            host=_party_ref(record.host) if record.host else None,
            replacement_title=local(record.replaced_by, "name") if record.replaced_by else "",
            replacement_url=record.replaced_by.get_absolute_url() if record.replaced_by else "",
        )


def _party_ref(party: Party) -> Ref:
    return {"code": party.code, "name": local(party, "name"), "colour": party.colour}


def statement_items(statements: Iterable[Statement]) -> Iterator[StatementItem]:
    for record in statements:
        yield StatementItem(
            **dated_fields(record, Kind.STATEMENT),
            **attribution_fields(record, speakers=record.speaker_list),
            title=local(record, "summary"),
            speakers=record.speaker_list,
            label=_("statement"),
            quotation=record.quotation,
            language=record.language,
            issues=getattr(record, "issue_list", []),
        )


def statement_marks(statements: Iterable[Statement]) -> Iterator[StatementItem]:
    """Items of statements read ``with_parties()``, with no more than a chart draws of them."""
    for record in statements:
        yield StatementItem(
            **_record_fields(record, Kind.STATEMENT), title=local(record, "summary")
        )


def dated_fields(record: DatedRecord, kind: str) -> DatedFields:
    """Return the fields that items of every kind have, but for their texts."""
    return {
        **_record_fields(record, kind),
        "publisher": record.source.publisher,
        "source_url": record.source.get_absolute_url(),
        "note": local(record, "note"),
    }


def _record_fields(record: DatedRecord, kind: str) -> RecordFields:
    """Return the fields that need no other record than those of its parties."""
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
        "parties": record.party_list,
    }


def attribution_fields(
    record: AttributedClaim, *, speakers: list[Ref] | None = None
) -> AttributionFields:
    """Return who says so, in words, and whether on the record."""
    names = [speaker["name"] for speaker in speakers or ()]
    return {
        "attribution": attribution(record, names),
        "basis": record.basis,
        "on_record": record.on_the_record,
    }


def merge_items(*streams: Iterable[AnyItem]) -> list[AnyItem]:
    """Merge the items of several streams, newest first."""
    return sorted((item for stream in streams for item in stream), key=lambda item: item.sort_key)


def find_span(items: Sequence[TimelineItem]) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last day on which an item began; None without items."""
    days = [item.first for item in items]
    return (min(days), max(days)) if days else None


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry of a list: an item, and the deadlines that are shown with it."""

    item: TimelineItem
    deadlines: list[TimelineItem]

    @property
    def period(self) -> str:
        return self.item.period


def group_entries(items: Iterable[TimelineItem]) -> list[ListEntry]:
    """Turn the items of a list into its entries, in their order.

    The deadlines of a milestone's day that were met, or are pending, go with the milestone: “in
    force by 9 June” and the entry into force are not shown twice.
    """
    rows = list(items)
    milestones = {
        item.first: item
        for item in reversed(rows)
        if _is_of_one_day(item, Kind.MEETING) and item.record.is_milestone
    }
    attached: dict[str, list[TimelineItem]] = defaultdict(list)  # by the anchor of the milestone
    for item in rows:
        is_kept = item.status in {DeadlineOutcome.MET, DeadlineOutcome.PENDING}
        if is_kept and _is_of_one_day(item, Kind.DEADLINE) and item.first in milestones:
            attached[milestones[item.first].anchor].append(item)
    listed_elsewhere = {
        deadline.anchor for deadlines in attached.values() for deadline in deadlines
    }
    return [
        ListEntry(item, attached[item.anchor])
        for item in rows
        if item.anchor not in listed_elsewhere
    ]


def _is_of_one_day(item: TimelineItem, kind: Kind) -> bool:
    return (
        item.kind == kind and item.first == item.last and not item.approximate and not item.is_off
    )


# --- pages ---


def parse_cursor(text: str) -> Cursor:
    """Return the cursor that an address gives. Raises ``ValueError``."""
    return Cursor.parse(text, RANK)


def cursor_of(item: TimelineItem) -> Cursor:
    return Cursor(item.first, item.slug, item.kind)


def items_following(cursor: Cursor, items: Sequence[AnyItem]) -> list[AnyItem]:
    """Keep the items that come after the cursor in the timeline, on a later page.

    ``items`` are all of their kinds that fit the filters, so that its own item is among them.
    """
    rank = RANK[cursor.part]
    pk = next(
        (item.pk for item in items if item.slug == cursor.key and RANK[item.kind] == rank),
        LAST_NUMBER,
    )
    start = sort_key(cursor.part, cursor.day, pk)
    return [item for item in items if item.sort_key > start]


def filter_following(cursor: Cursor, records: Records, kind: str) -> Records:
    """Keep the records, all of ``kind``, that come after the cursor in the timeline."""
    rank, cursor_rank = RANK[kind], RANK[cursor.part]
    if rank == cursor_rank:
        visible: Any = records.model._default_manager
        return records.filter(cursor.after(visible.published()))
    return records.filter(cursor.by_then() if rank > cursor_rank else cursor.earlier())
