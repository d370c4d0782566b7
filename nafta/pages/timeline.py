"""The timeline: what happened, newest first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues.models import Issue
from nafta import queries
from nafta.pages.active_filters import change_parameters, list_active_filters, select_filters
from nafta.queries import EMPTY_TIMELINE, load_timeline, timeline_years
from nafta.search.forms import TimelineForm
from rounds.models import Party, Round
from rounds.public.charts import calendar_figure, find_outside
from rounds.public.known_param import AsPublished, supports_known
from rounds.public.params import accepts
from rounds.public.tables import ItemFile, ItemTable
from rounds.public.timeline import cursor_of, find_span, group_entries
from rounds.tabular.exports import FileTable, render_page_or_file

MAX_FILE_NAME_CHARS = 80


@accepts(TimelineForm, files=True)
@supports_known
def timeline(request: HttpRequest, as_published: AsPublished) -> HttpResponse:
    """The list, and above it the same as a calendar; both narrowed by the filters.

    Nothing is read for filters that are refused: there is no end of wrong values.
    """
    parties = list(Party.objects.all())
    rounds = list(Round.objects.published().in_order())
    form = TimelineForm(
        request.GET,
        parties=parties,
        issues=list(Issue.objects.published()),
        rounds=rounds,
        years=timeline_years(),
    )
    filters = {name: value for name, value in form.filters.items() if name != "page"}
    shown = load_timeline(form.filters) if form.is_valid() else EMPTY_TIMELINE
    drawn = [*shown.bars, *shown.marks_drawn]
    list_entries = group_entries(shown.items)
    drawn_in_list = [item for entry in list_entries for item in (entry.item, *entry.deadlines)]
    choices = list_active_filters(form, select_filters(request.GET))
    next_page = str(cursor_of(shown.items[-1])) if shown.has_more else ""
    context: dict[str, Any] = {
        "as_published": as_published,
        "form": form,
        "chosen": [choice for choice in choices if form.fields[choice.name].widget.is_hidden],
        "choices": choices,
        "filters": filters,
        "items": shown.items,
        "entries": list_entries,
        "table": ItemTable(shown.bars, listed={item.anchor for item in shown.items}),
        "figure": calendar_figure(drawn, parties, rounds, drawn_in_list) if shown.items else None,
        "outside": find_outside(rounds, drawn) if shown.items else None,
        "marked": queries.MAX_MARKS,
        "marked_days": find_span(shown.marks_drawn) if shown.has_undrawn else None,
        "next_page": change_parameters(request.GET, page=next_page)[1:] if next_page else "",
    }

    def files() -> dict[str, FileTable]:
        return {
            "timeline": ItemFile(shown.items, caption=_("Timeline")),
            "calendar": ItemFile(shown.bars, caption=_("Meetings and deadlines"), whole=True),
        }

    return render_page_or_file(
        request,
        "nafta/timeline.html",
        context,
        files=files,
        name=_file_name(form, filters),
        status=200 if form.is_valid() else 400,
    )


def _file_name(form: TimelineForm, filters: dict[str, Any]) -> str:
    """ "timeline-party-ca-year-2017"."""
    texts = filters | ({"q": form.query.text} if "q" in filters else {})
    parts = [f"{name} {value}" for name, value in texts.items()]
    return slugify(" ".join(["timeline", *parts]))[:MAX_FILE_NAME_CHARS].strip("-")
