"""The front page: where the talks stand."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from issues.matrix.moves import find_moves, group_moves
from issues.matrix.rows import front_page_rows
from issues.matrix.site_state import SiteState
from issues.models import with_issues
from issues.public.tables import matrix_file, move_file
from rounds.history.as_of import AsOf, end_of
from rounds.models import (
    NOT_MET,
    Deadline,
    DeadlineQuerySet,
    Round,
    RoundStatus,
    Statement,
)
from rounds.public.deadlines import deadline_items
from rounds.public.known_param import AsPublished, supports_known
from rounds.public.params import AsOfForm, accepts
from rounds.public.tables import ItemFile
from rounds.public.timeline import TimelineItem, merge_items, statement_items
from rounds.tabular.exports import FileTable, render_page_or_file

MOVES_SHOWN = 6


@accepts(AsOfForm, files=True)
@supports_known
def home(request: HttpRequest, as_published: AsPublished) -> HttpResponse:
    form = AsOfForm(request.GET)
    state = SiteState.load(form.effective_as_of, form.rounds)
    latest = state.rounds_begun[-1] if state.rounds_begun else None
    planned = [meeting for meeting in state.rounds if _is_ahead(meeting, state.day)]
    deadlines = Deadline.objects.published().with_names()
    statements = with_issues(Statement.objects.published().as_of(state.day).with_names())
    context: dict[str, Any] = {
        "as_published": as_published,
        **form.context,
        "latest": latest,
        "rounds_known": bool(state.rounds),
        "latest_is_over": latest is not None and end_of(latest, state.rounds) <= state.day,
        "planned": [] if state.as_of.is_chosen else planned,
        "previous": state.previous,
        "parties": state.parties,
        "rows": front_page_rows(state.matrix),
        "moves": group_moves(find_moves(state.matrix)[:MOVES_SHOWN]),
        "deadlines": _next_or_last_deadline(deadlines, state.as_of),
        "statements": merge_items(statement_items(statements.latest_first()[:3])),
    }

    def files() -> dict[str, FileTable]:
        return {
            "positions": matrix_file(context["rows"], caption=_("Who stands where")),
            "movement": move_file(context["moves"], caption=_("Latest movement")),
            "statements": ItemFile(context["statements"], caption=_("Last said")),
        }

    return render_page_or_file(
        request,
        "nafta/home.html",
        context,
        files=files,
        name="front",
        as_of=state.day,
        status=200 if form.is_valid() else 400,
    )


def _is_ahead(meeting: Round, day: dt.date) -> bool:
    """Whether it is yet to come: planned, or entered as held on a day after ``day``."""
    begins_later = meeting.took_place and meeting.first_day > day
    return meeting.status == RoundStatus.PLANNED or begins_later


def _next_or_last_deadline(deadlines: DeadlineQuerySet, as_of: AsOf) -> list[TimelineItem]:
    """Return the next of the deadlines set by ``as_of``, else the last one that fell due."""
    deadlines = deadlines.filter(set_on__startswith__lte=as_of.day)
    ahead = deadlines.filter(dates__startswith__gte=as_of.day).order_by("dates__startswith", "pk")
    if not as_of.is_chosen:  # of a past day nobody knows which had been given up by then
        ahead = ahead.exclude(outcome__in=NOT_MET)
    fallen_due = deadlines.filter(dates__startswith__lt=as_of.day).latest_first()
    records = list(ahead[:1]) or list(fallen_due[:1])
    return list(deadline_items(records, as_of.day if as_of.is_chosen else None))
