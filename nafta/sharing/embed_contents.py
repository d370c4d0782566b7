"""What each frame shows.

A builder takes the parameters of an address and returns the embed, or raises ``Http404``. The frame
and the answer of oEmbed are made of it.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from issues.analysis.number_points import list_points
from issues.matrix.rows import MatrixRow, front_page_rows
from issues.matrix.site_state import SiteState
from issues.models import Issue, Measure
from issues.public.chart_svg import measure_drawing
from issues.public.charts import measure_key
from nafta import queries
from nafta.queries import BARS, timeline_items
from nafta.sharing.embeds import (
    CHART_HEIGHT,
    TIMELINE_HEIGHT,
    Embed,
    issue_height,
    matrix_height,
    statement_height,
)
from rounds.models import Statement
from rounds.platform.translated_text import local
from rounds.public.chart_svg import calendar_drawing
from rounds.public.charts import MARKS
from rounds.public.params import AsOfForm
from rounds.public.timeline import find_span, merge_items, statement_items

EmbedBuilder = Callable[[QueryDict, str], Embed]


class NotSaidYet(Http404):
    """The statement is published, and was made after the day asked for."""


def _day_of(form: AsOfForm) -> dict[str, Any]:
    """Return the fields of an ``Embed`` for its day and the errors of ``?as_of=``."""
    errors = [str(error) for error in form.errors.get("as_of", [])]
    return {"as_of": form.effective_as_of, "errors": errors}


def matrix_embed(query: QueryDict, key: str = "") -> Embed:
    """Show who stands where on the featured issues; on all, where none is featured."""
    form = AsOfForm(query)
    state = SiteState.load(form.effective_as_of, form.rounds)
    rows = [row for row in front_page_rows(state.plain_matrix) if row.recorded]
    return Embed(
        name="embed_matrix",
        title=_("Who stands where"),
        page=reverse("issue_list"),
        height=matrix_height(rows),
        publishers=_publishers(rows),
        context={"parties": state.parties, "rows": rows},
        **_day_of(form),
    )


def issue_embed(query: QueryDict, key: str) -> Embed:
    """Show where each party stands on one issue."""
    issue = _get_or_404(Issue.objects.published(), key)
    form = AsOfForm(query)
    state = SiteState.load(form.effective_as_of, form.rounds, issues=[issue])
    (row,) = state.plain_matrix
    return Embed(
        name="embed_issue",
        key=key,
        title=local(issue, "question"),
        page=issue.get_absolute_url(),
        height=issue_height(row),
        publishers=_publishers([row]),
        context={"issue": issue, "row": row},
        **_day_of(form),
    )


def rounds_embed(query: QueryDict, key: str) -> Embed:
    """Show where each party stood on one issue at the end of each round."""
    issue = _get_or_404(Issue.objects.published(), key)
    form = AsOfForm(query)
    state = SiteState.load(form.effective_as_of, form.rounds, issues=[issue])
    progress = issue.progress.published().select_related("source", "issue")
    rows = state.rows_by_round(issue, progress)
    return Embed(
        name="embed_rounds",
        key=key,
        title=local(issue, "question"),
        page=f"{issue.get_absolute_url()}#by-round",
        height=matrix_height(rows),
        publishers=_publishers(rows),
        context={"issue": issue, "parties": state.parties, "rows": rows},
        **_day_of(form),
    )


def chart_embed(query: QueryDict, key: str) -> Embed:
    """Show the numbers that were put to one measure."""
    measure = _get_or_404(Measure.objects.published().select_related("issue", "source"), key)
    form = AsOfForm(query)
    day = form.effective_as_of.day
    proposals = list(measure.issue.proposals.published().as_of(day).with_names().with_terms())
    points = list_points(measure, proposals, day)
    drawing = measure_drawing(points) if any(point.day for point in points) else None
    cited = {point.url for point in points}
    publishers = [each.source.publisher for each in proposals if each.get_absolute_url() in cited]
    return Embed(
        name="embed_chart",
        key=key,
        title=_("%(measure)s, %(unit)s")
        % {"measure": local(measure, "name"), "unit": local(measure, "unit")},
        page=f"{measure.issue.get_absolute_url()}#numbers",
        height=CHART_HEIGHT,
        publishers=[*publishers, measure.source.publisher],
        context={
            "issue": measure.issue,
            "measure": measure,
            "drawing": drawing,
            "key": measure_key(points) if drawing else [],
            "points": points,
        },
        **_day_of(form),
    )


def timeline_embed(query: QueryDict, key: str = "") -> Embed:
    """Show the calendar of the talks."""
    form = AsOfForm(query)
    state = SiteState.load(form.effective_as_of, form.rounds)
    filters = {"before": state.day + dt.timedelta(days=1)} if state.as_of.is_chosen else {}
    marks = timeline_items(filters, limit=queries.MAX_MARKS, among=MARKS)
    drawn = marks[: queries.MAX_MARKS]
    items = merge_items(timeline_items(filters, limit=None, among=BARS), drawn)
    return Embed(
        name="embed_timeline",
        title=_("The calendar of the talks"),
        page=reverse("timeline"),
        height=TIMELINE_HEIGHT,
        publishers=[item.publisher for item in items],
        context={
            "drawing": calendar_drawing(items, state.parties, state.rounds) if items else None,
            "marked": queries.MAX_MARKS,
            "marked_days": find_span(drawn) if len(marks) > queries.MAX_MARKS else None,
        },
        **_day_of(form),
    )


def statement_embed(query: QueryDict, key: str) -> Embed:
    """Show one statement and who says so."""
    form = AsOfForm(query)
    statement = _get_or_404(Statement.objects.published().with_names(), key)
    if statement.first_day > form.effective_as_of.day:
        raise NotSaidYet(_("This was not said by then."))
    (item,) = statement_items([statement])
    return Embed(
        name="embed_statement",
        key=key,
        title=_("Statement, %(when)s") % {"when": statement.when},
        page=statement.get_absolute_url(),
        height=statement_height(statement),
        publishers=[statement.source.publisher],
        context={"statement": statement, "item": item},
        **_day_of(form),
    )


def _get_or_404(records: "QuerySet[Any]", key: str) -> Any:
    record = records.filter(slug=key).first()
    if record is None:
        raise Http404(_("Nothing is published at this address."))
    return record


def _publishers(rows: Iterable[MatrixRow]) -> list[str]:
    return [cell.publisher for row in rows for cell in row.cells if cell.recorded]


BUILDERS: dict[str, EmbedBuilder] = {
    "embed_matrix": matrix_embed,
    "embed_issue": issue_embed,
    "embed_rounds": rounds_embed,
    "embed_chart": chart_embed,
    "embed_timeline": timeline_embed,
    "embed_statement": statement_embed,
}
