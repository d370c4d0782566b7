"""The parties: all of them, and the positions, proposals and statements of each."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from issues.analysis.by_speaker import (
    COUNT_LIMIT,
    SHOWN,
    IssueContributions,
    StatementIndex,
    group_by_issue,
    items_shown,
)
from issues.analysis.proposal_threads import proposal_items
from issues.matrix.site_state import SiteState
from issues.models import Issue, with_issues
from issues.public.tables import cells_file, matrix_file
from rounds.models import Party, Statement, StatementQuerySet
from rounds.public.known_param import AsPublished, supports_known
from rounds.public.params import AsOfForm, accepts
from rounds.public.tables import ItemFile
from rounds.public.timeline import merge_items, statement_items
from rounds.tabular.exports import FileTable, render_page_or_file


@accepts()
@supports_known
def party_list(request: HttpRequest, as_published: AsPublished) -> HttpResponse:
    context = {"as_published": as_published, "parties": Party.objects.all()}
    return render(request, "nafta/party_list.html", context)


@accepts(AsOfForm, files=True)
@supports_known
def party_detail(request: HttpRequest, as_published: AsPublished, code: str) -> HttpResponse:
    parties = list(Party.objects.all())
    party = next((each for each in parties if each.code == code), None)
    if party is None:
        raise Http404("There is no such party.")
    form = AsOfForm(request.GET)
    state = SiteState.load(form.effective_as_of, form.rounds, parties=[party])
    groups = _contributions(party, state)
    items = items_shown(groups)
    moves = [(each.issue, each.trail) for each in groups if each.issue and len(each.trail) > 1]
    with_box = {group.issue.slug for group in groups if group.issue}
    context = {
        "as_published": as_published,
        "party": party,
        "other_parties": [each for each in parties if each.pk != party.pk],
        **form.context,
        "previous": state.previous,
        "groups": [group for group in groups if group.issue],
        "unlinked": next((group for group in groups if not group.issue), None),
        "shown": f":{SHOWN}",
        "takes": {"movement": moves} | items,
        "unrecorded": [row for row in state.matrix if not row.recorded and row.key not in with_box],
        "people": party.people.who_spoke_by(state.day),
    }

    def files() -> dict[str, FileTable]:
        recorded = [row for row in state.matrix if row.recorded]
        return {
            "positions": matrix_file(recorded, caption=_("Positions")),
            "movement": cells_file(moves, caption=_("How it moved")),
            "proposals": ItemFile(items["proposals"], caption=_("What was tabled")),
            "statements": ItemFile(items["statements"], caption=_("What was said")),
        }

    return render_page_or_file(
        request,
        "nafta/party_detail.html",
        context,
        files=files,
        name=f"party-{code}",
        as_of=state.day,
        status=200 if form.is_valid() else 400,
    )


def _contributions(party: Party, state: SiteState) -> list[IssueContributions]:
    """Return the party's positions, proposals and latest statements to the day, by issue."""
    index = _index_statements(party.statements.published().as_of(state.day))
    statements = Statement.objects.published().with_names().filter(pk__in=index.shown)
    proposals = party.proposals.published().as_of(state.day).with_names()
    return group_by_issue(
        state.issues,
        merge_items(statement_items(with_issues(statements))),
        merge_items(proposal_items(proposals, state.day)),
        state.matrix,
        {issue.pk: state.history.trail(issue, party, state.day) for issue in state.issues},
        index,
    )


def _index_statements(statements: StatementQuerySet) -> StatementIndex:
    """Return the latest statements of a QuerySet, with the issues of each."""
    published = Issue.objects.published().filter(statements=OuterRef("pk")).order_by()
    slugs = statements.annotate(slugs=ArraySubquery(published.values("slug")))
    rows = list(slugs.latest_first().values_list("pk", "slugs")[: COUNT_LIMIT + 1])
    return StatementIndex(rows[:COUNT_LIMIT], has_uncounted=len(rows) > COUNT_LIMIT)
