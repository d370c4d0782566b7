"""Where each party stands, on the pages that say so."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from issues.matrix.answers import describe_stances
from issues.matrix.cells import MatrixCell
from issues.matrix.party_history import History, make_cell, make_meeting_cell, make_trail
from issues.matrix.rows import MatrixRow, rows_by_issue, rows_by_round
from issues.models import Issue, Outcome, Position, Stance
from rounds.models import Party, Round, Source, Statement
from tests import world as worlds
from tests.world import day, days

# its colour and order are given, since the defaults ask the database
ARDEN = Party(name="Arden", colour=1, order=1)


def rows(client: Client, path: str, name: str = "rows") -> dict[str, dict[str, MatrixCell]]:
    """The matrix that a page shows: row key -> party code -> cell."""
    shown: list[MatrixRow] = client.get(path).context[name]
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


@pytest.mark.slow
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
    assert cells["brume"].stance_changed
    assert cells["brume"].previous_label == "red line"
    assert not cells["arden"].is_new


def test_the_same_stance_again_is_restated_and_not_moved(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_position(
        issue=world.water,
        party=world.arden,
        since=days("2010-03-07"),
        stance="demands",
        gist="Half must stay",
    )
    again = rows(client, "/issues/?as_of=round-2")["water"]["arden"]
    assert again.is_new
    assert again.is_restated
    assert not again.stance_changed


def test_four_kinds_of_silence_are_told_apart(client: Client, world: SimpleNamespace) -> None:
    worlds.create_position(
        issue=world.fish, party=world.arden, since=days("2010-01-10"), stance="no-position"
    )
    fish = rows(client, "/issues/")["fish"]
    assert fish["corrie"].label == "not recorded"
    assert fish["arden"].label == "no public position"
    assert fish["brume"].label == "will not say"
    worlds.create_progress(round=world.bilateral, issue=world.water, level="stuck")
    told = rows(client, "/issues/water/", "rows_by_round")
    assert told["bilateral"]["corrie"].label == "not at the table"
    assert told["bilateral"]["brume"].stance == "red-line"


def test_an_issue_is_told_round_by_round(client: Client, world: SimpleNamespace) -> None:
    told = rows(client, "/issues/water/", "rows_by_round")
    assert list(told) == ["round-1", "round-2"]
    assert told["round-1"]["brume"].stance == "red-line"
    assert told["round-2"]["brume"].stance == "open-if"
    assert told["round-2"]["arden"].stance == "demands"
    assert not told["round-2"]["arden"].is_new


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
    told = rows(client, "/issues/water/", "rows_by_round")
    assert list(told) == ["round-1", "round-2", "endless", "deal"]
    assert told["endless"]["corrie"].stance == "open"
    assert told["deal"]["corrie"].stance == "supports"
    assert rows(client, "/issues/?as_of=endless")["water"]["corrie"].stance == "supports"


def test_the_answer_says_who_wants_what() -> None:
    arden, brume = ARDEN, Party(name="Brume", colour=2, order=2)
    cells = [
        MatrixCell(party=arden, stance=Stance.DEMANDS, label=""),
        MatrixCell(party=brume, stance=Stance.RED_LINE, label=""),
    ]
    assert describe_stances(cells) == "Demanding it: Arden; calling it a red line: Brume."


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
    outcomes = Outcome.objects.published().with_reopening().with_names()
    history = History.make(Position.objects.published().with_evidence(), outcomes)
    with django_assert_num_queries(0):
        rows_by_issue(issues, parties, history, day("2010-03-10"), day("2010-01-12"))
        rows_by_round(issues[0], rounds, parties, history, [], day("2010-03-10"))


def taken(when: str, stance: str, gist: str, condition: str = "", **translations: str) -> Position:
    """A position that is in no database, on evidence whose key is its day."""
    source = Source(publisher=f"Paper of {when}", slug=f"paper-{when}")
    said = Statement(slug=f"said-{when}", source=source, dates=days(when))
    return Position(
        since=days(when),
        stance=stance,
        gist=gist,
        condition=condition,
        statement=said,
        translations=translations,
    )


DEMAND = taken("2010-01-09", "demands", "No figures yet")
FIGURES = taken("2010-02-01", "demands", "Asks for 85 per cent")
LESS = taken("2010-03-01", "demands", "Comes down to 75 per cent")
LESS_AGAIN = taken("2010-03-09", "demands", " comes  down to\u00a075 PER CENT ")
OPEN = taken("2010-02-01", "open", "Would talk")
IF_RAIN = taken("2010-02-01", "open-if", "Would talk", "rain comes")
IF_SNOW = taken("2010-03-01", "open-if", "Would talk", "snow comes")


@pytest.mark.parametrize(
    ("positions", "after", "since", "latest", "change"),
    [
        ([DEMAND], None, "2010-01-09", "", None),
        ([DEMAND], "2010-01-08", "2010-01-09", "", "new"),
        ([DEMAND], "2010-01-09", "2010-01-09", "", None),
        ([DEMAND, FIGURES], None, "2010-01-09", "shifted 1 February 2010", None),
        ([DEMAND, FIGURES], "2010-01-31", "2010-01-09", "shifted 1 February 2010", "shifted"),
        ([DEMAND, FIGURES], "2010-02-01", "2010-01-09", "shifted 1 February 2010", None),
        ([LESS, LESS_AGAIN], "2010-03-08", "2010-03-01", "restated 9 March 2010", "restated"),
        # restated last, yet what it says is news since the round before
        (
            [FIGURES, LESS, LESS_AGAIN],
            "2010-02-28",
            "2010-02-01",
            "shifted 1 March 2010 · restated 9 March 2010",
            "shifted",
        ),
        (
            [FIGURES, LESS, LESS_AGAIN],
            "2010-03-01",
            "2010-02-01",
            "restated 9 March 2010",
            "restated",
        ),
        ([DEMAND, OPEN], "2010-01-31", "2010-02-01", "", "stance"),
        ([DEMAND, OPEN, LESS], "2010-02-28", "2010-03-01", "", "stance"),
        ([DEMAND, OPEN, LESS], "2010-01-31", "2010-03-01", "", "returned"),
        ([IF_RAIN, IF_SNOW], "2010-02-28", "2010-03-01", "", "condition"),
    ],
)
def test_a_cell_says_since_when_and_the_latest_words(
    positions: list[Position], after: str | None, since: str, latest: str, change: str | None
) -> None:
    cell = make_cell(ARDEN, positions, day("2010-06-01"), day(after) if after else None)
    last = positions[-1]
    assert cell.since == day(since)
    assert cell.since_url == f"/statements/said-{since}/"
    assert (cell.gist, cell.day, cell.url) == (
        last.gist,
        last.first_day,
        last.statement and last.statement.get_absolute_url(),
    )
    assert cell.publisher == f"Paper of {last.first_day}"
    assert (cell.latest_label, cell.change) == (latest, change)
    assert cell.stance_changed == (change in {"new", "stance", "condition"})


def test_a_meeting_tells_the_day_on_which_the_words_changed() -> None:
    """“shifted 12 May” stood of words of the 10th that were repeated on the 12th."""
    positions = [FIGURES, LESS, LESS_AGAIN]
    cell = make_meeting_cell(ARDEN, positions, day("2010-03-31"), day("2010-02-28"))
    assert [each.latest_label for each in cell.positions] == [
        "shifted 1 March 2010",
        "restated 9 March 2010",
    ]
    assert [each.is_shifted for each in cell.positions] == [True, False]
    assert cell.change == "shifted"  # one shift since the round before is news


@pytest.mark.parametrize(
    ("gists", "translated", "label"),
    [
        (("Half", "Half"), ("La moitié", "Bien la moitié"), "restated_label"),
        (("Half", "A third"), ("Une part", "Une part"), "shifted_label"),
    ],
)
def test_a_translation_never_decides_whether_words_shifted(
    gists: tuple[str, str], translated: tuple[str, str], label: str
) -> None:
    positions = [
        taken(when, "demands", gist, gist_fr=french)
        for when, gist, french in zip(("2010-01-09", "2010-02-01"), gists, translated, strict=True)
    ]
    with translation.override("fr"):
        cell = make_cell(ARDEN, positions, day("2010-06-01"))
        assert cell.gist == translated[1]
        assert cell.is_shifted == (label == "shifted_label")
        assert cell.is_restated == (label == "restated_label")


def test_the_trail_has_what_shifted_and_not_what_was_restated() -> None:
    party, positions = ARDEN, [DEMAND, FIGURES, LESS, LESS_AGAIN]
    trail = make_trail(party, positions, day("2010-06-01"))
    assert [(step.gist, step.change) for step in trail] == [
        (DEMAND.gist, "new"),
        (FIGURES.gist, "shifted"),
        (LESS.gist, "shifted"),
    ]


@pytest.fixture
def busy_round(world: SimpleNamespace) -> SimpleNamespace:
    """Arden's demand, three times at round 2: tabled, brought down, and held."""
    for when, gist in (
        ("2010-03-04", "Asks for 85 per cent"),
        ("2010-03-06", "Comes down to 75"),
        ("2010-03-08", "Holds on to its demand"),
    ):
        worlds.create_position(
            issue=world.water, party=world.arden, since=days(when), stance="demands", gist=gist
        )
    return world


