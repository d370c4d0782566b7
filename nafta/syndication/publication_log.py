"""The publication log: what this site published, newest first. The feeds show it.

The timeline is ordered by when things happened, the log by when readers could first see them. An
entry is a record with all that belongs to it: a position is in the entry of the statement or
proposal that it rests on.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from issues.analysis.outcome_items import outcome_items
from issues.analysis.proposal_threads import proposal_items
from issues.models import Outcome, Position, Proposal, with_issues
from nafta.search.backend import Search
from nafta.search.filters import apply_filters
from rounds.history.revision_counts import RevisionCount, count_revisions
from rounds.history.versions import Ref
from rounds.models import (
    Basis,
    DatedQuerySet,
    Deadline,
    Negotiation,
    Round,
    Source,
    Statement,
)
from rounds.public.deadlines import deadline_items
from rounds.public.stable_ids import build_stable_id
from rounds.public.timeline import Kind, TimelineItem, round_items, statement_items

MAX_ENTRIES = 50

# What an entry shows besides its own record: a revision of these is one of the entry.
RELATED_FIELDS = {
    Round: ("source", "parties"),
    Deadline: ("source", "parties"),
    Proposal: ("source", "parties", "issue", "positions", "earlier_statuses"),
    Outcome: ("source", "issue", "parties"),
    Statement: ("source", "parties", "speakers", "issues", "positions"),
    Position: ("party", "issue"),
}
Build = Callable[[Iterable[Any]], Iterator[TimelineItem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An entry of a feed: a record, and when it was published."""

    item: TimelineItem
    urn: str
    published: dt.datetime
    updated: dt.datetime
    source: Source
    basis: str  # the label
    positions: list[Position]  # that rest on it


def load_feed_entries(filters: dict[str, Any], negotiation: Negotiation | None) -> list[FeedEntry]:
    """Return the latest published entries of a timeline with ``filters``."""
    latest = [
        (record, build)
        for kind, build, records in _streams()
        for record in _latest(kind, records, filters)
    ]
    latest.sort(key=lambda row: (row[0].published_at, row[0].pk), reverse=True)
    rows = [(record, item) for record, build in latest[:MAX_ENTRIES] for item in build([record])]
    records = [record for record, _item in rows]
    resting = _positions_by_evidence(records)
    shown = [*records, *(position for positions in resting.values() for position in positions)]
    revisions = count_revisions(
        [(type(position), position.pk) for position in shown], RELATED_FIELDS
    )
    return [
        FeedEntry(
            item=item,
            urn=build_stable_id(record, negotiation).urn,
            published=record.published_at,
            updated=_last_updated([record, *resting[item.kind, record.pk]], revisions),
            source=record.source,
            basis=str(Basis(item.basis).label) if item.basis else "",
            positions=resting[item.kind, record.pk],
        )
        for record, item in rows
    ]


def _last_updated(shown: Iterable[Any], revisions: dict[Ref, RevisionCount]) -> dt.datetime:
    """Return when an entry last changed: by a revision, or because a deadline is overdue."""
    times: list[dt.datetime | None] = [revisions[type(record), record.pk].last for record in shown]
    times += [getattr(record, "overdue_since", None) for record in shown]
    return max(filter(None, times))


def _streams() -> list[tuple[Kind, Build, DatedQuerySet]]:
    return [
        (Kind.ROUND, round_items, Round.objects.published().with_names()),
        (Kind.DEADLINE, deadline_items, Deadline.objects.published().with_names()),
        (Kind.PROPOSAL, proposal_items, Proposal.objects.published().with_names()),
        (Kind.OUTCOME, outcome_items, Outcome.objects.published().with_names()),
        (
            Kind.STATEMENT,
            statement_items,
            with_issues(Statement.objects.published().with_names()),
        ),
    ]


def _latest(kind: Kind, records: DatedQuerySet, filters: dict[str, Any]) -> DatedQuerySet:
    matches = apply_filters(records, kind, filters)
    if not filters or kind != Kind.STATEMENT:
        return matches.latest_published(MAX_ENTRIES)
    # to sort all matches of a rare filter by publication would read every statement
    matches = matches.filter(
        pk__in=Search.from_filters(filters).recent_statement_ids()
    ).with_publication_times()
    return matches.order_by("-published_at", "-pk")[:MAX_ENTRIES]


def _positions_by_evidence(records: Iterable[Any]) -> dict[tuple[str, int], list[Any]]:
    """Return the published positions that rest on each statement and proposal, by kind and id."""
    pks: dict[type, list[int]] = defaultdict(list)
    for record in records:
        pks[type(record)].append(record.pk)
    resting: dict[tuple[str, int], list[Any]] = defaultdict(list)
    rests_on = Q(statement__in=pks[Statement]) | Q(proposal__in=pks[Proposal])
    positions = Position.objects.published().filter(rests_on)
    for position in positions.with_titles().with_evidence():
        key = (
            (Kind.STATEMENT, position.statement_id)
            if position.statement_id
            else (Kind.PROPOSAL, position.proposal_id)
        )
        resting[key].append(position)
    return resting
