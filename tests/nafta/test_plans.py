"""What every page promises of a large record: it reads no table that grows from end to end.

The database is asked how it would read what each page asks for, with statistics of a record large
enough that it plans as for a large one. That no page asks for more rows than it shows is told by
``make bench``.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.test import Client

from tests.bench.generate import generate

SIZE = 12_000
GROWING = {
    "rounds_statement",
    "rounds_statement_speakers",
    "rounds_statement_parties",
    "rounds_statement_other_sources",
    "issues_issue_statements",
    "rounds_statementevent",
    "rounds_statementspeakersevent",
    "rounds_statementpartiesevent",
    "issues_issuestatementsevent",
    "nafta_entry",
}
STATEMENT = f"{SIZE // 2 + 1:08x}"
PAGES = [
    "/",
    "/timeline/",
    "/timeline/?party=arden",
    "/timeline/?issue=water",
    "/timeline/?issue=steel&party=corrie",
    "/timeline/?person=person-1",
    "/timeline/?round=round-40",
    "/timeline/?year=2017",
    "/timeline/?source=source-7",
    "/timeline/?basis=unnamed",
    "/rounds/",
    "/rounds/round-40/",
    "/issues/",
    "/issues/water/",
    "/compare/",
    "/moved/",
    "/parties/arden/",
    "/people/",
    "/people/person-1/",
    f"/statements/{STATEMENT}/",
    "/proposals/proposal-30/",
    "/deadlines/",
    "/sources/",
    "/sources/source-7/",
    "/search/",
    "/search/?q=water",
    "/search/?q=150",
    "/corrections/",
    "/feed/",
    "/issues/water/feed/",
    "/parties/arden/feed/",
    "/rounds/round-40/feed/",
    "/corrections/feed/",
    "/calendar.ics",
    "/embed/timeline/",
    "/embed/issues/water/",
    f"/embed/statements/{STATEMENT}/",
    "/api/v1/statements",
    "/api/v1/statements?issue=water",
    f"/api/v1/statements/{STATEMENT}",
    "/api/v1/timeline",
    "/api/v1/people",
    "/api/v1/sources",
]


def scans(plan: Any) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scans(part)


def test_no_page_reads_a_table_that_grows_from_end_to_end(client: Client, db: None) -> None:
    generate(SIZE)
    found: dict[str, set[str]] = {}
    page = ""

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and sql.lstrip(" (\n").startswith(("SELECT", "WITH")):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                (told,) = cursor.fetchone()
            plan = told if isinstance(told, list) else json.loads(told)
            if read := GROWING.intersection(scans(plan[0]["Plan"])):
                found.setdefault(page, set()).update(read)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        for page in PAGES:
            assert client.get(page).status_code == 200, page
    assert found == {}


def test_such_a_scan_would_be_found(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) SELECT sum(length(summary)) FROM rounds_statement")
        (told,) = cursor.fetchone()
    plan = told if isinstance(told, list) else json.loads(told)
    assert list(scans(plan[0]["Plan"])) == ["rounds_statement"]
