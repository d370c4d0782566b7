"""Deleting records: what readers have seen needs a note, and what is cited stays."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from rounds.admin.pages.conflicts import EditConflictsMixin
from rounds.admin.pages.request_form import with_posted, without_posted
from rounds.models import Versioned
from rounds.publishing.edit_conflicts import (
    format_versions,
    load_records,
    lock_records,
    versions_of,
)
from rounds.publishing.gate import Refused, gate, needs_note


class DeletionMixin(EditConflictsMixin):
    """Deletes through the gate, which asks for a note where readers have seen the record."""

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As Django's; asks again if the record has changed since, or if a note is missing."""
        obj = self.get_object(request, unquote(object_id))
        context = {**(extra_context or {}), "public": obj is not None and needs_note([obj])}
        asked_again = without_posted(request)
        if obj is not None:
            fetch = lock_records if request.method == "POST" else load_records
            versions = format_versions(versions_of(fetch(self.records_on_page(obj))))
            context |= {"opened": versions}
            if request.method == "POST" and request.POST.get("opened") != versions:
                return super().delete_view(asked_again, object_id, context | {"changed": True})
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, context)
        except Refused as error:
            if error.code != "note":
                raise
        return super().delete_view(
            asked_again, object_id, context | {"public": True, "asked": True}
        )

    @admin.action(description=_("Delete selected %(verbose_name_plural)s"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """As Django's; asks again if a note is missing that readers need."""
        context = {"public": needs_note(queryset)}
        try:
            with transaction.atomic():
                page: Any = delete_selected(self, request, queryset)
        except Refused as error:
            if error.code != "note":
                raise
            unconfirmed = request.POST.copy()
            del unconfirmed["post"]  # what Django takes as the confirmation
            page = delete_selected(self, with_posted(request, unconfirmed), queryset)
            context = {"public": True, "asked": True}
        if page is not None:
            page.context_data |= context
        return page

    def get_deleted_objects(
        self, objs: Sequence[Versioned] | QuerySet[Any], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """As Django's; a record that others name in their lists is protected, too."""
        deleted, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        named = [
            f"{capfirst(record._meta.verbose_name)}: {record}"
            for obj in objs
            for record in self.citing(obj)
        ]
        return deleted, counts, perms_needed, protected or named

    def citing(self, record: Any) -> list[Any]:
        """The records that would lack something if ``record`` were deleted.

        A subclass takes records of its model only.
        """
        return []

    def delete_model(self, request: HttpRequest, obj: Versioned) -> None:
        super().delete_model(request, obj)
        gate(request.user, request.POST.get("correction", ""))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        gate(request.user, request.POST.get("correction", ""))
