"""The baked site: files that a plain static server serves, and that lead nowhere else."""

import datetime as dt
import gzip
import io
import json
import re
import resource
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from html import unescape
from http.client import HTTPConnection
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

import brotli
import feedparser
import psutil
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path as route

from issues.models import Position
from nafta.static_site import bake as bakery
from nafta.static_site import render, url_map, urls
from nafta.static_site.output import OutputFolder
from nafta.static_site.render import RenderedFile, Renderer
from rounds.models import Edition, State, Statement
from rounds.publishing.states import set_state
from tests import migrated
from tests.world import (
    SECRET,
    create_issue,
    create_negotiation,
    create_party,
    create_person,
    create_position,
    create_round,
    create_statement,
    create_world,
    days,
)

pytestmark = pytest.mark.slow

ADDRESS = "http://talks.example"
LIVE = "https://live.example"
PARAMETER_SETS = url_map.PARAMETER_SETS
NEWS = "All of it must stay."
PATIENCE_SECONDS = 60
PAGE = "statements/alder-on-water/index.html"
LINK = re.compile(r"""(?:\s(?:href|src|action)|data-visits|data-plotly)="([^"]*)"|<loc>([^<]*)""")


@pytest.fixture
def world(transactional_db: None) -> SimpleNamespace:
    """Stored for good: the processes that bake read what is committed."""
    return create_world()


@pytest.fixture
def small(transactional_db: None) -> SimpleNamespace:
    """As much of a world as it takes to have every kind of page, and no more."""
    create_negotiation()
    arden = create_party(code="arden")
    people = [create_person(slug="ada-alder", party=arden)]
    w = SimpleNamespace()
    dates = days("2010-01-10")
    w.said = create_statement(
        slug="alder-on-water", summary="Half of the water.", dates=dates, speakers=people
    )
    w.quiet = create_statement(summary="All of it.", dates=dates)
    water = create_issue(slug="water", statements=[w.said])
    create_position(issue=water, party=arden, since=dates, stance="demands", statement=w.said)
    create_round(slug="round-1", number=1, dates=dates)
    return w


