"""One line for each request, its name in every line, and nothing in them that is nobody's."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from nafta.operations.logs import JsonLineFormatter, RequestIdFilter, redact_sql
from tests.desk import desk_of
from tests.world import SECRET, create_editor


@pytest.fixture
def lines() -> Iterator[Any]:
    """What production writes: each line, read."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLineFormatter())
    handler.addFilter(RequestIdFilter())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_a_request_is_told_of_in_one_line(
    client: Client, world: SimpleNamespace, lines: Any, settings: Any
) -> None:
    settings.KEEP_PAGES = True
    caches["pages"].clear()
    client.cookies["token"] = "stolen"
    asked = "/search/?q=somebody%20private"
    for name in ("from-the-proxy.1", "x"):
        answer = client.get(asked, headers={"X-Request-ID": name})
        given = answer.headers["X-Request-ID"]
        assert (given == name) == (name != "x")
    made, kept = lines()
    assert made["request_id"] == "from-the-proxy.1"
    assert kept["request_id"] == given
    for line in (made, kept):
        assert (line["logger"], line["level"]) == ("nafta.access", "INFO")
        assert (line["method"], line["path"], line["status"]) == ("GET", "/search/", 200)
        assert line["ms"] > 0
        assert line["user"] is None
        assert line["time"].endswith("+00:00")
    assert (made["page"], kept["page"], kept["queries"]) == ("made", "kept", 1)
    assert made["queries"] > 1
    for word in ("private", "stolen", "token"):
        assert word not in json.dumps([made, kept])


def test_a_name_that_is_none_is_not_taken(client: Client, db: None) -> None:
    for name in ("", "short", "x" * 65, "with a space in it", 'with-a-"-in-it', "à-la-française"):
        answer = client.post("/api/v1/", headers={"X-Request-ID": name})
        assert len(answer.headers["X-Request-ID"]) == 16, name


def test_it_tells_who_of_the_newsroom_asked(world: SimpleNamespace, lines: Any) -> None:
    editor = create_editor()
    desk_of(editor).get("/admin/rounds/statement/")
    line = lines()[-1]
    assert (line["user"], line["page"]) == (editor.pk, "")


def test_what_breaks_is_told_under_the_name_of_its_request(
    client: Client, world: SimpleNamespace, lines: Any
) -> None:
    def broken(*_args: Any) -> None:
        raise RuntimeError("out of order")

    client.raise_request_exception = False
    with connection.execute_wrapper(broken):
        answer = client.get("/search/?q=private")
    assert answer.status_code == 500
    told, line = lines()
    assert "out of order" in told["exc_info"]
    assert told["request_id"] == line["request_id"] == answer.headers["X-Request-ID"]
    assert "private" not in json.dumps([told, line])


def test_slow_queries_are_told_without_their_values(
    client: Client, world: SimpleNamespace, lines: Any, settings: Any
) -> None:
    settings.SLOW_QUERY_MS = 0
    client.get(f"/search/?q={SECRET}")
    *slow, line = lines()
    assert len(slow) == line["queries"]
    assert {one["logger"] for one in slow} == {"nafta.slow"}
    assert slow[-1]["view"] == "search"
    assert "%s" in slow[-1]["message"]
    assert SECRET not in json.dumps(slow)
    assert redact_sql("SELECT 'it''s'\n  WHERE x = %s") == "SELECT '…' WHERE x = %s"
