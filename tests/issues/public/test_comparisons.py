"""Two parties side by side, one over the rounds, and everything by whom."""

import re
from html import unescape
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from django.utils import timezone

from tests import world as worlds
from tests.nafta.pages.test_pages import BUDGET, double, queries
from tests.world import SECRET, days


def pairs(client: Client, query: str) -> dict[str, tuple[str, str, int | None, str]]:
    """What the page shows: issue -> both stances, the steps between, since when."""
    rows = client.get(f"/compare/?{query}").context["rows"]
    return {
        row.issue.slug: (row.gap.cell.stance, row.gap.other_cell.stance, row.gap.steps, row.since)
        for row in rows
    }


def test_two_parties_issue_by_issue(client: Client, world: SimpleNamespace) -> None:
    assert pairs(client, "party=arden&party=brume") == {
        "water": ("demands", "open-if", 3, "early March 2010"),
        "fish": ("not-recorded", "will-not-say", None, ""),
    }
    page = client.get("/compare/?party=arden&party=brume").content.decode()
    assert "apart, 3 steps" in page
    assert "Arden: not recorded; Brume: will not say" in page
    assert "/statements/unnamed-on-water/" in page  # the evidence for both cell and distance


def test_the_other_way_round_it_is_the_same(client: Client, world: SimpleNamespace) -> None:
    assert pairs(client, "party=brume&party=arden")["water"] == (
        "open-if",
        "demands",
        3,
        "early March 2010",
    )


def test_it_keeps_to_a_past_day(client: Client, world: SimpleNamespace) -> None:
    query = "party=arden&party=brume&as_of=round-1"
    assert pairs(client, query)["water"] == ("demands", "red-line", 5, "10 January 2010")
    page = client.get(f"/compare/?{query}").content.decode()
    assert "Never half" in page
    assert "Would talk" not in page
    assert "/issues/water/?as_of=round-1" in page


def test_a_day_that_was_typed_counts_beside_the_choice_of_rounds(
    client: Client, world: SimpleNamespace
) -> None:
    both = "party=arden&party=brume"
    page = client.get(f"/compare/?{both}&as_of=2010-02-28").content.decode()
    assert '<option value="2010-02-28" selected>28 February 2010</option>' in page
    assert '<input id="compare-date" type="date" name="as_of">' in page
    on_the_day = pairs(client, f"{both}&as_of=2010-02-28")
    assert pairs(client, f"{both}&as_of=round-2&as_of=2010-02-28") == on_the_day
    assert pairs(client, f"{both}&as_of=2010-02-28&as_of=") == on_the_day
    assert pairs(client, f"{both}&as_of=round-2&as_of=") == pairs(client, f"{both}&as_of=round-2")
    assert pairs(client, f"{both}&as_of=&as_of=") == pairs(client, both) != on_the_day


def test_a_restatement_does_not_begin_a_distance(client: Client, world: SimpleNamespace) -> None:
    worlds.create_position(
        issue=world.water, party=world.arden, since=days("2010-03-12"), stance="demands"
    )
    assert pairs(client, "party=arden&party=brume")["water"][3] == "early March 2010"
    worlds.create_position(
        issue=world.water, party=world.arden, since=days("2010-03-13"), stance="supports"
    )
    assert pairs(client, "party=arden&party=brume")["water"][2:] == (2, "13 March 2010")


def course(client: Client, query: str) -> dict[str, list[tuple[str, bool]]]:
    """What the page of one party shows: issue -> stance and whether it moved, by meeting."""
    context = client.get(f"/compare/?{query}").context
    return {
        row.issue.slug: [(cell.stance, cell.stance_changed) for cell in row.cells]
        for row in context["rows"]
    }


def test_one_party_over_the_rounds(client: Client, world: SimpleNamespace) -> None:
    assert course(client, "party=brume") == {
        "water": [("red-line", True), ("open-if", True)],
        "fish": [("will-not-say", True), ("will-not-say", False)],
    }
    assert course(client, "party=brume&party=&as_of=2010-02-28")["water"] == [("red-line", True)]
    page = client.get("/compare/?party=brume").content.decode()
    assert 'href="/statements/unnamed-on-water/"' in page


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/compare/?party=arden&party=brume", [("party", "arden"), ("party", "brume")]),
        ("/moved/?from=round-1&to=round-2", [("from", "round-1"), ("to", "round-2")]),
        ("/timeline/?party=arden&page=2010-01-09.statement.1", [("party", "arden")]),
    ],
)
def test_another_clock_keeps_what_was_asked_for(
    client: Client, world: SimpleNamespace, path: str, kept: list[tuple[str, str]]
) -> None:
    page = client.get(path).content.decode()
    form = page.partition('<form class="known-form"')[2].partition("</form>")[0]
    assert re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form) == kept


