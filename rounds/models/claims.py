"""Claims: what every editorial record has, a source, days, and how it is attributed."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rounds.models.base import begins, in_choices, plausible
from rounds.models.publishable import Publishable, PublishableQuerySet
from rounds.models.reference import parties_listed
from rounds.models.sources import Source, list_best_first, sources_listed
from rounds.platform.dates import SpanField, describe, first_day, last_day
from rounds.platform.translated_text import LocalizedText, local


class ClaimQuerySet(PublishableQuerySet):
    def with_titles(self) -> Self:
        """Read what ``str()`` of each needs, so that a list of them takes no further queries."""
        return self

    def with_sources(self) -> Self:
        """Read the source of each and, as ``other_source_list``, those that say the same."""
        name = f"{self.model._meta.model_name}_corroborations"
        return self.select_related("source").annotate(other_source_list=sources_listed(name))


class Claim(Publishable):
    """A claim, and the publications that make it."""

    source = models.ForeignKey(
        Source,
        models.PROTECT,
        verbose_name=_("source"),
        related_name="%(class)s_claims",
        help_text=_("Who says so: the publication this was first read in."),
    )
    other_sources = models.ManyToManyField(
        Source,
        blank=True,
        verbose_name=_("other sources"),
        related_name="%(class)s_corroborations",
        help_text=_("Publications that say the same."),
    )

    other_source_list: list[dict[str, str]]  # of records read ``with_sources()``

    class Meta(Publishable.Meta):
        abstract = True

    @property
    def sources_best_first(self) -> list[dict[str, str]]:
        """Every source of a record read ``with_sources()``, as ``list_best_first`` orders them."""
        return list_best_first(self.source, self.other_source_list)


class DatedQuerySet(ClaimQuerySet):
    def as_of(self, day: dt.date) -> Self:
        """Keep what had begun by ``day``. A span of possible days counts from its first."""
        return self.filter(dates__startswith__lte=day)

    def in_year(self, year: int | str) -> Self:
        """Keep what began in that year."""
        year = int(year)
        return self.filter(
            dates__startswith__gte=dt.date(year, 1, 1), dates__startswith__lte=dt.date(year, 12, 31)
        )

    def with_parties(self) -> Self:
        """Give each ``party_list`` alone, for what shows no other names."""
        return self.annotate(party_list=parties_listed(f"{self.model._meta.model_name}s"))

    def for_party(self, code: str) -> Self:
        return self.filter(parties__code=code)

    def citing(self, source: str) -> Self:
        """Keep what the publication with that key says, as the source or as another source."""
        rows = self.model.objects.order_by().values("pk")
        first = rows.filter(source__slug=source)
        further = rows.filter(other_sources__slug=source)
        return self.filter(pk__in=first.union(further))  # each has an index, “or” has none

    # By default nothing matches: models that have the relation override these.

    def at_round(self, slug: str) -> Self:
        return self.none()

    def touching(self, issue: str) -> Self:
        """Keep what is on the issue with that key."""
        return self.none()

    def with_status(self, status: str) -> Self:
        """Keep what has that status or outcome: a deadline missed, a proposal agreed."""
        return self.none()

    def attributed(self, basis: str) -> Self:
        return self.none()

    def said_by(self, person: str) -> Self:
        return self.none()

    def latest_first(self) -> Self:
        return self.order_by("-dates__startswith", "-pk")


class AttributedQuerySet(DatedQuerySet):
    def attributed(self, basis: str) -> Self:
        return self.filter(basis=basis)


class DatedClaim(Claim):
    """A claim about something that happened on a day or in a span of days."""

    party_list: list[dict[str, Any]]  # of records read ``with_parties()``, as ``parties_listed``

    dates = SpanField(_("dates"))
    approximate = models.BooleanField(
        _("on some day between"),
        default=False,
        help_text=_("The dates say between which days it was, not from when to when it lasted."),
    )

    class Meta(Claim.Meta):
        abstract = True
        constraints = [
            *Claim.Meta.constraints,
            begins("dates"),
            plausible("dates"),
        ]
        indexes = [
            models.Index(
                F("dates__startswith").desc(), F("id").desc(), name="%(class)s_latest_first"
            ),
        ]

    @property
    def first_day(self) -> dt.date:
        return first_day(self.dates)

    @property
    def last_day(self) -> dt.date | None:
        return last_day(self.dates)

    @property
    def when(self) -> str:
        return describe(self.dates, approximate=self.approximate)


class Basis(models.TextChoices):
    ON_RECORD = "on-record", _("on the record")
    UNNAMED = "unnamed", _("unnamed")
    JOINT = "joint-statement", _("joint statement")
    DOCUMENT = "document", _("document")
    REPORTING = "reporting", _("reporting")


PUBLIC_BASES = (Basis.ON_RECORD, Basis.JOINT, Basis.DOCUMENT)


class AttributedClaim(DatedClaim):
    """A claim that says how it is attributed. Who an unnamed speaker is has no field."""

    basis = models.CharField(
        _("basis"), max_length=20, choices=Basis.choices, default=Basis.ON_RECORD
    )
    attribution = models.CharField(
        _("attribution"),
        max_length=200,
        blank=True,
        help_text=_("As the source puts it: “a senior official”, “two people close to the talks”."),
    )
    unnamed_count = models.PositiveSmallIntegerField(
        _("how many unnamed"), null=True, blank=True, help_text=_("If the source says.")
    )
    unnamed_why = models.CharField(
        _("why unnamed"), max_length=200, blank=True, help_text=_("If the source says.")
    )

    class Meta(DatedClaim.Meta):
        abstract = True
        constraints = [
            *DatedClaim.Meta.constraints,
            in_choices("basis", Basis),
            models.CheckConstraint(
                condition=~Q(basis=Basis.UNNAMED) | ~Q(attribution=""),
                name="%(app_label)s_%(class)s_unnamed_described",
                violation_error_message=_("Say how the source describes whoever is unnamed."),
            ),
            models.CheckConstraint(
                condition=Q(basis=Basis.UNNAMED) | Q(unnamed_count__isnull=True, unnamed_why=""),
                name="%(app_label)s_%(class)s_named_has_no_count",
                violation_error_message=_("Only unnamed sources have a number or a reason."),
            ),
            models.CheckConstraint(
                condition=Q(unnamed_count__isnull=True) | Q(unnamed_count__gte=1),
                name="%(app_label)s_%(class)s_somebody_unnamed",
                violation_error_message=_("At least one person said it."),
            ),
        ]

    @property
    def on_the_record(self) -> bool:
        return self.basis in PUBLIC_BASES


def attribution(record: AttributedClaim, names: list[str]) -> str:
    """Return who says it: "Chrystia Freeland", "A Canadian official, unnamed", "Joint statement".

    "" for what a publication says in its own voice: pages name the publication anyway.
    """
    if names:
        return ", ".join(names)
    text = local(record, "attribution")
    description = LocalizedText(text[:1].upper() + text[1:], text.language)
    if record.basis == Basis.UNNAMED:
        return LocalizedText(gettext("%(who)s, unnamed") % {"who": description}, text.language)
    if description:
        return description
    if record.basis == Basis.REPORTING:
        return ""
    label = str(Basis(record.basis).label)
    return label[:1].upper() + label[1:]
