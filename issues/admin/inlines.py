"""The rows below a record in the admin: progress and outcomes, proposals and numbers, positions."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from issues.models import (
    EarlierStatus,
    Issue,
    Measure,
    Outcome,
    PartyOutcome,
    Position,
    Progress,
    Proposal,
    Term,
)
from rounds.admin.base import RecordFormSet, RecordInline, StackedRecordInline, TranslatedInline
from rounds.admin.forms import BaseRecordForm, GeneratedKeyForm
from rounds.models import Party
from rounds.platform.dates import first_day

OF_ISSUE = "of_issue"  # parameter that limits a list of measures to an issue


class ProgressInline(RecordInline):
    model = Progress
    fields = ("issue", "level", "summary", "source", "state")
    autocomplete_fields = ("issue", "source")
    show_change_link = True


class ProposalInlineForm(GeneratedKeyForm):
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


class OutcomeKeyForm(GeneratedKeyForm):
    """Generates the key of an outcome from its issue and its day."""

    key_help = _("Left empty, it is made of the issue and the day: share-2031-05-21.")

    def key_parts(self) -> tuple[object, ...]:
        return self.instance.issue.slug, self.instance.first_day


class OutcomeInline(StackedRecordInline):
    """How an issue ended. The lines of the parties are on the outcome's own page."""

    model = Outcome
    form = OutcomeKeyForm
    fields = ("kind", "line", ("dates", "approximate"), "source", "state")
    autocomplete_fields = ("source",)
    show_change_link = True


class PartyOutcomeFormSet(RecordFormSet):
    """One row for each party offered below a new outcome; those left empty are not stored."""

    @cached_property
    def _parties(self) -> list[Party]:
        return [] if self.instance.pk else list(Party.objects.all())

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs(index)
        if index is not None and index < len(self._parties):
            kwargs["initial"] = {"party": self._parties[index]}
        return kwargs


class PartyOutcomeInline(TranslatedInline):
    model = PartyOutcome
    formset = PartyOutcomeFormSet
    fields = ("party", "gist")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else Party.objects.count()


class EarlierStatusInline(TranslatedInline):
    model = EarlierStatus
    fields = ("status", "dates", "approximate", "party", "note")
