"""The manners of the API: how it answers, how it refuses, what is not sent twice."""

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

RATE = settings.API_RATE  # requests a minute from one address


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
