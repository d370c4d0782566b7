"""Error pages. They need no database, which may be what has failed."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from nafta.operations.metrics import DATABASE_ERRORS
from rounds.platform.databases import UNREACHABLE_ERRORS

RETRY_AFTER_SECONDS = 30


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with Retry-After if the error is that the database does not answer."""
    is_database_gone = isinstance(sys.exc_info()[1], UNREACHABLE_ERRORS)
    status = 503 if is_database_gone else 500
    if is_database_gone:
        DATABASE_ERRORS.inc()
    if request.path_info.startswith("/api/"):
        text = _("Something went wrong.")
        if is_database_gone:
            text = _("The database does not answer.")
        response: HttpResponse = JsonResponse({"detail": text}, status=status)
    else:
        wrote = request.method not in {"GET", "HEAD"}
        page = render_to_string(f"{status}.html", {"wrote": wrote})
        response = HttpResponse(page, status=status)
    if is_database_gone:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def refuse(request: HttpRequest, status: int) -> HttpResponse:
    """A request that cannot be read (400) or is too large (413)."""
    if request.path_info.startswith("/api/"):
        text = _("This is too large.") if status == 413 else _("This cannot be read.")
        return JsonResponse({"detail": text}, status=status)
    return HttpResponse(render_to_string("400.html", {"large": status == 413}), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a malformed request, or a Host header that is not in ``ALLOWED_HOSTS``."""
    return refuse(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the message of the exception as the reason."""
    page = render_to_string("403.html", {"why": str(exception)})
    return HttpResponse(page, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose CSRF token is missing or from before a login."""
    return HttpResponse(render_to_string("403.html", {"mark": True}), status=403)
