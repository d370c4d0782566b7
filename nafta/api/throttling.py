"""Who may ask the API, how often, and what is no answer of its own."""

import math
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from nafta.operations.client_address import address_of
from nafta.operations.middleware import READ_METHODS

API = "/api/"
MINUTE = 60  # seconds


class PublicAPI:
    """Below ``/api/`` anybody may ask from anywhere, so often a minute, and nobody may write.

    Kept answers are counted, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API):
            return self.get_response(request)
        response = self._answer(request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = (
            "ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining"
        )
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": READ_METHODS})
            response.headers["Access-Control-Allow-Methods"] = READ_METHODS
            response.headers["Access-Control-Allow-Headers"] = "*"
            response.headers["Access-Control-Max-Age"] = "86400"
            return response
        if request.method not in {"GET", "HEAD"}:
            text = _("The record is read-only here: ask with GET.")
            return JsonResponse({"detail": text}, status=405, headers={"Allow": READ_METHODS})
        left = settings.API_RATE - _asked(address_of(request))
        response = self._read(request) if left >= 0 else _too_many()
        response.headers["RateLimit-Limit"] = str(settings.API_RATE)
        response.headers["RateLimit-Remaining"] = str(max(0, left))
        return response

    def _read(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET":
            return self._got(request)
        request.method = "GET"  # what GET would say, without its body
        response = self._got(request)
        length = len(response.content)
        response.content = b""
        response.headers["Content-Length"] = str(length)
        return response

    def _got(self, request: HttpRequest) -> HttpResponse:
        """The answer; for an address that is none, in JSON too."""
        response = self.get_response(request)
        if response.status_code != 404 or "json" in response.headers["Content-Type"]:
            return response
        text = _("There is no such address. “/api/v1/openapi.json” lists those there are.")
        return JsonResponse({"detail": text}, status=404)


def _asked(address: str | None) -> int:
    """How often an address has asked in this minute of the clock."""
    key = f"api:{address}:{int(time.time() // MINUTE)}"
    cache.add(key, 0, 2 * MINUTE)
    try:
        return cache.incr(key)
    except ValueError:  # the cache had to make room
        return 1


def _too_many() -> HttpResponse:
    text = _("One address may ask %(count)d times a minute. Try again after a moment.")
    wait = math.ceil(MINUTE - time.time() % MINUTE)
    return JsonResponse(
        {"detail": text % {"count": settings.API_RATE}}, status=429, headers={"Retry-After": wait}
    )
