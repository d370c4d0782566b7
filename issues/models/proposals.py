"""What was tabled, and its numbers."""

import datetime as dt
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from issues.models.issues import Issue, Measure
from issues.models.statuses import EarlierStatus, ProposalStatus, statuses_listed
from rounds.models import (
    AttributedClaim,
    AttributedQuerySet,
    NaturalKeyQuerySet,
    Party,
    Round,
    State,
    Translatable,
    fixed,
    in_choices,
    new_key,
    parties_listed,
    plausible,
    tracked,
    translations_are_texts,
)
from rounds.platform import translated_text
from rounds.platform.dates import SpanField, describe, first_day
from rounds.platform.fast_reverse import page_of
from rounds.platform.translated_text import local
from rounds.platform.triggers import (
    REFUSE,
    KeepPublished,
    NoCycle,
    PublishedNeedsPublished,
    declare_refusal,
)

declare_refusal(
    "counts_its_own_issue", _("This measure belongs to another issue than the proposal.")
)


class ProposalQuerySet(AttributedQuerySet):
    def at_round(self, slug: str) -> Self:
        return self.filter(round__slug=slug)

    def touching(self, issue: str) -> Self:
        return self.filter(issue__slug=issue)

    def with_status(self, status: str) -> Self:
        return self.filter(status=status)

    def with_names(self) -> Self:
        """Give each ``party_list``; read its issue, meeting and what it answers, in one query.

        Its ``earlier`` statuses are read, too.
        """
        return (
            self.with_sources()
            .select_related("issue", "responds_to", "round")
            .annotate(party_list=parties_listed("proposals"), status_list=statuses_listed())
        )

    def with_terms(self) -> Self:
        """Give each ``term_list``: its numbers, with the measure's published name and unit."""
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
                        **translated_text.translation_columns("scope"),
                        **translated_text.translation_columns("name", "unit", of="measure__"),
                    )
                )
            )
        )


STANDING = (ProposalStatus.TABLED, ProposalStatus.AGREED)


@tracked()
class Proposal(AttributedClaim):
    """Text put on the table, or said to be. Answering another makes it a counter-proposal."""

    translated = ("title", "summary", "attribution", "unnamed_why", "note")

    term_list: list[dict[str, Any]]  # of records read ``with_terms()``
    status_list: list[dict[str, Any]]  # of records read ``with_names()``: see ``earlier``

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

    class Meta(AttributedClaim.Meta):
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("-dates", "-id")
        constraints = [
            *AttributedClaim.Meta.constraints,
            in_choices("status", ProposalStatus),
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
        return local(self, "title")

    def get_absolute_url(self) -> str:
        return page_of("proposal_detail", self.slug)

    def clean(self) -> None:
        super().clean()
        self.refuse_cycle("responds_to", _("These proposals answer each other in a circle."))

    @property
    def earlier(self) -> list[EarlierStatus]:
        """Its earlier statuses, oldest first; no query for records read ``with_names()``."""
        if "status_list" in self.__dict__:
            return [EarlierStatus.from_row(row) for row in self.status_list]
        return list(self.earlier_statuses.all())

    def status_on(self, day: dt.date | None) -> str:
        """Return its status as it was on ``day``; None is now. Reads ``earlier``."""
        if day is None or (self.settled is not None and first_day(self.settled) <= day):
            return self.status
        earlier = [each for each in self.earlier if each.first_day <= day]
        last = max(earlier, key=lambda each: each.first_day, default=None)
        return last.status if last else ProposalStatus.TABLED

    @property
    def agreed_on(self) -> dt.date | None:
        """The first day on which it may have been agreed, by some of the parties at least."""
        days = [each.first_day for each in self.earlier if each.status == ProposalStatus.AGREED]
        if self.status == ProposalStatus.AGREED and self.settled is not None:
            days.append(first_day(self.settled))
        return min(days, default=None)

    @property
    def is_agreement(self) -> bool:
        """Whether it was agreed by the day it was tabled: what came of offers, and no offer."""
        return self.agreed_on is not None and self.agreed_on <= self.first_day

    @property
    def gone(self) -> dt.date | None:
        """The first day on which it may no longer have stood; None while it does."""
        stands = self.status in STANDING or self.settled is None
        return None if stands else first_day(self.settled)

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


@tracked(part_of="proposal")
class Term(Translatable):
    """A number in a proposal: at least 85 % of regional content, at most five years."""

    natural_key_paths = ("proposal.slug", "measure.slug", "scope")
    translated = ("scope",)

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
            in_choices("comparator", Comparator),
            translations_are_texts(),
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
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_comparator_display()} {self.low}"

    def clean(self) -> None:
        super().clean()
        if self.proposal_id and self.measure_id and self.proposal.issue_id != self.measure.issue_id:
            raise ValidationError(
                {"measure": _("This measure belongs to another issue than the proposal.")}
            )
