"""The matrix, an issue, a proposal. Each view: guard, query, context, render."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from issues.analysis.proposal_threads import list_statuses, proposal_items, term_label
from issues.matrix.rows import front_page_rows
from issues.matrix.site_state import SiteState
from issues.models import Issue, Proposal
from issues.public.citations import proposal_citation
from issues.public.tables import (
    NumberGapFile,
    PointFile,
    matrix_file,
    spread_file,
)
from issues.public.views.issue_sections import IssueSections
from rounds.history.corrections import find_last_correction
from rounds.public.citations import make_permalink
from rounds.public.known_param import AsPublished, supports_known
from rounds.public.params import AsOfForm, accepts
from rounds.public.tables import ItemFile
from rounds.public.views import gone_or_404
from rounds.tabular.exports import FileTable, render_page_or_file


@accepts(AsOfForm, files=True)
@supports_known
def issue_list(request: HttpRequest, as_published: AsPublished) -> HttpResponse:
    """The matrix: issues down, parties across."""
    form = AsOfForm(request.GET)
    state = SiteState.load(form.effective_as_of, form.rounds)
    recorded = [row for row in state.matrix if row.recorded]
    context = {
        "as_published": as_published,
        **form.context,
        "previous": state.previous,
        "parties": state.parties,
        "rows": recorded,
        "unrecorded": [row for row in state.matrix if not row.recorded],
        "featured": [row for row in front_page_rows(state.matrix) if row.recorded],
    }

    def files() -> dict[str, FileTable]:
        caption = _("Positions of the parties by issue")
        return {"positions": matrix_file(recorded, caption=caption)}

    return render_page_or_file(
        request,
        "issues/issue_list.html",
        context,
        files=files,
        name="issues",
        as_of=state.day,
        status=200 if form.is_valid() else 400,
    )


@accepts(AsOfForm, files=True)
@supports_known
def issue_detail(request: HttpRequest, as_published: AsPublished, slug: str) -> HttpResponse:
    """One issue: who stands where, round by round, what was tabled, the numbers, the statements."""
    issue = Issue.objects.published().with_sources().with_rewritten_at().filter(slug=slug).first()
    if issue is None:
        return gone_or_404(request, as_published, Issue, slug)
    form = AsOfForm(request.GET)
    state = SiteState.load(form.effective_as_of, form.rounds, issues=[issue])
    sections = IssueSections(issue, state)
    context = {
        "as_published": as_published,
        **form.context,
        "issue": issue,
        "corrected": find_last_correction(issue),
        "previous": state.previous,
        "parties": state.parties,
        **sections.context,
    }

    def files() -> dict[str, FileTable]:
        charts = sections.charts
        distances = sections.distances
        return {
            "positions": matrix_file([sections.row], caption=_("Where each party stands")),
            "rounds": matrix_file(sections.rows_by_round, caption=_("Round by round"), issue=issue),
            "proposals": ItemFile(sections.proposal_items, caption=_("Offers and counter-offers")),
            "statements": ItemFile(sections.statement_items, caption=_("What was said")),
            "distances": spread_file(
                issue, distances["rows"] if distances else [], caption=_("How far apart")
            ),
            "number-gaps": NumberGapFile(sections.number_gaps, caption=_("Between their numbers")),
        } | {chart["key"]: PointFile(chart["rows"], caption=chart["title"]) for chart in charts}

    return render_page_or_file(
        request,
        "issues/issue_detail.html",
        context,
        files=files,
        name=f"issue-{slug}",
        as_of=state.day,
        status=200 if form.is_valid() else 400,
    )


@accepts()
@supports_known
def proposal_detail(request: HttpRequest, as_published: AsPublished, slug: str) -> HttpResponse:
    """One proposal: its numbers, what answered it, which positions rest on it."""
    proposals = Proposal.objects.published().with_names().with_terms().with_rewritten_at()
    proposal = proposals.select_related("round").filter(slug=slug).first()
    if proposal is None:
        return gone_or_404(request, as_published, Proposal, slug)
    (item,) = proposal_items([proposal])
    permalink = make_permalink(request, reverse("proposal_detail", args=[slug]))
    context = {
        "as_published": as_published,
        "proposal": proposal,
        "item": item,
        "terms": [term_label(term) for term in proposal.term_list],
        "earlier_statuses": list_statuses(proposal)[:-1][::-1],
        "responses": list(proposal_items(proposal.responses.published().with_names())),
        "positions": proposal.positions.published().select_related("party", "issue"),
        "corrected": find_last_correction(proposal),
        "address": permalink.address,
        "citation": proposal_citation(proposal, permalink),
    }
    return render(request, "issues/proposal_detail.html", context)
