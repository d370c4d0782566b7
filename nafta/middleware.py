"""What happens at every request, before any page is made."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import get_language
from django.utils.translation import gettext as _

API = "/api/"
ASKING = "GET, HEAD, OPTIONS"


class PublicAPI:
    """Below ``/api/`` anybody may ask from anywhere, and nobody may write."""

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
            response = HttpResponse(status=204, headers={"Allow": ASKING})
            response.headers["Access-Control-Allow-Methods"] = ASKING
            response.headers["Access-Control-Allow-Headers"] = "*"
            response.headers["Access-Control-Max-Age"] = "86400"
            return response
        if request.method not in {"GET", "HEAD"}:
            text = _("The record is read-only here: ask with GET.")
            return JsonResponse({"detail": text}, status=405, headers={"Allow": ASKING})
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


class OnlyAsking:
    """Outside the desk nobody may write either, and no page is made for another wish than to read.

    ``/api/`` has been answered before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_given: Any) -> HttpResponse | None:
        match = request.resolver_match
        if request.method in {"GET", "HEAD"} or (match and "admin" in match.namespaces):
            return None
        headers = {"Allow": ASKING}
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=headers)
        text = _("The record is read-only here: ask with GET.")
        return HttpResponse(text, "text/plain; charset=utf-8", status=405, headers=headers)


class LanguageOfAddress(LocaleMiddleware):
    """The address alone tells the language: no answer varies with what a browser prefers."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", get_language() or "")
        return response
