"""The page that cites a cell of a matrix: who stood where on what day, on what evidence."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from issues.matrix.site_state import SiteState
from issues.models import Issue, Position, Proposal
from issues.public.citations import position_citation, proposal_citation
from rounds.models import Party, Statement
from rounds.public.citations import Citation, make_permalink, statement_citation
from rounds.public.known_param import AsPublished, supports_known
from rounds.public.params import AsOfForm, accepts


@accepts(AsOfForm)
@supports_known
def cite_position(
    request: HttpRequest, as_published: AsPublished, issue: str, party: str
) -> HttpResponse:
    cited_issue = get_object_or_404(Issue.objects.published(), slug=issue)
    cited_party = get_object_or_404(Party, code=party)
    form = AsOfForm(request.GET)
    state = SiteState.load(
        form.effective_as_of, form.rounds, issues=[cited_issue], parties=[cited_party]
    )
    (row,) = state.matrix
    (cell,) = row.cells
    if cell.position:  # the citation names both, which are read already
        cell.position.issue, cell.position.party = cited_issue, cited_party
    permalink = make_permalink(request, reverse("cite_position", args=[issue, party]), state.day)
    context = {
        "as_published": as_published,
        **form.context,
        "issue": cited_issue,
        "cell": cell,
        "citation": position_citation(
            cell.position, _evidence_citation(request, cell.position), permalink
        )
        if cell.position
        else None,
    }
    status = 200 if form.is_valid() else 400
    return render(request, "issues/cite_position.html", context, status=status)


def _evidence_citation(request: HttpRequest, position: Position) -> Citation:
    """The citation of the statement or proposal on which a position rests."""
    permalink = make_permalink(request, position.evidence.get_absolute_url())
    records: Any = type(position.evidence).objects.with_names()
    record = records.get(pk=position.evidence.pk)
    if isinstance(record, Statement):
        return statement_citation(record, permalink)
    assert isinstance(record, Proposal)
    return proposal_citation(record, permalink)
