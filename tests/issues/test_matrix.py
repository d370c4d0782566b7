"""Where each party stands, on the pages that say so."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from issues import matrix
from issues.models import Issue, Position
from rounds.models import Party, Round
from tests import world as worlds
from tests.world import day, days


def rows(client: Client, path: str, name: str = "rows") -> dict[str, dict[str, matrix.Cell]]:
    """The matrix that a page shows: row key -> party code -> cell."""
    shown: list[matrix.Row] = client.get(path).context[name]
    return {row.key: {cell.party.code: cell for cell in row.cells} for row in shown}


def test_the_latest_position_of_each_party_stands(client: Client, world: SimpleNamespace) -> None:
    water = rows(client, "/issues/")["water"]
    assert water["arden"].stance == "demands"
    assert water["brume"].stance == "open-if"
    assert water["brume"].condition == "the dam goes"
    assert not water["corrie"].recorded


@pytest.mark.parametrize(
    ("as_of", "stance"),
    [
        ("2010-01-09", "not-recorded"),
        ("2010-01-10", "red-line"),
        ("round-1", "red-line"),
        ("2010-02-28", "red-line"),
        ("2010-03-01", "open-if"),  # the first day it could have been
        ("round-2", "open-if"),
    ],
)
def test_as_of_takes_a_day_or_a_round(
    client: Client, world: SimpleNamespace, as_of: str, stance: str
) -> None:
    cells = rows(client, f"/issues/?as_of={as_of}")["water"]
    assert cells["brume"].stance == stance


def test_the_past_knows_nothing_of_what_came_later(client: Client, world: SimpleNamespace) -> None:
    page = client.get("/issues/water/?as_of=round-1").content.decode()
    assert "Half of the water" in page
    assert "A third, reviewed each year" not in page
    assert "Brume would talk" not in page


def test_a_level_noted_long_ago_does_not_read_as_of_today(
    client: Client, world: SimpleNamespace
) -> None:
    words = "How far it got, last recorded at Round 2: advancing."
    assert words in client.get("/issues/water/").content.decode()
    assert "Nothing is recorded of it" not in client.get("/issues/water/").content.decode()
    for number in (3, 4):
        dates = days(f"2010-0{number + 2}-01")
        worlds.create_round(slug=f"round-{number}", number=number, dates=dates)
    page = client.get("/issues/water/").content.decode()
    assert f"{words} Nothing is recorded of it at 2 later rounds." in page
    page = client.get("/issues/water/?as_of=round-3").content.decode()
    assert f"{words} Nothing is recorded of it at 1 later round." in page
    world.water.progress.update(level="closed")
    assert "Nothing is recorded of it" not in client.get("/issues/water/").content.decode()


def test_an_agreed_number_shows_from_its_day_on(client: Client, world: SimpleNamespace) -> None:
    share = world.share
    share.agreed, share.agreed_on, share.agreed_source = 41.25, day("2010-03-08"), world.herald
    share.save()
    world.third.status, world.third.settled = "agreed", days("2010-03-08")
    world.third.save()
    assert "41.25 %" not in client.get("/issues/water/?as_of=2010-03-07").content.decode()
    page = client.get("/issues/water/?as_of=2010-03-08").content.decode()
    assert "41.25 %" in page
    assert "Settled 8 March 2010" in page
    assert "Before that, demanding it: Arden" in page


def test_a_cell_says_since_when_on_what_and_whether_on_the_record(
    client: Client, world: SimpleNamespace
) -> None:
    cells = rows(client, "/issues/")["water"]
    assert cells["arden"].when == "9 January 2010"
    assert cells["arden"].url == "/statements/alder-on-water/"
    assert cells["arden"].on_record
    assert cells["brume"].when == "early March 2010"
    assert not cells["brume"].on_record


def test_what_moved_since_the_round_before_stands_out(
    client: Client, world: SimpleNamespace
) -> None:
    cells = rows(client, "/issues/?as_of=round-2")["water"]
    assert cells["brume"].moved
    assert cells["brume"].was == "red line"
    assert not cells["arden"].fresh


def test_the_same_stance_again_is_restated_and_not_moved(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_position(
        issue=world.water, party=world.arden, since=days("2010-03-07"), stance="demands"
    )
    one = rows(client, "/issues/?as_of=round-2")["water"]["arden"]
    assert one.fresh
    assert not one.moved


def test_four_kinds_of_silence_are_told_apart(client: Client, world: SimpleNamespace) -> None:
    worlds.create_position(
        issue=world.fish, party=world.arden, since=days("2010-01-10"), stance="no-position"
    )
    fish = rows(client, "/issues/")["fish"]
    assert fish["corrie"].label == "not recorded"
    assert fish["arden"].label == "no public position"
    assert fish["brume"].label == "will not say"
    worlds.create_progress(round=world.bilateral, issue=world.water, level="stuck")
    told = rows(client, "/issues/water/", "rounds_told")
    assert told["bilateral"]["corrie"].label == "not at the table"
    assert told["bilateral"]["brume"].stance == "red-line"


def test_an_issue_is_told_round_by_round(client: Client, world: SimpleNamespace) -> None:
    told = rows(client, "/issues/water/", "rounds_told")
    assert list(told) == ["round-1", "round-2"]
    assert told["round-1"]["brume"].stance == "red-line"
    assert told["round-2"]["brume"].stance == "open-if"
    assert told["round-2"]["arden"].stance == "demands"
    assert not told["round-2"]["arden"].fresh


def test_a_round_without_an_end_is_told_up_to_the_next_meeting(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_round(slug="endless", kind="permanent-round", dates=days("2010-04-01", "open"))
    worlds.create_round(slug="deal", kind="milestone", dates=days("2010-06-01"))
    worlds.create_position(
        issue=world.water, party=world.corrie, since=days("2010-05-01"), stance="open"
    )
    worlds.create_position(
        issue=world.water, party=world.corrie, since=days("2010-06-01"), stance="supports"
    )
    told = rows(client, "/issues/water/", "rounds_told")
    assert list(told) == ["round-1", "round-2", "endless", "deal"]
    assert told["endless"]["corrie"].stance == "open"
    assert told["deal"]["corrie"].stance == "supports"
    assert rows(client, "/issues/?as_of=endless")["water"]["corrie"].stance == "supports"


def test_the_answer_says_who_wants_what() -> None:
    arden, brume = Party(name="Arden"), Party(name="Brume")
    cells = [
        matrix.Cell(party=arden, stance="demands"),
        matrix.Cell(party=brume, stance="red-line"),
    ]
    assert matrix.answer(cells) == "Demanding it: Arden; calling it a red line: Brume."


def test_every_matrix_and_card_of_the_site_shows_the_same_cell(
    client: Client, world: SimpleNamespace
) -> None:
    whole = rows(client, "/issues/")["water"]
    home = rows(client, "/")["water"]
    groups = client.get("/parties/brume/").context["groups"]
    (party,) = [cell for one in groups if one.row.key == "water" for cell in one.row.cells]
    issue = {cell.party.code: cell for cell in client.get("/issues/water/").context["now"].cells}
    assert home == issue == whole
    assert party == whole["brume"]


def test_building_rows_asks_the_database_nothing(
    world: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    issues, parties = list(Issue.objects.published()), list(Party.objects.all())
    rounds = list(Round.objects.published().with_names())
    positions = list(Position.objects.published().with_evidence())
    with django_assert_num_queries(0):
        matrix.by_issue(issues, parties, positions, day("2010-03-10"), day("2010-01-12"))
        matrix.by_round(issues[0], rounds, parties, positions, [], day("2010-03-10"))


def test_a_cell_tells_when_a_stance_was_taken_and_when_it_was_repeated(
    client: Client, world: SimpleNamespace
) -> None:
    for taken in ("2010-03-05", "2010-03-12"):
        worlds.create_position(
            issue=world.water,
            party=world.corrie,
            since=days(taken),
            stance="opposes",
            gist=f"No, on {taken}",
        )
    page = client.get("/issues/?as_of=2010-03-20").content.decode()
    cell = re.search(r"No, on [\d-]+.*?</td>", page, re.DOTALL)
    assert cell
    assert "No, on 2010-03-05" in cell[0]
    assert "Since 5 March 2010" in cell[0]
    assert "restated 12 March 2010" in cell[0]


def test_who_signed_a_yes_has_agreed_to_it(client: Client, world: SimpleNamespace) -> None:
    deal = worlds.create_proposal(
        slug="the-deal",
        issue=world.water,
        dates=days("2010-03-20"),
        parties=[world.arden, world.corrie],
        status="agreed",
        settled=days("2010-03-21"),
    )
    worlds.create_position(
        issue=world.water,
        party=world.corrie,
        since=days("2010-03-21"),
        stance="supports",
        gist="Signed",
        proposal=deal,
    )
    assert "agreed to it" in client.get("/issues/water/?as_of=2010-03-22").content.decode()
    assert "agreed to it" not in client.get("/issues/water/?as_of=2010-03-20").content.decode()
