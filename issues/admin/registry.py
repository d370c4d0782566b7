"""What the admin shows of issues, proposals and positions, and adds to the pages of the record."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from issues.admin.inlines import (
    OF_ISSUE,
    EarlierStatusInline,
    MeasureInline,
    MentionInline,
    OutcomeInline,
    OutcomeKeyForm,
    PartyOutcomeInline,
    PositionInline,
    ProgressInline,
    ProposalInline,
    TermInline,
)
from issues.desk.views import round_desk
from issues.desk.warnings import find_warnings_about
from issues.models import Issue, Measure, Outcome, Position, Progress, Proposal
from issues.resources import (
    IssueResource,
    MeasureResource,
    OutcomeResource,
    PositionResource,
    ProgressResource,
    ProposalResource,
    StatementOnIssuesResource,
)
from rounds.admin.base import REMAINING_TEXTS
from rounds.admin.forms import GeneratedKeyForm, RecordForm
from rounds.admin.publishable import (
    ATTRIBUTION,
    PUBLICATION,
    PUBLICATION_WITH_KEY,
    SOURCES,
    DatedAdmin,
    PublishableAdmin,
)
from rounds.admin.registry import RoundAdmin, StatementAdmin
from rounds.models import Round, Statement
from rounds.platform import clock
from rounds.publishing.edit_conflicts import is_row_number


class WarningsMixin(admin.ModelAdmin):
    """Shows after saving what is doubtful about the record."""

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm,
        formsets: Iterable[BaseInlineFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        for text in find_warnings_about(form.instance, clock.today()):
            self.message_user(request, text, messages.WARNING)


admin.site.unregister([Round, Statement])


@admin.register(Round)
class RoundWithOutcomeAdmin(WarningsMixin, RoundAdmin):
    inlines = (ProgressInline, ProposalInline)
    list_display: Any = (*RoundAdmin.list_display, "desk")
    change_form_template = "admin/issues/round_change_form.html"

    def get_urls(self) -> list[Any]:
        desk = path(
            "<int:pk>/desk/",
            self.admin_site.admin_view(round_desk),
            name="rounds_round_desk",
        )
        return [desk, *super().get_urls()]

    @admin.display(description=_("desk"))
    def desk(self, meeting: Round) -> SafeString:
        address = reverse("admin:rounds_round_desk", args=[meeting.pk])
        name = _("The desk of %(round)s") % {"round": meeting}
        return format_html('<a href="{}" aria-label="{}">{}</a>', address, name, _("the desk"))


@admin.register(Statement)
class StatementWithPositionsAdmin(WarningsMixin, StatementAdmin):
    resource_class = StatementOnIssuesResource
    list_filter = (*StatementAdmin.list_filter, "issues")
    search_fields = (*StatementAdmin.search_fields, "issues__name")
    inlines = (MentionInline, PositionInline, *StatementAdmin.inlines)


@admin.register(Issue)
class IssueAdmin(WarningsMixin, PublishableAdmin):
    resource_class = IssueResource
    list_display = ("name", "question", "kind", "featured", "order", "stands")
    list_filter = ("state", "kind", "featured")
    search_fields = ("name", "keywords", "question", "slug", "chapter")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("source", "other_sources")
    inlines = (MeasureInline, OutcomeInline)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *("name", "slug", "keywords", "question"),
                    ("kind", "featured", "order"),
                )
            },
        ),
        (_("What it is about"), {"fields": (REMAINING_TEXTS,)}),
        SOURCES,
        PUBLICATION,
    )


@admin.register(Measure)
class MeasureAdmin(PublishableAdmin):
    resource_class = MeasureResource
    list_display = ("name", "issue", "unit", "status_quo", "agreed", "agreed_on", "stands")
    list_filter = ("state", "issue")
    list_select_related = ("issue",)
    search_fields = ("name", "unit", "slug", "issue__name")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("issue", "source", "other_sources", "agreed_source")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Measure], search_term: str
    ) -> tuple[QuerySet[Measure], bool]:
        """Limit the picker of a term to measures of the issue of its proposal."""
        if is_row_number(issue := request.GET.get(OF_ISSUE, "")):
            queryset = queryset.filter(issue=int(issue))
        return super().get_search_results(request, queryset, search_term)

    fieldsets = (
        (None, {"fields": ("name", "slug", "issue", ("unit", "status_quo"))}),
        (_("What was agreed"), {"fields": (("agreed", "agreed_on"), "agreed_source")}),
        SOURCES,
        PUBLICATION,
    )


class ProposalAdminForm(GeneratedKeyForm, RecordForm):
    key_source = "title"


@admin.register(Proposal)
class ProposalAdmin(WarningsMixin, DatedAdmin):
    form = ProposalAdminForm
    resource_class = ProposalResource
    list_display = ("title", "issue", "when", "round", "status", "basis", "stands")
    list_filter = ("state", "status", "basis", "issue", "parties", "round")
    list_select_related = ("issue", "round")
    search_fields = ("title", "summary", "issue__name", "parties__name", "attribution", "slug")
    autocomplete_fields = ("issue", "round", "parties", "responds_to", "source", "other_sources")
    inlines = (TermInline, EarlierStatusInline, PositionInline)
    fieldsets = (
        (None, {"fields": ("title", "slug", "summary", "issue", "parties", "responds_to")}),
        (_("When"), {"fields": (("dates", "approximate"), "round")}),
        (_("What came of it"), {"fields": ("status", ("settled", "settled_approximate"))}),
        ATTRIBUTION,
        SOURCES,
        PUBLICATION,
    )


@admin.register(Position)
class PositionAdmin(WarningsMixin, PublishableAdmin):
    resource_class = PositionResource
    key = ""
    list_display = ("gist", "issue", "party", "when", "stance", "stands", "evidence")
    list_filter = ("state", "stance", "party", "issue")
    list_select_related = ("issue", "party", "statement", "proposal")
    search_fields = (
        "gist",
        "condition",
        "issue__name",
        "party__name",
        "statement__summary",
        "statement__speakers__name",
        "proposal__title",
    )
    autocomplete_fields = ("issue", "party", "statement", "proposal")
    fieldsets = (
        (None, {"fields": (("issue", "party"), ("stance", "condition"), "gist")}),
        (_("Since when"), {"fields": (("since", "approximate"),)}),
        (
            _("What it rests on"),
            {
                "fields": ("statement", "proposal"),
                "description": _("One of the two. Enter the statement or proposal first."),
            },
        ),
        PUBLICATION,
    )

    @admin.display(description=_("since"), ordering="since")
    def when(self, position: Position) -> str:
        return position.when

    @admin.display(description=_("rests on"))
    def evidence(self, position: Position) -> str:
        return str(position.evidence)


@admin.register(Progress)
class ProgressAdmin(WarningsMixin, PublishableAdmin):
    resource_class = ProgressResource
    key = ""
    list_display = ("issue", "at_round", "level", "summary", "stands")
    list_filter = ("state", "level", "issue", "round")
    list_select_related = ("issue", "round")
    search_fields = ("summary", "issue__name", "round__name")
    autocomplete_fields = ("round", "issue", "source", "other_sources")
    fieldsets = (
        (None, {"fields": (("round", "issue"), ("level", "summary"))}),
        SOURCES,
        PUBLICATION,
    )

    @admin.display(description=_("round"), ordering="round__dates")
    def at_round(self, progress: Progress) -> Round:
        return progress.round


class OutcomeAdminForm(OutcomeKeyForm, RecordForm):
    """The form of an outcome's own page."""


@admin.register(Outcome)
class OutcomeAdmin(WarningsMixin, DatedAdmin):
    form = OutcomeAdminForm
    resource_class = OutcomeResource
    list_display = ("issue", "kind", "line", "when", "stands")
    list_filter = ("state", "kind", "issue")
    list_select_related = ("issue",)
    search_fields = ("line", "issue__name", "parties__gist", "slug")
    autocomplete_fields = ("issue", "source", "other_sources")
    inlines = (PartyOutcomeInline,)
    fieldsets = (
        (None, {"fields": ("issue", "kind", "line")}),
        (_("Since when"), {"fields": (("dates", "approximate"),)}),
        SOURCES,
        PUBLICATION_WITH_KEY,
    )
