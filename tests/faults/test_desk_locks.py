"""Locks under a save of the desk: readers notice nothing, and an editor is told what was stored."""

import threading
import time
from collections.abc import Callable
from http import HTTPStatus

import pytest

from tests.faults.machines import Answer, Database, Visitor, Web
from tests.faults.people import PAGES, Editor, kept, locked, reading, written
from tests.forms import read_form

DESK_SECONDS = 8  # of this site: a save waits half as long for a lock
SHORT_SECONDS, LONG_SECONDS = 1.5, 15.0  # for which a lock is held
SLOWEST_SECONDS = 5.0
LOCKS = {
    "edition": "LOCK TABLE rounds_edition IN ACCESS EXCLUSIVE MODE",
    "timetable": "LOCK TABLE rounds_due IN ACCESS EXCLUSIVE MODE",
    "statements": "LOCK TABLE rounds_statement IN ACCESS EXCLUSIVE MODE",
    "row": "SELECT FROM rounds_round WHERE id = {round} FOR UPDATE",
}
SAVED = "0-saved-under-a-lock"


class RoundDesk:
    """The desk of a round in an editor's browser, with a statement typed into it."""

    def __init__(self, visitor: Visitor, server: Database) -> None:
        self.visitor = visitor
        ((self.round, source, person),) = server.rows(
            "SELECT (SELECT min(id) FROM rounds_round),"
            " (SELECT slug FROM rounds_source ORDER BY id LIMIT 1),"
            " (SELECT slug FROM rounds_person ORDER BY id LIMIT 1)"
        )
        self.page = f"/admin/rounds/round/{self.round}/desk/"
        shown = read_form(visitor.get(self.page).text).fields
        self.fields = {name: value for name, value in shown.items() if "__prefix__" not in name}
        self.typed = {"q-0-source": source, "s-0-speakers": person}

    def enters(self, summary: str) -> Answer:
        typed = self.typed | {"s-0-summary": summary, "action": "draft"}
        return self.visitor.post(self.page, self.fields | typed)


class Save(threading.Thread):
    """A save that is sent while something is locked; how long it took, and what it was told."""

    def __init__(self, send: Callable[[], Answer]) -> None:
        super().__init__()
        self.send = send
        self.start()

    def run(self) -> None:
        began = time.monotonic()
        self.answer = self.send()
        self.took = time.monotonic() - began

    def is_refused_in_words(self) -> bool:
        words = {
            HTTPStatus.SERVICE_UNAVAILABLE: "Nothing of it was stored",
            HTTPStatus.CONFLICT: "Nothing is stored: try again",
        }
        return words.get(HTTPStatus(self.answer.status), "no such answer") in self.answer.text


@pytest.mark.parametrize("held", [SHORT_SECONDS, LONG_SECONDS], ids=["short", "long"])
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_under_the_desk(
    database: Callable[..., Database], web: Callable[..., Web], lock: str, held: float
) -> None:
    server = database("primary")
    site = web(server.url, DESK_SECONDS=str(DESK_SECONDS))
    editor, desk = Editor(site, server), RoundDesk(site.visitor(editor=1), server)
    kept(site, PAGES)
    with reading(site, PAGES) as readers:
        with locked(server, LOCKS[lock].format(round=desk.round)):
            saves = {
                "form": Save(lambda: editor.enters(SAVED)),
                "desk": Save(lambda: desk.enters("Said under a lock.")),
            }
            time.sleep(held)
        for save in saves.values():
            save.join()
    again = {
        "form": lambda: editor.enters(SAVED),
        "desk": lambda: desk.enters("Said under a lock."),
    }
    for name, save in saves.items():
        print(
            f"{lock}, {held} s, {name}: {save.answer.status} after {save.took:.1f} s,"
            f" {'stored' if save.answer.stored else 'refused'}"
        )
        assert save.answer.stored or save.is_refused_in_words()
        assert save.answer.stored or again[name]().stored
    print(
        f"{lock}, {held} s: {readers.asked} pages asked for, {len(readers.refused)} refused, the"
        f" slowest took {readers.longest:.2f} s"
    )
    rows = server.rows("SELECT count(*) FROM rounds_statement WHERE summary = 'Said under a lock.'")
    outcome = written(server)
    assert (outcome.stored, outcome.half, rows) == ({SAVED}, {}, [(1,)])
    assert readers.refused == []
    assert readers.longest < SLOWEST_SECONDS
    if held == SHORT_SECONDS:
        assert all(save.answer.stored for save in saves.values())
    elif lock == "row":  # the form comes back
        assert saves["desk"].answer.status == HTTPStatus.CONFLICT
        assert "Said under a lock." in saves["desk"].answer.text
