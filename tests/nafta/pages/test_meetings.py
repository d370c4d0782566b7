"""The page of a meeting, of one not held, and of a milestone."""

import re
from html import unescape
from types import SimpleNamespace

import pytest
from django.test import Client

from rounds.models import Round
from tests import world as worlds
from tests.world import days


def test_what_was_said_at_the_round_comes_first_oldest_first_exact_days_before_others(
    client: Client, world: SimpleNamespace
) -> None:
    for slug, first, last, approximate in (
        ("after", "2010-03-20", "2010-03-20", False),
        ("last-day", "2010-03-08", "2010-03-08", False),
        ("some-day-of-it", "2010-03-04", "2010-03-08", True),
        ("some-day-until-later", "2010-03-05", "2010-03-30", True),
        ("eve", "2010-03-03", "2010-03-03", False),
    ):
        worlds.create_statement(
            slug=slug, dates=days(first, last), approximate=approximate, round=world.round2
        )
    page = client.get("/rounds/round-2/").content.decode()
    assert re.findall(r'id="statement-([\w-]+)"', page) == [
        "birch-denies",
        "last-day",
        "some-day-of-it",
        "eve",
        "after",
        "unnamed-on-water",  # between 1 and 10 March: perhaps not at the round
        "some-day-until-later",
    ]
    file = client.get("/rounds/round-2/?_export=json&_table=statements").json()["rows"]
    assert [row["key"] for row in file][:2] == ["birch-denies", "last-day"]


def test_a_milestone_is_a_short_page(client: Client, world: SimpleNamespace) -> None:
    worlds.create_round(
        slug="assent",
        kind="milestone",
        dates=days("2010-04-01"),
        parties=[world.arden],
        summary="The treaty received assent.",
    )
    page = client.get("/rounds/assent/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "The treaty received assent." in main
    for words in ("held", "At the table", "Not recorded", "No proposal", "<table", "<h2"):
        assert words not in main
    assert "took place" in page  # what search engines are told
    worlds.create_proposal(
        issue=world.water,
        title="What was assented to",
        dates=days("2010-04-01"),
        round=Round.objects.get(slug="assent"),
        parties=[world.arden],
    )
    page = client.get("/rounds/assent/").content.decode()
    assert "What was assented to" in page
    assert "No statement is recorded" not in page


@pytest.mark.parametrize(
    ("name", "place", "title"),
    [
        ("Round 3, Brumeville", "Brumeville", "Round 3, Brumeville, 1 May 2010"),
        ("Round 3, Arden", "Arden, the old town", "Round 3, Arden, 1 May 2010"),
        ("Round 3", "Brumeville", "Round 3, 1 May 2010, Brumeville"),
    ],
)
def test_the_title_names_the_place_once(
    client: Client, world: SimpleNamespace, name: str, place: str, title: str
) -> None:
    worlds.create_round(slug="round-3", name=name, place=place, dates=days("2010-05-01"))
    assert f"<title>{title} " in client.get("/rounds/round-3/").content.decode()


@pytest.mark.parametrize("path", ["/rounds/lake-summit/", "/rounds/round-1/", "/rounds/assent/"])
def test_every_link_of_a_meeting_leads_to_a_page(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    world.cancelled.parties.set([world.arden, world.brume])
    worlds.create_round(
        slug="assent", kind="milestone", dates=days("2099-04-01"), status="planned"
    ).parties.set([world.arden])
    page = client.get(path).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    links = {unescape(link) for link in re.findall(r'href="(/[^"#]*)', main)}
    assert "/parties/arden/" in {link.partition("?")[0] for link in links}
    for link in links:
        assert client.get(link).status_code == 200, link
