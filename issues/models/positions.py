"""Where each party stands, and how far the table has got."""

import datetime as dt
from typing import Any, Self

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from issues.models.issues import Issue
from issues.models.proposals import Proposal
from rounds.models import (
    Basis,
    Claim,
    ClaimQuerySet,
    Party,
    Publishable,
    PublishableQuerySet,
    Round,
    Statement,
    begins,
    in_choices,
    plausible,
    tracked,
)
from rounds.platform.dates import SpanField, describe, first_day
from rounds.platform.triggers import REFUSE, PublishedNeedsPublished, declare_refusal

GIST_LENGTH = 160


declare_refusal("rests_on_its_own_issue", _("This proposal is on another issue."))
declare_refusal("progress_needs_meeting", _("This meeting was not held: it has no outcome."))
declare_refusal(
    "cancelled_has_no_progress",
    _("A meeting that was not held has no outcome: delete its progress and save, then cancel."),
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
    def get_by_natural_key(self, *values: object) -> Any:
        issue, party, day = values
        return self.get(issue__slug=issue, party__code=party, since__startswith=day)

    def as_of(self, day: dt.date) -> Self:
        """Taken by ``day``. A span of possible days counts from its first."""
        return self.filter(since__startswith__lte=day)

    def standing(self) -> Self:
        """Keep the latest of each party on each issue."""
        return self.order_by("issue_id", "party_id", "-since__startswith").distinct(
            "issue_id", "party_id"
        )

    def resting_on_unnamed(self) -> Self:
        """Keep those whose evidence comes from nobody with a name."""
        return self.filter(Q(statement__basis=Basis.UNNAMED) | Q(proposal__basis=Basis.UNNAMED))

    def with_titles(self) -> Self:
        """Read what ``str()`` of each needs, so that a list of them takes no further queries."""
        return self.select_related("issue", "party")

    def with_evidence(self) -> Self:
        """Read what each rests on, and the publication that says so."""
        return self.select_related("statement__source", "proposal__source").prefetch_related(
            "proposal__earlier_statuses"
        )


@tracked()
class Position(Publishable):
    """Where a party stands on an issue from a date on. It rests on a statement or a proposal."""

    natural_key_paths = ("issue.slug", "party.code", "first_day")
    translated = ("gist", "condition", "note")
    rests_on = ("statement", "proposal")

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
            in_choices("stance", Stance),
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
        name, stance = f"{self.party} · {self.issue}", self.get_stance_display()
        return gettext("%(name)s: %(value)s") % {"name": name, "value": stance}

    def get_absolute_url(self) -> str:
        return self.issue.get_absolute_url()

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


class ProgressQuerySet(ClaimQuerySet):
    def with_titles(self) -> Self:
        return self.select_related("issue", "round")


@tracked()
class Progress(Claim):
    """How far an issue got at a round."""

    natural_key_paths = ("round.slug", "issue.slug")
    translated = ("summary", "note")

    round = models.ForeignKey(
        Round, models.PROTECT, related_name="progress", verbose_name=_("round")
    )
    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="progress", verbose_name=_("issue")
    )
    level = models.CharField(_("how far"), max_length=14, choices=Level.choices)
    summary = models.CharField(_("in one line"), max_length=250, blank=True)

    objects = ProgressQuerySet.as_manager()

    class Meta(Claim.Meta):
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        ordering = ("round", "issue")
        constraints = [
            *Claim.Meta.constraints,
            in_choices("level", Level),
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
        name, level = f"{self.issue} · {self.round}", self.get_level_display()
        return gettext("%(name)s: %(value)s") % {"name": name, "value": level}

    def get_absolute_url(self) -> str:
        return self.issue.get_absolute_url()

    def clean(self) -> None:
        super().clean()
        if self.round_id and self.round.is_off:
            raise ValidationError({"round": _("This meeting was not held: it has no outcome.")})
