"""The site, and at ``/empty/`` a view that does nothing: what Django itself takes for an answer."""

import random
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.urls import path

from nafta.urls import handler500, urlpatterns

__all__ = ["handler500", "urlpatterns"]


@cache
def noise(size: int) -> bytes:
    """As many bytes as a packed page has, and as hard to pack."""
    return random.Random(size).randbytes(size)


def empty(request: HttpRequest, size: int) -> HttpResponse:
    return HttpResponse(
        noise(size),
        content_type="application/octet-stream",
        headers={"Cache-Control": "no-store"},  # nothing keeps it: it is made for each request
    )


urlpatterns = [path("empty/<int:size>/", empty), *urlpatterns]
