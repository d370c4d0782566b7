"""Whether links still answer, asked of a small web of our own; nothing here leaves this machine."""

import contextlib
import io
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from rounds.management import link_checker
from rounds.management.link_checker import LinkChecker, is_public
from rounds.models import LinkCheck, LinkState, Source
from tests.desk import address
from tests.world import create_source

pytestmark = pytest.mark.django_db


class Web(BaseHTTPRequestHandler):
    """Answers by path."""

    asked: list[tuple[str, str, str]] = []

    def do_HEAD(self) -> None:  # the names that the library calls
        self.asked.append((self.command, self.path, self.headers["User-Agent"]))
        if self.path == "/rude":
            self.wfile.write(b"\x00\xff not HTTP\r\n\r\n")
            return
        if self.path == "/silent":
            return
        status = {"/gone": 410, "/missing": 404, "/broken": 500, "/walled": 403}.get(self.path, 200)
        if self.path == "/only-get" and self.command == "HEAD":
            status = 405
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
        elif self.path == "/circle":
            self.send_response(301)
            self.send_header("Location", "/circle")
        elif self.path == "/odd":
            self.send_response(799)
        else:
            self.send_response(status)
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def web() -> Iterator[str]:
    """The address of the web, without a slash at its end."""
    Web.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def check(**options: Any) -> str:
    out = io.StringIO()
    given = {"allow_private": True, "pause": 0, "timeout": 5} | options
    call_command("check_sources", stdout=out, **given)
    return out.getvalue()


def found() -> dict[str, tuple[str, str]]:
    rows = LinkCheck.objects.values_list("address", "state", "answer")
    return {path.partition("/")[2].partition("/")[2]: tuple(rest) for path, *rest in rows}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("path", "state", "words"),
    [
        ("/", "answers", "200 OK"),
        ("/only-get", "answers", "200 OK"),
        ("/to//else", "answers", "200 OK"),
        ("/gone", "dead", "410 Gone"),
        ("/missing", "dead", "404 Not Found"),
        ("/to//missing", "dead", "404 Not Found"),
        ("/broken", "unclear", "500 Internal Server Error"),
        ("/walled", "unclear", "403 Forbidden"),
        ("/odd", "unclear", "799"),
        ("/circle", "unclear", "301 Moved Permanently"),
        ("/rude", "unclear", "no proper answer (BadStatusLine)"),
        ("/silent", "unclear", "no proper answer (RemoteDisconnected)"),
        ("/to/file:///etc/passwd", "unclear", "302 Found"),
        ("/to/ftp://127.0.0.1/x", "unclear", "no proper answer (URLError)"),
    ],
)
def test_whatever_a_server_does_is_an_answer(web: str, path: str, state: str, words: str) -> None:
    create_source(url=web + path)
    check()
    one = LinkCheck.objects.get()
    assert (one.address, one.state, one.answer) == (web + path, state, words)


def test_it_asks_for_the_head_and_says_who_asks(web: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*", ".talks.example"]
    create_source(url=f"{web}/")
    create_source(url=f"{web}/walled")
    check()
    assert sorted((method, path) for method, path, _agent in Web.asked) == [
        ("GET", "/walled"),
        ("HEAD", "/"),
        ("HEAD", "/walled"),
    ]
    assert {agent for _method, _path, agent in Web.asked} == {
        "link-check/1 (+https://talks.example/about/)"
    }


def test_the_copy_is_asked_too_and_each_address_once(web: str) -> None:
    create_source(url=f"{web}/1", archive_url=f"{web}/copy")
    create_source(url="", archive_url=f"{web}/copy")
    create_source(url="")
    assert check() == "2 addresses asked: 2 answers, 0 dead, 0 unclear.\n"
    assert len(Web.asked) == 2


def test_what_is_dead_is_printed(web: str) -> None:
    create_source(url=f"{web}/gone")
    assert check().splitlines()[0] == f"410 Gone: {web}/gone"


def test_only_what_was_not_asked_lately_and_only_so_many(web: str) -> None:
    for number in range(4):
        create_source(url=f"{web}/{number}")
    check(limit=3)
    assert [path for _head, path, _agent in Web.asked] == ["/3", "/2", "/1"]
    LinkCheck.objects.filter(address=f"{web}/2").update(
        checked_at=timezone.now() - timedelta(days=9)
    )
    Web.asked.clear()
    check(older_than=7)
    assert [path for _head, path, _agent in Web.asked] == ["/0", "/2"]


def test_what_no_source_has_any_more_is_forgotten(web: str) -> None:
    source = create_source(url=f"{web}/gone")
    check()
    Source.objects.filter(pk=source.pk).update(url=f"{web}/here")
    check()
    assert [one.address for one in LinkCheck.objects.all()] == [f"{web}/here"]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[::]", "2130706433"],
)
def test_no_address_of_a_private_network_is_asked(web: str, host: str) -> None:
    port = web.rpartition(":")[2]
    create_source(url=f"http://{host}:{port}/")
    create_source(url=f"https://{host}:{port}/secure")
    check(allow_private=False)
    assert {one.answer for one in LinkCheck.objects.all()} == {"not an address of the public web"}
    assert Web.asked == []


