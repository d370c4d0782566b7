"""How pages are found and shared: titles, addresses, languages, sitemaps, robots.txt."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections import Counter
from html import unescape
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Max
from django.forms import Form
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from issues.models import Issue
from nafta.search.forms import NarrowingForm, PeopleForm
from tests import world as worlds
from tests.nafta.pages.test_pages import SHOWN, double
from tests.world import SECRET, days

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
SITE = "http://testserver"


def head(client: Client, path: str) -> str:
    return client.get(path).content.decode().partition("</head>")[0]


def one(pattern: str, text: str) -> str:
    (found,) = re.findall(pattern, text)
    return unescape(str(found))


def canonical(client: Client, path: str) -> str:
    return one(r'<link rel="canonical" href="([^"]*)">', head(client, path))


def alternates(client: Client, path: str) -> dict[str, str]:
    pattern = r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">'
    return dict(re.findall(pattern, head(client, path)))


def sitemap(client: Client, path: str) -> ET.Element:
    answer = client.get(path)
    assert answer.status_code == 200
    return ET.fromstring(answer.content)  # noqa: S314 - our own


def addresses(client: Client) -> list[str]:
    """Each address that the sitemaps tell of."""
    sections = [str(at.text) for at in sitemap(client, "/sitemap.xml").iter(f"{MAP}loc")]
    return [
        str(at.text)
        for section in sections
        for at in sitemap(client, section.removeprefix(SITE)).iter(f"{MAP}loc")
    ]


@pytest.mark.slow
def test_no_two_pages_have_the_same_title_or_description(
    client: Client, world: SimpleNamespace
) -> None:
    for number in range(3):  # alike but for the day
        words = "The same long sentence was said again, and again, to whoever asked. " * 3
        worlds.create_statement(summary=words, dates=days(f"2010-03-0{number + 1}"))
    pages = [path for path in addresses(client) if "/fr/" not in path and "/es/" not in path]
    heads = [head(client, path.removeprefix(SITE)) for path in pages]
    assert len(heads) > 25
    for pattern in (r"<title>(.*)</title>", r'<meta name="description" content="([^"]*)">'):
        said = Counter(one(pattern, text) for text in heads)
        assert [words for words, times in said.items() if times > 1] == []
        assert all(len(words) > 5 for words in said)


@pytest.mark.parametrize("path", SHOWN)
def test_a_page_says_to_others_what_it_says_itself(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    text = head(client, path)
    title = one(r'<meta property="og:title" content="([^"]*)">', text)
    assert one(r"<title>(.*)</title>", text).startswith(f"{title} · ")
    assert one(r'<meta property="og:url" content="([^"]*)">', text) == canonical(client, path)
    assert one(r'<meta property="og:site_name" content="([^"]*)">', text)
    assert one(r'<meta name="twitter:card" content="([^"]*)">', text)
    assert "<span" not in text


@pytest.mark.parametrize(
    ("path", "address", "indexed"),
    [
        ("/issues/", "/issues/", True),
        ("/issues/?utm_source=letter&sort=name", "/issues/", True),
        ("/timeline/?party=&issue=", "/timeline/", True),
        ("/issues/?as_of=round-1&utm_source=letter", "/issues/?as_of=round-1", False),
        ("/timeline/?party=brume&x=y", "/timeline/?party=brume", False),
        ("/fr/timeline/?party=brume", "/fr/timeline/?party=brume", False),
        ("/issues/?as_of=round-99", "/issues/?as_of=round-99", False),
        ("/issues/?party=brume&page=2", "/issues/", True),
        ("/search/?source=daily&q=water&page=", "/search/?q=water&source=daily", False),
        ("/people/?page=1&party=brume", "/people/?party=brume", False),
        ("/sources/?page=1", "/sources/", True),
        ("/sources/?page=2&sort=-publisher", "/sources/?page=2&sort=-publisher", False),
        ("/compare/?party=&party=brume", "/compare/?party=brume", False),
        ("/about/?known=2010-01-01", "/about/", True),
    ],
)
def test_a_page_has_one_address(
    client: Client, world: SimpleNamespace, path: str, address: str, indexed: bool
) -> None:
    assert canonical(client, path) == SITE + address
    assert ('<meta name="robots" content="noindex">' in head(client, path)) is not indexed
    assert bool(alternates(client, path)) is indexed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "form"),
    [("/timeline/", NarrowingForm), ("/search/", NarrowingForm), ("/people/", PeopleForm)],
)
def test_whatever_narrows_a_page_is_part_of_its_address(
    client: Client, world: SimpleNamespace, path: str, form: type[Form]
) -> None:
    for name in form.base_fields:
        assert canonical(client, f"{path}?x=y&{name}=2010") == f"{SITE}{path}?{name}=2010"


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/issues/water/", "/statements/alder-on-water/"])
def test_languages_name_each_other(client: Client, world: SimpleNamespace, path: str) -> None:
    found = alternates(client, path)
    assert set(found) == {"en-gb", "fr", "es", "x-default"}
    assert found["x-default"] == found["en-gb"] == SITE + path
    for code, address in found.items():
        there = address.removeprefix(SITE)
        assert alternates(client, there) == found
        assert canonical(client, there) == address
        assert f'<html lang="{"en-gb" if code == "x-default" else code}">' in head(client, there)


def test_what_is_not_there_is_not_to_be_found(client: Client, world: SimpleNamespace) -> None:
    text = head(client, "/statements/nothing-like-it/")
    assert '<meta name="robots" content="noindex">' in text
    assert "canonical" not in text
    assert "hreflang" not in text


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/", ""),
        ("/timeline/", ""),
        ("/issues/water/", "/issues/water/feed/"),
        ("/parties/brume/", "/parties/brume/feed/"),
        ("/people/bo-birch/", "/people/bo-birch/feed/"),
        ("/rounds/round-1/", "/rounds/round-1/feed/"),
        ("/fr/rounds/round-1/", "/fr/rounds/round-1/feed/"),
        ("/corrections/", "/corrections/feed/"),
    ],
)
def test_a_page_leads_to_its_feeds(
    client: Client, world: SimpleNamespace, path: str, feed: str
) -> None:
    pattern = r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]*)">'
    site = "/fr/feed/" if path.startswith("/fr/") else "/feed/"
    assert re.findall(pattern, head(client, path)) == [site, *([feed] if feed else [])]
    assert all(client.get(at).status_code == 200 for at in (site, feed) if at)


@pytest.mark.slow
def test_every_address_of_the_sitemaps_answers(client: Client, world: SimpleNamespace) -> None:
    found = addresses(client)
    assert len(found) == len(set(found)) > 75
    assert f"{SITE}/fr/statements/alder-on-water/" in found
    for path in ("data", "people", "moved", "distance", "compare", "deadlines"):
        assert f"{SITE}/{path}/" in found
    assert not any(SECRET in address for address in found)
    for address in found:
        path = address.removeprefix(SITE)
        assert client.get(path).status_code == 200, path
        if "/fr/" in path:
            assert canonical(client, path) == address


def test_a_sitemap_tells_the_languages_of_each_page(client: Client, world: SimpleNamespace) -> None:
    for url in sitemap(client, "/sitemap-issues.xml"):
        links = {link.get("hreflang"): link.get("href") for link in url.iter(f"{XHTML}link")}
        assert links == alternates(client, str(url.findtext(f"{MAP}loc")).removeprefix(SITE))


def lastmod(client: Client, section: str, path: str) -> dt.date:
    (found,) = [
        str(url.findtext(f"{MAP}lastmod"))
        for url in sitemap(client, f"/sitemap-{section}.xml")
        if url.findtext(f"{MAP}loc") == SITE + path
    ]
    return dt.date.fromisoformat(found)


def test_a_page_changed_when_the_last_of_what_it_shows_was_published(
    client: Client, world: SimpleNamespace
) -> None:
    age(3)
    before = last_day_of_history()
    pages = [
        ("issues", "/issues/water/"),
        ("rounds", "/rounds/round-1/"),
        ("parties", "/parties/brume/"),
        ("people", "/people/bo-birch/"),
    ]
    assert {lastmod(client, *page) for page in pages} == {before}
    statement = worlds.create_statement(dates=days("2010-01-09"), round=world.round1)
    statement.speakers.add(world.birch)
    statement.parties.add(world.brume)
    world.water.statements.add(statement)
    assert {lastmod(client, *page) for page in pages} == {last_day_of_history()}
    assert lastmod(client, "issues", "/issues/fish/") == before


def test_a_page_changed_too_when_something_of_it_was_taken_back(
    client: Client, world: SimpleNamespace
) -> None:
    statement = worlds.create_statement(
        dates=days("2010-01-09"), round=world.round1, source=world.gazette
    )
    statement.speakers.add(world.birch)
    statement.parties.add(world.brume)
    world.water.statements.add(statement)
    age(3)
    pages = [
        ("issues", "/issues/water/"),
        ("rounds", "/rounds/round-1/"),
        ("parties", "/parties/brume/"),
        ("people", "/people/bo-birch/"),
        ("sources", "/sources/gazette/"),
        ("pages", "/"),
        ("pages", "/people/"),
        ("pages", "/data/"),
    ]
    assert {lastmod(client, *page) for page in pages} == {last_day_of_history()}
    statement.state = "draft"
    statement.save()
    today = last_day_of_history()
    assert [page for page in pages if lastmod(client, *page) != today] == []


def test_a_draft_changes_no_date(client: Client, world: SimpleNamespace) -> None:
    age(3)
    worlds.create_statement(
        dates=days("2010-01-09"), round=world.round1, issues=[world.water], state="draft"
    )
    Issue.objects.filter(slug=SECRET).update(background="more")
    today = last_day_of_history()
    assert lastmod(client, "rounds", "/rounds/round-1/") < today
    assert lastmod(client, "pages", "/timeline/") < today


def test_an_outcome_changes_its_issue_once_it_is_published(
    client: Client, world: SimpleNamespace
) -> None:
    age(3)
    page = "issues", "/issues/fish/"
    before = lastmod(client, *page)
    outcome = worlds.create_outcome(issue=world.fish, dates=days("2010-03-08"), state="draft")
    assert lastmod(client, *page) == before
    outcome.state = "published"
    outcome.save()
    assert lastmod(client, *page) > before


def last_day_of_history() -> dt.date:
    """On which the newest version of a statement was written: today, or as long ago as it is."""
    events = apps.get_model("rounds", "StatementEvent").objects
    return timezone.localdate(events.aggregate(last=Max("pgh_created_at"))["last"])


def age(number: int) -> None:
    """As if all that there is had been written some days ago."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        tables = [name for name in connection.introspection.table_names() if name.endswith("event")]
        for name in tables:
            cursor.execute(
                f"UPDATE \"{name}\" SET pgh_created_at = pgh_created_at - %s * interval '1 day'",
                [number],
            )
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    ["/sitemap.xml", "/sitemap-pages.xml", "/sitemap-issues.xml", "/sitemap-sources.xml"],
)
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


