"""PgBouncer between: transactions of all editors share a few sessions of the database."""

import shutil
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.faults.machines import EDITORS, Database, Pooler, Web
from tests.faults.people import PAGES, kept, locked, reading, saving, seconds, written

SAVES = 60
ROLE_LIMITS = {  # as docs/production.md says
    "statement_timeout": "10s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "60s",
}
SLOWEST_SECONDS = 8.0  # a page may wait for a session in which another one waits for the lock
SHOW = """
from django.db import connection
cursor = connection.cursor()
for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
    cursor.execute("SELECT current_setting(%s)", [name])
    print(cursor.fetchone()[0])
"""

pytestmark = pytest.mark.skipif(
    shutil.which("pgbouncer") is None, reason="pgbouncer is not installed"
)


@pytest.fixture
def server(database: Callable[..., Database]) -> Database:
    return database("primary")


@pytest.fixture
def pooler(server: Database, folder: Path) -> Iterator[Pooler]:
    pooler = Pooler(folder, server, sessions=EDITORS - 1).start()
    yield pooler
    pooler.stop()


def test_transactions_share_sessions(
    server: Database, pooler: Pooler, web: Callable[..., Web]
) -> None:
    site = web(pooler.url, DATABASE_POOL="0")
    with saving(site, server) as saved, reading(site, PAGES) as readers:
        saved.reached(SAVES)
    found = written(server)
    lost = found.lost(saved)
    print(
        f"{EDITORS} editors and readers on {pooler.sessions} sessions: {len(saved.acknowledged)}"
        f" saves, {len(lost)} lost, {len(found.half)} half-written or under another's name;"
        f" {readers.asked} pages, {len(readers.refused)} refused"
    )
    assert (lost, found.half, readers.refused) == (set(), {}, [])


@pytest.fixture
def limited(server: Database) -> Database:
    """The server with limits of its role, which sessions have that begin from now on."""
    with server.connect() as connection:
        for name, value in ROLE_LIMITS.items():
            connection.execute(f"ALTER ROLE postgres SET {name} = '{value}'")
    return server


@pytest.mark.usefixtures("limited", "pooler")  # in this order
def test_the_role_has_the_limits(server: Database, pooler: Pooler, web: Callable[..., Web]) -> None:
    site = web(pooler.url, DATABASE_POOL="0")
    kept(site, PAGES)
    edition = locked(server, "LOCK TABLE rounds_edition IN ACCESS EXCLUSIVE MODE")
    with reading(site, PAGES) as readers, edition:
        time.sleep(seconds(10))
    with locked(server, "LOCK TABLE rounds_statement IN ACCESS EXCLUSIVE MODE"):
        began = time.monotonic()
        refused = site.get("/timeline/?year=2017&kind=statement")
        took = time.monotonic() - began
    print(
        f"{readers.asked} pages, {len(readers.refused)} refused, the slowest took"
        f" {readers.longest:.2f} s; a page of a locked table: {refused.status} in {took:.2f} s"
    )
    assert readers.refused == []
    assert readers.longest < SLOWEST_SECONDS
    assert refused.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert "This took longer than it may" in refused.text
    assert took < SLOWEST_SECONDS
    assert site.get("/timeline/?year=2017&kind=statement").status == HTTPStatus.OK

    # commands go to the server itself, and are given back the time that they need
    options = " ".join(f"-c {name}=0" for name in ROLE_LIMITS)
    command = Web({"DATABASE_URL": server.url, "PGOPTIONS": options})
    assert command.manage("shell", "--verbosity=0", "-c", SHOW).split() == ["0"] * 3
    assert Web({"DATABASE_URL": server.url}).manage(
        "shell", "--verbosity=0", "-c", SHOW
    ).split() == ["10s", "2s", "1min"]
