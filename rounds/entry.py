"""Entering records by hand: what the pages of the admin, and the rows within them, share."""

import copy
import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import pghistory
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, F, QuerySet, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rounds.admin_views import RecordPages
from rounds.autocomplete import UNACCENTED, suggestion
from rounds.collisions import (
    Collision,
    Shown,
    collisions,
    current,
    is_number,
    locked,
    read,
    shown,
    write,
)
from rounds.dates import SpanFormField, describe
from rounds.editing import Refused, gate, may_publish
from rounds.history import versions
from rounds.imports import SpreadsheetAdmin
from rounds.models import (
    DatedRecord,
    Publishable,
    State,
    Suggestion,
    Versioned,
    lists_of,
    typed_into,
)
from rounds.publication import refusal, set_state
from rounds.publication import schedule as schedule_records
from rounds.text_fields import AddressField, KeyField, TextField
from rounds.time_forms import MomentField
from rounds.times import describe_moment, describe_weekday_moment
from rounds.translating import LackingFilter, fieldset, with_translations

PAST = _("This time is past: give one to come, or publish it now.")


class EntryForm(forms.ModelForm):
    """A form that tells everything that is wrong, also with what has no input on the page."""

    def clean(self) -> dict[str, Any]:
        return super().clean() or {}

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django's; what is wrong with a field that is hidden or absent is told of the whole."""
        told = error.error_dict if hasattr(error, "error_dict") else {field: error}
        for name, errors in told.items():
            shown = name in self.fields and not self.fields[name].widget.is_hidden
            super().add_error(name if shown else None, errors)


class RecordForm(EntryForm):
    """The form of a page's own record: what it showed, and what readers are told of a change."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    correction = TextField(
        label=_("Note to readers"),
        required=False,
        max_length=500,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text=_(
            "If this changes what readers have seen: what was wrong or is new, in a sentence. "
            "They find it under Corrections."
        ),
    )

    refusal: ValidationError | None = None  # what the gate or the database said a moment ago
    shown = ""  # the versions of the records on the page

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["opened"] = self.shown

    def _clean_time(self, cleaned: dict[str, Any]) -> None:
        """A time to go out makes a draft ready to; it lies ahead, and nothing is out already."""
        when = cleaned.get("publish_at")
        if when is None:
            return
        if cleaned.get("state") == State.PUBLISHED:
            self.add_error("publish_at", _("Publish it now or at a time, not both."))
        elif when <= timezone.now():
            self.add_error("publish_at", PAST)
        else:
            cleaned["state"] = State.READY

    def typed(self) -> dict[str, str]:
        """What was entered, in words, by the title of the field."""
        return {
            str(capfirst(str(self.fields[name].label or ""))): entered(self.fields[name], value)
            for name, value in getattr(self, "cleaned_data", {}).items()
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._clean_time(cleaned)
        if self.refusal:
            noted = getattr(self.refusal, "code", "") == "note" and "correction" in self.fields
            self.add_error("correction" if noted else None, self.refusal)
        return cleaned


class ScheduleForm(forms.Form):
    """When all that is chosen in a list goes out."""

    when = MomentField(label=_("Publish at"))

    def clean_when(self) -> dt.datetime:
        when: dt.datetime = self.cleaned_data["when"]
        if when <= timezone.now():
            raise ValidationError(PAST)
        return when


def entered(field: forms.Field, value: Any) -> str:
    """A cleaned value as ``history.words`` would tell it."""
    if isinstance(value, dt.datetime):
        return describe_moment(value)
    if isinstance(value, DateRange):
        return describe(value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(field, forms.ModelMultipleChoiceField):
        return "; ".join(sorted(map(str, value)))
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return "" if value is None else str(value)


def side_by_side(found: list[Collision], form: RecordForm) -> list[dict[str, Any]]:
    """Each collision with its rows: what it was, what others made of it, what is typed here."""
    yours = form.typed()
    own = f"{form.instance._meta.label_lower}:{form.instance.pk}"
    return [
        {
            "collision": one,
            "rows": [(change, yours.get(change.title, "")) for change in one.changes],
            "own": one.key == own,
        }
        for one in found
    ]


def fill(data: QueryDict, bound: Any) -> None:
    """Put the value of a form's field into ``data`` as a browser would send it."""
    widget: Any = getattr(bound.field.widget, "widget", bound.field.widget)
    value, name = bound.value(), bound.html_name
    if isinstance(widget, forms.MultiWidget):
        several: Any = widget
        parts = zip(several.widgets_names, several.widgets, several.decompress(value), strict=True)
        for suffix, inner, part in parts:
            _put(data, f"{name}{suffix}", inner, part)
    elif isinstance(value, list):
        data.setlist(name, [str(getattr(one, "pk", one)) for one in value])
    else:
        _put(data, name, widget, value)


