"""Cursors of long lists: they name a record by its key, and no row number stands in an address."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from nafta import queries
from nafta.pages import search
from rounds.models import Statement
from tests.world import SECRET, create_statement, days

DAY = "2010-01-10"
API = "/api/v1"
LATEST = "2099-12-31"
ROUND_DAYS = {"round-1": "2010-01-08", "round-2": "2010-03-04"}
LISTS = ("rounds", "deadlines", "statements", "proposals", "positions", "progress", "timeline")


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    monkeypatch.setattr(search, "PAGE_SIZE", 2)


@pytest.fixture
def busy_day(world: SimpleNamespace) -> list[Statement]:
    """Statements of one day, more than a page has, in the order of their keys and not."""
    keys = ("the-e", "the-a", "500", "the-c", "the-b")
    return [create_statement(slug=key, dates=days(DAY), issues=[world.water]) for key in keys]


def pages_of_api(client: Client, path: str) -> Iterator[dict[str, Any]]:
    while path:
        page = client.get(path).json()
        yield page
        path = page["next"] or ""


def pages(client: Client, address: str) -> Iterator[tuple[str, Any]]:
    """The address of each page of a list for readers, from one on, and its answer."""
    path = address.partition("?")[0]
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, address
        yield address, answer
        query = answer.context["next_page"]
        address = f"{path}?{query}" if query else ""


def slugs(answer: Any, path: str) -> list[str]:
    name = "items" if path.startswith("/timeline/") else "results"
    return [item.slug for item in answer.context[name]]


@pytest.mark.parametrize("name", LISTS)
def test_a_cursor_of_the_api_is_of_what_the_page_shows(
    client: Client, busy_day: list[Statement], name: str
) -> None:
    count = 0
    for page in pages_of_api(client, f"{API}/{name}?limit=1"):
        count += 1
        if page["next"] is None:
            continue
        (cursor,) = parse_qs(urlsplit(page["next"]).query)["cursor"]
        last = page["items"][-1]
        shown = {value for value in last.values() if isinstance(value, str)}
        shown |= {ref["key"] for ref in last.values() if isinstance(ref, dict) and "key" in ref}
        *_day, key = re.split(r"\d{4}-\d\d-\d\d\.", cursor)
        assert set(key.split(".")) <= shown, cursor
    assert count > 1


@pytest.mark.parametrize(
    "path", ["/timeline/", "/timeline/?issue=water", "/search/?issue=water", "/search/?q=water"]
)
def test_a_cursor_of_a_page_is_of_its_last_row(
    client: Client, busy_day: list[Statement], path: str
) -> None:
    shown: list[str] = []
    count = 0
    for address, answer in pages(client, path):
        count += 1
        cursor = parse_qs(urlsplit(address).query).get("page", [""])[0]
        assert not shown or cursor.endswith(f".{shown[-1]}"), cursor
        shown += slugs(answer, path)
    assert count > 3
    assert len(shown) == len(set(shown))
    if "issue" in path:
        assert {statement.slug for statement in busy_day} <= set(shown)


def first_of_day(address: str, client: Client) -> list[str]:
    if address.startswith(API):
        return [item["key"] for item in client.get(address).json()["items"]]
    return slugs(client.get(address), address)


ADDRESSES = [
    "/timeline/?page=statement.{day}.{key}",
    "/timeline/?issue=water&page=statement.{day}.{key}",
    "/search/?issue=water&page=0.{day}.statement.{key}",
    f"{API}/statements?limit=2&cursor={{day}}.{{key}}",
    f"{API}/statements?issue=water&limit=2&cursor={{day}}.{{key}}",
    f"{API}/timeline?limit=2&cursor=statement.{{day}}.{{key}}",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_goes_on_behind_the_record_of_its_cursor(
    client: Client, busy_day: list[Statement], address: str
) -> None:
    """The order within a day is that of entry, the last first, and not that of the keys."""
    at = address.format(day=DAY, key="the-c")
    assert first_of_day(at, client) == ["500", "the-a"]


@pytest.mark.parametrize("key", ["999999", "1", "nobody-has-it", SECRET, "water.arden", "0"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_cursor_without_its_record_begins_with_the_day(
    client: Client, busy_day: list[Statement], address: str, key: str
) -> None:
    """So does an address of before, which held the number of a row: it is still an address."""
    Statement.objects.filter(slug=SECRET).update(dates=days(DAY))  # a draft of that day
    assert first_of_day(address.format(day=DAY, key=key), client) == ["the-b", "the-c"]


def test_old_cursors_of_the_search_begin_with_the_day(
    client: Client, busy_day: list[Statement]
) -> None:
    old = f"/search/?issue=water&page=0.{DAY}.123"
    assert first_of_day(old, client) == ["the-b", "the-c"]


@pytest.mark.parametrize(("name", "day"), [("positions", "2010-01-10"), ("progress", "2010-03-04")])
@pytest.mark.parametrize("key", ["999999", "water.nobody", f"{SECRET}.{SECRET}"])
def test_so_does_a_cursor_of_records_without_a_key(
    client: Client, world: SimpleNamespace, name: str, day: str, key: str
) -> None:
    whole = client.get(f"{API}/{name}").json()["items"]
    following = client.get(f"{API}/{name}", {"cursor": f"{day}.{key}"}).json()["items"]
    latest = client.get(f"{API}/{name}", {"cursor": f"{LATEST}.{key}"}).json()["items"]
    assert latest == whole
    assert following == [item for item in whole if first_day(item) <= day]
    assert 0 < len(following) <= len(whole)


def first_day(item: dict[str, Any]) -> str:
    return ROUND_DAYS[item["round"]] if "round" in item else str(item["since"]["first"])


@pytest.mark.parametrize("path", ["/timeline/?issue=water", "/search/?issue=water"])
def test_nothing_is_left_out_where_the_last_row_is_taken_back(
    client: Client, busy_day: list[Statement], path: str
) -> None:
    listed = list(pages(client, path))
    for number, (address, _answer) in enumerate(listed[1:], 1):
        key = address.rpartition(".")[2]
        if not key.startswith("the-"):
            continue
        after = [slug for _at, answer in listed[number:] for slug in slugs(answer, path)]
        Statement.objects.filter(slug=key).update(state="draft")
        again = [slug for _at, answer in pages(client, address) for slug in slugs(answer, path)]
        Statement.objects.filter(slug=key).update(state="published")
        assert after == again[-len(after) :], key
        assert len(again) == len(set(again))
    assert any(address.endswith(".the-c") for address, _answer in listed)
