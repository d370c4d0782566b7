"""Nothing acknowledged is lost and nothing is half-written, whatever is killed and when."""

import os
import random
import time
from collections.abc import Callable

from tests.faults.machines import Database, Web, kill
from tests.faults.people import saving, written

SAVES = int(os.environ.get("FAULT_SAVES", "60"))  # 500 for the whole of it


def test_what_was_acknowledged_survives_any_kill(
    database: Callable[..., Database], web: Callable[..., Web], chance: random.Random
) -> None:
    server = database("primary")
    site = web(server.url)
    moments = sorted(chance.sample(range(1, SAVES), max(3, SAVES // 20)))
    killed: list[str] = []
    with saving(site, server) as saved:
        for moment in moments:
            saved.reached(moment)
            time.sleep(chance.random() / 2)
            killed.append(chance.choice(("a web process", "all of the web", "the database")))
            if killed[-1] == "the database":
                server.kill()
                server.start()
            elif killed[-1] == "all of the web":
                site.kill()
            else:
                kill(chance.choice(site.processes()).pid)
        saved.reached(SAVES)
    server.kill()
    server.start()
    found = written(server)
    lost = found.lost(saved)
    kinds = {kind: killed.count(kind) for kind in sorted(set(killed))}
    print(
        f"{len(saved.acknowledged)} saves acknowledged of {len(saved.tried)} tried, killed {kinds}:"
        f" {len(lost)} lost, {len(found.half)} half-written"
    )
    assert (lost, found.half) == (set(), {})