def _put(data: QueryDict, name: str, widget: Any, value: Any) -> None:
    if isinstance(widget, forms.CheckboxInput):
        data.pop(name, None)
        if value:
            data[name] = "on"
        return
    timed = isinstance(widget, forms.DateInput | forms.TimeInput)
    text = widget.format_value(value) if timed else value
    data[name] = "" if text is None else str(text)


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
            form.shown = write(shown(self.records_on_page(obj)))  # type: ignore[attr-defined]
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
                    found = self.collide(request, object_id, fetch=locked)
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
        if object_id is None or not (is_number(number) and is_number(object_id)):
            return None
        kind = ContentType.objects.get_for_model(self.model)
        waiting = Suggestion.objects.filter(content_type=kind, object_id=object_id)
        return waiting.filter(pk=number).select_related("author").first()

    def show_suggestion(
        self, request: HttpRequest, suggestion: Suggestion, object_id: Any, context: Any
    ) -> Any:
        """The form with what was suggested, as if it had been sent and come back."""
        posted = suggestion.as_posted()
        visit: Any = copy.copy(request)
        assert not visit.FILES, "read before POST is set, or Django would parse an empty body"
        visit.method, visit.POST = "POST", posted
        # what has changed since it was suggested; no lock, since nothing is stored from here
        found = self.collide(visit, object_id, fetch=current)
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
        if suggestion is None or not suggestion.is_said_by(request.POST):
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
            form=typed_into(request.POST),
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
    ) -> list[Collision]:
        """Compare what the page shows with what it showed, and refuse the form if they differ.

        ``fetch`` reads the records: ``locked`` before something is stored, else ``current``.
        """
        obj = self.get_object(request, unquote(object_id)) if object_id is not None else None
        if object_id is None or obj is None:
            return []
        fetch([obj])
        then = read(request.POST.get("opened", ""))
        now = shown(fetch(self.records_on_page(obj)))
        if then == now:
            return []
        posted = request.POST.copy()
        posted["opened"] = write(now)  # saved again, it was seen
        self.take_over(request, unquote(object_id), then, posted)
        request.POST = posted  # type: ignore[assignment]
        request.refusal = ValidationError(  # type: ignore[attr-defined]
            _(
                "Somebody changed this while you had it open: see above. Nothing of yours is lost, "
                "and what you had not touched is as they left it."
            )
        )
        return collisions(then, now)

    def take_over(self, request: HttpRequest, pk: str, then: Shown, posted: QueryDict) -> None:
        """Put into ``posted`` what others made of the fields that were not touched here."""
        obj: Any = self.get_object(request, pk)
        number = then.get(f"{obj._meta.label_lower}:{obj.pk}")
        own = versions([(self.model, obj.pk)])[self.model, obj.pk]
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
            fetch = locked if request.method == "POST" else current
            now = write(shown(fetch(self.records_on_page(obj))))
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


# what is still to be done comes first, and of that what was changed last
DRAFTS_FIRST: tuple[Any, ...] = (
    Case(When(state=State.PUBLISHED, then=1), default=0).asc(),
    F("changed_at").desc(nulls_last=True),
    "-pk",
)


def version_of(record: Any) -> str:
    """Which record a list shows, and which version of it: “12:3”."""
    return f"{record.pk}:{record.version}"