def test_where_things_stood_by_then_is_told_of_the_same_parties(
    client: Client, world: SimpleNamespace
) -> None:
    moment = timezone.now().isoformat()
    query = {"party": ["arden", "brume"], "as_of": "round-1", "known": moment}
    page = client.get("/compare/", query).content.decode()
    label = page.partition('<aside class="known"')[2].partition("</aside>")[0]
    links = [parse_qs(unescape(link)[1:]) for link in re.findall(r'href="([^"]+)"', label)]
    both = {"party": ["arden", "brume"]}
    assert links == [both | {"known": [moment]}, both | {"as_of": ["round-1"]}]
    today = client.get("/compare/?party=arden&party=brume&as_of=round-1").content.decode()
    assert 'href="/compare/?party=arden&amp;party=brume">Show today' in today


def test_nobody_chosen_compares_the_first_two(client: Client, world: SimpleNamespace) -> None:
    assert pairs(client, "") == pairs(client, "party=arden&party=brume") != {}
    page = client.get("/compare/").content.decode()
    assert '<select id="compare-one" name="party">' in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("party=arden&party=arden", "Arden was asked for twice"),
        ("party=nowhere", "“nowhere” is no party in this record"),
        ("party=arden&party=nowhere", "“nowhere” is no party in this record"),
        ("party=arden&party=brume&party=corrie", "Two parties at a time"),
        ("party=arden&party=brume&as_of=soon", "neither a day"),
        ("party=%00", "is no party in this record"),
    ],
)
def test_a_wish_that_makes_no_sense_gets_a_sentence(
    client: Client, world: SimpleNamespace, query: str, words: str
) -> None:
    response = client.get(f"/compare/?{query}")
    assert response.status_code == 400
    page = response.content.decode()
    assert words in page
    assert "compare-one" in page
    if "arden" in query:
        assert "Arden" in page
        assert response.context["rows"]


def stand(client: Client, path: str) -> dict[str, Any]:
    """The groups of a party's or a person's page, by issue."""
    groups = client.get(path).context["groups"]
    return {one.issue.slug if one.issue else "": one for one in groups}


def test_a_party_page_tells_how_a_stance_moved(client: Client, world: SimpleNamespace) -> None:
    water = stand(client, "/parties/brume/")["water"]
    assert [(step.label, step.when) for step in water.trail] == [
        ("red line", "10 January 2010"),
        ("open if…", "early March 2010"),
    ]
    assert [item.slug for item in water.proposals] == ["a-third"]
    assert {"unnamed-on-water", "birch-denies"} < {item.slug for item in water.statements}
    assert [
        step.label for step in stand(client, "/parties/brume/?as_of=round-1")["water"].trail
    ] == ["red line"]
    page = client.get("/parties/brume/").content.decode()
    assert '<a class="when" href="/statements/unnamed-on-water/">early March 2010</a>' in page


def test_a_party_page_folds_and_is_cut_where_the_timeline_has_the_rest(
    client: Client, world: SimpleNamespace
) -> None:
    link = "/timeline/?party=arden&amp;issue=water&amp;kind=statement"
    assert link not in client.get("/parties/arden/").content.decode()
    for number in range(6):
        worlds.create_statement(
            dates=days("2010-03-01"),
            summary=f"Flood {number}",
            parties=[world.arden],
            issues=[world.water],
        )
    page = client.get("/parties/arden/").content.decode()
    assert link in page
    assert page.count("Flood ") == 5
    assert "7 statements, 1 proposal" in page


def test_what_touches_no_issue_has_its_own_group(client: Client, world: SimpleNamespace) -> None:
    worlds.create_statement(dates=days("2010-03-02"), summary="A fine day.", parties=[world.arden])
    page = client.get("/parties/arden/").content.decode()
    assert page.index("Said on no single issue") < page.index("A fine day.")


def test_a_person_page_tells_what_how_often_and_for_whom(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_statement(
        dates=days("2011-02-01"),
        summary="Rain would help.",
        basis="reporting",
        speakers=[world.alder],
        parties=[world.arden, world.corrie],
    )
    context = client.get("/people/ada-alder/").context
    assert len(context["tally"]) == 2
    assert context["tally"].off_record == 1
    assert context["tally"].years == [(2010, 1), (2011, 1)]
    assert [(party["code"], count) for party, count in context["tally"].parties] == [
        ("arden", 2),
        ("corrie", 1),
    ]
    groups = stand(client, "/people/ada-alder/")
    assert [item.slug for item in groups["water"].statements] == ["alder-on-water"]
    assert [item.title for item in groups[""].statements] == ["Rain would help."]
    page = client.get("/people/ada-alder/").content.decode()
    assert "first 9 January 2010, last 1 February 2011" in page


@pytest.mark.parametrize(
    "path",
    [
        "/compare/",
        "/compare/?party=arden",
        "/compare/?party=arden&party=corrie",
        "/compare/?party=brume&party=corrie&as_of=round-1",
        "/parties/brume/",
        "/parties/corrie/?as_of=round-1",
        "/people/bo-birch/",
    ],
)
def test_it_asks_little_and_tells_no_draft(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    assert SECRET not in client.get(path).content.decode()
    before = queries(client, path)
    double(world)
    assert queries(client, path) == before <= BUDGET


def test_an_empty_site_has_nobody_to_compare(client: Client, db: None) -> None:
    response = client.get("/compare/")
    assert response.status_code == 200
    assert "No party has been recorded yet." in response.content.decode()
