"""What is at stake: issues, and what is countable about them."""

import datetime as dt
from typing import Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from rounds.models import (
    Claim,
    ClaimQuerySet,
    Party,
    Round,
    RoundStatus,
    Source,
    State,
    Statement,
    StatementQuerySet,
    fixed,
    in_choices,
    listed,
    new_key,
    tracked,
)
from rounds.platform.fast_reverse import page_of
from rounds.platform.translated_text import local
from rounds.platform.triggers import KeepPublished, PublishedNeedsPublished


class IssueKind(models.TextChoices):
    DISPUTED = "disputed", _("disputed")
    TECHNICAL = "technical", _("technical")


class IssueQuerySet(ClaimQuerySet):
    def awaiting_parties(self, day: dt.date) -> Self:
        """Keep those at which a party is still to be recorded; ``awaited_list`` says which.

        An issue is open from the day on which the first party took a position on it. Once a round
        that began later is over, before ``day``, each party should have one, if only a silence.
        """
        held = Round.objects.published().rounds_proper().filter(status=RoundStatus.HELD)
        last = held.filter(dates__endswith__lte=day).latest_first().values("dates__startswith")
        taken = Issue.objects.filter(positions__state=State.PUBLISHED)
        opened = Issue.objects.filter(
            positions__state=State.PUBLISHED, positions__since__startswith__lt=Subquery(last[:1])
        )
        recorded = taken.filter(pk=OuterRef(OuterRef("pk"))).values("positions__party")
        awaited = Party.objects.exclude(pk__in=recorded).order_by("order", "code")
        return self.filter(Exists(awaited), pk__in=opened.values("pk")).annotate(
            awaited_list=listed(awaited, code="code", name="name", pk="pk", translated=["name"])
        )


@tracked(lists={"statements": "statement"})
class Issue(Claim):
    """A disputed or technical subject, put as a question a reader could answer yes or no."""

    translated = (
        *("name", "keywords", "question", "status_quo"),
        *("chapter", "background", "note"),
    )

    slug = models.SlugField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=80)
    keywords = models.CharField(
        _("keywords"),
        max_length=300,
        blank=True,
        help_text=_("Other words that readers look for it by, with commas between."),
    )
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
    featured = models.BooleanField(
        _("featured"),
        default=False,
        help_text=_(
            "Shown on the front page. As long as no featured issue has a position, all that have"
            " one are shown there."
        ),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    statements = models.ManyToManyField(
        Statement, blank=True, related_name="issues", verbose_name=_("statements")
    )

    objects = IssueQuerySet.as_manager()

    class Meta(Claim.Meta):
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ("-featured", "order", "name", "id")
        constraints = [*Claim.Meta.constraints, in_choices("kind", IssueKind)]
        triggers = [
            fixed("slug"),
            KeepPublished(
                name="keep_published",
                pointers=[
                    ("issues_measure", "issue_id"),
                    ("issues_proposal", "issue_id"),
                    ("issues_position", "issue_id"),
                    ("issues_progress", "issue_id"),
                    ("issues_outcome", "issue_id"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return local(self, "name")

    def get_absolute_url(self) -> str:
        return page_of("issue_detail", self.slug)


def issues_listed() -> ArraySubquery:
    """Return the published issues that a statement touches, as ``slug`` and ``name``."""
    return listed(
        Issue.objects.published().filter(statements=OuterRef("pk")).order_by("order", "name"),
        slug="slug",
        name="name",
        translated=["name"],
    )


def with_issues(statements: StatementQuerySet) -> StatementQuerySet:
    """Give each statement ``issue_list``, in the same query."""
    annotated: StatementQuerySet = statements.annotate(issue_list=issues_listed())
    return annotated


class MeasureQuerySet(ClaimQuerySet):
    def with_titles(self) -> Self:
        return self.select_related("issue")


@tracked()
class Measure(Claim):
    """Something countable at stake: a share, a number of years, a sum of money."""

    translated = ("name", "unit", "note")
    rests_on = ("agreed_source",)

    slug = models.SlugField(_("key"), max_length=80, unique=True, default=new_key)
    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="measures", verbose_name=_("issue")
    )
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(
        _("unit"), max_length=40, help_text=_("As it follows a number: %, years, tonnes.")
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

    objects = MeasureQuerySet.as_manager()

    class Meta(Claim.Meta):
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ("issue", "name", "id")
        constraints = [
            *Claim.Meta.constraints,
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
        return local(self, "name")

    def get_absolute_url(self) -> str:
        return self.issue.get_absolute_url()
