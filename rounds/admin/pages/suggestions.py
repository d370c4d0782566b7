"""Two editors on a published record: one suggests a change, another looks at it and saves it."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pghistory
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from rounds.admin.pages.conflicts import CHANGED_MEANWHILE, EditConflictsMixin, add_collisions
from rounds.admin.pages.record_views import RecordViewsMixin
from rounds.models import Suggestion, form_values
from rounds.publishing.edit_conflicts import is_row_number, load_records
from rounds.publishing.gate import may_publish


class SuggestedError(Exception):
    """Rolls back what was saved: it is kept as a suggestion, and a second editor decides."""


class SuggestionsMixin(EditConflictsMixin, RecordViewsMixin):
    """Keeps a change for a second editor, and shows it to them in the form of the record."""

    def find_suggestion(self, request: HttpRequest, object_id: str | None) -> Suggestion | None:
        """The suggested change of this record that the address asks for."""
        number = request.GET.get("suggestion", "")
        if object_id is None or not (is_row_number(number) and is_row_number(object_id)):
            return None
        kind = ContentType.objects.get_for_model(self.model)
        waiting = Suggestion.objects.filter(content_type=kind, object_id=object_id)
        return waiting.filter(pk=number).select_related("author").first()

    def show_suggestion(
        self, request: HttpRequest, suggestion: Suggestion, object_id: str, context: dict[str, Any]
    ) -> HttpResponse:
        """The form with what was suggested typed into it, and who suggests it as its error."""
        if not self.has_change_permission(request, self.get_object(request, unquote(object_id))):
            raise PermissionDenied
        data = suggestion.as_query_dict()
        # nothing is stored from here, so what changed since it was suggested is read unlocked
        conflict = self.find_conflict(request, object_id, data, fetch=load_records)
        conflicts = conflict.collisions if conflict else []
        if conflicts:
            refusal = ValidationError(CHANGED_MEANWHILE)
        else:
            refusal = ValidationError(
                _("%(who)s suggests this. Save it as it stands to approve it."),
                params={"who": suggestion.author},
            )
        showing = self.for_request(data=conflict.data if conflict else data, refusal=refusal)
        response = showing.stock_changeform_view(request, object_id, "", context)
        add_collisions(response, conflicts)
        return response

    def as_author(
        self, request: HttpRequest, suggestion: Suggestion | None
    ) -> AbstractContextManager[Any]:
        """A suggestion that is saved as it stands is recorded as written by its author."""
        if suggestion is None or not suggestion.has_same_values(request.POST):
            return nullcontext()
        author = suggestion.author
        return pghistory.context(user=author.pk, name=str(author), approved_by=str(request.user))

    def keep_suggestion(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep what was typed for a second editor."""
        assert request.user.is_authenticated, "the admin lets nobody else in"
        obj: Any = self.get_object(request, unquote(object_id))
        Suggestion.objects.create(
            content_type=ContentType.objects.get_for_model(self.model),
            object_id=obj.pk,
            author=request.user,
            title=str(obj)[:250],
            form=form_values(request.POST),
        )
        self.message_user(request, _("This waits for a second editor; readers see no change yet."))
        return HttpResponseRedirect(self.page_url("change", obj.pk))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """As Django's; deletes the suggestion from which an editor has saved something.

        A subclass takes records of its model only.
        """
        suggestion = self.find_suggestion(request, str(obj.pk))
        if suggestion and may_publish(request.user):
            suggestion.delete()
        return super().response_change(request, obj)
