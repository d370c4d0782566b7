"""Entering the record by hand. (issues/admin.py adds what reads it.)"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from rounds.models import (
    Basis,
    Deadline,
    Negotiation,
    Party,
    Person,
    Round,
    Source,
    State,
    Statement,
    StatementLink,
)
from rounds.timeline import attribution

admin.site.site_header = _("The editors’ desk")
admin.site.site_title = _("The editors’ desk")
admin.site.index_title = _("What is in the record")


class KeyedAdmin(admin.ModelAdmin):
    """A record whose key is part of its address: given once, then fixed."""

    key = "slug"
    save_on_top = True
    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = (self.key,) if obj and self.key else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(super().get_prepopulated_fields(request, obj))


class PublishableAdmin(KeyedAdmin):
    """Draft and published, in the list and as actions that say what they refuse and why."""

    actions = ("publish", "back_to_draft")

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_state(request, queryset, State.PUBLISHED)

    @admin.action(description=_("Take back to draft"), permissions=["change"])
    def back_to_draft(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_state(request, queryset, State.DRAFT)

    def _set_state(self, request: HttpRequest, queryset: QuerySet[Any], state: State) -> None:
        """Change them all or none."""
        refused: list[str] = []
        with transaction.atomic():
            for record in queryset.exclude(state=state):
                record.state = state
                try:
                    record.full_clean()
                    record.save()
                except ValidationError as error:
                    refused.append(f"{record}: {' '.join(error.messages)}")
            if refused:
                transaction.set_rollback(True)
        for words in refused:
            self.message_user(request, words, messages.ERROR)
        if refused:
            self.message_user(request, _("Nothing was changed."), messages.WARNING)
        else:
            label = state.label
            self.message_user(request, _("All of them: %(state)s.") % {"state": label})


PUBLICATION = (_("Publication"), {"fields": ("state", "note")})
SOURCES = (_("How we know"), {"fields": ("source", "other_sources")})
ATTRIBUTION = (
    _("Attribution"),
    {"fields": ("basis", "attribution", ("unnamed_count", "unnamed_why"))},
)


@admin.register(Negotiation)
class NegotiationAdmin(KeyedAdmin):
    list_display = ("title", "short_name")

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
    search_fields = ("name", "role", "organisation", "slug")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("party",)


@admin.register(Source)
class SourceAdmin(KeyedAdmin):
    list_display = ("title", "publisher", "published_words", "link", "archived")
    list_filter = (("archive_url", admin.EmptyFieldListFilter), "language", "publisher")
    search_fields = ("title", "publisher", "url", "slug")

    @admin.display(description=_("address"))
    def link(self, source: Source) -> SafeString | str:
        return format_html('<a href="{0}">{0}</a>', source.url) if source.url else "–"

    @admin.display(description=_("archived"), boolean=True)
    def archived(self, source: Source) -> bool:
        return bool(source.archive_url)


@admin.register(Round)
class RoundAdmin(PublishableAdmin):
    list_display = ("name", "when", "kind", "number", "place", "status", "state")
    list_filter = ("state", "status", "kind", "host")
    search_fields = ("name", "place", "slug", "summary")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("host", "parties", "replaced_by", "source", "other_sources")
    fieldsets = (
        (None, {"fields": ("name", "slug", ("kind", "number"), "status")}),
        (_("When and where"), {"fields": ("dates", "approximate", "planned_dates", "place")}),
        (_("Who"), {"fields": ("host", "parties")}),
        (_("What"), {"fields": ("agenda", "summary", "replaced_by")}),
        SOURCES,
        PUBLICATION,
    )


@admin.register(Deadline)
class DeadlineAdmin(PublishableAdmin):
    list_display = ("name", "when", "set_by", "set_on_words", "outcome", "state")
    list_filter = ("state", "outcome", "parties")
    search_fields = ("name", "set_by", "slug", "basis")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("parties", "superseded_by", "source", "other_sources")
    fieldsets = (
        (None, {"fields": ("name", "slug", "dates", "approximate")}),
        (
            _("Who set it"),
            {"fields": ("set_by", "parties", "set_on", "set_on_approximate", "basis")},
        ),
        (_("What came of it"), {"fields": ("outcome", "superseded_by")}),
        SOURCES,
        PUBLICATION,
    )


class StatementForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("basis") == Basis.UNNAMED and cleaned.get("speakers"):
            self.add_error(
                "speakers",
                _("Whoever is unnamed has no name here: remove the speaker or change the basis."),
            )
        return cleaned


class LinkInline(admin.TabularInline):
    model = StatementLink
    fk_name = "statement"
    autocomplete_fields = ("other",)
    extra = 0


@admin.register(Statement)
class StatementAdmin(PublishableAdmin):
    form = StatementForm
    list_display = ("__str__", "when", "who", "basis", "source", "state")
    list_filter = ("state", "basis", "parties", "round")
    list_select_related = ("source",)
    search_fields = ("summary", "quotation", "attribution", "speakers__name", "slug")
    autocomplete_fields = ("round", "speakers", "parties", "source", "other_sources")
    inlines = (LinkInline,)
    fieldsets = (
        (None, {"fields": ("summary", ("quotation", "language"), "slug")}),
        (_("When"), {"fields": ("dates", "approximate", "round")}),
        (_("Who"), {"fields": ("speakers", "parties")}),
        ATTRIBUTION,
        SOURCES,
        PUBLICATION,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        return super().get_queryset(request).with_names()  # type: ignore[attr-defined,no-any-return]

    @admin.display(description=_("who"))
    def who(self, statement: Any) -> str:
        return attribution(statement, [one["name"] for one in statement.speaker_list])
