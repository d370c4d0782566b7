"""The render queue: how many pages a process renders at once, and whose is next.

A page from the cache costs less than a millisecond, a page that is rendered up to half a second of
CPU. So renders wait for a turn, and everything else never waits behind them. The turn goes to the
client address that was rendered for least within the last minute: a reader is served before
somebody who asks for hundreds of pages, even from many addresses. See decision 0067.
"""

import itertools
import math
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib import import_module
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.db import connections
from django.http import HttpRequest

from nafta.operations.limits.client_address import counted_address
from nafta.operations.metrics import RENDER_REFUSALS, RENDERS_WAITING
from rounds.platform.databases import UNREACHABLE_ERRORS

ADMIN = re.compile(r"/(?:\w\w/)?admin/")
WINDOW_SECONDS = 60
EXPECTED_MS = 200  # what a request counts as until its page is rendered
WAITED_MS_PER_SECOND = 500  # milliseconds of rendering that a second of waiting makes up for
WAIT_SECONDS = 10.0  # longest wait for a turn
RETRY_SECONDS = 5  # the least that a refused client is asked to wait


class RenderRefusedError(Exception):
    """A page is not rendered: all places are taken, its address had its share, or it waited long.

    ``reason`` is "places", "share" or "time".
    """

    def __init__(self, reason: str, retry_seconds: int = RETRY_SECONDS) -> None:
        super().__init__(reason)
        self.reason, self.retry_seconds = reason, retry_seconds
        self.status = (
            HTTPStatus.SERVICE_UNAVAILABLE if reason == "time" else HTTPStatus.TOO_MANY_REQUESTS
        )


@dataclass(slots=True, eq=False)
class Turn:
    """A request that waits for its turn, or is being rendered."""

    address: str
    cost_ms: float  # of its address: within the last minute, and expected of its earlier requests
    arrival: int
    asked_at: float  # by time.monotonic(), seconds
    is_admitted: bool = False
    decided: threading.Event = field(default_factory=threading.Event)  # admitted or refused

    @property
    def rank(self) -> tuple[float, int]:
        """The least is rendered next, the greatest refused first.

        A second of waiting makes up for half a second of rendering, so that of many addresses that
        cost alike none waits for ever.
        """
        return self.cost_ms + self.asked_at * WAITED_MS_PER_SECOND, self.arrival


