"""What this site published, newest first: the rows of its feeds.

The timeline tells things in the order in which they happened, this in that in which readers could
first see them. An entry is a record with all that was published with it: a position shows in the
entry of what it rests on.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from issues.analysis.proposal_threads import proposal_items
from issues.models import Position, Proposal, with_issues
from nafta.search.backend import Search
from nafta.search.filters import narrowed
from rounds.history.revision_counts import RevisionCount, count_revisions
from rounds.history.versions import Ref
from rounds.models import Basis, Deadline, Negotiation, Round, Source, Statement
from rounds.public.stable_ids import build_stable_id
from rounds.public.timeline import Kind, TimelineItem, deadline_items, round_items, statement_items

LIMIT = 50  # entries

MADE_OF = {
    Round: ("source", "parties"),
    Deadline: ("source", "parties"),
    Proposal: ("source", "parties", "issue", "positions"),
    Statement: ("source", "parties", "speakers", "issues", "positions"),
    Position: ("party", "issue"),
}
Build = Callable[[Iterable[Any]], Iterator[TimelineItem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that this site published, and when."""

    item: TimelineItem
    urn: str
    published: dt.datetime
    updated: dt.datetime
    source: Source
    basis: str  # in words
    positions: list[Position]  # that rest on it


def entries(filters: dict[str, Any], negotiation: Negotiation | None) -> list[Entry]:
    """The last that were published of what the timeline shows for the same ``filters``."""
    found = [
        (record, build)
        for kind, build, records in _streams()
        for record in _latest(kind, records, filters)
    ]
    found.sort(key=lambda row: (row[0].published_at, row[0].pk), reverse=True)
    rows = [(record, item) for record, build in found[:LIMIT] for item in build([record])]
    records = [record for record, _item in rows]
    resting = _positions(records)
    shown = [*records, *(one for some in resting.values() for one in some)]
    told = count_revisions([(type(one), one.pk) for one in shown], MADE_OF)
    return [
        Entry(
            item=item,
            urn=build_stable_id(record, negotiation).urn,
            published=record.published_at,
            updated=_updated([record, *resting[item.kind, record.pk]], told),
            source=record.source,
            basis=str(Basis(item.basis).label) if item.basis else "",
            positions=resting[item.kind, record.pk],
        )
        for record, item in rows
    ]


def _updated(shown: Iterable[Any], told: dict[Ref, RevisionCount]) -> dt.datetime:
    """When anything of an entry last changed, a day that went by without a word included."""
    times: list[dt.datetime | None] = [told[type(one), one.pk].last for one in shown]
    times += [getattr(one, "overdue_since", None) for one in shown]
    return max(filter(None, times))


def _streams() -> list[tuple[Kind, Build, Any]]:
    return [
        (Kind.ROUND, round_items, Round.objects.published().with_names()),
        (Kind.DEADLINE, deadline_items, Deadline.objects.published().with_names()),
        (Kind.PROPOSAL, proposal_items, Proposal.objects.published().with_names()),
        (
            Kind.STATEMENT,
            statement_items,
            with_issues(Statement.objects.published().with_names()),
        ),
    ]


def _latest(kind: Kind, records: Any, filters: dict[str, Any]) -> Any:
    fits = narrowed(records, kind, filters)
    if not filters or kind != Kind.STATEMENT:
        return fits.latest_published(LIMIT)
    # what is rare would be looked for in all that there are
    fits = fits.filter(pk__in=Search.of(filters).lately()).with_publication_times()
    return fits.order_by("-published_at", "-pk")[:LIMIT]


def _positions(records: Iterable[Any]) -> dict[tuple[str, int], list[Any]]:
    """The published positions that rest on each statement and proposal, by kind and number."""
    pks: dict[type, list[int]] = defaultdict(list)
    for record in records:
        pks[type(record)].append(record.pk)
    resting: dict[tuple[str, int], list[Any]] = defaultdict(list)
    rests = Q(statement__in=pks[Statement]) | Q(proposal__in=pks[Proposal])
    for position in (
        Position.objects.published().filter(rests).select_related("party", "issue", "proposal")
    ):
        key = (
            (Kind.STATEMENT, position.statement_id)
            if position.statement_id
            else (Kind.PROPOSAL, position.proposal_id)
        )
        resting[key].append(position)
    return resting
