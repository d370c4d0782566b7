"""Error pages. They need no database, which may be what has failed."""

import sys
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from nafta.operations.metrics import DATABASE_ERRORS, TIMEOUTS
from rounds.platform.databases import UNREACHABLE_ERRORS, took_too_long

RETRY_AFTER_SECONDS = 30
NOT_STORED = {"Cache-Control": "no-store"}  # of what may be otherwise in a moment


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with Retry-After if the database did not answer, or not in time."""
    error = sys.exc_info()[1]
    if not isinstance(error, UNREACHABLE_ERRORS):
        return _failure(request, 500)
    is_late = took_too_long(error)
    (TIMEOUTS if is_late else DATABASE_ERRORS).inc()
    response = _failure(request, 503, is_late=is_late)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _failure(request: HttpRequest, status: int, *, is_late: bool = False) -> HttpResponse:
    if not request.path_info.startswith("/api/"):
        context = {"wrote": request.method not in {"GET", "HEAD"}, "late": is_late}
        page = render_to_string(f"{status}.html", context)
        return HttpResponse(page, status=status, headers=NOT_STORED)
    text = _("Something went wrong.")
    if status == 503:
        text = _("This took too long.") if is_late else _("The database does not answer.")
    return JsonResponse({"detail": text}, status=status, headers=NOT_STORED)


def refuse(request: HttpRequest, status: int) -> HttpResponse:
    """A request that cannot be read (400), comes too slowly (408) or is too large (413)."""
    if request.path_info.startswith("/api/"):
        text = _("This is too large.") if status == 413 else _("This cannot be read.")
        return JsonResponse({"detail": text}, status=status, headers=NOT_STORED)
    context = {"large": status == 413, "slow": status == 408}
    with translation.override(_language_of(request)):
        page = render_to_string("400.html", context)
        return HttpResponse(page, status=status, headers=NOT_STORED)


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


def refuse_busy(request: HttpRequest, reason: str, status: int, retry_seconds: int) -> HttpResponse:
    """429 or 503 with Retry-After for what is not done now, in the reader's language.

    ``reason``: "share" and "bodies" have words of their own.
    """
    language = _language_of(request)
    text, page = _busy_texts(language, reason)
    if request.path_info.startswith("/api/"):
        response: HttpResponse = JsonResponse({"detail": text}, status=status, headers=NOT_STORED)
    else:
        headers = {"Content-Language": language, **NOT_STORED}
        response = HttpResponse(page, status=status, headers=headers)
    response.headers["Retry-After"] = str(retry_seconds)
    return response


def _language_of(request: HttpRequest) -> str:
    """The language of the address: what refuses early has not chosen it yet."""
    return translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE


@cache  # a refusal must cost far less than the page
def _busy_texts(language: str, reason: str) -> tuple[str, str]:
    """Why something is not done now: as a sentence, and as a page."""
    with translation.override(language):
        many = _("Many pages are being asked for at the moment. Please try again in a minute.")
        text = {
            "share": _(
                "Too many pages were asked for from your network. Please try again in a minute."
            ),
            "bodies": _(
                "Much is being sent at the moment. Nothing is stored: send it again in a minute."
            ),
        }.get(reason, many)
        return text, render_to_string("busy.html", {"text": text})
