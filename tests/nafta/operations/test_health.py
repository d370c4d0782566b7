"""What a load balancer and an alarm ask."""

from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from nafta.operations import health

# As a load balancer asks: no name of the site, no HTTPS.
PLAIN: dict[str, Any] = {"headers": {"host": "10.0.0.7:8000"}}


@pytest.fixture(autouse=True)
def _https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True


def test_a_process_that_lives_says_so_and_asks_nobody(client: Client) -> None:
    answer = client.get("/healthz", **PLAIN)  # no database here: pytest-django would refuse it
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/healthz/").status_code != 200


def test_ready_is_what_has_all_that_it_needs(client: Client, db: None) -> None:
    answer = client.get("/readyz", **PLAIN)
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": {}})
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_what_is_not_there_is_named(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: Any, **_kwargs: Any) -> None:
        raise ConnectionError("redis://user:hushhush@cache")

    newer = health._migrations() | {("nafta", "9999_newer"), ("rounds", "9999_newer")}
    monkeypatch.setattr(health, "_migrations", lambda: newer)
    answer = client.get("/readyz", **PLAIN)
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "missing": {"migrations": "2 not applied"}}

    monkeypatch.setattr(caches["default"], "set", gone)
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    answer = client.get("/readyz", **PLAIN)
    assert answer.status_code == 503
    missing = {"database": "does not answer", "cache": "does not answer"}
    assert answer.json() == {"ready": False, "missing": missing}
    assert client.get("/healthz", **PLAIN).status_code == 200


def test_an_empty_database_is_not_ready(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "postgres")
    answer = client.get("/readyz", **PLAIN)
    assert answer.status_code == 503
    assert answer.json()["missing"] == {"migrations": f"{len(health._migrations())} not applied"}
