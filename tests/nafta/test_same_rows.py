"""The same rows, wherever they are read: page, chart, embed, CSV, XLSX, JSON, API, feed and zip.

What cannot tell a thing is not asked for it: a chart has no keys, a feed no second day.
A place that comes later is one more entry of its table below.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from html import unescape
from types import SimpleNamespace
from typing import Any

import feedparser
import pytest
from django.test import Client

from rounds.models import Deadline
from rounds.platform.dates import describe
from rounds.tabular.columns import Column
from rounds.tabular.resources import DeadlineResource
from tests.nafta.test_downloads import KINDS, rows
from tests.world import (
    create_deadline,
    create_measure,
    create_outcome,
    create_proposal,
    create_statement,
    create_term,
    days,
)

Rows = list[tuple[str, ...]]


@pytest.fixture
def rich(world: SimpleNamespace) -> SimpleNamespace:
    """The river talks with texts that could come to grief on their way."""
    create_statement(
        slug="odd-words",
        summary='=Water, they "said"; <b>never</b> & nowhere – “soon”',
        dates=days("2010-01-11"),
        parties=[world.brume],
        issues=[world.water],
    )
    world.demand.gist = "-half, or <nothing> & none"
    world.demand.save()
    price = create_measure(slug="price", issue=world.water, unit="US$", status_quo="1250.5")
    offer = create_proposal(
        slug="a-price", issue=world.water, dates=days("2010-03-07"), parties=[world.corrie]
    )
    create_term(proposal=offer, measure=price, low="0.25", comparator="at-most")
    return world


def file(client: Client, path: str, kind: str, table: str) -> list[dict[str, Any]]:
    space = "&" if "?" in path else "?"
    response = client.get(f"{path}{space}_export={kind}&_table={table}")
    assert response.status_code == 200
    return rows(response)


def zipped(client: Client, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(client.get("/data/record.zip").content)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))


def text_of(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", "", html))).strip()


def bare(text: str) -> str:
    return text[1:] if re.match(r"'[=+@-]", text) else text


# --- the matrix: party, stance, evidence, words ---


def matrix_in_page(client: Client) -> Rows:
    page = client.get("/issues/").content.decode()
    cells = re.findall(r'<td[^>]* class="st-([-\w]+)[^"]*">(.*?)</td>', page, re.DOTALL)
    found: Rows = []
    for stance, cell in cells:
        gist = re.search(r'<p class="gist"><a href="([^"]+)">(.*?)</a>', cell, re.DOTALL)
        found.append((stance, *((gist[1], text_of(gist[2])) if gist else ("", ""))))
    return found


def matrix_in_file(kind: str) -> Callable[[Client], Rows]:
    def read(client: Client) -> Rows:
        return [
            (row["stance"], row["evidence"].removeprefix("http://testserver"), row["gist"])
            for row in file(client, "/issues/", kind, "positions")
        ]

    return read


def matrix_in_api(client: Client) -> Rows:
    return [
        (
            cell["stance"],
            cell["evidence"]["address"].removeprefix("http://testserver")
            if cell["evidence"]
            else "",
            cell["gist"]["text"] if cell["gist"] else "",
        )
        for row in client.get("/api/v1/matrix").json()["rows"]
        for cell in row["cells"]
    ]


def matrix_in_zip(client: Client) -> Rows:
    """The last position of each pair, in the order of the page."""
    last = {(one["issue"], one["party"]): one for one in zipped(client, "positions.csv")}
    found: Rows = []
    for issue in ("water", "fish"):
        for party in ("arden", "brume", "corrie"):
            one = last.get((issue, party))
            kind = "statement" if one and one["statement"] else "proposal"
            address = f"/{kind}s/{one[kind]}/" if one else ""
            stance = one["stance"] if one else "not-recorded"
            found.append((stance, address, bare(one["gist"]) if one else ""))
    return found


MATRIX: dict[str, Callable[[Client], Rows]] = {
    "page": matrix_in_page,
    **{kind: matrix_in_file(kind) for kind in KINDS},
    "api": matrix_in_api,
    "zip": matrix_in_zip,
}


# --- the same without words, as a frame has it: of the featured issues, or of one ---


def shortened(read: Callable[[Client], Rows], of: slice) -> Callable[[Client], Rows]:
    return lambda client: [row[:2] for row in read(client)[of]]


def matrix_in_embed(client: Client) -> Rows:
    """Its rows are the featured issues alone."""
    page = client.get("/embed/matrix/").content.decode()
    cells = re.findall(r'<td class="st-([-\w]+)[^"]*">(.*?)</td>', page, re.DOTALL)
    return [(stance, evidence_in(cell)) for stance, cell in cells]


def issue_in_embed(client: Client) -> Rows:
    page = client.get("/embed/issues/water/").content.decode()
    parties = page.partition('<ul class="stances">')[2].partition("</ul>")[0].split("<li>")[1:]
    return [(re.findall(r'class="stance st-([-\w]+)', one)[0], evidence_in(one)) for one in parties]


def evidence_in(html: str) -> str:
    link = re.search(r'<a href="([^"]+)"', html)
    return link[1] if link else ""


FEATURED = slice(3)  # the first issue's three parties; the other is not featured
FRAMES: dict[str, Callable[[Client], Rows]] = {
    **{place: shortened(read, FEATURED) for place, read in MATRIX.items()},
    "embed of the matrix": matrix_in_embed,
    "embed of the issue": issue_in_embed,
}


# --- what was said on an issue: key, words, days, source; newest first ---


def urls(client: Client) -> dict[str, str]:
    """The addresses of the publications, by key."""
    return {one["slug"]: one["url"] for one in zipped(client, "sources.csv")}


def found_in(pattern: str, html: str) -> str:
    found = re.search(pattern, html, re.DOTALL)
    assert found, pattern
    return found[1]


def said_in_page(path: str) -> Callable[[Client], Rows]:
    def read(client: Client) -> Rows:
        page = client.get(path).content.decode()
        items = re.findall(r'id="statement-([-\w]+)"(.*?)</li>', page, re.DOTALL)
        return [
            (
                key,
                text_of(re.sub(r"<q.*?</q>", "", found_in(r'<p class="said">(.*?)</p>', item))),
                text_of(found_in(r'<p class="item-when">(.*?)</p>', item)),
                urls(client)[found_in(r'href="/sources/([-\w]+)/"', item)],
            )
            for key, item in items
        ]

    return read


def said_in_file(path: str, kind: str, table: str) -> Callable[[Client], Rows]:
    def read(client: Client) -> Rows:
        return [
            (row["key"], row["title"], row["when"], row["source"])
            for row in file(client, path, kind, table)
        ]

    return read


def said_in_api(path: str, field: str) -> Callable[[Client], Rows]:
    def read(client: Client) -> Rows:
        items = client.get(f"/api/v1/{path}").json()["items"]
        return [
            (one["key"], one[field]["text"], one["dates"]["words"], one["source"]["url"])
            for one in items
        ]

    return read


def in_order(client: Client, found: Rows) -> Rows:
    """As the page has it: a feed goes by when a thing was published, the zip by keys."""
    order = [row[0] for row in said_in_page(TIMELINE)(client)]
    return sorted(found, key=lambda row: order.index(row[0]))


def said_in_feed(path: str) -> Callable[[Client], Rows]:
    def read(client: Client) -> Rows:
        found: Rows = []
        for entry in feedparser.parse(client.get(path).content).entries:
            about = {(tag.scheme, tag.term) for tag in entry.tags}
            if about >= {("tag:kind", "statement"), ("tag:issue", "water")}:
                told, when = re.findall(r"<p>(.*?)</p>", entry.summary, re.DOTALL)[:2]
                (source,) = [link.href for link in entry.links if link.rel == "via"]
                key = entry.link.rstrip("/").rpartition("/")[2]
                words = text_of(re.sub(r"<q.*?</q>", "", told))
                found.append((key, words, text_of(when).split(" · ")[0], source))
        return in_order(client, found)

    return read


def said_in_zip(client: Client) -> Rows:
    found: Rows = [
        (one["slug"], bare(one["summary"]), in_words(one), urls(client)[one["source"]])
        for one in zipped(client, "statements.csv")
        if "water" in one["issues"].split(", ")
    ]
    return in_order(client, found)


def in_words(row: dict[str, str]) -> str:
    when = days(row["from"], row["to"] or None)
    return describe(when, approximate=row["approximate"] == "true")


ISSUE, TIMELINE = "/issues/water/", "/timeline/?issue=water&kind=statement"
SAID: dict[str, Callable[[Client], Rows]] = {
    "page": said_in_page(ISSUE),
    "timeline": said_in_page(TIMELINE),
    **{kind: said_in_file(ISSUE, kind, "statements") for kind in KINDS},
    **{f"timeline as {kind}": said_in_file(TIMELINE, kind, "timeline") for kind in KINDS},
    "api": said_in_api("statements?issue=water", "summary"),
    "api's timeline": said_in_api("timeline?issue=water&kind=statement", "title"),
    "issue's feed": said_in_feed("/issues/water/feed/"),
    "site's feed": said_in_feed("/feed/"),
    "zip": said_in_zip,
}


# --- a measure's numbers: low and high ---


def numbers_in_page(client: Client) -> Rows:
    page = client.get(ISSUE).content.decode()
    table = page.partition("<caption>Share of the water</caption>")[2].partition("</table>")[0]
    cells = [
        re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table)
    ]
    words = [row[1] for row in cells if row]
    found = [[float(one) for one in re.findall(r"[\d.]+", value)] for value in words]
    return [as_numbers(one[0], one[1] if len(one) > 1 else None) for one in found]


def as_numbers(low: Any, high: Any) -> tuple[str, str]:
    return str(float(low)), "" if high in {None, ""} else str(float(high))


def numbers_in_embed(client: Client) -> Rows:
    page = client.get("/embed/charts/share/").content.decode()
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    values = [text_of(row) for row in re.findall(r"<td><a href[^>]*>(.*?)</a>", table)]
    found = [re.findall(r"[\d.]+", value) for value in values]
    return [as_numbers(one[0], one[1] if len(one) > 1 else None) for one in found]


def numbers_in_chart(client: Client) -> Rows:
    """The line of the status quo has two ends, at one height."""
    page = client.get(ISSUE).content.decode()
    figure = re.search(r'<script id="chart-share"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert figure
    found: Rows = []
    for line in json.loads(figure[1])["data"]:
        spans = (line.get("error_y") or {}).get("array") or [0] * len(line["y"])
        own = [
            as_numbers(low, low + more if more else None)
            for low, more in zip(line["y"], spans, strict=True)
        ]
        found += dict.fromkeys(own)
    return found


def numbers_in_file(kind: str) -> Callable[[Client], Rows]:
    def read(client: Client) -> Rows:
        table = file(client, ISSUE, kind, "numbers-share")
        return [as_numbers(row["low"], row["high"]) for row in table]

    return read


def numbers_in_api(client: Client) -> Rows:
    status_quo = client.get("/api/v1/measures/share").json()["status_quo"]
    offers = client.get("/api/v1/proposals?issue=water").json()["items"]
    terms = [
        term for one in reversed(offers) for term in one["terms"] if term["measure"] == "share"
    ]
    return [
        as_numbers(status_quo, None),
        *(as_numbers(term["low"], term["high"]) for term in terms),
    ]


def numbers_in_zip(client: Client) -> Rows:
    (measure,) = [one for one in zipped(client, "measures.csv") if one["slug"] == "share"]
    days_ = {one["slug"]: one["from"] for one in zipped(client, "proposals.csv")}
    terms = [one for one in zipped(client, "terms.csv") if one["measure"] == "share"]
    terms.sort(key=lambda one: days_[one["proposal"]])
    return [
        as_numbers(measure["status_quo"], None),
        *(as_numbers(one["low"], one["high"]) for one in terms),
    ]


NUMBERS: dict[str, Callable[[Client], Rows]] = {
    "page": numbers_in_page,
    "chart": numbers_in_chart,
    "embed": numbers_in_embed,
    **{kind: numbers_in_file(kind) for kind in KINDS},
    "api": numbers_in_api,
    "zip": numbers_in_zip,
}


@pytest.mark.parametrize(
    ("places", "count"),
    [(MATRIX, 6), (FRAMES, 3), (SAID, 5), (NUMBERS, 3)],
    ids=["matrix", "frames", "said", "numbers"],
)
def test_the_same_rows_are_everywhere(
    client: Client, rich: SimpleNamespace, places: dict[str, Callable[[Client], Rows]], count: int
) -> None:
    found = {place: read(client) for place, read in places.items()}
    assert len(found["page"]) == count
    assert found == dict.fromkeys(places, found["page"])


# --- the columns of each table, in the API as in the package ---

# What the API has under other names, as spans of days, or not at all.
NOT_IN_API = re.compile(
    r"slug|state|order|language|attribution|agreed_source|(\w+_)?(from|to|approximate)|\w+_(es|fr)"
)


def cell(value: Any) -> str:
    """A value of an answer as a package has it."""
    if isinstance(value, dict):
        return str(value["text"] if "text" in value else value["key"])
    if isinstance(value, list):
        return ", ".join(sorted(map(cell, value)))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


@pytest.mark.parametrize(
    "table", ["rounds", "deadlines", "issues", "statements", "measures", "proposals", "sources"]
)
def test_columns_say_the_same_in_api_and_package(
    client: Client, rich: SimpleNamespace, table: str
) -> None:
    check_columns(client, table)


def test_columns_of_outcomes_do_so_too(client: Client, world: SimpleNamespace) -> None:
    create_outcome(issue=world.water, dates=days("2010-03-09"), note="Told by both.")
    check_columns(client, "outcomes")


def check_columns(client: Client, table: str) -> None:
    """Compare each row of a table in the package with the answer of the API."""
    rows = {row["slug"]: row for row in zipped(client, f"{table}.csv")}
    answers = {item["key"]: item for item in client.get(f"/api/v1/{table}").json()["items"]}
    assert rows.keys() == answers.keys() != set()
    for key, row in rows.items():
        cells = {name: bare(text) for name, text in row.items() if not NOT_IN_API.fullmatch(name)}
        assert {name: cell(answers[key][name]) for name in cells} == cells


def test_each_text_of_a_deadline_is_wherever_readers_look(
    client: Client, world: SimpleNamespace
) -> None:
    """A column that is declared is in the page's file, the package, the API and the search."""
    columns = DeadlineResource.text_columns()
    texts = {column.name: f"markerword{number}" for number, column in enumerate(columns)}
    create_deadline(slug="marked", dates=days("2010-05-01"), **texts)
    (row,) = [row for row in file(client, "/deadlines/", "csv", "") if row["key"] == "marked"]
    (stored,) = [row for row in zipped(client, "deadlines.csv") if row["slug"] == "marked"]
    answer = client.get("/api/v1/deadlines/marked").content.decode()
    for name, text in texts.items():
        assert text in row.values(), name
        assert stored[name] == text
        assert f'"{text}"' in answer, name
        results = file(client, f"/search/?q={text}", "csv", "")
        assert [result["key"] for result in results] == ["marked"], name


def test_the_table_of_deadlines_has_a_column_for_a_text_that_any_of_them_has(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    grounds = Column(Deadline, "basis", name="grounds")
    columns = (*DeadlineResource.original_columns, grounds)
    monkeypatch.setattr(DeadlineResource, "original_columns", columns)
    assert "On what basis" not in client.get("/deadlines/").content.decode()
    create_deadline(slug="founded", dates=days("2010-05-01"), basis="A law asks for it.")
    page = client.get("/deadlines/").content.decode()
    assert re.search(r"On what basis\s*</th>\s*<th scope=\"col\"\s*>\s*Who says so", page)
    assert re.search(r'data-label="On what basis"\s*>\s*A law asks for it\.', page)