class PublishableAdmin(KeyedAdmin):
    """Draft and published, in the list and as actions that say what they refuse and why."""

    actions: Any = ("publish", "schedule", "back_to_draft", "delete_selected")
    ordering = DRAFTS_FIRST

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*super().get_list_filter(request), ("publish_at", admin.EmptyFieldListFilter))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        response = super().response_add(request, obj, post_url_continue)
        self.say_when(request, obj)
        return response

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        response = super().response_change(request, obj)
        self.say_when(request, obj)
        return response

    def say_when(self, request: HttpRequest, obj: Any) -> None:
        """Read a time to go out back to whoever has just given it."""
        if obj.is_scheduled:
            message = _("“%(title)s” goes out by itself on %(moment)s.")
            values = {"title": obj, "moment": describe_weekday_moment(obj.publish_at)}
            self.message_user(request, message % values, messages.WARNING)

    @admin.display(description=_("state"), ordering="state")
    def stands(self, record: Any) -> str:
        """Its state, and when it goes out by itself."""
        return str(record.state_words)

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Publish what is chosen, in the words that the list has shown."""
        records = self._seen(request, queryset.exclude(state=State.PUBLISHED))
        if records is not None:
            self._set_state(request, records, State.PUBLISHED)

    @admin.action(description=_("Publish at a time"), permissions=["change"])
    def schedule(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Ask when, and then let what is chosen go out by itself at that time."""
        queryset = queryset.exclude(state=State.PUBLISHED)
        if not queryset.exists():
            self.message_user(request, _("Nothing was changed."), messages.WARNING)
            return None
        form = ScheduleForm(request.POST if "when_0" in request.POST else None)
        if not form.is_valid():
            context = self._page_of_action(request, queryset, _("Publish at a time"))
            context |= {"form": form, "shown": request.POST.getlist("shown")}
            context["media"] += form.media
            return TemplateResponse(request, "admin/rounds/schedule.html", context)
        records = self._seen(request, queryset)
        when = form.cleaned_data["when"]
        if records is not None and not self._refused(request, schedule_records(records, when)):
            gate(request.user, request.POST.get("correction", ""))  # before it is told as done
            for record in records:
                self.log_change(request, record, [{"changed": {"fields": [str(_("publish at"))]}}])
            message = ngettext(
                "%(count)d entry goes out by itself on %(moment)s.",
                "%(count)d entries go out by themselves on %(moment)s.",
                len(records),
            )
            values = {"count": len(records), "moment": describe_weekday_moment(when)}
            self.message_user(request, message % values, messages.WARNING)
        return None

    @admin.action(description=_("Take back to draft"), permissions=["change"])
    def back_to_draft(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> TemplateResponse | None:
        """Ask what readers are told, where they have seen it, and then do it."""
        if request.POST.get("correction", "").strip() or not queryset.published().exists():  # type: ignore[attr-defined]
            self._set_state(request, list(queryset.exclude(state=State.DRAFT)), State.DRAFT)
            return None
        context = self._page_of_action(request, queryset, _("Take back to draft"))
        context["asked"] = "correction" in request.POST
        return TemplateResponse(request, "admin/rounds/take_back.html", context)

    def _page_of_action(
        self, request: HttpRequest, queryset: QuerySet[Any], title: Any
    ) -> dict[str, Any]:
        """What the page needs that asks something before an action is done."""
        records = list(queryset)
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "records": records,
            # not only what was ticked: all pages of the list may have been chosen
            "selected": [record.pk for record in records],
            "media": self.media,
        }

    def action_checkbox(self, obj: Any) -> SafeString:
        """As Django's, with the version that the list shows, so that no other is published."""
        version = format_html('<input type="hidden" name="shown" value="{}">', version_of(obj))
        return format_html("{}{}", super().action_checkbox(obj), version)

    def _seen(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any] | None:
        """The records, locked, if the list has shown all of them as they are; else None."""
        records = locked(queryset)
        versions_shown = set(request.POST.getlist("shown"))
        unseen = [record for record in records if version_of(record) not in versions_shown]
        message = _(
            "It has been changed since the list was shown, or it is on another page of the list. "
            "Check it and try again."
        )
        return None if self._refused(request, dict.fromkeys(unseen, message)) else records

    def _refused(self, request: HttpRequest, refused: Mapping[Any, Any]) -> bool:
        """Say of each record why it refuses, if any does."""
        for record, words in refused.items():
            self.message_user(request, f"{record}: {words}", messages.ERROR)
        if refused:
            self.message_user(request, _("Nothing was changed."), messages.WARNING)
        return bool(refused)

    def _set_state(self, request: HttpRequest, records: list[Any], state: State) -> None:
        """Change them all or none, in whatever order they allow."""
        if self._refused(request, set_state(records, state)):
            return
        gate(request.user, request.POST.get("correction", ""))  # before it is told as done
        for record in records:
            self.log_change(request, record, [{"changed": {"fields": [str(_("state"))]}}])
        message = ngettext(
            "%(count)d entry: %(state)s.", "%(count)d entries: %(state)s.", len(records)
        )
        self.message_user(request, message % {"count": len(records), "state": state.label})


class DatedAdmin(PublishableAdmin):
    @admin.display(description=_("when"), ordering="dates")
    def when(self, record: DatedRecord) -> str:
        return record.when


PUBLICATION: tuple[Any, Any] = (_("Publication"), {"fields": ("state", "publish_at", "note")})
PUBLICATION_WITH_KEY: tuple[Any, Any] = (
    _("Publication"),
    {"fields": ("state", "publish_at", "note", "slug")},
)
SOURCES: tuple[Any, Any] = (_("How we know"), {"fields": ("source", "other_sources")})
ATTRIBUTION: tuple[Any, Any] = (
    _("Attribution"),
    {"fields": (("basis", "attribution"), ("unnamed_count", "unnamed_why"))},
)
