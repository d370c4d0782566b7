"""The page that explains the method."""

import datetime as dt
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from issues.analysis.by_speaker import format_count
from issues.matrix.stances import MARKS, OUTCOMES
from issues.models import Stance
from nafta.version import VERSION
from rounds.models import (
    TOOK_PLACE,
    Round,
    Source,
)
from rounds.platform import clock, dates
from rounds.public.known_param import history_since

COUNT_LIMIT = 1_000  # sources that are counted; beyond it the page says "1,000+"


def _example() -> dict[str, Any]:
    """A day, its month and a round for the examples of parameters: those of the last round.

    Without rounds that have a number it is the last meeting, without meetings today.
    """
    today = clock.today()
    held = Round.objects.published().filter(status__in=TOOK_PLACE, dates__startswith__lte=today)
    meeting = held.order_by(F("number").desc(nulls_last=True), "-dates__startswith").first()
    day = meeting.first_day if meeting else today
    begins = day.replace(day=1)
    ends = (begins + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return {
        "day": day.isoformat(),
        "month": dates.describe(dates.span(begins, ends), approximate=True),
        "round": meeting.slug if meeting else "",
        "known": today.isoformat(),
        "known_minute": f"{today.isoformat()}T00:00",
    }


def about(request: HttpRequest) -> HttpResponse:
    scale = [(MARKS[stance], stance) for stance in Stance]
    sources = Source.objects.published()[: COUNT_LIMIT + 1].count()
    context = {
        "scale": scale,
        "outcomes": OUTCOMES,
        "sources": sources,
        "sources_label": format_count(min(sources, COUNT_LIMIT), sources > COUNT_LIMIT),
        "history_since": history_since(),
        "example": _example(),
        "version": VERSION,
    }
    return render(request, "nafta/about.html", context)
