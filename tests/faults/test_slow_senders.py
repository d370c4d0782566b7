"""Senders who never finish: a byte of a body now and then, headers that do not end."""

import os
import resource
import selectors
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.doors import door
from tests.faults.machines import TOKEN, Database, Visitor, Web, free_port
from tests.faults.people import kept, seconds

SENDERS = int(os.environ.get("FAULT_SENDERS", "50"))  # 800 for the whole of it
PAUSE_SECONDS = 4.0  # between two bytes of one sender
BODY = (
    "POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10000\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
    f"Cookie: csrftoken={TOKEN}\r\n\r\n"
)
HEADERS = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


@contextmanager
def sending(port: int, beginning: str) -> Iterator[None]:
    """As many senders as ``SENDERS``; each begins anew when its connection is closed."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    stopping = threading.Event()

    def send() -> None:
        sockets: list[socket.socket | None] = [None] * SENDERS
        while not stopping.is_set():
            for number, sender in enumerate(sockets):
                sockets[number] = _send_on(sender, port, beginning)
            stopping.wait(PAUSE_SECONDS)
        for sender in sockets:
            if sender:
                sender.close()

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _send_on(sender: socket.socket | None, port: int, beginning: str) -> socket.socket | None:
    """Send a byte, or begin anew."""
    if sender is not None and not _is_over(sender):
        with suppress(OSError):
            sender.send(b"a")
            return sender
    if sender is not None:
        sender.close()
    with suppress(OSError):
        sender = socket.create_connection(("127.0.0.1", port), timeout=1)
        sender.sendall(beginning.encode())
        return sender
    return None


def _is_over(sender: socket.socket) -> bool:
    """Whether an answer has come, or the connection was closed."""
    with selectors.DefaultSelector() as selector:
        selector.register(sender, selectors.EVENT_READ)
        return bool(selector.select(0))


def times(port: int, path: str, duration: float) -> list[float]:
    """Seconds until each answer, one after the other, on new connections."""
    found, end = [], time.monotonic() + duration
    while time.monotonic() < end:
        began = time.monotonic()
        with closing(Visitor(port)) as visitor:
            assert visitor.get(path).status == 200
        found.append(time.monotonic() - began)
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("name", ["none", "nginx", "caddy"])
@pytest.mark.parametrize("beginning", [BODY, HEADERS], ids=["bodies", "headers"])
def test_slow_senders_hold_up_nobody(
    database: Callable[..., Database],
    web: Callable[..., Web],
    folder: Path,
    name: str,
    beginning: str,
) -> None:
    probes = free_port()
    site = web(database("primary").url, PROBE_PORT=str(probes), PROXIES=str(int(name != "none")))
    with door(name, site, folder) as port:
        kept(site, ["/"])
        with sending(port, beginning):
            time.sleep(2)
            for path, asked in (("/", port), ("/healthz", port), ("/healthz", probes)):
                took = times(asked, path, seconds(10))
                print(
                    f"{name}, {SENDERS} senders, {path}{' (probe port)' * (asked == probes)}:"
                    f" median {1000 * statistics.median(took):.1f} ms,"
                    f" slowest {1000 * max(took):.0f} ms of {len(took)}"
                )
                assert statistics.median(took) < 0.1
                assert max(took) < 5  # while hundreds of senders begin at the same moment