BUSY = ["Asks for 85 per cent", "Comes down to 75", "Holds on to its demand"]


def test_a_meeting_tells_all_positions_of_a_party_oldest_first(
    client: Client, busy_round: SimpleNamespace
) -> None:
    page = client.get("/issues/water/")
    assert page.context["rows_by_round"][1].cells[0].since == day("2010-01-09")
    row = page.content.decode().partition('id="round-2-arden"')[2].partition("</td>")[0]
    assert re.findall(r'class="gist"><a [^>]*>(.*?)</a>', row) == BUSY
    (_row, answer) = client.get("/api/v1/issues/water/matrix").json()["rows"]
    told = answer["cells"][0]
    assert [one["gist"]["text"] for one in [*told["earlier_positions"], told]] == BUSY
    assert [one["shifted"] for one in [*told["earlier_positions"], told]] == [True, True, True]
    assert (told["since"]["first"], told["latest"]["first"]) == ("2010-01-09", "2010-03-08")
    assert told["since_evidence"]["key"] == "alder-on-water"
    for path, table in (("/issues/water/", "rounds"), ("/compare/?party=arden", "positions")):
        space = "&" if "?" in path else "?"
        file = client.get(f"{path}{space}_export=json&_table={table}").json()["rows"]
        rows = [one for one in file if (one["round"], one["party"]) == ("round-2", "arden")]
        assert [one["gist"] for one in rows if one["issue"] == "water"] == BUSY
        assert [one["latest"] for one in rows if one["issue"] == "water"] == [False, False, True]
        assert {one["since"] for one in rows if one["issue"] == "water"} == {"2010-01-09"}
    for path in ("/compare/?party=arden", "/embed/issues/water/rounds/"):
        assert client.get(path).content.decode().count("shifted") >= 3


