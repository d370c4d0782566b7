"""The page that cites a cell of a matrix: who stood where on what day, on what evidence."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from issues import matrix
from issues.models import Issue, Position, Proposal
from issues.public.citations import position_citation, proposal_citation
from issues.public.views.issues import end_of_previous
from rounds.models import Party, Round, Statement
from rounds.public.citations import Citation, page_at, statement_citation
from rounds.public.known_param import two_clocks
from rounds.public.params import AsOfForm


@two_clocks
def cite_position(request: HttpRequest, issue: str, party: str) -> HttpResponse:
    about = get_object_or_404(Issue.objects.published(), slug=issue)
    side = get_object_or_404(Party, code=party)
    rounds = list(Round.objects.published().in_order())
    form = AsOfForm(request.GET, rounds=rounds)
    as_of = form.wish
    after, _previous = end_of_previous(as_of, rounds)
    taken = about.positions.published().filter(party=side).as_of(as_of.day)
    positions = matrix.history(taken.with_titles().with_evidence())[about.pk, side.pk]
    position = matrix.standing(positions, as_of.day)
    here = page_at(request, reverse("cite_position", args=[issue, party]), as_of.day)
    context = {
        **form.context,
        "issue": about,
        "cell": matrix.cell(side, positions, as_of.day, after),
        "citation": position_citation(position, _evidence(request, position), here)
        if position
        else None,
    }
    status = 200 if form.is_valid() else 400
    return render(request, "issues/cite_position.html", context, status=status)


def _evidence(request: HttpRequest, position: Position) -> Citation:
    """The citation of what a position rests on."""
    rests_on = position.evidence
    here = page_at(request, rests_on.get_absolute_url())
    records: Any = type(rests_on).objects.with_names()
    record = records.get(pk=rests_on.pk)
    if isinstance(record, Statement):
        return statement_citation(record, here)
    assert isinstance(record, Proposal)
    return proposal_citation(record, here)
