"""The record in the words of schema.org, read back from the pages by extruct."""

import json
import re
from types import SimpleNamespace
from typing import Any

import extruct
import pytest
from django.test import Client

from nafta.sharing import linked_data
from tests import world as worlds
from tests.nafta.pages.test_pages import SHOWN
from tests.world import SECRET, day, days

SCHEMA = "https://schema.org/"


def graph(client: Client, path: str) -> list[dict[str, Any]]:
    """What a page says of itself as JSON-LD."""
    page = client.get(path).content.decode()
    found = extruct.extract(page, syntaxes=["json-ld"])["json-ld"]
    assert all(one["@context"] == "https://schema.org" for one in found)
    return [thing for one in found for thing in one["@graph"]]


def thing(client: Client, path: str) -> dict[str, Any]:
    return graph(client, path)[0]


@pytest.mark.parametrize("path", [*SHOWN, "/fr/issues/water/", "/es/"])
def test_each_page_parses_and_names_no_draft(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    found = json.dumps(graph(client, path))
    assert SECRET not in found
    assert '""' not in found  # what is not known is not said


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "WebSite"),
        ("/rounds/round-1/", "Event"),
        ("/issues/water/", "WebPage"),
        ("/parties/brume/", "Organization"),
        ("/people/ada-alder/", "ProfilePage"),
        ("/statements/alder-on-water/", "Quotation"),
        ("/statements/unnamed-on-water/", "Claim"),
        ("/proposals/a-third/", "CreativeWork"),
        ("/sources/gazette/", "CreativeWork"),
    ],
)
def test_a_page_is_about_what_it_shows(
    client: Client, world: SimpleNamespace, path: str, kind: str
) -> None:
    assert thing(client, path)["@type"] == kind


def test_a_round_is_an_event_with_its_place_and_its_parties(
    client: Client, world: SimpleNamespace
) -> None:
    one = thing(client, "/rounds/round-1/")
    assert (one["startDate"], one["endDate"]) == ("2010-01-08", "2010-01-12")
    assert one["eventStatus"] == f"{SCHEMA}EventScheduled"  # longer than announced, not moved
    assert "previousStartDate" not in one
    assert one["location"]["name"] == "Ardenport"
    assert one["organizer"]["name"] == "Arden"
    assert [party["name"] for party in one["attendee"]] == ["Arden", "Brume", "Corrie"]
    assert one["subjectOf"]["url"] == world.gazette.url


def test_a_meeting_called_off_is_no_meeting(client: Client, world: SimpleNamespace) -> None:
    one = thing(client, "/rounds/lake-summit/")
    assert one["eventStatus"] == f"{SCHEMA}EventCancelled"
    assert one["startDate"] == "2010-02-20"


def test_a_moved_meeting_tells_both_days(client: Client, world: SimpleNamespace) -> None:
    worlds.create_round(
        slug="moved", dates=days("2010-04-09"), planned_dates=days("2010-04-02", "2010-04-09")
    )
    one = thing(client, "/rounds/moved/")
    assert one["eventStatus"] == f"{SCHEMA}EventRescheduled"
    assert (one["previousStartDate"], one["startDate"]) == ("2010-04-02", "2010-04-09")


def test_a_meeting_that_another_replaced_is_on_the_other_day(
    client: Client, world: SimpleNamespace
) -> None:
    later = worlds.create_round(slug="later", dates=days("2010-05-20", "2010-05-22"))
    worlds.create_round(
        slug="first", dates=days("2010-04-02"), status="rescheduled", replaced_by=later
    )
    one = thing(client, "/rounds/first/")
    assert one["eventStatus"] == f"{SCHEMA}EventRescheduled"
    assert (one["previousStartDate"], one["startDate"]) == ("2010-04-02", "2010-05-20")
    assert "endDate" not in one


