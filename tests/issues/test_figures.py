"""A measure's chart, its table and the page are made of the same rows."""

import json
from types import SimpleNamespace

from django.test import Client

from issues.figures import measure_figure, points
from issues.models import Measure, Proposal
from tests.world import day


def test_the_chart_and_the_table_hold_the_same_numbers(
    client: Client, world: SimpleNamespace
) -> None:
    (chart,) = client.get("/issues/water/").context["charts"]
    rows = [row.record for row in chart["table"].rows]
    figure = json.loads(chart["figure"].to_json())
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


def test_an_agreed_number_is_drawn_from_its_day_on(world: SimpleNamespace) -> None:
    share = world.share
    share.agreed, share.agreed_on, share.agreed_source = 40, day("2010-03-08"), world.herald
    share.save()
    measure = Measure.objects.get(pk=share.pk)
    proposals = list(Proposal.objects.published().with_names().with_terms())
    before = points(measure, proposals, day("2010-03-07"))
    after = points(measure, proposals, day("2010-03-08"))
    assert [row.kind for row in after[len(before) :]] == ["agreed"]
    (star,) = [trace for trace in measure_figure(after).data if trace.name == "agreed"]
    assert list(star.y) == [40.0]
