"""How each issue ended, and how each party came to that."""

import datetime as dt
from typing import Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from issues.models.issues import Issue
from issues.models.positions import Level, Progress
from rounds.models import (
    DatedClaim,
    DatedQuerySet,
    NaturalKeyQuerySet,
    Party,
    State,
    Translatable,
    fixed,
    in_choices,
    new_key,
    tracked,
    translations_are_texts,
)
from rounds.platform import translated_text
from rounds.platform.translated_text import local
from rounds.platform.triggers import PublishedNeedsPublished

LINE_LENGTH = 60  # fits beside a mark on a phone


class OutcomeKind(models.TextChoices):
    """What became of what was asked for."""

    AGREED = "agreed", _("agreed")
    AGREED_IN_PART = "agreed-in-part", _("agreed in part")
    GIVEN_UP = "given-up", _("given up")
    KEPT = "kept", _("kept as it was")
    LEFT_OPEN = "left-open", _("left open")
    MOVED = "moved", _("moved elsewhere")

    @property
    def status(self) -> str:
        """Its name among the statuses of all entries: a deadline may be "moved", too."""
        return f"outcome-{self.value}"


class OutcomeQuerySet(DatedQuerySet):
    def touching(self, issue: str) -> Self:
        return self.filter(issue__slug=issue)

    def for_party(self, code: str) -> Self:
        return self.filter(parties__party__code=code)

    def with_status(self, status: str) -> Self:
        return self.filter(kind__in=[kind for kind in OutcomeKind if kind.status == status])

    def with_titles(self) -> Self:
        return self.select_related("issue")

    def with_parties(self) -> Self:
        """Give each ``party_list``: the parties whose way to it is on record, with its ``gist``."""
        return self.annotate(
            party_list=ArraySubquery(
                PartyOutcome.objects.filter(outcome=OuterRef("pk"))
                .order_by("party__order", "party__code")
                .values(
                    row=JSONObject(
                        code="party__code",
                        name="party__name",
                        colour="party__colour",
                        gist="gist",
                        **translated_text.translation_columns("name", of="party__"),
                        **translated_text.translation_columns("gist"),
                    )
                )
            )
        )

    def with_names(self) -> Self:
        """Give each ``party_list``; read its issue and its sources, in one query."""
        return self.with_sources().with_titles().with_parties()

    def with_reopening(self) -> Self:
        """Give each ``reopened_on``: the first day of a later meeting that took the issue up again.

        That is one whose progress says so. It is None where no meeting did.
        """
        reopened = Progress.objects.published().filter(
            issue=OuterRef("issue"),
            level=Level.REOPENED,
            round__state=State.PUBLISHED,
            round__dates__startswith__gt=OuterRef("dates__startswith"),
        )
        days = reopened.order_by("round__dates__startswith").values("round__dates__startswith")
        return self.annotate(reopened_on=Subquery(days[:1]))


@tracked()
class Outcome(DatedClaim):
    """How an issue ended. ``dates`` is the day from which it was so.

    An issue that was taken up again has one for each end; the last that was reached by a day, and
    not reopened since, is the one that counts then.
    """

    translated = ("line", "note")

    reopened_on: dt.date | None  # of records read ``with_reopening()``

    slug = models.SlugField(_("key"), max_length=80, unique=True, default=new_key)
    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="outcomes", verbose_name=_("issue")
    )
    kind = models.CharField(
        _("how it ended"),
        max_length=14,
        choices=OutcomeKind.choices,
        help_text=_("What became of what was asked for. “Given up” is by who asked."),
    )
    line = models.CharField(
        _("in one line"),
        max_length=LINE_LENGTH,
        help_text=_(
            "What came out, and no verdict: “16 years, a review after six; no five-year end”."
        ),
    )

    objects = OutcomeQuerySet.as_manager()

    class Meta(DatedClaim.Meta):
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ("issue", "-dates")
        constraints = [
            *DatedClaim.Meta.constraints,
            in_choices("kind", OutcomeKind),
            models.CheckConstraint(
                condition=~Q(line=""),
                name="issues_outcome_has_line",
                violation_error_message=_("Say it in one line."),
            ),
            models.UniqueConstraint(
                F("issue"),
                F("dates__startswith"),
                name="issues_outcome_one_a_day",
                violation_error_message=_("The record has an outcome of this issue on that day."),
            ),
        ]
        triggers = [
            fixed("slug"),
            PublishedNeedsPublished(name="published_needs_published", fields=["issue"]),
        ]

    def __str__(self) -> str:
        name, kind = str(self.issue), self.get_kind_display()
        return gettext("%(name)s: %(value)s") % {"name": name, "value": kind}

    def get_absolute_url(self) -> str:
        return f"{self.issue.get_absolute_url()}#outcome"


class PartyOutcomeQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        return self.filter(outcome__state=State.PUBLISHED)


@tracked(part_of="outcome")
class PartyOutcome(Translatable):
    """How one party came to an outcome: "Signs without a cap"."""

    natural_key_paths = ("outcome.slug", "party.code")
    translated = ("gist",)

    outcome = models.ForeignKey(
        Outcome, models.CASCADE, related_name="parties", verbose_name=_("outcome")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, related_name="outcomes", verbose_name=_("party")
    )
    gist = models.CharField(
        _("how it came to it"),
        max_length=LINE_LENGTH,
        help_text=_("In one line: “Signs without a cap”."),
    )

    objects = PartyOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("party’s way to an outcome")
        verbose_name_plural = _("how each party came to it")
        ordering = ("outcome", "party")
        constraints = [
            translations_are_texts(),
            models.CheckConstraint(
                condition=~Q(gist=""),
                name="issues_partyoutcome_has_gist",
                violation_error_message=_("Say it in one line."),
            ),
            models.UniqueConstraint(
                fields=["outcome", "party"],
                name="issues_partyoutcome_once",
                violation_error_message=_("This outcome has a line for that party already."),
            ),
        ]

    def __str__(self) -> str:
        name, gist = str(self.party), local(self, "gist")
        return gettext("%(name)s: %(value)s") % {"name": name, "value": gist}
