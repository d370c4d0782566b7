"""The ModelAdmins of the record: its pages, and the rows within them."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from rounds.admin.autocomplete import UNACCENTED, describe_choice
from rounds.admin.forms import BaseRecordForm, RecordForm
from rounds.admin.pages.deletion import DeletionMixin
from rounds.admin.pages.suggestions import SuggestedError, SuggestionsMixin
from rounds.admin.spreadsheets.admin import SpreadsheetAdmin
from rounds.admin.translations import MissingTranslationFilter, fieldset, with_translations
from rounds.models import Publishable, State, Versioned
from rounds.platform.dates import SpanFormField
from rounds.platform.text_fields import AddressField, KeyField, TextField
from rounds.publishing.edit_conflicts import format_versions, versions_of
from rounds.publishing.gate import Refused, gate, may_publish, needs_note
from rounds.publishing.refusals import refusal
from rounds.tabular.base import RecordResource

MAX_SEARCH_CHARS = 200  # of a list and a picker: a thousand words took 3 seconds of CPU
REMAINING_TEXTS = "..."  # in a fieldset: the text columns of the table that no fieldset names


def with_remaining_texts(fieldsets: Any, resource: type[RecordResource]) -> list[tuple[Any, Any]]:
    """Return ``fieldsets`` with the names of fields in place of ``REMAINING_TEXTS``."""
    remaining = [column.name for column in resource.text_columns(but=flatten_fieldsets(fieldsets))]

    def fill_in(fields: Iterable[Any]) -> list[Any]:
        names = [remaining if field == REMAINING_TEXTS else [field] for field in fields]
        return list(chain.from_iterable(names))

    return [
        (title, {**options, "fields": fill_in(options["fields"])}) for title, options in fieldsets
    ]


class RecordFormSet(forms.BaseInlineFormSet):
    """Rows below a record; two that say the same are refused in words that name no column."""

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        return str(_("Two of these rows say the same: delete one of them."))

    def get_form_error(self) -> str:
        return str(_("Another row says the same."))


class BaseRecordAdmin(admin.options.BaseModelAdmin):
    """What the pages of records and the rows within them have in common."""

    form: Any = BaseRecordForm
    open_ended: tuple[str, ...] = ()  # the spans of which no end may be known
    formfield_overrides = {
        models.CharField: {"form_class": TextField},
        models.SlugField: {"form_class": KeyField, "widget": AdminTextInputWidget},
        models.URLField: {"form_class": AddressField, "assume_scheme": "https"},
        models.TextField: {
            "form_class": TextField,
            "widget": AdminTextareaWidget(attrs={"rows": 4}),
        },
    }

    class Media:
        css = {"all": ["css/admin.css"]}

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField):
            field.label_from_instance = describe_choice  # type: ignore[method-assign,assignment]
            field.widget.can_delete_related = False  # nobody deletes a source from a statement
            field.widget.can_view_related = False
        elif isinstance(field, SpanFormField):
            field.widget.attrs["title"] = capfirst(field.label)  # Django labels no input of three
            field.widget.offers_open = db_field.name in self.open_ended
        if db_field.name == "state" and not may_publish(request.user):
            field.choices = [choice for choice in State.choices if choice[0] != State.PUBLISHED]
        return field

    def readers_see(self, record: Any) -> bool:
        """Whether ``record`` has a page for readers. A subclass takes records of its model only."""
        return bool(getattr(record, "state", State.PUBLISHED) == State.PUBLISHED)

    def get_view_on_site_url(self, obj: models.Model | None = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj and self.readers_see(obj) else None


class RecordInline(BaseRecordAdmin, admin.TabularInline):
    formset = RecordFormSet
    extra = 0


class StackedRecordInline(BaseRecordAdmin, admin.StackedInline):
    """A row with too many inputs for a table."""

    formset = RecordFormSet
    extra = 0


class TranslatedInline(RecordInline):
    """Rows with an input for each of their texts in each other language."""

    def __init__(self, parent_model: type[Versioned], admin_site: admin.AdminSite) -> None:
        super().__init__(parent_model, admin_site)
        self.form = with_translations(self.form, self.model)

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        return (*super().get_fields(request, obj), *self.model.translation_keys())


class RecordAdmin(SpreadsheetAdmin, BaseRecordAdmin, DeletionMixin, SuggestionsMixin):
    """A record whose key is part of its address: given once, then fixed."""

    form: Any = RecordForm
    change_form_template = "admin/rounds/change_form.html"
    delete_confirmation_template = "admin/rounds/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/rounds/delete_selected_confirmation.html"
    actions: Any = ("delete_selected",)
    key = "slug"
    save_on_top = True
    list_per_page = 50

    def __init__(self, model: type[Versioned], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.form = with_translations(self.form, model)

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*super().get_list_filter(request), MissingTranslationFilter)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Lists and pickers find “Arden’s” by “arden's”, and “Zoë” by “zoe”."""
        return [f"{name}__{UNACCENTED}__icontains" for name in super().get_search_fields(request)]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """As Django's, which joins tables anew for each word: only for the first ones."""
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH_CHARS])

    def get_readonly_fields(
        self, request: HttpRequest, obj: Versioned | None = None
    ) -> tuple[str, ...]:
        fixed = (self.key,) if obj and self.key else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Versioned | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else dict(super().get_prepopulated_fields(request, obj))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A key that follows what is typed beside it begins empty, or it would not follow."""
        empty = dict.fromkeys(self.prepopulated_fields, "")
        return {**empty, **super().get_changeform_initial_data(request)}

    def get_fieldsets(self, request: HttpRequest, obj: Versioned | None = None) -> Any:
        """As declared, with the remaining texts, and with the translations before the last.

        The last has two fields more: the versions this page showed, and the note to readers.
        """
        declared = super().get_fieldsets(request, obj)
        *fieldsets, (title, options) = with_remaining_texts(declared, self.resource_class)
        fields = [name for name in options["fields"] if self.may_enter(request, name, obj)]
        if self.has_change_permission(request, obj):
            fieldsets += [fieldset(self.model)]
        if obj is not None:
            fields += ["opened"]
            needs_note = self.was_public(obj) and may_publish(request.user)
            fields += ["correction"] if needs_note else []
        return [*fieldsets, (title, {**options, "fields": fields})]

    def may_enter(
        self, request: HttpRequest, field: str | Sequence[str], obj: Versioned | None
    ) -> bool:
        """Whether the user may fill in ``field``, which stands in a fieldset as declared."""
        if field in self.model.translation_keys():
            return False  # where no fields are declared, Django takes all that the form has
        if field != "publish_at":
            return True
        return may_publish(request.user) and not (obj and needs_note([obj]))

    def page_versions(self, obj: Versioned) -> str:
        return format_versions(versions_of(self.records_on_page(obj)))

    def has_change_permission(self, request: HttpRequest, obj: Versioned | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Versioned | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def _may_touch(self, request: HttpRequest, obj: Versioned | None) -> bool:
        return obj is None or may_publish(request.user) or not self.readers_see(obj)

    def was_public(self, record: Versioned) -> bool:
        """Whether readers see ``record``, or saw it before it was taken back."""
        if not isinstance(record, Publishable) or record.is_published:
            return needs_note([record])
        events: Any = record.events  # type: ignore[attr-defined]
        return bool(events.filter(state=State.PUBLISHED).exists())

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """As Django's; what is refused comes back with all that was typed, and why."""
        context = {**(extra_context or {})}
        suggestion = self.find_suggestion(request, object_id)
        if suggestion and object_id and request.method == "GET":
            return self.show_suggestion(request, suggestion, object_id, context)
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, context)
        try:
            # a savepoint: after an error of the database the page that says why is still rendered
            with transaction.atomic(), self.as_author(request, suggestion):
                return self._save_page(request, object_id, form_url, context)
        except SuggestedError:
            return self.keep_suggestion(request, str(object_id))
        except Refused as error:
            reason: ValidationError = error
            context["may_suggest"] = error.code == "second" and object_id is not None
        except DatabaseError as error:
            if not (message := refusal(error)):
                raise
            reason = ValidationError(message)
        refusing = self.for_request(refusal=reason)
        return refusing.stock_changeform_view(request, object_id, form_url, context)

    def _save_page(
        self, request: HttpRequest, object_id: str | None, form_url: str, context: dict[str, Any]
    ) -> HttpResponse:
        """Save what was posted, unless somebody else has saved since the page was opened."""
        conflict = self.find_conflict(request, object_id, request.POST)
        if conflict is None:
            return self.stock_changeform_view(request, object_id, form_url, context)
        return self.show_conflict(request, str(object_id), context, conflict)

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formsets: Iterable[forms.BaseInlineFormSet],
        change: bool,
    ) -> None:
        """As Django's, and then through the gate, before any message says that it was saved."""
        super().save_related(request, form, formsets, change)
        if change and "_suggest" in request.POST:
            raise SuggestedError  # all of it can be stored; a second editor decides
        gate(request.user, form.cleaned_data.get("correction", ""))
