"""Rows taken away from a page: as CSV, XLSX and JSON, whole, in order, and harmless."""

import csv
import datetime as dt
import io
import json
import re
from html import unescape
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.test import Client

from rounds.models import Statement
from tests.nafta.pages.test_pages import PAGES, double, queries
from tests.nafta.test_leaks import readable
from tests.world import SECRET

LINK = re.compile(r'<a href="(\?[^"]*_export=[^"]*)" rel="nofollow" download>')
KINDS = ("csv", "xlsx", "json")
OFFERING = [page for page in PAGES if "_export" not in page] + [
    "/search/?q=water",
    "/search/?q=brume&after=2010-01-01",
    "/people/?party=arden",
    "/compare/?party=arden&party=brume",
    "/compare/?party=brume&as_of=round-2",
    "/distance/",
    "/distance/?as_of=2010-02-01",
    "/moved/?from=round-1&to=round-2",
    "/moved/?to=round-1",
]


def links(client: Client, path: str) -> list[str]:
    page = client.get(path).content.decode()
    return [path.partition("?")[0] + unescape(link) for link in LINK.findall(page)]


def rows(response: Any) -> list[dict[str, Any]]:
    """What a file holds, whatever its kind: the values that stand for nothing as ""."""
    kind = response["Content-Type"]
    if "json" in kind:
        found = response.json()["rows"]
    elif "csv" in kind:
        found = list(csv.DictReader(io.StringIO(response.content.decode("utf-8"), newline="")))
    else:
        header, *cells = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0].values
        found = [dict(zip(header, row, strict=True)) for row in cells]
    return [{name: plain(value) for name, value in row.items()} for row in found]


