"""The API: the record for programs, read-only, in pages, with manners."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from issues.models import Issue
from rounds.models import Statement
from tests.nafta.pages.test_pages import double, queries
from tests.world import DRAFT_YEAR, SECRET, create_earlier_status, create_outcome, days

BASE = "/api/v1"
LISTS = [
    *("parties", "people", "sources", "rounds", "deadlines", "issues", "measures"),
    *("statements", "proposals", "outcomes", "positions", "progress", "timeline", "corrections"),
]
ONE = {
    "negotiation": "river",
    "parties/arden": "arden",
    "people/ada-alder": "ada-alder",
    "sources/gazette": "gazette",
    "rounds/round-1": "round-1",
    "deadlines/by-may": "by-may",
    "issues/water": "water",
    "measures/share": "share",
    "statements/alder-on-water": "alder-on-water",
    "proposals/a-third": "a-third",
    "outcomes/fish-counted": "fish-counted",
}
OTHERS = [
    *("positions/water/arden/2010-01-09", "progress/round-1/water"),
    *("matrix", "matrix?as_of=round-1", "issues/water/matrix", "openapi.json"),
]


@pytest.fixture
def world(world: SimpleNamespace) -> SimpleNamespace:
    """The river talks, with an outcome and a status that a proposal had before."""
    create_outcome(
        slug="fish-counted", issue=world.fish, dates=days("2010-03-08"), gists={"brume": "Counts"}
    )
    create_earlier_status(
        proposal=world.third, status="agreed", dates=days("2010-03-08"), party=world.brume
    )
    return world


def ask(client: Client, path: str, **headers: Any) -> Any:
    response = client.get(f"{BASE}/{path}", headers=headers)
    assert response.status_code == 200, response.content
    return response.json()


def refusal(client: Client, path: str, status: int = 422) -> str:
    response = client.get(f"{BASE}/{path}")
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/json")
    (detail,) = response.json().values()
    assert isinstance(detail, str)
    return detail


def every_page(client: Client, path: str) -> list[Any]:
    items, address = [], f"{BASE}/{path}"
    while address:
        answer = client.get(address).json()
        items += answer["items"]
        address = answer["next"]
        assert len(items) < 1000
    return items


@pytest.mark.parametrize("name", LISTS)
def test_a_list_comes_whole_in_pages_of_any_length(
    client: Client, world: SimpleNamespace, name: str
) -> None:
    at_once = ask(client, f"{name}?limit=100")
    assert at_once["next"] is None
    assert at_once["items"] or name == "corrections"
    for limit in (1, 2, 3):
        assert every_page(client, f"{name}?limit={limit}") == at_once["items"]


@pytest.mark.parametrize(("path", "key"), ONE.items())
def test_one_record_has_an_address(
    client: Client, world: SimpleNamespace, path: str, key: str
) -> None:
    answer = ask(client, path)
    assert answer["key"] == key
    assert client.get(answer["address"]).status_code == 200
    assert answer["address"].startswith("http://testserver/")


@pytest.mark.parametrize("path", [*LISTS, *ONE, *OTHERS])
def test_no_draft_is_in_it(client: Client, world: SimpleNamespace, path: str) -> None:
    text = json.dumps(ask(client, path))
    assert SECRET not in text
    assert DRAFT_YEAR not in text


@pytest.mark.parametrize("path", [path.rpartition("/")[0] for path in ONE if "/" in path])
def test_a_draft_has_no_address(client: Client, world: SimpleNamespace, path: str) -> None:
    assert refusal(client, f"{path}/{SECRET}", 404) == "Nothing is published at this address."


@pytest.mark.parametrize("path", [*LISTS, *ONE, *OTHERS])
def test_it_asks_the_database_little_and_no_more_with_twice_the_rows(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    before = queries(client, f"{BASE}/{path}")
    double(world)
    assert queries(client, f"{BASE}/{path}") == before <= 10


def test_all_filters_at_once_stay_within_the_budget(client: Client, world: SimpleNamespace) -> None:
    every = "party=brume&issue=water&round=round-2&year=2010"
    for name in ("timeline", "statements"):
        assert queries(client, f"{BASE}/{name}?{every}") <= 10


@pytest.mark.parametrize(
    ("wish", "keys"),
    [
        ("party=arden", {"alder-on-water"}),
        ("issue=water&round=round-2", {"birch-denies", "unnamed-on-water"}),
        ("year=2009", None),
        ("round=round-1", {"alder-on-water"}),
    ],
)
def test_filters_are_those_of_the_pages(
    client: Client, world: SimpleNamespace, wish: str, keys: set[str] | None
) -> None:
    if keys is None:
        assert "is not in the record" in refusal(client, f"statements?{wish}")
        return
    found = {one["key"] for one in ask(client, f"statements?{wish}")["items"]}
    assert found == keys
    page = client.get(f"/timeline/?kind=statement&{wish}").content.decode()
    assert {key for key in keys if f"/statements/{key}/" in page} == keys


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("statements?partei=arden", "There is no parameter “partei”; there are"),
        ("statements?party=nowhere", "“nowhere” is not in the record"),
        (f"statements?issue={SECRET}", "is not in the record"),
        ("statements?limit=101", "“limit”"),
        ("statements?limit=0", "“limit”"),
        ("statements?limit=many", "“limit”"),
        ("statements?limit=5&limit=6", "more than once"),
        ("statements?lang=tlh", "“lang” takes"),
        ("statements?cursor=yesterday", "no such page"),
        ("statements?cursor=2010-01-01.%00", "no such page"),
        ("issues?cursor=%00", "no such page"),
        ("timeline?cursor=2010-01-01.hearsay.1", "no such page"),
        ("corrections?cursor=yesterday", "needs a day and a time"),
        ("matrix?as_of=round-99", "neither a day"),
        ("matrix?as_of=lake-summit", "was not held"),
        ("positions/water/arden/someday", "“since”"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    client: Client, world: SimpleNamespace, path: str, words: str
) -> None:
    assert words in refusal(client, path)


@pytest.mark.parametrize(
    "path", [f"/api/{path}" for path in ("", "v2/statements", "v1/", "v1/weather", "v1/a%0Ab")]
)
def test_an_address_that_is_none_is_told_in_json(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "detail" in response.json()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes(client: Client, world: SimpleNamespace, method: str) -> None:
    response = getattr(client, method)(f"{BASE}/statements")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert "read-only" in response.json()["detail"]


def test_programs_on_other_sites_may_read(client: Client, world: SimpleNamespace) -> None:
    for path in ("statements", "statements?limit=0", "weather"):
        answer = client.get(f"{BASE}/{path}", headers={"origin": "https://else.example"})
        assert answer["Access-Control-Allow-Origin"] == "*"
    before = client.options(f"{BASE}/statements")
    assert before.status_code == 204
    assert before["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_head_says_what_get_would(client: Client, world: SimpleNamespace) -> None:
    get, head = client.get(f"{BASE}/statements"), client.head(f"{BASE}/statements")
    assert head.status_code == 200
    assert head.content == b""
    assert head["Content-Length"] == str(len(get.content))
    assert head["ETag"] == get["ETag"]


def test_what_has_not_changed_is_not_sent_again(client: Client, world: SimpleNamespace) -> None:
    first = client.get(f"{BASE}/statements")
    known = {"if-none-match": first["ETag"]}
    again = client.get(f"{BASE}/statements", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    Statement.objects.filter(pk=world.said.pk).update(summary="All of it must stay.")
    assert client.get(f"{BASE}/statements", headers=known).status_code == 200


def test_one_address_may_ask_so_often_a_minute(
    client: Client, world: SimpleNamespace, settings: Any, monkeypatch: Any
) -> None:
    settings.API_RATE = 3
    cache.clear()
    monkeypatch.setattr("nafta.api.throttling.time.time", lambda: 1_000_000_010.0)
    answers = [client.get(f"{BASE}/parties") for _time in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0"]
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    assert "3 times a minute" in answers[3].json()["detail"]
    assert client.get(f"{BASE}/parties", REMOTE_ADDR="192.0.2.7").status_code == 200
    forged = {"x-forwarded-for": "192.0.2.8"}
    assert client.get(f"{BASE}/parties", headers=forged).status_code == 429
    neighbours = [f"2001:db8:1:2:{number}::{number}" for number in range(1, 5)]
    answers = [client.get(f"{BASE}/parties", REMOTE_ADDR=address) for address in neighbours]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]  # of one /64
    for other in ("2001:db8:1:3::1", "::ffff:192.0.2.9", "::ffff:192.0.2.10"):
        answer = client.get(f"{BASE}/parties", REMOTE_ADDR=other)
        assert answer["RateLimit-Remaining"] == "2", other
    monkeypatch.setattr("nafta.api.throttling.time.time", lambda: 1_000_000_070.0)
    assert client.get(f"{BASE}/parties").status_code == 200


def test_texts_come_in_the_language_asked_for_and_say_which(
    client: Client, world: SimpleNamespace
) -> None:
    Issue.objects.filter(pk=world.water.pk).update(translations={"name_fr": "L’eau"})
    french = ask(client, "issues/water?lang=fr")
    assert french["name"] == {"text": "L’eau", "language": "fr"}
    assert french["question"] == {"text": world.water.question, "language": "en-gb"}
    assert french["address"] == "http://testserver/fr/issues/water/"
    assert ask(client, "issues/water")["name"] == {"text": "Water", "language": "en-gb"}
    english = ask(client, "issues/water", **{"accept-language": "fr"})
    assert english["name"]["language"] == "en-gb"


def test_a_record_says_when_readers_first_saw_it(client: Client, world: SimpleNamespace) -> None:
    before = ask(client, "statements/alder-on-water")
    assert before["published_at"] == before["updated_at"]
    Statement.objects.filter(pk=world.said.pk).update(summary="All of it must stay.")
    after = ask(client, "statements/alder-on-water")
    assert after["published_at"] == before["published_at"] < after["updated_at"]


def test_a_statement_says_who_says_so(client: Client, world: SimpleNamespace) -> None:
    said = ask(client, "statements/alder-on-water")
    assert [one["key"] for one in said["speakers"]] == ["ada-alder"]
    assert said["source"]["url"] == world.gazette.url
    assert [one["key"] for one in said["other_sources"]] == ["herald"]
    assert [said["source"]["rank"], said["other_sources"][0]["rank"]] == ["newsroom", "newsroom"]
    assert said["on_record"] is True
    unnamed = ask(client, "statements/unnamed-on-water")
    assert (unnamed["unnamed_count"], unnamed["on_record"]) == (2, False)
    denied = ask(client, "statements/birch-denies")
    assert denied["links"] == [
        {"kind": "contradicts", "statement": "unnamed-on-water", "note": None}
    ]


def test_proposals_have_their_numbers(client: Client, world: SimpleNamespace) -> None:
    (term,) = ask(client, "proposals/a-third")["terms"]
    assert term == {
        "measure": "share",
        "scope": None,
        "comparator": "between",
        "low": 30.0,
        "high": 33.0,
    }
    assert ask(client, "measures/share")["unit"]["text"] == "%"


def test_it_describes_itself(client: Client, world: SimpleNamespace) -> None:
    description = ask(client, "openapi.json")
    assert description["openapi"].startswith("3.1")
    for path, operations in description["paths"].items():
        assert set(operations) == {"get"}, path
        assert {"200", "422", "429"} <= set(operations["get"]["responses"]), path
        for parameter in operations["get"]["parameters"]:
            text = {**parameter, **parameter["schema"]}
            assert text.get("description") or parameter["in"] == "path", (path, parameter)
    assert "429" in description["info"]["description"]


def test_an_empty_record_has_empty_lists(client: Client, db: None) -> None:
    for name in LISTS:
        assert ask(client, name) == {"items": [], "next": None}
    assert ask(client, "matrix")["rows"] == []
    assert refusal(client, "negotiation", 404)
