"""oEmbed 1.0: a site that is given one of our addresses learns how to show it."""

import re
from html import unescape
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.test import Client

from tests.world import SECRET

SITE = "http://testserver"
OFFERED = {
    "/": "/embed/matrix/",
    "/issues/": "/embed/matrix/",
    "/issues/?as_of=round-1": "/embed/matrix/?as_of=round-1",
    "/issues/water/": "/embed/issues/water/",
    "/fr/issues/water/?as_of=2010-01-09": "/fr/embed/issues/water/?as_of=2010-01-09",
    "/timeline/": "/embed/timeline/",
    "/statements/alder-on-water/": "/embed/statements/alder-on-water/",
    "/embed/charts/share/": "/embed/charts/share/",
    "/embed/issues/water/rounds/": "/embed/issues/water/rounds/",
}


def asked(client: Client, url: str, **wishes: Any) -> Any:
    return client.get("/oembed/", {"url": url, **wishes})


@pytest.mark.parametrize(("path", "embed"), OFFERED.items())
def test_it_tells_how_to_show_a_page(
    client: Client, world: SimpleNamespace, path: str, embed: str
) -> None:
    response = asked(client, SITE + path)
    assert response["Content-Type"] == "application/json"
    answer = response.json()
    assert (answer["version"], answer["type"]) == ("1.0", "rich")
    assert answer["provider_name"].startswith("River, ")
    assert isinstance(answer["width"], int)
    assert isinstance(answer["height"], int)
    assert f'src="{SITE}{embed}"' in unescape(answer["html"])
    assert f'width="{answer["width"]}" height="{answer["height"]}"' in answer["html"]
    assert "sandbox=" in answer["html"]
    assert answer["title"]
    assert client.get(embed).status_code == 200
    picture = answer["thumbnail_url"].removeprefix(SITE)
    assert client.get(picture)["Content-Type"] == "image/png"


def test_it_answers_in_xml(client: Client, world: SimpleNamespace) -> None:
    world.water.question = "Half & <half>?"
    world.water.save()
    response = asked(client, f"{SITE}/issues/water/", format="xml")
    assert response["Content-Type"].startswith("text/xml")
    answer = ElementTree.fromstring(response.content)  # noqa: S314 - our own answer
    assert answer.tag == "oembed"
    assert answer.findtext("title") == "Half & <half>?"
    json = asked(client, f"{SITE}/issues/water/", format="json").json()
    assert {one.tag: one.text for one in answer} == {k: str(v) for k, v in json.items()}


@pytest.mark.parametrize(("width", "height"), [(300, 200), (2000, 5000)])
def test_it_is_no_larger_than_asked(
    client: Client, world: SimpleNamespace, width: int, height: int
) -> None:
    answer = asked(client, f"{SITE}/issues/", maxwidth=width, maxheight=height).json()
    assert answer["width"] <= width
    assert answer["height"] <= height
    assert ("thumbnail_url" in answer) is (width >= 1200)


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/issues/{SECRET}/",
        f"{SITE}/statements/{SECRET}/",
        f"{SITE}/embed/charts/{SECRET}/",
        f"{SITE}/issues/nothing-like-it/",
        f"{SITE}/nowhere/",
        f"{SITE}/about/",
        f"{SITE}/admin/",
        f"{SITE}/issues/?as_of=noon",
        f"{SITE}/statements/alder-on-water/?as_of=2010-01-01",
        f"{SITE}/issues/water/?known=2100-01-01",
        f"{SITE}/embed/issues/water/?as_of=round-1&known=2010-01-01",
        f"{SITE}/timeline/?party=arden",
        "http://elsewhere.example/issues/water/",
        "javascript:alert(1)",
        "http://[",
        "issues",
    ],
)
def test_what_is_unknown_or_a_draft_is_not_there(
    client: Client, world: SimpleNamespace, url: str
) -> None:
    response = asked(client, url)
    assert response.status_code == 404
    assert SECRET not in response.content.decode().replace(quote(url), "").replace(url, "")


