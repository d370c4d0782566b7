"""What happens at every request, before any page is made."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DataError, connections
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from nafta.operations import logs
from nafta.operations.error_pages import refused
from nafta.operations.health import healthz, readyz
from nafta.operations.metrics import count, metrics

READ_METHODS = "GET, HEAD, OPTIONS"
PROBES: dict[str, Callable[[HttpRequest], HttpResponse | None]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}
NAME = "X-Request-ID"
IN_ADDRESS = (DataError, FieldDoesNotExist)  # not in a form: that has been looked at
NO_VALUE = (*IN_ADDRESS, ValidationError, ValueError, OverflowError)  # that a column could hold
logger = logging.getLogger(__name__)


class Policies:
    """What a browser may do with our pages, kept ones too; a page with a policy keeps its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_POLICY)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class Bounds:
    """Refuses in words what is too much to be read, and what is no value where one is asked for.

    Without a length, a request has no body for Django: none is read beyond what is told here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.BODY_MAX_BYTES:
            return refused(request, 413)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Lists of the admin hand what stands in their address to the database as it is."""
        match = request.resolver_match
        if not match or "admin" not in match.namespaces or not isinstance(error, NO_VALUE):
            return None
        if request.method == "POST" and not isinstance(error, IN_ADDRESS):
            return None  # what a form holds is looked at by the form
        logger.warning("No value: %s", request.path_info, exc_info=error)
        return refused(request, 400)


class Probes:
    """Answers what the site's keepers ask, by whatever host or scheme, before all else.

    So it is in no log, no count and no cache, and is never sent to HTTPS.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        return (probe and probe(request)) or self.get_response(request)


class Told:
    """Names each request, counts it, and tells of it when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        this = logs.Asked(request, logs.request_name(request.headers.get(NAME, "")))
        token = logs.asked.set(this)
        try:
            with ExitStack() as watching:
                for connection in connections.all():
                    watching.enter_context(connection.execute_wrapper(this.watch))
                response = self.get_response(request)
            response.headers[NAME] = this.name
            count(this, response.status_code)
            this.tell(response.status_code)
            return response
        finally:
            logs.asked.reset(token)


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
        headers = {"Allow": READ_METHODS}
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
