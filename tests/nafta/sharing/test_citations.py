"""A citation says who, what, when, where it was read and where it stands, and no more."""

import datetime as dt
import re
from html import unescape
from types import SimpleNamespace

import pytest
from django.test import Client

from rounds.public.citations import format_ris_date
from tests.nafta.pages.test_pages import BUDGET, double, queries
from tests.world import SECRET, create_position, create_statement, days

CITED = [
    "/statements/alder-on-water/",
    "/proposals/half-the-water/",
    "/cite/position/water/arden/",
    "/cite/position/water/brume/?as_of=round-1",
]
COPY = re.compile(r'<pre class="copy[^>]*>(.*?)</pre>', re.DOTALL)


def citations(client: Client, path: str) -> list[str]:
    """The text, the HTML and the RIS of the page, as a reader copies them."""
    page = client.get(path).content.decode()
    assert SECRET not in page
    return [unescape(found) for found in COPY.findall(page)][:3]  # embeds come later


def test_a_statement_is_cited_with_all_that_the_record_gives(
    client: Client, world: SimpleNamespace
) -> None:
    world.alder.organisation = "Ministry of Water"
    world.alder.save()
    world.gazette.archive_url = "https://archive.example/gazette"
    world.gazette.save()
    text, html, ris = citations(client, "/statements/alder-on-water/")
    address = "http://testserver/statements/alder-on-water/"
    assert text.splitlines()[:5] == [
        "Ada Alder, Minister, Ministry of Water, 9 January 2010. "
        "In paraphrase: Half of the water must stay in Arden.",
        "Quotation, in English: “not a drop less”",
        "Source: The Gazette: The first day, 10 January 2010",
        world.gazette.url,
        "Archived: https://archive.example/gazette",
    ]
    assert f"Record: River, round by round, {address}" in text
    assert re.search(rf"As it stood on .+: {re.escape(address)}\?as_of=[\d-]+&known=.+Z", text)
    assert f'<a href="{address}">Ada Alder' in html
    assert '<q lang="en">not a drop less</q>' in html
    assert f'<a href="{world.gazette.url}">The Gazette' in html
    assert "DA  - 2010/01/09/" in ris
    assert "AU  - Ada Alder\r\n" in ris or "AU  - Ada Alder\n" in ris
    assert f"UR  - {address}" in ris


def test_nobody_is_named_who_is_not(client: Client, world: SimpleNamespace) -> None:
    text, _html, ris = citations(client, "/statements/unnamed-on-water/")
    assert text.startswith("Two people close to the talks, unnamed, early March 2010.")
    assert "Quotation" not in text
    assert "AU  - Two people close to the talks, unnamed" in ris
    assert "DA  - 2010/03//early March 2010" in ris


def test_a_publication_speaks_for_itself(client: Client, world: SimpleNamespace) -> None:
    text, *_others = citations(client, "/statements/nobody-said/")
    assert text.startswith("The Gazette, in its own voice, 11 January 2010.")


def test_a_proposal_is_cited_with_whose_it_is_and_from_whom_that_is_known(
    client: Client, world: SimpleNamespace
) -> None:
    text, *_others = citations(client, "/proposals/half-the-water/")
    assert text.startswith("Arden (known from: Document), 10 January 2010. In paraphrase: Half")


def test_a_cell_is_cited_with_its_day_and_its_evidence(
    client: Client, world: SimpleNamespace
) -> None:
    text, _html, ris = citations(client, "/cite/position/water/arden/?as_of=2010-02-01")
    assert text.splitlines()[:4] == [
        "Arden, as of 1 February 2010, dated 9 January 2010. In paraphrase: "
        "on “Must half of the water stay?”: demands. Half must stay",
        "Evidence: Ada Alder, Minister, 9 January 2010. "
        "In paraphrase: Half of the water must stay in Arden.",
        "“not a drop less”",
        "http://testserver/statements/alder-on-water/",
    ]
    assert "/cite/position/water/arden/?as_of=2010-02-01&known=" in text
    assert "UR  - http://testserver/statements/alder-on-water/" in ris


