"""A crowd that asks for what is not cached, and the visitors who should not notice it.

The crowd has a process of its own, so that it does not hold up the clients whose time is measured.
"""

import datetime as dt
import itertools
import multiprocessing
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from typing import Any

from tests.faults.machines import Answer, Visitor, Web

CLIENTS = 24
READERS = 4
READER_PAUSE_SECONDS = 2.0
# Pages of every dear kind. Each has a moment or a number of its own, so none is in the cache.
DEAR_PAGES = (
    "/timeline/?_export=xlsx&known={moment}",
    "/timeline/?_export=json&known={moment}",
    "/timeline/?known={moment}",
    "/timeline/?q=canada+{number}&known={moment}",
    "/sources/?sort=-title&known={moment}",
    "/search/?q=canada+autos+{number}",
    "/distance/?known={moment}&as_of=round-5",
    "/moved/?from=round-1&to=round-7&known={moment}",
    "/issues/autos/?known={moment}",
    "/issues/autos/?_export=xlsx&known={moment}",
    "/issues/?as_of=2018-0{month}-1{digit}&known={moment}",
    "/parties/ca/?known={moment}",
    "/rounds/round-5/?known={moment}",
    "/compare/?party=ca&party=us&known={moment}",
    "/embed/timeline/?as_of=2018-0{month}-1{digit}",
    "/cards/home.png?as_of=2018-0{month}-1{digit}",
    "/api/v1/timeline?limit=100&known={moment}",
)
CACHED_PAGES = ("/", "/timeline/", "/issues/", "/parties/ca/", "/fr/issues/")
LOGIN_FIELDS = {"username": "nobody", "password": "secret"}
# An address asked by an ordinary reader: something of the record that nobody else asks for.
READER_PAGES = (
    "/issues/autos/?known={moment}",
    "/search/?q=mexico+{number}",
    "/timeline/?q={number}",
)


def fill(pattern: str, number: int) -> str:
    """An address that nobody has asked for; ``number`` must differ by at least one each time."""
    moment = dt.datetime.now(dt.UTC) - dt.timedelta(milliseconds=number % 1000 + 1)
    return pattern.format(
        moment=moment.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        number=number,
        month=number % 9 + 1,
        digit=number // 9 % 10,
    )


@dataclass
class Times:
    """Seconds that each answer took, and how many there were of each status."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def measure(self, ask: Callable[[], Any]) -> None:
        began = time.perf_counter()
        try:
            status = str(ask().status)
        except (OSError, HTTPException) as error:
            status = type(error).__name__
        self.seconds.append(time.perf_counter() - began)
        self.statuses[status] += 1

    def percentile(self, percent: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

    def summary(self) -> str:
        p50, p95, slowest = (1000 * self.percentile(percent) for percent in (50, 95, 100))
        statuses = " ".join(f"{status}×{count}" for status, count in sorted(self.statuses.items()))
        return f"p50 {p50:.1f} p95 {p95:.1f} max {slowest:.1f} ms, {statuses}"


def attack(port: int, addresses: int, end: float, results: Any) -> None:
    """``CLIENTS`` threads ask without a pause until ``end`` by ``time.time()``."""
    times, numbers = [Times() for _client in range(CLIENTS)], itertools.count(1)

    def ask_on(client: int) -> None:
        address = {"X-Forwarded-For": f"9.9.{client % addresses}.1"}
        own_times = times[client]
        with closing(Visitor(port)) as visitor:
            while time.time() < end:
                count = next(numbers)
                path = fill(DEAR_PAGES[count % len(DEAR_PAGES)], count)
                own_times.measure(partial(visitor.get, path, **address))

    threads = [threading.Thread(target=ask_on, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(sum_up(times))


@contextmanager
def attacking(web: Web, addresses: int, seconds: float) -> Iterator[list[Times]]:
    """The crowd asks for as long as the block lasts, ``seconds`` at most; then its times."""
    spawn = multiprocessing.get_context("spawn")
    results, times = spawn.Queue(), list[Times]()
    end = time.time() + seconds
    process = spawn.Process(target=attack, args=(web.port, addresses, end, results))
    process.start()
    try:
        yield times
        times.append(results.get(timeout=120))
    finally:
        process.join()


def repeat(ask: Callable[[], Any], end: float, pause: float) -> Times:
    times = Times()
    while time.monotonic() < end:
        times.measure(ask)
        time.sleep(pause)
    return times


def visit(web: Web, seconds: float) -> dict[str, Times]:
    """What each kind of visitor meets within ``seconds``, all at once."""
    end = time.monotonic() + seconds
    pages, count = itertools.cycle(CACHED_PAGES), itertools.count(10_000_000)
    results: dict[str, list[Times]] = defaultdict(list)

    def run(name: str, pause: float, session: str, ask: Callable[[Visitor], Answer]) -> None:
        with closing(Visitor(web.port, session)) as visitor:
            results[name].append(repeat(partial(ask, visitor), end, pause))

    def read(address: dict[str, str], visitor: Visitor) -> Answer:
        number = next(count)
        return visitor.get(fill(READER_PAGES[number % len(READER_PAGES)], number), **address)

    home, made_up = {"X-Forwarded-For": "8.8.99.8"}, "0" * 32
    kinds: list[tuple[str, float, str, Callable[[Visitor], Answer]]] = [
        ("cached", 0.02, "", lambda visitor: visitor.get(next(pages), **home)),
        ("healthz", 0.05, "", lambda visitor: visitor.get("/healthz")),
        ("login page", 1.0, "", lambda visitor: visitor.get("/admin/login/", **home)),
        # with the cookie goes the token of the form
        (
            "login",
            4.0,
            made_up,
            lambda visitor: visitor.post("/admin/login/", LOGIN_FIELDS, **home),
        ),
        (
            "desk",
            1.0,
            web.sessions[0],
            lambda visitor: visitor.get("/admin/rounds/statement/", **home),
        ),
    ]
    for number in range(READERS):
        address = {"X-Forwarded-For": f"8.8.{number}.8"}
        kinds.append(("reader", READER_PAUSE_SECONDS, "", partial(read, address)))
    threads = [threading.Thread(target=run, args=kind) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {name: sum_up(parts) for name, parts in results.items()}


def sum_up(parts: list[Times]) -> Times:
    """The times of several clients of one kind."""
    times = Times()
    for part in parts:
        times.seconds += part.seconds
        times.statuses += part.statuses
    return times
