"""The manners of the API: how often one may ask, how it refuses, what is not sent twice."""

import hashlib
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import Throttled, ValidationError
from ninja.renderers import BaseRenderer
from ninja.throttling import BaseThrottle
from pydantic_core import to_json

RATE = settings.API_RATE  # requests a minute from one address
MINUTE = 60  # seconds


class PerAddress(BaseThrottle):
    """So many requests a minute from one address, counted by the clock's minutes."""

    def allow_request(self, request: HttpRequest) -> bool:
        key = f"api:{self.get_ident(request)}:{int(time.time() // MINUTE)}"
        cache.add(key, 0, 2 * MINUTE)
        try:
            used = cache.incr(key)
        except ValueError:  # the cache had to make room
            used = 1
        request.api_left = max(0, settings.API_RATE - used)  # type: ignore[attr-defined]
        return used <= settings.API_RATE

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE


class Written(BaseRenderer):
    """Answers are models already: they are written as they are, and not checked again."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return to_json(data)


class API(NinjaAPI):
    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        """With a fingerprint, by which an asker learns cheaply that nothing has changed."""
        response = super().create_response(request, data, **kwargs)
        if response.status_code == 200:
            etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:24])
            response.headers["ETag"] = etag
            response.headers["Cache-Control"] = "no-cache"
            known: Any = get_conditional_response(request, etag=etag, response=response)
            response = known
        if (left := getattr(request, "api_left", None)) is not None:
            response.headers["RateLimit-Limit"] = str(settings.API_RATE)
            response.headers["RateLimit-Remaining"] = str(left)
        return response


api = API(
    title="The record",
    version="1",
    description=(
        "What is published of the record, read-only. Lists come in pages: follow `next` until it "
        f"is null. One address may ask {RATE} times a minute; then it gets 429 and `Retry-After`. "
        "Parameters that are not known are refused. Days are ISO 8601, moments carry their zone."
    ),
    docs_url=None,
    renderer=Written(),
    urls_namespace="api-1",
    throttle=[PerAddress()],
)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What is wrong, parameter by parameter, in a sentence each."""
    return api.create_response(
        request, {"detail": " ".join(map(_sentence, error.errors))}, status=422
    )


def _sentence(error: Any) -> str:
    cause = (error.get("ctx") or {}).get("error")
    if error["type"] == "value_error" and cause:
        return str(cause)
    words = {"name": str(error["loc"][-1]), "what": error["msg"]}
    return _("“%(name)s”: %(what)s.") % words


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return api.create_response(
        request, {"detail": _("Nothing is published at this address.")}, status=404
    )


@api.exception_handler(Throttled)
def too_many(request: HttpRequest, error: Throttled) -> HttpResponse:
    text = _("One address may ask %(count)d times a minute. Try again after a moment.")
    return api.create_response(request, {"detail": text % {"count": settings.API_RATE}}, status=429)
