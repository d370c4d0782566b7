"""How values of one request reach the pages that Django makes: forms, and copies of a request."""

import copy
from dataclasses import replace
from typing import Any, Self

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, QueryDict

from rounds.admin.forms import FormState
from rounds.models import Versioned


class RequestFormAdmin(admin.ModelAdmin):
    """Builds its forms with a ``FormState``.

    Django makes forms deep within ``changeform_view`` and takes no argument for them. So whatever
    has to reach the form of one request is set on a copy of the admin, which answers it.
    """

    form_state = FormState()

    def for_request(
        self, *, data: QueryDict | None = None, refusal: ValidationError | None = None
    ) -> Self:
        """A copy of this admin whose forms show ``data`` and ``refusal``, see ``FormState``."""
        answering = copy.copy(self)
        answering.form_state = replace(self.form_state, data=data, refusal=refusal)
        return answering

    def page_versions(self, obj: Versioned) -> str:
        """The versions of the records on the page of ``obj``, for its form."""
        return ""

    def get_form(
        self,
        request: HttpRequest,
        obj: Versioned | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[ModelForm]:
        versions = "" if obj is None else self.page_versions(obj)
        state = replace(self.form_state, versions=versions)
        form = type(self.form.__name__, (self.form,), {"state": state})
        return super().get_form(request, obj, change=change, **{"form": form, **kwargs})

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Versioned, inline: InlineModelAdmin, prefix: str
    ) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        data = self.form_state.data
        return kwargs if data is None else kwargs | {"data": data}

    def stock_changeform_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, context: dict[str, Any]
    ) -> HttpResponse:
        """Django's own view: the form of a record, or what became of it."""
        return super().changeform_view(request, object_id, form_url, context)


def with_posted(request: HttpRequest, data: QueryDict) -> HttpRequest:
    """A copy of ``request`` that has posted ``data``; ``request`` itself stays as it was sent."""
    posting: Any = copy.copy(request)
    posting.POST = data
    return posting  # type: ignore[no-any-return]


def without_posted(request: HttpRequest) -> HttpRequest:
    """A copy of ``request`` with nothing posted: Django's pages then ask again."""
    return with_posted(request, QueryDict())
