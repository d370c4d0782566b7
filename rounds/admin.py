"""Entering the record by hand. (issues/admin.py adds what reads it.)"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from rounds.models import (
    Deadline,
    Negotiation,
    Party,
    Person,
    Record,
    Round,
    Source,
    State,
    Statement,
    StatementLink,
)

admin.site.site_header = _("The editors’ desk")
admin.site.site_title = _("The editors’ desk")
admin.site.index_title = _("What is in the record")


class KeyedAdmin(admin.ModelAdmin):
    """A record whose key is part of its address: given once, then fixed."""

    key = "slug"
    save_on_top = True
    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = (self.key,) if obj else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(super().get_prepopulated_fields(request, obj))


class PublishableAdmin(admin.ModelAdmin):
    """Draft and published, in the list and in one action that says what it refused and why."""

    actions = ("publish", "back_to_draft")

    @admin.action(description=_("Publish"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_state(request, queryset, State.PUBLISHED)

    @admin.action(description=_("Back to draft"))
    def back_to_draft(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_state(request, queryset, State.DRAFT)
