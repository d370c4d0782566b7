"""Who waits while pages are rendered, who is refused, and who never notices."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from prometheus_client import REGISTRY

from nafta.operations.limits import render_queue
from nafta.operations.limits.render_queue import RenderRefusedError, charge, queue, render_turn
from nafta.operations.page_cache import PageCacheMiddleware
from tests.world import create_editor, create_world

PAGE = "/statements/alder-on-water/"
OTHER_PAGE = "/issues/"
LOGIN = "/admin/login/"
READER, NEIGHBOUR, ATTACKER = "9.9.9.1", "9.9.9.2", "9.9.9.3"
NOW = 1_000_000_020.0  # the first moment of a minute of the clock


@pytest.fixture
def world(transactional_db: None) -> SimpleNamespace:
    return create_world()


@pytest.fixture(autouse=True)
def _queue(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.RENDERS_AT_ONCE, settings.RENDER_PLACES, settings.RENDER_SECONDS = 1, 3, 30
    monkeypatch.setattr("nafta.operations.limits.render_queue.time.time", lambda: NOW)
    cache.clear()
    caches["pages"].clear()
    yield
    cache.clear()
    caches["pages"].clear()
    assert (queue.rendering, queue.waiting) == ([], [])


def request_of(address: str, path: str = PAGE) -> HttpRequest:
    return RequestFactory().get(path, REMOTE_ADDR=address)


def wait_until(is_true: Callable[[], object]) -> None:
    patience = threading.Event()
    for _attempt in range(10_000):
        if is_true():
            return
        patience.wait(0.001)
    raise TimeoutError


class Crowd:
    """Clients in threads of their own, who come one after another."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool, self.rendered = pool, list[str]()

    def ask(self, address: str) -> "Future[str]":
        """Ask for a page; returns once the client waits or has "rendered" or a reason."""
        return self.do(lambda: self._render(address))

    def do(self, request: Callable[[], Any]) -> "Future[Any]":
        before = set(queue.waiting)
        answer = self.pool.submit(request)
        wait_until(lambda: answer.done() or set(queue.waiting) - before)
        return answer

    def _render(self, address: str) -> str:
        try:
            with render_turn(request_of(address)):
                self.rendered.append(address)
        except RenderRefusedError as refusal:
            return refusal.reason
        return "rendered"


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    with ThreadPoolExecutor(8) as pool:
        yield Crowd(pool)


@contextmanager
def rendering(address: str = NEIGHBOUR, path: str = PAGE) -> Iterator[None]:
    """A page that takes as long as the block."""
    with render_turn(request_of(address, path)):
        yield


# --- whose turn it is ---


def test_whoever_was_rendered_for_least_is_next(crowd: Crowd) -> None:
    charge(ATTACKER, 900)
    charge(READER, 800)
    with rendering():
        answers = [crowd.ask(ATTACKER), crowd.ask(READER)]
    assert [answer.result() for answer in answers] == ["rendered", "rendered"]
    assert crowd.rendered == [READER, ATTACKER]


def test_whoever_has_waited_for_long_is_next(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    charge(READER, 3_000)
    charge(ATTACKER, 1_000)
    with rendering():
        answers = [crowd.ask(READER)]
        later = time.monotonic() + 5
        monkeypatch.setattr("nafta.operations.limits.render_queue.time.monotonic", lambda: later)
        answers.append(crowd.ask(ATTACKER))
    assert [answer.result() for answer in answers] == ["rendered", "rendered"]
    assert crowd.rendered == [READER, ATTACKER]


def test_of_equals_the_first_is_next(crowd: Crowd) -> None:
    with rendering():
        answers = [crowd.ask(READER), crowd.ask(ATTACKER)]
    assert [answer.result() for answer in answers] == ["rendered", "rendered"]
    assert crowd.rendered == [READER, ATTACKER]


def test_what_an_address_still_waits_for_counts(crowd: Crowd) -> None:
    with rendering():
        answers = [crowd.ask(ATTACKER), crowd.ask(ATTACKER), crowd.ask(READER)]
        assert answers[1].result() == "places"
    assert [answer.result() for answer in answers[::2]] == ["rendered", "rendered"]
    assert crowd.rendered == [ATTACKER, READER]


def test_with_no_place_free_the_dearest_is_refused(crowd: Crowd) -> None:
    charge(ATTACKER, 10_000)
    with rendering():
        dear, cheap = crowd.ask(ATTACKER), crowd.ask(READER)
        newcomer = crowd.ask("9.9.9.4")
        assert dear.result() == "places"
        assert crowd.ask(ATTACKER).result() == "places"
    assert [cheap.result(), newcomer.result()] == ["rendered", "rendered"]


def test_a_render_is_charged_to_its_address(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_queue, "WAITED_MS_PER_SECOND", 0)
    with rendering(ATTACKER):
        pass
    with rendering():
        answers = [crowd.ask(ATTACKER), crowd.ask(READER)]
    assert [answer.result() for answer in answers] == ["rendered", "rendered"]
    assert crowd.rendered == [READER, ATTACKER]


def test_nobody_waits_for_ever(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_queue, "WAIT_SECONDS", 0)
    with rendering():
        assert crowd.ask(READER).result() == "time"


def test_a_page_that_fails_gives_its_turn_back(crowd: Crowd) -> None:
    with pytest.raises(ZeroDivisionError), rendering():
        raise ZeroDivisionError
    assert crowd.ask(READER).result() == "rendered"


# --- the share of an address ---


@pytest.mark.parametrize(
    ("address", "neighbour"),
    [("9.9.9.3", "9.9.9.3"), ("2001:4860::", "2001:4860::ffff:2")],
    ids=["IPv4", "a /64 of IPv6"],
)
def test_an_address_has_a_share_of_each_minute(
    client: Client, world: SimpleNamespace, address: str, neighbour: str
) -> None:
    charge(address, 30_001)
    response = client.get(PAGE, REMOTE_ADDR=neighbour)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "61")
    assert "from your network" in response.content.decode()
    assert client.get(PAGE, REMOTE_ADDR=READER).status_code == 200


