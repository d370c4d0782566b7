"""Asking an address on the web whether it still answers, without trusting what is there."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from rounds.models import LinkState

GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class NotPublicError(OSError):
    """An address of a network that is not the public one."""


@dataclass(frozen=True, slots=True)
class Answer:
    state: LinkState
    words: str


class _PublicHTTP(http.client.HTTPConnection):
    """Connects to public addresses only, and to the very one it looked at, redirected or not."""

    allow_private = False
    _watch: threading.Timer | None = None

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        if not self.allow_private and not all(map(is_public, addresses)):
            raise NotPublicError(_("not an address of the public web"))
        fault: OSError | None = None
        for address in addresses:
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
            except OSError as error:
                fault = error
            else:
                break
        else:
            raise fault or OSError("no address")
        # a server that sends a byte now and then would never run into the time limit of each read
        self._watch = threading.Timer(2 * (self.timeout or 0), self._cut)
        self._watch.daemon = True
        self._watch.start()

    def _cut(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._watch:
            self._watch.cancel()
        super().close()


class _PublicHTTPS(http.client.HTTPSConnection, _PublicHTTP):
    """As the former, whose ``connect`` makes the connection that this one encrypts."""


NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    one = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(one, "ipv4_mapped", None) or getattr(one, "sixtofour", None)
    if one in NAT64:
        inner = ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)
    return (inner or one).is_global and not (inner or one).is_multicast


class _Opening(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    def __init__(self, *, allow_private: bool) -> None:
        super().__init__()
        self.allow_private = allow_private
        self.context = ssl.create_default_context()

    def http_open(self, request: Any) -> Any:
        return self.do_open(self._connection(_PublicHTTP), request)

    def https_open(self, request: Any) -> Any:
        return self.do_open(self._connection(_PublicHTTPS), request, context=self.context)

    def _connection(self, kind: type[_PublicHTTP]) -> Any:
        def connection(host: str, **options: Any) -> _PublicHTTP:
            made = kind(host, **options)
            made.allow_private = self.allow_private
            return made

        return connection


class Asker:
    """Asks addresses by name of the site, without a proxy: one could reach what we must not."""

    def __init__(self, user_agent: str, *, timeout: float, allow_private: bool = False) -> None:
        self.headers = {"User-Agent": user_agent, "Accept": "*/*"}
        self.timeout = timeout
        self.opener = urllib.request.OpenerDirector()
        for handler in (
            _Opening(allow_private=allow_private),
            urllib.request.HTTPRedirectHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.UnknownHandler(),
        ):
            self.opener.add_handler(handler)

    def ask(self, address: str) -> Answer:
        """What comes back; whatever a server does, an answer."""
        answer = self._asked(address, "HEAD")
        if answer.state != LinkState.ANSWERS:  # some servers know no HEAD, or lie about it
            answer = self._asked(address, "GET")
        return answer

    def _asked(self, address: str, method: str) -> Answer:
        try:
            request = urllib.request.Request(address, headers=self.headers, method=method)  # noqa: S310
            if request.type not in {"http", "https"}:
                return Answer(LinkState.UNCLEAR, _("neither http nor https"))
            with self.opener.open(request, timeout=self.timeout) as response:
                return by_status(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return by_status(error.code)
        except Exception as error:  # a server may break any rule: whatever it breaks is an answer
            return by_fault(error)


def by_status(code: int) -> Answer:
    try:
        words = f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        words = str(code)
    if 200 <= code < 300:
        return Answer(LinkState.ANSWERS, words)
    return Answer(LinkState.DEAD if code in GONE else LinkState.UNCLEAR, words)


def by_fault(error: BaseException) -> Answer:
    """Only a name that nobody has is surely dead; the rest may be the weather."""
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, BaseException):
        error = error.reason
    if isinstance(error, NotPublicError):
        return Answer(LinkState.UNCLEAR, str(error))
    if isinstance(error, socket.gaierror):
        unknown = error.errno == socket.EAI_NONAME
        return Answer(LinkState.DEAD if unknown else LinkState.UNCLEAR, _("no such host"))
    if isinstance(error, TimeoutError):
        return Answer(LinkState.UNCLEAR, _("no answer in time"))
    if isinstance(error, ssl.SSLError):
        return Answer(LinkState.UNCLEAR, _("not secure: its certificate is not valid"))
    if isinstance(error, ConnectionRefusedError):
        return Answer(LinkState.UNCLEAR, _("connection refused"))
    return Answer(
        LinkState.UNCLEAR, _("no proper answer (%(kind)s)") % {"kind": type(error).__name__}
    )
