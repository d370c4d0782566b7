"""The page of one round or meeting."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from issues import matrix
from issues.analysis.changes_between import counter_proposals
from issues.analysis.proposal_threads import proposal_items
from issues.models import Issue, Position, Proposal, with_issues
from issues.public.tables import ProgressFile, cell_file, move_file
from issues.public.views import STATEMENTS_SHOWN
from rounds.history.as_of import AsOf, before, end_of
from rounds.history.corrections import corrected_on
from rounds.models import (
    Party,
    Round,
    Statement,
)
from rounds.public.known_param import two_clocks
from rounds.public.tables import ItemFile
from rounds.public.timeline import (
    statement_items,
)
from rounds.public.views import gone_or_404
from rounds.tabular.exports import FileTable, page


@two_clocks
def round_detail(request: HttpRequest, slug: str) -> HttpResponse:
    rounds = list(Round.objects.published().with_names().with_touched().in_order())
    meeting = next((each for each in rounds if each.slug == slug), None)
    if meeting is None:
        return gone_or_404(request, Round, slug)
    as_of = AsOf(end_of(meeting, rounds), meeting, asked=True)
    after, previous = before(meeting, rounds)
    parties = list(Party.objects.all())
    positions = Position.objects.published().as_of(as_of.day).with_evidence()
    rows = matrix.by_issue(Issue.objects.published(), parties, positions, as_of.day, after)
    proposals = Proposal.objects.published().as_of(as_of.day).with_names()
    spoken = said_at(meeting, STATEMENTS_SHOWN + 1)
    place = next(i for i, one in enumerate(rounds) if one.pk == meeting.pk)
    context: dict[str, Any] = {
        "round": meeting,
        "corrected": corrected_on(meeting),
        "as_of": as_of,
        "previous": previous,
        "earlier": rounds[place - 1] if place else None,
        "later": rounds[place + 1] if place + 1 < len(rounds) else None,
        "progress": list(meeting.progress.published().select_related("issue", "source")),
        # of a milestone only what there is; a meeting says of each part that nothing is recorded
        "has_sections": meeting.took_place and not meeting.is_milestone,
        "query": as_of.query if meeting.took_place else "",
        "moves": matrix.moves_by_issue(matrix.moves_in_order(rows)) if meeting.took_place else [],
        "answers": counter_proposals(proposals, as_of.day, after) if meeting.took_place else [],
        "parties": parties,
        "rows": [row for row in matrix.front_page_rows(rows) if row.recorded]
        if meeting.took_place and not meeting.is_milestone
        else [],
        "proposals": list(proposal_items(meeting.proposals.published().with_names())),
        "statements": list(statement_items(spoken[:STATEMENTS_SHOWN])),
        "more_statements": len(spoken) > STATEMENTS_SHOWN,
    }

    def files() -> dict[str, FileTable]:
        return {
            "movement": move_file(context["moves"], caption=_("What moved")),
            "answers": ItemFile(context["answers"], caption=_("Counter-proposals")),
            "progress": ProgressFile(context["progress"], caption=_("How far each issue got")),
            "proposals": ItemFile(context["proposals"], caption=_("What was tabled")),
            "statements": ItemFile(context["statements"], caption=_("What was said")),
            "positions": cell_file(
                context["rows"], caption=_("Where the parties stood at its end")
            ),
        }

    return page(
        request,
        "nafta/round_detail.html",
        context,
        files=files,
        name=slug if slug.startswith("round") else f"round-{slug}",
        as_of=as_of.day,
    )


def said_at(meeting: Round, most: int) -> list[Statement]:
    """What was said at a meeting, oldest first, exact days before approximate; then what was said
    of it before and after. Each part comes from the index of days, however long the record is.
    """
    statements = with_issues(meeting.statements.published().with_names())
    in_order = statements.order_by("dates__startswith", "pk")
    first, last = meeting.first_day, meeting.last_day
    begun = Q(dates__startswith__gte=first)
    if last:
        begun &= Q(dates__startswith__lte=last)
    records = list(in_order.filter(begun)[:most])
    if len(records) < most:  # or nobody looks for what stands behind them
        records += in_order.exclude(begun)[: most - len(records)]

    def order(statement: Statement) -> tuple[bool, bool, dt.date, int]:
        ended = statement.last_day or dt.date.max
        is_around = statement.first_day < first or (last is not None and ended > last)
        return is_around, statement.approximate, statement.first_day, statement.pk

    return sorted(records, key=order)
