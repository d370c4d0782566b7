"""The reading: what is at stake, what was tabled, where each party stands, how far it got."""

import datetime as dt
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rounds.dates import SpanField, describe, first_day
from rounds.models import (
    AttributedRecord,
    DatedQuerySet,
    NaturalKeyModel,
    NaturalKeyQuerySet,
    Party,
    Publishable,
    PublishableQuerySet,
    Record,
    RecordQuerySet,
    Round,
    Source,
    State,
    Statement,
    begins,
    fixed,
    known,
    listed,
    new_key,
    parties_listed,
    plausible,
)
from rounds.triggers import REFUSE, KeepPublished, NoCycle, PublishedNeedsPublished

GIST_LENGTH = 160


class IssueKind(models.TextChoices):
    DISPUTED = "disputed", _("disputed")
    TECHNICAL = "technical", _("technical")


class Issue(Record):
    """A disputed or technical subject, put as a question a reader could answer yes or no."""

    slug = models.SlugField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=80)
    question = models.CharField(
        _("question"), max_length=200, help_text=_("One a reader could answer yes or no.")
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=IssueKind.choices, default=IssueKind.DISPUTED
    )
    status_quo = models.TextField(
        _("status quo"), blank=True, help_text=_("What applies while they talk.")
    )
    chapter = models.CharField(_("chapter"), max_length=120, blank=True)
    background = models.TextField(_("background"), blank=True)
    featured = models.BooleanField(_("featured"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    statements = models.ManyToManyField(
        Statement, blank=True, related_name="issues", verbose_name=_("statements")
    )

    objects = RecordQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ("-featured", "order", "name")
        constraints = [*Record.Meta.constraints, known("kind", IssueKind)]
        triggers = [
            fixed("slug"),
            KeepPublished(
                name="keep_published",
                pointers=[
                    ("issues_measure", "issue_id"),
                    ("issues_proposal", "issue_id"),
                    ("issues_position", "issue_id"),
                    ("issues_progress", "issue_id"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("issue_detail", args=[self.slug])


def issues_listed() -> ArraySubquery:
    """The published issues a statement touches, as ``slug`` and ``name``."""
    return listed(
        Issue.objects.published().filter(statements=OuterRef("pk")).order_by("order", "name"),
        slug="slug",
        name="name",
    )


def with_issues(statements: Any) -> Any:
    """Each statement with ``issue_list``, in the same query."""
    return statements.annotate(issue_list=issues_listed())


class Measure(Record):
    """Something countable at stake: a share, a number of years, a sum of money."""

    slug = models.SlugField(_("key"), max_length=80, unique=True, default=new_key)
    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="measures", verbose_name=_("issue")
    )
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(
        _("unit"), max_length=40, help_text=_("As it stands behind a number: %, years, US$.")
    )
    status_quo = models.DecimalField(
        _("status quo"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    agreed = models.DecimalField(
        _("agreed value"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    agreed_source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agreed_measures",
        verbose_name=_("source of the agreed value"),
    )

    objects = RecordQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ("issue", "name")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(agreed__isnull=True, agreed_on__isnull=True, agreed_source__isnull=True)
                | Q(agreed__isnull=False, agreed_on__isnull=False, agreed_source__isnull=False),
                name="issues_measure_agreed_with_day_and_source",
                violation_error_message=_(
                    "An agreed value needs the day it was agreed and a source; "
                    "without a value, leave both empty."
                ),
            ),
        ]
        triggers = [
            fixed("slug"),
            PublishedNeedsPublished(name="published_needs_published", fields=["issue"]),
        ]

    def __str__(self) -> str:
        return self.name


class ProposalQuerySet(DatedQuerySet):
    def at_round(self, slug: str) -> Self:
        return self.filter(round__slug=slug)

    def touching(self, issue: str) -> Self:
        return self.filter(issue__slug=issue)

    def with_names(self) -> Self:
        """Each with ``party_list``, in the same query."""
        return (
            self.with_sources()
            .select_related("round", "issue", "responds_to")
            .annotate(party_list=parties_listed("proposals"))
        )

    def with_terms(self) -> Self:
        """Each with ``term_list``: its numbers, with the measure's published name and unit."""
        return self.annotate(
            term_list=ArraySubquery(
                Term.objects.published()
                .filter(proposal=OuterRef("pk"))
                .order_by("measure__name", "scope")
                .values(
                    row=JSONObject(
                        measure="measure__slug",
                        name="measure__name",
                        unit="measure__unit",
                        scope="scope",
                        comparator="comparator",
                        low="low",
                        high="high",
                    )
                )
            )
        )


class ProposalStatus(models.TextChoices):
    TABLED = "tabled", _("tabled")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SUPERSEDED = "superseded", _("superseded")
    REJECTED = "rejected", _("rejected")
    AGREED = "agreed", _("agreed")


class Proposal(AttributedRecord):
    """Text put on the table, or said to be. Answering another makes it a counter-proposal."""

    slug = models.SlugField(_("key"), max_length=80, unique=True, default=new_key)
    title = models.CharField(_("title"), max_length=160)
    summary = models.TextField(_("summary"), blank=True)
    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="proposals", verbose_name=_("issue")
    )
    round = models.ForeignKey(
        Round,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("round"),
    )
    parties = models.ManyToManyField(Party, related_name="proposals", verbose_name=_("tabled by"))
    responds_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("responds to"),
        help_text=_("Makes it a counter-proposal."),
    )
    status = models.CharField(
        _("status"), max_length=12, choices=ProposalStatus.choices, default=ProposalStatus.TABLED
    )
    settled = SpanField(
        _("status since"),
        null=True,
        blank=True,
        help_text=_("When it was withdrawn, superseded, rejected or agreed."),
    )
    settled_approximate = models.BooleanField(_("status since some day between"), default=False)

    objects = ProposalQuerySet.as_manager()

    class Meta(AttributedRecord.Meta):
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("-dates", "-id")
        constraints = [
            *AttributedRecord.Meta.constraints,
            known("status", ProposalStatus),
            models.CheckConstraint(
                condition=Q(status="tabled", settled__isnull=True)
                | (~Q(status="tabled") & Q(settled__startswith__isnull=False)),
                name="issues_proposal_settled_with_day",
                violation_error_message=_(
                    "A proposal no longer on the table needs the day since when; "
                    "one still there has none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(settled__isnull=True)
                | Q(settled__endswith__isnull=True)
                | Q(settled__endswith__gt=F("dates__startswith")),
                name="issues_proposal_settled_after_tabled",
                violation_error_message=_("A proposal is settled after it was tabled."),
            ),
            plausible("settled"),
        ]
        triggers = [
            fixed("slug"),
            NoCycle(name="responds_to_no_cycle", field="responds_to"),
            PublishedNeedsPublished(
                name="published_needs_published", fields=["issue", "round", "responds_to"]
            ),
            KeepPublished(
                name="keep_published",
                pointers=[
                    ("issues_position", "proposal_id"),
                    ("issues_proposal", "responds_to_id"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("proposal_detail", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        self.refuse_cycle("responds_to", _("These proposals answer each other in a circle."))

    def status_on(self, day: dt.date | None) -> str:
        """Its status as it was on ``day``; None is now."""
        if day is not None and self.settled is not None and first_day(self.settled) > day:
            return ProposalStatus.TABLED
        return self.status

    @property
    def settled_words(self) -> str:
        if self.settled is None:
            return ""
        return describe(self.settled, approximate=self.settled_approximate)


class TermQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        return self.filter(proposal__state=State.PUBLISHED, measure__state=State.PUBLISHED)


class Comparator(models.TextChoices):
    AT_LEAST = "at-least", _("at least")
    AT_MOST = "at-most", _("at most")
    EXACTLY = "exactly", _("exactly")
    ABOUT = "about", _("about")
    BETWEEN = "between", _("between")


class Term(NaturalKeyModel):
    """A number in a proposal: at least 85 % of regional content, at most five years."""

    natural_key_paths = ("proposal.slug", "measure.slug", "scope")

    proposal = models.ForeignKey(
        Proposal, models.CASCADE, related_name="terms", verbose_name=_("proposal")
    )
    measure = models.ForeignKey(
        Measure, models.PROTECT, related_name="terms", verbose_name=_("measure")
    )
    scope = models.CharField(
        _("scope"),
        max_length=80,
        blank=True,
        help_text=_("What part of it the number is for: “core parts”, “each year”."),
    )
    comparator = models.CharField(_("comparator"), max_length=10, choices=Comparator.choices)
    low = models.DecimalField(_("value, or lowest value"), max_digits=14, decimal_places=4)
    high = models.DecimalField(
        _("highest value"), max_digits=14, decimal_places=4, null=True, blank=True
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ("proposal", "measure", "scope")
        constraints = [
            known("comparator", Comparator),
            models.UniqueConstraint(
                fields=["proposal", "measure", "scope"],
                name="issues_term_once",
                violation_error_message=_("This proposal has a number for that already."),
            ),
            models.CheckConstraint(
                condition=Q(comparator="between", high__gt=F("low"), high__isnull=False)
                | (~Q(comparator="between") & Q(high__isnull=True)),
                name="issues_term_high_only_between",
                violation_error_message=_(
                    "“between” needs a higher second value; the others have none."
                ),
            ),
        ]

        triggers = [
            pgtrigger.Trigger(
                name="counts_its_own_issue",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    PERFORM 1 FROM issues_proposal, issues_measure
                    WHERE issues_proposal.id = NEW.proposal_id
                    AND issues_measure.id = NEW.measure_id
                    AND issues_proposal.issue_id <> issues_measure.issue_id;
                    IF FOUND THEN {REFUSE} 'counts_its_own_issue'; END IF;
                    RETURN NEW;""",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_comparator_display()} {self.low}"

    def clean(self) -> None:
        super().clean()
        if self.proposal_id and self.measure_id and self.proposal.issue_id != self.measure.issue_id:
            raise ValidationError(
                {"measure": _("This measure belongs to another issue than the proposal.")}
            )


class Stance(models.TextChoices):
    """Relative to the issue's question, ordered from yes to no; the last two are silences."""

    DEMANDS = "demands", _("demands")
    SUPPORTS = "supports", _("supports")
    OPEN = "open", _("open")
    OPEN_IF = "open-if", _("open if…")
    OPPOSES = "opposes", _("opposes")
    RED_LINE = "red-line", _("red line")
    NO_POSITION = "no-position", _("no public position")
    WILL_NOT_SAY = "will-not-say", _("will not say")


SILENT = (Stance.NO_POSITION, Stance.WILL_NOT_SAY)


class PositionQuerySet(PublishableQuerySet):
    def get_by_natural_key(self, *values: Any) -> Any:
        issue, party, day = values
        return self.get(issue__slug=issue, party__code=party, since__startswith=day)

    def as_of(self, day: dt.date) -> Self:
        """Taken by ``day``. A span of possible days counts from its first."""
        return self.filter(since__startswith__lte=day)

    def standing(self) -> Self:
        """The latest of each party on each issue."""
        return self.order_by("issue_id", "party_id", "-since__startswith").distinct(
            "issue_id", "party_id"
        )

    def with_evidence(self) -> Self:
        return self.select_related(
            "party",
            "issue",
            "statement__source",
            "statement__round",
            "proposal__source",
            "proposal__round",
        )


class Position(Publishable):
    """Where a party stands on an issue from a date on. It rests on a statement or a proposal."""

    natural_key_paths = ("issue.slug", "party.code", "first_day")

    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="positions", verbose_name=_("issue")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, related_name="positions", verbose_name=_("party")
    )
    since = SpanField(_("since"))
    approximate = models.BooleanField(
        _("since some day between"),
        default=False,
        help_text=_("The dates say between which days it was taken."),
    )
    stance = models.CharField(_("stance"), max_length=14, choices=Stance.choices)
    gist = models.CharField(
        _("gist"), max_length=GIST_LENGTH, help_text=_("In one line, in our own words.")
    )
    condition = models.CharField(
        _("condition"), max_length=GIST_LENGTH, blank=True, help_text=_("What “open if…” asks for.")
    )
    statement = models.ForeignKey(
        Statement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="positions",
        verbose_name=_("rests on the statement"),
    )
    proposal = models.ForeignKey(
        Proposal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="positions",
        verbose_name=_("rests on the proposal"),
    )

    objects = PositionQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ("issue", "party", "-since")
        constraints = [
            *Publishable.Meta.constraints,
            known("stance", Stance),
            models.CheckConstraint(
                condition=Q(statement__isnull=False, proposal__isnull=True)
                | Q(statement__isnull=True, proposal__isnull=False),
                name="issues_position_rests_on_evidence",
                violation_error_message=_(
                    "A position rests on one statement or one proposal: give one of the two."
                ),
            ),
            models.CheckConstraint(
                condition=Q(stance="open-if") & ~Q(condition="")
                | (~Q(stance="open-if") & Q(condition="")),
                name="issues_position_condition_with_open_if",
                violation_error_message=_(
                    "“open if…” needs its condition; no other stance has one."
                ),
            ),
            begins("since"),
            plausible("since"),
            models.CheckConstraint(
                condition=~Q(gist=""),
                name="issues_position_has_gist",
                violation_error_message=_("Say it in one line."),
            ),
            models.UniqueConstraint(
                F("issue"),
                F("party"),
                F("since__startswith"),
                name="issues_position_one_a_day",
                violation_error_message=_(
                    "The record has a position of this party on this issue from that day."
                ),
            ),
        ]
        triggers = [
            PublishedNeedsPublished(
                name="published_needs_published", fields=["issue", "statement", "proposal"]
            ),
            pgtrigger.Trigger(
                name="rests_on_its_own_issue",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    PERFORM 1 FROM issues_proposal
                    WHERE id = NEW.proposal_id AND issue_id <> NEW.issue_id;
                    IF FOUND THEN {REFUSE} 'rests_on_its_own_issue'; END IF;
                    RETURN NEW;""",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} · {self.issue}: {self.get_stance_display()}"

    def clean(self) -> None:
        super().clean()
        if self.proposal and self.issue_id and self.proposal.issue_id != self.issue_id:
            raise ValidationError({"proposal": _("This proposal is on another issue.")})
        evidence = self.statement or self.proposal
        if not (evidence and evidence.dates and self.since):
            return  # a form may lack either date, and says so itself
        if first_day(self.since) < evidence.first_day:
            raise ValidationError(
                {
                    "since": _("It rests on what was only said or tabled later, %(when)s.")
                    % {"when": evidence.when}
                }
            )

    @property
    def first_day(self) -> dt.date:
        return first_day(self.since)

    @property
    def when(self) -> str:
        return describe(self.since, approximate=self.approximate)

    @property
    def evidence(self) -> Statement | Proposal:
        return self.statement or self.proposal  # type: ignore[return-value]  # the database holds it


class Level(models.TextChoices):
    NOT_OPENED = "not-opened", _("not opened")
    TABLED = "tabled", _("tabled")
    ADVANCING = "advancing", _("advancing")
    STUCK = "stuck", _("stuck")
    NEARLY_CLOSED = "nearly-closed", _("nearly closed")
    CLOSED = "closed", _("closed")
    REOPENED = "reopened", _("reopened")
    DROPPED = "dropped", _("dropped")


class ProgressQuerySet(RecordQuerySet):
    def with_titles(self) -> Self:
        return self.select_related("issue", "round")


class Progress(Record):
    """How far an issue got at a round."""

    natural_key_paths = ("round.slug", "issue.slug")

    round = models.ForeignKey(
        Round, models.PROTECT, related_name="progress", verbose_name=_("round")
    )
    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="progress", verbose_name=_("issue")
    )
    level = models.CharField(_("how far"), max_length=14, choices=Level.choices)
    summary = models.CharField(_("in one line"), max_length=250, blank=True)

    objects = ProgressQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        ordering = ("round", "issue")
        constraints = [
            *Record.Meta.constraints,
            known("level", Level),
            models.UniqueConstraint(
                fields=["round", "issue"],
                name="issues_progress_once_a_round",
                violation_error_message=_("The record says already how far it got at this round."),
            ),
        ]
        triggers = [
            PublishedNeedsPublished(name="published_needs_published", fields=["round", "issue"]),
            pgtrigger.Trigger(
                name="progress_needs_meeting",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("round_id"),  # type: ignore[no-untyped-call]
                func=f"""
                    PERFORM 1 FROM rounds_round WHERE id = NEW.round_id FOR SHARE;
                    PERFORM 1 FROM rounds_round
                    WHERE id = NEW.round_id AND status IN ('cancelled', 'rescheduled');
                    IF FOUND THEN {REFUSE} 'progress_needs_meeting'; END IF;
                    RETURN NEW;""",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue} · {self.round}: {self.get_level_display()}"

    def clean(self) -> None:
        super().clean()
        if self.round_id and self.round.is_off:
            raise ValidationError({"round": _("This meeting was not held: it has no outcome.")})
