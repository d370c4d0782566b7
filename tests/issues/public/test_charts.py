"""A measure's chart, its table and the page are made of the same rows."""

import json
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import plotly.graph_objects as go
import pytest
from django.test import Client

from issues.analysis.number_points import MeasurePoint, list_points
from issues.analysis.proposal_threads import format_difference, value_label
from issues.analysis.stance_distance import Spread
from issues.models import Measure, Proposal
from issues.public.chart_svg import measure_drawing
from issues.public.charts import (
    MARK_SIZE,
    RINGS,
    days_drawn,
    distance_summary,
    measure_figure,
    measure_key,
    ring_sizes,
)
from rounds.models import Source
from rounds.public.charts import DAY_MS
from tests import world as worlds
from tests.world import day, days


def test_the_chart_and_the_table_hold_the_same_numbers(
    client: Client, world: SimpleNamespace
) -> None:
    (chart,) = client.get("/issues/water/").context["charts"]
    rows = [row.record for row in chart["table"].rows]
    figure = chart["figure"]
    drawn = {trace["name"]: trace["y"] for trace in figure["data"]}
    assert drawn == {"status quo": [30.0, 30.0], "Arden": [50.0], "Brume": [30.0]}
    assert [(row.who, row.value) for row in rows] == [
        ("status quo", "30 %"),
        ("Arden", "at least 50 %"),
        ("Brume", "between 30 and 33 %"),
    ]
    page = client.get("/issues/water/").content.decode()
    for row in rows:
        assert row.value in page
    (brume,) = [trace for trace in figure["data"] if trace["name"] == "Brume"]
    assert brume["error_y"]["array"] == [3.0]
    assert brume["x"] == ["2010-03-05"]


def test_plotly_knows_all_that_the_charts_say(client: Client, world: SimpleNamespace) -> None:
    issue = client.get("/issues/water/").context
    figures = [chart["figure"] for chart in issue["charts"]]
    figures += [issue["distances"]["figure"], client.get("/timeline/").context["figure"]]
    for figure in figures:
        plain = json.loads(json.dumps(figure))
        known = go.Figure(plain).to_plotly_json()  # refuses what it does not know
        assert [trace["type"] for trace in known["data"]] == [one["type"] for one in figure["data"]]


def test_an_agreed_number_is_drawn_from_its_day_on(world: SimpleNamespace) -> None:
    share = world.share
    share.agreed, share.agreed_on, share.agreed_source = 40, day("2010-03-08"), world.herald
    share.save()
    measure = Measure.objects.get(pk=share.pk)
    proposals = list(Proposal.objects.published().with_names().with_terms())
    before = list_points(measure, proposals, day("2010-03-07"))
    after = list_points(measure, proposals, day("2010-03-08"))
    assert [row.kind for row in after[len(before) :]] == ["agreed"]
    (star,) = [trace for trace in measure_figure(after)["data"] if trace["name"] == "agreed"]
    assert star["y"] == [40.0]


US, MX = ({"code": code, "name": code, "colour": n} for n, code in enumerate(("us", "mx"), 1))


def number(low: float, first: str, last: str = "", **fields: Any) -> MeasurePoint:
    """A number on a day, or on some day up to ``last``; "open" has none."""
    party = fields.get("party")
    defaults: dict[str, Any] = {
        "kind": "proposal" if party else "agreed",
        "measure": "Share",
        "key": "share",
        "unit": "%",
        "who": party["name"] if party else "agreed",
        "value": f"{low} %",
        "low": Decimal(str(low)),
        "source": Source(),
    }
    until = None if last == "open" else day(last or first)
    return MeasurePoint(
        **defaults | {"day": day(first), "last": until, "approximate": bool(last)} | fields
    )


def traces(*rows: MeasurePoint) -> dict[str, Any]:
    return {trace["name"]: trace for trace in measure_figure(rows)["data"]}


def test_a_party_has_one_line_whatever_its_numbers_are_for() -> None:
    rows = [
        number(85, "2017-10-13", party=US, scope="cars"),
        number(75, "2018-04-12", party=US, scope="the vehicle"),
        number(75, "2018-08-27", scope="cars"),
        number(40, "2018-08-27", scope="trucks"),
    ]
    drawn = traces(*rows)
    assert list(drawn) == ["us", "agreed"]
    assert drawn["us"]["y"] == [85, 75]
    assert drawn["us"]["text"][1].startswith("75 %, the vehicle · ")
    assert drawn["agreed"]["y"] == [75, 40]
    drawing = measure_drawing(rows)
    assert [mark.shape for mark in drawing.marks] == ["circle", "circle", "star", "star"]
    assert [key.name for key in drawing.keys] == ["us", "agreed"]


