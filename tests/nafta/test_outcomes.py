"""An outcome stands wherever entries are listed, and a draft of one nowhere."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from issues.models import Outcome, PartyOutcome
from rounds.models import State
from rounds.publishing.states import set_state
from tests.world import (
    SECRET,
    create_earlier_status,
    create_outcome,
    create_proposal,
    create_source,
    create_world,
    days,
)

LINE = "Sixteen years, a review after six"
GISTS = "Arden: Gave up the half; Brume: Keeps its dam"


def close_water(world: SimpleNamespace, **fields: Any) -> Outcome:
    """Give the water its outcome: agreed in part, on 9 March 2010."""
    source = fields.get("source") or create_source(slug="treaty", title="The treaty")
    defaults: dict[str, Any] = {
        "slug": "water-shared",
        "issue": world.water,
        "dates": days("2010-03-09"),
        "kind": "agreed-in-part",
        "line": LINE,
        "gists": {"arden": "Gave up the half", "brume": "Keeps its dam"},
        "source": source,
        "other_sources": [world.herald],
        "translations": {"line_fr": "Seize ans, examen au bout de six"},
    }
    return create_outcome(**(defaults | fields))


@pytest.fixture
def outcome(world: SimpleNamespace) -> Outcome:
    return close_water(world)


def anchors(client: Client, query: str = "") -> list[str]:
    return [item.anchor for item in client.get(f"/timeline/?{query}").context["items"]]


# --- the timeline ---


@pytest.mark.parametrize(
    "query",
    [
        "",
        "kind=outcome",
        "party=arden",
        "issue=water",
        "source=treaty",
        "source=herald",
        "status=outcome-agreed-in-part",
        "year=2010",
        "after=2010-03-08&before=2010-03-10",
    ],
)
def test_filters_keep_it_now_and_in_the_past(
    client: Client, transactional_db: None, query: str
) -> None:
    close_water(create_world())
    known = f"known={timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    for clock in ("", f"&{known}"):
        assert "outcome-water-shared" in anchors(client, f"{query}{clock}")


@pytest.mark.parametrize(
    "query",
    [
        "kind=proposal",
        "party=corrie",
        "issue=fish",
        "round=round-2",
        "status=agreed",
        "status=outcome-agreed",
        "basis=document",
        "person=ada-alder",
        "source=gazette",
        "year=2011",
        "after=2010-03-09",
    ],
)
def test_and_leave_it_out_now_and_in_the_past(
    client: Client, transactional_db: None, query: str
) -> None:
    world = create_world()
    close_water(world)
    create_outcome(issue=world.fish, dates=days("2011-01-01"), kind="kept")  # the year is there
    known = f"known={timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    for clock in ("", f"&{known}"):
        assert "outcome-water-shared" not in anchors(client, f"{query}{clock}")


def test_it_says_what_came_out_of_what_and_how_each_party_came_to_it(
    client: Client, outcome: Outcome
) -> None:
    page = client.get("/timeline/?kind=outcome").content.decode()
    for text in ("agreed in part", LINE, GISTS, "9 March 2010", 'href="/sources/treaty/"'):
        assert text in page
    assert 'href="/issues/water/#outcome"' in page
    (row,) = client.get("/timeline/?kind=outcome&_export=json").json()["rows"]
    assert (row["kind"], row["key"]) == ("outcome", "water-shared")
    assert (row["title"], row["text"]) == (LINE, GISTS)
    assert (row["status"], row["status_label"]) == ("outcome-agreed-in-part", "agreed in part")
    assert (row["parties"], row["issues"]) == ("arden, brume", "water")
    assert row["address"].endswith("/issues/water/#outcome")
    french = client.get("/fr/timeline/?kind=outcome").content.decode()
    assert "Seize ans" in french


def test_it_is_behind_what_was_said_that_day_and_before_what_was_tabled(
    client: Client, world: SimpleNamespace, outcome: Outcome
) -> None:
    create_proposal(slug="tabled", issue=world.water, dates=days("2010-03-09"))
    world.denied.dates = days("2010-03-09")
    world.denied.save()
    order = [
        anchor
        for anchor in anchors(client)
        if anchor
        in {
            "statement-birch-denies",
            "outcome-water-shared",
            "proposal-tabled",
        }
    ]
    assert order == ["statement-birch-denies", "outcome-water-shared", "proposal-tabled"]


def test_the_chart_draws_it_as_a_square_among_the_meetings(
    client: Client, outcome: Outcome
) -> None:
    figure = client.get("/timeline/").context["figure"]
    (trace,) = [trace for trace in figure["data"] if trace.get("name") == "Outcomes"]
    assert (trace["x"], trace["y"]) == (["2010-03-09"], [0])
    assert trace["marker"]["symbol"] == ["square"]
    frame = client.get("/embed/timeline/").content.decode()
    assert 'class="outcome"' in frame
    assert 'class="outcome"' not in client.get("/embed/timeline/?as_of=2010-03-08").content.decode()


def test_without_outcomes_the_chart_names_none(client: Client, world: SimpleNamespace) -> None:
    figure = client.get("/timeline/").context["figure"]
    assert "Outcomes" not in [trace.get("name") for trace in figure["data"]]
    assert "Outcomes" not in client.get("/embed/timeline/").content.decode()


# --- the API ---


def test_the_api_lists_it_and_answers_it_by_its_key(client: Client, outcome: Outcome) -> None:
    answer = client.get("/api/v1/outcomes/water-shared").json()
    assert client.get("/api/v1/outcomes?issue=water&party=brume").json()["items"] == [answer]
    assert client.get("/api/v1/outcomes?party=corrie").json()["items"] == []
    assert (answer["issue"], answer["kind"]) == ("water", "agreed-in-part")
    assert answer["label"] == "agreed in part"
    assert answer["line"] == {"text": LINE, "language": "en-gb"}
    assert answer["dates"]["first"] == "2010-03-09"
    assert answer["parties"] == [
        {"party": "arden", "gist": {"text": "Gave up the half", "language": "en-gb"}},
        {"party": "brume", "gist": {"text": "Keeps its dam", "language": "en-gb"}},
    ]
    assert answer["source"]["key"] == "treaty"
    assert [source["key"] for source in answer["other_sources"]] == ["herald"]
    assert answer["address"].endswith("/issues/water/#outcome")
    assert answer["published_at"]
    in_french = client.get("/api/v1/outcomes/water-shared?lang=fr").json()["line"]
    assert in_french == {"text": "Seize ans, examen au bout de six", "language": "fr"}
    items = client.get("/api/v1/timeline?kind=outcome").json()["items"]
    assert [(item["key"], item["status"], item["on_record"]) for item in items] == [
        ("water-shared", "outcome-agreed-in-part", None)
    ]


def test_the_api_pages_through_outcomes(client: Client, world: SimpleNamespace) -> None:
    for number in (1, 2, 3):
        close_water(
            world, slug=f"end-{number}", dates=days(f"2011-03-0{number}"), source=world.herald
        )
    keys, address = [], "/api/v1/outcomes?limit=1"
    while address:
        page = client.get(address).json()
        keys += [item["key"] for item in page["items"]]
        address = page["next"]
    assert keys == ["end-3", "end-2", "end-1"]


# --- feeds, sitemaps, files, corrections ---


def entries(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_feeds_have_it_as_an_entry_of_its_issue_and_parties(
    client: Client, outcome: Outcome
) -> None:
    for path in ("/feed/", "/issues/water/feed/", "/parties/brume/feed/"):
        feed = entries(client, path)
        assert f"Water: agreed in part: {LINE}" in feed, path
        assert GISTS in feed, path
    for path in ("/issues/fish/feed/", "/parties/corrie/feed/", "/rounds/round-2/feed/"):
        assert LINE not in entries(client, path), path


def test_the_public_package_has_what_is_published_of_it(client: Client, outcome: Outcome) -> None:
    files = {name: entries(client, f"/data/{name}.csv") for name in ("outcomes", "outcome_parties")}
    assert "water-shared" in files["outcomes"]
    assert "Keeps its dam" in files["outcome_parties"]
    assert SECRET not in "".join(files.values())
    assert "outcomes.csv" in entries(client, "/data/README.md")


def test_a_correction_tells_what_it_said_before(client: Client, transactional_db: None) -> None:
    outcome = close_water(create_world())
    Outcome.objects.filter(pk=outcome.pk).update(line="Twelve years")
    PartyOutcome.objects.filter(party__code="arden").update(gist="Took less")
    page = entries(client, "/corrections/")
    assert "Water: agreed in part" in page
    for text in (LINE, "Twelve years", "/issues/water/#outcome"):
        assert text in page
    set_state([outcome], State.DRAFT)
    page = entries(client, "/corrections/")
    assert "Outcome taken back" in page
    assert "Twelve years" not in page


# --- drafts and the past ---


def test_taken_back_it_is_at_no_door(client: Client, outcome: Outcome) -> None:
    doors = (
        "/timeline/",
        "/timeline/?kind=outcome",
        "/search/?q=sixteen",
        "/api/v1/outcomes",
        "/api/v1/timeline",
        "/feed/",
        "/issues/water/feed/",
        "/data/outcomes.csv",
        "/data/outcome_parties.csv",
        "/sources/herald/",
        "/embed/timeline/",
    )
    told = [door for door in doors if "Keeps its dam" in entries(client, door)]
    assert len(told) >= 7
    set_state([outcome], State.DRAFT)
    for door in doors:
        page = entries(client, door)
        assert LINE not in page, door
        assert "Keeps its dam" not in page, door
    assert client.get("/api/v1/outcomes/water-shared").status_code == 404
    assert client.get("/sources/treaty/").status_code == 404


def test_the_timeline_as_published_earlier_says_what_it_said(
    client: Client, transactional_db: None
) -> None:
    world = create_world()
    moments = [timezone.now()]
    outcome = close_water(world)
    moments.append(timezone.now())
    Outcome.objects.filter(pk=outcome.pk).update(line="Twelve years")
    PartyOutcome.objects.filter(party__code="arden").update(gist="Took less")

    def at(moment: dt.datetime) -> str:
        return entries(client, f"/timeline/?known={moment:%Y-%m-%dT%H:%M:%S.%fZ}")

    assert LINE not in at(moments[0])
    assert LINE in at(moments[1])
    assert GISTS in at(moments[1])
    now = entries(client, "/timeline/")
    assert "Twelve years" in now
    assert "Arden: Took less" in now


# --- what a proposal was before ---


@pytest.fixture
def replaced(world: SimpleNamespace) -> SimpleNamespace:
    """A text that two of three agreed on 1 April and another replaced on 1 May."""
    world.deal = create_proposal(
        slug="the-deal",
        issue=world.water,
        dates=days("2010-04-01"),
        parties=[world.arden, world.brume],
        status="superseded",
        settled=days("2010-05-01"),
    )
    for party in (world.arden, world.brume):
        create_earlier_status(
            proposal=world.deal, status="agreed", dates=days("2010-04-01"), party=party
        )
    return world


EARLIER = "agreed (Arden, Brume), 1 April 2010"


def test_its_page_and_its_thread_tell_its_statuses(
    client: Client, replaced: SimpleNamespace
) -> None:
    page = entries(client, "/proposals/the-deal/")
    assert EARLIER in page
    assert "superseded" in page
    assert EARLIER in entries(client, "/issues/water/")
    answer = client.get("/api/v1/proposals/the-deal").json()
    assert answer["label"] == "agreement"
    assert [
        (row["status"], row["party"], row["since"]["first"]) for row in answer["earlier_statuses"]
    ] == [("agreed", "arden", "2010-04-01"), ("agreed", "brume", "2010-04-01")]


def test_a_past_day_tells_the_status_of_that_day_alone(
    client: Client, replaced: SimpleNamespace
) -> None:
    (thread,) = [
        thread
        for thread in client.get("/issues/water/?as_of=2010-04-15").context["threads"]
        if thread.item.slug == "the-deal"
    ]
    assert (thread.item.status, thread.settled, thread.earlier) == ("agreed", "1 April 2010", [])


def test_a_text_that_replaced_offers_was_no_agreement_before_any_party_agreed(
    client: Client, replaced: SimpleNamespace
) -> None:
    replaced.deal.earlier_statuses.all().delete()
    assert client.get("/api/v1/proposals/the-deal").json()["label"] == "proposal"