def test_a_cell_is_cited_as_it_stood_on_the_day(client: Client, world: SimpleNamespace) -> None:
    before, *_others = citations(client, "/cite/position/water/brume/?as_of=round-1")
    after, *_others = citations(client, "/cite/position/water/brume/?as_of=round-2")
    assert "red line" in before
    assert "open if…. Would talk If: the dam goes" in after


def test_an_empty_cell_says_that_there_is_nothing_to_cite(
    client: Client, world: SimpleNamespace
) -> None:
    for party in ("corrie", "arden"):  # drafts of Corrie's; Arden has none on fish
        path = f"/cite/position/{'water' if party == 'corrie' else 'fish'}/{party}/"
        response = client.get(path)
        assert response.status_code == 200
        assert "nothing to cite" in response.content.decode()
        assert SECRET not in response.content.decode()


@pytest.mark.parametrize(
    "path", [f"/cite/position/{SECRET}/arden/", "/cite/position/water/nobody/"]
)
def test_what_is_not_in_the_record_is_not_cited(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    assert client.get(path).status_code == 404


def test_a_day_that_makes_no_sense_gets_a_sentence(client: Client, world: SimpleNamespace) -> None:
    response = client.get("/cite/position/water/arden/?as_of=noon")
    assert response.status_code == 400
    assert "neither a day" in response.content.decode()


def test_every_recorded_cell_leads_to_its_citation_of_the_same_day(
    client: Client, world: SimpleNamespace
) -> None:
    matrix = client.get("/issues/?as_of=round-1").content.decode()
    assert 'id="water-brume"' in matrix
    assert 'href="/cite/position/water/brume/?as_of=round-1"' in matrix
    assert "/cite/position/water/corrie/" not in matrix
    by_round = client.get("/issues/water/").content.decode()
    for day, stance in (("2010-01-12", "red line"), ("2010-03-08", "open if")):
        link = f"/cite/position/water/brume/?as_of={day}"
        assert f'href="{link}"' in by_round
        assert stance in citations(client, link)[0]


@pytest.mark.parametrize("path", CITED)
def test_it_asks_little_and_no_more_with_twice_the_rows(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    before = queries(client, path)
    double(world)
    assert queries(client, path) == before <= BUDGET


@pytest.mark.parametrize("path", CITED)
def test_it_is_offered_in_the_reader_s_language(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    text, html, _ris = citations(client, f"/fr{path}")
    assert "http://testserver/fr/" in text
    assert "/fr/" in html


def test_marks_are_those_of_the_language_quoted(client: Client, world: SimpleNamespace) -> None:
    said = create_statement(dates=days("2010-01-09"), quotation="ni una gota", language="es")
    create_position(
        issue=world.fish, party=world.arden, since=days("2010-01-09"), stance="open", statement=said
    )
    text, html, _ris = citations(client, f"/statements/{said.slug}/")
    assert "Quotation, in Spanish: «ni una gota»" in text
    assert '<q lang="es">ni una gota</q>' in html


@pytest.mark.parametrize(
    ("first", "last", "sure", "date"),
    [
        ("2017-11-21", "2017-11-21", True, "2017/11/21/"),
        ("2017-11-21", "2017-11-21", False, "2017/11//words"),
        ("2017-11-17", "2017-11-21", True, "2017/11//words"),
        ("2017-11-30", "2017-12-02", True, "2017///words"),
        ("2017-12-30", "2018-01-02", True, "///words"),
        ("2017-12-30", None, True, "///words"),
    ],
)
def test_a_date_is_no_more_precise_than_the_record(
    first: str, last: str | None, sure: bool, date: str
) -> None:
    start, end = dt.date.fromisoformat(first), last and dt.date.fromisoformat(last)
    assert format_ris_date(start, end or None, "words", is_exact=sure) == date


def test_every_line_of_a_ris_is_a_tag_and_a_value(client: Client, world: SimpleNamespace) -> None:
    world.said.summary = "Two\nlines,\nER  - and a tag."
    world.said.save()
    _text, _html, ris = citations(client, "/statements/alder-on-water/")
    lines = ris.splitlines()
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert [line[:2] for line in lines].count("ER") == 1
    assert lines[0] == "TY  - ELEC"