def test_robots_are_shown_the_sitemap_and_kept_from_the_desk(
    client: Client, world: SimpleNamespace
) -> None:
    answer = client.get("/robots.txt", HTTP_HOST="localhost")
    assert answer["Content-Type"].startswith("text/plain")
    lines = answer.content.decode().splitlines()
    assert "Sitemap: http://localhost/sitemap.xml" in lines
    assert {"Disallow: /admin/", "Disallow: /fr/admin/", "Disallow: /es/admin/"} <= set(lines)


def may_walk(rules: list[str], address: str) -> bool:
    """Whether a robot may ask for an address, by RFC 9309."""
    for rule in rules:
        name, _colon, path = rule.partition(": ")
        pattern = ".*".join(map(re.escape, path.split("*")))
        if name == "Disallow" and re.match(pattern, address):
            return False
    return True


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/fr/admin/rounds/statement/",
        "/issues/water/?known=2010-03-05T14:30:00",
        "/fr/timeline/?party=arden&known=2010-03-05",
        "/issues/?_export=xlsx",
        "/timeline/?issue=water&_export=csv&_table=calendar",
        "/search/?party=arden&issue=water",
        "/es/search/?q=agua",
        "/timeline/?q=water",
        "/sources/?page=2&sort=-publisher",
    ],
)
def test_robots_do_not_walk_what_has_no_end(
    client: Client, world: SimpleNamespace, address: str
) -> None:
    assert not may_walk(client.get("/robots.txt").content.decode().splitlines(), address)


