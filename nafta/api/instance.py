"""The NinjaAPI instance: the format of its answers and errors, and ETags."""

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

from nafta.version import VERSION
from rounds.public.params import accepts

REQUESTS_PER_MINUTE = settings.API_RATE  # from one IP address


class ModelRenderer(BaseRenderer):
    """Writes answers, which are Pydantic models already, without validating them once more."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: object, *, response_status: int) -> bytes:
        return to_json(data)


class ConditionalAPI(NinjaAPI):
    """An API whose answers have an ETag, so that one that has not changed is not sent again."""

    def create_response(
        self,
        request: HttpRequest,
        data: object,
        *,
        status: int | None = None,
        temporal_response: HttpResponse | None = None,
    ) -> HttpResponse:
        response = super().create_response(
            request, data, status=status, temporal_response=temporal_response
        )
        response.headers["Cache-Control"] = "no-cache"
        if response.status_code == 200:
            etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:24])
            response.headers["ETag"] = etag
            conditional: Any = get_conditional_response(request, etag=etag, response=response)
            response = conditional
        return response


api = ConditionalAPI(
    title="The record",
    version="1",
    description=(
        "What is published of the record, read-only. Lists come in pages: follow `next` until it "
        f"is null. One address may ask {REQUESTS_PER_MINUTE} times a minute; then it gets 429 and "
        "`Retry-After`. Parameters that are not known are refused. Days are ISO 8601, moments "
        "carry their zone."
    ),
    docs_url=None,
    openapi_extra={"info": {"x-release": VERSION}},
    renderer=ModelRenderer(),
    urls_namespace="api-1",
    docs_decorator=accepts(),
)


@api.exception_handler(ValidationError)
def answer_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer 422 with a sentence for each parameter that is wrong."""
    return api.create_response(
        request, {"detail": " ".join(map(_error_sentence, error.errors))}, status=422
    )


def _error_sentence(error: dict[str, Any]) -> str:
    cause = (error.get("ctx") or {}).get("error")
    if error["type"] == "value_error" and cause:
        return str(cause)
    return _("“%(name)s”: %(what)s.") % {"name": str(error["loc"][-1]), "what": error["msg"]}


@api.exception_handler(Http404)
def answer_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return api.create_response(
        request, {"detail": _("Nothing is published at this address.")}, status=404
    )