def test_one_put_off_to_nobody_knows_when_is_postponed(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_round(slug="put-off", dates=days("2010-04-02"), status="rescheduled")
    one = thing(client, "/rounds/put-off/")
    assert one["eventStatus"] == f"{SCHEMA}EventPostponed"
    assert one["previousStartDate"] == "2010-04-02"


def test_a_meeting_is_where_the_chain_of_those_that_replaced_it_ends(
    client: Client, world: SimpleNamespace
) -> None:
    third = worlds.create_round(slug="third", dates=days("2010-06-20"), status="planned")
    second = worlds.create_round(
        slug="second", dates=days("2010-05-20"), status="rescheduled", replaced_by=third
    )
    worlds.create_round(
        slug="first", dates=days("2010-04-02"), status="rescheduled", replaced_by=second
    )
    one = thing(client, "/rounds/first/")
    assert one["startDate"] == "2010-06-20"
    assert one["previousStartDate"] == ["2010-04-02", "2010-05-20"]
    for status, word in (("cancelled", "Cancelled"), ("rescheduled", "Postponed")):
        type(third).objects.filter(pk=third.pk).update(status=status)
        one = thing(client, "/rounds/first/")
        assert one["eventStatus"] == f"{SCHEMA}Event{word}"
        assert one["startDate"] == "2010-04-02"  # its own: it has no other


def test_of_a_meeting_that_was_due_nothing_is_said(client: Client, world: SimpleNamespace) -> None:
    worlds.create_round(slug="due", dates=days("2010-04-02"), status="planned")
    worlds.create_round(slug="ahead", dates=days("2090-04-02"), status="planned")
    assert "eventStatus" not in thing(client, "/rounds/due/")
    assert thing(client, "/rounds/ahead/")["eventStatus"] == f"{SCHEMA}EventScheduled"


@pytest.mark.parametrize(
    ("first", "last", "approximate", "words"),
    [
        ("2018-05-03", "2018-05-03", False, "2018-05-03"),
        ("2018-05-03", "2018-05-09", False, "2018-05-03"),
        ("2018-05-03", None, False, "2018-05-03"),
        ("2018-05-03", "2018-05-03", True, "2018-05"),
        ("2018-05-01", "2018-05-10", True, "2018-05"),
        ("2018-05-25", "2018-06-05", True, "2018"),
        ("2017-12-25", "2018-01-05", True, ""),
        ("2018-05-03", None, True, ""),
    ],
)
def test_a_date_is_no_more_precise_than_it_is_known(
    first: str, last: str | None, approximate: bool, words: str
) -> None:
    end = day(last) if last else None
    assert linked_data.date(day(first), end, approximate=approximate) == words


def test_an_approximate_meeting_has_no_days(client: Client, world: SimpleNamespace) -> None:
    worlds.create_round(slug="hut", dates=days("2010-05-01", "2010-05-10"), approximate=True)
    one = thing(client, "/rounds/hut/")
    assert one["startDate"] == "2010-05"
    assert "endDate" not in one


def test_a_quotation_has_its_words_its_speaker_and_its_source(
    client: Client, world: SimpleNamespace
) -> None:
    one = thing(client, "/statements/alder-on-water/")
    assert (one["text"], one["inLanguage"]) == ("not a drop less", "en")
    assert [who["name"] for who in one["creator"]] == ["Ada Alder"]
    assert one["isBasedOn"]["publisher"]["name"] == "The Gazette"
    assert one["dateCreated"] == "2010-01-09"
    assert [issue["name"] for issue in one["about"]] == ["Water"]


def test_who_is_unnamed_stays_unnamed(client: Client, world: SimpleNamespace) -> None:
    one = thing(client, "/statements/unnamed-on-water/")
    assert "creator" not in one
    assert one["creditText"] == "Two people close to the talks, unnamed"
    assert one["dateCreated"] == "2010-03"
    assert one["appearance"]["name"]


def test_the_way_to_a_page(client: Client, world: SimpleNamespace) -> None:
    trail = graph(client, "/proposals/half-the-water/")[1]
    steps = [(one["position"], one["item"]) for one in trail["itemListElement"]]
    assert steps == [
        (1, "http://testserver/"),
        (2, "http://testserver/issues/"),
        (3, "http://testserver/issues/water/"),
        (4, "http://testserver/proposals/half-the-water/"),
    ]


def test_the_site_can_be_searched(client: Client, world: SimpleNamespace) -> None:
    target = thing(client, "/fr/")["potentialAction"]["target"]["urlTemplate"]
    assert target == "http://testserver/fr/search/?q={search_term_string}"


def test_no_text_can_close_the_element(client: Client, world: SimpleNamespace) -> None:
    words = "</script><script>alert('&amp;')</script><!--"
    statement = worlds.create_statement(summary=words, dates=days("2010-01-09"))
    page = client.get(statement.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert re.search(r"<title>&lt;/script&gt;", page)
    assert thing(client, statement.get_absolute_url())["text"] == words


def test_the_whole_record_is_a_dataset(world: SimpleNamespace) -> None:
    one = linked_data.describe_dataset(
        world.negotiation, "https://example.org/", page="/data/", archive="/data/record.zip"
    )
    assert (one["@type"], one["url"]) == ("Dataset", "https://example.org/data/")
    assert one["distribution"][0]["contentUrl"] == "https://example.org/data/record.zip"
    assert "license" not in one
