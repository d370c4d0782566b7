"""Pickers: how a record is described in a list of choices, and in which order."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Case, ForeignKey, Model, QuerySet, When
from django.http import HttpRequest

from rounds.models import Publishable

UNACCENTED = "unaccent"  # the lookup that ignores accents and kinds of apostrophes and hyphens
RANKS = tuple(enumerate(("iexact", "istartswith", "icontains")))


def describe_choice(record: Model) -> str:
    """The name of ``record``, when it was, and its state if readers do not see it."""
    details = [getattr(record, name, "") for name in ("when", "published_label", "role")]
    if isinstance(record, Publishable) and not record.is_published:
        details.append(record.get_state_display())
    return " · ".join(str(detail) for detail in (record, *details) if detail)


class RecordAutocompleteView(AutocompleteJsonView):
    """Lists records that have the term in their name before those that have it elsewhere."""

    def process_request(self, request: HttpRequest) -> tuple[str, ModelAdmin, ForeignKey, str]:
        # PostgreSQL takes no text with a NUL
        term, model_admin, source_field, to_field_name = super().process_request(request)
        return term.replace("\0", ""), model_admin, source_field, to_field_name

    def get_queryset(self) -> QuerySet[Any]:
        records: QuerySet[Any] = super().get_queryset()
        name = f"{self.model_admin.search_fields[0]}__{UNACCENTED}"
        named = [When(**{f"{name}__{how}": self.term}, then=rank) for rank, how in RANKS]
        order = records.query.order_by
        if issubclass(records.model, Publishable):  # lists show drafts first, pickers do not
            order = tuple(records.model._meta.ordering or ())
        return records.order_by(Case(*named, default=len(RANKS)), *order)

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "text": describe_choice(obj)}
