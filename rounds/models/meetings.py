"""Meetings and deadlines."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rounds.models.base import begins, fixed, in_choices, plausible
from rounds.models.claims import DatedClaim, DatedQuerySet
from rounds.models.reference import Party, parties_listed
from rounds.models.tracking import tracked
from rounds.platform import clock
from rounds.platform.dates import SpanField, describe
from rounds.platform.fast_reverse import page_of
from rounds.platform.translated_text import local
from rounds.platform.triggers import KeepPublished, NoCycle, PublishedNeedsPublished


class RoundKind(models.TextChoices):
    ROUND = "round", _("round")
    MINISTERIAL = "ministerial", _("ministerial meeting")
    INTERSESSIONAL = "intersessional", _("intersessional talks")
    BILATERAL = "bilateral", _("bilateral talks")
    LEADERS = "leaders", _("leaders’ meeting")
    PERMANENT = "permanent-round", _("permanent round")
    MILESTONE = "milestone", _("milestone")


class RoundStatus(models.TextChoices):
    PLANNED = "planned", _("planned")
    UNDER_WAY = "under-way", _("under way")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")
    RESCHEDULED = "rescheduled", _("rescheduled")


OVERDUE = _("was due; no outcome recorded")
OPEN_ENDED = _("held; no end recorded")
TOOK_PLACE_WORDS = pgettext_lazy("of a milestone, as of a signing", "took place")
NOT_TO_BE = (RoundStatus.CANCELLED, RoundStatus.RESCHEDULED)
TOOK_PLACE = (RoundStatus.HELD, RoundStatus.UNDER_WAY)
ROUNDS_PROPER = (RoundKind.ROUND, RoundKind.PERMANENT)


def _past_end(record: DatedClaim) -> dt.datetime | None:
    """The end of the last day that is known of a record, if that is past."""
    day = (record.last_day or record.first_day) + dt.timedelta(days=1)
    return (
        timezone.make_aware(dt.datetime.combine(day, dt.time.min)) if day <= clock.today() else None
    )


class RoundQuerySet(DatedQuerySet):
    def overdue(self, day: dt.date) -> Self:
        """Those that should have ended, or begun, before ``day``, without a recorded outcome."""
        return self.filter(
            Q(status=RoundStatus.PLANNED, dates__endswith__isnull=True, dates__startswith__lt=day)
            | Q(status__in=(RoundStatus.PLANNED, RoundStatus.UNDER_WAY), dates__endswith__lte=day)
        )

    def rounds_proper(self) -> Self:
        """The rounds by which people count: numbered ones and the permanent one."""
        return self.filter(kind__in=ROUNDS_PROPER)

    def side_meetings(self) -> Self:
        """The meetings that are no rounds proper: ministers, leaders, intersessional talks."""
        return self.exclude(kind__in=ROUNDS_PROPER)

    def at_round(self, slug: str) -> Self:
        return self.filter(slug=slug)

    def with_status(self, status: str) -> Self:
        return self.filter(status=status)

    def touching(self, issue: str) -> Self:
        """Meetings with a statement, a proposal or progress on the issue with that key."""
        relations: list[tuple[Any, str]] = [
            (Round.progress, "issue"),
            (Round.proposals, "issue"),
            (Round.statements, "issues"),
        ]
        matches = (
            related.rel.related_model.objects.published()
            .filter(**{"round": OuterRef("pk"), f"{name}__slug": issue})
            .order_by()
            for related, name in relations
        )
        return self.filter(reduce(or_, map(Exists, matches)))

    def in_order(self) -> Self:
        return self.order_by("dates__startswith", "pk")

    def with_names(self) -> Self:
        return (
            self.with_sources()
            .select_related("host", "replaced_by")
            .annotate(party_list=parties_listed("rounds"))
        )


@tracked()
class Round(DatedClaim):
    """Any meeting: a numbered round, ministers, leaders, a permanent round."""

    translated = ("name", "place", "agenda", "summary", "note")

    slug = models.SlugField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(
        _("kind"), max_length=20, choices=RoundKind.choices, default=RoundKind.ROUND
    )
    number = models.PositiveSmallIntegerField(
        _("number"), null=True, blank=True, help_text=_("Only if it has one.")
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=RoundStatus.choices, default=RoundStatus.PLANNED
    )
    planned_dates = SpanField(
        _("dates as announced"),
        null=True,
        blank=True,
        help_text=_("If they differ from the dates it had in the end."),
    )
    host = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_rounds",
        verbose_name=_("host"),
    )
    parties = models.ManyToManyField(
        Party, blank=True, related_name="rounds", verbose_name=_("parties at the table")
    )
    summary = models.TextField(_("outcome"), blank=True, help_text=_("What it led to."))
    agenda = models.TextField(_("agenda"), blank=True, help_text=_("What it was to be about."))
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )

    objects = RoundQuerySet.as_manager()

    class Meta(DatedClaim.Meta):
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ("-dates", "-id")
        constraints = [
            *DatedClaim.Meta.constraints,
            in_choices("kind", RoundKind),
            in_choices("status", RoundStatus),
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(status__in=("cancelled", "rescheduled")),
                name="rounds_round_number_once",
                violation_error_message=_("Another round has this number."),
            ),
            begins("planned_dates"),
            plausible("planned_dates"),
            models.CheckConstraint(
                condition=Q(summary="") | ~Q(status__in=("planned", "cancelled", "rescheduled")),
                name="rounds_round_outcome_needs_meeting",
                violation_error_message=_("A meeting that was not held has no outcome."),
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | Q(status__in=("cancelled", "rescheduled")),
                name="rounds_round_replaced_only_if_off",
                violation_error_message=_(
                    "Only a cancelled or rescheduled meeting is replaced by another."
                ),
            ),
        ]
        triggers = [
            fixed("slug"),
            NoCycle(name="replaced_by_no_cycle", field="replaced_by"),
            PublishedNeedsPublished(name="published_needs_published", fields=["replaced_by"]),
            KeepPublished(
                name="keep_published",
                pointers=[
                    ("rounds_round", "replaced_by_id"),
                    ("rounds_statement", "round_id"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return local(self, "name")

    def get_absolute_url(self) -> str:
        return page_of("round_detail", self.slug)

    def clean(self) -> None:
        super().clean()
        self.refuse_cycle("replaced_by", _("These meetings replace each other in a circle."))

    @property
    def status_label(self) -> str:
        """Its status, or what is missing: its outcome, its end."""
        if self.overdue_since:
            return str(OVERDUE)
        if self.status == RoundStatus.HELD and self.is_milestone:
            return str(TOOK_PLACE_WORDS)
        if self.status == RoundStatus.HELD and self.last_day is None:
            return str(OPEN_ENDED)
        return str(RoundStatus(self.status).label)

    @property
    def overdue_since(self) -> dt.datetime | None:
        """When it should have ended, or begun, if its outcome is not recorded."""
        return _past_end(self) if self.status == RoundStatus.PLANNED else None

    @property
    def is_off(self) -> bool:
        return self.status in NOT_TO_BE

    @property
    def took_place(self) -> bool:
        return self.status in TOOK_PLACE

    @property
    def is_milestone(self) -> bool:
        """Whether it is an event such as a signing or a vote, and not a meeting."""
        return self.kind == RoundKind.MILESTONE

    @property
    def place_unnamed(self) -> str:
        """Where it was, "" if its name says so already, as “Round 4, Arlington” does."""
        place = local(self, "place")
        return "" if place.partition(",")[0] in local(self, "name") else place

    @property
    def is_round(self) -> bool:
        """Whether it is a round of the numbered sequence, or the permanent round."""
        return self.kind in ROUNDS_PROPER

    @property
    def planned_when(self) -> str:
        return describe(self.planned_dates) if self.planned_dates else ""


class DeadlineQuerySet(DatedQuerySet):
    def overdue(self, day: dt.date) -> Self:
        """Those that fell due before ``day`` and have no outcome."""
        return self.filter(outcome=DeadlineOutcome.PENDING, dates__endswith__lte=day)

    def with_status(self, status: str) -> Self:
        """Those with that outcome; what was moved counts as missed too (decision 0047)."""
        return self.filter(outcome__in=NOT_MET if status == DeadlineOutcome.MISSED else (status,))

    def with_names(self) -> Self:
        return (
            self.with_sources()
            .select_related("superseded_by")
            .annotate(party_list=parties_listed("deadlines"))
        )


class DeadlineOutcome(models.TextChoices):
    PENDING = "pending", _("pending")
    MET = "met", _("met")
    MISSED = "missed", _("missed")
    MOVED = "moved", _("moved")


NOT_MET = (DeadlineOutcome.MISSED, DeadlineOutcome.MOVED)


@tracked()
class Deadline(DatedClaim):
    """A deadline for the talks. ``dates`` is when it falls due.

    ``superseded_by`` points at the deadline to which it was moved. A deadline belongs to no round
    and to no issue.
    """

    translated = ("name", "set_by", "basis", "note")

    slug = models.SlugField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=160)
    set_on = SpanField(_("set on"))
    set_on_approximate = models.BooleanField(_("set on some day between"), default=False)
    set_by = models.CharField(
        _("set by"), max_length=160, help_text=_("As sources say: “negotiators of both sides”.")
    )
    parties = models.ManyToManyField(
        Party, blank=True, related_name="deadlines", verbose_name=_("parties that set it")
    )
    basis = models.TextField(_("on what basis"), blank=True)
    outcome = models.CharField(
        _("outcome"),
        max_length=10,
        choices=DeadlineOutcome.choices,
        default=DeadlineOutcome.PENDING,
    )
    superseded_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name=_("superseded by"),
    )

    objects = DeadlineQuerySet.as_manager()

    class Meta(DatedClaim.Meta):
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ("-dates", "-id")
        constraints = [
            *DatedClaim.Meta.constraints,
            in_choices("outcome", DeadlineOutcome),
            models.CheckConstraint(
                condition=Q(dates__endswith__isnull=True)
                | Q(set_on__startswith__lt=F("dates__endswith")),
                name="rounds_deadline_set_before_due",
                violation_error_message=_("A deadline is set before it falls due."),
            ),
            begins("set_on"),
            plausible("set_on"),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True) | Q(outcome__in=("moved", "missed")),
                name="rounds_deadline_superseded_has_passed",
                violation_error_message=_(
                    "A deadline that another supersedes was moved or missed: say which."
                ),
            ),
        ]
        triggers = [
            fixed("slug"),
            NoCycle(name="superseded_by_no_cycle", field="superseded_by"),
            PublishedNeedsPublished(name="published_needs_published", fields=["superseded_by"]),
            KeepPublished(
                name="keep_published", pointers=[("rounds_deadline", "superseded_by_id")]
            ),
        ]

    def __str__(self) -> str:
        return local(self, "name")

    def get_absolute_url(self) -> str:
        return f"{reverse('deadline_list')}#deadline-{self.slug}"

    def clean(self) -> None:
        super().clean()
        self.refuse_cycle("superseded_by", _("These deadlines supersede each other in a circle."))

    @property
    def overdue_since(self) -> dt.datetime | None:
        """Since when it has been due without an outcome."""
        return _past_end(self) if self.outcome == DeadlineOutcome.PENDING else None

    @property
    def set_on_label(self) -> str:
        return describe(self.set_on, approximate=self.set_on_approximate)
