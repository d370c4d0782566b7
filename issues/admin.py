"""Entering the reading by hand, and what it adds to the record's own pages of the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from issues.models import Issue, Measure, Position, Progress, Proposal, Term
from rounds.admin import (
    ATTRIBUTION,
    PUBLICATION,
    SOURCES,
    PublishableAdmin,
    RoundAdmin,
    StatementAdmin,
)
from rounds.models import Round, Statement


class ProgressInline(admin.TabularInline):
    model = Progress
    fields = ("issue", "level", "summary", "source", "state")
    autocomplete_fields = ("issue", "source")
    extra = 0


class ProposalInline(admin.TabularInline):
    model = Proposal
    fk_name = "round"
    fields = ("title", "issue", "dates", "source", "state")
    autocomplete_fields = ("issue", "source")
    show_change_link = True
    extra = 0


class PositionInline(admin.TabularInline):
    """What a party's position is, entered beside the statement or proposal it rests on."""

    model = Position
    fields = ("issue", "party", "since", "stance", "gist", "condition", "state")
    autocomplete_fields = ("issue", "party")
    extra = 0


class MentionInline(admin.TabularInline):
    model = Issue.statements.through
    autocomplete_fields = ("issue",)
    verbose_name = _("issue it touches")
    verbose_name_plural = _("issues it touches")
    extra = 0


class MeasureInline(admin.TabularInline):
    model = Measure
    fields = ("name", "slug", "unit", "status_quo", "source", "state")
    autocomplete_fields = ("source",)
    show_change_link = True
    extra = 0


class TermInline(admin.TabularInline):
    model = Term
    autocomplete_fields = ("measure",)
    extra = 0


admin.site.unregister([Round, Statement])


@admin.register(Round)
class RoundWithOutcomeAdmin(RoundAdmin):
    inlines = (ProgressInline, ProposalInline)


@admin.register(Statement)
class StatementWithReadingAdmin(StatementAdmin):
    list_filter = (*StatementAdmin.list_filter, "issues")
    inlines = (MentionInline, PositionInline, *StatementAdmin.inlines)


@admin.register(Issue)
class IssueAdmin(PublishableAdmin):
    list_display = ("name", "question", "kind", "chapter", "featured", "order", "state")
    list_filter = ("state", "kind", "featured")
    search_fields = ("name", "question", "slug", "chapter")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("source", "other_sources")
    inlines = (MeasureInline,)
    fieldsets = (
        (None, {"fields": ("name", "slug", "question", ("kind", "featured", "order"))}),
        (_("What it is about"), {"fields": ("status_quo", "chapter", "background")}),
        SOURCES,
        PUBLICATION,
    )


@admin.register(Measure)
class MeasureAdmin(PublishableAdmin):
    list_display = ("name", "issue", "unit", "status_quo", "agreed", "state")
    list_filter = ("state", "issue")
    search_fields = ("name", "slug", "issue__name")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("issue", "source", "other_sources", "agreed_source")
    fieldsets = (
        (None, {"fields": ("name", "slug", "issue", "unit", "status_quo")}),
        (_("What was agreed"), {"fields": ("agreed", "agreed_on", "agreed_source")}),
        SOURCES,
        PUBLICATION,
    )


@admin.register(Proposal)
class ProposalAdmin(PublishableAdmin):
    list_display = ("title", "issue", "when", "round", "status", "basis", "state")
    list_filter = ("state", "status", "issue", "parties", "round")
    list_select_related = ("issue", "round")
    search_fields = ("title", "summary", "slug")
    prepopulated_fields = {"slug": ("title",)}
    autocomplete_fields = ("issue", "round", "parties", "responds_to", "source", "other_sources")
    inlines = (TermInline, PositionInline)
    fieldsets = (
        (None, {"fields": ("title", "slug", "summary", "issue", "parties", "responds_to")}),
        (_("When"), {"fields": ("dates", "approximate", "round")}),
        (_("What came of it"), {"fields": ("status", "settled", "settled_approximate")}),
        ATTRIBUTION,
        SOURCES,
        PUBLICATION,
    )


@admin.register(Position)
class PositionAdmin(PublishableAdmin):
    key = ""
    list_display = ("issue", "party", "when", "stance", "gist", "evidence", "state")
    list_filter = ("state", "stance", "party", "issue")
    list_select_related = ("issue", "party", "statement", "proposal")
    search_fields = ("gist", "issue__name", "party__name")
    autocomplete_fields = ("issue", "party", "statement", "proposal")
    fieldsets = (
        (None, {"fields": ("issue", "party", "stance", "gist", "condition")}),
        (_("Since when"), {"fields": ("since", "approximate")}),
        (
            _("What it rests on"),
            {
                "fields": ("statement", "proposal"),
                "description": _("One of the two. Enter the statement or proposal first."),
            },
        ),
        PUBLICATION,
    )


@admin.register(Progress)
class ProgressAdmin(PublishableAdmin):
    key = ""
    list_display = ("issue", "round", "level", "summary", "state")
    list_filter = ("state", "level", "issue", "round")
    list_select_related = ("issue", "round")
    search_fields = ("summary", "issue__name", "round__name")
    autocomplete_fields = ("round", "issue", "source", "other_sources")
    fieldsets = (
        (None, {"fields": ("round", "issue", "level", "summary")}),
        SOURCES,
        PUBLICATION,
    )
