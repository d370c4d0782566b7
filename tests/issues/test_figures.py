"""A measure's chart, its table and the page are made of the same rows."""

import json
from types import SimpleNamespace

import plotly.graph_objects as go
from django.test import Client

from issues.figures import measure_figure, points
from issues.models import Measure, Proposal
from tests import world as worlds
from tests.world import day


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
    before = points(measure, proposals, day("2010-03-07"))
    after = points(measure, proposals, day("2010-03-08"))
    assert [row.kind for row in after[len(before) :]] == ["agreed"]
    (star,) = [trace for trace in measure_figure(after)["data"] if trace["name"] == "agreed"]
    assert star["y"] == [40.0]


def test_equal_numbers_stand_side_by_side_at_their_true_height(
    client: Client, world: SimpleNamespace
) -> None:
    world.half.parties.add(world.brume)
    for low, scope in ((50, "in summer"), (70, "in winter")):
        worlds.create_term(proposal=world.third, measure=world.share, low=low, scope=scope)
    (chart,) = client.get("/issues/water/").context["charts"]
    figure = chart["figure"]
    drawn = {trace["name"]: (trace["x"], trace["y"]) for trace in figure["data"]}
    assert set(drawn) == {"status quo", "Arden", "Brume", "Brume, in summer", "Brume, in winter"}
    assert drawn["Arden"] == (["2010-01-10"], [50.0])
    days, values = drawn["Brume"]  # one text of both, then a number of its own
    assert values == [50.0, 30.0]
    assert "2010-01-10" < days[0] < days[1] == "2010-03-05"
    assert "at least 50 % · 10 January 2010 · " in figure["data"][2]["text"][0]


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
