"""Nothing acknowledged is lost and nothing is half-written, whatever is killed and when."""

import os
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException

from tests.faults.machines import Database, Web, kill, wait_until
from tests.faults.people import Editor

SAVES = int(os.environ.get("FAULT_SAVES", "60"))  # 500 for the whole of it
EDITORS = 3
# Of each statement: what was typed in lists, what search finds, and the history of all of it.
WRITTEN = """
    SELECT slug,
        (SELECT count(*) FROM rounds_statement_parties WHERE statement_id = s.id),
        (SELECT count(*) FROM rounds_statement_speakers WHERE statement_id = s.id),
        (SELECT count(*) FROM rounds_statement_other_sources WHERE statement_id = s.id),
        (SELECT count(*) FROM nafta_entry WHERE kind = 'statement' AND key = s.slug),
        (SELECT count(*) > 0 FROM rounds_statementevent
            WHERE pgh_obj_id = s.id AND state = 'published' AND pgh_context IS NOT NULL),
        (SELECT count(*) FROM rounds_statementpartiesevent WHERE statement_id = s.id),
        (SELECT count(*) FROM rounds_statementspeakersevent WHERE statement_id = s.id),
        (SELECT count(*) FROM rounds_statementothersourcesevent WHERE statement_id = s.id)
    FROM rounds_statement s WHERE starts_with(slug, 'kill-')"""
WHOLE = (2, 1, 1, 1, True, 2, 1, 1)


def test_what_was_acknowledged_survives_any_kill(
    database: Callable[..., Database], web: Callable[..., Web], chance: random.Random
) -> None:
    server = database("primary")
    site = web(server.url)
    acknowledged: set[str] = set()
    tries: list[str] = []
    lock = threading.Lock()
    stop = threading.Event()

    def save(number: int) -> None:
        editor = Editor(site, server)
        while not stop.is_set():
            with lock:
                slug = f"kill-{number}-{len(tries)}"
                tries.append(slug)
            try:
                stored = editor.enters(slug).stored
            except (OSError, HTTPException):
                continue
            if stored:
                with lock:
                    acknowledged.add(slug)

    def reached(number: int) -> bool:
        return len(acknowledged) >= number

    moments = sorted(chance.sample(range(1, SAVES), max(3, SAVES // 20)))
    killed: list[str] = []
    with ThreadPoolExecutor(EDITORS) as pool:
        saving = [pool.submit(save, number) for number in range(EDITORS)]
        try:
            for moment in moments:
                wait_until(partial(reached, moment), "no save is stored", 120)
                stop.wait(chance.random() / 2)
                killed.append(chance.choice(("a web process", "all of the web", "the database")))
                if killed[-1] == "the database":
                    server.kill()
                    server.start()
                elif killed[-1] == "all of the web":
                    site.kill()
                    site.start()
                else:
                    kill(chance.choice(site.processes()).pid)
            wait_until(partial(reached, SAVES), "no save is stored", 600)
        finally:
            stop.set()
        for one in saving:
            one.result()
    server.kill()
    server.start()
    stored = {slug: tuple(counts) for slug, *counts in server.rows(WRITTEN)}
    lost = acknowledged - stored.keys()
    half = {slug: counts for slug, counts in stored.items() if counts != WHOLE}
    kinds = {kind: killed.count(kind) for kind in sorted(set(killed))}
    print(
        f"{len(acknowledged)} saves acknowledged of {len(tries)} tried, killed {kinds}:"
        f" {len(lost)} lost, {len(half)} half-written"
    )
    assert (lost, half) == (set(), {})
