"""The primary fails and a replica takes its place; before that, the replica lags."""

import time
from collections.abc import Callable
from http import HTTPStatus

from tests.faults.machines import Database, Web, wait_until
from tests.faults.people import PAGES, Editor, is_stored, reading

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
    acknowledged = [slug for slug in ("first", "second") if editor.enters(slug).stored]
    assert len(acknowledged) == 2
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

    # The primary fails.
    with reading(site, [*PAGES, "/statements/first/"]) as readers:
        primary.kill()
        refused = editor.visitor.post("/admin/rounds/statement/add/", editor.fields)
        assert refused.status == HTTPStatus.SERVICE_UNAVAILABLE
        replica.rows("SELECT pg_promote()")  # the one step
        began = time.monotonic()
        wait_until(lambda: is_stored(editor, "after"), "nothing can be stored")
        took = time.monotonic() - began
        wait_until(lambda: site.get("/statements/after/").status == 200, "no page")
    stored = {slug for (slug,) in replica.rows("SELECT slug FROM rounds_statement")}
    lost = {*acknowledged, "after"} - stored
    print(
        f"{SAVES} saves while the replica stood still: {older} pages older than the editor's own"
        f" save; {readers.asked} pages asked for over the failure, {len(readers.refused)} refused;"
        f" a save was stored {took:.1f} s after pg_promote(); {len(lost)} lost"
    )
    assert behind, "the replica did not lag"
    assert (older, readers.refused, lost) == (0, [], set())
