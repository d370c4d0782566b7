"""The timeline: what happened, newest first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues.models import Issue
from nafta import queries
from nafta.pages.active_filters import choices_in, chosen
from nafta.queries import (
    all_bars,
    all_proposals,
    all_statements,
    timeline_items,
    timeline_years,
)
from nafta.search.forms import TimelineForm
from rounds.models import (
    Party,
    Round,
)
from rounds.platform.cursors import Cursor
from rounds.public.charts import MARKS, calendar_figure, outside
from rounds.public.known_param import two_clocks
from rounds.public.tables import ItemFile, ItemTable
from rounds.public.timeline import Kind, cursor_of, entries, follows, merged, span
from rounds.tabular.exports import FileTable, page

STEM = 80  # characters of a file's name


@two_clocks
def timeline(request: HttpRequest) -> HttpResponse:
    parties = list(Party.objects.all())
    issues = list(Issue.objects.published())
    rounds = list(Round.objects.published().in_order())
    form = TimelineForm(
        request.GET, parties=parties, issues=issues, rounds=rounds, years=timeline_years()
    )
    wishes = form.wishes
    bars, proposals = all_bars(wishes), all_proposals(wishes)
    cursor: Cursor | None = wishes.get("page")
    listed_whole = [*bars, *proposals]
    paged = {Kind.STATEMENT}
    if len(proposals) > queries.MARKED:  # the list goes on behind them
        listed_whole, paged = bars, MARKS
    items = merged(
        (item for item in listed_whole if cursor is None or follows(item, cursor)),
        timeline_items(wishes, among=paged),
    )
    shown, rest = items[: queries.TIMELINE_PAGE], items[queries.TIMELINE_PAGE :]
    statements = [item for item in shown if item.kind == Kind.STATEMENT]
    if rest or cursor:
        statements = all_statements(wishes)
    marks = merged(proposals, statements)
    drawn = [*bars, *marks[: queries.MARKED]]
    listed = {item.anchor for item in shown}
    listed_entries = entries(shown)
    on_page = [item for entry in listed_entries for item in (entry.item, *entry.deadlines)]
    choices = chosen(form, choices_in(request.GET))
    context: dict[str, Any] = {
        "form": form,
        "chosen": [one for one in choices if form.fields[one.name].widget.is_hidden],
        "choices": choices,
        "wishes": {name: value for name, value in wishes.items() if name != "page"},
        "items": shown,
        "entries": listed_entries,
        "table": ItemTable(bars, listed=listed),
        "figure": calendar_figure(drawn, parties, rounds, on_page) if shown else None,
        "outside": outside(rounds, drawn) if shown else None,
        "marked": queries.MARKED,
        "marked_days": span(marks[: queries.MARKED]) if len(marks) > queries.MARKED else None,
        "next_page": _query(request, page=str(cursor_of(shown[-1]))) if rest else "",
    }

    def files() -> dict[str, FileTable]:
        return {
            "timeline": ItemFile(shown, caption=_("Timeline")),
            "calendar": ItemFile(bars, caption=_("Meetings and deadlines"), whole=True),
        }

    asked = wishes | ({"q": form.query.text} if "q" in wishes else {})
    told = [f"{name} {asked[name]}" for name in context["wishes"]]
    return page(
        request,
        "nafta/timeline.html",
        context,
        files=files,
        name=slugify(" ".join(["timeline", *told]))[:STEM].strip("-"),
        status=200 if form.is_valid() else 400,
    )


def _query(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()
