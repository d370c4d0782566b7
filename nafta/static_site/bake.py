"""Bake the static site: crawl it from the front page on, in several processes.

All processes read one snapshot of the database, so all files are of one edition. If something is
published while the bake runs, it is repeated: only what has changed is written again. A page that
cannot be rendered ends the bake before anything has changed.
"""

import datetime as dt
import gc
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from pathlib import Path

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nafta.operations.due_publisher import attempt_publication
from nafta.operations.page_cache import code_version
from nafta.static_site.output import Manifest, OutputFolder, StoredFile
from nafta.static_site.render import NOT_FOUND_URL, RenderedFile, Renderer
from nafta.static_site.url_map import StaticSite, file_path
from rounds.models import Edition
from rounds.publishing.states import load_present

START_URLS = ["/", "/robots.txt", "/sitemap.xml"]
BATCH_SIZE = 8  # URLs that a process gets at once
MAX_RUNNING_BATCHES = 8
MAX_ATTEMPTS = 3  # bakes in a row, if something is published during each
# What a linked page may answer: the page, or that it is elsewhere or not in the record. Any other
# status says nothing about the record, so it must not remove a page from the site.
LINKED_STATUSES = {200, 301, 302, 404, 410}
# No page links to these now: 400, as they may name a round that was renamed.
UNLINKED_STATUSES = LINKED_STATUSES | {400}
SNAPSHOT_TRANSACTION = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# A snapshot is kept for the whole bake, most of it idle, but not when the bake was killed while a
# query waits for a lock: the server looks each second whether anybody reads the answer.
SNAPSHOT_LIMITS = """
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL client_connection_check_interval = '1s'"""

RendererArguments = tuple[StaticSite, Path, dict[str, str], dt.datetime]
ReportProgress = Callable[[int, int], None]  # number of URLs rendered, and of URLs known


@dataclass(slots=True)
class BakeReport:
    """The numbers of a bake."""

    pages: int = 0
    fresh: int = 0  # written, since they have changed
    removed: int = 0
    gone: int = 0  # unpublished: a page says so (410)
    size: int = 0  # bytes, uncompressed
    dead: list[tuple[str, int, str]] = field(default_factory=list)  # URL, status, linked from
    newer: bool = False  # something was published that is not in it


class BakeError(Exception):
    """A bake ended before it was complete, and the folder stays as it was.

    ``failed`` has the pages that could not be rendered: URL, reason, and linked from.
    """

    def __init__(self, reason: str, failed: list[tuple[str, str, str]] | None = None) -> None:
        super().__init__(reason)
        self.failed = failed or []


def bake(
    site: StaticSite, folder: OutputFolder, processes: int, progress: ReportProgress
) -> BakeReport | None:
    """Update the static site in ``folder``; None if it is up to date.

    Raises ``FolderError`` and ``BakeError``.
    """
    with folder.locked():
        if folder.read().recipe == recipe(site):
            return None
        try:
            with _processes(processes) as pool:
                for _attempt in range(MAX_ATTEMPTS):
                    report = _bake_once(site, folder, pool, progress)
                    report.newer = recipe(site) != folder.read().recipe
                    if not report.newer:
                        break
        except (AnyDatabaseError, BrokenExecutor, OSError) as error:
            raise BakeError(str(error)) from error
        return report


def recipe(site: StaticSite) -> str:
    """All that the files depend on: the edition, the day, the code, and the hosts."""
    attempt_publication()
    return (
        f"{load_present().mark} {timezone.localdate()} {code_version()} {site.address} {site.live}"
    )


def _edition_time() -> dt.datetime:
    """The time of the edition. Files name it, not the present, so a second bake changes none."""
    began = Edition.objects.values_list("raised_at", flat=True).first() or timezone.now()
    return began.astimezone(dt.UTC)


@contextmanager
def _processes(count: int) -> Iterator[Executor | None]:
    """A pool of processes, or None for a single one.

    They are forked before this process opens a connection, which they must not share, and end when
    it ends.
    """
    if count < 2:
        yield None
        return
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL only
    context = get_context("fork")
    with ProcessPoolExecutor(count, context, initializer=_end_with_parent) as pool:
        pool.submit(int).result()  # starts all of them
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _bake_once(
    site: StaticSite, folder: OutputFolder, pool: Executor | None, progress: ReportProgress
) -> BakeReport:
    wanted = recipe(site)
    before = folder.read()
    made_at = _edition_time()
    edition = folder.begin()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SNAPSHOT_TRANSACTION)
        cursor.execute(SNAPSHOT_LIMITS)
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        if pool:
            arguments = (site, edition, before.fingerprints, made_at)
            crawl = Crawl(lambda batch: pool.submit(_in_process, snapshot, arguments, batch))
        else:
            renderer = Renderer(site, edition, before.fingerprints, made_at)
            crawl = Crawl(lambda batch: _completed(renderer.render(batch)))
        crawl.follow([*START_URLS, *_not_found_urls()], progress)
        old = [page.address for path, page in before.pages.items() if path not in crawl.rendered]
        unlinked = crawl.render(old)
    return _store(folder, edition, wanted, crawl, unlinked)


def _not_found_urls() -> list[str]:
    """The page in each language that a host sends for an unknown URL."""
    original = settings.LANGUAGE_CODE
    return [
        NOT_FOUND_URL if code == original else f"/{code}{NOT_FOUND_URL}"
        for code, _name in settings.LANGUAGES
    ]


