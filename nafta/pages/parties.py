"""The parties: all of them, and what each said and wants."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from issues import matrix
from issues.analysis import by_speaker
from issues.analysis.proposal_threads import proposal_items
from issues.models import Issue, with_issues
from issues.public.tables import cell_file, cells_of
from issues.public.views import end_of_previous
from rounds.models import Party, Round, Statement
from rounds.public.known_param import two_clocks
from rounds.public.params import AsOfForm
from rounds.public.tables import ItemFile
from rounds.public.timeline import merged, statement_items
from rounds.tabular.exports import FileTable, page


@two_clocks
def party_list(request: HttpRequest) -> HttpResponse:
    return render(request, "nafta/party_list.html", {"parties": Party.objects.all()})


@two_clocks
def party_detail(request: HttpRequest, code: str) -> HttpResponse:
    parties = list(Party.objects.all())
    party = next((one for one in parties if one.code == code), None)
    if party is None:
        raise Http404("There is no such party.")
    rounds = list(Round.objects.published().in_order())
    form = AsOfForm(request.GET, rounds=rounds)
    as_of = form.wish
    after, previous = end_of_previous(as_of, rounds)
    day = as_of.day
    issues = list(Issue.objects.published())
    positions = list(party.positions.published().as_of(day).with_evidence())
    rows = matrix.by_issue(issues, [party], positions, day, after)
    by_pair = matrix.history(positions)
    heard = _heard(party.statements.published().as_of(day))
    spoken = with_issues(Statement.objects.published().with_names().filter(pk__in=heard.shown))
    groups = by_speaker.by_issue(
        issues,
        merged(statement_items(spoken)),
        merged(proposal_items(party.proposals.published().as_of(day).with_names(), day)),
        rows,
        {issue.pk: matrix.trail(party, by_pair[issue.pk, party.pk], day) for issue in issues},
        heard,
    )
    told = by_speaker.shown(groups)
    moves = [(one.issue, one.trail) for one in groups if one.issue and len(one.trail) > 1]
    boxes = {group.issue.slug for group in groups if group.issue}
    context = {
        "party": party,
        "others": [one for one in parties if one.pk != party.pk],
        **form.context,
        "previous": previous,
        "groups": [one for one in groups if one.issue],
        "unlinked": next((one for one in groups if not one.issue), None),
        "shown": f":{by_speaker.SHOWN}",
        "takes": {"movement": moves} | told,
        "unrecorded": [row for row in rows if not row.recorded and row.key not in boxes],
        "people": party.people.who_spoke_by(day),
    }

    def files() -> dict[str, FileTable]:
        stood = [row for row in rows if row.recorded]
        return {
            "positions": cell_file(stood, caption=_("Positions")),
            "movement": cells_of(moves, caption=_("How it moved")),
            "proposals": ItemFile(told["proposals"], caption=_("What was tabled")),
            "statements": ItemFile(told["statements"], caption=_("What was said")),
        }

    return page(
        request,
        "nafta/party_detail.html",
        context,
        files=files,
        name=f"party-{code}",
        as_of=day,
        status=200 if form.is_valid() else 400,
    )


def _heard(statements: Any) -> by_speaker.Heard:
    """The latest of some statements by their issues."""
    published = Issue.objects.published().filter(statements=OuterRef("pk")).order_by()
    slugs = statements.annotate(slugs=ArraySubquery(published.values("slug")))
    rows = list(slugs.latest_first().values_list("pk", "slugs")[: by_speaker.COUNTED + 1])
    return by_speaker.Heard(rows[: by_speaker.COUNTED], older=len(rows) > by_speaker.COUNTED)
