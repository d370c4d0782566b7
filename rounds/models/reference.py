"""Who and what the record is about: the negotiation, its parties and people."""

import datetime as dt
import re
from collections import Counter
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rounds.models.base import (
    NaturalKeyQuerySet,
    fixed,
    listed,
)
from rounds.models.publishable import State
from rounds.models.tracking import Versioned, tracked
from rounds.models.translation import translations_are_texts
from rounds.platform.fast_reverse import page_of
from rounds.platform.translated_text import local

PALETTE_SIZE = 9  # party colours in static/css/tokens.css
MAX_ORDER = 32_767  # the largest number that the column of a party's order can hold


class AlwaysPublicQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        """Return all: these have no drafts."""
        return self.all()


@tracked()
class Negotiation(Versioned):
    """The one negotiation that this site covers."""

    translated = ("title", "short_name", "standfirst")

    slug = models.SlugField(_("key"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=40)
    standfirst = models.TextField(_("standfirst"), help_text=_("Two or three sentences."))
    licence = models.CharField(
        _("licence"),
        max_length=120,
        blank=True,
        help_text=_(
            "The licence under which others may use the record, by its usual name, such as CC BY "
            "4.0. If empty, readers are told that no licence is given."
        ),
    )
    licence_url = models.URLField(
        _("address of the licence"),
        max_length=500,
        blank=True,
        help_text=_("Where the text of the licence can be read."),
    )

    objects = AlwaysPublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("negotiation")
        verbose_name_plural = _("negotiation")
        permissions = [("publish", _("Can publish, correct and take back what readers see"))]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                name="rounds_negotiation_only_one",
                violation_error_message=_("A site covers one negotiation; this one has it."),
            ),
            models.CheckConstraint(
                condition=Q(licence_url="") | ~Q(licence=""),
                name="rounds_negotiation_licence_has_name",
                violation_error_message=_("Give the licence its name beside its address."),
            ),
            translations_are_texts(),
        ]

    def __str__(self) -> str:
        return local(self, "title")

    def get_absolute_url(self) -> str:
        return reverse("home")

    @property
    def license_entry(self) -> dict[str, str]:
        """The licence as a data package lists it: ``name``, ``title`` and ``path``, "" if unknown.

        Empty where no licence is given. The name is one word, as the format asks: for many
        licences that is the SPDX identifier, such as CC-BY-4.0.
        """
        if not self.licence:
            return {}
        name = re.sub(r"[^\w.]+", "-", self.licence, flags=re.ASCII).strip("-")
        return {"name": name or "licence", "title": self.licence, "path": self.licence_url}


def free_colour() -> int:
    """Return the first of the colours that the fewest parties have."""
    uses = Counter(Party.objects.values_list("colour", flat=True))
    return min(range(1, PALETTE_SIZE + 1), key=lambda colour: uses[colour])


def next_order() -> int:
    """Return the order that puts a new party behind the last one."""
    last = Party.objects.aggregate(last=models.Max("order"))["last"]
    return 1 if last is None else min(last + 1, MAX_ORDER)


@tracked()
class Party(Versioned):
    """A side at the table."""

    natural_key_paths = ("code",)
    translated = ("name", "adjective", "other_names")

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    adjective = models.CharField(_("adjective"), max_length=80)
    other_names = models.CharField(
        _("other names"),
        max_length=300,
        blank=True,
        help_text=_("Abbreviations and other names that readers search for, separated by commas."),
    )
    colour = models.PositiveSmallIntegerField(
        _("colour"),
        blank=True,
        default=None,  # until it is saved: a default that asks the database would ask it too early
        validators=[MinValueValidator(1), MaxValueValidator(PALETTE_SIZE)],
        help_text=_("A place in the site's palette of party colours, 1 to 9."),
    )
    order = models.PositiveSmallIntegerField(_("order"), blank=True, default=None)

    objects = AlwaysPublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ("order", "code")
        constraints = [
            models.CheckConstraint(
                condition=Q(colour__range=(1, PALETTE_SIZE)),
                name="rounds_party_colour_in_palette",
                violation_error_message=_("Choose a colour from 1 to 9."),
            ),
            translations_are_texts(),
        ]
        triggers = [fixed("code")]

    def __str__(self) -> str:
        return local(self, "name")

    def get_absolute_url(self) -> str:
        return page_of("party_detail", self.code)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save as Django does; a party without colour or order gets the next one that is free."""
        if self.colour is None:
            self.colour = free_colour()
        if self.order is None:
            self.order = next_order()
        super().save(*args, **kwargs)


def parties_listed(related_name: str) -> ArraySubquery:
    """Return the parties of a row, as ``code``, ``name`` and ``colour``, in their order."""
    parties = Party.objects.filter(**{related_name: OuterRef("pk")}).order_by("order", "code")
    return listed(parties, code="code", name="name", colour="colour", translated=["name"])


class PersonQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        """Keep those who speak in a published statement."""
        return self._speaking()

    def who_spoke_by(self, day: dt.date) -> Self:
        """Keep those who speak in a published statement of ``day`` or before."""
        return self._speaking(statement__dates__startswith__lte=day)

    def _speaking(self, **lookups: dt.date) -> Self:
        """Keep those with a published statement that matches; one is looked up for each."""
        links: Any = self.model.statements.through
        statements = links.objects.filter(person=OuterRef("pk"), statement__state=State.PUBLISHED)
        return self.filter(Exists(statements.filter(**lookups)))


@tracked(public_when_added=False)
class Person(Versioned):
    """Somebody who spoke in public. An outsider, such as a union leader, has no party."""

    translated = ("role", "organisation")

    slug = models.SlugField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=160, blank=True)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    party = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("party"),
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name", "id")
        constraints = [translations_are_texts()]
        triggers = [fixed("slug")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return page_of("person_detail", self.slug)
