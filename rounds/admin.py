"""Entering the record by hand. (issues/admin.py adds what reads it.)"""

import datetime as dt
from typing import Any, ClassVar

import psycopg
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, models, transaction
from django.db.models import Case, F, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rounds.addresses import filed
from rounds.dates import SpanFormField
from rounds.models import (
    Basis,
    DatedRecord,
    Deadline,
    LinkState,
    Negotiation,
    Party,
    Person,
    Round,
    Source,
    State,
    Statement,
    StatementLink,
)
from rounds.suggestions import suggestion
from rounds.timeline import attribution

# What the triggers refuse, by their names. issues/admin.py adds its own.
REFUSALS = {
    "published_needs_published": _(
        "What is published cannot refer to a draft: publish that one first."
    ),
    "keep_published": _("Something published refers to this: take that back to draft first."),
    "no_cycle": _("These refer to each other in a circle."),
    "unnamed_stays_unnamed": _("Whoever is unnamed has no name here: remove the speakers first."),
    "unnamed_has_no_name": _("Whoever is unnamed has no name here: remove the speakers."),
}


def refusal(error: DatabaseError) -> str:
    """What rule of the record the database holds up, in an editor's words; "" if it is none."""
    cause = error.__cause__
    broken_rule = isinstance(cause, psycopg.IntegrityError | psycopg.errors.RaiseException)
    if not isinstance(cause, psycopg.Error) or not broken_rule:
        return ""
    said = cause.diag.message_primary or str(cause)
    constraints = {
        constraint.name: constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
    }
    words = constraints.get(cause.diag.constraint_name or "") or REFUSALS.get(said.split(":")[0])
    return str(words or _("The database refused it: %(reason)s.") % {"reason": said})


class EntryForm(forms.ModelForm):
    """A form that tells everything that is wrong, also with what has no input on the page."""

    refusal = ""  # what the database said when the same was entered a moment ago

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.refusal:
            self.add_error(None, self.refusal)
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django's; what is wrong with a field that is hidden or absent is told of the whole."""
        told = error.error_dict if hasattr(error, "error_dict") else {field: error}
        for name, errors in told.items():
            shown = name in self.fields and not self.fields[name].widget.is_hidden
            super().add_error(name if shown else None, errors)


class EntryFormSet(forms.BaseInlineFormSet):
    def get_unique_error_message(self, unique_check: Any) -> str:
        return str(_("Two of these rows say the same: delete one of them."))

    def get_form_error(self) -> str:
        return str(_("Another row says the same."))


class Entry(admin.options.BaseModelAdmin):
    """What the pages of the admin and the rows within them have in common."""

    form: Any = EntryForm
    open_ended: tuple[str, ...] = ()  # the spans of which no end may be known
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
    }

    class Media:
        css = {"all": ["css/admin.css"]}

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField):
            field.label_from_instance = suggestion  # type: ignore[method-assign,assignment]
            field.widget.can_delete_related = False  # nobody deletes a source from a statement
            field.widget.can_view_related = False
        elif isinstance(field, SpanFormField):
            field.widget.attrs["title"] = capfirst(field.label)  # Django labels no input of three
            field.widget.offers_open = db_field.name in self.open_ended
        return field

    def readers_see(self, record: Any) -> bool:
        return bool(getattr(record, "state", State.PUBLISHED) == State.PUBLISHED)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj and self.readers_see(obj) else None


class Row(Entry, admin.TabularInline):
    formset = EntryFormSet
    extra = 0


class Block(Entry, admin.StackedInline):
    """A row with too much in it for a table."""

    formset = EntryFormSet
    extra = 0


class KeyedAdmin(Entry, admin.ModelAdmin):
    """A record whose key is part of its address: given once, then fixed."""

    key = "slug"
    save_on_top = True
    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = (self.key,) if obj and self.key else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(super().get_prepopulated_fields(request, obj))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A key that follows what is typed beside it begins empty, or it would not follow."""
        empty = dict.fromkeys(self.prepopulated_fields, "")
        return {**empty, **super().get_changeform_initial_data(request)}

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.refusal = getattr(request, "refusal", "")  # type: ignore[attr-defined]
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """As Django's; what only the database refuses comes back with all that was typed."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DatabaseError as error:
            words = refusal(error)
            if not words:
                raise
            request.refusal = words  # type: ignore[attr-defined]
        return super().changeform_view(request, *args, **kwargs)


