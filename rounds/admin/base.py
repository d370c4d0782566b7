"""Entering records by hand: what the pages of the admin, and the rows within them, share."""

import copy
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pghistory
from django import forms
from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from rounds.admin.autocomplete import UNACCENTED, suggestion
from rounds.admin.forms import EntryForm, RecordForm, fill, side_by_side
from rounds.admin.record_views import RecordPages
from rounds.admin.spreadsheets.admin import SpreadsheetAdmin
from rounds.admin.translations import LackingFilter, fieldset, with_translations
from rounds.history.versions import load_versions
from rounds.models import (
    Publishable,
    State,
    Suggestion,
    Versioned,
    form_values,
    lists_of,
)
from rounds.platform.dates import SpanFormField
from rounds.platform.text_fields import AddressField, KeyField, TextField
from rounds.publishing.edit_conflicts import (
    EditConflict,
    ShownVersions,
    find_edit_conflicts,
    format_versions,
    is_row_number,
    load_records,
    lock_records,
    parse_versions,
    versions_of,
)
from rounds.publishing.gate import Refused, gate, may_publish
from rounds.publishing.refusals import refusal


class Suggested(Exception):  # noqa: N818 - it is a way out, not a fault
    """What was typed is kept for a second editor, and nothing of it is stored yet."""


class EntryFormSet(forms.BaseInlineFormSet):
    def get_unique_error_message(self, unique_check: Any) -> str:
        return str(_("Two of these rows say the same: delete one of them."))

    def get_form_error(self) -> str:
        return str(_("Another row says the same."))


class EntryAdmin(admin.options.BaseModelAdmin):
    """What the pages of the admin and the rows within them have in common."""

    form: Any = EntryForm
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

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField):
            field.label_from_instance = suggestion  # type: ignore[method-assign,assignment]
            field.widget.can_delete_related = False  # nobody deletes a source from a statement
            field.widget.can_view_related = False
        elif isinstance(field, SpanFormField):
            field.widget.attrs["title"] = capfirst(field.label)  # Django labels no input of three
            field.widget.offers_open = db_field.name in self.open_ended
        if db_field.name == "state" and not may_publish(request.user):
            field.choices = [one for one in State.choices if one[0] != State.PUBLISHED]
        return field

    def readers_see(self, record: Any) -> bool:
        return bool(getattr(record, "state", State.PUBLISHED) == State.PUBLISHED)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj and self.readers_see(obj) else None


class RowInline(EntryAdmin, admin.TabularInline):
    formset = EntryFormSet
    extra = 0


class BlockInline(EntryAdmin, admin.StackedInline):
    """A row with too much in it for a table."""

    formset = EntryFormSet
    extra = 0


