"""Pages that hold one against another: parties, rounds, days. Guard, query, context, render."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from issues import compare as comparing
from issues import distance as measuring
from issues import moved as moving
from issues.distance import NumberGap, Trend, number_gaps
from issues.forms import CompareForm, MovedForm
from issues.matrix import NEVER, Scene, history, milestones
from issues.models import Issue, Measure, Position, Progress, Proposal
from issues.views.pages import end_of_previous
from rounds.forms import AsOf, AsOfForm
from rounds.models import Deadline, Party, Round
from rounds.moments import two_clocks


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
        "form": form,
        "as_of": as_of,
        "query": as_of.query,
        "rounds": [one for one in rounds if one.took_place],
        "previous": previous,
        "parties": parties,
        "pair": pair,
    }
    if len(pair) == 2:
        pairings = comparing.pairings(issues, scene)
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
    status = 200 if form.is_valid() else 400
    return render(request, "issues/compare.html", context, status=status)


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
    courses = measuring.courses(Issue.objects.published(), scene, Progress.objects.published())
    proposals = Proposal.objects.published().as_of(as_of.day).with_names().with_terms()
    told = courses[0].spreads if courses else []
    known = [row for row in courses if row.widest]
    context = {
        "form": form,
        "as_of": as_of,
        "query": as_of.query,
        "rounds": [one for one in rounds if one.took_place],
        "previous": previous,
        "told": told,
        "show_now": not told or told[-1].day < as_of.day,
        "rows": [row for row in courses if any(one.widest for one in [*row.spreads, row.now])],
        "unknown": [row for row in courses if not any(one.widest for one in row.spreads)],
        "trends": [
            (trend, [row for row in known if row.trend == trend])
            for trend in Trend
            if previous and trend != Trend.UNKNOWN
        ],
        "number_gaps": _number_gaps(Measure.objects.published(), proposals, as_of.day),
        "farthest": measuring.FARTHEST,
    }
    status = 200 if form.is_valid() else 400
    return render(request, "issues/distance.html", context, status=status)


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
    progress = Progress.objects.published().select_related("round", "source")
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
    context = {
        "form": form,
        "start": start,
        "to": to,
        "query": to.query,
        "rounds": [one for one in rounds if one.took_place],
        "rows": rows,
        "summary": moving.summary(rows, deadlines, meetings),
        "deadlines": deadlines,
        "meetings": meetings,
    }
    status = 200 if form.is_valid() else 400
    return render(request, "issues/moved.html", context, status=status)
