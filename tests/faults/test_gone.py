"""The database is gone: readers get what is kept, editors are told, and all heals by itself."""

import time
from collections.abc import Callable
from http import HTTPStatus

from tests.faults.machines import Database, Web, wait_until
from tests.faults.people import ADD, PAGES, Editor, is_stored, kept, reading, seconds

HEALED = 10  # seconds


def test_readers_go_on_while_the_database_is_gone(
    database: Callable[..., Database], web: Callable[..., Web]
) -> None:
    server = database("primary")
    site = web(server.url)
    editor = Editor(site, server)
    kept(site, PAGES)
    refusals, waits = 0, []
    with reading(site, PAGES) as readers:
        server.kill()
        end = time.monotonic() + seconds(10)
        while time.monotonic() < end:
            began = time.monotonic()
            refused = editor.visitor.post(ADD, editor.fields | {"slug": "gone", "summary": "No."})
            waits.append(time.monotonic() - began)
            assert refused.status == HTTPStatus.SERVICE_UNAVAILABLE
            assert "What you sent was not stored" in refused.text
            assert "retry-after" in refused.headers
            refusals += 1
            unkept = editor.visitor.get(f"/search/?q=unkept-{refusals}")
            assert unkept.status == HTTPStatus.SERVICE_UNAVAILABLE
            assert "does not answer" in unkept.text
        server.start()
        began = time.monotonic()
        wait_until(lambda: is_stored(editor, "healed"), "nothing can be stored again")
        healed = time.monotonic() - began
        wait_until(lambda: site.get("/statements/healed/").status == 200, "no page")
    print(
        f"{readers.asked} pages asked for, {len(readers.refused)} refused, the longest took"
        f" {readers.longest:.1f} s; {refusals} saves refused in words, in {max(waits):.1f} s"
        f" at most; healed {healed:.1f} s after the database was back"
    )
    assert readers.refused == []
    assert healed < HEALED
