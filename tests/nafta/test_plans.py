"""What every page promises of a large record: it reads no table that grows from end to end.

The database tells how it read what each page asked for, within its functions too, with a record
large enough that it plans as for a large one. That no page asks for more rows than it shows is told
by ``make bench``.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.bench.generate import generate

pytestmark = pytest.mark.slow

SIZE = 12_000
GROWING = {
    "rounds_statement",
    "rounds_statement_speakers",
    "rounds_statement_parties",
    "rounds_statement_other_sources",
    "issues_issue_statements",
    "rounds_statementevent",
    "rounds_statementothersourcesevent",
    "rounds_statementspeakersevent",
    "rounds_statementpartiesevent",
    "issues_issuestatementsevent",
    "nafta_entry",
}
STATEMENT, EARLIER = f"{SIZE // 2 + 1:08x}", f"{SIZE // 8 + 1:08x}"
KNOWN = "known=2019-06-01"
PAGES = [
    "/",
    "/?as_of=2019-06-01",
    f"/?{KNOWN}",
    "/timeline/",
    f"/timeline/?page=statement.2018-01-01.{STATEMENT}",
    "/timeline/?party=arden",
    "/timeline/?issue=water",
    "/timeline/?issue=steel&party=corrie",
    "/timeline/?person=person-1",
    "/timeline/?year=2017",
    "/timeline/?basis=unnamed",
    "/timeline/?q=sunset+clause",
    f"/timeline/?{KNOWN}",
    "/rounds/round-40/",
    f"/rounds/round-10/?{KNOWN}",
    "/issues/",
    "/issues/water/",
    f"/issues/water/?{KNOWN}",
    "/parties/arden/",
    f"/parties/arden/?{KNOWN}",
    "/people/",
    "/people/person-1/",
    f"/people/person-1/?{KNOWN}",
    f"/statements/{STATEMENT}/",
    f"/statements/{EARLIER}/?{KNOWN}",
    "/sources/",
    "/sources/?sort=-publisher",
    "/sources/source-7/",
    f"/sources/source-7/?{KNOWN}",
    "/search/",
    "/search/?q=water",
    "/search/?q=150",
    "/search/?q=sunset+clause",
    '/search/?q="sunset+clause"',
    "/search/?q=arden+steel&year=2017",
    "/search/?person=person-1",
    "/search/?kind=source&q=gazette",
    "/search/?q=gazete",
    "/search/?q=sunset+steel+zebra",
    f"/search/?q=sunset&page=0.2018-01-01.statement.{STATEMENT}",
    "/corrections/",
    f"/corrections/?of=statement:{STATEMENT}",
    "/about/",
    "/feed/",
    "/issues/water/feed/",
    "/parties/arden/feed/",
    "/embed/timeline/",
    f"/embed/statements/{STATEMENT}/",
    f"/cards/statements/{STATEMENT}.png",
    "/api/v1/statements",
    "/api/v1/statements?issue=water",
    f"/api/v1/statements/{STATEMENT}",
    "/api/v1/timeline",
    "/api/v1/people",
    "/api/v1/sources",
]


EXPLAIN = {
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_format": "json",
    "client_min_messages": "log",
    "random_page_cost": "1.1",  # a small table would soon be read whole
}


def scans(plan: Any) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scans(part)


@contextmanager
def explained(into: list[Any]) -> Iterator[None]:
    """Every plan that this connection executes within."""

    def told(notice: Any) -> None:
        if "plan:" in notice.message_primary:
            into.append(json.loads(notice.message_primary.partition("plan:")[2])["Plan"])

    with connection.cursor() as cursor:
        cursor.execute("LOAD 'auto_explain'")
        for name, value in EXPLAIN.items():
            cursor.execute(f"SET LOCAL {name} = '{value}'")
    connection.connection.add_notice_handler(told)
    try:
        yield
    finally:
        connection.connection.remove_notice_handler(told)


def test_no_page_reads_a_table_that_grows_from_end_to_end(client: Client, db: None) -> None:
    generate(SIZE)
    found: dict[str, set[str]] = {}
    plans: list[Any] = []
    with explained(plans):
        for page in PAGES:
            plans.clear()
            assert client.get(page).status_code == 200, page
            assert plans, page
            if read := {table for plan in plans for table in scans(plan)} & GROWING:
                found[page] = read
    assert found == {}


def test_such_a_scan_would_be_found(db: None) -> None:
    plans: list[Any] = []
    with explained(plans), connection.cursor() as cursor:
        cursor.execute("SELECT sum(length(summary)) FROM rounds_statement")
    assert list(scans(plans[0])) == ["rounds_statement"]
