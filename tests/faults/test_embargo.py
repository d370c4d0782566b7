"""An embargo ends while what is due is locked, read-only or gone: readers notice nothing of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.faults.machines import Database, Web, wait_until
from tests.faults.people import ADD, PAGES, Editor, kept, locked, reading, seconds

ROW = "SELECT FROM rounds_statement WHERE slug = 'due' FOR"
LOCKS = {
    "nothing": "SELECT 1",
    "row FOR UPDATE": f"{ROW} UPDATE",
    "row FOR KEY SHARE": f"{ROW} KEY SHARE",
    "table EXCLUSIVE": "LOCK TABLE rounds_statement IN EXCLUSIVE MODE",
    "table ACCESS EXCLUSIVE": "LOCK TABLE rounds_statement IN ACCESS EXCLUSIVE MODE",
    "edition": "SELECT FROM rounds_edition FOR UPDATE",
    "index of search": "SELECT pg_advisory_xact_lock(7353, s) FROM generate_series(0, 1023) s",
}
LEAD_SECONDS = 2  # from the scheduling to the time, in which the fault begins
SLOWEST_SECONDS = 5.0  # half as long as a fault lasts; a page may wait three for a lost server
HEALED_SECONDS = 12.0  # longer than the longest pause of the thread


@contextmanager
def read_only(server: Database) -> Iterator[None]:
    with server.connect() as session:
        session.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        session.execute("SELECT pg_reload_conf()")
        yield
        session.execute("ALTER SYSTEM RESET default_transaction_read_only")
        session.execute("SELECT pg_reload_conf()")


@contextmanager
def gone(server: Database) -> Iterator[None]:
    server.kill()
    yield
    server.start()


@pytest.mark.parametrize("fault", [*LOCKS, "read-only", "gone"])
def test_an_embargo_holds_up_nobody(
    database: Callable[..., Database], web: Callable[..., Web], fault: str
) -> None:
    server = database("primary")
    site = web(server.url)
    editor = Editor(site, server)
    editor.visitor.post(ADD, editor.fields | {"slug": "due", "summary": "Due.", "state": "draft"})
    kept(site, PAGES)
    unread = [f"/search/?q=unread-{number}" for number in range(200)]
    pages = PAGES if fault in {"table ACCESS EXCLUSIVE", "gone"} else [*PAGES, *unread]
    server.rows(
        "UPDATE rounds_statement SET state = 'ready', publish_at = clock_timestamp()"
        f" + interval '{LEAD_SECONDS} s' WHERE slug = 'due' RETURNING 1"
    )
    due = time.monotonic() + LEAD_SECONDS
    faults = {"read-only": read_only(server), "gone": gone(server)}
    with reading(site, pages) as readers:
        if fault != "nothing":
            with faults.get(fault) or locked(server, LOCKS[fault]):
                time.sleep(LEAD_SECONDS + seconds(10))
        healed = due if fault == "nothing" else time.monotonic()
        wait_until(lambda: site.get("/statements/due/").status == 200, "it does not go out")
        out = time.monotonic() - healed
    print(
        f"{fault}: {readers.asked} pages asked for, {len(readers.refused)} refused, the slowest"
        f" took {readers.longest:.2f} s; it went out {out:.2f} s after its time or the end of the"
        " fault"
    )
    assert readers.refused == []
    assert readers.longest < SLOWEST_SECONDS
    assert out < HEALED_SECONDS
