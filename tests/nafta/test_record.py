"""The shipped record: whole, sourced, and holding every claim of the first five articles."""

import csv
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from issues.models import Issue, Position, Progress, Proposal
from nafta.package import TABLES
from nafta.reading import read
from nafta.search import Search, find
from nafta.views.search import PAGE
from rounds import language
from rounds.models import (
    Deadline,
    Party,
    Person,
    Publishable,
    Round,
    Source,
    State,
    Statement,
    Translatable,
)

GOLDEN = Path(__file__).parent / "golden" / "claims.csv"
SEARCHES = Path(__file__).parent / "golden" / "searches.csv"
ARTICLES = {
    "aggregator-2017-11",
    "dow-jones-2017-11-21",
    "examiner-2017-11",
    "cbc-2017-10",
    "bloomberg-2018-04",
}


pytestmark = pytest.mark.django_db  # or a run of this file alone would meet no test database


@pytest.fixture(scope="module", autouse=True)
def record(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The shipped record, loaded once for this file and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_record", verbosity=0)
        yield
        transaction.set_rollback(True)


def claims() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row_of(claim: dict[str, str]) -> Any:
    model = TABLES[claim["file"]]._meta.model
    return model.objects.get(slug=claim["key"])


def test_the_golden_file_covers_all_five_articles() -> None:
    listed = claims()
    assert {claim["article"] for claim in listed} == ARTICLES
    assert len(listed) > 250
    for article in ARTICLES:
        assert sum(claim["article"] == article for claim in listed) >= 25


@pytest.mark.parametrize("article", sorted(ARTICLES))
def test_every_claim_of_an_article_is_in_the_record_and_cites_it(article: str) -> None:
    for claim in claims():
        if claim["article"] != article:
            continue
        row = row_of(claim)  # raises where the row is gone
        if isinstance(row, Source):
            assert row.slug == article
        elif not isinstance(row, Person | Party):
            cited = {row.source.slug, *row.other_sources.values_list("slug", flat=True)}
            assert article in cited, claim


def test_everything_shipped_is_published() -> None:
    for model in apps.get_models():
        if issubclass(model, Publishable):
            assert not model.objects.exclude(state=State.PUBLISHED).exists(), model  # type: ignore[attr-defined]


def test_the_seven_rounds_are_where_and_when_they_were() -> None:
    found = {
        number: (str(dates.lower), place)
        for number, dates, place in Round.objects.filter(status="held", number__isnull=False)
        .order_by("number")
        .values_list("number", "dates", "place")
    }
    assert list(found) == [1, 2, 3, 4, 5, 6, 7]
    assert found[1][0] == "2017-08-16"
    assert found[4] == ("2017-10-11", "Arlington, Virginia")
    assert found[7] == ("2018-02-25", "Mexico City")
    permanent = Round.objects.get(kind="permanent-round")
    assert permanent.number is None
    assert permanent.last_day is None


def test_meetings_that_did_not_happen_left_a_tombstone() -> None:
    lima = Round.objects.get(slug="lima-2018-04")
    assert lima.status == "cancelled"
    assert lima.replaced_by is None
    renamed = Round.objects.get(slug="round-6-december")
    assert renamed.replaced_by == Round.objects.get(slug="intersessional-2017-12")


def test_the_slipping_deadline_is_one_chain() -> None:
    deadline: Deadline | None = Deadline.objects.get(slug="end-2017")
    chain = []
    while deadline:
        chain.append(deadline.slug)
        deadline = deadline.superseded_by
    assert chain[0] == "end-2017"
    assert chain[-1] == "text-2018-09-30"
    assert len(chain) >= 6


@pytest.mark.parametrize("issue", ["autos", "sunset", "procurement", "chapter-19", "dairy"])
def test_the_make_or_break_issues_move(issue: str) -> None:
    positions = Position.objects.filter(issue__slug=issue)
    for party in ("us", "ca"):
        stances = positions.filter(party__code=party).values_list("stance", flat=True)
        assert len(set(stances)) > 1, (issue, party)
    assert Proposal.objects.filter(issue__slug=issue, status="agreed").exists()


def test_every_chapter_said_to_be_closed_is_closed_at_its_round() -> None:
    closed = {
        (issue, meeting)
        for issue, meeting in Progress.objects.filter(level="closed").values_list(
            "issue__slug", "round__slug"
        )
    }
    assert {
        ("sme", "round-3"),
        ("competition", "round-4"),
        ("anti-corruption", "round-6"),
        ("regulatory-practices", "round-7"),
        ("publication-administration", "round-7"),
        ("sps", "round-7"),
    } <= closed


def test_what_canada_said_on_the_sunset_clause_in_round_4_and_who_says_so() -> None:
    """The question that the site is built to answer."""
    page = Client().get("/issues/sunset/?as_of=round-4").content.decode()
    assert "red line" in page
    assert "CBC News" in page


@pytest.mark.parametrize("code", language.others())
def test_everything_shipped_is_told_in_every_language(code: str) -> None:
    for model in apps.get_models():
        if issubclass(model, Translatable) and model.translated:
            assert not model._default_manager.filter(model.lacking(code)).exists(), model


@pytest.mark.parametrize(("code", "name"), [("fr", "Clause crépusculaire"), ("es", "extinción")])
def test_the_front_page_has_no_word_that_is_not_translated(code: str, name: str) -> None:
    page = Client().get(f"/{code}/").content.decode()
    assert name in page
    assert 'class="original"' not in page


ELSEWHERE = re.compile(r"sort=|as_of=|known=|^/(fr|es)/")  # the same pages, otherwise


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if tag == "a" and name == "href" and value}


