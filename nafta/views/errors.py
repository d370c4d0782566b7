"""What is said when a page cannot be made. It asks the database for nothing."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from rounds.databases import GONE

AGAIN = 30  # seconds until a second try is worth its while


def server_error(request: HttpRequest) -> HttpResponse:
    """The fault is ours; or the database is gone, which a later try may find back."""
    gone = isinstance(sys.exc_info()[1], GONE)
    status = 503 if gone else 500
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
