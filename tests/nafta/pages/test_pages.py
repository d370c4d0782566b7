"""What every page promises: it is there, it leaks no draft, it asks the database little."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import Issue
from nafta.pages import about
from rounds.platform import clock
from tests import stored
from tests import world as worlds
from tests.nafta.test_leaks import readable
from tests.world import DRAFT_YEAR, SECRET, days

PAGES = [
    "/",
    "/?as_of=round-1",
    "/timeline/",
    "/timeline/?party=brume&issue=water&kind=statement&year=2010",
    "/rounds/",
    "/rounds/?sort=-name",
    "/rounds/round-1/",
    "/rounds/round-2/",
    "/rounds/lake-summit/",
    "/issues/",
    "/issues/?as_of=2010-01-09",
    "/issues/water/",
    "/issues/water/?as_of=round-1",
    "/issues/fish/",
    "/parties/",
    "/parties/brume/",
    "/parties/corrie/",
    "/people/",
    "/people/ada-alder/",
    "/search/",
    "/deadlines/",
    "/statements/unnamed-on-water/",
    "/statements/alder-on-water/",
    "/proposals/half-the-water/",
    "/proposals/a-third/",
    "/sources/",
    "/sources/gazette/",
    "/about/",
    "/corrections/",
    "/issues/water/?_export=json&_table=rounds",
    "/issues/water/?_export=csv&_table=numbers-share",
    "/timeline/?_export=csv",
    "/rounds/?_export=xlsx",
    "/sources/?_export=csv",
    "/corrections/?_export=json",
    "/corrections/?of=statement:alder-on-water",
]
SHOWN = [path for path in PAGES if "_export" not in path]  # the rest are files
BUDGET = 13  # queries a page


@pytest.mark.parametrize("path", PAGES)
def test_it_is_there_and_leaks_no_draft(client: Client, world: SimpleNamespace, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    page = readable(response.content)
    assert SECRET not in page
    assert DRAFT_YEAR not in page
    assert "level-closed" not in page  # only a draft says that anything was closed


@pytest.mark.parametrize(("as_of", "named"), [("2010-01-08", False), ("2010-01-09", True)])
def test_a_party_names_who_had_spoken_for_it_by_then(
    client: Client, world: SimpleNamespace, as_of: str, named: bool
) -> None:
    page = client.get(f"/parties/arden/?as_of={as_of}").content.decode()
    assert ("Ada Alder" in page) is named


@pytest.mark.parametrize(
    "path",
    ["rounds", "issues", "people", "statements", "proposals", "sources"],
)
def test_a_draft_has_no_page(client: Client, world: SimpleNamespace, path: str) -> None:
    response = client.get(f"/{path}/{SECRET}/")
    assert response.status_code == 404
    assert "Not in the record" in response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_it_asks_little_and_no_more_with_twice_the_rows(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    before = queries(client, path)
    double(world)
    after = queries(client, path)
    assert after == before
    assert after <= BUDGET


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def double(world: SimpleNamespace) -> None:
    """As many statements, proposals, rounds, deadlines, issues, positions again, and more."""
    stored.repeat(_add_as_many, world)
    stored.refresh_statistics()


def _add_as_many(world: SimpleNamespace) -> None:
    for number in range(12):
        issue = worlds.create_issue(slug=f"issue-{number}")
        meeting = worlds.create_round(
            slug=f"meeting-{number}", dates=days("2010-03-09"), parties=[world.arden]
        )
        worlds.create_deadline(slug=f"deadline-{number}", dates=days("2010-08-01"))
        statement = worlds.create_statement(
            dates=days("2010-03-05"),
            round=world.round2,
            speakers=[world.alder, world.birch],
            parties=[world.arden, world.brume],
            issues=[world.water, issue],
            source=world.gazette,
        )
        worlds.create_link(statement=statement, kind="contradicts", other=world.whispered)
        worlds.create_proposal(
            issue=world.water,
            dates=days("2010-03-06"),
            round=world.round2,
            parties=[world.brume],
            responds_to=world.half,
        )
        worlds.create_measure(slug=f"measure-{number}", issue=world.water, status_quo=1)
        worlds.create_position(
            issue=issue, party=world.brume, since=days("2010-03-05"), stance="supports"
        )
        worlds.create_progress(round=meeting, issue=world.water, level="stuck")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/issues/?as_of=round-99", "neither a day"),
        ("/issues/water/?as_of=2010-13-01", "neither a day"),
        (f"/issues/?as_of={SECRET}", "neither a day"),
        ("/timeline/?party=nowhere", "is not in the record"),
        (f"/timeline/?issue={SECRET}", "is not in the record"),
        ("/timeline/?year=12", "is not in the record"),
        ("/timeline/?page=yesterday", "does not exist"),
    ],
)
def test_a_wish_that_makes_no_sense_gets_a_sentence(
    client: Client, world: SimpleNamespace, path: str, words: str
) -> None:
    response = client.get(path)
    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/rounds/round-2/", "/embed/matrix/"])
def test_issues_are_shown_before_any_is_featured(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    Issue.objects.update(featured=False)
    page = client.get(path).content.decode()
    assert "/issues/water/" in page
    assert "/issues/fish/" in page
    assert "No position" not in page
    assert "make-or-break" not in page


def test_a_featured_issue_without_a_position_hides_no_other(
    client: Client, world: SimpleNamespace
) -> None:
    Issue.objects.update(featured=False)
    worlds.create_issue(slug="bridges", featured=True)
    page = client.get("/").content.decode()
    assert "/issues/water/" in page
    assert "/issues/bridges/" not in page


def test_the_next_deadline_is_none_that_was_given_up(
    client: Client, world: SimpleNamespace
) -> None:
    stands = worlds.create_deadline(slug="stands", dates=days("2099-12-31"))
    worlds.create_deadline(
        slug="given-up", dates=days("2098-01-01"), outcome="moved", superseded_by=stands
    )
    (item,) = client.get("/").context["deadlines"]
    assert (item.slug, item.status) == ("stands", "pending")


def test_the_examples_of_the_about_page_change_once_a_day(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = []
    for time in ("08:00", "20:17"):
        moment = dt.datetime.fromisoformat(f"2031-05-21T{time}+00:00")
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        known.append(about._example()["known_minute"])
    assert known == ["2031-05-21T00:00"] * 2


def test_a_meeting_ahead_is_told_on_the_front_page(client: Client, db: None) -> None:
    assert "No meeting has been recorded yet." in client.get("/").content.decode()
    worlds.create_round(slug="round-1", dates=days("2090-01-01"), status="held")
    page = client.get("/").content.decode()
    assert "No meeting has been held yet." in page
    assert re.search(r"Next:</strong>\s*<a href=\"/rounds/round-1/\"", page)


@pytest.mark.parametrize(
    "path", ["/", "/timeline/", "/rounds/", "/issues/", "/sources/", "/about/", "/corrections/"]
)
def test_an_empty_site_looks_intended(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 200
