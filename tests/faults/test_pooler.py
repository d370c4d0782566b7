"""PgBouncer between: transactions of all editors share a few sessions of the database."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.machines import EDITORS, Database, Pooler, Web
from tests.faults.people import PAGES, reading, saving, written

SAVES = 60


@pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed")
def test_transactions_share_sessions(
    database: Callable[..., Database], web: Callable[..., Web], folder: Path
) -> None:
    server = database("primary")
    pooler = Pooler(folder, server, sessions=EDITORS - 1).start()
    try:
        site = web(pooler.url, DATABASE_POOL="0")
        with saving(site, server) as saved, reading(site, PAGES) as readers:
            saved.reached(SAVES)
        found = written(server)
    finally:
        pooler.stop()
    lost = found.lost(saved)
    print(
        f"{EDITORS} editors and readers on {pooler.sessions} sessions: {len(saved.acknowledged)}"
        f" saves, {len(lost)} lost, {len(found.half)} half-written or under another's name;"
        f" {readers.asked} pages, {len(readers.refused)} refused"
    )
    assert (lost, found.half, readers.refused) == (set(), {}, [])