def plain(value: Any) -> str:
    """As CSV says it, without the apostrophe that keeps a text from being run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    return text[1:] if re.match(r"'[=+@-]", text) else text


@pytest.mark.slow
@pytest.mark.parametrize("path", OFFERING)
def test_each_link_leads_to_a_file_of_its_kind_without_a_draft(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    found = links(client, path)
    assert len(found) % 3 == 0
    for link in found:
        response = client.get(link)
        assert response.status_code == 200, link
        kind = next(kind for kind in KINDS if f"_export={kind}" in link)
        name = rf'attachment; filename="[-a-z0-9]+\.{kind}"'
        assert re.fullmatch(name, response["Content-Disposition"]), link
        assert rows(response), link
        assert SECRET not in readable(response.content), link
        assert 'rel="license"' in response["Link"]
        assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/timeline/",
        "/rounds/",
        "/issues/",
        "/issues/water/",
        "/parties/brume/",
        "/sources/",
        "/deadlines/",
        "/people/ada-alder/",
        *OFFERING[-9:],
    ],
)
def test_pages_with_tables_offer_them(client: Client, world: SimpleNamespace, path: str) -> None:
    assert links(client, path)


@pytest.mark.slow
def test_the_three_kinds_hold_the_same(client: Client, world: SimpleNamespace) -> None:
    pages = ("/issues/water/", "/timeline/", "/sources/")
    found = [link for page in pages for link in links(client, page) if "csv" in link]
    assert len(found) > 6
    for link in found:
        csv_, xlsx, json_ = (rows(client.get(link.replace("=csv", f"={kind}"))) for kind in KINDS)
        assert csv_ == xlsx == json_, link


def test_a_name_says_what_it_is_and_of_which_day(client: Client, world: SimpleNamespace) -> None:
    names = {
        "/issues/water/?as_of=2010-01-12&_export=csv": "issue-water-as-of-2010-01-12.csv",
        "/issues/water/?as_of=round-1&_export=csv&_table=rounds": (
            "issue-water-rounds-as-of-2010-01-12.csv"
        ),
        "/timeline/?party=brume&year=2010&_export=json": "timeline-party-brume-year-2010.json",
        "/corrections/?of=statement:alder-on-water&_export=csv": (
            "corrections-statement-alder-on-water.csv"
        ),
    }
    for path, name in names.items():
        assert client.get(path)["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_file_says_what_it_is(client: Client, world: SimpleNamespace) -> None:
    path = "/issues/?as_of=2010-01-12&_export="
    meta = client.get(f"{path}json").json()["meta"]
    assert meta["as_of"] == "2010-01-12"
    assert meta["address"] == "http://testserver/issues/?as_of=2010-01-12"
    assert meta["licence"]["name"] == "CC-BY-4.0"
    assert meta["rows"] == 6
    assert meta["record"] == "The border river talks"
    assert dt.datetime.fromisoformat(meta["made"]).tzinfo
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}xlsx").content))
    about = dict(book["About"].values)
    assert about["address"] == meta["address"]
    assert "CC-BY-4.0" in about["licence"]


def test_days_are_days_in_a_spreadsheet(client: Client, world: SimpleNamespace) -> None:
    data = client.get("/issues/?_export=xlsx").content
    header, first, *_others = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values
    row = dict(zip(header, first, strict=True))
    assert row["first"] == dt.datetime(2010, 1, 9)  # noqa: DTZ001  # a spreadsheet has no zones
    assert row["approximate"] is False


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "=HYPERLINK(1)"])
def test_no_text_is_run_as_a_formula(client: Client, world: SimpleNamespace, text: str) -> None:
    Statement.objects.filter(pk=world.said.pk).update(note=text)
    path = "/timeline/?kind=statement&_export="
    (row,) = [one for one in raw_csv(client, f"{path}csv") if one["key"] == "alder-on-water"]
    assert row["note"].startswith("'")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}xlsx").content))
    assert {cell.data_type for row in book.worksheets[0] for cell in row} <= {"s", "n", "d", "b"}
    (row,) = [
        one for one in client.get(f"{path}json").json()["rows"] if one["key"] == "alder-on-water"
    ]
    assert row["note"] == text


def raw_csv(client: Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).content.decode(), newline="")))


def test_a_csv_begins_with_its_first_column(client: Client, world: SimpleNamespace) -> None:
    assert client.get("/issues/?_export=csv").content.startswith(b"issue,")


def test_rows_come_in_the_order_of_the_page(client: Client, world: SimpleNamespace) -> None:
    for sort in ("name", "-name", "dates", "-dates"):
        page = client.get(f"/rounds/?sort={sort}").content.decode()
        shown = re.findall(r'<td[^>]*><a href="/rounds/([-\w]+)/"', page)
        assert len(shown) == 4
        file = rows(client.get(f"/rounds/?sort={sort}&_export=csv"))
        assert [row["key"] for row in file] == shown


def test_words_are_in_the_language_of_the_page(client: Client, world: SimpleNamespace) -> None:
    world.water.translations = {"name_fr": "L’eau"}
    world.water.save()
    world.demand.translations = {"gist_fr": "La moitié reste"}
    world.demand.save()
    first = rows(client.get("/fr/issues/?_export=csv"))[0]
    assert (first["issue"], first["gist"]) == ("water", "La moitié reste")
    assert (first["issue_name"], first["party_name"]) == ("L’eau", "Arden")  # the other original
    assert first["question"] == world.water.question
    assert first["evidence"] == "http://testserver/fr/statements/alder-on-water/"


def test_silence_is_told_apart(client: Client, world: SimpleNamespace) -> None:
    found = {(row["issue"], row["party"]): row for row in rows(client.get("/issues/?_export=csv"))}
    assert found["water", "corrie"]["stance"] == "not-recorded"
    assert found["water", "corrie"]["on_record"] == ""
    assert found["water", "brume"]["on_record"] == "false"
    assert found["fish", "brume"]["stance"] == "will-not-say"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/issues/?_export=pdf", "no file of the kind"),
        ("/issues/water/?_export=csv&_table=weather", "has no table"),
        ("/timeline/?_export=%3Cscript%3E", "no file of the kind"),
    ],
)
def test_a_file_that_is_none_gets_the_page_and_a_sentence(
    client: Client, world: SimpleNamespace, path: str, words: str
) -> None:
    response = client.get(path)
    assert response.status_code == 400
    page = response.content.decode()
    assert words in page
    assert "<h1" in page
    assert "<script>" not in page.partition("</head>")[2]


@pytest.mark.parametrize("wish", ["party=nowhere", "as_of=round-99"])
def test_a_wish_that_makes_no_sense_makes_no_file(
    client: Client, world: SimpleNamespace, wish: str
) -> None:
    path = "/timeline/" if "party" in wish else "/issues/"
    response = client.get(f"{path}?{wish}&_export=csv")
    assert response.status_code == 400
    assert "Content-Disposition" not in response


def test_a_file_of_many_pages_names_the_next(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nafta.queries.PAGE_SIZE", 3)
    path, keys = "/timeline/?_export=json", []
    while path:
        answer = client.get(path).json()
        keys += [row["key"] for row in answer["rows"]]
        path = answer["meta"]["next"]
        assert len(keys) <= 20  # or it goes in a circle
    monkeypatch.undo()
    assert keys == [row["key"] for row in rows(client.get("/timeline/?_export=json"))]


@pytest.mark.slow
def test_it_asks_no_more_than_its_page(client: Client, world: SimpleNamespace) -> None:
    double(world)
    for path in ("/issues/", "/issues/water/", "/timeline/", "/parties/brume/", "/rounds/round-2/"):
        for link in links(client, path):
            assert queries(client, link) <= 12, link


def test_json_is_json(client: Client, world: SimpleNamespace) -> None:
    text = client.get("/issues/water/?_export=json&_table=numbers-share").content
    (status_quo, *_others) = json.loads(text)["rows"]
    assert status_quo["low"] == 30
    assert status_quo["high"] is None


def named(client: Client, path: str, table: str) -> list[dict[str, Any]]:
    return rows(client.get(f"{path}&_export=json&_table={table}"))


def test_what_is_found_is_taken_away_as_shown(client: Client, world: SimpleNamespace) -> None:
    path = "/search/?q=arden"
    page = client.get(path).context
    shown = [one.url for one in [*page["names"], *page["results"]]]
    found = named(client, path, "found")
    assert [row["address"].removeprefix("http://testserver") for row in found] == shown
    assert len({row["kind"] for row in found}) > 2
    (said,) = [row for row in found if row["key"] == "alder-on-water"]
    assert said["title"] == "Half of the water must stay in Arden."


def test_a_search_of_many_pages_names_the_next(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("nafta.pages.search"), "PAGE_SIZE", 2)
    keys: list[str] = []
    path = "/search/?q=water&kind=statement&_export=json"
    while path and len(keys) < 20:
        answer = client.get(path).json()
        keys += [row["key"] for row in answer["rows"]]
        path = answer["meta"]["next"]
    monkeypatch.undo()
    assert keys == [row["key"] for row in named(client, "/search/?q=water&kind=statement", "found")]
    assert len(keys) > 2


def test_people_are_taken_away_with_how_often_they_spoke(
    client: Client, world: SimpleNamespace
) -> None:
    found = rows(client.get("/people/?_export=csv"))
    assert [(row["key"], row["party"], row["statements"]) for row in found] == [
        ("ada-alder", "arden", "1"),
        ("bo-birch", "brume", "1"),
    ]


def test_two_parties_are_taken_away_side_by_side(client: Client, world: SimpleNamespace) -> None:
    path = "/compare/?party=arden&party=brume"
    cells = named(client, path, "positions")
    assert [(row["issue"], row["party"], row["stance"]) for row in cells] == [
        ("water", "arden", "demands"),
        ("water", "brume", "open-if"),
        ("fish", "arden", "not-recorded"),
        ("fish", "brume", "will-not-say"),
    ]
    water, fish = named(client, path, "distances")
    assert (water["one"], water["other"], water["steps"]) == ("arden", "brume", "3")
    assert (water["reading"], water["since"]) == ("apart", "early March 2010")
    assert water["evidence"].endswith("/statements/unnamed-on-water/")
    assert (fish["steps"], fish["words"]) == ("", "Arden: not recorded; Brume: will not say")
    assert [
        (row["issue"], row["round"], row["stance"])
        for row in named(client, "/compare/?party=brume", "positions")
    ][:2] == [("water", "round-1", "red-line"), ("water", "round-2", "open-if")]


def test_distances_are_taken_away_meeting_by_meeting(
    client: Client, world: SimpleNamespace
) -> None:
    widest = named(client, "/distance/?as_of=2010-03-20", "distances")
    told = [(row["issue"], row["round"], row["day"], row["steps"]) for row in widest]
    assert told == [
        ("water", "round-1", "2010-01-12", "5"),
        ("water", "round-2", "2010-03-08", "3"),
        ("water", "", "2010-03-20", "3"),
    ]
    assert [row["since"] for row in widest] == ["", "", "early March 2010"]
    pairs = named(client, "/issues/water/?as_of=round-2", "distances")
    assert [row["steps"] for row in pairs] == ["5", "", "", "3", "", ""]
    (gap,) = named(client, "/distance/?", "numbers")
    assert (gap["one_value"], gap["other_value"]) == ("at least 50 %", "between 30 and 33 %")
    assert gap["gap"] == "17"


def test_what_moved_is_taken_away_kind_by_kind(client: Client, world: SimpleNamespace) -> None:
    path = "/moved/?from=round-1&to=round-2"
    moved = [
        (row["issue"], row["party"], row["before"], row["stance"])
        for row in named(client, path, "stances")
    ]
    assert moved == [("water", "brume", "red-line", "open-if")]
    assert [row["party"] for row in named(client, path, "numbers")] == ["brume"]
    meetings = [row["key"] for row in named(client, path, "meetings")]
    assert meetings == ["bilateral", "lake-summit", "round-2"]
    whole = "/moved/?to=round-2"
    assert [row["level"] for row in named(client, whole, "progress")]


def test_a_deadline_is_taken_away_with_who_set_it_and_what_replaced_it(
    client: Client, world: SimpleNamespace
) -> None:
    (may,) = [row for row in rows(client.get("/deadlines/?_export=csv")) if row["key"] == "by-may"]
    assert (may["set_by"], may["set_on"]) == ("the ministers", "2010-01-05")
    assert may["replaced_by"] == "By june"


def test_a_party_is_taken_away_as_its_page_shows_it(client: Client, world: SimpleNamespace) -> None:
    path = "/parties/brume/?"
    assert [row["stance"] for row in named(client, path, "movement")] == ["red-line", "open-if"]
    assert [row["key"] for row in named(client, path, "proposals")] == ["a-third"]
    page = client.get(path).content.decode()
    for row in named(client, path, "statements"):
        assert row["address"].removeprefix("http://testserver") in page