class KeyedAdmin(SpreadsheetAdmin, EntryAdmin, RecordPages):
    """A record whose key is part of its address: given once, then fixed."""

    form: Any = RecordForm
    change_form_template = "admin/rounds/change_form.html"
    delete_confirmation_template = "admin/rounds/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/rounds/delete_selected_confirmation.html"
    actions: Any = ("delete_selected",)
    key = "slug"
    save_on_top = True
    list_per_page = 50

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        self.form = with_translations(self.form, model)

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*super().get_list_filter(request), LackingFilter)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Lists and pickers find “Arden’s” by “arden's”, and “Zoë” by “zoe”."""
        return [f"{name}__{UNACCENTED}__icontains" for name in super().get_search_fields(request)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = (self.key,) if obj and self.key else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(super().get_prepopulated_fields(request, obj))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A key that follows what is typed beside it begins empty, or it would not follow."""
        empty = dict.fromkeys(self.prepopulated_fields, "")
        return {**empty, **super().get_changeform_initial_data(request)}

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """As declared, with the translations before the last.

        That also holds what this page showed, and the note to readers.
        """
        *others, (title, options) = super().get_fieldsets(request, obj)
        fields = [name for name in options["fields"] if self.may_enter(request, name, obj)]
        if self.has_change_permission(request, obj):
            others += [fieldset(self.model)]
        if obj is not None:
            fields += ["opened"]
            noted = self.readers_once_saw(obj) and may_publish(request.user)
            fields += ["correction"] if noted else []
        return [*others, (title, {**options, "fields": fields})]

    def may_enter(self, request: HttpRequest, field: Any, obj: Any) -> bool:
        if field in self.model.translation_keys():
            return False  # where no fields are declared, Django takes all that the form has
        if field != "publish_at":
            return True
        return may_publish(request.user) and not (obj and obj.is_published)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.refusal = getattr(request, "refusal", None)  # type: ignore[attr-defined]
        if (obj := kwargs.get("obj") or (args[0] if args else None)) is not None:
            form.shown = format_versions(versions_of(self.records_on_page(obj)))  # type: ignore[attr-defined]
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def _may_touch(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or may_publish(request.user) or not self.readers_see(obj)

    def records_on_page(self, obj: Any) -> list[Any]:
        """``obj`` and the records in the rows below it."""
        rows = [
            one
            for inline in self.inlines
            if issubclass(inline.model, Versioned)
            for one in inline.model._default_manager.filter(
                **{inline.fk_name or self.model._meta.model_name: obj}
            )
        ]
        return [obj, *rows]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """As Django's; what is refused comes back with all that was typed, and why."""
        context = {**(extra_context or {})}
        if suggestion := self.suggestion(request, object_id):
            context["suggestion"] = suggestion
            if request.method == "GET":
                return self.show_suggestion(request, suggestion, object_id, context)
        if request.method == "POST":
            try:
                with transaction.atomic(), self.as_author(request, suggestion):
                    found = self.collide(request, object_id, fetch=lock_records)
                    response: Any = super().changeform_view(request, object_id, form_url, context)
                    if found:
                        form = response.context_data["adminform"].form
                        response.context_data["collisions"] = side_by_side(found, form)
                    return response
            except Suggested:
                return self.keep_suggestion(request, str(object_id))
            except Refused as error:
                request.refusal = error  # type: ignore[attr-defined]
                context["may_suggest"] = error.code == "second" and object_id is not None
            except DatabaseError as error:
                words = refusal(error)
                if not words:
                    raise
                request.refusal = ValidationError(words)  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, context)

    # --- a second editor looks first ---

    def suggestion(self, request: HttpRequest, object_id: str | None) -> Suggestion | None:
        """The suggested change of this record that the address asks for."""
        number = request.GET.get("suggestion", "")
        if object_id is None or not (is_row_number(number) and is_row_number(object_id)):
            return None
        kind = ContentType.objects.get_for_model(self.model)
        waiting = Suggestion.objects.filter(content_type=kind, object_id=object_id)
        return waiting.filter(pk=number).select_related("author").first()

    def show_suggestion(
        self, request: HttpRequest, suggestion: Suggestion, object_id: Any, context: Any
    ) -> Any:
        """The form with what was suggested, as if it had been sent and come back."""
        posted = suggestion.as_query_dict()
        visit: Any = copy.copy(request)
        assert not visit.FILES, "read before POST is set, or Django would parse an empty body"
        visit.method, visit.POST = "POST", posted
        # what has changed since it was suggested; no lock, since nothing is stored from here
        found = self.collide(visit, object_id, fetch=load_records)
        if not found:
            visit.refusal = ValidationError(
                _("%(who)s suggests this. Save it as it stands to approve it."),
                params={"who": suggestion.author},
            )
        response: Any = super().changeform_view(visit, object_id, "", context)
        if found:
            form = response.context_data["adminform"].form
            response.context_data["collisions"] = side_by_side(found, form)
        return response

    def as_author(self, request: HttpRequest, suggestion: Suggestion | None) -> Any:
        """The words of a suggestion that is saved as it stands stay its author's."""
        if suggestion is None or not suggestion.has_same_values(request.POST):
            return nullcontext()
        author = suggestion.author
        return pghistory.context(user=author.pk, name=str(author), approved_by=str(request.user))

    def keep_suggestion(self, request: Any, object_id: str) -> HttpResponse:
        obj: Any = self.get_object(request, unquote(object_id))
        Suggestion.objects.create(
            content_type=ContentType.objects.get_for_model(self.model),
            object_id=obj.pk,
            author=request.user,
            title=str(obj)[:250],
            form=form_values(request.POST),
        )
        self.message_user(request, _("This waits for a second editor; readers see no change yet."))
        return HttpResponseRedirect(self.address("change", obj.pk))

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        """As Django's; a suggestion has done its work once something is saved from it."""
        suggestion = self.suggestion(request, str(obj.pk))
        if suggestion and may_publish(request.user):
            suggestion.delete()
        return super().response_change(request, obj)

    def collide(
        self, request: HttpRequest, object_id: str | None, *, fetch: Callable[..., list[Versioned]]
    ) -> list[EditConflict]:
        """Compare what the page shows with what it showed, and refuse the form if they differ.

        ``fetch`` reads the records: ``lock_records`` before something is stored, else
        ``load_records``.
        """
        obj = self.get_object(request, unquote(object_id)) if object_id is not None else None
        if object_id is None or obj is None:
            return []
        fetch([obj])
        then = parse_versions(request.POST.get("opened", ""))
        now = versions_of(fetch(self.records_on_page(obj)))
        if then == now:
            return []
        posted = request.POST.copy()
        posted["opened"] = format_versions(now)  # saved again, it was seen
        self.take_over(request, unquote(object_id), then, posted)
        request.POST = posted  # type: ignore[assignment]
        request.refusal = ValidationError(  # type: ignore[attr-defined]
            _(
                "Somebody changed this while you had it open: see above. Nothing of yours is lost, "
                "and what you had not touched is as they left it."
            )
        )
        return find_edit_conflicts(then, now)

    def take_over(
        self, request: HttpRequest, pk: str, then: ShownVersions, posted: QueryDict
    ) -> None:
        """Put into ``posted`` what others made of the fields that were not touched here."""
        obj: Any = self.get_object(request, pk)
        number = then.get(f"{obj._meta.label_lower}:{obj.pk}")
        own = load_versions([(self.model, obj.pk)])[self.model, obj.pk]
        base = next((one for one in own if one.number == number), None)
        if base is None:
            return
        fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        form = self.get_form(request, obj, change=True, fields=fields)
        lists = {
            one.name: [getattr(row, f"{one.target}_id") for row in base.lists[one.name]]
            for one in lists_of(self.model)
            if one.target
        }
        touched = form(request.POST, instance=base.record, initial=lists).changed_data
        now = form(instance=obj)
        for name in now.fields:
            if name not in {"opened", "correction", *touched}:
                fill(posted, now[name])

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """As Django's; where readers need a note it asks for one, and again if there is none."""
        obj = self.get_object(request, unquote(object_id))
        context = {**(extra_context or {}), "public": obj is not None and self.readers_saw(obj)}
        if obj is not None:
            fetch = lock_records if request.method == "POST" else load_records
            now = format_versions(versions_of(fetch(self.records_on_page(obj))))
            if request.method == "POST" and request.POST.get("opened") != now:
                request.POST = QueryDict()
                context |= {"changed": True}
            context |= {"opened": now}
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, context)
        except Refused as error:
            if error.code != "note":
                raise
        request.POST = QueryDict()  # asked again, as at first
        return super().delete_view(request, object_id, context | {"public": True, "asked": True})

    @admin.action(description=_("Delete selected %(verbose_name_plural)s"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """As Django's; where readers need a note it asks for one, and again if there is none."""
        context = {"public": any(map(self.readers_saw, queryset))}
        try:
            with transaction.atomic():
                page: Any = delete_selected(self, request, queryset)
        except Refused as error:
            if error.code != "note":
                raise
            posted = request.POST.copy()
            del posted["post"]
            request.POST = posted  # type: ignore[assignment]
            page = delete_selected(self, request, queryset)
            context = {"public": True, "asked": True}
        if page is not None:
            page.context_data |= context
        return page

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """As Django's; what is named in the lists of the record stays, too."""
        shown, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        named = [
            f"{capfirst(one._meta.verbose_name)}: {one}" for obj in objs for one in self.citing(obj)
        ]
        return shown, counts, perms_needed, protected or named

    def citing(self, record: Any) -> list[Any]:
        """What would lack something if ``record`` were deleted."""
        return []

    def readers_once_saw(self, record: Any) -> bool:
        """Whether it is public, or was before it was taken back."""
        if not isinstance(record, Publishable) or record.is_published:
            return self.readers_saw(record)
        events: Any = record.events  # type: ignore[attr-defined]
        return bool(events.filter(state=State.PUBLISHED).exists())

    def readers_saw(self, record: Any) -> bool:
        return isinstance(record, Publishable) and record.is_published

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        gate(request.user, request.POST.get("correction", ""))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        gate(request.user, request.POST.get("correction", ""))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """As Django's, and then past the gate, before anybody is told that it was saved."""
        super().save_related(request, form, formsets, change)
        if change and "_suggest" in request.POST:
            raise Suggested  # it could be stored; whether it is, a second editor says
        gate(request.user, form.cleaned_data.get("correction", ""))
