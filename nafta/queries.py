"""The items of the timeline, for its page, its files, the API, frames and forms.

From an address to a QuerySet it is three functions: the view of the timeline, ``load_timeline``
and ``timeline_items``, with ``nafta.search.filters.apply_filters``. ``filters``
are everywhere those of ``NarrowingForm``.
"""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from issues.analysis.outcome_items import outcome_items
from issues.analysis.proposal_threads import proposal_items
from issues.models import Outcome, Proposal, with_issues
from nafta.search.filters import apply_filters
from rounds.models import Deadline, Round, Statement
from rounds.platform.cursors import Cursor
from rounds.platform.databases import reading
from rounds.public.charts import MARKS
from rounds.public.deadlines import deadline_items
from rounds.public.timeline import (
    Kind,
    TimelineItem,
    items_following,
    merge_items,
    round_items,
    sort_key,
    statement_items,
    statement_marks,
)

PAGE_SIZE = 120  # items
MAX_MARKS = 1_000  # marks in the chart, the latest; the page says so of others
DATED_MODELS = (Round, Deadline, Proposal, Statement, Outcome)
BARS = {Kind.ROUND, Kind.MEETING, Kind.DEADLINE}  # the kinds that the chart draws as bars and lines
FEW_MARKS = MARKS - {Kind.STATEMENT}  # of the kinds that it marks, those with few records


@dataclass(frozen=True, slots=True)
class TimelineStream:
    """The kinds of item that one model has, its published records, and what makes items of them."""

    kinds: Set[Kind]
    records: Callable[[str], Any]  # takes the kind asked for, "" for all of the stream
    make_items: Callable[[Iterable[Any]], Iterator[TimelineItem]]


def _meetings(kind: str) -> Any:
    meetings = Round.objects.published()
    if kind == Kind.ROUND:
        return meetings.rounds_proper()
    return meetings.side_meetings() if kind == Kind.MEETING else meetings


STREAMS = [
    TimelineStream({Kind.ROUND, Kind.MEETING}, _meetings, round_items),
    TimelineStream({Kind.DEADLINE}, lambda kind: Deadline.objects.published(), deadline_items),
    TimelineStream({Kind.PROPOSAL}, lambda kind: Proposal.objects.published(), proposal_items),
    TimelineStream(
        {Kind.STATEMENT}, lambda kind: with_issues(Statement.objects.published()), statement_items
    ),
    TimelineStream({Kind.OUTCOME}, lambda kind: Outcome.objects.published(), outcome_items),
]


def timeline_items(
    filters: dict[str, Any],
    limit: int | None = PAGE_SIZE,
    among: Set[Kind] = BARS | MARKS,
) -> list[TimelineItem]:
    """The items that fit the filters, newest first, one more than ``limit`` at most."""
    kind = filters.get("kind", "")
    most = limit and limit + 1
    records: list[tuple[tuple[int, int, int], TimelineStream, Any]] = []
    for stream in STREAMS:
        if stream.kinds <= among and kind in {"", *stream.kinds}:
            first_kind = min(stream.kinds)
            fitting = apply_filters(stream.records(kind).with_names(), first_kind, filters, most)
            records += [
                (sort_key(first_kind, record.first_day, record.pk), stream, record)
                for record in fitting.latest_first()[:most]
            ]
    records.sort(key=itemgetter(0))
    return [
        item for _order, stream, record in records[:most] for item in stream.make_items([record])
    ]


def load_statement_marks(filters: dict[str, Any]) -> list[TimelineItem]:
    """The statements that fit, up to one more than the chart draws, and of each what it needs."""
    if filters.get("kind") not in {None, Kind.STATEMENT}:
        return []
    most = MAX_MARKS + 1
    statements = Statement.objects.published().with_parties()
    fitting = apply_filters(statements, Kind.STATEMENT, filters, most)
    return list(statement_marks(fitting.latest_first()[:most]))


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of the timeline and its chart, of the same items."""

    items: list[TimelineItem]  # of the page
    has_more: bool
    bars: list[TimelineItem]  # on every page
    marks: list[TimelineItem]  # on every page, up to one more than the chart draws

    @property
    def marks_drawn(self) -> list[TimelineItem]:
        return self.marks[:MAX_MARKS]

    @property
    def has_undrawn(self) -> bool:
        return len(self.marks) > MAX_MARKS


EMPTY_TIMELINE = Timeline([], False, [], [])


def load_timeline(filters: dict[str, Any]) -> Timeline:
    """The page that ``filters`` ask for. What the chart needs of all pages is not read twice."""
    cursor: Cursor | None = filters.get("page")
    every_page = {name: value for name, value in filters.items() if name != "page"}
    bars = timeline_items(every_page, limit=None, among=BARS)  # a calendar needs them all
    few = timeline_items(every_page, limit=MAX_MARKS, among=FEW_MARKS)
    read_already, paged = merge_items(bars, few), {Kind.STATEMENT}
    if len(few) > MAX_MARKS:  # there are older ones, which only the page's own query has
        read_already, paged = bars, MARKS
    items = merge_items(
        items_following(cursor, read_already) if cursor else read_already,
        timeline_items(filters, among=paged),
    )
    has_more = len(items) > PAGE_SIZE
    statements = [item for item in items if item.kind == Kind.STATEMENT]
    if has_more or cursor:
        statements = load_statement_marks(every_page)
    return Timeline(items[:PAGE_SIZE], has_more, bars, merge_items(few, statements))


def timeline_years() -> list[int]:
    """The years in which anything in the record began, newest first.

    Each year is looked up in the indexes: no row is counted.
    """
    began = [
        f"""SELECT lower(dates) AS day FROM "{model._meta.db_table}" WHERE state = 'published'"""
        for model in DATED_MODELS
    ]
    ends = [
        f"({select} ORDER BY lower(dates) {direction}, id {direction} LIMIT 1)"
        for select in began
        for direction in ("ASC", "DESC")
    ]
    in_year = [
        f"""EXISTS ({select} AND lower(dates) >= make_date(year, 1, 1)
            AND lower(dates) < make_date(year + 1, 1, 1)
            ORDER BY lower(dates) DESC, id DESC LIMIT 1)"""
        for select in began
    ]
    with reading().cursor() as cursor:
        cursor.execute(
            f"""SELECT year FROM (
                SELECT date_part('year', min(day))::integer AS first,
                    date_part('year', max(day))::integer AS last
                FROM ({" UNION ALL ".join(ends)}) AS ends
            ) AS years, generate_series(last, first, -1) AS year
            WHERE {" OR ".join(in_year)}"""
        )
        return [year for (year,) in cursor.fetchall()]
