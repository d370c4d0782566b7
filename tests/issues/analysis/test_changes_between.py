"""What moved between any two rounds or days, with its evidence."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests import world as worlds
from tests.nafta.pages.test_pages import BUDGET, double, queries
from tests.world import SECRET, day, days


def told(client: Client, query: str) -> dict[str, Any]:
    """The whole difference, in words: stances, progress, numbers, deadlines, meetings."""
    context = client.get(f"/moved/?{query}").context
    rows = context["rows"]
    return {
        "stances": {
            (row.issue.slug, one.party.code): [one.before.label]
            + [f"{step.label}, {step.when}" for step in one.steps]
            for row in rows
            for one in row.stances
        },
        "levels": {
            row.issue.slug: [row.level.before and row.level.before.level]
            + [one.level for one in row.level.steps]
            for row in rows
            if row.level
        },
        "figures": [
            (one.point.kind, one.point.value, [party["code"] for party in one.parties])
            for row in rows
            for one in row.numbers
        ],
        "answers": [item.slug for row in rows for item in row.answers],
        "deadlines": [
            (move.item.slug, move.was_set, move.fell_due, move.item.status)
            for move in context["deadlines"]
        ],
        "meetings": [(item.slug, item.status) for item in context["meetings"]],
    }


FROM_1_TO_2 = {
    "stances": {("water", "brume"): ["red line", "open if…, early March 2010"]},
    "levels": {"water": ["tabled", "advancing"]},
    "figures": [("proposal", "between 30 and 33 %", ["brume"])],
    "answers": ["a-third"],
    "deadlines": [],
    "meetings": [("bilateral", "held"), ("lake-summit", "cancelled"), ("round-2", "held")],
}


@pytest.mark.parametrize(
    "query",
    [
        "from=round-1&to=round-2",
        "from=2010-01-12&to=2010-03-08",  # the days on which they ended
        "from=round-1&to=2010-03-08",
        "to=round-2",  # without "from", since the round before
    ],
)
def test_rounds_and_days_tell_the_same(client: Client, world: SimpleNamespace, query: str) -> None:
    assert told(client, query) == FROM_1_TO_2


def test_at_the_first_round_everything_is_new(client: Client, world: SimpleNamespace) -> None:
    assert told(client, "to=round-1") == {
        "stances": {
            ("water", "arden"): ["not recorded", "demands, 9 January 2010"],
            ("water", "brume"): ["not recorded", "red line, 10 January 2010"],
            ("fish", "brume"): ["not recorded", "will not say, 10 January 2010"],
        },
        "levels": {"water": [None, "tabled"]},
        "figures": [("proposal", "at least 50 %", ["arden"])],
        "answers": [],
        "deadlines": [("by-may", True, False, "pending"), ("by-june", True, False, "pending")],
        "meetings": [("round-1", "held")],
    }


def test_deadlines_are_told_as_on_the_later_day(client: Client, world: SimpleNamespace) -> None:
    assert told(client, "from=round-2&to=2010-04-30")["deadlines"] == []
    assert told(client, "from=round-2&to=2010-05-01")["deadlines"] == [
        ("by-may", False, True, "moved")
    ]
    both = told(client, "from=2010-01-01&to=2010-05-01")["deadlines"]
    assert both == [("by-may", True, True, "moved"), ("by-june", True, False, "pending")]
    page = client.get("/moved/?from=round-2&to=2010-12-31").content.decode()
    assert "superseded by:" in page
    assert "was due; no outcome recorded" in page


def test_a_number_agreed_is_told_on_its_day(client: Client, world: SimpleNamespace) -> None:
    share = world.share
    share.agreed, share.agreed_on, share.agreed_source = 41, day("2010-04-08"), world.herald
    share.save()
    agreed: list[Any] = [("agreed", "41 %", [])]
    assert told(client, "from=round-2&to=2010-04-08")["figures"] == agreed
    assert told(client, "from=round-2&to=2010-04-07")["figures"] == []
    assert told(client, "from=2010-04-08&to=2010-04-30")["figures"] == []


def test_an_offer_that_was_agreed_in_the_same_span_is_told_as_both(
    client: Client, world: SimpleNamespace
) -> None:
    offer = worlds.create_proposal(
        issue=world.water,
        dates=days("2010-05-01"),
        parties=[world.arden],
        status="agreed",
        settled=days("2010-05-20"),
    )
    worlds.create_term(proposal=offer, measure=world.share, low=40)
    figures = told(client, "from=2010-04-30&to=2010-05-31")["figures"]
    assert [kind for kind, _value, _parties in figures] == ["proposal", "agreed"]


def test_who_moved_and_came_back_is_told_so(client: Client, world: SimpleNamespace) -> None:
    for when, stance in (("2010-04-01", "open"), ("2010-04-02", "open"), ("2010-04-03", "demands")):
        worlds.create_position(
            issue=world.water, party=world.arden, since=days(when), stance=stance, gist=stance
        )
    assert told(client, "from=round-2&to=2010-04-30")["stances"] == {
        ("water", "arden"): ["demands", "open, 1 April 2010", "demands, 3 April 2010"]
    }
    page = client.get("/moved/?from=round-2&to=2010-04-30").content.decode()
    assert "back where it was" in page


def test_who_only_shifted_has_not_come_back(client: Client, world: SimpleNamespace) -> None:
    worlds.create_position(
        issue=world.water, party=world.arden, since=days("2010-04-01"), stance="demands"
    )
    assert told(client, "from=round-2&to=2010-04-30")["stances"] == {
        ("water", "arden"): ["demands", "demands, 1 April 2010"]
    }
    page = client.get("/moved/?from=round-2&to=2010-04-30").content.decode()
    assert "back where it was" not in page
    assert "shifted" in page


def test_progress_goes_by_the_order_of_meetings_and_waits_for_their_end(
    client: Client, world: SimpleNamespace
) -> None:
    late = worlds.create_round(
        slug="late", kind="bilateral", dates=days("2010-04-01", "2010-04-09")
    )
    worlds.create_progress(round=late, issue=world.water, level="stuck")
    worlds.create_progress(round=world.bilateral, issue=world.water, level="tabled")
    assert told(client, "from=round-1&to=2010-04-08")["levels"] == {
        "water": ["tabled", "advancing"]
    }
    assert told(client, "from=round-1&to=2010-04-09")["levels"] == {
        "water": ["tabled", "advancing", "stuck"]
    }


def test_it_has_every_move_that_the_round_and_the_home_page_have(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_position(
        issue=world.water, party=world.corrie, since=days("2010-03-09"), stance="open"
    )
    for path, query in (
        ("/rounds/round-2/", "from=round-1&to=round-2"),
        ("/rounds/round-1/", "to=round-1"),
        ("/", ""),
    ):
        moves = client.get(path).context["moves"]
        there = {
            (group.issue.slug, cell.party.code)
            for group in moves
            for move in group.moves
            for cell in move.cells
        }
        assert there
        assert there <= set(told(client, query)["stances"])


def test_pages_lead_to_it(client: Client, world: SimpleNamespace) -> None:
    assert "/moved/?from=round-1&amp;to=round-2" in client.get("/rounds/round-2/").content.decode()
    assert "/moved/?to=round-1" in client.get("/rounds/round-1/").content.decode()
    assert 'href="/moved/"' in client.get("/").content.decode()
    assert "/moved/?to=round-1" in client.get("/?as_of=round-1").content.decode()


def test_each_row_leads_to_its_evidence_and_source(client: Client, world: SimpleNamespace) -> None:
    page = client.get("/moved/?from=round-1&to=round-2").content.decode()
    for address in (
        "/statements/unnamed-on-water/",  # what the stance rests on
        world.whispered.source.get_absolute_url(),
        "/rounds/round-2/",  # where the level was noted
        "/proposals/a-third/",  # where the number stands
        world.third.source.get_absolute_url(),
        world.cancelled.source.get_absolute_url(),
    ):
        assert f'href="{address}"' in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=round-2&to=round-1", "has to come before"),
        ("from=round-1&to=round-1", "has to come before"),
        ("from=round-9", "neither a day"),
        ("to=2010-13-01", "neither a day"),
        ("to=2099-01-01", "Nobody knows yet"),
        ("from=lake-summit", "was not held"),
        (f"from={SECRET}&to={SECRET}", "neither a day"),
        ("from=%00", "Null characters"),
    ],
)
def test_a_wish_that_makes_no_sense_gets_a_sentence(
    client: Client, world: SimpleNamespace, query: str, words: str
) -> None:
    response = client.get(f"/moved/?{query}")
    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/moved/", "/moved/?from=round-1&to=round-2"])
def test_it_asks_little_and_tells_no_draft(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    assert SECRET not in client.get(path).content.decode()
    before = queries(client, path)
    double(world)
    assert queries(client, path) == before <= BUDGET


def test_an_empty_site_says_that_nothing_moved(client: Client, db: None) -> None:
    response = client.get("/moved/")
    assert response.status_code == 200
    assert "No movement is recorded." in response.content.decode()


def test_a_round_lists_its_counter_proposals_as_the_page_of_what_moved_does(
    client: Client, world: SimpleNamespace
) -> None:
    deal = worlds.create_proposal(
        slug="the-deal",
        issue=world.fish,
        dates=days("2010-03-08"),
        parties=[world.arden],
        responds_to=world.third,
        status="agreed",
        settled=days("2010-03-08"),
    )
    line = '<a href="/proposals/a-third/">A third, reviewed each year</a>, 5 March 2010'
    pages = [client.get(path) for path in ("/rounds/round-2/", "/moved/?to=round-2")]
    for page in pages:
        words = page.content.decode()
        assert line in words
        assert 'In answer to: <a href="/proposals/half-the-water/">' in words
    shown = pages[0].context["answers"]
    assert [item.slug for item in shown] == ["a-third"]  # what was agreed at once answers nothing
    assert shown == [item for row in pages[1].context["rows"] for item in row.answers]
    assert deal.is_agreement
    assert client.get("/rounds/round-1/").context["answers"] == []
    for path in ("/rounds/round-2/?", "/moved/?to=round-2&"):
        file = client.get(f"{path}_export=json&_table=answers").json()
        assert [row["key"] for row in file["rows"]] == ["a-third"]
