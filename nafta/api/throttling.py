"""The API's rate limit, CORS headers and JSON errors."""

import math
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from nafta.operations.error_pages import NOT_STORED
from nafta.operations.limits.client_address import counted_address
from nafta.operations.middleware import READ_METHODS

API_PREFIX = "/api/"
WINDOW_SECONDS = 60


class PublicApiMiddleware:
    """``/api/`` is read-only and open to all origins; ``API_RATE`` requests a minute an IP address,
    or a /64 of IPv6.

    It stands before the page cache, so that answers from the cache are counted, too. django-ninja's
    throttling runs in the view, behind the cache (decision 0059).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        response = self._respond(request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = (
            "ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining"
        )
        return response

    def _respond(self, request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": READ_METHODS})
            response.headers["Access-Control-Allow-Methods"] = READ_METHODS
            response.headers["Access-Control-Allow-Headers"] = "*"
            response.headers["Access-Control-Max-Age"] = "86400"
            return response
        if request.method not in {"GET", "HEAD"}:
            text = _("The record is read-only here: ask with GET.")
            return JsonResponse({"detail": text}, status=405, headers={"Allow": READ_METHODS})
        remaining = settings.API_RATE - _count_request(counted_address(request))
        response = self._read(request) if remaining >= 0 else _too_many_requests()
        response.headers["RateLimit-Limit"] = str(settings.API_RATE)
        response.headers["RateLimit-Remaining"] = str(max(0, remaining))
        return response

    def _read(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET":
            return self._get(request)
        request.method = "GET"  # HEAD has the headers of GET, and no body
        response = self._get(request)
        length = len(response.content)
        response.content = b""
        response.headers["Content-Length"] = str(length)
        return response

    def _get(self, request: HttpRequest) -> HttpResponse:
        """The response, with a JSON body for the 404 of an unknown URL."""
        response = self.get_response(request)
        if response.status_code != 404 or "json" in response.headers["Content-Type"]:
            return response
        text = _("There is no such address. “/api/v1/openapi.json” lists those there are.")
        return JsonResponse({"detail": text}, status=404, headers={"Cache-Control": "no-cache"})


def _count_request(address: str | None) -> int:
    """Count a request of an address; returns its number within the minute of the clock."""
    key = f"api:{address}:{int(time.time() // WINDOW_SECONDS)}"
    cache.add(key, 0, 2 * WINDOW_SECONDS)
    try:
        return cache.incr(key)
    except ValueError:  # the cache is full, or does not answer
        return 1


def _too_many_requests() -> HttpResponse:
    text = _("One address may ask %(count)d times a minute. Try again after a moment.")
    wait = math.ceil(WINDOW_SECONDS - time.time() % WINDOW_SECONDS)
    headers = {"Retry-After": wait, **NOT_STORED}
    detail = text % {"count": settings.API_RATE}
    return JsonResponse({"detail": detail}, status=429, headers=headers)
