"""What became of a proposal, and what it was before that."""

import datetime as dt
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from rounds.models import (
    NaturalKeyQuerySet,
    Party,
    State,
    Translatable,
    begins,
    in_choices,
    listed,
    plausible,
    tracked,
    translations_are_texts,
)
from rounds.platform.dates import SpanField, describe, first_day
from rounds.platform.triggers import REFUSE, declare_refusal

declare_refusal(
    "earlier_than_now",
    _("An earlier status lies between the day it was tabled and the day since its status of now."),
)


class ProposalStatus(models.TextChoices):
    TABLED = "tabled", _("tabled")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SUPERSEDED = "superseded", _("superseded")
    REJECTED = "rejected", _("rejected")
    AGREED = "agreed", _("agreed")


class EarlierStatusQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        return self.filter(proposal__state=State.PUBLISHED)


@tracked(part_of="proposal")
class EarlierStatus(Translatable):
    """A status that a proposal had for a party before its ``status`` of now.

    As agreed by two of three parties before the third, or agreed before another text superseded it.
    """

    natural_key_paths = ("proposal.slug", "status", "first_day", "party.code")
    translated = ("note",)

    proposal = models.ForeignKey(
        "Proposal", models.CASCADE, related_name="earlier_statuses", verbose_name=_("proposal")
    )
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=[choice for choice in ProposalStatus.choices if choice[0] != "tabled"],
    )
    dates = SpanField(_("since"))
    approximate = models.BooleanField(_("since some day between"), default=False)
    party = models.ForeignKey(
        Party,
        models.PROTECT,
        related_name="earlier_statuses",
        verbose_name=_("party"),
        help_text=_("For which it had that status: a row for each."),
    )
    note = models.CharField(_("public note"), max_length=250, blank=True)

    objects = EarlierStatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("earlier status")
        verbose_name_plural = _("earlier statuses")
        ordering = ("proposal", "dates", "party")
        constraints = [
            translations_are_texts(),
            models.CheckConstraint(
                condition=~Q(status="tabled"),
                name="issues_earlierstatus_not_tabled",
                violation_error_message=_("It was tabled on its own date."),
            ),
            in_choices("status", ProposalStatus),
            begins("dates"),
            plausible("dates"),
            models.UniqueConstraint(
                F("proposal"),
                F("status"),
                F("dates__startswith"),
                F("party"),
                name="issues_earlierstatus_once",
                violation_error_message=_("This status stands here already."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="earlier_than_now",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    PERFORM 1 FROM issues_proposal
                    WHERE id = NEW.proposal_id
                    AND (lower(NEW.dates) < lower(dates) OR lower(NEW.dates) > lower(settled));
                    IF FOUND THEN {REFUSE} 'earlier_than_now'; END IF;
                    RETURN NEW;""",
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """Return what a row of ``statuses_listed()`` holds, its party included."""
        first, end = (row[name] and dt.date.fromisoformat(row[name]) for name in ("first", "end"))
        return cls(
            dates=DateRange(first, end),
            party=Party(**{name: row[f"party_{name}"] for name in PARTY_FIELDS}),
            **{name: row[name] for name in STATUS_FIELDS},
        )

    @property
    def first_day(self) -> dt.date:
        return first_day(self.dates)

    @property
    def when(self) -> str:
        return describe(self.dates, approximate=self.approximate)


STATUS_FIELDS = ("status", "approximate", "note", "translations")
PARTY_FIELDS = ("code", "name", "colour", "translations")


def statuses_listed() -> ArraySubquery:
    """Return the earlier statuses of a row, oldest first, as ``EarlierStatus.from_row`` takes them.

    They are instances of the model once more, so that a list of proposals takes no second query.
    """
    return listed(
        EarlierStatus.objects.filter(proposal=OuterRef("pk")).order_by(
            "dates__startswith", "party__order", "party__code"
        ),
        first="dates__startswith",
        end="dates__endswith",
        **{name: name for name in STATUS_FIELDS},
        **{f"party_{name}": f"party__{name}" for name in PARTY_FIELDS},
    )
