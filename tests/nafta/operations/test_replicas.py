"""Readers are answered by replicas, editors by the server that they write to."""

import copy
import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import caches
from django.db import OperationalError, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nafta.operations import due_publisher
from rounds.models import Statement
from rounds.publishing.states import schedule
from tests.desk import address, change, desk_of
from tests.nafta.operations.test_due_publisher import record_attempts
from tests.world import create_editor, create_statement, create_world, days

PAGES = [  # those whose SQL is written by hand are among them
    "/",
    "/statements/alder-on-water/",
    "/timeline/",
    "/search/?q=water",
    "/corrections/",
    "/data/record.zip",
    "/api/v1/statements",
    "/moved/?from=2010-01-01",
    "/issues/",
    "/sitemap.xml",
]
PAGE = PAGES[1]


@pytest.fixture
def replica(
    transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A second name for the database of the test: what is committed is there at once."""
    name = "replica-1"
    connections.databases[name] = copy.deepcopy(connections["default"].settings_dict)
    connection: Any = connections[name]

    def ensure_connection() -> None:  # pytest-django lets no test use a database it did not know
        if connection.connection is None:
            connection.connect()

    monkeypatch.setattr(connection, "ensure_connection", ensure_connection)
    settings.KEEP_PAGES = True
    caches["pages"].clear()
    caches["default"].clear()
    yield name
    caches["pages"].clear()
    caches["default"].clear()
    connection.close()
    connection.close_pool()
    del connections[name], connections.databases[name]


@pytest.fixture
def world(replica: str) -> SimpleNamespace:
    return create_world()


def asked(client: Client, path: str) -> dict[str, int]:
    """How many questions each server was asked for the page."""
    with ExitStack() as stack:
        queries = {
            name: stack.enter_context(CaptureQueriesContext(connections[name]))
            for name in connections
        }
        assert client.get(path).status_code == 200, path
    return {name: len(some) for name, some in queries.items()}


def gone(name: str) -> Any:
    """Within, the server answers nothing."""

    def refuse(*_args: Any) -> None:
        raise OperationalError("connection refused")

    connections[name].ensure_connection()  # Django asks a new one for the types it has
    return connections[name].execute_wrapper(refuse)


@pytest.mark.slow
def test_a_reader_is_answered_by_a_replica_alone(client: Client, world: SimpleNamespace) -> None:
    then = timezone.now().isoformat().replace("+", "%2B")
    for page in [*PAGES, f"/timeline/?known={then}"]:
        count = asked(client, page)
        assert count["default"] == 0, page
        assert count["replica-1"] > 0, page
    assert asked(client, PAGE) == {"default": 0, "replica-1": 1}  # kept


@pytest.mark.slow
def test_an_editor_reads_where_they_write(client: Client, world: SimpleNamespace) -> None:
    client.get(PAGE)
    editor = desk_of(create_editor())
    pages = [PAGE, "/timeline/", "/admin/", address(Statement, world.said)]
    for page in pages:
        assert asked(editor, page)["replica-1"] == 0, page
    with gone("replica-1"):
        summary = "All of it must stay."
        change(editor, world.said, summary=summary, correction="The minister corrected it.")
        assert summary in editor.get(PAGE).content.decode()


@pytest.mark.slow
def test_a_replica_that_is_gone_costs_no_page(client: Client, world: SimpleNamespace) -> None:
    with gone("replica-1"):
        for page in PAGES:
            assert asked(client, page)["default"] > 0
    assert asked(client, PAGE)["replica-1"] == 0  # left alone for a moment
    assert asked(Client(), PAGE)["default"] == 0  # in a process that knows nothing of it


def test_a_replica_that_goes_while_a_page_is_made_costs_none(
    client: Client, world: SimpleNamespace
) -> None:
    def only_the_first(execute: Any, sql: str, *rest: Any) -> Any:
        if "rounds_statement" in sql:
            raise OperationalError("terminating connection")
        return execute(sql, *rest)

    client.raise_request_exception = False
    with connections["replica-1"].execute_wrapper(only_the_first):
        assert "Half of the water" in client.get(PAGE).content.decode()


def test_readers_do_not_need_the_primary(
    client: Client, world: SimpleNamespace, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is due waits for it, and goes out when it is back."""
    attempts = record_attempts(monkeypatch)
    draft = create_statement(dates=days("2010-03-05"), summary="Embargoed", state="draft")
    assert not schedule([draft], timezone.now() + dt.timedelta(hours=1))
    Statement.objects.scheduled().update(publish_at=timezone.now() - dt.timedelta(seconds=1))
    settings.PUBLISH_DUE = True
    server = connections["default"].settings_dict
    port = server["PORT"]
    try:
        server["PORT"] = "9"  # where nobody answers the connections that the thread opens
        with gone("default"):
            for path in ("/timeline/", PAGE, "/timeline/?unread=1"):
                page = client.get(path)
                assert (page.status_code, "Embargoed" in page.content.decode()) == (200, False)
            assert attempts.get(timeout=30).failure == "unreachable"
        server["PORT"] = port
        while (outcome := attempts.get(timeout=30)).failure == "unreachable":
            pass
        assert outcome.published
    finally:
        server["PORT"] = port
        due_publisher.publisher.stop()
    assert "Embargoed" in client.get("/timeline/").content.decode()
