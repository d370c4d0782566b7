"""What an editor picks one record by among many."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest

from rounds.models import Publishable, State

UNACCENTED = "unaccent"  # compares without accents, and any apostrophe or hyphen as the plain one
RANKS = tuple(enumerate(("iexact", "istartswith", "icontains")))


def suggestion(record: Any) -> str:
    """Its name, when it was, and whether readers see it."""
    more = [getattr(record, name, "") for name in ("when", "published_words", "role")]
    if getattr(record, "state", State.PUBLISHED) != State.PUBLISHED:
        more.append(record.get_state_display())
    return " · ".join(str(word) for word in (record, *more) if word)


class Suggestions(AutocompleteJsonView):
    """Those whose name has the words come before those that hold them elsewhere."""

    def process_request(self, request: HttpRequest) -> Any:
        term, *rest = super().process_request(request)
        return (term.replace("\0", ""), *rest)

    def get_queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset()
        name = f"{self.model_admin.search_fields[0]}__{UNACCENTED}"
        named = [When(**{f"{name}__{how}": self.term}, then=rank) for rank, how in RANKS]
        order = found.query.order_by  # of the list, in which drafts come first
        if issubclass(found.model, Publishable):
            order = tuple(found.model._meta.ordering or ())
        return found.order_by(Case(*named, default=len(RANKS)), *order)

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "text": suggestion(obj)}