def test_it_says_what_a_frame_cannot_keep_to(client: Client, world: SimpleNamespace) -> None:
    response = asked(client, f"{SITE}/timeline/?party=arden&kind=&year=2010")
    assert "“party, year”" in response.content.decode()


@pytest.mark.parametrize(
    ("address", "embed"),
    [
        ("/issues/water/?utm_source=news&fbclid=x", "/embed/issues/water/"),
        ("/issues/?as_of=round-1&gclid=x&known=", "/embed/matrix/?as_of=round-1"),
        ("/timeline/?mc_cid=1&anything=else", "/embed/timeline/"),
        ("/fr/issues/water", "/fr/embed/issues/water/"),
        ("/statements/alder-on-water?utm_medium=mail#top", "/embed/statements/alder-on-water/"),
    ],
)
def test_what_no_page_reads_is_ignored_and_a_last_slash_added(
    client: Client, world: SimpleNamespace, address: str, embed: str
) -> None:
    answer = asked(client, f"{SITE}{address}").json()
    assert f'src="{SITE}{embed}"' in unescape(answer["html"])
    page = client.get(address.partition("#")[0], follow=True).content.decode()
    assert "json+oembed" in page


@pytest.mark.parametrize("path", ["/", "/issues/", "/issues/water/"])
def test_its_picture_is_of_the_day_of_its_frame(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    live, pinned = (
        asked(client, f"{SITE}{path}{query}").json()["thumbnail_url"]
        for query in ("", "?as_of=round-1")
    )
    assert pinned == f"{live}?as_of=round-1"
    assert client.get(pinned.removeprefix(SITE)).content != client.get(live).content


@pytest.mark.parametrize("site", ["http://TestServer", "HTTP://TESTSERVER"])
def test_a_host_is_the_same_in_capitals(client: Client, world: SimpleNamespace, site: str) -> None:
    assert asked(client, f"{site}/issues/water/").json()["title"] == "Must half of the water stay?"


def test_another_format_is_not_spoken(client: Client, world: SimpleNamespace) -> None:
    response = asked(client, f"{SITE}/issues/", format="yaml")
    assert response.status_code == 501
    assert "json and xml" in response.content.decode()


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({}, "which page to embed"),
        ({"url": f"{SITE}/issues/", "maxwidth": "wide"}, "a number of pixels"),
        ({"url": f"{SITE}/issues/", "maxheight": "-1"}, "a number of pixels"),
        ({"url": "x" * 3000}, "2000"),
        ({"url": f"{SITE}/issues/\x00"}, "ull"),
    ],
)
def test_a_wish_that_makes_no_sense_gets_a_sentence(
    client: Client, world: SimpleNamespace, wishes: dict[str, str], words: str
) -> None:
    response = client.get("/oembed/", wishes)
    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.parametrize("path", [path for path in OFFERED if "/embed/" not in path])
def test_a_page_tells_where_to_ask(client: Client, world: SimpleNamespace, path: str) -> None:
    page = client.get(path).content.decode()
    links = re.findall(r'<link rel="alternate" type="([\w/]+\+oembed)" href="([^"]+)">', page)
    assert [media for media, _href in links] == ["application/json+oembed", "text/xml+oembed"]
    for _media, href in links:
        answer = client.get(unescape(href).removeprefix(SITE))
        assert answer.status_code == 200
        assert OFFERED[path].encode() in answer.content.replace(b"&quot;", b'"')


@pytest.mark.parametrize(
    "path",
    [
        "/about/",
        "/rounds/round-1/",
        "/statements/nothing-like-it/",
        "/timeline/?party=arden",
        "/issues/water/?known=2100-01-01",
    ],
)
def test_a_page_without_an_embed_tells_nothing(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    assert "+oembed" not in client.get(path).content.decode()