def test_marks_of_one_day_and_height_are_rings_on_that_day() -> None:
    rows = [number(50, "2017-11-23", party=party) for party in (US, MX)]
    rows += [number(50, "2017-11-23"), number(50, "2017-11-24", party=US)]
    drawn = traces(*rows)
    assert drawn["us"]["x"] == ["2017-11-23", "2017-11-24"]
    assert drawn["mx"]["x"] == drawn["agreed"]["x"] == ["2017-11-23"]
    rings = [drawn[name]["marker"]["size"][0] for name in ("us", "mx", "agreed")]
    assert rings == sorted(set(rings), reverse=True)  # each within the one before
    assert drawn["us"]["marker"]["size"][1] == MARK_SIZE
    marks = measure_drawing(rows).marks
    assert len({mark.x for mark in marks}) == 2
    assert [mark.size for mark in marks] == [rings[0] / MARK_SIZE, 1, rings[1] / MARK_SIZE, 1]


def test_the_rings_of_many_equal_numbers_do_not_fill_the_chart() -> None:
    rows = [number(50, "2031-11-23", party=US) for _each in range(27)]
    assert max(ring_sizes(rows)) == ring_sizes(rows[: RINGS + 1])[0]
    sentence = "At most 5 of them are visible, and the table has all."
    assert sentence in measure_key(rows)
    assert sentence not in measure_key(rows[: RINGS + 1])


def test_a_number_without_an_exact_day_is_a_hollow_mark_and_a_bar() -> None:
    rows = [
        number(50, "2017-03-01", party=US),
        number(40, "2017-03-02", "2017-03-12", party=US),
        number(30, "2017-03-05", "open", party=MX),
    ]
    drawn = traces(*rows)
    assert drawn["us"]["marker"]["symbol"] == ["circle", "circle-open"]
    assert drawn["us"]["error_x"]["array"] == [0, 10 * DAY_MS]
    _first, end = days_drawn(rows)
    assert drawn["mx"]["error_x"]["array"] == [(end - day("2017-03-05")).days * DAY_MS]
    drawing = measure_drawing(rows)
    assert [mark.look for mark in drawing.marks] == ["party-1", "party-1 pale", "party-2 pale"]
    assert sum("doubt" in line.look for line in drawing.lines) == 2


@pytest.mark.parametrize(
    ("last", "ticks"),
    [
        ("2017-11-16", ["9 Nov 2017", "12 Nov 2017", "15 Nov 2017"]),
        ("2018-11-12", ["Jan 2018", "Jul 2018"]),
    ],
)
def test_a_short_span_has_days_below_it(last: str, ticks: list[str]) -> None:
    rows = [number(50, "2017-11-12", party=US), number(40, last, party=US)]
    words = [one.text for one in measure_drawing(rows).labels if "201" in one.text]
    assert words == ticks
    assert measure_figure(rows)["layout"]["xaxis"]["tickformatstops"][0]["value"].startswith("%-d")


def test_what_was_agreed_is_a_star_for_each_thing_it_is_for(world: SimpleNamespace) -> None:
    deal: dict[str, Any] = {"status": "agreed", "parties": [world.arden, world.brume]}
    two = worlds.create_proposal(
        issue=world.water, dates=days("2010-04-01"), settled=days("2010-04-01"), **deal
    )
    for low, scope in ((40, "summer"), (45, "winter")):
        worlds.create_term(proposal=two, measure=world.share, low=low, scope=scope)
    late = worlds.create_proposal(
        issue=world.water, dates=days("2010-04-02"), settled=days("2010-05-01"), **deal
    )
    worlds.create_term(proposal=late, measure=world.share, low=42)
    share = Measure.objects.get(pk=world.share.pk)
    share.agreed, share.agreed_on, share.agreed_source = 42, day("2010-05-01"), world.herald
    proposals = list(Proposal.objects.published().with_names().with_terms())
    rows = list_points(share, proposals)
    stars = [(str(row.day), float(row.low), row.scope) for row in rows if row.kind == "agreed"]
    assert stars == [  # the measure's own value is that of the last deal, and stands once
        ("2010-04-01", 40, "summer"),
        ("2010-04-01", 45, "winter"),
        ("2010-05-01", 42, ""),
    ]
    assert {row.who for row in rows if row.kind == "agreed"} == {"agreed: Arden, Brume"}
    offered = [row.who for row in rows if row.day == day("2010-04-02")]
    assert offered == ["Arden", "Brume"]  # an offer first, agreed a month later