def test_no_link_of_the_site_is_dead_and_no_page_asks_much() -> None:
    """Every address within the site that any page leads to answers, each asked once.

    The other languages have the same pages; tests/nafta/test_languages.py walks through them.
    """
    client, ahead = Client(), ["/"]
    client.get("/data/")  # its files are made once for all, when the record has changed
    seen: set[str] = set()
    while ahead:
        path = ahead.pop()
        asked = 0

        def count(execute: Any, *question: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(*question)

        with connection.execute_wrapper(count):  # writing each question down takes far longer
            response = client.get(path)
        assert response.status_code == 200, path
        assert asked <= 10, path
        if not response.headers["Content-Type"].startswith("text/html"):
            continue  # a file or a feed
        parser = Links()
        parser.feed(response.content.decode())
        targets = {link.partition("#")[0] for link in parser.found if link.startswith("/")}
        new = {link for link in targets if not ELSEWHERE.search(link)} - seen
        seen |= new
        ahead += sorted(new)
    kinds: list[Any] = [Round, Issue, Proposal, Statement, Party, Source]
    for model in kinds:
        for row in model.objects.all():
            path = row.get_absolute_url()
            assert path in seen, f"nothing leads to {path}"


def searches() -> list[Any]:
    with SEARCHES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [pytest.param(row, id=f"{row['language']}: {row['query']}") for row in rows]


@pytest.mark.parametrize("row", searches())
def test_a_search_finds_what_is_meant(row: dict[str, str]) -> None:
    """``finds`` stands on the first page, of dated rows nothing else where it says ``exactly``."""
    with translation.override(row["language"]):
        search, answer, _other = find(Search(query=read(row["query"])), PAGE)
    dated = {f"{hit.kind}:{hit.key}" for hit in answer.hits[:PAGE]}
    matches = dated | {f"{hit.kind}:{hit.key}" for hit in answer.beside}
    assert set(row["finds"].split()) <= matches
    assert not row["exactly"] or dated == set(row["finds"].split())
    assert not matches & set(row["misses"].split())
    assert ", ".join(term.text for term in search.query.dropped) == row["drops"]