@pytest.mark.parametrize(
    ("page", "variant"),
    [
        ("/sources/", "sort="),
        ("/people/", "sort="),
        ("/rounds/", "sort="),
        ("/timeline/", "_export="),
        ("/deadlines/", "status="),
        ("/parties/", "party="),
        ("/search/?party=arden&issue=water", '"?issue=water'),
    ],
)
def test_robots_are_asked_not_to_follow_links_to_other_views_of_a_page(
    client: Client, world: SimpleNamespace, page: str, variant: str
) -> None:
    links = re.findall(r"<a\b[^>]*>", client.get(page).content.decode())
    variants = [link for link in links if variant in link]
    assert variants
    assert [link for link in variants if 'rel="nofollow"' not in link] == []
    assert 'href="/timeline/"' in [link.split()[1].rstrip(">") for link in links]


def test_robots_walk_the_whole_record(client: Client, world: SimpleNamespace) -> None:
    rules = client.get("/robots.txt").content.decode().splitlines()
    paths = [address.removeprefix(SITE) for address in addresses(client)]
    paths += [
        *("/search/", "/robots.txt", "/sitemap.xml", "/feed/", "/calendar.ics", "/data/record.zip"),
        *("/timeline/?page=statement.2010-01-09.alder-on-water", "/sources/?page=2"),
        *("/issues/?as_of=round-1", "/timeline/?party=arden&issue=water", "/compare/?party=arden"),
        *("/moved/?from=round-1&to=round-2", "/corrections/?of=statement:alder-on-water"),
        *("/cards/issues/water.png?as_of=round-1", "/api/v1/statements?cursor=2010-01-09.x"),
        *("/static/css/tokens.css", "/embed/issues/water/", "/statements/well-known/"),
    ]
    assert [path for path in paths if not may_walk(rules, path)] == []


def test_an_empty_site_has_pages_to_be_found(client: Client, db: None) -> None:
    assert f"{SITE}/about/" in addresses(client)
