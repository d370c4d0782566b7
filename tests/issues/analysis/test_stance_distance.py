"""How far apart the parties are: the measure itself, and the pages and charts that tell it."""

import itertools
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from issues.analysis.number_gaps import find_number_gaps
from issues.analysis.stance_distance import (
    FARTHEST,
    Closeness,
    Trend,
    count_steps,
    find_shifts,
    judge_closeness,
)
from issues.models import SILENT, Proposal, Stance
from tests import world as worlds
from tests.nafta.pages.test_pages import BUDGET, double, queries
from tests.world import SECRET, day, days

PLACED = [stance.value for stance in Stance if stance not in SILENT]
SILENCES = [*(stance.value for stance in SILENT), "not-recorded", "absent"]


@pytest.mark.slow
@pytest.mark.parametrize(("one", "other"), list(itertools.product(PLACED, PLACED)))
def test_it_is_symmetric_and_nothing_only_on_the_same_place(one: str, other: str) -> None:
    apart = count_steps(one, other)
    assert apart is not None
    assert apart == count_steps(other, one)
    assert judge_closeness(one, other) == judge_closeness(other, one)
    assert (apart == 0) == (one == other) == (judge_closeness(one, other) == Closeness.SAME)
    assert 0 <= apart <= FARTHEST == 5
    for between in PLACED:
        ways = count_steps(one, between), count_steps(between, other)
        assert ways[0] is not None
        assert ways[1] is not None
        assert apart <= ways[0] + ways[1]


@pytest.mark.parametrize(
    ("silence", "other"), list(itertools.product(SILENCES, [*PLACED, *SILENCES]))
)
def test_a_silence_has_no_distance_to_anything(silence: str, other: str) -> None:
    assert count_steps(silence, other) is None
    assert count_steps(other, silence) is None
    assert judge_closeness(silence, other) == judge_closeness(other, silence) == Closeness.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "apart", "words"),
    [
        ("demands", "red-line", 5, "opposite"),
        ("supports", "opposes", 3, "opposite"),
        ("demands", "open-if", 3, "apart"),
        ("open", "opposes", 2, "apart"),
        ("open-if", "opposes", 1, "near"),
        ("demands", "supports", 1, "near"),
        ("red-line", "red-line", 0, "same"),
    ],
)
def test_a_yes_and_a_no_are_opposite_whatever_lies_between(
    one: str, other: str, apart: int, words: str
) -> None:
    assert count_steps(one, other) == apart
    assert judge_closeness(one, other) == words


CLOSER = "7 percentage points apart, at first 17 percentage points"
MET = "the same number; at first 17 percentage points apart"


def courses(client: Client, path: str) -> dict[str, list[int | None]]:
    """What the page of distances shows: issue -> the farthest pair's steps, meeting by meeting."""
    return {
        row.issue.slug: [one.widest.steps if one.widest else None for one in row.spreads]
        for row in client.get(path).context["rows"]
    }


def test_the_farthest_pair_is_told_over_the_rounds(client: Client, world: SimpleNamespace) -> None:
    # Arden demands; Brume goes from a red line to "open if": 5 steps, then 3. Corrie is silent.
    assert courses(client, "/distance/?as_of=round-2") == {"water": [5, 3]}
    assert courses(client, "/distance/?as_of=2010-01-31") == {"water": [5]}
    page = client.get("/distance/?as_of=round-2").content.decode()
    assert "Arden – Brume from 5 to 3" in page
    assert "since early March 2010" in page


def test_no_number_where_fewer_than_two_have_a_stance(
    client: Client, world: SimpleNamespace
) -> None:
    context = client.get("/distance/").context
    assert [row.issue.slug for row in context["unknown"]] == ["fish"]
    worlds.create_position(
        issue=world.fish, party=world.arden, since=days("2010-01-11"), stance="demands"
    )
    assert "fish" not in courses(client, "/distance/")  # the other one will not say
    worlds.create_position(
        issue=world.fish, party=world.brume, since=days("2010-03-07"), stance="opposes"
    )
    assert courses(client, "/distance/")["fish"] == [None, 4]


def test_an_issue_with_a_distance_only_after_the_last_meeting_stands_in_one_place(
    client: Client, world: SimpleNamespace
) -> None:
    for party, stance in ((world.arden, "demands"), (world.corrie, "opposes")):
        worlds.create_position(
            issue=world.fish, party=party, since=days("2010-06-01"), stance=stance
        )
    context = client.get("/distance/").context
    assert [row.issue.slug for row in context["rows"]] == ["fish", "water"]
    assert context["unknown"] == []


