"""What happens at every request: pages are read, and nothing else."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

METHODS = ["post", "put", "patch", "delete", "trace", "options"]
PUBLIC = ["/", "/fr/timeline/", "/feed/", "/calendar.ics", "/data/record.zip", "/sitemap.xml"]


@pytest.mark.parametrize("method", METHODS)
def test_the_public_site_is_only_read(client: Client, db: None, method: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        answers = [getattr(client, method)(path) for path in PUBLIC]
    assert len(captured) == 0
    expected = 204 if method == "options" else 405
    assert {(one.status_code, one["Allow"]) for one in answers} == {
        (expected, "GET, HEAD, OPTIONS")
    }


def test_who_asks_only_for_the_head_gets_it(client: Client, world: SimpleNamespace) -> None:
    for path in PUBLIC:
        assert client.head(path).status_code == 200
        assert client.head(path).content == b""


def test_the_desk_takes_what_is_sent(client: Client, db: None) -> None:
    answer = client.post("/admin/login/", {"username": "nobody", "password": "nothing"})
    assert answer.status_code == 200
    assert client.post("/fr/admin/rounds/round/add/").status_code == 403  # with the login
