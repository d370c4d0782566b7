"""The site's own middleware, in the order in which ``settings.MIDDLEWARE`` lists it.

Two more have modules of their own: ``page_cache``, and the API's rate limit in
``nafta/api/throttling.py``.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DataError, connections
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from nafta.operations import logs
from nafta.operations.error_pages import refuse
from nafta.operations.health import healthz, readyz
from nafta.operations.metrics import IN_PROGRESS, count_request, metrics

READ_METHODS = "GET, HEAD, OPTIONS"
PROBES: dict[str, Callable[[HttpRequest], HttpResponse | None]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}
REQUEST_ID_HEADER = "X-Request-ID"
# Errors of a filter in the address of an admin list. The first two never come from a form, which
# validates what it holds before the database sees it.
LOOKUP_ERRORS = (DataError, FieldDoesNotExist)
VALUE_ERRORS = (*LOOKUP_ERRORS, ValidationError, ValueError, OverflowError)
logger = logging.getLogger(__name__)


class SecurityHeadersMiddleware:
    """Set the Content-Security-Policy and the Permissions-Policy, on cached pages too.

    A view that has set its own policy, as embeds do, keeps it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_POLICY)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class InputLimitsMiddleware:
    """Reject oversized bodies (413) and invalid admin lookups (400) with a readable page.

    A body without a Content-Length is empty for Django, so none longer than its header is read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.BODY_MAX_BYTES:
            return refuse(request, 413)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 400 to a lookup that an admin list passed on to the database unchecked."""
        match = request.resolver_match
        if not match or "admin" not in match.namespaces or not isinstance(error, VALUE_ERRORS):
            return None
        if request.method == "POST" and not isinstance(error, LOOKUP_ERRORS):
            return None  # a fault of ours: the form should have refused it
        logger.warning("No value: %s", request.path_info, exc_info=error)
        return refuse(request, 400)


class HealthCheckMiddleware:
    """Serve /healthz, /readyz and /metrics before host checks and HTTPS redirects.

    A load balancer asks by address and without TLS. Its requests are neither logged nor counted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        return (probe and probe(request)) or self.get_response(request)


class RequestLogMiddleware:
    """Assign a request ID, count the request and log one line with its response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        entry = logs.RequestLog(
            request, logs.request_id(request.headers.get(REQUEST_ID_HEADER, ""))
        )
        token = logs.current_request.set(entry)
        try:
            with IN_PROGRESS.track_inprogress(), ExitStack() as wrappers:
                for connection in connections.all():
                    wrappers.enter_context(connection.execute_wrapper(entry.count_query))
                response = self.get_response(request)
            response.headers[REQUEST_ID_HEADER] = entry.request_id
            count_request(entry, response.status_code)
            entry.write(response.status_code)
            return response
        finally:
            logs.current_request.reset(token)


class ReadOnlyMiddleware:
    """Answer 405 to anything but GET, HEAD and OPTIONS outside the admin.

    It never sees ``/api/``: ``nafta.api.throttling`` has answered there before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        match = request.resolver_match
        if request.method in {"GET", "HEAD"} or (match and "admin" in match.namespaces):
            return None
        headers = {"Allow": READ_METHODS}
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=headers)
        text = _("The record is read-only here: ask with GET.")
        return HttpResponse(text, "text/plain; charset=utf-8", status=405, headers=headers)


class UrlLocaleMiddleware(LocaleMiddleware):
    """Take the language from the URL alone, and name it in Content-Language.

    Django's own adds ``Vary: Accept-Language``, by which caches would keep a page once a browser.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", get_language() or "")
        return response
