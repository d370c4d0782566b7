"""The primary fails and a replica takes its place; before that, the replica lags."""

import time
from collections.abc import Callable
from http import HTTPStatus

from tests.faults.machines import Database, Web, wait_until
from tests.faults.people import ADD, PAGES, Editor, reading, saving, written

SAVES = 10


def test_a_replica_follows_and_takes_over(
    database: Callable[..., Database], web: Callable[..., Web]
) -> None:
    primary = database("primary")
    replica = database("replica", primary)
    with primary.connect() as connection:  # nothing is acknowledged that one machine alone has
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        connection.execute("SELECT pg_reload_conf()")
    both = f"host=127.0.0.1,127.0.0.1&port={primary.port},{replica.port}"
    site = web(
        f"postgresql://postgres@/nafta?{both}&target_session_attrs=read-write",
        DATABASE_REPLICA_URLS=replica.url,
    )
    editor = Editor(site, primary)
    assert editor.enters("first").stored
    ((pk,),) = primary.rows("SELECT id FROM rounds_statement WHERE slug = 'first'")

    # The replica lags: an editor sees their own save all the same.
    replica.rows("SELECT pg_wal_replay_pause()")
    older = 0
    for number in range(SAVES):
        summary = f"Version {number} of the first."
        assert editor.corrects(pk, summary).stored
        page = editor.visitor.get("/statements/first/")
        older += summary not in page.text
        assert site.get("/timeline/").status == HTTPStatus.OK
    behind = summary not in site.get("/statements/first/").text
    replica.rows("SELECT pg_wal_replay_resume()")
    wait_until(lambda: summary in site.get("/statements/first/").text, "the replica stays behind")

    # The primary fails, in the midst of saves.
    pages = [*PAGES, "/statements/first/"]
    with reading(site, pages) as readers, saving(site, primary) as saved:
        saved.reached(SAVES)
        primary.kill()
        refused = editor.visitor.post(ADD, editor.fields)
        assert refused.status == HTTPStatus.SERVICE_UNAVAILABLE
        before = len(saved.acknowledged)
        replica.rows("SELECT pg_promote()")  # the one step
        began = time.monotonic()
        saved.reached(before + 1)
        took = time.monotonic() - began
        saved.reached(before + SAVES)
    found = written(replica)
    lost = found.lost(saved)
    print(
        f"{SAVES} saves while the replica stood still: {older} pages older than the editor's own"
        f" save; {readers.asked} pages asked for over the failure, {len(readers.refused)} refused;"
        f" a save was stored {took:.1f} s after pg_promote(); {len(saved.acknowledged)} saves"
        f" acknowledged, {len(lost)} lost, {len(found.half)} half-written"
    )
    assert behind, "the replica did not lag"
    assert (older, readers.refused, lost, found.half) == (0, [], set(), {})