def test_a_shift_is_told_wherever_a_cell_is(client: Client, busy_round: SimpleNamespace) -> None:
    day_ = "as_of=2010-03-20"
    for path in (f"/issues/?{day_}", f"/issues/water/?{day_}", f"/parties/arden/?{day_}"):
        page = client.get(path).content.decode()
        cell = page.partition("Since 9 January 2010")[2].partition("cite")[0]
        assert re.findall(r'class="gist"><a [^>]*>(.*?)</a>', cell) == BUSY[-1:], path
        assert "Shifted 8 March 2010" in cell, path
    for path in ("/cite/position/water/arden/", "/embed/issues/water/", "/compare/"):
        page = client.get(f"{path}?{day_}").content.decode()
        assert BUSY[-1] in page, path
        assert "Half must stay" not in page, path
    for path in ("/parties/arden/", "/moved/?from=round-1&to=round-2"):
        trail = (
            client.get(path).content.decode().partition('class="trail"')[2].partition("</dd>")[0]
        )
        assert [gist for gist in BUSY if gist in trail] == BUSY, path
    assert (
        "shifted in words alone: 1"
        in client.get("/moved/?from=round-1&to=round-2").content.decode()
    )


def test_what_moved_at_a_round_is_told_by_issue_the_featured_first(
    client: Client, world: SimpleNamespace
) -> None:
    for issue, party, when, stance in (
        (world.water, world.arden, "2010-03-05", "demands"),
        (world.fish, world.brume, "2010-03-07", "opposes"),
        (world.fish, world.arden, "2010-03-06", "opposes"),
    ):
        worlds.create_position(
            issue=issue, party=party, since=days(when), stance=stance, gist=f"On {when}"
        )
    page = client.get("/rounds/round-2/")
    groups = page.context["moves"]
    assert [
        (group.issue.slug, [(move.gist, move.is_shift) for move in group.moves]) for group in groups
    ] == [
        ("water", [("Would talk", False), ("On 2010-03-05", True)]),  # older, and moved
        ("fish", [("On 2010-03-07", False), ("On 2010-03-06", False)]),
    ]
    moved = page.content.decode().partition('id="moved"')[2].partition("</section>")[0]
    assert moved.count("Must half of the water stay?") == 1


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


