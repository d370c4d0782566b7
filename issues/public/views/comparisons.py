"""Pages that compare parties, rounds or days. Each view: guard, query, context, render."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues.analysis import changes_between
from issues.analysis.comparisons import count_closeness, follow_party, pair_parties
from issues.analysis.number_gaps import NumberGap, find_number_gaps
from issues.analysis.stance_distance import (
    FARTHEST,
    IssueDistances,
    Trend,
    find_settled,
    measure_distances,
)
from issues.matrix.party_history import NEVER
from issues.matrix.rows import meetings_compared
from issues.matrix.site_state import SiteState
from issues.models import Measure, Progress, Proposal
from issues.public.params import CompareForm, MovedForm
from issues.public.tables import (
    LevelFile,
    NumberGapFile,
    PointFile,
    cells_file,
    pairing_file,
    party_record_file,
    widest_file,
)
from rounds.history.as_of import AsOf
from rounds.models import Deadline, Party
from rounds.public.known_param import AsPublished, supports_known
from rounds.public.params import AsOfForm, accepts
from rounds.public.tables import ItemFile
from rounds.tabular.exports import FileTable, render_page_or_file


@accepts(CompareForm, files=True)
@supports_known
def compare(request: HttpRequest, as_published: AsPublished) -> HttpResponse:
    """Two parties issue by issue, or one party round by round."""
    parties = list(Party.objects.all())
    form = CompareForm(request.GET, parties=parties)
    pair = form.pair if any(request.GET.getlist("party")) else parties[:2]
    state = SiteState.load(form.effective_as_of, form.rounds, parties=pair)
    context: dict[str, Any] = {
        "as_published": as_published,
        **form.context,
        "previous": state.previous,
        "parties": parties,
        "pair": pair,
        **(_compared_parties(state) if len(pair) == 2 else _followed_party(state)),
    }

    def files() -> dict[str, FileTable]:
        if not pair:
            return {}
        rows, caption = context["rows"], _("Positions of the parties by issue")
        if len(pair) == 1:
            return {"positions": party_record_file(rows, context["meetings"], caption=caption)}
        cells = [(row.issue, row.cells) for row in rows]
        return {
            "positions": cells_file(cells, caption=caption),
            "distances": pairing_file(rows, caption=_("How far apart")),
        }

    return render_page_or_file(
        request,
        "issues/compare.html",
        context,
        files=files,
        name="-".join(["compare", *(party.code for party in pair)]),
        as_of=state.day,
        status=200 if form.is_valid() else 400,
    )


def _compared_parties(state: SiteState) -> dict[str, Any]:
    settled = find_settled(Progress.objects.published(), state.rounds, state.day)
    pairings = pair_parties(state, settled)
    rows = [row for row in pairings if row.recorded]
    return {
        "rows": rows,
        "unrecorded": [row for row in pairings if not row.recorded],
        "counted": count_closeness(rows),
    }


def _followed_party(state: SiteState) -> dict[str, Any]:
    """The context of one party over the meetings; nothing where no party was asked for."""
    if not state.parties:
        return {}
    noted = Progress.objects.published().values_list("round_id", flat=True)
    meetings = meetings_compared(state.rounds, state.day, set(noted))
    records = follow_party(state, meetings)
    return {
        "meetings": meetings,
        "rows": [row for row in records if row.recorded],
        "unrecorded": [row for row in records if not row.recorded],
    }


@accepts(AsOfForm, files=True)
@supports_known
def distance(request: HttpRequest, as_published: AsPublished) -> HttpResponse:
    """How far apart the two farthest parties are on each issue, over the meetings."""
    form = AsOfForm(request.GET)
    state = SiteState.load(form.effective_as_of, form.rounds)
    distances = measure_distances(state, Progress.objects.published())
    meetings = distances[0].spreads if distances else []
    show_now = not meetings or meetings[-1].day < state.day
    gaps = _number_gaps(state.day)
    open_rows = [row for row in distances if row.has_distance and not row.now.settled]
    settled_rows = [row for row in distances if row.has_distance and row.now.settled]
    context: dict[str, Any] = {
        "as_published": as_published,
        **form.context,
        "previous": state.previous,
        "meetings": meetings,
        "show_now": show_now,
        "rows": open_rows,
        "settled": settled_rows,
        "unknown": [row for row in distances if not row.has_distance],
        "trends": _rows_by_trend(distances) if state.previous else [],
        "number_gaps": gaps,
        "farthest": FARTHEST,
    }

    def files() -> dict[str, FileTable]:
        rows = open_rows + settled_rows
        return {
            "distances": widest_file(rows, now=show_now, caption=_("How far apart")),
            "numbers": NumberGapFile(gaps, caption=_("Between their numbers")),
        }

    return render_page_or_file(
        request,
        "issues/distance.html",
        context,
        files=files,
        name="distance",
        as_of=state.day,
        status=200 if form.is_valid() else 400,
    )


def _rows_by_trend(
    distances: Iterable[IssueDistances],
) -> list[tuple[Trend, list[IssueDistances]]]:
    rows = [row for row in distances if row.widest]
    return [
        (trend, [row for row in rows if row.trend == trend])
        for trend in Trend
        if trend != Trend.UNKNOWN
    ]


def _number_gaps(day: dt.date) -> list[NumberGap]:
    """The gaps between parties' numbers on ``day``, for every measure of the record."""
    proposals = list(Proposal.objects.published().as_of(day).with_names().with_terms())
    return [
        gap
        for measure in Measure.objects.published().select_related("issue")
        for gap in find_number_gaps(measure, proposals, day)
    ]


