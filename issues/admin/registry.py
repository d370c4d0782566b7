"""What the admin shows of issues, proposals and positions, and adds to the pages of the record."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey, QuerySet
from django.forms import BaseInlineFormSet, ModelChoiceField, ModelForm
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from issues.desk.views import round_desk
from issues.desk.warnings import find_warnings_about
from issues.models import Issue, Measure, Position, Progress, Proposal, Term
from issues.resources import (
    IssueResource,
    MeasureResource,
    PositionResource,
    ProgressResource,
    ProposalResource,
    StatementOnIssuesResource,
)
from rounds.admin.base import REMAINING_TEXTS, RecordFormSet, RecordInline, StackedRecordInline
from rounds.admin.forms import BaseRecordForm, GeneratedKeyForm, RecordForm
from rounds.admin.publishable import ATTRIBUTION, PUBLICATION, SOURCES, DatedAdmin, PublishableAdmin
from rounds.admin.registry import RoundAdmin, StatementAdmin
from rounds.models import Round, Statement
from rounds.platform import clock
from rounds.platform.dates import first_day
from rounds.publishing.edit_conflicts import is_row_number

OF_ISSUE = "of_issue"  # parameter that limits a list of measures to an issue


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


class ProgressInline(RecordInline):
    model = Progress
    fields = ("issue", "level", "summary", "source", "state")
    autocomplete_fields = ("issue", "source")
    show_change_link = True


class ProposalInlineForm(GeneratedKeyForm):
    key_source = "title"


class ProposalAdminForm(GeneratedKeyForm, RecordForm):
    key_source = "title"


class ProposalInline(StackedRecordInline):
    model = Proposal
    form = ProposalInlineForm
    fk_name = "round"
    fields = (
        "title",
        ("issue", "parties"),
        ("dates", "approximate"),
        ("basis", "attribution"),
        "source",
        "state",
    )
    autocomplete_fields = ("issue", "parties", "source")
    show_change_link = True


class PositionFormSet(RecordFormSet):
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """A new row begins with what follows from the record that it rests on."""
        kwargs: dict[str, Any] = super().get_form_kwargs(index)
        is_new = index is None or index >= self.initial_form_count()
        if is_new and self.instance.pk:
            kwargs["initial"] = self._row_initial
        return kwargs

    @cached_property
    def _row_initial(self) -> dict[str, Any]:
        evidence: Any = self.instance
        initial = {"since": evidence.dates, "approximate": evidence.approximate}
        if isinstance(evidence, Proposal):
            issues = [evidence.issue]
        else:
            issues = list(evidence.issues.all()[:2])
        parties = list(evidence.parties.all()[:2])
        if len(issues) == 1:
            initial["issue"] = issues[0]
        if len(parties) == 1:
            initial["party"] = parties[0]
        return initial

    def clean(self) -> None:
        """A party has one position on an issue from a day on, among these rows too."""
        super().clean()
        taken = set()
        for form in self.forms:
            row = getattr(form, "cleaned_data", {})
            if not all(row.get(name) for name in ("issue", "party", "since")) or row.get("DELETE"):
                continue
            key = (row["issue"], row["party"], first_day(row["since"]))
            if key in taken:
                form.add_error(
                    "since",
                    _("Another row has a position of this party on this issue from that day."),
                )
            taken.add(key)


class PositionInline(StackedRecordInline):
    """Positions, entered on the page of the statement or proposal that they rest on."""

    model = Position
    formset = PositionFormSet
    fields = (
        ("issue", "party"),
        ("stance", "condition"),
        "gist",
        ("since", "approximate"),
        "state",
    )
    autocomplete_fields = ("issue", "party")
    show_change_link = True


class MentionInline(RecordInline):
    model = Issue.statements.through
    autocomplete_fields = ("issue",)
    verbose_name = _("issue")
    verbose_name_plural = _("issues it touches")


class MeasureInline(RecordInline):
    model = Measure
    fields = ("name", "unit", "status_quo", "source", "state")
    autocomplete_fields = ("source",)
    show_change_link = True


class TermForm(BaseRecordForm):
    def clean(self) -> dict[str, Any]:
        """As ``Term.clean``, which cannot check a proposal that is entered on the same page."""
        cleaned = super().clean()
        proposal, measure = cleaned.get("proposal"), cleaned.get("measure")
        if proposal and measure and proposal.issue_id not in {None, measure.issue_id}:
            self.add_error("measure", _("This measure belongs to another issue than the proposal."))
        return cleaned


class MeasureSelect(AutocompleteSelect):
    """Offers the measures of one issue only."""

    issue: int | None = None

    def get_url(self) -> str:
        return f"{super().get_url()}?{OF_ISSUE}={self.issue or ''}"


class TermInline(RecordInline):
    model = Term
    form = TermForm
    fields = ("measure", "scope", "comparator", "low", "high")
    autocomplete_fields = ("measure",)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "measure":
            key = request.resolver_match.kwargs.get("object_id") if request.resolver_match else ""
            proposal = Proposal.objects.filter(pk=key) if key else Proposal.objects.none()
            widget = MeasureSelect(db_field, self.admin_site)
            widget.issue = proposal.values_list("issue", flat=True).first()
            kwargs["widget"] = widget
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


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
class IssueAdmin(PublishableAdmin):
    resource_class = IssueResource
    list_display = ("name", "question", "kind", "featured", "order", "stands")
    list_filter = ("state", "kind", "featured")
    search_fields = ("name", "keywords", "question", "slug", "chapter")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("source", "other_sources")
    inlines = (MeasureInline,)
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


@admin.register(Proposal)
class ProposalAdmin(WarningsMixin, DatedAdmin):
    form = ProposalAdminForm
    resource_class = ProposalResource
    list_display = ("title", "issue", "when", "round", "status", "basis", "stands")
    list_filter = ("state", "status", "basis", "issue", "parties", "round")
    list_select_related = ("issue", "round")
    search_fields = ("title", "summary", "issue__name", "parties__name", "attribution", "slug")
    autocomplete_fields = ("issue", "round", "parties", "responds_to", "source", "other_sources")
    inlines = (TermInline, PositionInline)
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