def test_it_may_ask_again_when_it_was_told(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge(ATTACKER, 40_000)
    now = NOW
    for _attempt in range(3):
        response = client.get(PAGE, REMOTE_ADDR=ATTACKER)
        if response.status_code == 200:
            break
        now += int(response.headers["Retry-After"])
        monkeypatch.setattr("nafta.operations.limits.render_queue.time.time", lambda at=now: at)
    assert (response.status_code, now - NOW) == (200, 75)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "198.41.0.7", ""])
def test_offices_and_private_networks_have_no_share(
    address: str, settings: Any, crowd: Crowd
) -> None:
    settings.OFFICE_ADDRESSES = [ip_network("198.41.0.0/24")]
    charge(address, 1_000_000)
    assert crowd.ask(address).result() == "rendered"


@pytest.mark.parametrize("name", ["RENDERS_AT_ONCE", "RENDER_SECONDS"])
def test_a_limit_of_nought_is_none(settings: Any, crowd: Crowd, name: str) -> None:
    setattr(settings, name, 0)
    charge(ATTACKER, 1_000_000)
    assert crowd.ask(ATTACKER).result() == "rendered"


# --- who waits ---


@pytest.fixture
def _no_place(settings: Any) -> Iterator[None]:
    settings.RENDER_PLACES = 1
    with rendering():
        yield


@pytest.mark.usefixtures("_no_place")
@pytest.mark.parametrize("is_cached", [True, False])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        (PAGE, "This site is busy"),
        ("/timeline/?_export=xlsx", "This site is busy"),
        ("/nowhere/", "This site is busy"),
        ("/api/v1/issues", '{"detail": "Many pages'),
    ],
)
def test_what_is_not_cached_needs_a_place(
    client: Client, db: None, settings: Any, path: str, text: str, is_cached: bool
) -> None:
    settings.KEEP_PAGES = is_cached
    response = client.get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "5")
    assert response.headers["Cache-Control"] == "no-store"
    assert text in response.content.decode()


def test_who_logs_in_waits_only_for_others_who_do(client: Client, db: None, settings: Any) -> None:
    settings.RENDER_PLACES = 1
    fields = {"username": "eve", "password": "a guess"}
    with rendering():
        assert client.get(LOGIN).status_code == 200
        assert client.post(LOGIN, fields).status_code == 200
    with rendering(path=LOGIN):
        assert client.get(LOGIN).status_code == 429
        assert client.post(LOGIN, fields).status_code == 429
        assert client.get("/issues/").status_code == 200


@pytest.mark.usefixtures("_no_place")
@pytest.mark.parametrize(("path", "language"), [("/fr/issues/", "fr"), ("/es/", "es")])
def test_the_answer_is_in_the_readers_language(
    client: Client, db: None, path: str, language: str
) -> None:
    response = client.get(path)
    assert response.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in response.content.decode()


def test_cached_pages_probes_and_the_desk_need_none(
    client: Client, world: SimpleNamespace, settings: Any
) -> None:
    settings.KEEP_PAGES = True
    settings.RENDER_PLACES = 1
    assert client.get(PAGE).status_code == 200
    editor = Client()
    editor.force_login(create_editor())
    with rendering():
        for path in (PAGE, "/healthz", "/static/icon.svg"):
            with closing(client.get(path)) as response:
                assert response.status_code == 200, path
        for path in ("/admin/", OTHER_PAGE):
            assert editor.get(path).status_code == 200, path
        assert client.get("/timeline/").status_code == 429


@pytest.mark.usefixtures("_no_place")
def test_a_cookie_that_is_made_up_is_no_login(client: Client, db: None, settings: Any) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    assert client.get(PAGE).status_code == 429
    with rendering(path=LOGIN):
        assert client.get("/admin/").status_code == 429


def test_who_waits_for_the_same_page_gets_the_one_that_was_rendered(
    world: SimpleNamespace, settings: Any, crowd: Crowd
) -> None:
    settings.KEEP_PAGES = True
    views = list[str]()

    def view(request: HttpRequest) -> HttpResponse:
        views.append(request.META["REMOTE_ADDR"])
        return HttpResponse("A page")

    middleware = PageCacheMiddleware(view)

    def ask(address: str) -> bytes:
        try:
            return middleware(request_of(address)).content
        finally:
            connection.close()

    with rendering():
        answers = [crowd.do(lambda: ask(READER)), crowd.do(lambda: ask(ATTACKER))]
    assert [answer.result() for answer in answers] == [b"A page", b"A page"]
    assert views == [READER]


def test_refusals_are_counted(crowd: Crowd, settings: Any) -> None:
    def count() -> float:
        return REGISTRY.get_sample_value("site_render_refusals_total", {"reason": "places"}) or 0

    settings.RENDER_PLACES = 1
    before = count()
    with rendering():
        crowd.ask(READER).result()
    assert count() == before + 1
