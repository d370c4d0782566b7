"""What each frame shows.

A builder takes what an address asks for and returns the embed, or raises ``Http404``. The frame
and the answer of oEmbed are made of it.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from issues import matrix
from issues.analysis.number_points import points
from issues.models import Issue, Measure, Position
from issues.public.chart_svg import measure_drawing
from issues.public.charts import measure_key
from nafta import queries
from nafta.queries import all_bars, timeline_items
from nafta.sharing.embeds import (
    CHART_HEIGHT,
    TIMELINE_HEIGHT,
    Embed,
    issue_height,
    matrix_height,
    statement_height,
)
from rounds.history.as_of import AsOf
from rounds.models import Party, Round, Statement
from rounds.platform.translated_text import local
from rounds.public.chart_svg import calendar_drawing
from rounds.public.charts import MARKS
from rounds.public.params import AsOfForm
from rounds.public.timeline import merged, span, statement_items

Builder = Callable[[QueryDict, str], Embed]


class NotSaidYet(Http404):
    """It is published, and was said after the day asked for."""


def _asked(query: QueryDict, rounds: Iterable[Round]) -> dict[str, Any]:
    """The day asked for, and what is wrong with it."""
    form = AsOfForm(query, rounds=rounds)
    return {"as_of": form.wish, "errors": [str(one) for one in form.errors.get("as_of", [])]}


def matrix_embed(query: QueryDict, key: str = "") -> Embed:
    """Who stands where on the featured issues; on all, where none is featured."""
    asked = _asked(query, Round.objects.published().in_order())
    as_of: AsOf = asked["as_of"]
    parties = list(Party.objects.all())
    positions = Position.objects.published().as_of(as_of.day).with_evidence()
    found = matrix.by_issue(Issue.objects.published(), parties, positions, as_of.day)
    rows = [row for row in matrix.front_page_rows(found) if row.recorded]
    return Embed(
        name="embed_matrix",
        title=_("Who stands where"),
        page=reverse("issue_list"),
        height=matrix_height(rows),
        publishers=_publishers(rows),
        context={"parties": parties, "rows": rows},
        **asked,
    )


def issue_embed(query: QueryDict, key: str) -> Embed:
    """Where each party stands on one issue."""
    issue = _one(Issue.objects.published(), key)
    asked = _asked(query, Round.objects.published().in_order())
    as_of: AsOf = asked["as_of"]
    positions = issue.positions.published().as_of(as_of.day).with_evidence()
    (row,) = matrix.by_issue([issue], list(Party.objects.all()), positions, as_of.day)
    return Embed(
        name="embed_issue",
        key=key,
        title=local(issue, "question"),
        page=issue.get_absolute_url(),
        height=issue_height(row),
        publishers=_publishers([row]),
        context={"issue": issue, "row": row},
        **asked,
    )


def rounds_embed(query: QueryDict, key: str) -> Embed:
    """Where each party stood on one issue at the end of each round."""
    issue = _one(Issue.objects.published(), key)
    rounds = list(Round.objects.published().with_names().in_order())
    asked = _asked(query, rounds)
    day = asked["as_of"].day
    parties = list(Party.objects.all())
    positions = list(issue.positions.published().as_of(day).with_evidence())
    progress = issue.progress.published().select_related("source", "issue")
    held = [one for one in rounds if one.took_place and one.first_day <= day]
    rows = matrix.by_round(issue, held, parties, positions, progress, day)
    return Embed(
        name="embed_rounds",
        key=key,
        title=local(issue, "question"),
        page=f"{issue.get_absolute_url()}#by-round",
        height=matrix_height(rows),
        publishers=_publishers(rows),
        context={"issue": issue, "parties": parties, "rows": rows},
        **asked,
    )


def chart_embed(query: QueryDict, key: str) -> Embed:
    """The numbers that were put to one measure."""
    measure = _one(Measure.objects.published().select_related("issue", "source"), key)
    asked = _asked(query, Round.objects.published().in_order())
    day = asked["as_of"].day
    proposals = list(measure.issue.proposals.published().as_of(day).with_names().with_terms())
    rows = points(measure, proposals, day)
    drawn = measure_drawing(rows) if any(row.day for row in rows) else None
    cited = {row.url for row in rows}
    said = [one.source.publisher for one in proposals if one.get_absolute_url() in cited]
    return Embed(
        name="embed_chart",
        key=key,
        title=_("%(measure)s, %(unit)s")
        % {"measure": local(measure, "name"), "unit": local(measure, "unit")},
        page=f"{measure.issue.get_absolute_url()}#numbers",
        height=CHART_HEIGHT,
        publishers=[*said, measure.source.publisher],
        context={
            "issue": measure.issue,
            "measure": measure,
            "drawing": drawn,
            "key": measure_key(rows) if drawn else [],
            "points": rows,
        },
        **asked,
    )


def timeline_embed(query: QueryDict, key: str = "") -> Embed:
    """The calendar of the talks."""
    rounds = list(Round.objects.published().in_order())
    asked = _asked(query, rounds)
    as_of: AsOf = asked["as_of"]
    wishes = {"before": as_of.day + dt.timedelta(days=1)} if as_of.asked else {}
    marks = timeline_items(wishes, limit=queries.MARKED, among=MARKS)
    drawn, rest = marks[: queries.MARKED], marks[queries.MARKED :]
    shown = merged(all_bars(wishes), drawn)
    parties = list(Party.objects.all())
    return Embed(
        name="embed_timeline",
        title=_("The calendar of the talks"),
        page=reverse("timeline"),
        height=TIMELINE_HEIGHT,
        publishers=[one.publisher for one in shown],
        context={
            "drawing": calendar_drawing(shown, parties, rounds) if shown else None,
            "marked": queries.MARKED,
            "marked_days": span(drawn) if rest else None,
        },
        **asked,
    )


def statement_embed(query: QueryDict, key: str) -> Embed:
    """One statement and who says so."""
    asked = _asked(query, Round.objects.published().in_order())
    statement = _one(Statement.objects.published().with_names(), key)
    if statement.first_day > asked["as_of"].day:
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
        **asked,
    )


def _one(records: Any, key: str) -> Any:
    found = records.filter(slug=key).first()
    if found is None:
        raise Http404(_("Nothing is published at this address."))
    return found


def _publishers(rows: Iterable[matrix.Row]) -> list[str]:
    return [cell.publisher for row in rows for cell in row.cells if cell.recorded]


BUILDERS: dict[str, Builder] = {
    "embed_matrix": matrix_embed,
    "embed_issue": issue_embed,
    "embed_rounds": rounds_embed,
    "embed_chart": chart_embed,
    "embed_timeline": timeline_embed,
    "embed_statement": statement_embed,
}