@pytest.fixture(autouse=True)
def _few(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site of one language and without questions, but where a test asks for more.

    The hosts that the command adds are gone after the test.
    """
    settings.LANGUAGES = settings.LANGUAGES[:1]
    monkeypatch.setattr(url_map, "PARAMETER_SETS", [])


@pytest.fixture
def whole(_few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """All the questions that are baked."""
    monkeypatch.setattr(url_map, "PARAMETER_SETS", PARAMETER_SETS)


def bake(folder: Path, **options: Any) -> None:
    options = {"address": ADDRESS, "processes": 1, "verbosity": 0} | options
    call_command("bake", folder, **options)


def files(folder: Path) -> dict[str, int]:
    """Each file of the site, with when it was written."""
    site = folder / "current"
    return {
        str(path.relative_to(site)): path.stat().st_mtime_ns
        for path in site.rglob("*")
        if path.is_file() and ".bake" not in path.parts
    }


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def crawled(tmp_path: Path) -> Iterator[Any]:
    """What a plain static server answers, from the front page wherever links lead."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "current"))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    asking = HTTPConnection("127.0.0.1", server.server_port)
    yield partial(crawl, asking)
    asking.close()
    server.shutdown()
    thread.join()
    server.server_close()


def crawl(asking: HTTPConnection) -> tuple[dict[str, str], dict[str, int], set[str]]:
    """The texts by path, the status of each that is not 200, and where links lead elsewhere."""
    waiting, texts, wrong, elsewhere = {"/", "/sitemap.xml"}, dict[str, str](), {}, set()
    while waiting:
        path = waiting.pop()
        asking.request("GET", path)
        answer = asking.getresponse()
        texts[path] = answer.read().decode(errors="replace")
        if answer.status != 200:
            wrong[path] = answer.status
        kind = answer.headers["Content-Type"]
        if "html" not in kind and "xml" not in kind:
            continue
        for groups in LINK.findall(texts[path]):
            link = urlsplit(urljoin(ADDRESS + path, unescape("".join(groups))))
            if link.netloc != "talks.example":
                elsewhere.add(link.geturl())
                continue
            assert not link.query, (path, link)
            waiting |= {link.path} - texts.keys()
    return texts, wrong, elsewhere


def test_every_link_of_the_baked_site_works(
    world: SimpleNamespace, tmp_path: Path, crawled: Any, whole: None
) -> None:
    bake(tmp_path)
    texts, wrong, _elsewhere = crawled()
    assert wrong == {}
    assert [path for path, text in texts.items() if SECRET in text] == []
    for path in (
        "/issues/as_of=round-1/",
        "/timeline/timeline.csv",
        "/data/record.zip",
        "/calendar.ics",
        "/issues/water/oembed.json",
        "/files-only/",
    ):
        assert path in texts, path
    assert "<form" not in "".join(text for path, text in texts.items() if path.endswith("/"))
    for name in (PAGE, "404.html"):
        page = (tmp_path / "current" / name).read_bytes()
        assert brotli.decompress((tmp_path / "current" / f"{name}.br").read_bytes()) == page
        assert gzip.decompress((tmp_path / "current" / f"{name}.gz").read_bytes()) == page
    assert SECRET not in "".join(files(tmp_path))


def test_each_language_is_baked_and_what_takes_a_server_is_asked_of_the_live_site(
    world: SimpleNamespace, tmp_path: Path, crawled: Any, settings: Any
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("fr", "French")]
    bake(tmp_path, live=LIVE)
    texts, wrong, elsewhere = crawled()
    assert wrong == {}
    assert [path for path, text in texts.items() if SECRET in text] == []
    assert "/fr/calendar.ics" in texts
    assert (tmp_path / "current" / "fr" / "404.html.br").exists()
    for path in ("/feed.xml", "/fr/issues/water/feed.xml"):
        feed = feedparser.parse(texts[path])
        assert not feed.bozo
        assert feed.entries
    assert "/files-only/" not in texts
    assert f"{LIVE}/fr/search/" in elsewhere
    assert f"{LIVE}/api/v1/openapi.json" in elsewhere
    assert f"{LIVE}/embed/issues/water/?as_of=" in texts["/issues/water/"]


def _damage_earlier_versions() -> None:
    """As they may stand in a database that had no rule for texts when they were written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # nothing may write there
        cursor.execute("UPDATE rounds_statementevent SET summary = summary || chr(2)")


def test_only_what_reads_otherwise_is_written(
    small: SimpleNamespace, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    """Through a publication, what is taken back, and other code that makes the same pages."""
    monkeypatch.setattr(url_map, "PARAMETER_SETS", [url_map.EXPORT_PARAMS])
    bake(tmp_path)
    before = files(tmp_path)
    bake(tmp_path, verbosity=1)
    assert "Nothing has changed" in capsys.readouterr().out

    Statement.objects.filter(pk=small.quiet.pk).update(summary="All of it must stay.")
    _damage_earlier_versions()
    bake(tmp_path)
    feed = ET.parse(tmp_path / "current" / "corrections" / "feed.xml")  # noqa: S314 - our own
    assert "All of it.\N{REPLACEMENT CHARACTER}" in "".join(feed.getroot().itertext())
    after = files(tmp_path)
    changed = {name for name in after if after[name] != before.get(name)}
    page = f"statements/{small.quiet.slug}/index.html"
    assert {page, f"{page}.br", "feed.xml", "data/record.zip", "timeline/timeline.json"} <= changed
    assert "All of it must stay." in (tmp_path / "current" / page).read_text()
    same = {PAGE, "about/index.html", "people/index.html", "issues/positions.json"}
    assert same | {"issues/positions.xlsx", "rounds/rounds.json"} <= after.keys() - changed

    site = tmp_path / "current"
    foreign = site / "google.html"
    foreign.write_text("not ours")
    _remember(tmp_path, "issues/water/numbers-of-old.csv")
    old = site / "issues" / "water" / "numbers-of-old.csv"
    assert old.exists()
    set_state(Position.objects.filter(statement=small.said), State.DRAFT)
    set_state([small.said], State.DRAFT)
    bake(tmp_path)
    _says_that_it_was_taken_back(tmp_path)
    assert foreign.exists()
    assert not old.exists()

    before = files(tmp_path)
    monkeypatch.setattr(bakery, "code_version", lambda: "other code, same pages")
    bake(tmp_path)
    assert files(tmp_path) == before
    _says_that_it_was_taken_back(tmp_path)


def _says_that_it_was_taken_back(folder: Path) -> None:
    told = (folder / "current" / PAGE).read_text()
    assert "Half of the water" not in told
    assert "No longer in the record" in told
    assert (
        f"/{PAGE.removesuffix('index.html')} 1;"
        in (folder / "current" / ".bake" / "gone.map").read_text()
    )


def _remember(folder: Path, name: str) -> None:
    """As if an earlier bake had made it."""
    ours = OutputFolder(folder)
    with ours.locked():
        edition, contents = ours.begin(), ours.read()
        file = edition / name
        file.parent.mkdir(parents=True)
        file.write_text("old")
        page = contents.pages["/robots.txt"]
        contents.pages[f"/{name}"] = type(page)(f"/{name}", "0", [name], 3)
        ours.switch(edition, contents)


@pytest.mark.parametrize("processes", [1, 2])
def test_what_is_published_meanwhile_is_baked_too(
    small: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    """And what was made before it is of one edition, though other processes made it."""
    made: list[str] = []
    follow, store = bakery.Crawl.follow, bakery._store

    def publish() -> None:
        Statement.objects.filter(pk=small.said.pk).update(summary="Late words.")
        connection.close()

    def follow_after_a_publication(crawl: bakery.Crawl, *args: Any) -> None:
        if not made:
            publication = threading.Thread(target=publish)  # by a visitor of the database
            publication.start()
            publication.join()
        follow(crawl, *args)

    def store_and_read(*args: Any) -> Any:
        report = store(*args)
        made.append((tmp_path / "current" / PAGE).read_text())
        return report

    monkeypatch.setattr(bakery.Crawl, "follow", follow_after_a_publication)
    monkeypatch.setattr(bakery, "_store", store_and_read)
    bake(tmp_path, processes=processes)
    assert len(made) == 2
    assert "Half of the water" in made[0]
    assert "Late words." in made[1]


@pytest.fixture
def baked(small: SimpleNamespace, tmp_path: Path) -> Path:
    """A folder that was baked; since then something was published."""
    folder = tmp_path / "site"
    bake(folder)
    Statement.objects.filter(pk=small.said.pk).update(summary=NEWS)
    return folder


def test_another_host_or_live_site_is_news(baked: Path) -> None:
    assert_baked(baked)
    bake(baked, live=LIVE)
    page = baked / "current" / PAGE
    assert LIVE in page.read_text()
    bake(baked, live=LIVE, address="http://elsewhere.example")
    assert "http://elsewhere.example/" in page.read_text()
    assert ADDRESS not in page.read_text()


def assert_refused(folder: Path, reason: str, **options: Any) -> str:
    """The bake ends and leaves the folder; the next one works. Returns what it printed."""
    before, output = files(folder), io.StringIO()
    with pytest.raises(CommandError, match=reason) as refusal:
        bake(folder, stderr=output, **options)
    assert refusal.value.returncode == 1
    assert files(folder) == before
    assert NEWS not in (folder / "current" / PAGE).read_text()
    assert len(list((folder / "editions").iterdir())) == 1
    return output.getvalue()


def assert_baked(folder: Path) -> None:
    """The next bake brings what was published, and keeps all pages."""
    before = files(folder).keys()
    bake(folder)
    assert before <= files(folder).keys()
    assert NEWS in (folder / "current" / PAGE).read_text()
    assert {path.name for path in folder.iterdir()} == {"current", "editions", ".lock"}
    assert [path.name for path in (folder / "editions").iterdir()] == [
        (folder / "current").resolve().name
    ]


@pytest.mark.parametrize("processes", [1, 2])
def test_pages_that_a_lost_database_could_not_fill_end_the_bake(
    baked: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    render = Renderer.render

    def lose_connection(renderer: Renderer, addresses: list[str]) -> list[RenderedFile]:
        with suppress(OperationalError), connection.cursor() as cursor:
            if "/" not in addresses:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return render(renderer, addresses)

    with monkeypatch.context() as patch:
        patch.setattr(Renderer, "render", lose_connection)
        printed = assert_refused(baked, "Pages that could not be made", processes=processes)
    assert re.search(r"^/\S+: (Operational|Interface)Error: .+ \(/.*\)$", printed, re.MULTILINE)
    assert_baked(baked)


def test_a_database_that_the_bake_itself_lost_is_named(
    baked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After all pages are rendered, before its transaction ends."""

    def lose_connection(_crawl: bakery.Crawl, _addresses: list[str]) -> list[RenderedFile]:
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return []

    with monkeypatch.context() as patch:
        patch.setattr(bakery.Crawl, "render", lose_connection)
        assert_refused(baked, "The bake failed, so the folder keeps the last complete site")
    assert_baked(baked)


def test_files_name_the_time_of_their_edition(baked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(url_map, "PARAMETER_SETS", [url_map.EXPORT_PARAMS])
    Edition.objects.update(raised_at=dt.datetime(2010, 1, 9, 14, 30, tzinfo=dt.UTC))
    bake(baked)
    meta = json.loads((baked / "current" / "timeline" / "timeline.json").read_text())["meta"]
    assert meta["made"].startswith("2010-01-09T14:30")


def broken(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("nothing to divide by")


def refused(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=429)


def missing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


@pytest.mark.parametrize(
    ("address", "view", "line"),
    [
        ("about/", broken, "/about/: ZeroDivisionError: nothing to divide by (/)\n"),
        ("about/", refused, "/about/: HTTP 429 (/)\n"),
        ("", missing, "/: HTTP 404\n"),
    ],
)
def test_a_page_that_fails_ends_the_bake_and_is_named(
    baked: Path, monkeypatch: pytest.MonkeyPatch, address: str, view: Any, line: str
) -> None:
    with monkeypatch.context() as patch:
        patterns = [route(address, view), *urls.urlpatterns]
        namespace = {"urlpatterns": patterns, "handler500": urls.handler500}
        patch.setattr(render, "URLS", type("Urls", (), namespace))
        assert assert_refused(baked, "Pages that could not be made: 1") == line
    assert_baked(baked)


def impossible(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=400)


def test_a_page_of_the_last_bake_is_taken_away_only_by_an_answer(
    baked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody links to it. A failure says nothing about it, a 400 that it cannot be asked for."""
    _remember(baked, "old/page.txt")
    old = baked / "current" / "old" / "page.txt"

    def answer_with(view: Any) -> None:
        patterns = [route("old/page.txt", view), *urls.urlpatterns]
        namespace = {"urlpatterns": patterns, "handler500": urls.handler500}
        monkeypatch.setattr(render, "URLS", type("Urls", (), namespace))

    for view in (broken, refused):
        answer_with(view)
        assert_refused(baked, "Pages that could not be made: 1")
        assert old.exists()
    answer_with(impossible)
    bake(baked)
    assert not old.exists()
    assert NEWS in (baked / "current" / PAGE).read_text()


def test_a_style_sheet_that_no_page_links_to_stays(baked: Path) -> None:
    """A page that is open in a browser may still load it."""
    _remember(baked, "static/css/admin.css")
    bake(baked)
    assert "/static/css/admin.css" in OutputFolder(baked).read().pages
    assert (baked / "current" / "static" / "css" / "admin.css").exists()


def test_a_link_to_a_page_that_does_not_exist_ends_no_bake(
    baked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    patterns = [route("about/", missing), *urls.urlpatterns]
    monkeypatch.setattr(render, "URLS", type("Urls", (), {"urlpatterns": patterns}))
    bake(baked, verbosity=1)
    assert "/ links to /about/, which answers 404." in capsys.readouterr().err
    assert not (baked / "current" / "about").exists()


@contextmanager
def baking(folder: Path, *options: str, **arguments: Any) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own."""
    command = [sys.executable, "manage.py", "bake", str(folder), f"--address={ADDRESS}", *options]
    database = connection.settings_dict["NAME"]
    with subprocess.Popen(
        [*command, "--verbosity=0"],
        cwd=migrated.ROOT,
        env=migrated.environment(database),
        stderr=subprocess.PIPE,
        text=True,
        **arguments,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def stalled(folder: Path, processes: int) -> Iterator[subprocess.Popen[str]]:
    """A bake whose processes wait for a lock, until the block ends."""
    with (
        baking(folder, f"--processes={processes}") as process,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("LOCK TABLE rounds_statement IN ACCESS EXCLUSIVE MODE")
        while not waiting_for_us(cursor) and process.poll() is None:
            pass
        assert process.poll() is None
        yield process


def waiting_for_us(cursor: Any) -> int:
    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL")
    return int(cursor.fetchone()[0])


def test_a_bake_that_is_killed_leaves_no_process_lock_or_transaction(baked: Path) -> None:
    before = files(baked)
    with stalled(baked, processes=2) as process:
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) == 2
        process.kill()
        _gone, alive = psutil.wait_procs(children, timeout=PATIENCE_SECONDS)
        assert alive == []
        end = time.monotonic() + PATIENCE_SECONDS
        with connection.cursor() as cursor:
            while waiting_for_us(cursor):
                assert time.monotonic() < end, "a transaction is left"
    assert files(baked) == before
    assert_baked(baked)


def test_of_two_bakes_at_once_one_is_refused(baked: Path) -> None:
    refusal = pytest.raises(CommandError, match="Another bake is writing")
    with stalled(baked, processes=1) as first, refusal:
        bake(baked)
    assert first.returncode == -signal.SIGKILL  # by the end of the block
    assert_baked(baked)


def test_a_full_disk_changes_nothing(baked: Path) -> None:
    before = files(baked)
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (20_000, 20_000))
    with baking(baked, "--processes=2", preexec_fn=limit) as process:
        _output, printed = process.communicate()
    assert process.returncode == 1
    assert re.search(r"^/\S*: OSError: .*File too large", printed, re.MULTILINE)
    assert files(baked) == before
    assert_baked(baked)


def test_only_a_folder_that_a_bake_made_is_written_to(db: None, tmp_path: Path) -> None:
    (tmp_path / "foreign").write_text("no bake made this")
    with pytest.raises(CommandError, match="is not empty"):
        bake(tmp_path)


def test_an_address_must_be_that_of_a_host(db: None, tmp_path: Path) -> None:
    for wrong in ("talks.example", "https://talks.example/nafta", "ftp://talks.example"):
        with pytest.raises(CommandError, match="is no address of a host"):
            bake(tmp_path, address=wrong)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/issues/autos/?_export=csv&_table=numbers", "/issues/autos/numbers.csv"),
        ("/issues/?as_of=round-4", "/issues/as_of=round-4/"),
        ("/issues/?as_of=2017-11-21", ""),
        (
            "/corrections/?until=2018-01-01T10:00+00:00",
            "/corrections/until=2018-01-01T10~3A00~2000~3A00/",
        ),
        ("/fr/issues/autos/feed/", "/fr/issues/autos/feed.xml"),
        ("/oembed/?url=https%3A%2F%2Ft.example%2Fissues%2Fautos%2F", "/issues/autos/oembed.json"),
        ("/deadlines/?status=missed", "/deadlines/status=missed/"),
        ("/deadlines/?status=met&_export=csv&_table=rows", "/deadlines/status=met/rows.csv"),
        ("/people/?sort=-name&party=mx", "/people/party=mx/sort=-name/"),
        ("/search/?q=cars", ""),
        ("/fr/search/", ""),
        ("/timeline/?utm_source=x", ""),
        ("/es/compare/?party=mx&party=ca", "/es/compare/party=mx/party=ca/"),
    ],
)
def test_where_an_address_has_its_file(address: str, path: str, whole: None) -> None:
    assert url_map.file_path(address) == path
