"""The record at the desk. (issues/admin/registry.py adds what reads it.)"""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from rounds.admin.base import KeyedAdmin, RowInline
from rounds.admin.forms import EntryForm, RecordForm
from rounds.admin.publishable import (
    ATTRIBUTION,
    PUBLICATION,
    PUBLICATION_WITH_KEY,
    SOURCES,
    DatedAdmin,
)
from rounds.models import (
    Basis,
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
    attribution,
    attribution_problem,
)
from rounds.platform.text_fields import AddressField
from rounds.platform.url_normalisation import split_archive_address
from rounds.tabular.resources import (
    DeadlineResource,
    NegotiationResource,
    PartyResource,
    PersonResource,
    RoundResource,
    SourceResource,
    StatementResource,
)


@admin.register(Negotiation)
class NegotiationAdmin(KeyedAdmin):
    resource_classes: ClassVar[Any] = (NegotiationResource,)
    list_display = ("title", "short_name")
    prepopulated_fields = {"slug": ("short_name",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Negotiation.objects.exists()


@admin.register(Party)
class PartyAdmin(KeyedAdmin):
    resource_classes: ClassVar[Any] = (PartyResource,)
    key = "code"
    list_display = ("name", "code", "adjective", "colour", "order")
    search_fields = ("name", "code", "adjective", "other_names")


@admin.register(Person)
class PersonAdmin(KeyedAdmin):
    resource_classes: ClassVar[Any] = (PersonResource,)
    list_display = ("name", "role", "organisation", "party")
    list_filter = ("party",)
    list_select_related = ("party",)
    search_fields = ("name", "role", "organisation", "party__name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("party",)
    fields = ("name", "slug", "role", "organisation", "party")

    def readers_see(self, record: Person) -> bool:
        return record.statements.filter(state=State.PUBLISHED).exists()

    def citing(self, record: Person) -> list[Any]:
        return list(record.statements.all())


class SourceForm(RecordForm):
    def clean(self) -> dict[str, Any]:
        """A copy's address is filed as one; an address that a source has is told with a link."""
        cleaned = super().clean()
        if url := cleaned.get("url"):
            cleaned["url"], copy = split_archive_address(url)
            cleaned["archive_url"] = cleaned.get("archive_url") or copy
        address = cleaned.get("url") or cleaned.get("archive_url") or ""
        if known := Source.objects.exclude(pk=self.instance.pk).find_by_address(address):
            place = reverse("admin:rounds_source_change", args=[known.pk])
            words = _("The record has it already: {}.")
            link = format_html('<a href="{}">{}</a>', place, known)
            self.add_error("url", ValidationError(format_html(str(words), link)))
        return cleaned


class PasteForm(forms.Form):
    address = AddressField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": _("This is not the address of a page.")},
    )


class LinkFilter(admin.SimpleListFilter):
    title = _("link")
    parameter_name = "link"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*LinkState.choices, ("unasked", _("never asked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "unasked":
            return queryset.never_checked()  # type: ignore[attr-defined,no-any-return]
        known = self.value() in LinkState.values
        return queryset.with_link_state(self.value()) if known else queryset  # type: ignore[attr-defined]


@admin.register(Source)
class SourceAdmin(KeyedAdmin):
    form: Any = SourceForm
    change_list_template = "admin/rounds/source/change_list.html"
    list_display = ("title", "publisher", "appeared", "link", "answers", "archived")
    list_filter = (
        LinkFilter,
        ("archive_url", admin.EmptyFieldListFilter),
        ("url", admin.EmptyFieldListFilter),
        "language",
    )
    resource_classes: ClassVar[Any] = (SourceResource,)
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
            if known := Source.objects.find_by_address(address):
                self.message_user(request, _("The record has it already."))
                return redirect("admin:rounds_source_change", known.pk)
            if self.has_add_permission(request):
                begun = Source.objects.start_from_address(address)
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

    @admin.display(description=_("last asked"))
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

    def citing(self, record: Source) -> list[Any]:
        return [one for citing in Source.citing(record).values() for one in citing]

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
    resource_classes: ClassVar[Any] = (RoundResource,)
    list_display = ("name", "when", "kind", "number", "place", "status", "stands")
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
    resource_classes: ClassVar[Any] = (DeadlineResource,)
    list_display = ("name", "when", "set_by", "was_set", "outcome", "stands")
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

    said_in = "summary"  # the field whose first words the key takes

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.initial.setdefault("slug", "")  # instead of the default, which says nothing
            self.fields["slug"].help_text = _(
                "Part of its permanent address. Left empty, it is made of the day, the speaker or"
                " party and the first words: 2031-05-21-minister-no-clause-at-all."
            )

    def save(self, commit: bool = True) -> Any:
        if self.instance._state.adding and not self.cleaned_data.get("slug"):
            keys = type(self.instance)._default_manager
            words = self.cleaned_data[self.said_in]
            self.instance.slug = keys.free_key(self.instance.first_day, self._whose(), words)
        return super().save(commit)

    def _whose(self) -> str:
        """The last name of the first speaker, else the first party."""
        for speaker in self.cleaned_data.get("speakers") or ():
            return str(speaker.name.split()[-1])
        return next((str(party.code) for party in self.cleaned_data.get("parties") or ()), "")


class StatementForm(KeyMadeForm, RecordForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_stored_so = self.instance.pk and not {"basis", "speakers"} & set(self.changed_data)
        are_valid = "speakers" in cleaned and "basis" in cleaned
        if not are_valid or is_stored_so:
            return cleaned
        if problem := attribution_problem(cleaned["basis"], cleaned["speakers"]):
            self.add_error("speakers", problem)
        return cleaned


class LinkInline(RowInline):
    model = StatementLink
    fk_name = "statement"
    autocomplete_fields = ("other",)


@admin.register(Statement)
class StatementAdmin(DatedAdmin):
    resource_classes: ClassVar[Any] = (StatementResource,)
    form: Any = StatementForm
    list_display = ("__str__", "when", "who", "publisher", "stands")
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
