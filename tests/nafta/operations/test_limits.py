"""What takes too long ends in words, and holds up nobody."""

import http.client
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from typing import Any

import psycopg
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from nafta.operations.limits.time_limits import limit_connections
from nafta.operations.probe_server import serve_probes
from rounds.platform.databases import PRIMARY
from tests import stored
from tests.world import create_editor

LOGIN = "/admin/login/"
LIMITS = """
    SELECT name, setting::int FROM pg_settings WHERE name IN (
        'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')"""


@pytest.fixture
def limited(settings: Any) -> Iterator[Any]:
    """Limits, on the connections of this test as on those of a web process."""
    settings.DATABASE_POOL = 8
    settings.STATEMENT_SECONDS, settings.LOCK_SECONDS, settings.DESK_SECONDS = 20, 1, 40
    pooled: Any = connection
    options = connections.settings[PRIMARY]["OPTIONS"]
    before = dict(options)
    connection.close()
    pooled.close_pool()
    limit_connections()
    yield settings
    connection.close()
    pooled.close_pool()
    options.clear()
    options |= before


@pytest.fixture
def client() -> Client:
    """A browser that gets a fault of the site as an answer, as from a server."""
    return Client(raise_request_exception=False)


def limits() -> dict[str, int]:
    """The limits of this test's connection, in milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute(LIMITS)
        return dict(cursor.fetchall())


def test_only_web_processes_have_limits(transactional_db: None, settings: Any) -> None:
    assert set(limits().values()) == {0}


def test_a_lock_is_not_waited_for_longer_than_its_limit(
    transactional_db: None, limited: Any, client: Client
) -> None:
    stored.world()
    assert limits()["lock_timeout"] == 1_000
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute('LOCK TABLE "rounds_statement" IN ACCESS EXCLUSIVE MODE')
        page = client.get("/timeline/")
        answer = client.get("/api/v1/statements")
    for response in (page, answer):
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert int(response["Retry-After"]) > 0
    assert "This took longer than it may" in page.content.decode()
    assert answer.json() == {"detail": "This took too long."}
    assert client.get("/timeline/").status_code == HTTPStatus.OK


def test_what_is_sent_says_that_nothing_was_stored(
    transactional_db: None, limited: Any, client: Client
) -> None:
    limited.DESK_SECONDS = 1
    world = stored.world()
    client.force_login(create_editor())
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute('LOCK TABLE "rounds_person" IN ACCESS EXCLUSIVE MODE')
        form = {"name": "Ada", "slug": world.alder.slug, "post": "yes"}
        page = client.post(f"/admin/rounds/person/{world.alder.pk}/change/", form)
    assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Nothing of it was stored" in page.content.decode()


def test_staff_have_longer_at_the_desk_and_nobody_after_them(
    transactional_db: None, limited: Any, client: Client
) -> None:
    stored.world()
    client.force_login(create_editor())
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/admin/").status_code == HTTPStatus.OK
    assert any("set_config('lock_timeout', '20s'" in query["sql"] for query in captured)
    assert limits() == {
        "statement_timeout": 20_000,
        "lock_timeout": 1_000,
        "idle_in_transaction_session_timeout": 60_000,
    }
    with CaptureQueriesContext(connection) as captured:
        Client().get(LOGIN)
    assert not any("set_config" in query["sql"] for query in captured)


def test_a_request_asks_the_database_nothing_after_its_time(
    db: None, settings: Any, client: Client
) -> None:
    settings.REQUEST_SECONDS = 0
    page = client.get("/timeline/")
    assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "This took longer than it may" in page.content.decode()


# --- bodies ---


class SlowBody(io.RawIOBase):
    """A body of which nothing arrives until the sender goes."""

    def __init__(self) -> None:
        self.is_read = threading.Event()
        self.is_gone = threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.is_read.set()
        self.is_gone.wait()
        return b""


def post(path: str, body: Any, length: int, address: str = "203.0.113.1") -> tuple[str, str]:
    """The status and the page that the WSGI application answers."""
    environ = RequestFactory().post(path, REMOTE_ADDR=address).environ
    environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(length)}
    started: list[str] = []
    chunks = application(environ, lambda status, headers: started.append(status))
    return started[0], b"".join(chunks).decode()


application: Any = get_wsgi_application()


@pytest.mark.django_db(transaction=True)
def test_a_body_that_does_not_arrive_ends_in_words(settings: Any) -> None:
    settings.BODY_SECONDS = 0
    body = SlowBody()
    status, page = post(LOGIN, body, 1_000)
    body.is_gone.set()
    assert status == "408 Request Timeout"
    assert "took too long to arrive" in page


@pytest.mark.django_db(transaction=True)
def test_one_address_holds_one_thread_with_its_bodies(settings: Any, client: Client) -> None:
    settings.BODY_SECONDS = 600
    body = SlowBody()
    statuses: list[str] = []

    def send() -> None:
        statuses.append(post(LOGIN, body, 100)[0])
        connections.close_all()

    sender = threading.Thread(target=send)
    sender.start()
    try:
        assert body.is_read.wait(60)
        status, page = post(LOGIN, SlowBody(), 100)
        assert status == "503 Service Unavailable"
        assert "Much is being sent" in page
        login = {"username": "ann", "password": "?"}
        answer = client.post(LOGIN, login, REMOTE_ADDR="203.0.113.2")
        assert answer.status_code == HTTPStatus.OK  # the form again
    finally:
        body.is_gone.set()
        sender.join()
    assert statuses == ["403 Forbidden"]  # the body was empty


def test_a_visitor_sends_no_more_than_a_login(client: Client, db: None) -> None:
    page = client.post(LOGIN, {"username": "a" * 20_000})
    assert page.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_to_other_pages_is_not_read(settings: Any) -> None:
    body = SlowBody()
    assert post("/timeline/", body, 1_000)[0] == "405 Method Not Allowed"
    assert post("/api/v1/statements", body, 1_000)[0] == "405 Method Not Allowed"
    assert not body.is_read.is_set()


# --- health checks ---


@pytest.mark.django_db
def test_probes_are_answered_by_threads_of_their_own(settings: Any) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        settings.PROBE_PORT = listener.getsockname()[1]
    servers = [serve_probes(), serve_probes()]  # as two processes of a machine
    answers = {}
    for path in ("/healthz", "/readyz", "/"):
        asking = http.client.HTTPConnection("127.0.0.1", settings.PROBE_PORT, timeout=30)
        asking.request("GET", path)
        answers[path] = asking.getresponse().status
        asking.close()
    for server in servers:
        server.shutdown()
        server.server_close()
    assert answers == {"/healthz": 200, "/readyz": 200, "/": 404}
