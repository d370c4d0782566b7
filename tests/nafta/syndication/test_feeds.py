"""Feeds: valid Atom, true times, stable ids, no draft."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from types import SimpleNamespace
from urllib.parse import urlparse

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import world as worlds
from tests.desk import address, change, desk_of
from tests.nafta.pages.test_pages import double
from tests.world import SECRET, create_editor, days

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
FEEDS = [
    "/feed/",
    "/issues/water/feed/",
    "/parties/brume/feed/",
    "/people/ada-alder/feed/",
    "/rounds/round-1/feed/",
    "/corrections/feed/",
    "/fr/feed/",
    "/es/issues/water/feed/",
    "/feed/?known=2010-01-01",
]
TITLE = ".//{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}title"


def feed(client: Client, path: str = "/feed/") -> ET.Element:
    answer = client.get(path)
    assert answer.status_code == 200
    return ET.fromstring(answer.content)  # noqa: S314 - our own


def titles(client: Client, path: str = "/feed/") -> list[str]:
    return [str(one.text) for one in feed(client, path).findall(TITLE)]


def terms(client: Client, path: str) -> list[str]:
    return [one.get("label", "") for one in feed(client, path).iter(f"{ATOM}category")]


def faults(root: ET.Element) -> list[str]:
    """What RFC 4287 asks of a feed and does not find, as validators tell it."""
    found = _faults_of(root, "feed")
    if not root.findall(f"{ATOM}author"):
        found.append("feed: no author for the entries")
    own = [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if len(own) != 1:
        found.append(f"feed: {len(own)} self links")
    ids = [str(one.findtext(f"{ATOM}id")) for one in [root, *root.findall(f"{ATOM}entry")]]
    if len(ids) != len(set(ids)):
        found.append("ids are not unique")
    times = [_time(one, "updated") for one in root.findall(f"{ATOM}entry")]
    if times and _time(root, "updated") != max(times):
        found.append("feed: not updated with its last entry")
    for entry in root.findall(f"{ATOM}entry"):
        found += _faults_of(entry, "entry")
        if _time(entry, "published") > _time(entry, "updated"):
            found.append("entry: updated before it was published")
    return found


def _faults_of(element: ET.Element, name: str) -> list[str]:
    found = [
        f"{name}: {len(element.findall(f'{ATOM}{one}'))} of {one}"
        for one in ("id", "title", "updated")
        if len(element.findall(f"{ATOM}{one}")) != 1
    ]
    if urlparse(str(element.findtext(f"{ATOM}id"))).scheme not in {"urn", "tag", "http", "https"}:
        found.append(f"{name}: an id that is no IRI")
    alternates = set()
    for link in element.findall(f"{ATOM}link"):
        if not re.match(r"https?://[^/]+/", link.get("href", "")):
            found.append(f"{name}: relative {link.get('href')}")
        if link.get("rel", "alternate") == "alternate":
            kind = (link.get("type"), link.get("hreflang"))
            found += [f"{name}: two alternates"] if kind in alternates else []
            alternates.add(kind)
    for text in ("title", "summary", "subtitle"):
        for one in element.findall(f"{ATOM}{text}"):
            if one.get("type", "text") not in {"text", "html", "xhtml"}:
                found.append(f"{name}: {text} of type {one.get('type')}")
            if 'href="/' in (one.text or ""):
                found.append(f"{name}: a relative link within")
    found += [
        f"{name}: a category without term"
        for one in element.findall(f"{ATOM}category")
        if not one.get("term")
    ]
    return found


def _time(element: ET.Element, name: str) -> dt.datetime:
    """Raises ``ValueError`` for what is no RFC 3339 time with an offset."""
    text = str(element.findtext(f"{ATOM}{name}"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text)
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_is_valid_and_names_no_draft(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    change(desk_of(create_editor()), world.said, summary="Half of it.", correction="A slip.")
    answer = client.get(path)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert SECRET not in answer.content.decode()
    assert faults(feed(client, path)) == []
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    assert parsed.entries


def test_faults_would_be_noticed() -> None:
    text = f"""<feed xmlns='{ATOM[1:-1]}'><id>urn:x</id><updated>2018-02-01T00:00:00Z</updated>
        <entry><id>one</id><title/><link href='/x/'/><updated>2018-01-01T00:00:00Z</updated>
        <published>2019-01-01T00:00:00Z</published></entry></feed>"""
    found = faults(ET.fromstring(text))  # noqa: S314
    assert found == [
        "feed: 0 of title",
        "feed: no author for the entries",
        "feed: 0 self links",
        "feed: not updated with its last entry",
        "entry: an id that is no IRI",
        "entry: relative /x/",
        "entry: updated before it was published",
    ]


def test_the_latest_published_comes_first_whenever_it_happened(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_statement(summary="An old letter was found.", dates=days("2010-01-08"))
    assert titles(client)[0].endswith("An old letter was found.")
    published = [_time(one, "published") for one in feed(client).findall(f"{ATOM}entry")]
    assert published == sorted(published, reverse=True)


def test_it_says_who_when_and_who_says_so(client: Client, world: SimpleNamespace) -> None:
    entries = {one.link: one for one in feedparser.parse(client.get("/feed/").content).entries}
    said = entries["http://testserver/statements/alder-on-water/"]
    assert said.title == "Ada Alder: Half of the water must stay in Arden."
    for words in ("9 January 2010", "on the record", "not a drop less", "The Gazette", "demands"):
        assert words in said.summary
    via = [link.href for link in said.links if link.rel == "via"]
    assert via == [world.gazette.url]
    terms = {(tag.scheme, tag.term, tag.label) for tag in said.tags}
    assert ("tag:issue", "water", "Water") in terms
    assert ("tag:party", "arden", "Arden") in terms
    whispered = entries["http://testserver/statements/unnamed-on-water/"]
    assert whispered.title.startswith("Two people close to the talks, unnamed:")
    assert "between 1 and 10 March 2010" in whispered.summary or "early March" in whispered.summary


def test_ids_and_publication_outlive_every_change(client: Client, world: SimpleNamespace) -> None:
    def entry() -> ET.Element:
        (found,) = [
            one
            for one in feed(client).findall(f"{ATOM}entry")
            if one.find(f"{ATOM}link").get("href").endswith("/alder-on-water/")  # type: ignore[union-attr]
        ]
        return found

    before = entry()
    editor = desk_of(create_editor())
    change(editor, world.said, summary="Half.", dates_0="2010-01-08", correction="A slip.")
    after = entry()
    for name in ("id", "published"):
        assert after.findtext(f"{ATOM}{name}") == before.findtext(f"{ATOM}{name}")
    assert str(after.findtext(f"{ATOM}title")).endswith("Half.")
    assert _time(after, "updated") >= _time(before, "updated")


def test_a_position_that_is_published_later_renews_what_it_rests_on(
    client: Client, world: SimpleNamespace
) -> None:
    with connection.cursor() as cursor:  # as if all had been published a day ago
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE rounds_statementevent SET pgh_created_at = pgh_created_at - interval '1 day'"
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    worlds.create_position(
        issue=world.fish,
        party=world.corrie,
        since=days("2010-01-12"),
        stance="opposes",
        gist="No counting.",
        statement=world.quiet,
    )
    (entry,) = [
        one
        for one in feed(client).findall(f"{ATOM}entry")
        if one.find(f"{ATOM}link").get("href").endswith("/nobody-said/")  # type: ignore[union-attr]
    ]
    assert _time(entry, "updated") - _time(entry, "published") > dt.timedelta(hours=23)
    assert "No counting." in str(entry.findtext(f"{ATOM}summary"))


def test_whatever_changes_what_an_entry_says_renews_it(
    client: Client, world: SimpleNamespace
) -> None:
    def updated() -> dt.datetime:
        (entry,) = [
            one
            for one in feed(client).findall(f"{ATOM}entry")
            if one.find(f"{ATOM}link").get("href").endswith("/nobody-said/")  # type: ignore[union-attr]
        ]
        return _time(entry, "updated")

    worlds.create_position(
        issue=world.fish,
        party=world.corrie,
        since=days("2010-01-12"),
        stance="opposes",
        statement=world.quiet,
    )
    (position,) = world.quiet.positions.all()
    before = updated()
    for record, fields in (
        (world.corrie, {"translations": {"name_fr": "La Corrie"}}),
        (world.quiet.source, {"title": "Another title"}),
        (position, {"state": "draft"}),
    ):
        for name, value in fields.items():
            setattr(record, name, value)
        record.save()
        assert updated() > before
        before = updated()


def test_each_feed_is_of_its_subject_alone(client: Client, world: SimpleNamespace) -> None:
    assert "Birch" in "".join(titles(client, "/parties/brume/feed/"))
    assert "Alder" not in "".join(titles(client, "/parties/brume/feed/"))
    assert not any("Round 2" in one for one in titles(client, "/rounds/round-1/feed/"))
    assert any("Half of the water" in one for one in titles(client, "/rounds/round-1/feed/"))
    assert not any("Water" in one for one in terms(client, "/issues/fish/feed/"))
    assert any("Water" in one for one in terms(client, "/issues/water/feed/"))
    assert "Alder" not in "".join(titles(client, "/people/bo-birch/feed/"))
    assert titles(client, "/people/bo-birch/feed/")


@pytest.mark.parametrize(
    "path", [f"/issues/{SECRET}/feed/", "/parties/nobody/feed/", "/people/nobody/feed/"]
)
def test_what_is_not_there_has_no_feed(client: Client, world: SimpleNamespace, path: str) -> None:
    assert client.get(path).status_code == 404


def test_what_is_taken_back_leaves_the_feed_and_whoever_asks_again_hears_of_it(
    client: Client, world: SimpleNamespace
) -> None:
    answer = client.get("/feed/")
    same = {"HTTP_IF_NONE_MATCH": answer["ETag"]}
    assert client.get("/feed/", **same).status_code == 304  # type: ignore[arg-type]
    editor = desk_of(create_editor())
    chosen = {"action": "back_to_draft", "_selected_action": [world.quiet.pk], "correction": "No."}
    editor.post(address(type(world.quiet)), chosen)
    again = client.get("/feed/", **same)  # type: ignore[arg-type]
    assert again.status_code == 200
    assert "The dam stays shut" not in again.content.decode()


@pytest.mark.parametrize(("path", "language"), [("/feed/", "en-gb"), ("/fr/feed/", "fr")])
def test_a_feed_tells_its_language_and_its_own_address(
    client: Client, world: SimpleNamespace, path: str, language: str
) -> None:
    root = feed(client, path)
    assert root.get(f"{XML}lang") == language
    own = [one.get("href") for one in root.findall(f"{ATOM}link") if one.get("rel") == "self"]
    assert own == [f"http://testserver{path}"]
    prefix = path.removesuffix("feed/")
    for entry in root.findall(f"{ATOM}entry"):
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.get("href", "").startswith(f"http://testserver{prefix}")


@pytest.mark.parametrize("path", FEEDS)
def test_it_asks_little_and_no_more_with_twice_the_rows(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    before = _queries(client, path)
    double(world)
    assert _queries(client, path) == before <= 10


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_a_feed_ends_somewhere(client: Client, world: SimpleNamespace) -> None:
    double(world)
    assert len(titles(client)) == 50


def test_an_empty_site_has_an_empty_feed(client: Client, db: None) -> None:
    assert faults(feed(client)) == []