class RenderQueue:
    """The turns of one process: ``RENDERS_AT_ONCE`` rendering, ``RENDER_PLACES`` with those that
    wait. The costs of addresses are in the cache, which processes share where it is Redis.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rendering: list[Turn] = []
        self.waiting: list[Turn] = []
        self.arrivals = itertools.count()

    @contextmanager
    def turn(self, address: str) -> Iterator[bool]:
        """Wait for a turn, which lasts as long as the block; yields whether it had to wait.

        Raises ``RenderRefusedError``.
        """
        try:
            turn = self._enter(address)
            has_waited = not turn.is_admitted
            if has_waited:
                self._wait(turn)
        except RenderRefusedError as refusal:
            RENDER_REFUSALS.labels(refusal.reason).inc()
            raise
        started = time.perf_counter()
        try:
            yield has_waited
        finally:
            cost_ms = (time.perf_counter() - started) * 1000
            self._leave(turn, cost_ms)
            charge(address, cost_ms)

    def _enter(self, address: str) -> Turn:
        """Take a place; if there is none, that of the waiting request of the greatest cost."""
        cost_ms = load_cost_ms(address)
        with self.lock:
            pending = sum(turn.address == address for turn in (*self.rendering, *self.waiting))
            expected_ms = pending * EXPECTED_MS
            turn = Turn(address, cost_ms + expected_ms, next(self.arrivals), time.monotonic())
            if is_limited(address) and turn.cost_ms > settings.RENDER_SECONDS * 1000:
                raise RenderRefusedError("share", seconds_until_share(address))
            self.waiting.append(turn)
            self._admit()
            if len(self.rendering) + len(self.waiting) > settings.RENDER_PLACES and self.waiting:
                dearest = max(self.waiting, key=lambda other: other.rank)
                self.waiting.remove(dearest)
                dearest.decided.set()
                if dearest is turn:
                    raise RenderRefusedError("places")
        return turn

    def _wait(self, turn: Turn) -> None:
        """Wait until the turn is decided. Its database connections go back to the pool."""
        for connection in connections.all(initialized_only=True):
            if not connection.in_atomic_block:
                connection.close()
        with RENDERS_WAITING.track_inprogress():
            is_decided = turn.decided.wait(WAIT_SECONDS)
        with self.lock:
            if turn.is_admitted:
                return
            if turn in self.waiting:
                self.waiting.remove(turn)
        raise RenderRefusedError("places" if is_decided else "time")

    def _leave(self, turn: Turn, cost_ms: float) -> None:
        with self.lock:
            self.rendering.remove(turn)
            for other in self.waiting:
                if other.address == turn.address and other.arrival > turn.arrival:
                    other.cost_ms += cost_ms - EXPECTED_MS
            self._admit()

    def _admit(self) -> None:
        """Let those render next whose addresses cost least."""
        while self.waiting and len(self.rendering) < settings.RENDERS_AT_ONCE:
            turn = min(self.waiting, key=lambda other: other.rank)
            self.waiting.remove(turn)
            self.rendering.append(turn)
            turn.is_admitted = True
            turn.decided.set()


queue = RenderQueue()
# Who logs in waits only for others who do: a password takes half a second to look at, and the night
# on which a crowd asks for pages is the night on which editors have to get in.
login_queue = RenderQueue()


@contextmanager
def render_turn(request: HttpRequest) -> Iterator[bool]:
    """Wait for the turn of a request; yields whether it had to wait.

    Staff who are signed in never wait. Raises ``RenderRefusedError``.
    """
    if not settings.RENDERS_AT_ONCE or is_signed_in(request):
        yield False
        return
    turns = login_queue if ADMIN.match(request.path_info) else queue
    with turns.turn(counted_address(request) or "") as has_waited:
        yield has_waited


def is_signed_in(request: HttpRequest) -> bool:
    """Whether the session cookie belongs to a login. Anybody can send a cookie."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return False
    sessions = import_module(settings.SESSION_ENGINE)
    try:
        return SESSION_KEY in sessions.SessionStore(key)
    except UNREACHABLE_ERRORS:
        return False


def is_limited(address: str) -> bool:
    """Whether ``RENDER_SECONDS`` holds for the address.

    Not for one of a private network, from which everybody seems to come where ``PROXIES`` is not
    set, nor for an office of the newsroom.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return (
        settings.RENDER_SECONDS > 0
        and parsed.is_global
        and not any(parsed in network for network in settings.OFFICE_ADDRESSES)
    )


# --- the cost of an address: milliseconds by the minute of the clock, in the cache ---


def charge(address: str, cost_ms: float) -> None:
    """Add what was rendered for an address. Does nothing while the cache does not answer."""
    key = _cost_key(address, int(time.time() // WINDOW_SECONDS))
    cache.add(key, 0, 2 * WINDOW_SECONDS)
    try:
        cache.incr(key, math.ceil(cost_ms))
    except ValueError:  # the cache is full, or does not answer
        return


def load_cost_ms(address: str) -> float:
    """What was rendered for an address within the last minute, in milliseconds.

    The minute before counts with the part of it that is less than a minute ago.
    """
    minute, elapsed = divmod(time.time(), WINDOW_SECONDS)
    before, now = (cache.get(_cost_key(address, int(minute) - ago), 0) for ago in (1, 0))
    return float(now + before * (1 - elapsed / WINDOW_SECONDS))


def seconds_until_share(address: str) -> int:
    """How long until an address has used less than its share, if it asks for nothing until then."""
    limit_ms = settings.RENDER_SECONDS * 1000
    minute, elapsed = divmod(time.time(), WINDOW_SECONDS)
    costs: list[int] = [cache.get(_cost_key(address, int(minute) - ago), 0) for ago in (1, 0)]
    before, now = costs
    remaining = WINDOW_SECONDS - elapsed
    if now < limit_ms and before:  # what was rendered in the minute before counts less and less
        seconds = remaining - (limit_ms - now) / before * WINDOW_SECONDS
    else:
        seconds = remaining + WINDOW_SECONDS * (1 - limit_ms / max(now, limit_ms))
    return max(RETRY_SECONDS, math.ceil(seconds))


def _cost_key(address: str, minute: int) -> str:
    return f"render:{address}:{minute}"
