"""The front page: where the talks stand."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from issues import matrix
from issues.models import Issue, Position, with_issues
from issues.public.tables import cell_file, move_file
from issues.public.views import end_of_previous
from rounds.history.as_of import AsOf, end_of
from rounds.models import (
    NOT_MET,
    Deadline,
    Party,
    Round,
    RoundStatus,
    Statement,
)
from rounds.public.known_param import two_clocks
from rounds.public.params import AsOfForm
from rounds.public.tables import ItemFile
from rounds.public.timeline import (
    Item,
    deadline_items,
    merged,
    statement_items,
)
from rounds.tabular.exports import FileTable, page


@two_clocks
def home(request: HttpRequest) -> HttpResponse:
    rounds = list(Round.objects.published().with_names().in_order())
    form = AsOfForm(request.GET, rounds=rounds)
    as_of = form.wish
    after, previous = end_of_previous(as_of, rounds)
    parties = list(Party.objects.all())
    positions = Position.objects.published().as_of(as_of.day).with_evidence()
    rows = matrix.by_issue(Issue.objects.published(), parties, positions, as_of.day, after)
    held = [one for one in rounds if one.took_place and one.first_day <= as_of.day]
    deadlines = Deadline.objects.published().with_names()
    statements = with_issues(Statement.objects.published().as_of(as_of.day).with_names())
    context: dict[str, Any] = {
        **form.context,
        "latest": held[-1] if held else None,
        "rounds_known": bool(rounds),
        "latest_is_over": bool(held) and end_of(held[-1], rounds) <= as_of.day,
        "planned": []
        if as_of.asked
        else [meeting for meeting in rounds if _is_ahead(meeting, as_of.day)],
        "previous": previous,
        "parties": parties,
        "rows": matrix.front_page_rows(rows),
        "moves": matrix.moves_by_issue(matrix.moves(rows)[:6]),
        "deadlines": _next_or_last(deadlines, as_of),
        "statements": merged(statement_items(statements.latest_first()[:3])),
    }

    def files() -> dict[str, FileTable]:
        return {
            "positions": cell_file(context["rows"], caption=_("Who stands where")),
            "movement": move_file(context["moves"], caption=_("Latest movement")),
            "statements": ItemFile(context["statements"], caption=_("Last said")),
        }

    return page(
        request,
        "nafta/home.html",
        context,
        files=files,
        name="front",
        as_of=as_of.day,
        status=200 if form.is_valid() else 400,
    )


def _is_ahead(meeting: Round, day: dt.date) -> bool:
    """Whether it is yet to come: planned, or entered as held on a day after ``day``."""
    begins_later = meeting.took_place and meeting.first_day > day
    return meeting.status == RoundStatus.PLANNED or begins_later


def _next_or_last(deadlines: Any, as_of: AsOf) -> list[Item]:
    """The next deadline as known on ``as_of``, else the last one that fell due."""
    known = deadlines.filter(set_on__startswith__lte=as_of.day)
    ahead = known.filter(dates__startswith__gte=as_of.day).order_by("dates__startswith")
    if not as_of.asked:  # of a past day nobody knows which had been given up by then
        ahead = ahead.exclude(outcome__in=NOT_MET)
    fallen_due = known.filter(dates__startswith__lt=as_of.day).latest_first()
    records = list(ahead[:1]) or list(fallen_due[:1])
    return list(deadline_items(records, as_of.day if as_of.asked else None))