@accepts("from", "to", files=True)
@supports_known
def moved(request: HttpRequest, as_published: AsPublished) -> HttpResponse:
    """Everything that changed between two days, issue by issue."""
    form = MovedForm(request.GET)
    start, to = form.span
    state = SiteState.load(to, form.rounds)
    if start is None and state.previous and state.news_after:
        start = AsOf(state.news_after, state.previous)
    after = start.day if start else NEVER
    rows = _changes(state, after)
    deadlines = changes_between.find_deadline_moves(
        Deadline.objects.published().with_names(), state.day, after
    )
    meetings = changes_between.find_meetings_between(state.rounds, state.day, after)
    stances = [(row.issue, moves.steps) for row in rows for moves in row.stances]
    levels = [row.level for row in rows if row.level]
    numbers = [point for row in rows for move in row.numbers for point in move.by_party]
    answers = [item for row in rows for item in row.answers]
    context = {
        "as_published": as_published,
        "form": form,
        "start": start,
        "to": to,
        "query": to.query,
        "rounds": [each for each in state.rounds if each.took_place],
        "rows": rows,
        "takes": {
            "stances": stances,
            "progress": levels,
            "numbers": numbers,
            "answers": answers,
        },
        "summary": changes_between.summarise(rows, deadlines, meetings),
        "deadlines": deadlines,
        "meetings": meetings,
    }

    def files() -> dict[str, FileTable]:
        return {
            "stances": cells_file(stances, caption=_("What moved")),
            "progress": LevelFile(levels, caption=_("How far it got")),
            "numbers": PointFile(numbers, caption=_("The numbers")),
            "answers": ItemFile(answers, caption=_("Counter-proposals")),
            "deadlines": ItemFile([move.item for move in deadlines], caption=_("Deadlines")),
            "meetings": ItemFile(meetings, caption=_("Meetings")),
        }

    return render_page_or_file(
        request,
        "issues/moved.html",
        context,
        files=files,
        name=slugify(f"moved since {after.isoformat()}") if start else "moved",
        as_of=state.day,
        status=200 if form.is_valid() else 400,
    )


def _changes(state: SiteState, after: dt.date) -> list[changes_between.IssueChanges]:
    return changes_between.find_changes(
        state,
        after,
        Progress.objects.published().select_related("round", "issue", "source"),
        Measure.objects.published().select_related("source", "agreed_source"),
        Proposal.objects.published().as_of(state.day).with_names().with_terms(),
    )