def test_a_final_text_is_an_agreement_and_nobody_supports_it(
    client: Client, world: SimpleNamespace
) -> None:
    deal = worlds.create_proposal(
        slug="the-deal",
        title="The deal",
        issue=world.water,
        dates=days("2010-03-20"),
        parties=[world.arden, world.corrie],
        responds_to=world.third,
        status="agreed",
        settled=days("2010-03-20"),
    )
    worlds.create_position(
        issue=world.water,
        party=world.corrie,
        since=days("2010-03-20"),
        stance="supports",
        proposal=deal,
    )
    for path in ("/proposals/the-deal/", "/issues/water/", "/timeline/?kind=proposal", "/feed/"):
        assert "agreement" in client.get(path).content.decode().lower(), path
    for path in ("/proposals/the-deal/", "/feed/"):
        page = client.get(path).content.decode()
        assert "agreed to it" in page, path
        assert "supports" not in page.replace("st-supports", ""), path
    answer = client.get("/api/v1/proposals/the-deal").json()
    assert (answer["label"], answer["status"]) == ("agreement", "agreed")
    taken_up = client.get("/api/v1/positions/water/corrie/2010-03-20").json()
    assert (taken_up["stance"], taken_up["label"]) == ("supports", "agreed to it")
    deal.status, deal.settled = "superseded", days("2010-04-01")
    deal.save()
    assert client.get("/api/v1/proposals/the-deal").json()["label"] == "counter-proposal"
    worlds.create_earlier_status(
        proposal=deal, status="agreed", dates=days("2010-03-20"), party=world.arden
    )
    assert client.get("/api/v1/proposals/the-deal").json()["label"] == "agreement"
    assert client.get("/api/v1/proposals/a-third").json()["label"] == "counter-proposal"


def test_an_issue_stands_once_on_the_page_of_a_party(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_statement(dates=days("2010-03-02"), parties=[world.corrie], issues=[world.fish])
    worlds.create_position(
        issue=world.water, party=world.corrie, since=days("2010-03-02"), stance="open"
    )
    context = client.get("/parties/corrie/").context
    assert {one.issue.slug for one in context["groups"]} == {"water", "fish"}
    assert context["unrecorded"] == []