def test_what_was_agreed_stays_a_star_when_another_text_supersedes_it(
    world: SimpleNamespace,
) -> None:
    """“Each mark is a number that a party tabled” was said of an agreement of three."""
    deal = worlds.create_proposal(
        issue=world.water,
        dates=days("2010-04-01"),
        status="superseded",
        settled=days("2010-12-10"),
        parties=[world.arden, world.brume],
    )
    for party in (world.arden, world.brume):
        worlds.create_earlier_status(
            proposal=deal, status="agreed", dates=days("2010-04-01"), party=party
        )
    worlds.create_term(proposal=deal, measure=world.share, low=40)
    share = Measure.objects.get(pk=world.share.pk)
    for until in (None, day("2010-04-15"), day("2010-12-31")):
        proposals = list(deal.issue.proposals.filter(pk=deal.pk).with_names().with_terms())
        rows = [row for row in list_points(share, proposals, until) if row.day]
        assert [(row.kind, row.day, row.who) for row in rows] == [
            ("agreed", day("2010-04-01"), "agreed: Arden, Brume")
        ]


@pytest.mark.parametrize(
    ("value", "unit", "apart"),
    [
        (300, "US$ bn a year", "US$300 bn a year"),
        (150, "C$", "C$150"),
        (60, "%", "60 percentage points"),
        (1, "%", "1 percentage point"),
        (2, "% of sales", "2 percentage points of sales"),
        (400_000, "tonnes", "400,000 tonnes"),
    ],
)
def test_differences_read_as_people_write_them(value: int, unit: str, apart: str) -> None:
    assert format_difference(Decimal(value), unit) == apart


def test_a_range_of_sums_names_the_currency_with_both() -> None:
    assert value_label("between", 3, 5, "US$ an hour") == "between US$3 and US$5 an hour"


def test_the_caption_tells_what_the_chart_has_and_nothing_else(
    client: Client, world: SimpleNamespace
) -> None:
    (chart,) = client.get("/issues/water/").context["charts"]
    assert "in %." in chart["caption"]
    assert "The dotted line is what applied before." in chart["caption"]
    assert "A bar runs" in chart["caption"]
    assert "star" not in chart["caption"]
    assert chart["caption"] in client.get("/issues/water/").content.decode()
    world.third.terms.all().delete()
    share = world.share
    share.status_quo, share.agreed, share.agreed_on = None, 40, day("2010-03-08")
    share.agreed_source = world.herald
    share.save()
    (chart,) = client.get("/issues/water/").context["charts"]
    assert "The star is what was agreed." in chart["caption"]
    assert "dotted" not in chart["caption"]
    assert "A bar runs" not in chart["caption"]


def test_a_description_begins_with_what_was_settled(client: Client, world: SimpleNamespace) -> None:
    def description() -> str:
        page = client.get("/issues/water/").content.decode()
        found = re.search(r'<meta name="description" content="([^"]*)"', page)
        assert found
        return found[1]

    assert description().startswith("Must half of the water stay? ")
    for title, agreed in (("Side letters", "03"), ("A third", "03"), ("A review", "05")):
        worlds.create_proposal(
            issue=world.water,
            title=title,
            dates=days(f"2010-{agreed}-20"),
            parties=[world.arden, world.brume, world.corrie],
            status="agreed",
            settled=days(f"2010-{agreed}-20"),
        )
    assert description().startswith(
        "Settled 20 March 2010: Side letters; A third; then 20 May 2010: A review. Before that, "
    )


def test_each_chart_keeps_its_height_free_and_has_a_summary_of_its_own(
    client: Client, world: SimpleNamespace
) -> None:
    page = client.get("/issues/water/").content.decode()
    figures = dict(re.findall(r'data-chart="([\w-]+)" data-height="(\d+)"', page))
    assert figures == {"chart-distance": "440", "chart-share": "320"}
    summaries = re.findall(r'<details class="chart-table"[^>]*><summary>([^<]*)<', page)
    assert summaries == [
        "The same as a table; in bold where one of the two took a position",
        "The same as a table",
    ]


def test_of_many_pairs_the_chart_says_that_it_has_one() -> None:
    few, many = (cast("Spread", SimpleNamespace(gaps=[None] * count)) for count in (6, 7))
    assert distance_summary([few]).startswith("For every two parties, ")
    assert distance_summary([many]).startswith("For the two parties farthest apart ")
