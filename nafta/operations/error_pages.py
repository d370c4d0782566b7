"""What is said when a page cannot be made. It asks the database for nothing."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from nafta.operations.metrics import DATABASE_ERRORS
from rounds.platform.databases import UNREACHABLE_ERRORS

AGAIN = 30  # seconds until a second try is worth its while


def server_error(request: HttpRequest) -> HttpResponse:
    """The fault is ours; or the database is gone, which a later try may find back."""
    gone = isinstance(sys.exc_info()[1], UNREACHABLE_ERRORS)
    status = 503 if gone else 500
    if gone:
        DATABASE_ERRORS.inc()
    if request.path_info.startswith("/api/"):
        text = _("The database does not answer.") if gone else _("Something went wrong.")
        response: HttpResponse = JsonResponse({"detail": text}, status=status)
    else:
        wrote = request.method not in {"GET", "HEAD"}
        page = render_to_string(f"{status}.html", {"wrote": wrote})
        response = HttpResponse(page, status=status)
    if gone:
        response.headers["Retry-After"] = str(AGAIN)
    return response


def refused(request: HttpRequest, status: int) -> HttpResponse:
    """What was sent cannot be read, or is too much (413)."""
    if request.path_info.startswith("/api/"):
        text = _("This is too large.") if status == 413 else _("This cannot be read.")
        return JsonResponse({"detail": text}, status=status)
    return HttpResponse(render_to_string("400.html", {"large": status == 413}), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """It is not sent as browsers send, or names a host that is not ours."""
    return refused(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Somebody who may not; why stands in the exception, where it is worth saying."""
    page = render_to_string("403.html", {"why": str(exception)})
    return HttpResponse(page, status=403)


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the mark that it is ours, or with one from before a login."""
    return HttpResponse(render_to_string("403.html", {"mark": True}), status=403)
