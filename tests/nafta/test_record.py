"""The shipped record: whole, sourced, and holding every claim of the first five articles."""

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from issues.analysis.number_points import list_points
from issues.analysis.stance_distance import measure_spreads
from issues.matrix.site_state import SiteState
from issues.models import Issue, Measure, Outcome, Position, Progress, Proposal
from issues.public.chart_svg import measure_drawing
from issues.public.charts import distance_figure, measure_figure
from nafta.data_package.tables import TABLES
from nafta.pages.search import PAGE_SIZE
from nafta.search.backend import Search, run_search
from nafta.search.query_parser import parse_query
from rounds.history.as_of import AsOf, end_of
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
from rounds.platform import clock, translated_text
from rounds.public.params import AsOfForm
from tests import stored

GOLDEN = Path(__file__).parent / "golden" / "claims.csv"
SEARCHES = Path(__file__).parent / "golden" / "searches.csv"
ARTICLES = {
    "aggregator-2017-11",
    "dow-jones-2017-11-21",
    "examiner-2017-11",
    "cbc-2017-10",
    "bloomberg-2018-04",
}


pytestmark = [
    pytest.mark.django_db,  # or a run of this file alone would meet no test database
    pytest.mark.slow,
]


@pytest.fixture(scope="module", autouse=True)
def record(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The shipped record, loaded once for this file and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        stored.load_record()
        stored.refresh_statistics()
        yield
        transaction.set_rollback(True)


def claims() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row_of(claim: dict[str, str]) -> Any:
    model = TABLES[claim["file"]].model
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
    assert permanent.last_day == dt.date(2018, 5, 31)  # when its high-level talks had stopped


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


@pytest.mark.parametrize(
    ("issue", "parties", "agreed_under"),
    [
        ("autos", ["us", "ca", "mx"], "autos"),
        ("sunset", ["us", "ca"], "term-review"),  # sixteen years are no five-year end
        ("procurement", ["us", "ca"], "procurement"),
        ("chapter-19", ["us", "ca", "mx"], "chapter-19"),
        ("dairy", ["ca"], "dairy"),  # the US demand was met in part, as its outcome says
    ],
)
def test_the_make_or_break_issues_move(issue: str, parties: list[str], agreed_under: str) -> None:
    positions = Position.objects.filter(issue__slug=issue)
    for party in parties:
        stances = positions.filter(party__code=party).values_list("stance", flat=True)
        assert len(set(stances)) > 1, (issue, party)
    assert Proposal.objects.filter(issue__slug=agreed_under, status="agreed").exists()


def test_every_issue_has_an_outcome_and_no_settled_cell_reads_as_dissent() -> None:
    assert not Issue.objects.filter(outcomes=None).exists()
    rounds = list(Round.objects.published().in_order())
    for row in SiteState.load(AsOf(clock.today()), rounds).plain_matrix:
        assert row.outcome, row.issue
        for cell in row.cells:
            assert cell.position is None or cell.is_settled, (row.issue, cell.party)


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


@pytest.mark.parametrize("code", translated_text.translation_languages())
def test_everything_shipped_is_told_in_every_language(code: str) -> None:
    for model in apps.get_models():
        if issubclass(model, Translatable) and model.translated:
            assert not model._default_manager.filter(model.lacks_translation(code)).exists(), model


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
    as_of: set[str] = set()  # days and rounds that links name: too many to follow each of them
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
        assert asked <= 14, path  # a meeting that settled issues asks most
        if not response.headers["Content-Type"].startswith("text/html"):
            continue  # a file or a feed
        parser = Links()
        parser.feed(response.content.decode())
        targets = {link.partition("#")[0] for link in parser.found if link.startswith("/")}
        as_of |= {day for link in targets for day in re.findall(r"\bas_of=([\w-]+)", link)}
        new = {link for link in targets if not ELSEWHERE.search(link)} - seen
        seen |= new
        ahead += sorted(new)
    rounds = list(Round.objects.published())
    assert {day for day in as_of if not AsOfForm({"as_of": day}, rounds=rounds).is_valid()} == set()
    kinds: list[Any] = [Round, Issue, Proposal, Statement, Party, Source]
    for model in kinds:
        for row in model.objects.all():
            path = row.get_absolute_url()
            assert path in seen, f"nothing leads to {path}"


# --- every chart draws the rows of the record that it claims to show ---


def test_the_calendar_and_its_embed_draw_the_whole_record(client: Client) -> None:
    models: list[Any] = [Round, Deadline, Proposal, Statement]
    records: dict[str, Any] = {
        one.get_absolute_url(): one
        for model in models
        for one in model.objects.published().with_parties()
    }
    response = client.get("/timeline/")
    listed = response.context["entries"]
    on_page = [item for entry in listed for item in (entry.item, *entry.deadlines)]
    assert len(on_page) < len(records)  # there are more pages
    figure = response.context["figure"]
    named = Counter(
        on_page[one].url if isinstance(one, int) else one
        for trace in figure["data"]
        for one in trace.get("customdata", ())
    )
    sides = {
        url: len(one.party_list) or 1 if type(one) in {Proposal, Statement} else 1
        for url, one in records.items()
    }
    outcomes = Outcome.objects.published()
    assert named == Counter(sides) + Counter(each.get_absolute_url() for each in outcomes)
    first, last = map(day_of, figure["layout"]["xaxis"]["range"])
    marks = {url: one for url, one in records.items() if isinstance(one, Proposal | Statement)}
    week = {dt.date(2017, 10, day) for day in range(11, 16)}
    assert sum(mark.first_day in week for mark in marks.values()) > 10  # the demands are tabled
    drawing = client.get("/embed/timeline/").context["drawing"]
    stands = [mark for mark in drawing.marks if mark.look != "end"]
    within = {url: sides[url] for url, one in marks.items() if first <= one.first_day <= last}
    settled = sum(first <= each.first_day <= last for each in outcomes)
    assert len(stands) == sum(within.values()) + settled
    bars = [
        one
        for one in records.values()
        if isinstance(one, Round)
        and one.first_day <= last
        and (one.last_day is None or one.last_day >= first)
    ]
    assert len(drawing.bars) == len(bars)
    outside = response.context["outside"]
    told = [one for one in records.values() if one.first_day > last]
    told += [one for one in records.values() if one.last_day and one.last_day < first]
    told += [each for each in outcomes if not first <= each.first_day <= last]
    assert outside.earlier + outside.later == len(told)


def numbers_of(measure: Measure, proposals: list[Any]) -> list[tuple[dt.date | None, float]]:
    """The day and the height of each number that the record has for a measure."""
    numbers: list[tuple[dt.date | None, float]] = []
    for proposal in proposals:
        for term in proposal.term_list:
            if term["measure"] == measure.slug:
                sides = [] if proposal.is_agreement else proposal.party_list
                numbers += [(proposal.first_day, float(term["low"])) for _party in sides]
                if proposal.agreed_on:
                    numbers.append((proposal.agreed_on, float(term["low"])))
    if measure.agreed is not None:
        agreed = (measure.agreed_on, float(measure.agreed))
        numbers += [] if agreed in numbers else [agreed]
    before = [] if measure.status_quo is None else [(None, float(measure.status_quo))]
    return before + numbers


def test_the_chart_of_each_measure_draws_every_number_of_it() -> None:
    proposals = list(Proposal.objects.published().with_names().with_terms())
    for measure in Measure.objects.published().select_related("source", "agreed_source"):
        own = [one for one in proposals if one.issue_id == measure.issue_id]
        numbers = numbers_of(measure, own)
        rows = list_points(measure, own)
        assert Counter((row.day, float(row.low)) for row in rows) == Counter(numbers), measure
        if not any(row.day for row in rows):
            continue
        drawn: list[tuple[dt.date | None, float]] = []
        for trace in measure_figure(rows)["data"]:
            if trace["mode"] == "lines":
                drawn.append((None, trace["y"][0]))
            else:
                drawn += zip(map(day_of, trace["x"]), trace["y"], strict=True)
        assert Counter(drawn) == Counter(numbers), measure
        drawing = measure_drawing(rows)
        before = [line for line in drawing.lines if line.look == "status-quo"]
        assert len(drawing.marks) + len(before) == len(numbers), measure


def test_the_chart_of_distances_draws_every_meeting_and_pair() -> None:
    rounds = list(Round.objects.published().in_order())
    state = SiteState.load(AsOf(clock.today()), rounds)
    parties = state.parties
    held = [(each.last_day or clock.today(), each) for each in rounds if each.took_place]
    for issue in state.issues:
        rows = measure_spreads(issue, state, held)
        traces = distance_figure(rows)["data"]
        assert [trace["y"] for trace in traces] == [
            [row.gaps[pair].steps for row in rows] for pair in range(len(traces))
        ]
        assert len(traces) == len(parties) * (len(parties) - 1) // 2
        assert all(len(trace["x"]) == len(held) for trace in traces)


def day_of(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_every_cell_says_what_its_party_said_last_by_then() -> None:
    rounds = list(Round.objects.published().in_order())
    state = SiteState.load(AsOf(clock.today()), rounds)
    positions = list(Position.objects.published().with_evidence())
    cells = shifted = settled = 0
    for meeting in rounds:
        day = end_of(meeting, rounds)
        latest: dict[tuple[int, int], Position] = {}
        for position in positions:
            pair = position.issue_id, position.party_id
            if position.first_day <= day:
                held = latest.get(pair, position)
                latest[pair] = max(held, position, key=lambda one: one.first_day)
        for row in state.matrix_on(day):
            for cell in row.cells:
                expected = latest.get((row.issue.pk if row.issue else 0, cell.party.pk))
                if cell.is_settled:  # tells the outcome in place of the stance
                    assert cell.outcome
                    assert cell.outcome.first_day <= day
                    settled += 1
                    continue
                assert cell.position == expected
                if expected:
                    evidence = expected.evidence
                    assert (cell.gist, cell.when) == (expected.gist, expected.when)
                    assert cell.source_url == evidence.source.get_absolute_url()
                    cells += 1
                    shifted += cell.is_shifted
    assert cells > 1_000
    assert shifted > 300
    assert settled > 500


def test_a_demand_whose_figures_changed_says_so(client: Client) -> None:
    rows = client.get("/api/v1/matrix?as_of=permanent-round").json()["rows"]
    (cars,) = [row for row in rows if row["issue"] == "autos"]
    (cell,) = [cell for cell in cars["cells"] if cell["party"] == "us"]
    assert cell["since"]["first"] == "2017-08-16"
    assert cell["latest"]["first"] == "2018-04-24"
    assert cell["gist"]["text"].startswith("Asks for 40 per cent from high-wage plants")
    assert cell["shifted"]


def searches() -> list[Any]:
    with SEARCHES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [pytest.param(row, id=f"{row['language']}: {row['query']}") for row in rows]


@pytest.mark.parametrize("row", searches())
def test_a_search_finds_what_is_meant(row: dict[str, str]) -> None:
    """``finds`` stands on the first page, of dated rows nothing else where it says ``exactly``."""
    with translation.override(row["language"]):
        search, answer, _other = run_search(Search(query=parse_query(row["query"])), PAGE_SIZE)
    dated = {f"{hit.kind}:{hit.key}" for hit in answer.hits[:PAGE_SIZE]}
    matches = dated | {f"{hit.kind}:{hit.key}" for hit in answer.name_hits}
    assert set(row["finds"].split()) <= matches
    assert not row["exactly"] or dated == set(row["finds"].split())
    assert not matches & set(row["misses"].split())
    assert ", ".join(term.text for term in search.query.dropped) == row["drops"]