# what is still to be done comes first, and of that what was changed last
DRAFTS_FIRST: tuple[Any, ...] = (
    Case(When(state=State.PUBLISHED, then=1), default=0).asc(),
    "-pk",
)


class PublishableAdmin(KeyedAdmin):
    """Draft and published, in the list and as actions that say what they refuse and why."""

    actions = ("publish", "back_to_draft")
    ordering = DRAFTS_FIRST

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_state(request, queryset, State.PUBLISHED)

    @admin.action(description=_("Take back to draft"), permissions=["change"])
    def back_to_draft(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_state(request, queryset, State.DRAFT)

    def _set_state(self, request: HttpRequest, queryset: QuerySet[Any], state: State) -> None:
        """Change them all or none, in whatever order they allow."""
        changed, refused = 0, [""]
        with transaction.atomic():
            waiting = set(queryset.exclude(state=state).values_list("pk", flat=True))
            while waiting and refused:
                before, refused = len(waiting), []
                for record in self.model._default_manager.filter(pk__in=waiting):
                    if words := self._refusal(record, state):
                        refused.append(f"{record}: {words}")
                    else:
                        waiting.remove(record.pk)
                        changed += 1
                        fields = {"changed": {"fields": [str(_("state"))]}}
                        self.log_change(request, record, [fields])
                if len(waiting) == before:
                    break
            if waiting:
                transaction.set_rollback(True)
        if not waiting:
            told = ngettext("%(count)d entry: %(state)s.", "%(count)d entries: %(state)s.", changed)
            self.message_user(request, told % {"count": changed, "state": state.label})
            return
        for words in refused:
            self.message_user(request, words, messages.ERROR)
        self.message_user(request, _("Nothing was changed."), messages.WARNING)

    def _refusal(self, record: Any, state: State) -> str:
        """Give ``record`` that state, or say why not."""
        record.state = state
        try:
            record.full_clean()
            for field in record._meta.many_to_many:
                if not field.blank and not getattr(record, field.name).exists():
                    raise ValidationError(
                        _("“%(field)s” is empty."), params={"field": field.verbose_name}
                    )
            with transaction.atomic():
                record.save()
        except ValidationError as error:
            return " ".join(error.messages)
        except DatabaseError as error:
            if words := refusal(error):
                return words
            raise
        return ""


class DatedAdmin(PublishableAdmin):
    @admin.display(description=_("when"), ordering="dates")
    def when(self, record: DatedRecord) -> str:
        return record.when


PUBLICATION: tuple[Any, Any] = (_("Publication"), {"fields": ("state", "note")})
PUBLICATION_WITH_KEY: tuple[Any, Any] = (_("Publication"), {"fields": ("state", "note", "slug")})
SOURCES: tuple[Any, Any] = (_("How we know"), {"fields": ("source", "other_sources")})
ATTRIBUTION: tuple[Any, Any] = (
    _("Attribution"),
    {"fields": (("basis", "attribution"), ("unnamed_count", "unnamed_why"))},
)


@admin.register(Negotiation)
class NegotiationAdmin(KeyedAdmin):
    list_display = ("title", "short_name")
    prepopulated_fields = {"slug": ("short_name",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Negotiation.objects.exists()


@admin.register(Party)
class PartyAdmin(KeyedAdmin):
    key = "code"
    list_display = ("name", "code", "adjective", "colour", "order")
    search_fields = ("name", "code", "adjective")


@admin.register(Person)
class PersonAdmin(KeyedAdmin):
    list_display = ("name", "role", "organisation", "party")
    list_filter = ("party",)
    list_select_related = ("party",)
    search_fields = ("name", "role", "organisation", "party__name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("party",)
    fields = ("name", "slug", "role", "organisation", "party")

    def readers_see(self, record: Person) -> bool:
        return record.statements.filter(state=State.PUBLISHED).exists()


class SourceForm(EntryForm):
    def clean(self) -> dict[str, Any]:
        """A copy's address is filed as one; an address that a source has is told with a link."""
        cleaned = super().clean()
        if url := cleaned.get("url"):
            cleaned["url"], copy = filed(url)
            cleaned["archive_url"] = cleaned.get("archive_url") or copy
        address = cleaned.get("url") or cleaned.get("archive_url") or ""
        if known := Source.objects.exclude(pk=self.instance.pk).at(address):
            place = reverse("admin:rounds_source_change", args=[known.pk])
            words = _("The record has it already: {}.")
            link = format_html('<a href="{}">{}</a>', place, known)
            self.add_error("url", ValidationError(format_html(str(words), link)))
        return cleaned


class PasteForm(forms.Form):
    address = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")


class LinkFilter(admin.SimpleListFilter):
    title = _("link")
    parameter_name = "link"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*LinkState.choices, ("unasked", _("never asked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "unasked":
            return queryset.unasked()  # type: ignore[attr-defined,no-any-return]
        return queryset.with_link(self.value()) if self.value() else queryset  # type: ignore[attr-defined]


@admin.register(Source)
class SourceAdmin(KeyedAdmin):
    form: Any = SourceForm
    change_list_template = "admin/rounds/source/change_list.html"
    list_display = ("title", "publisher", "appeared", "link", "archived", "answers")
    list_filter = (
        LinkFilter,
        ("archive_url", admin.EmptyFieldListFilter),
        ("url", admin.EmptyFieldListFilter),
        "language",
    )
    search_fields = ("title", "publisher", "url", "note", "slug")
    ordering = (F("published").desc(nulls_last=True), "publisher", "title")
    fieldsets = (
        (None, {"fields": ("publisher", "title", "url", "archive_url", "language")}),
        (_("When it appeared"), {"fields": (("published", "published_approximate"),)}),
        (_("Publication"), {"fields": ("note", "slug")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).with_links()  # type: ignore[attr-defined,no-any-return]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Where a new one is entered, the shorter way is shown, too."""
        (name, first), *others = super().get_fieldsets(request, obj)
        if obj is None:
            paste, words = reverse("admin:rounds_source_paste"), _("Paste an address instead")
            link = format_html('<a href="{}">{}</a>', paste, words)
            first = {**first, "description": link}
        return [(name, first), *others]

    def get_urls(self) -> list[Any]:
        paste = self.admin_site.admin_view(self.paste)
        return [path("paste/", paste, name="rounds_source_paste"), *super().get_urls()]

    def paste(self, request: HttpRequest) -> HttpResponse:
        """From an address to its source, or to the form of a new one with what it tells."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PasteForm(request.GET if "address" in request.GET else None)
        if form.is_valid():
            address = form.cleaned_data["address"]
            if known := Source.objects.at(address):
                self.message_user(request, _("The record has it already."))
                return redirect("admin:rounds_source_change", known.pk)
            if self.has_add_permission(request):
                begun = Source.objects.begun_at(address)
                names = ("url", "archive_url", "publisher", "language")
                typed = {name: value for name in names if (value := getattr(begun, name))}
                return redirect(f"{reverse('admin:rounds_source_add')}?{urlencode(typed)}")
            form.add_error("address", _("The record has no source with this address."))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Paste an address"),
            "opts": self.opts,
            "form": form,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/rounds/source/paste.html", context)

    @admin.display(description=_("what came back"))
    def answers(self, source: Any) -> SafeString | str:
        """What each address answered; the day it was asked is a second look away."""
        told = [
            (link["state"], dt.datetime.fromisoformat(link["checked_at"]).date(), link["answer"])
            for link in source.link_list
        ]
        line = '<span class="link-{}" title="{}">{}</span>'
        return format_html_join(mark_safe("<br>"), line, told) or "–"

    def readers_see(self, record: Source) -> bool:
        return Source.objects.cited().filter(pk=record.pk).exists()

    @admin.display(description=_("published"), ordering="published")
    def appeared(self, source: Source) -> str:
        return source.published_words or "–"

    @admin.display(description=_("address"), ordering="url")
    def link(self, source: Source) -> SafeString | str:
        if not source.url:
            return "–"
        return format_html('<a href="{}">{}</a>', source.url, source.url.split("/")[2])

    @admin.display(description=_("archived"), boolean=True)
    def archived(self, source: Source) -> bool:
        return bool(source.archive_url)


@admin.register(Round)
class RoundAdmin(DatedAdmin):
    list_display = ("name", "when", "kind", "number", "place", "status", "state")
    list_filter = ("state", "status", "kind", "parties", "host")
    search_fields = ("name", "place", "slug", "summary", "agenda")
    open_ended = ("dates", "planned_dates")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("host", "parties", "replaced_by", "source", "other_sources")
    fieldsets = (
        (None, {"fields": ("name", "slug", ("kind", "number"), "status")}),
        (_("When and where"), {"fields": (("dates", "approximate"), "planned_dates", "place")}),
        (_("Who"), {"fields": ("host", "parties")}),
        (_("What"), {"fields": ("agenda", "summary", "replaced_by")}),
        SOURCES,
        PUBLICATION,
    )


@admin.register(Deadline)
class DeadlineAdmin(DatedAdmin):
    list_display = ("name", "when", "set_by", "was_set", "outcome", "state")
    list_filter = ("state", "outcome", "parties")
    search_fields = ("name", "set_by", "parties__name", "slug", "basis")
    open_ended = ("dates",)
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("parties", "superseded_by", "source", "other_sources")
    fieldsets = (
        (None, {"fields": ("name", "slug", ("dates", "approximate"))}),
        (
            _("Who set it"),
            {"fields": ("set_by", "parties", ("set_on", "set_on_approximate"), "basis")},
        ),
        (_("What came of it"), {"fields": ("outcome", "superseded_by")}),
        SOURCES,
        PUBLICATION,
    )

    @admin.display(description=_("set on"), ordering="set_on")
    def was_set(self, deadline: Deadline) -> str:
        return deadline.set_on_words


class KeyMadeForm(EntryForm):
    """A form that makes the key of a new record, where none is typed, of its day and its words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.initial.setdefault("slug", "")  # instead of the default, which says nothing
            self.fields["slug"].help_text = self.key_help

    key_help = _(
        "Part of its permanent address. Left empty, it is made of the day, the speaker or party"
        " and the first words: 2018-05-02-freeland-no-clause-at-all."
    )

    def key_words(self) -> tuple[Any, ...]:
        """What the key says after the day."""
        raise NotImplementedError

    def save(self, commit: bool = True) -> Any:
        if self.instance._state.adding and not self.cleaned_data.get("slug"):
            keys = type(self.instance)._default_manager
            self.instance.slug = keys.free_key(self.instance.first_day, *self.key_words())
        return super().save(commit)


def whose(cleaned: dict[str, Any]) -> str:
    """The last name of the first speaker, else the first party."""
    for speaker in cleaned.get("speakers") or ():
        return str(speaker.name.split()[-1])
    return next((str(party.code) for party in cleaned.get("parties") or ()), "")


class StatementForm(KeyMadeForm):
    def key_words(self) -> tuple[Any, ...]:
        return whose(self.cleaned_data), self.cleaned_data["summary"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("basis") == Basis.UNNAMED and cleaned.get("speakers"):
            self.add_error(
                "speakers",
                _("Whoever is unnamed has no name here: remove the speaker or change the basis."),
            )
        return cleaned


class LinkInline(Row):
    model = StatementLink
    fk_name = "statement"
    autocomplete_fields = ("other",)


@admin.register(Statement)
class StatementAdmin(DatedAdmin):
    form: Any = StatementForm
    list_display = ("__str__", "when", "who", "publisher", "state")
    list_filter: ClassVar[tuple[str, ...]] = ("state", "basis", "parties", "round")
    search_fields: ClassVar[tuple[str, ...]] = (
        "summary",
        "quotation",
        "attribution",
        "speakers__name",
        "parties__name",
        "source__publisher",
        "slug",
    )
    autocomplete_fields = ("round", "speakers", "parties", "source", "other_sources")
    inlines: ClassVar[tuple[Any, ...]] = (LinkInline,)
    fieldsets = (
        (None, {"fields": ("summary", ("quotation", "language"))}),
        (_("When"), {"fields": (("dates", "approximate"), "round")}),
        (_("Who"), {"fields": ("speakers", "parties")}),
        ATTRIBUTION,
        SOURCES,
        PUBLICATION_WITH_KEY,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        return super().get_queryset(request).with_names()  # type: ignore[attr-defined,no-any-return]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The row goes to the database before its speakers do: those who now go, go first."""
        if change and obj.basis == Basis.UNNAMED:
            obj.speakers.clear()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("who"))
    def who(self, statement: Any) -> str:
        return attribution(statement, [one["name"] for one in statement.speaker_list])

    @admin.display(description=_("source"), ordering="source__publisher")
    def publisher(self, statement: Statement) -> str:
        return statement.source.publisher
