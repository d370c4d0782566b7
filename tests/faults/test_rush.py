"""As many readers as the machine can serve, an editor publishing every second, no page stale."""

import multiprocessing
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.faults.machines import Database, Visitor, Web, free_port
from tests.faults.people import PAGES, Editor, seconds

READERS = 6
PAGE = "/statements/rush/"
NUMBER = re.compile(r"Publication (\d+) of the rush")
SERVER = next(filter(None, map(shutil.which, ("valkey-server", "redis-server"))), None)


def read(port: int, published: Any, end: float, told: Any) -> None:
    """Ask until ``end``; tell how often, how often in vain, and how often for an older page."""
    visitor = Visitor(port)
    asked = stale = 0
    errors: list[str] = []
    while time.monotonic() < end:
        for page in (PAGE, PAGES[asked % len(PAGES)]):
            least = published.value  # acknowledged before we ask
            try:
                answer = visitor.get(page)
            except (OSError, HTTPException) as error:
                errors.append(repr(error))
                continue
            asked += 1
            if answer.status != 200:
                errors.append(f"{page}: {answer.status}")
            elif page == PAGE:
                found = NUMBER.search(answer.text)
                stale += found is None or int(found[1]) < least
    told.put((asked, errors, stale))


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[str]:
    if SERVER is None:
        pytest.skip("neither valkey-server nor redis-server is installed")
    port = free_port()
    command = [SERVER, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir"]
    process = subprocess.Popen([*command, tmp_path], stdout=subprocess.DEVNULL)
    yield f"redis://127.0.0.1:{port}/0"
    process.kill()
    process.wait()


@pytest.mark.parametrize("shared", [False, True], ids=["a cache for each", "a shared cache"])
def test_no_reader_sees_an_older_page_than_was_published(
    database: Callable[..., Database],
    web: Callable[..., Web],
    request: pytest.FixtureRequest,
    shared: bool,
) -> None:
    server = database("primary")
    settings = {"CACHE_URL": request.getfixturevalue("cache")} if shared else {}
    site = web(server.url, workers=max(2, os.cpu_count() or 2), **settings)
    editor = Editor(site, server)
    assert editor.enters("rush").stored
    ((pk,),) = server.rows("SELECT id FROM rounds_statement WHERE slug = 'rush'")
    assert editor.corrects(pk, "Publication 0 of the rush.").stored

    fork = multiprocessing.get_context("spawn")
    published, told = fork.Value("q", 0), fork.Queue()
    began = time.monotonic()
    end = began + seconds(10) + 5  # the readers have to start
    readers = [
        fork.Process(target=read, args=(site.port, published, end, told))
        for _reader in range(READERS)
    ]
    for reader in readers:
        reader.start()
    publications = 0
    while time.monotonic() < end:
        second = time.monotonic()
        assert editor.corrects(pk, f"Publication {publications + 1} of the rush.").stored
        publications += 1
        published.value = publications
        with suppress(ValueError):
            time.sleep(second + 1 - time.monotonic())
    results = [told.get(timeout=60) for _reader in readers]
    for reader in readers:
        reader.join()
    asked = sum(one[0] for one in results)
    errors = [error for one in results for error in one[1]]
    stale = sum(one[2] for one in results)
    print(
        f"{asked} pages in {end - began:.0f} s, {asked / (end - began):.0f} a second,"
        f" {publications} publications: {len(errors)} errors, {stale} stale pages"
    )
    assert (errors, stale) == ([], 0)
