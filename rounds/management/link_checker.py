"""Check whether an address on the web still answers.

The servers are not trusted: an editor, or a redirect, could name an address of the internal
network, so only public addresses are asked.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from rounds.models import LinkState

GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class NotPublicError(OSError):
    """An address is not one of the public internet."""


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What came back from an address; ``text`` is for editors, as in "404 Not Found"."""

    state: LinkState
    text: str


class _PublicHTTP(http.client.HTTPConnection):
    """Connects to public addresses only, also after a redirect.

    It connects to the address that it has checked, and not by name: a second look-up of the name
    could return another address.
    """

    allow_private = False
    _watch: threading.Timer | None = None

    def connect(self) -> None:
        infos = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = [str(socket_address[0]) for *_kind, socket_address in infos]
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
        # A server that sends a byte now and then would never exceed the time limit of one read.
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
    """As ``_PublicHTTP``, whose ``connect`` makes the connection that this class encrypts."""


GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that is routed on the internet
NAT64 = ipaddress.ip_network("64:ff9b::/96")
ISATAP = (0x00005EFE, 0x02005EFE)  # what stands before an IPv4 address in the lower half (RFC 5214)


def is_public(address: str) -> bool:
    """Whether an IP address, and each IPv4 address within it, is one of the public internet."""
    outer = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(outer, ipaddress.IPv4Address):
        return _is_global(outer)
    inner = _find_inner(outer)
    if outer.ipv4_mapped or outer in NAT64:
        return all(map(_is_global, inner))
    return outer in GLOBAL_UNICAST and _is_global(outer) and all(map(_is_global, inner))


def _is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not address.is_multicast


def _find_inner(outer: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses to which a gateway could send what is sent to an IPv6 address."""
    last = ipaddress.IPv4Address(int(outer) & 0xFFFFFFFF)
    has_last = outer in NAT64 or (int(outer) >> 32) & 0xFFFFFFFF in ISATAP
    embedded = [outer.ipv4_mapped, outer.sixtofour, *(outer.teredo or ())]
    return [inner for inner in (*embedded, last if has_last else None) if inner]


class _PublicHandler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    def __init__(self, *, allow_private: bool) -> None:
        super().__init__()
        self.allow_private = allow_private
        self.context = ssl.create_default_context()

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection(_PublicHTTP), request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection(_PublicHTTPS), request, context=self.context)

    def _connection(self, kind: type[_PublicHTTP]) -> Callable[..., _PublicHTTP]:
        def connection(host: str, **options: Any) -> _PublicHTTP:
            public = kind(host, **options)
            public.allow_private = self.allow_private
            return public

        return connection


class LinkChecker:
    """Asks addresses in the name of the site.

    It uses no proxy: that could reach the addresses of the internal network.
    """

    def __init__(self, user_agent: str, *, timeout: float, allow_private: bool = False) -> None:
        self.headers = {"User-Agent": user_agent, "Accept": "*/*"}
        self.timeout = timeout
        self.opener = urllib.request.OpenerDirector()
        for handler in (
            _PublicHandler(allow_private=allow_private),
            urllib.request.HTTPRedirectHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.UnknownHandler(),
        ):
            self.opener.add_handler(handler)

    def check(self, address: str) -> LinkAnswer:
        """Return what came back. Never raises: whatever a server does counts as an answer."""
        answer = self._request(address, "HEAD")
        if answer.state != LinkState.ANSWERS:  # some servers do not support HEAD, or do it wrong
            answer = self._request(address, "GET")
        return answer

    def _request(self, address: str, method: str) -> LinkAnswer:
        try:
            request = urllib.request.Request(address, headers=self.headers, method=method)  # noqa: S310
            if request.type not in {"http", "https"}:
                return LinkAnswer(LinkState.UNCLEAR, _("neither http nor https"))
            with self.opener.open(request, timeout=self.timeout) as response:
                return answer_to_status(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return answer_to_status(error.code)
        except Exception as error:  # a server may break any rule of HTTP
            return answer_to_error(error)


def answer_to_status(code: int) -> LinkAnswer:
    try:
        text = f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        text = str(code)
    if 200 <= code < 300:
        return LinkAnswer(LinkState.ANSWERS, text)
    return LinkAnswer(LinkState.DEAD if code in GONE else LinkState.UNCLEAR, text)


def answer_to_error(error: BaseException) -> LinkAnswer:
    """Return what an error says of a link.

    Only a host name that nobody has is dead for certain; other errors may pass.
    """
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, BaseException):
        error = error.reason
    if isinstance(error, NotPublicError):
        return LinkAnswer(LinkState.UNCLEAR, str(error))
    if isinstance(error, socket.gaierror):
        unknown = error.errno == socket.EAI_NONAME
        return LinkAnswer(LinkState.DEAD if unknown else LinkState.UNCLEAR, _("no such host"))
    if isinstance(error, TimeoutError):
        return LinkAnswer(LinkState.UNCLEAR, _("no answer in time"))
    if isinstance(error, ssl.SSLError):
        return LinkAnswer(LinkState.UNCLEAR, _("not secure: its certificate is not valid"))
    if isinstance(error, ConnectionRefusedError):
        return LinkAnswer(LinkState.UNCLEAR, _("connection refused"))
    return LinkAnswer(
        LinkState.UNCLEAR, _("no proper answer (%(kind)s)") % {"kind": type(error).__name__}
    )
