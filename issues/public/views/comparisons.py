"""Pages that hold one against another: parties, rounds, days. Guard, query, context, render."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues.analysis import changes_between as moving
from issues.analysis import comparisons as comparing
from issues.analysis import stance_distance
from issues.analysis.number_gaps import NumberGap, number_gaps
from issues.analysis.stance_distance import Trend
from issues.matrix.cells import NEVER, history
from issues.matrix.rows import Scene, milestones
from issues.models import Issue, Measure, Position, Progress, Proposal
from issues.public.params import CompareForm, MovedForm
from issues.public.tables import (
    LevelFile,
    NumberGapFile,
    PointFile,
    cells_of,
    course_file,
    pairing_file,
    widest_file,
)
from issues.public.views.issues import end_of_previous
from rounds.history.as_of import AsOf
from rounds.models import Deadline, Party, Round
from rounds.public.known_param import two_clocks
from rounds.public.params import AsOfForm
from rounds.public.tables import ItemFile
from rounds.tabular.exports import FileTable, page


@two_clocks
def compare(request: HttpRequest) -> HttpResponse:
    rounds = list(Round.objects.published().in_order())
    parties = list(Party.objects.all())
    form = CompareForm(request.GET, parties=parties, rounds=rounds)
    as_of = form.wish
    pair = form.pair if any(request.GET.getlist("party")) else parties[:2]
    after, previous = end_of_previous(as_of, rounds)
    issues = list(Issue.objects.published())
    positions = Position.objects.published().as_of(as_of.day).filter(party__in=pair)
    scene = Scene(
        parties=pair,
        rounds=rounds,
        by_pair=history(positions.with_evidence()),
        day=as_of.day,
        after=after,
    )
    context: dict[str, Any] = {
        **form.context,
        "previous": previous,
        "parties": parties,
        "pair": pair,
    }
    if len(pair) == 2:
        settled = stance_distance.settled_issues(Progress.objects.published(), rounds, as_of.day)
        pairings = comparing.pairings(issues, scene, settled)
        context["rows"] = [row for row in pairings if row.recorded]
        context["unrecorded"] = [row for row in pairings if not row.recorded]
        context["counted"] = comparing.counted(context["rows"])
    elif pair:
        noted = Progress.objects.published().values_list("round_id", flat=True)
        told = milestones(rounds, as_of.day, set(noted))
        courses = comparing.courses(issues, scene, told)
        context["told"] = told
        context["rows"] = [row for row in courses if row.recorded]
        context["unrecorded"] = [row for row in courses if not row.recorded]

    def files() -> dict[str, FileTable]:
        if not pair:
            return {}
        rows, caption = context["rows"], _("Positions of the parties by issue")
        if len(pair) == 1:
            return {"positions": course_file(rows, context["told"], caption=caption)}
        cells = [(row.issue, row.cells) for row in rows]
        return {
            "positions": cells_of(cells, caption=caption),
            "distances": pairing_file(rows, caption=_("How far apart")),
        }

    return page(
        request,
        "issues/compare.html",
        context,
        files=files,
        name="-".join(["compare", *(one.code for one in pair)]),
        as_of=as_of.day,
        status=200 if form.is_valid() else 400,
    )


@two_clocks
def distance(request: HttpRequest) -> HttpResponse:
    rounds = list(Round.objects.published().in_order())
    form = AsOfForm(request.GET, rounds=rounds)
    as_of = form.wish
    after, previous = end_of_previous(as_of, rounds)
    positions = Position.objects.published().as_of(as_of.day).with_evidence()
    scene = Scene(
        parties=list(Party.objects.all()),
        rounds=rounds,
        by_pair=history(positions),
        day=as_of.day,
        after=after if previous else None,
    )
    courses = stance_distance.courses(
        Issue.objects.published(), scene, Progress.objects.published()
    )
    proposals = Proposal.objects.published().as_of(as_of.day).with_names().with_terms()
    told = courses[0].spreads if courses else []
    known = [row for row in courses if row.widest]
    context: dict[str, Any] = {
        **form.context,
        "previous": previous,
        "told": told,
        "show_now": not told or told[-1].day < as_of.day,
        "rows": [row for row in courses if row.known and not row.now.settled],
        "settled": [row for row in courses if row.known and row.now.settled],
        "unknown": [row for row in courses if not row.known],
        "trends": [
            (trend, [row for row in known if row.trend == trend])
            for trend in Trend
            if previous and trend != Trend.UNKNOWN
        ],
        "number_gaps": _number_gaps(Measure.objects.published(), proposals, as_of.day),
        "farthest": stance_distance.FARTHEST,
    }

    def files() -> dict[str, FileTable]:
        rows, now = context["rows"] + context["settled"], context["show_now"]
        numbers = NumberGapFile(context["number_gaps"], caption=_("Between their numbers"))
        return {
            "distances": widest_file(rows, now=now, caption=_("How far apart")),
            "numbers": numbers,
        }

    return page(
        request,
        "issues/distance.html",
        context,
        files=files,
        name="distance",
        as_of=as_of.day,
        status=200 if form.is_valid() else 400,
    )


def _number_gaps(measures: Any, proposals: Iterable[Proposal], day: Any) -> list[NumberGap]:
    tabled = list(proposals)
    return [
        gap
        for measure in measures.select_related("issue")
        for gap in number_gaps(measure, tabled, day)
    ]


@two_clocks
def moved(request: HttpRequest) -> HttpResponse:
    rounds = list(Round.objects.published().with_names().in_order())
    form = MovedForm(request.GET, rounds=rounds)
    start, to = form.span
    day, after = to.day, start.day if start else NEVER
    if start is None:
        ended, previous = end_of_previous(to, rounds)
        if ended and previous:
            start, after = AsOf(ended, previous), ended
    positions = Position.objects.published().as_of(day).with_evidence()
    progress = Progress.objects.published().select_related("round", "issue", "source")
    measures = Measure.objects.published().select_related("source", "agreed_source")
    proposals = Proposal.objects.published().as_of(day).with_names().with_terms()
    scene = Scene(
        parties=list(Party.objects.all()),
        rounds=rounds,
        by_pair=history(positions),
        day=day,
        after=after,
    )
    rows = moving.on_issues(Issue.objects.published(), scene, progress, measures, proposals)
    deadlines = moving.deadline_moves(Deadline.objects.published().with_names(), day, after)
    meetings = moving.meetings_between(rounds, day, after)
    stances = [(row.issue, one.steps) for row in rows for one in row.stances]
    levels = [row.level for row in rows if row.level]
    numbers = [point for row in rows for one in row.figures for point in one.by_party]
    answers = [item for row in rows for item in row.answers]
    context = {
        "form": form,
        "start": start,
        "to": to,
        "query": to.query,
        "rounds": [one for one in rounds if one.took_place],
        "rows": rows,
        "takes": {
            "stances": stances,
            "progress": levels,
            "numbers": numbers,
            "answers": answers,
        },
        "summary": moving.summary(rows, deadlines, meetings),
        "deadlines": deadlines,
        "meetings": meetings,
    }

    def files() -> dict[str, FileTable]:
        return {
            "stances": cells_of(stances, caption=_("What moved")),
            "progress": LevelFile(levels, caption=_("How far it got")),
            "numbers": PointFile(numbers, caption=_("The numbers")),
            "answers": ItemFile(answers, caption=_("Counter-proposals")),
            "deadlines": ItemFile([move.item for move in deadlines], caption=_("Deadlines")),
            "meetings": ItemFile(meetings, caption=_("Meetings")),
        }

    return page(
        request,
        "issues/moved.html",
        context,
        files=files,
        name=slugify(f"moved since {after.isoformat()}") if start else "moved",
        as_of=day,
        status=200 if form.is_valid() else 400,
    )
