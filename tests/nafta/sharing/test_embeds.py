"""Frames for other sites: the rows of the page, no cookie, no draft, and nothing else framed."""

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils.formats import date_format

from issues.analysis.number_points import list_points
from issues.models import Measure, Proposal
from issues.public.chart_svg import measure_drawing
from rounds.models import Statement
from tests import world as worlds
from tests.desk import change, desk_of
from tests.nafta.pages.test_pages import BUDGET, double, queries
from tests.world import DRAFT_YEAR, SECRET, create_editor, days

EMBEDS = [
    "/embed/matrix/",
    "/embed/matrix/?as_of=round-1",
    "/embed/timeline/",
    "/embed/timeline/?as_of=2010-02-01",
    "/embed/issues/water/",
    "/embed/issues/water/?as_of=2010-01-09",
    "/embed/issues/water/rounds/",
    "/embed/charts/share/",
    "/embed/statements/alder-on-water/",
    "/embed/statements/unnamed-on-water/",
]
PAGES = ["/", "/issues/", "/issues/water/", "/timeline/", "/statements/alder-on-water/", "/admin/"]


@pytest.mark.parametrize("path", EMBEDS)
def test_it_may_be_framed_and_sets_no_cookie(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert "X-Frame-Options" not in response.headers
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    page = response.content.decode()
    assert SECRET not in page
    assert DRAFT_YEAR not in page


@pytest.mark.parametrize("path", PAGES)
def test_no_other_page_may_be_framed(client: Client, world: SimpleNamespace, path: str) -> None:
    response = client.get(path)
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors *" not in response.get("Content-Security-Policy", "")


@pytest.mark.parametrize("path", EMBEDS)
def test_it_says_of_which_day_it_is_and_where_it_is_from(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    page = client.get(path).content.decode()
    footer = page[page.index("<footer>") :]
    assert ("As things stood" if "as_of" in path else "As of") in footer
    assert "The Gazette" in footer
    assert "River, round by round" in footer
    links = re.findall(r"<a [^>]+>", page)
    assert links
    assert all('target="_blank" rel="noopener"' in link for link in links)


@pytest.mark.parametrize("path", EMBEDS)
def test_it_takes_no_inline_script_or_style(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    page = client.get(path).content.decode()
    assert "style=" not in page
    assert "<style" not in page
    assert re.findall(r"<script(.*?)>", page) == [' src="/static/js/embed.js" defer']


@pytest.mark.parametrize("path", EMBEDS)
def test_it_asks_little_and_no_more_with_twice_the_rows(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    before = queries(client, path)
    double(world)
    assert queries(client, path) == before <= BUDGET


def stances(page: str) -> list[tuple[str, str]]:
    """The stance of each cell and the words in it."""
    cells = re.findall(r'<td[^>]* class="st-([\w-]+)[^>]*>(.*?)</td>', page, re.DOTALL)
    plain = [(stance, re.sub(r"<[^>]+>", "", inner)) for stance, inner in cells]
    return [(stance, inner) for stance, inner in plain]


@pytest.mark.parametrize("query", ["", "?as_of=round-1", "?as_of=2010-01-09"])
def test_the_matrix_is_that_of_the_page(client: Client, world: SimpleNamespace, query: str) -> None:
    world.fish.featured = True
    world.fish.save()
    framed = [s for s, _words in stances(client.get(f"/embed/matrix/{query}").content.decode())]
    page = [s for s, _words in stances(client.get(f"/issues/{query}").content.decode())]
    assert framed == page != []


def test_the_rounds_of_an_issue_are_those_of_the_page(
    client: Client, world: SimpleNamespace
) -> None:
    framed = client.get("/embed/issues/water/rounds/").content.decode()
    page = client.get("/issues/water/").content.decode()
    assert [s for s, _w in stances(framed)] == [s for s, _w in stances(page)] != []


def test_a_pinned_one_stays_as_of_its_day(client: Client, world: SimpleNamespace) -> None:
    live = client.get("/embed/issues/water/").content.decode()
    pinned = client.get("/embed/issues/water/?as_of=round-1").content.decode()
    assert "Would talk" in live
    assert "Never half" in pinned
    assert "Would talk" not in pinned


def test_the_calendar_has_every_meeting_and_deadline_and_says_where_its_marks_begin(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/embed/timeline/"
    for number in range(3):
        worlds.create_deadline(slug=f"early-{number}", dates=days("2010-01-09"))
    whole = client.get(path).content.decode()
    assert "are marked" not in whole
    monkeypatch.setattr("nafta.queries.MAX_MARKS", 2)
    cut = client.get(path).content.decode()
    for shape in ("<rect ", 'class="deadline"'):
        assert cut.count(shape) == whole.count(shape) > 2
    newest = sorted(first for (first,) in mark_days())[-2:]
    words = f"the latest 2 are marked: those from {date_format(newest[0])} to"
    assert words in cut
    assert 0 < cut.count("<use ") < whole.count("<use ")


def mark_days() -> list[tuple[Any]]:
    found = [model.objects.published() for model in (Proposal, Statement)]
    return [day for some in found for day in some.values_list("dates__startswith")]


def test_a_pinned_calendar_has_what_had_begun_however_much_came_later(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/embed/timeline/?as_of=round-1"
    before = client.get(path).content.decode()
    assert "<rect " in before
    assert "<use " in before
    monkeypatch.setattr("nafta.queries.MAX_MARKS", 10)
    for number in range(12):
        worlds.create_statement(dates=days("2010-06-01"))
        worlds.create_deadline(slug=f"late-{number}", dates=days("2010-06-01"))
        worlds.create_round(slug=f"late-{number}", dates=days("2010-06-01"), kind="leaders")
    after = client.get(path).content.decode()
    assert "Nothing had been published" not in after
    assert drawing(after) == drawing(before)


def drawing(page: str) -> str:
    return page[page.index("<svg") : page.index("</svg>")]


def test_a_statement_is_not_there_before_it_was_made(
    client: Client, world: SimpleNamespace
) -> None:
    path = "/embed/statements/alder-on-water/?as_of="
    assert client.get(f"{path}2010-01-09").status_code == 200
    assert client.get(f"{path}2010-01-08").status_code == 404


def test_a_chart_shows_each_number_of_the_page_and_as_a_table(
    client: Client, world: SimpleNamespace
) -> None:
    page = client.get("/embed/charts/share/").content.decode()
    for words in ("50 %", "between 30 and 33 %", "30 %"):
        assert words in page
    rows = list_points(Measure.objects.get(slug="share"), world_proposals())
    drawing = measure_drawing(rows)
    assert len(drawing.marks) == sum(row.kind != "status-quo" for row in rows) == 2
    highest, lowest = drawing.marks  # half of the water, then a third
    assert highest.y < lowest.y
    assert float(highest.x[:-1]) < float(lowest.x[:-1])
    assert page.count("<use href=") == len(drawing.marks) + len(drawing.keys)


def world_proposals() -> list[Proposal]:
    return list(Proposal.objects.published().with_names().with_terms())


def test_the_places_of_a_chart_are_numbers_in_every_language(
    client: Client, world: SimpleNamespace
) -> None:
    places = [
        re.findall(r' (?:x|y|y1|y2)="([^"]+)"', client.get(path).content.decode())
        for path in ("/embed/charts/share/", "/fr/embed/charts/share/")
    ]
    assert places[0] == places[1] != []


@pytest.mark.parametrize("kind", ["issues", "charts", "statements"])
def test_a_draft_is_not_embedded(client: Client, world: SimpleNamespace, kind: str) -> None:
    response = client.get(f"/embed/{kind}/{SECRET}/")
    assert response.status_code == 404
    assert "Not in the record" in response.content.decode()
    assert "X-Frame-Options" not in response.headers  # the frame says so itself


def test_what_was_taken_back_says_so_in_its_frame(client: Client, world: SimpleNamespace) -> None:
    editor = desk_of(create_editor())
    change(editor, world.quiet, state="draft", correction="It was a rumour.")
    response = client.get("/embed/statements/nobody-said/")
    assert response.status_code == 410
    assert "It was a rumour." in response.content.decode()
    assert "X-Frame-Options" not in response.headers


def test_what_is_published_again_was_not_taken_back_before_it_was_said(
    client: Client, world: SimpleNamespace
) -> None:
    editor = desk_of(create_editor())
    change(editor, world.quiet, state="draft", correction="It was a rumour.")
    change(editor, world.quiet, state="published", correction="It was none.")
    path = "/embed/statements/nobody-said/"
    assert client.get(path).status_code == 200
    response = client.get(f"{path}?as_of=2001-01-01")
    assert response.status_code == 404
    page = response.content.decode()
    assert "Not said by then" in page
    assert "rumour" not in page


@pytest.mark.parametrize("path", ["matrix/", "issues/water/", "timeline/", "charts/share/"])
def test_a_day_that_makes_no_sense_gets_a_sentence(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    response = client.get(f"/embed/{path}?as_of=noon")
    assert response.status_code == 400
    assert "neither a day" in response.content.decode()


@pytest.mark.parametrize("path", ["/embed/matrix/", "/embed/timeline/"])
def test_an_empty_site_looks_intended(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert "had been published by then" in response.content.decode()


def test_nine_parties_and_long_names_fit(client: Client, world: SimpleNamespace) -> None:
    for number in range(4, 10):
        party = worlds.create_party(code=f"party-{number}", colour=number)
        worlds.create_position(
            issue=world.water, party=party, since=days("2010-01-09"), stance="open"
        )
    page = client.get("/embed/matrix/").content.decode()
    assert len(stances(page)) == 9


@pytest.mark.parametrize(
    ("path", "embed"),
    [
        ("/", "/embed/matrix/"),
        ("/issues/", "/embed/matrix/"),
        ("/issues/water/", "/embed/issues/water/"),
        ("/issues/water/", "/embed/issues/water/rounds/"),
        ("/issues/water/", "/embed/charts/share/"),
        ("/timeline/", "/embed/timeline/"),
        ("/statements/alder-on-water/", "/embed/statements/alder-on-water/"),
        ("/fr/issues/water/", "/fr/embed/issues/water/"),
    ],
)
def test_the_page_offers_the_code_live_and_pinned(
    client: Client, world: SimpleNamespace, path: str, embed: str
) -> None:
    page = client.get(path).content.decode()
    codes = [unescape(code) for code in re.findall(r'<pre class="copy code".*?>(.*?)</pre>', page)]
    src = f'src="http://testserver{embed}'
    live = [code for code in codes if f'{src}"' in code]
    pinned = [code for code in codes if f"{src}?as_of=" in code]
    assert len(live) == len(pinned) == 1
    for (code,) in (live, pinned):
        assert 'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"' in code
        assert '<script src="http://testserver/static/js/embed-parent.js" async></script>' in code
    address = re.findall(r'src="http://testserver(/[^"]+)"', pinned[0])[0]
    assert client.get(address).status_code == 200


def test_a_page_of_the_past_offers_itself_pinned_to_its_day(
    client: Client, world: SimpleNamespace
) -> None:
    page = unescape(client.get("/issues/?as_of=round-1").content.decode())
    assert 'src="http://testserver/embed/matrix/?as_of=2010-01-12"' in page
