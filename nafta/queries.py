"""What the timeline asks of the record, for its page, files, API and embeds."""

from collections.abc import Callable, Set
from operator import itemgetter
from typing import Any

from issues.analysis.proposal_threads import proposal_items
from issues.models import Proposal, with_issues
from nafta.search.filters import narrowed
from rounds.models import (
    Deadline,
    Round,
    Statement,
)
from rounds.platform.databases import reading
from rounds.public.charts import MARKS
from rounds.public.timeline import (
    Item,
    Kind,
    deadline_items,
    mark_items,
    order,
    round_items,
    statement_items,
)

TIMELINE_PAGE = 180  # items
MARKED = 1_000  # proposals and statements in the chart, the latest; of older ones it says so
DATED = (Round, Deadline, Proposal, Statement)
BARS = {Kind.ROUND, Kind.MEETING, Kind.DEADLINE}  # what the chart draws as bars and lines


def timeline_years() -> list[int]:
    """The years in which anything in the record began, newest first.

    Each year is looked up in the indexes: no row is counted.
    """
    began = [
        f"""SELECT lower(dates) AS day FROM "{model._meta.db_table}" WHERE state = 'published'"""
        for model in DATED
    ]
    ends = [
        f"({one} ORDER BY lower(dates) {way}, id {way} LIMIT 1)"
        for one in began
        for way in ("ASC", "DESC")
    ]
    any_of = [
        f"""EXISTS ({one} AND lower(dates) >= make_date(year, 1, 1)
            AND lower(dates) < make_date(year + 1, 1, 1)
            ORDER BY lower(dates) DESC, id DESC LIMIT 1)"""
        for one in began
    ]
    with reading().cursor() as cursor:
        cursor.execute(
            f"""SELECT year FROM (
                SELECT date_part('year', min(day))::integer AS first,
                    date_part('year', max(day))::integer AS last
                FROM ({" UNION ALL ".join(ends)}) AS ends
            ) AS all_of_it, generate_series(last, first, -1) AS year
            WHERE {" OR ".join(any_of)}"""
        )
        return [year for (year,) in cursor.fetchall()]


def all_bars(wishes: dict[str, Any]) -> list[Item]:
    """The meetings and deadlines asked for, whichever page of them: a calendar needs them all."""
    return timeline_items(_whole(wishes), limit=None, among=BARS)


def all_proposals(wishes: dict[str, Any]) -> list[Item]:
    """The proposals asked for, on whichever page, up to one more than the chart draws."""
    return timeline_items(_whole(wishes), limit=MARKED, among={Kind.PROPOSAL})


def all_statements(wishes: dict[str, Any]) -> list[Item]:
    """As ``all_proposals``; only what the chart needs of each."""
    if wishes.get("kind") not in {None, Kind.STATEMENT}:
        return []
    statements = Statement.objects.published().with_parties()
    latest = _latest(statements, Kind.STATEMENT, _whole(wishes), MARKED + 1)
    return list(mark_items(latest, Kind.STATEMENT, "summary"))


def _whole(wishes: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, all pages of it."""
    return {name: value for name, value in wishes.items() if name != "page"}


def timeline_items(
    wishes: dict[str, Any],
    limit: int | None = TIMELINE_PAGE,
    among: Set[Kind] = BARS | MARKS,
) -> list[Item]:
    """The items asked for, newest first, one more than ``limit`` at most."""
    streams: list[tuple[set[Kind], Any, Callable[[], Any]]] = [
        ({Kind.ROUND, Kind.MEETING}, round_items, lambda: _meetings(wishes.get("kind"))),
        ({Kind.DEADLINE}, deadline_items, Deadline.objects.published),
        ({Kind.PROPOSAL}, proposal_items, Proposal.objects.published),
        ({Kind.STATEMENT}, statement_items, lambda: with_issues(Statement.objects.published())),
    ]
    most = limit and limit + 1
    found = [
        (order(min(kinds), record.first_day, record.pk), build, record)
        for kinds, build, records in streams
        if kinds <= among and wishes.get("kind") in {None, *kinds}
        for record in _latest(records().with_names(), min(kinds), wishes, most)
    ]
    found.sort(key=itemgetter(0))
    return [item for _order, build, record in found[:most] for item in build([record])]


def _latest(records: Any, kind: Kind, wishes: dict[str, Any], most: int | None) -> Any:
    return narrowed(records, kind, wishes, most).latest_first()[:most]


def _meetings(kind: str | None) -> Any:
    """All of them, or the rounds, or those beside the rounds."""
    meetings = Round.objects.published()
    if kind == Kind.ROUND:
        return meetings.rounds_proper()
    return meetings.beside() if kind == Kind.MEETING else meetings
