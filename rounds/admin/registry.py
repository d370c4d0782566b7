"""What the admin shows of each model of the record; ``issues.admin.registry`` adds to it."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rounds.admin.base import REMAINING_TEXTS, RecordAdmin, RecordInline
from rounds.admin.forms import GeneratedKeyForm, RecordForm
from rounds.admin.publishable import (
    ATTRIBUTION,
    PUBLICATION,
    PUBLICATION_WITH_KEY,
    SOURCES,
    DatedAdmin,
)
from rounds.admin.sources import SourceAdmin
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
    attribution,
    attribution_problem,
)
from rounds.tabular.resources import (
    DeadlineResource,
    NegotiationResource,
    PartyResource,
    PersonResource,
    RoundResource,
    StatementResource,
)


@admin.register(Negotiation)
class NegotiationAdmin(RecordAdmin):
    resource_class = NegotiationResource
    list_display = ("title", "short_name")
    prepopulated_fields = {"slug": ("short_name",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Negotiation.objects.exists()


@admin.register(Party)
class PartyAdmin(RecordAdmin):
    resource_class = PartyResource
    key = "code"
    list_display = ("name", "code", "adjective", "colour", "order")
    search_fields = ("name", "code", "adjective", "other_names")


@admin.register(Person)
class PersonAdmin(RecordAdmin):
    resource_class = PersonResource
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


admin.site.register(Source, SourceAdmin)


@admin.register(Round)
class RoundAdmin(DatedAdmin):
    resource_class = RoundResource
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
        (_("What"), {"fields": (REMAINING_TEXTS, "replaced_by")}),
        SOURCES,
        PUBLICATION,
    )


@admin.register(Deadline)
class DeadlineAdmin(DatedAdmin):
    resource_class = DeadlineResource
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
            {"fields": ("set_by", "parties", ("set_on", "set_on_approximate"), REMAINING_TEXTS)},
        ),
        (_("What came of it"), {"fields": ("outcome", "superseded_by")}),
        SOURCES,
        PUBLICATION,
    )

    @admin.display(description=_("set on"), ordering="set_on")
    def was_set(self, deadline: Deadline) -> str:
        return deadline.set_on_label


class StatementAdminForm(GeneratedKeyForm, RecordForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_stored_so = self.instance.pk and not {"basis", "speakers"} & set(self.changed_data)
        are_valid = "speakers" in cleaned and "basis" in cleaned
        if not are_valid or is_stored_so:
            return cleaned
        if problem := attribution_problem(cleaned["basis"], cleaned["speakers"]):
            self.add_error("speakers", problem)
        return cleaned


class LinkInline(RecordInline):
    model = StatementLink
    fk_name = "statement"
    autocomplete_fields = ("other",)


@admin.register(Statement)
class StatementAdmin(DatedAdmin):
    resource_class = StatementResource
    form: Any = StatementAdminForm
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

    def save_model(
        self, request: HttpRequest, obj: Statement, form: ModelForm, change: bool
    ) -> None:
        """Remove speakers before the row says that they are unnamed: triggers check the order."""
        if change and obj.basis == Basis.UNNAMED:
            obj.speakers.clear()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("who"))
    def who(self, statement: Any) -> str:
        return attribution(statement, [speaker["name"] for speaker in statement.speaker_list])

    @admin.display(description=_("source"), ordering="source__publisher")
    def publisher(self, statement: Statement) -> str:
        return statement.source.publisher
