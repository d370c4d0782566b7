"""Pages of the reading: the matrix, an issue, a proposal. Each: guard, query, context, render."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from issues import matrix
from issues.analysis.number_gaps import number_gaps
from issues.analysis.number_points import points
from issues.analysis.proposal_threads import (
    proposal_items,
    settled_on,
    settled_sentence,
    settling,
    term_words,
    threads,
)
from issues.analysis.stance_distance import SETTLED, gaps, spreads, widest
from issues.models import Issue, Measure, Position, Progress, Proposal
from issues.public.charts import distance_figure, distance_words, measure_figure, measure_words
from issues.public.citations import proposal_citation
from issues.public.tables import (
    NumberGapFile,
    PointFile,
    PointTable,
    SpreadTable,
    cell_file,
    spread_file,
)
from rounds.history.as_of import AsOf, end_of
from rounds.history.corrections import corrected_on
from rounds.models import LinkKind, Party, Round, StatementLink
from rounds.platform.translated_text import local
from rounds.public.citations import page_at
from rounds.public.known_param import two_clocks
from rounds.public.params import AsOfForm
from rounds.public.tables import ItemFile
from rounds.public.timeline import merged, statement_items
from rounds.public.views import gone_or_404
from rounds.tabular.exports import FileTable, page

STATEMENTS_SHOWN = 60  # on one page; the timeline has them all
DISAGREEMENTS_SHOWN = 30


def rounds_by(day: dt.date, rounds: Iterable[Round]) -> list[Round]:
    """The rounds proper that were held, or had begun, by ``day``, oldest first."""
    begun = [one for one in rounds if one.is_round and one.took_place and one.first_day <= day]
    return sorted(begun, key=lambda one: one.first_day)


def end_of_previous(as_of: AsOf, rounds: Iterable[Round]) -> tuple[dt.date | None, Round | None]:
    """The end of the round before the one at ``as_of``: what came after it has moved since."""
    begun = rounds_by(as_of.day, rounds)
    if as_of.round in begun:
        begun = begun[: begun.index(as_of.round) + 1]
    if len(begun) < 2:
        return (dt.date.min if begun else None), None  # at the first round everything is new
    return min(end_of(begun[-2], begun), as_of.day), begun[-2]


@two_clocks
def issue_list(request: HttpRequest) -> HttpResponse:
    rounds = list(Round.objects.published().in_order())
    form = AsOfForm(request.GET, rounds=rounds)
    as_of = form.wish
    after, previous = end_of_previous(as_of, rounds)
    parties = list(Party.objects.all())
    rows = matrix.by_issue(
        Issue.objects.published(),
        parties,
        Position.objects.published().as_of(as_of.day).with_evidence(),
        as_of.day,
        after,
    )
    context = {
        **form.context,
        "previous": previous,
        "parties": parties,
        "rows": [row for row in rows if row.recorded],
        "unrecorded": [row for row in rows if not row.recorded],
        "featured": [row for row in matrix.front_page_rows(rows) if row.recorded],
    }

    def files() -> dict[str, FileTable]:
        caption = _("Positions of the parties by issue")
        return {"positions": cell_file([row for row in rows if row.recorded], caption=caption)}

    return page(
        request,
        "issues/issue_list.html",
        context,
        files=files,
        name="issues",
        as_of=as_of.day,
        status=200 if form.is_valid() else 400,
    )


@two_clocks
def issue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    issue = Issue.objects.published().with_sources().with_touched().filter(slug=slug).first()
    if issue is None:
        return gone_or_404(request, Issue, slug)
    parties = list(Party.objects.all())
    rounds = list(Round.objects.published().with_names().in_order())
    form = AsOfForm(request.GET, rounds=rounds)
    as_of = form.wish
    after, previous = end_of_previous(as_of, rounds)
    day = as_of.day
    positions = list(issue.positions.published().as_of(day).with_evidence())
    progress = issue.progress.published().select_related("source", "issue")
    proposals = list(issue.proposals.published().as_of(day).with_names().with_terms())
    statements = list(
        issue.statements.published().as_of(day).with_names().latest_first()[: STATEMENTS_SHOWN + 1]
    )
    measures = issue.measures.published().select_related("source", "agreed_source")
    (now,) = matrix.by_issue([issue], parties, positions, day, after)
    settled = settling(proposals, day)
    eve = settled_on(settled[0]) - dt.timedelta(days=1) if settled else day
    (before,) = matrix.by_issue([issue], parties, positions, eve)
    by_round = matrix.by_round(
        issue,
        [one for one in rounds if one.took_place and one.first_day <= day],
        parties,
        positions,
        progress,
        day,
    )
    charts = _charts(measures, proposals, as_of)
    numbers_apart = [gap for one in measures for gap in number_gaps(one, proposals, day)]
    said = merged(statement_items(statements[:STATEMENTS_SHOWN]))
    scene = matrix.Scene(
        parties=parties, rounds=rounds, by_pair=matrix.history(positions), day=day, after=after
    )
    distances = _distances(issue, scene, by_round, progress)
    context = {
        "issue": issue,
        "corrected": corrected_on(issue),
        **form.context,
        "previous": previous,
        "parties": parties,
        "now": now,
        "answer": matrix.answer(before.cells, before=bool(settled)),
        "latest_progress": next((row for row in reversed(by_round) if row.progress), None),
        "untold": _untold(by_round, rounds, day),
        "settled": settled,
        "settled_sentence": settled_sentence(settled),
        "rounds_told": by_round,
        "farthest": widest(gaps(now.cells)),
        "distances": distances,
        "number_gaps": numbers_apart,
        "threads": threads(proposals, day),
        "charts": charts,
        "statements": said,
        "more_statements": len(statements) > STATEMENTS_SHOWN,
        "disagreements": _disagreements(issue, day),
        "notes": [one for one in [issue, *proposals] if one.note],
        "sources": _sources([issue, *proposals, *statements[:STATEMENTS_SHOWN]]),
    }

    def files() -> dict[str, FileTable]:
        tabled = sorted(proposal_items(proposals, day), key=lambda item: (item.first, item.pk))
        return {
            "positions": cell_file([now], caption=_("Where each party stands")),
            "rounds": cell_file(by_round, caption=_("Round by round"), issue=issue),
            "proposals": ItemFile(tabled, caption=_("Offers and counter-offers")),
            "statements": ItemFile(said, caption=_("What was said")),
            "distances": spread_file(
                issue, distances["rows"] if distances else [], caption=_("How far apart")
            ),
            "number-gaps": NumberGapFile(numbers_apart, caption=_("Between their numbers")),
        } | {chart["key"]: PointFile(chart["rows"], caption=chart["title"]) for chart in charts}

    return page(
        request,
        "issues/issue_detail.html",
        context,
        files=files,
        name=f"issue-{slug}",
        as_of=day,
        status=200 if form.is_valid() else 400,
    )


def _distances(
    issue: Issue, scene: matrix.Scene, told: Iterable[matrix.Row], progress: Iterable[Progress]
) -> dict[str, Any] | None:
    """How far apart the parties are: a figure, and the table of its rows; None if untold."""
    rows = spreads(issue, scene, [(row.day or scene.day, row.round) for row in told], progress)
    known = [row for row in rows if row.widest]
    if not known:
        return None
    return {
        "rows": rows,
        "figure": distance_figure(rows) if len(known) > 1 else None,
        "caption": distance_words(rows),
        "table": SpreadTable(rows),
    }


def _untold(told: Sequence[matrix.Row], rounds: Iterable[Round], day: dt.date) -> int:
    """How many rounds ended since a level was last noted, if that left the issue open."""
    noted = [place for place, row in enumerate(told) if row.progress]
    last = told[noted[-1]].progress if noted else None
    if last is None or last.level in SETTLED:
        return 0
    later = [row.round for row in told[noted[-1] + 1 :]]
    return sum(one.is_round and end_of(one, rounds) <= day for one in later)


def _charts(
    measures: Iterable[Measure], proposals: list[Proposal], as_of: AsOf
) -> list[dict[str, Any]]:
    """A figure and the table of its rows for each measure that somebody gave a number."""
    charts = []
    for measure in measures:
        rows = points(measure, proposals, as_of.day)
        if rows:
            days = {row.day for row in rows if row.day}
            figure = measure_figure(rows) if len(days) > 1 else None  # a point is no chart
            charts.append(
                {
                    "id": f"chart-{measure.slug}",
                    "key": f"numbers-{measure.slug}",
                    "title": local(measure, "name"),
                    "rows": rows,
                    "measure": measure,
                    "figure": figure,
                    "caption": measure_words(rows),
                    "table": PointTable(rows, caption=local(measure, "name")),
                }
            )
    return sorted(charts, key=lambda chart: -len(chart["table"].rows))


def _disagreements(issue: Issue, day: dt.date) -> list[StatementLink]:
    """The statements on an issue that contradict each other, as far as made by ``day``.

    If there are many, the last that were found.
    """
    made = issue.statements.as_of(day).order_by().values("pk")
    links = StatementLink.objects.published().filter(kind=LinkKind.CONTRADICTS)
    found = links.filter(statement__in=made, other__in=made).select_related(
        "statement__source", "other__source"
    )
    latest = found.order_by("-pk")[:DISAGREEMENTS_SHOWN]
    return sorted(latest, key=lambda one: (one.statement.first_day, one.statement_id), reverse=True)


def _sources(records: Iterable[Any]) -> list[dict[str, str]]:
    """Each publication that the page rests on, once."""
    found: dict[str, dict[str, str]] = {}
    for record in records:
        first = record.source
        found[first.slug] = {
            "slug": first.slug,
            "publisher": first.publisher,
            "title": first.title,
        }
        found.update({other["slug"]: other for other in record.other_source_list})
    return sorted(found.values(), key=lambda one: (one["publisher"].casefold(), one["title"]))


@two_clocks
def proposal_detail(request: HttpRequest, slug: str) -> HttpResponse:
    proposals = Proposal.objects.published().with_names().with_terms().with_touched()
    proposal = proposals.select_related("round").filter(slug=slug).first()
    if proposal is None:
        return gone_or_404(request, Proposal, slug)
    (item,) = proposal_items([proposal])
    here = page_at(request, reverse("proposal_detail", args=[slug]))
    context = {
        "proposal": proposal,
        "item": item,
        "terms": [term_words(term) for term in proposal.term_list],
        "responses": list(proposal_items(proposal.responses.published().with_names())),
        "positions": proposal.positions.published().select_related("party", "issue"),
        "corrected": corrected_on(proposal),
        "address": here.address,
        "citation": proposal_citation(proposal, here),
    }
    return render(request, "issues/proposal_detail.html", context)
