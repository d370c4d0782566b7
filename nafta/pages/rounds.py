"""The page of one round or meeting."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from issues.analysis.changes_between import find_counter_proposals
from issues.analysis.proposal_threads import proposal_items
from issues.matrix.moves import find_moves_in_order, group_moves
from issues.matrix.rows import front_page_rows
from issues.matrix.site_state import SiteState
from issues.models import Proposal, with_issues
from issues.public.tables import ProgressFile, matrix_file, move_file
from issues.public.views.issue_sections import STATEMENTS_SHOWN
from rounds.history.corrections import find_last_correction
from rounds.models import Round, Statement
from rounds.public.known_param import AsPublished, supports_known
from rounds.public.params import accepts
from rounds.public.tables import ItemFile
from rounds.public.timeline import TimelineItem, statement_items
from rounds.public.views import gone_or_404
from rounds.tabular.exports import FileTable, render_page_or_file


@accepts(files=True)
@supports_known
def round_detail(request: HttpRequest, as_published: AsPublished, slug: str) -> HttpResponse:
    rounds = list(Round.objects.published().with_names().with_rewritten_at().in_order())
    meeting = next((each for each in rounds if each.slug == slug), None)
    if meeting is None:
        return gone_or_404(request, as_published, Round, slug)
    state = SiteState.at_end_of(meeting, rounds)
    statements = statements_at(meeting, STATEMENTS_SHOWN + 1)
    index = rounds.index(meeting)
    context: dict[str, Any] = {
        "as_published": as_published,
        "round": meeting,
        "corrected": find_last_correction(meeting),
        "as_of": state.as_of,
        "previous": state.previous,
        "earlier": rounds[index - 1] if index else None,
        "later": rounds[index + 1] if index + 1 < len(rounds) else None,
        "progress": list(meeting.progress.published().select_related("issue", "source")),
        # of a milestone only what there is; a meeting says of each part that nothing is recorded
        "has_sections": meeting.took_place and not meeting.is_milestone,
        "query": state.as_of.query if meeting.took_place else "",
        "moves": group_moves(find_moves_in_order(state.matrix)) if meeting.took_place else [],
        "answers": _counter_proposals(state) if meeting.took_place else [],
        "parties": state.parties,
        "rows": [row for row in front_page_rows(state.matrix) if row.recorded]
        if meeting.took_place and not meeting.is_milestone
        else [],
        "proposals": list(proposal_items(meeting.proposals.published().with_names())),
        "statements": list(statement_items(statements[:STATEMENTS_SHOWN])),
        "more_statements": len(statements) > STATEMENTS_SHOWN,
    }

    def files() -> dict[str, FileTable]:
        return {
            "movement": move_file(context["moves"], caption=_("What moved")),
            "answers": ItemFile(context["answers"], caption=_("Counter-proposals")),
            "progress": ProgressFile(context["progress"], caption=_("How far each issue got")),
            "proposals": ItemFile(context["proposals"], caption=_("What was tabled")),
            "statements": ItemFile(context["statements"], caption=_("What was said")),
            "positions": matrix_file(
                context["rows"], caption=_("Where the parties stood at its end")
            ),
        }

    return render_page_or_file(
        request,
        "nafta/round_detail.html",
        context,
        files=files,
        name=slug if slug.startswith("round") else f"round-{slug}",
        as_of=state.day,
    )


def _counter_proposals(state: SiteState) -> list[TimelineItem]:
    """Return those since the meeting before, as of the end of this one."""
    proposals = Proposal.objects.published().as_of(state.day).with_names()
    return find_counter_proposals(proposals, state.day, state.news_after or dt.date.min)


def statements_at(meeting: Round, limit: int) -> list[Statement]:
    """Return the statements linked to a meeting, ``limit`` at most.

    First those made at it, oldest first, exact days before approximate; then those made of it
    before and after. Each part is read from the index of days, however long the record is.
    """
    statements = with_issues(meeting.statements.published().with_names())
    in_order = statements.order_by("dates__startswith", "pk")
    first, last = meeting.first_day, meeting.last_day
    begun = Q(dates__startswith__gte=first)
    if last:
        begun &= Q(dates__startswith__lte=last)
    records = list(in_order.filter(begun)[:limit])
    if len(records) < limit:
        records += in_order.exclude(begun)[: limit - len(records)]

    def order(statement: Statement) -> tuple[bool, bool, dt.date, int]:
        ended = statement.last_day or dt.date.max
        is_around = statement.first_day < first or (last is not None and ended > last)
        return is_around, statement.approximate, statement.first_day, statement.pk

    return sorted(records, key=order)
