"""How an issue ended, in cells and on the pages that show them."""

from types import SimpleNamespace

import pytest
from django.test import Client

from issues.matrix.cells import MatrixCell
from issues.models import EarlierStatus
from tests import world as worlds
from tests.world import days


def cells(client: Client, query: str = "", issue: str = "water") -> dict[str, MatrixCell]:
    page = client.get(f"/issues/{issue}/{query}")
    return {cell.party.code: cell for cell in page.context["now"].cells}


@pytest.fixture
def settled(world: SimpleNamespace) -> SimpleNamespace:
    world.outcome = worlds.create_outcome(
        slug="water-ends",
        issue=world.water,
        kind="given-up",
        dates=days("2010-04-01"),
        line="The river stays as it is",
        gists={"arden": "Signs without its half"},
    )
    return world


def test_a_settled_issue_tells_its_outcome_and_the_firmest_stance_before(
    client: Client, settled: SimpleNamespace
) -> None:
    by_party = cells(client)
    told = {
        code: (cell.label, cell.gist, getattr(cell, "firmest_stance", ""))
        for code, cell in by_party.items()
    }
    assert told == {
        "arden": ("gave it up", "Signs without its half", "demands"),
        # it was open at the end, and had been against what Arden gave up
        "brume": ("kept as it was", "The river stays as it is", "red-line"),
        "corrie": ("not recorded", "", ""),
    }


@pytest.mark.parametrize("path", ["/", "/issues/", "/issues/water/", "/compare/", "/embed/matrix/"])
def test_no_page_tells_a_stance_of_a_settled_issue(
    client: Client, settled: SimpleNamespace, path: str
) -> None:
    content = client.get(path).content.decode()
    assert "gave it up" in content
    assert "open if…</" not in content.partition("<main")[2].replace("◐ open if…</span>", "")


def test_a_past_day_knows_nothing_of_it(client: Client, settled: SimpleNamespace) -> None:
    assert [cell.is_settled for cell in cells(client, "?as_of=2010-03-31").values()] == [False] * 3
    assert "river stays" not in client.get("/issues/water/?as_of=2010-03-31").content.decode()
    assert cells(client, "?as_of=2010-04-01")["arden"].label == "gave it up"


def test_what_is_said_after_it_changes_no_cell(client: Client, settled: SimpleNamespace) -> None:
    said = worlds.create_statement(dates=days("2010-05-01"), parties=[settled.arden])
    worlds.create_position(
        issue=settled.water,
        party=settled.arden,
        since=days("2010-05-01"),
        stance="opposes",
        gist="Never liked it",
        statement=said,
    )
    cell = cells(client)["arden"]
    assert (cell.label, cell.gist) == ("gave it up", "Signs without its half")


def test_an_issue_that_was_taken_up_again_has_stances_until_its_next_outcome(
    client: Client, settled: SimpleNamespace
) -> None:
    again = worlds.create_round(slug="again", dates=days("2010-05-01"))
    worlds.create_progress(round=again, issue=settled.water, level="reopened")
    worlds.create_outcome(issue=settled.water, kind="agreed", dates=days("2010-06-01"), line="Half")
    labels = [
        cells(client, f"?as_of={day}")["arden"].label
        for day in ("2010-04-30", "2010-05-01", "2010-06-01")
    ]
    assert labels == ["gave it up", "demands", "agreed"]


def test_a_draft_that_reopens_an_issue_changes_nothing(
    client: Client, settled: SimpleNamespace
) -> None:
    again = worlds.create_round(slug="again", dates=days("2010-05-01"))
    worlds.create_progress(round=again, issue=settled.water, level="reopened", state="draft")
    assert cells(client)["arden"].label == "gave it up"


def test_it_is_news_at_the_meeting_that_settled_it(
    client: Client, settled: SimpleNamespace
) -> None:
    worlds.create_round(slug="round-3", number=3, dates=days("2010-03-30", "2010-04-02"))
    arden = cells(client, "?as_of=round-3")["arden"]
    assert (arden.is_new, arden.change_label) == (True, "settled")
    moves = client.get("/moved/?from=round-2&to=round-3").content.decode()
    assert "gave it up" in moves


def test_a_settled_issue_leaves_the_distances(client: Client, settled: SimpleNamespace) -> None:
    page = client.get("/distance/")
    assert page.context["rows"] == []
    (row,) = page.context["settled"]
    assert [row.now.settled_label, row.now.widest] == ["given up", None]


def test_the_page_begins_with_how_it_ended(client: Client, settled: SimpleNamespace) -> None:
    content = client.get("/issues/water/").content.decode()
    main = content.partition("<main")[2]
    assert "Given up" in main.partition('class="cards"')[0]
    assert "The river stays as it is" in main.partition('class="cards"')[0]
    assert "Given up, 1 April 2010: The river stays as it is." in content.partition("<main")[0]


def test_an_outcome_of_two_parties_leaves_out_the_third(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_outcome(
        issue=world.fish, dates=days("2010-04-01"), gists={"arden": "Counts", "brume": "Counts"}
    )
    labels = {code: cell.label for code, cell in cells(client, issue="fish").items()}
    assert labels == {"arden": "agreed", "brume": "agreed", "corrie": "not recorded"}


def test_files_and_the_api_tell_it(client: Client, settled: SimpleNamespace) -> None:
    rows = client.get("/issues/water/?_export=json&_table=positions").json()["rows"]
    arden = next(row for row in rows if row["party"] == "arden")
    assert (arden["stance"], arden["before"]) == ("given-up", "demands")
    assert arden["outcome"] == "The river stays as it is"
    (row,) = [row for row in client.get("/api/v1/matrix").json()["rows"] if row["issue"] == "water"]
    outcomes = {cell["party"]: cell["outcome"] and cell["outcome"]["kind"] for cell in row["cells"]}
    assert outcomes == {"arden": "given-up", "brume": "given-up", "corrie": None}


def test_a_proposal_had_other_statuses_before(client: Client, world: SimpleNamespace) -> None:
    world.third.status, world.third.settled = "superseded", days("2010-05-01")
    world.third.save()
    EarlierStatus.objects.create(
        proposal=world.third, status="agreed", dates=days("2010-04-01"), party=world.arden
    )
    statuses = [
        world.third.status_on(worlds.day(day)) for day in ("2010-03-31", "2010-04-01", "2010-05-01")
    ]
    assert statuses == ["tabled", "agreed", "superseded"]
