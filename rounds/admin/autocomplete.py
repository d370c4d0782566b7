"""Pickers: how a record is described in a list of choices, and in which order."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest

from rounds.models import Publishable, State

UNACCENTED = "unaccent"  # the lookup that ignores accents and kinds of apostrophes and hyphens
RANKS = tuple(enumerate(("iexact", "istartswith", "icontains")))


def describe_choice(record: Any) -> str:
    """The name of ``record``, when it was, and its state if readers do not see it."""
    details = [getattr(record, name, "") for name in ("when", "published_label", "role")]
    if getattr(record, "state", State.PUBLISHED) != State.PUBLISHED:
        details.append(record.get_state_display())
    return " · ".join(str(detail) for detail in (record, *details) if detail)


class RecordAutocompleteView(AutocompleteJsonView):
    """Lists records that have the term in their name before those that have it elsewhere."""

    def process_request(self, request: HttpRequest) -> Any:
        term, *context = super().process_request(request)
        return (term.replace("\0", ""), *context)

    def get_queryset(self) -> QuerySet[Any]:
        records: QuerySet[Any] = super().get_queryset()
        name = f"{self.model_admin.search_fields[0]}__{UNACCENTED}"
        named = [When(**{f"{name}__{how}": self.term}, then=rank) for rank, how in RANKS]
        order = records.query.order_by  # of the list, in which drafts come first
        if issubclass(records.model, Publishable):
            order = tuple(records.model._meta.ordering or ())
        return records.order_by(Case(*named, default=len(RANKS)), *order)

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "text": describe_choice(obj)}