def test_who_comes_on_record_moves_nobody_closer_or_farther(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_position(
        issue=world.water, party=world.corrie, since=days("2010-03-08"), stance="red-line"
    )
    (row,) = client.get("/distance/?as_of=round-2").context["rows"]
    assert row.widest.key == ("arden", "corrie")
    assert row.trend == Trend.CLOSER
    assert [shift.now.key for shift in row.shifts] == [("arden", "brume")]


def test_pairs_that_go_both_ways_are_mixed(client: Client, world: SimpleNamespace) -> None:
    for when, stance in (("2010-01-10", "open"), ("2010-03-08", "red-line")):
        worlds.create_position(
            issue=world.water, party=world.corrie, since=days(when), stance=stance
        )
    (row,) = client.get("/distance/?as_of=round-2").context["rows"]
    # Arden-Brume from 5 to 3; Arden-Corrie from 2 to 5; Brume-Corrie from 3 to 2
    assert row.trend == Trend.MIXED
    assert [(s.before.steps, s.now.steps) for s in row.shifts] == [(5, 3), (2, 5), (3, 2)]
    assert find_shifts([], row.now.gaps) == ([], Trend.UNKNOWN)
    assert find_shifts(row.now.gaps, row.now.gaps) == ([], Trend.SAME)


def test_what_was_closed_stays_apart_and_is_marked(client: Client, world: SimpleNamespace) -> None:
    deal = worlds.create_round(slug="deal", kind="milestone", dates=days("2010-04-01"))
    worlds.create_progress(round=deal, issue=world.water, level="closed")
    page = client.get("/distance/")
    assert page.context["rows"] == []
    (row,) = page.context["settled"]
    assert ">Water</a>" in page.content.decode().partition("<h3>Settled</h3>")[2]
    assert [(one.widest.steps, one.settled) for one in row.spreads if one.widest] == [
        (5, False),
        (3, False),
        (3, True),
    ]
    assert '<span class="settled">closed</span>' in client.get("/distance/").content.decode()
    pair = client.get("/compare/?party=arden&party=brume")
    assert [(row.issue.slug, row.settled) for row in pair.context["rows"]] == [
        ("fish", False),
        ("water", True),
    ]
    assert ">Water</a>" in pair.content.decode().partition(">Settled</th>")[2]
    later = worlds.create_round(slug="later", kind="milestone", dates=days("2010-05-01"))
    worlds.create_progress(round=later, issue=world.water, level="reopened")
    context = client.get("/distance/").context
    (row,) = context["rows"]
    assert context["settled"] == []
    assert [one.settled for one in row.spreads] == [False, False, True, False]
    assert not row.now.settled


def test_the_chart_and_its_table_hold_the_same_and_gaps_stay_gaps(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_round(slug="round-3", number=3, dates=days("2010-05-01", "2010-05-04"))
    worlds.create_position(
        issue=world.water, party=world.brume, since=days("2010-05-02"), stance="will-not-say"
    )
    shown = client.get("/issues/water/").context["distances"]
    rows = [row.record for row in shown["table"].rows]
    assert [[gap.steps for gap in row.gaps] for row in rows] == [
        [5, None, None],
        [3, None, None],
        [None, None, None],
    ]
    assert [row.gaps[0].silence_label for row in rows] == ["", "", "Brume: will not say"]
    figure = shown["figure"]
    drawn = [trace["y"] for trace in figure["data"]]
    assert drawn == [[row.gaps[place].steps for row in rows] for place in range(3)]
    # lines of equal height do not hide each other: each pair has a panel and its name above it
    assert [trace["yaxis"] for trace in figure["data"]] == ["y", "y2", "y3"]
    names = [one["text"] for one in figure["layout"]["annotations"]]
    assert names == ["Arden – Brume", "Arden – Corrie", "Brume – Corrie"]
    assert not any(trace["connectgaps"] for trace in figure["data"])
    assert figure["data"][0]["x"] == ["2010-01-12", "2010-03-08", "2010-05-04"]
    page = client.get("/issues/water/").content.decode()
    assert "opposite, 5 steps" in page
    assert "Brume: will not say" in page


def test_a_position_carried_on_is_drawn_small(client: Client, world: SimpleNamespace) -> None:
    worlds.create_round(slug="round-3", number=3, dates=days("2010-05-01", "2010-05-04"))
    shown = client.get("/issues/water/").context["distances"]
    assert shown["figure"]["data"][0]["marker"]["size"] == [10, 10, 5]


def test_of_many_parties_the_chart_draws_the_farthest_and_the_table_has_all(
    client: Client, world: SimpleNamespace
) -> None:
    for code in ("dale", "esk"):
        worlds.create_party(code=code, colour=4)
    shown = client.get("/issues/water/").context["distances"]
    (line,) = shown["figure"]["data"]
    assert line["y"] == [5, 3]
    assert len(shown["table"].columns.names()) == 1 + 10


def test_two_open_on_different_conditions_are_told_so(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_position(
        issue=world.water,
        party=world.arden,
        since=days("2010-03-07"),
        stance="open-if",
        condition="it rains",
    )
    page = client.get("/compare/?party=arden&party=brume").content.decode()
    assert "the same stance" in page
    assert "each on a condition of its own" in page


def gap_words(day_text: str, world: SimpleNamespace) -> list[str]:
    proposals = Proposal.objects.published().with_names().with_terms()
    return [gap.label for gap in find_number_gaps(world.share, proposals, day(day_text))]


def test_numbers_are_held_against_each_other_and_their_first_gap(
    client: Client, world: SimpleNamespace
) -> None:
    # Arden: at least 50. Brume: between 30 and 33, so the nearer end is 17 away.
    assert gap_words("2010-03-04", world) == []
    assert gap_words("2010-03-05", world) == ["17 percentage points apart, as at first"]
    lower = worlds.create_proposal(
        issue=world.water, dates=days("2010-04-01"), parties=[world.arden]
    )
    worlds.create_term(proposal=lower, measure=world.share, low=40)
    assert gap_words("2010-03-31", world) == ["17 percentage points apart, as at first"]
    assert gap_words("2010-04-01", world) == [CLOSER]
    proposals = Proposal.objects.published().with_names().with_terms()
    (gap,) = find_number_gaps(world.share, proposals, day("2010-04-01"))
    assert gap.share == Decimal(7) / Decimal(17)
    assert CLOSER in client.get("/distance/").content.decode()
    assert CLOSER in client.get("/issues/water/").content.decode()
    both = worlds.create_proposal(
        issue=world.water, dates=days("2010-05-01"), parties=[world.arden, world.brume]
    )
    worlds.create_term(proposal=both, measure=world.share, low=35)
    assert gap_words("2010-05-01", world) == [
        "the same number; at first 17 percentage points apart"
    ]


def test_numbers_for_other_things_or_taken_back_are_not_compared(world: SimpleNamespace) -> None:
    world.third.terms.update(scope="in summer")
    assert gap_words("2010-03-05", world) == []
    world.third.terms.update(scope="", comparator="at-most", high=None)
    assert gap_words("2010-03-05", world) == []  # a floor and a ceiling
    world.third.terms.update(comparator="about")
    assert gap_words("2010-03-05", world) == ["20 percentage points apart, as at first"]
    for status in ("withdrawn", "rejected", "superseded"):
        world.half.status, world.half.settled = status, days("2010-03-06")
        world.half.save()
        assert gap_words("2010-03-05", world) == ["20 percentage points apart, as at first"]
        assert gap_words("2010-03-06", world) == [], status
    world.half.status = "agreed"
    world.half.save()
    assert gap_words("2010-03-06", world) == ["20 percentage points apart, as at first"]


def test_a_number_gives_way_to_the_next_and_comes_back_if_that_is_taken_back(
    world: SimpleNamespace,
) -> None:
    lower = worlds.create_proposal(
        issue=world.water,
        dates=days("2010-04-01"),
        parties=[world.arden],
        status="withdrawn",
        settled=days("2010-05-01"),
    )
    worlds.create_term(proposal=lower, measure=world.share, low=40)
    assert gap_words("2010-04-30", world) == [CLOSER]
    assert gap_words("2010-05-01", world) == ["17 percentage points apart, as at first"]
    world.half.status, world.half.settled = "superseded", days("2010-04-01")
    world.half.save()
    assert gap_words("2010-03-31", world) == ["17 percentage points apart, as at first"]
    assert gap_words("2010-04-01", world) == [CLOSER]
    assert gap_words("2010-05-01", world) == []
    world.third.status, world.third.settled = "rejected", days("2010-03-31")
    world.third.save()
    assert gap_words("2010-04-30", world) == []  # one of the two has none any more


def test_one_text_of_both_is_no_comparison(world: SimpleNamespace) -> None:
    world.third.terms.all().delete()
    world.half.parties.add(world.brume)
    assert gap_words("2010-03-05", world) == []


@pytest.mark.parametrize("path", ["/distance/", "/distance/?as_of=round-1", "/issues/water/"])
def test_it_asks_little_and_tells_no_draft(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    assert SECRET not in client.get(path).content.decode()
    before = queries(client, path)
    double(world)
    assert queries(client, path) == before <= BUDGET


def test_a_wrong_day_gets_a_sentence_and_an_empty_site_a_page(client: Client, db: None) -> None:
    assert client.get("/distance/").status_code == 200
    response = client.get("/distance/?as_of=soon")
    assert response.status_code == 400
    assert "neither a day" in response.content.decode()
