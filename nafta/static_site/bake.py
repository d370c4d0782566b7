"""The whole site: from the front page wherever links lead, by as many processes as are wanted.

All of them read one snapshot of the database, so what is made is of one edition whatever is
published meanwhile. If something is, the site is made again from there.
"""

import datetime as dt
import gc
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from nafta.operations.page_cache import build
from nafta.static_site.output import Contents, Folder, Page
from nafta.static_site.render import NOWHERE, Made, Oven
from nafta.static_site.url_map import Site, place
from rounds.models import Edition
from rounds.publishing.states import load_present, publish_due

FIRST = ["/", "/robots.txt", "/sitemap.xml"]
BATCH = 8  # addresses that a process is given at once
WAITING = 4  # batches that wait for each process
AGAIN = 3  # times that a publication in between is followed

Told = Callable[[int, int], None]  # made so far, and known so far


@dataclass(slots=True)
class Report:
    """What a bake did."""

    pages: int = 0
    fresh: int = 0
    removed: int = 0
    gone: int = 0
    size: int = 0
    dead: list[tuple[str, int, str]] = field(default_factory=list)  # address, status, from where
    newer: bool = False  # something was published that is not in it


def bake(site: Site, folder: Folder, processes: int, told: Told) -> Report | None:
    """Make the site in ``folder`` what it is now; None if it is that already."""
    with folder.locked():
        before = folder.read()
        wanted = recipe(site)
        if before.recipe == wanted:
            return None
        with _processes(processes) as pool:
            for _time in range(AGAIN):
                report = _baked(site, folder, pool, told)
                report.newer = recipe(site) != folder.read().recipe
                if not report.newer:
                    break
        return report


def recipe(site: Site) -> str:
    """All that shapes the site: its edition, the day, the code, and where it is to stand."""
    publish_due(timezone.now())
    return f"{load_present().mark} {timezone.localdate()} {build()} {site.address} {site.live}"


def _made_at() -> dt.datetime:
    """When the edition began that the pages are of: the same however often they are made."""
    began = Edition.objects.values_list("raised_at", flat=True).first() or timezone.now()
    return began.astimezone(dt.UTC)


@contextmanager
def _processes(count: int) -> Iterator[Executor | None]:
    """Processes begun before this one holds anything that they must not share; None for one."""
    if count < 2:
        yield None
        return
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL only
    with ProcessPoolExecutor(count, mp_context=get_context("fork")) as pool:
        pool.submit(int).result()  # begins them all
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _baked(site: Site, folder: Folder, pool: Executor | None, told: Told) -> Report:
    wanted = recipe(site)
    before = folder.read()
    made_at = _made_at()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        if pool:
            oven: Any = (site, folder.new, before.fingerprints, made_at)
            ask = _Asked(lambda some: pool.submit(_in_process, snapshot, oven, some))
        else:
            own = Oven(site, folder.new, before.fingerprints, made_at)
            ask = _Asked(lambda some: _done(own.bake(some)))
        ask.follow([*FIRST, *_not_found()], told)
        was = [page.address for path, page in before.pages.items() if path not in ask.made]
        left = ask.once(was)
    return _stored(folder, before, wanted, ask, left)


def _not_found() -> list[str]:
    """Where the page stands that a host answers with where there is none, in each language."""
    own = settings.LANGUAGE_CODE
    return [NOWHERE if code == own else f"/{code}{NOWHERE}" for code, _name in settings.LANGUAGES]


def _stored(
    folder: Folder, before: Contents, wanted: str, ask: "_Asked", left: list[Made]
) -> Report:
    """Switch to what was made. What readers may have had and was taken back goes on saying so."""
    there = [made for made in ask.made.values() if made.status == 200]
    there += [made for made in left if made.status == 410 or _is_static(made)]
    pages = {}
    for made in there:
        files = made.files if made.fresh else before.pages[made.path].files
        gone = made.status == 410
        pages[made.path] = Page(made.address, made.fingerprint, files, made.size, gone)
    dead = [
        (made.address, made.status, ask.whence[made.path])
        for made in ask.made.values()
        if made.status != 200
    ]
    folder.switch(Contents(wanted, pages))
    return Report(
        pages=len(pages),
        fresh=sum(made.fresh for made in there),
        removed=len(before.pages.keys() - pages.keys()),
        gone=sum(page.gone for page in pages.values()),
        size=sum(page.size for page in pages.values()),
        dead=dead,
    )


def _is_static(made: Made) -> bool:
    """Kept, under names of their content: pages that somebody has open still ask for them."""
    return made.status == 200 and made.path.startswith(f"/{settings.STATIC_URL.strip('/')}/")


class _Asked:
    """Addresses given to the ovens, and what came of them."""

    def __init__(self, submit: Callable[[list[str]], "Future[list[Made]]"]) -> None:
        self.submit = submit
        self.made: dict[str, Made] = {}
        self.whence: dict[str, str] = {}  # which page led to a path first

    def follow(self, first: list[str], told: Told) -> None:
        """Make ``first`` and all that is linked from there."""
        waiting: deque[str] = deque()
        running: set[Future[list[Made]]] = set()
        self._found(first, "", waiting)
        while waiting or running:
            while waiting and len(running) < WAITING * 2:
                some = [waiting.popleft() for _one in range(min(BATCH, len(waiting)))]
                running.add(self.submit(some))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            made = [one for future in done for one in future.result()]
            for one in made:
                self.made[one.path] = one
                self.whence.setdefault(one.path, one.address)
            for one in made:
                self._found(one.links, one.address, waiting)
            told(len(self.made), len(self.whence))

    def once(self, addresses: list[str]) -> list[Made]:
        """Make these and follow nothing."""
        batches = [addresses[i : i + BATCH] for i in range(0, len(addresses), BATCH)]
        return [made for some in [self.submit(one) for one in batches] for made in some.result()]

    def _found(self, links: list[str], whence: str, waiting: deque[str]) -> None:
        for link in links:
            path = place(link)
            if path not in self.whence:
                self.whence[path] = whence
                waiting.append(link)


def _done(made: list[Made]) -> "Future[list[Made]]":
    future: Future[list[Made]] = Future()
    future.set_result(made)
    return future


# --- in a process of the pool ---

_own: dict[str, Oven] = {}  # by the snapshot that it reads


def _in_process(snapshot: str, oven: Any, addresses: list[str]) -> list[Made]:
    """Make files from ``snapshot``, which this process goes on reading until there is another."""
    if snapshot not in _own:
        _own.clear()
        connection.close()
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
        _own[snapshot] = Oven(*oven)
        made = _own[snapshot].bake(addresses)
        gc.freeze()  # what is there by now stays: looking through it for each page takes time
        return made
    return _own[snapshot].bake(addresses)
