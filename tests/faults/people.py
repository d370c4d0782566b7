"""Who is at the site while it breaks: an editor who saves, readers who ask without a pause."""

import itertools
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

import psycopg

from tests.faults.machines import EDITORS, Answer, Database, Web, wait_until
from tests.forms import read_form

ADD = "/admin/rounds/statement/add/"
PAGES = ["/", "/timeline/", "/issues/", "/rounds/", "/parties/ca/", "/fr/issues/", "/deadlines/"]


def seconds(default: float) -> float:
    """How long a fault lasts: FAULT_SECONDS."""
    return float(os.environ.get("FAULT_SECONDS", default))


class Editor:
    """Enters statements and publishes them, as a browser would."""

    def __init__(self, web: Web, database: Database, number: int = 0) -> None:
        self.visitor = web.visitor(editor=number)
        names = {
            table: [row[0] for row in database.rows(f"SELECT id FROM {table} ORDER BY id LIMIT 2")]
            for table in ("rounds_party", "rounds_person", "rounds_source")
        }
        self.fields = self._form(ADD) | {
            "dates_0": "2018-05-03",
            "source": names["rounds_source"][0],
            "other_sources": names["rounds_source"][1:],
            "speakers": names["rounds_person"][:1],
            "parties": names["rounds_party"],
            "state": "published",
        }

    def enters(self, slug: str) -> Answer:
        summary = f"What {slug} says."
        return self.visitor.post(ADD, self.fields | {"slug": slug, "summary": summary})

    def corrects(self, pk: int, summary: str) -> Answer:
        page = f"/admin/rounds/statement/{pk}/change/"
        return self.visitor.post(
            page, self._form(page) | {"summary": summary, "correction": "It was said otherwise."}
        )

    def _form(self, page: str) -> dict[str, object]:
        answer = self.visitor.get(page)
        assert answer.status == HTTPStatus.OK, answer.text
        fields = read_form(answer.text).fields
        return {name: value for name, value in fields.items() if "__prefix__" not in name}


@dataclass
class Saved:
    """The keys of the statements that were sent, and of those that were said to be stored."""

    tried: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

    def reached(self, number: int) -> None:
        wait_until(lambda: len(self.acknowledged) >= number, "no save is stored", 600)


@contextmanager
def saving(web: Web, database: Database) -> Iterator[Saved]:
    """Editors who enter one statement after another for as long as the block lasts.

    The key of each begins with the number of its editor.
    """
    saved, done, lock = Saved(), threading.Event(), threading.Lock()
    editors = [Editor(web, database, number) for number in range(EDITORS)]

    def save(number: int) -> None:
        while not done.is_set():
            with lock:
                slug = f"{number}-saved-{len(saved.tried)}"
                saved.tried.append(slug)
            if is_stored(editors[number], slug):
                with lock:
                    saved.acknowledged.add(slug)
            else:
                done.wait(0.1)

    with ThreadPoolExecutor(EDITORS) as pool:
        running = [pool.submit(save, number) for number in range(EDITORS)]
        try:
            yield saved
        finally:
            done.set()
        for one in running:
            one.result()


# Of each statement: what was typed in lists, what search finds, the history of all of it, and who
# that says has typed it.
WRITTEN = """
    SELECT slug,
        (SELECT count(*) FROM rounds_statement_parties WHERE statement_id = s.id),
        (SELECT count(*) FROM rounds_statement_speakers WHERE statement_id = s.id),
        (SELECT count(*) FROM rounds_statement_other_sources WHERE statement_id = s.id),
        (SELECT count(*) FROM nafta_entry WHERE kind = 'statement' AND key = s.slug),
        (SELECT count(*) FROM rounds_statementpartiesevent WHERE statement_id = s.id),
        (SELECT count(*) FROM rounds_statementspeakersevent WHERE statement_id = s.id),
        (SELECT count(*) FROM rounds_statementothersourcesevent WHERE statement_id = s.id),
        (SELECT array_agg(DISTINCT username) FROM rounds_statementevent AS event
            LEFT JOIN auth_user AS editor ON editor.id = (pgh_context ->> 'user')::int
            WHERE pgh_obj_id = s.id)
    FROM rounds_statement s WHERE slug ~ '^[0-9]-saved-'"""


@dataclass
class Written:
    """What the database holds of all that was sent."""

    stored: set[str]
    half: dict[str, list[Any]]

    def lost(self, saved: Saved) -> set[str]:
        return saved.acknowledged - self.stored


def written(database: Database) -> Written:
    found = {slug: counts for slug, *counts in database.rows(WRITTEN)}
    half = {
        slug: counts
        for slug, counts in found.items()
        if counts != [2, 1, 1, 1, 2, 1, 1, [f"editor-{slug[0]}"]]
    }
    return Written(set(found), half)


@dataclass
class Readers:
    """How often they asked, and every answer that was no page."""

    asked: int = 0
    refused: list[str] = field(default_factory=list)
    longest: float = 0.0


@contextmanager
def reading(web: Web, pages: list[str], people: int = 4) -> Iterator[Readers]:
    """Readers who ask for one page after another for as long as the block lasts."""
    seen, done, lock = Readers(), threading.Event(), threading.Lock()

    def read(first: int) -> None:
        visitor = web.visitor()
        for number in itertools.count(first):
            if done.is_set():
                break
            page = pages[number % len(pages)]
            began = time.monotonic()
            try:
                status = str(visitor.get(page).status)
            except (OSError, HTTPException) as error:
                status = repr(error)
            with lock:
                seen.asked += 1
                seen.longest = max(seen.longest, time.monotonic() - began)
                if status != "200":
                    seen.refused.append(f"{page}: {status}")
        visitor.close()

    threads = [threading.Thread(target=read, args=(place,)) for place in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        done.set()
        for thread in threads:
            thread.join()


def kept(web: Web, pages: list[str], times: int = 30) -> None:
    """Ask until every process has kept every page."""
    for page in pages * times:
        assert web.get(page).status == HTTPStatus.OK


def is_stored(editor: Editor, slug: str) -> bool:
    with suppress(OSError, HTTPException):
        return editor.enters(slug).stored
    return False


@contextmanager
def locked(server: Database, sql: str) -> Iterator[None]:
    """Hold the locks that ``sql`` takes for as long as the block lasts."""
    with psycopg.connect(server.url) as session:
        session.execute(sql)
        yield
        session.rollback()