def _store(
    folder: OutputFolder,
    edition: Path,
    wanted: str,
    crawl: "Crawl",
    unlinked: list[RenderedFile],
) -> BakeReport:
    """Switch the folder to the files in ``edition`` and those that have not changed.

    ``unlinked`` has the URLs of the last bake that no page links to now. Of these, the pages of
    unpublished records stay, to say so (410), and static files.
    """
    before = folder.read()
    kept = [page for page in crawl.rendered.values() if page.status == 200]
    kept += [page for page in unlinked if page.status == 410 or _is_static(page)]
    pages = {}
    for page in kept:
        files = page.files if page.fresh else before.pages[page.path].files
        gone = page.status == 410
        pages[page.path] = StoredFile(page.address, page.fingerprint, files, page.size, gone)
    dead = [
        (page.address, page.status, crawl.linked_from[page.path])
        for page in crawl.rendered.values()
        if page.status != 200
    ]
    folder.switch(edition, Manifest(wanted, pages))
    return BakeReport(
        pages=len(pages),
        fresh=sum(page.fresh for page in kept),
        removed=len(before.pages.keys() - pages.keys()),
        gone=sum(page.gone for page in pages.values()),
        size=sum(page.size for page in pages.values()),
        dead=dead,
    )


def _is_static(page: RenderedFile) -> bool:
    """Static files have a hash in their name. Pages open in a browser may still load old ones."""
    return page.status == 200 and page.path.startswith(f"/{settings.STATIC_URL.strip('/')}/")


class Crawl:
    """URLs sent to the processes, and the files rendered."""

    def __init__(self, submit: Callable[[list[str]], "Future[list[RenderedFile]]"]) -> None:
        self.submit = submit
        self.rendered: dict[str, RenderedFile] = {}
        self.linked_from: dict[str, str] = {}  # by path: the first URL that links to it

    def follow(self, urls: list[str], progress: ReportProgress) -> None:
        """Render ``urls``, which have to exist, and all that is linked from there.

        Raises ``BakeError`` with the pages that could not be rendered.
        """
        waiting: deque[str] = deque()
        running: set[Future[list[RenderedFile]]] = set()
        self._enqueue(urls, "", waiting)
        while waiting or running:
            while waiting and len(running) < MAX_RUNNING_BATCHES:
                batch = [waiting.popleft() for _url in range(min(BATCH_SIZE, len(waiting)))]
                running.add(self.submit(batch))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            finished = [page for future in done for page in future.result()]
            for page in finished:
                self.rendered[page.path] = page
                self.linked_from.setdefault(page.path, page.address)
            self._require(finished, LINKED_STATUSES)
            for page in finished:
                self._enqueue(page.links, page.address, waiting)
            progress(len(self.rendered), len(self.linked_from))

    def render(self, urls: list[str]) -> list[RenderedFile]:
        """Render these without following links. Raises ``BakeError`` as ``follow`` does."""
        batches = [urls[start : start + BATCH_SIZE] for start in range(0, len(urls), BATCH_SIZE)]
        jobs = [self.submit(batch) for batch in batches]  # all of them before waiting for one
        pages = [page for job in jobs for page in job.result()]
        self._require(pages, UNLINKED_STATUSES)
        return pages

    def _require(self, pages: Iterable[RenderedFile], statuses: set[int]) -> None:
        """Raise ``BakeError`` unless each answers one of ``statuses``, and a start page 200."""
        failed = []
        for page in pages:
            linked_from = self.linked_from.get(page.path)
            is_start_page = linked_from == ""
            if page.status not in ({200} if is_start_page else statuses):
                reason = page.error or f"HTTP {page.status}"
                failed.append((page.address, reason, linked_from or ""))
        if failed:
            raise BakeError(_("Pages that could not be made: %d.") % len(failed), failed)

    def _enqueue(self, links: list[str], page_url: str, waiting: deque[str]) -> None:
        for link in links:
            path = file_path(link)
            if path not in self.linked_from:
                self.linked_from[path] = page_url
                waiting.append(link)


def _completed(pages: list[RenderedFile]) -> "Future[list[RenderedFile]]":
    future: Future[list[RenderedFile]] = Future()
    future.set_result(pages)
    return future


# --- in a process of the pool ---


def _end_with_parent() -> None:
    """Let this process end when its parent has ended, even if that was killed.

    It would wait for URLs forever, with a transaction open in the database.
    """

    def wait_for_parent() -> None:
        if parent := parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=wait_for_parent, daemon=True).start()


_renderers: dict[str, Renderer] = {}  # at most one, by its snapshot


def _in_process(
    snapshot: str, arguments: RendererArguments, addresses: list[str]
) -> list[RenderedFile]:
    """Render files from ``snapshot``. The process keeps it open until it gets another one."""
    if snapshot not in _renderers:
        _renderers.clear()
        connection.close()
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute(SNAPSHOT_TRANSACTION)
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            cursor.execute(SNAPSHOT_LIMITS)
        _renderers[snapshot] = Renderer(*arguments)
        pages = _renderers[snapshot].render(addresses)
        gc.freeze()  # never scan again what is loaded by now: it stays
        return pages
    return _renderers[snapshot].render(addresses)
