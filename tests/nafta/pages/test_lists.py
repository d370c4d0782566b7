"""The lists of parties, people and feeds."""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.test import Client

from rounds.models import Source
from tests import world as worlds
from tests.world import days


def test_the_parties_have_a_page_that_each_of_them_leads_back_to(
    client: Client, world: SimpleNamespace
) -> None:
    page = client.get("/parties/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert re.findall(r'class="party party-\d" href="/parties/(\w+)/"', main) == [
        "arden",
        "brume",
        "corrie",
    ]
    assert '<a href="/parties/">Parties</a>' in client.get("/parties/brume/").content.decode()


@pytest.mark.parametrize(
    ("sort", "names", "then"),
    [
        ("", ["ada-alder", "bo-birch", "zoe-zander"], "name"),
        ("name", ["ada-alder", "bo-birch", "zoe-zander"], "-name"),
        ("-name", ["zoe-zander", "bo-birch", "ada-alder"], "name"),
        ("-party", ["zoe-zander", "bo-birch", "ada-alder"], "name"),
        ("-statements", ["bo-birch", "zoe-zander", "ada-alder"], "name"),
    ],
)
def test_people_can_be_put_in_order(
    client: Client, world: SimpleNamespace, sort: str, names: list[str], then: str
) -> None:
    zander = worlds.create_person(slug="zoe-zander")
    worlds.create_statement(dates=days("2010-02-01"), speakers=[zander])
    worlds.create_statement(dates=days("2010-02-01"), speakers=[world.birch])
    page = client.get(f"/people/?sort={sort}").content.decode()
    assert re.findall(r'<th scope="row"><a href="/people/([\w-]+)/"', page) == names
    assert f'<a href="?sort={then}" rel="nofollow">Name</a>' in page


def test_too_many_people_to_sort_stay_in_the_order_of_names_and_say_nothing_else(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("nafta.pages.people"), "SORT_LIMIT", 1)
    page = client.get("/people/?sort=-name").content.decode()
    people = re.findall(r'<th scope="row"><a href="/people/([\w-]+)/"', page)
    assert len(people) > 1
    assert people == sorted(people)
    assert "aria-sort" not in page
    assert "sort=name" not in page


def test_the_page_of_the_data_lists_every_feed_but_those_of_people(
    client: Client, world: SimpleNamespace
) -> None:
    page = client.get("/data/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    feeds = set(re.findall(r'href="([^"]*(?:feed/|\.ics))"', main))
    assert feeds == {
        "/feed/",
        "/corrections/feed/",
        "/issues/water/feed/",
        "/issues/fish/feed/",
        *(f"/parties/{code}/feed/" for code in ("arden", "brume", "corrie")),
        *(f"/rounds/{slug}/feed/" for slug in ("round-1", "round-2", "bilateral", "lake-summit")),
        "/calendar.ics",
        *(f"/parties/{code}/calendar.ics" for code in ("arden", "brume", "corrie")),
    }
    assert all(client.get(feed).status_code == 200 for feed in feeds)


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["title", "published", "claims"])
def test_sources_that_are_alike_have_one_order(client: Client, sort: str) -> None:
    for number in (1, 2, 3):
        source = worlds.create_source(title="Report", slug=f"report-{number}")
        worlds.create_statement(dates=days("2010-02-01"), source=source)

    def listed() -> list[str]:
        page = client.get(f"/sources/?sort={sort}").content.decode()
        return re.findall(r'href="/sources/(report-\d)/"', page)

    before = listed()
    assert len(before) == 3
    # PostgreSQL writes a changed row behind all others, and reads it last
    Source.objects.filter(slug=before[0]).update(note="Read again.")
    assert listed() == before
