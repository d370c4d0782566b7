"""What is sent to the desk arrives within its time, and holds up nobody until it has.

A WSGI server hands a request to a thread before its body is there, and a thread that reads waits as
long as the sender likes: as many slow senders as there are threads stop a site. So the body is read
in a thread of its own, before the view, while few threads of the server wait for it, and none for
longer than ``BODY_SECONDS``. A proxy that buffers does all of that better; this is for a server
without one.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from nafta.operations.error_pages import refuse, refuse_busy
from nafta.operations.limits.client_address import counted_address
from nafta.operations.limits.render_queue import ADMIN, RETRY_SECONDS, is_signed_in

VISITOR_BODY_BYTES = 16 * 1024  # of a login; more is refused unread
BYTES_PER_SECOND = 20_000  # a body may take the longer the larger it is: a slow mobile connection
# Threads of a process that wait for bodies: of visitors, and of staff who are signed in.
VISITORS_WAITING = 2
STAFF_WAITING = 3
WAITING_PER_ADDRESS = 1
# Bodies that are still being read after their request was answered: each ends with its connection.
UNFINISHED = 100
UNFINISHED_PER_ADDRESS = 5


class Places:
    """A number of places, some for each address."""

    def __init__(self, total: int, per_address: int) -> None:
        self.total, self.per_address = total, per_address
        self.lock = threading.Lock()
        self.taken: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        """Take a place for an address; False if there is none."""
        with self.lock:
            if self.taken.total() >= self.total or self.taken[address] >= self.per_address:
                return False
            self.taken[address] += 1
            return True

    def free(self, address: str) -> None:
        with self.lock:
            self.taken[address] -= 1
            self.taken += Counter()  # drops the addresses that have none


class SlowBodiesMiddleware:
    """Read what is sent to the desk before its view does, and refuse what does not arrive.

    It stands before the render queue, whose turns are for those who have sent all. What is sent to
    other pages is refused unread.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.visitors = Places(VISITORS_WAITING, WAITING_PER_ADDRESS)
        self.staff = Places(STAFF_WAITING, STAFF_WAITING)
        self.unfinished = Places(UNFINISHED, UNFINISHED_PER_ADDRESS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        refusal = None
        if length and ADMIN.match(request.path_info):
            refusal = self._refuse(request, length, is_staff=is_signed_in(request))
        return refusal or self.get_response(request)

    def _refuse(self, request: HttpRequest, length: int, *, is_staff: bool) -> HttpResponse | None:
        """Read the body of ``length`` bytes; answer if it is too large, too slow or one too many.

        An upload of staff that is larger than forms may be is left to the view, which refuses it.
        """
        if length > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE if is_staff else VISITOR_BODY_BYTES):
            return None if is_staff else refuse(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        address = counted_address(request) or ""
        with _place(self.staff if is_staff else self.visitors, address) as has_place:
            if not has_place or not self.unfinished.take(address):
                return refuse_busy(request, "bodies", HTTPStatus.SERVICE_UNAVAILABLE, RETRY_SECONDS)
            if self._read(request, address, settings.BODY_SECONDS + length / BYTES_PER_SECOND):
                return None
        response = refuse(request, HTTPStatus.REQUEST_TIMEOUT)
        response.headers["Connection"] = "close"
        return response

    def _read(self, request: HttpRequest, address: str, seconds: float) -> bool:
        """Read the body within ``seconds``; returns whether it has arrived, or been cut off."""

        def read() -> None:
            try:
                request.body  # noqa: B018 - Django keeps it for the view
            except (RequestDataTooBig, UnreadablePostError):
                pass  # the view meets it again
            finally:
                self.unfinished.free(address)

        reader = threading.Thread(target=read, name="body-reader", daemon=True)
        reader.start()
        reader.join(seconds)
        return not reader.is_alive()


@contextmanager
def _place(places: Places, address: str) -> Iterator[bool]:
    has_place = places.take(address)
    try:
        yield has_place
    finally:
        if has_place:
            places.free(address)