def test_nor_by_a_redirect_or_a_name_that_turns_private(
    web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web counts as public here; where it sends us, and a second look at a name, do not."""
    port = int(web.rpartition(":")[2])
    monkeypatch.setattr(link_checker, "is_public", lambda one: one == "127.0.0.1")
    create_source(url=f"{web}/to/http://[::1]:{port}/secret")
    check(allow_private=False)
    assert LinkCheck.objects.get().answer == "not an address of the public web"
    assert {path for _head, path, _agent in Web.asked} == {f"/to/http://[::1]:{port}/secret"}

    looked_up = []

    def turns(*args: Any, **options: Any) -> list[Any]:
        looked_up.append(args)
        ip = "127.0.0.1" if len(looked_up) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    monkeypatch.setattr(socket, "getaddrinfo", turns)
    connected = []

    def connect(place: Any, *rest: Any) -> None:
        connected.append(place)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    LinkChecker("x", timeout=1).check(f"http://turns.example:{port}/")
    assert connected == [("127.0.0.1", port)]


def test_a_name_with_one_private_address_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: both)
    monkeypatch.setattr(socket, "create_connection", lambda *args: pytest.fail("connected"))
    answer = LinkChecker("x", timeout=1).check("http://both.example/")
    assert answer.text == "not an address of the public web"


@pytest.mark.parametrize(
    "host",
    ["[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::1]"],
)
def test_no_inner_address_is_dialled_through_ipv6(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *args: pytest.fail("connected"))
    answer = LinkChecker("x", timeout=1).check(f"http://{host}/")
    assert answer.text == "not an address of the public web"


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("64:ff9b::5db8:d822", True),
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::5db8:d822", False),  # for translation within a network
        ("64:ff9b:1::7f00:1", False),
        ("64:ff9b:1:7f00:0:100::", False),
        ("::127.0.0.1", False),
        ("::93.184.216.34", False),
        ("::ffff:0:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:5db8:d822::1", True),
        ("2002:a00:1::5", False),
        ("2001:0:5db8:d822::80ff:fffe", False),  # Teredo, with 127.0.0.1 behind the server
        ("2001:0:7f00:1::a247:27dd", False),  # and with 127.0.0.1 as the server
        ("2606:2800:220:1:0:5efe:7f00:1", False),  # ISATAP
        ("2606:2800:220:1:200:5efe:a00:1", False),
        ("2606:2800:220:1:0:5efe:5db8:d822", True),
        ("100::1", False),
        ("fec0::1", False),
        ("::1", False),
        ("::", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
    ],
)
def test_what_counts_as_public(ip: str, public: bool) -> None:
    assert is_public(ip) is public


def test_a_server_that_drips_is_cut_off() -> None:
    """It sends a byte now and then, and never the end of its first line."""
    done = threading.Event()

    def drip(server: socket.socket) -> None:
        for _method in ("HEAD", "GET"):
            client, _peer = server.accept()
            with client, contextlib.suppress(OSError):
                while not done.wait(0.02):
                    client.sendall(b"H")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=[server])
        thread.start()
        port = server.getsockname()[1]
        answer = LinkChecker("x", timeout=0.2, allow_private=True).check(
            f"http://127.0.0.1:{port}/"
        )
        done.set()
        thread.join()
    assert answer.state == LinkState.UNCLEAR


def test_the_list_of_sources_tells_and_filters(
    admin_client: Client, web: str, django_assert_max_num_queries: Any
) -> None:
    dead = create_source(url=f"{web}/gone", archive_url=f"{web}/copy")
    alive = create_source(url=f"{web}/here")
    copy_dead = create_source(url=f"{web}/also", archive_url=f"{web}/missing")
    check()
    never = create_source(url=f"{web}/new")
    create_source(url="")

    def listed(link: str) -> set[Source]:
        return set(admin_client.get(address(Source), {"link": link}).context["cl"].result_list)

    assert listed("dead") == {dead, copy_dead}
    assert listed("answers") == {dead, alive, copy_dead}
    assert listed("unasked") == {never}
    with django_assert_max_num_queries(12):
        page = admin_client.get(address(Source)).content.decode()
    assert "410 Gone" in page
