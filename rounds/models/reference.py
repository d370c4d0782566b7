"""Who and what the record speaks of: the negotiation, its parties, people and sources."""

import datetime as dt
import re
from collections import Counter
from functools import reduce
from operator import add
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rounds.addresses import Host, NormalAddress, as_text, filed
from rounds.dates import SpanField, describe
from rounds.language import local
from rounds.models.base import (
    NaturalKeyQuerySet,
    begins,
    fixed,
    in_choices,
    listed,
    new_key,
    plausible,
)
from rounds.models.publishable import Publishable, State
from rounds.models.tracking import Versioned, tracked
from rounds.models.translation import translations_are_texts
from rounds.paths import page_of

PALETTE_SIZE = 9  # party colours in static/css/tokens.css
LAST_ORDER = 32_767  # that the column of a party's order can hold


class ShownQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        """All: readers see each of them."""
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

    objects = ShownQuerySet.as_manager()

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
    """The first colour of the palette that the fewest parties have."""
    uses = Counter(Party.objects.values_list("colour", flat=True))
    return min(range(1, PALETTE_SIZE + 1), key=lambda colour: uses[colour])


def next_order() -> int:
    """The place after the last party."""
    last = Party.objects.aggregate(last=models.Max("order"))["last"]
    return 1 if last is None else min(last + 1, LAST_ORDER)


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

    objects = ShownQuerySet.as_manager()

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
        """As Django's; without a colour or an order it gets the next one that is free."""
        if self.colour is None:
            self.colour = free_colour()
        if self.order is None:
            self.order = next_order()
        super().save(*args, **kwargs)


def parties_listed(related_name: str) -> ArraySubquery:
    """The parties behind a row, as ``code``, ``name`` and ``colour``, in their order."""
    parties = Party.objects.filter(**{related_name: OuterRef("pk")}).order_by("order", "code")
    return listed(parties, code="code", name="name", colour="colour", translated=["name"])


class PersonQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        """Those of whom readers can see that they spoke."""
        return self._who_said()

    def who_spoke_by(self, day: dt.date) -> Self:
        """Those who had said something by ``day`` that is published."""
        return self._who_said(statement__dates__startswith__lte=day)

    def _who_said(self, **what: Any) -> Self:
        """One statement each is looked up, however many they made."""
        links: Any = self.model.statements.through
        said = links.objects.filter(person=OuterRef("pk"), statement__state=State.PUBLISHED)
        return self.filter(Exists(said.filter(**what)))


@tracked(shown=False)
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
        ordering = ("name",)
        constraints = [translations_are_texts()]
        triggers = [fixed("slug")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return page_of("person_detail", self.slug)


class SourceQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        """Those that readers can see: one published record that cites it is looked up of each."""
        citing = [
            models.Subquery(rows.published().order_by().values("pk")[:1])
            for _model, some in sorted(
                Source.citations(OuterRef("pk")).items(),
                key=lambda one: one[0]._meta.model_name != "statement",  # most likely first
            )
            for rows in some
        ]
        return self.alias(one=Coalesce(*citing)).filter(one__isnull=False)

    def at(self, address: str) -> "Source | None":
        """The source with that address, however it is spelt, or with that copy in an archive."""
        if not address.strip():
            return None
        normal = NormalAddress(as_text(address))
        itself = Q(url__normal=normal) & ~Q(url="")
        found = self.filter(itself | (Q(archive_url__normal=normal) & ~Q(archive_url="")))
        return found.order_by(Case(When(itself, then=0), default=1), "pk").first()

    def begun_at(self, address: str) -> "Source":
        """A new one, not stored, with what its address and others on the same host tell of it."""
        url, archive_url = filed(address)
        begun = Source(url=url, archive_url=archive_url)
        beside = self.filter(url__host=Host(as_text(url))).exclude(url="") if url else self.none()
        usual = beside.order_by().values("publisher", "language").annotate(times=Count("pk"))
        if most := usual.order_by("-times", "publisher").first():
            begun.publisher, begun.language = most["publisher"], most["language"]
        return begun

    def unarchived(self) -> Self:
        """Those on the web of which the record knows no copy in an archive."""
        return self.filter(archive_url="").exclude(url="")

    def with_links(self) -> Self:
        """Each with ``link_list``: what came back from its addresses when they were last asked."""
        asked = LinkCheck.objects.filter(address__in=[OuterRef("url"), OuterRef("archive_url")])
        names = {name: name for name in ("address", "state", "answer", "checked_at")}
        return self.annotate(link_list=listed(asked.order_by("address"), **names))

    def with_link(self, state: str) -> Self:
        """Those of which an address, its own or that of the copy, was last found in ``state``."""
        asked = LinkCheck.objects.filter(state=state)
        return self.filter(
            Exists(asked.filter(address=OuterRef("url")))
            | Exists(asked.filter(address=OuterRef("archive_url")))
        )

    def unasked(self) -> Self:
        """Those on the web whose own address was never asked."""
        asked = LinkCheck.objects.filter(address=OuterRef("url"))
        return self.exclude(url="").filter(~Exists(asked))

    def cited(self) -> Self:
        """Those that published records cite, each with ``claims``: by how many."""
        counts = [
            _count(rows.published().order_by())
            for some in Source.citations(OuterRef("pk")).values()
            for rows in some
        ]
        return self.annotate(claims=reduce(add, counts)).filter(claims__gt=0)


def _count(rows: Any) -> Any:
    """How many ``rows`` there are that speak of the row of the outer query."""
    total = rows.annotate(one=models.Value(1)).values("one")
    total = total.annotate(total=models.Count("pk")).values("total")
    return Coalesce(models.Subquery(total), 0)


@tracked(shown=False, order=(Lower("publisher"), F("title")))
class Source(Versioned):
    """A publication we read. Its title stays in its own language."""

    translated = ("note",)

    slug = models.SlugField(_("key"), max_length=80, unique=True, default=new_key)
    publisher = models.CharField(_("publisher"), max_length=120)
    title = models.CharField(
        _("title"), max_length=250, help_text=_("Its title, or what it is in a few words.")
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    archive_url = models.URLField(_("archive address"), max_length=500, blank=True)
    published = SpanField(_("published"), null=True, blank=True)
    published_approximate = models.BooleanField(
        _("published on some day between"),
        default=False,
        help_text=_("The span says between which days it appeared."),
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    note = models.TextField(
        _("public note"), blank=True, help_text=_("What readers should know of this source.")
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = (Lower("publisher"), "title")
        constraints = [
            models.UniqueConstraint(
                NormalAddress("url"),
                condition=~Q(url=""),
                name="rounds_source_address_once",
                violation_error_message=_("A source with this address is in the record already."),
            ),
            begins("published"),
            plausible("published"),
            translations_are_texts(),
        ]
        indexes = [
            models.Index(NormalAddress("archive_url"), name="rounds_source_archive"),
            models.Index(Lower("publisher"), "title", name="rounds_source_in_order"),
        ]
        triggers = [fixed("slug")]

    def __str__(self) -> str:
        return gettext("%(name)s: %(value)s") % {"name": self.publisher, "value": self.title}

    def get_absolute_url(self) -> str:
        return page_of("source_detail", self.slug)

    @classmethod
    def citations(cls, source: Any) -> "dict[type[Publishable], list[Any]]":
        """Every model whose rows cite sources, each with those that cite this one.

        They come in parts that share no row: each part has an index, their union has none.
        """
        found: dict[type[Publishable], list[Any]] = {}
        earlier: dict[type[Publishable], Q] = {}
        relations = [
            one for one in cls._meta.related_objects if issubclass(one.related_model, Publishable)
        ]
        for relation in sorted(relations, key=lambda one: bool(one.many_to_many)):
            model: Any = relation.related_model
            condition = Q(**{relation.field.name: source})
            rows = model._default_manager.filter(condition).exclude(
                earlier.get(model, Q(pk__in=[]))
            )
            found.setdefault(model, []).append(rows)
            earlier[model] = earlier.get(model, Q()) | condition
        return found

    @classmethod
    def citing(cls, source: Any) -> "dict[type[Publishable], Any]":
        """Every model whose rows cite sources, each with all that cite this one."""
        found: dict[type[Publishable], Any] = {}
        for model, parts in cls.citations(source).items():
            first, *others = (rows.order_by().values("pk") for rows in parts)
            found[model] = model._default_manager.filter(pk__in=first.union(*others))
        return found

    @property
    def published_words(self) -> str:
        if self.published is None:
            return ""
        return describe(self.published, approximate=self.published_approximate)


class LinkState(models.TextChoices):
    ANSWERS = "answers", _("answers")
    DEAD = "dead", _("dead")
    UNCLEAR = "unclear", _("unclear")


class LinkCheck(models.Model):
    """What came back when an address was last asked for.

    It stands beside the record: nobody's source is changed by it, and no file holds it.
    """

    address = models.URLField(_("address"), max_length=500, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=LinkState.choices)
    answer = models.CharField(_("what came back"), max_length=120)
    checked_at = models.DateTimeField(_("last asked"))

    class Meta:
        verbose_name = _("check of a link")
        verbose_name_plural = _("checks of links")
        constraints = [in_choices("state", LinkState)]

    def __str__(self) -> str:
        return f"{self.address}: {self.answer}"


def sources_listed(related_name: str) -> ArraySubquery:
    """The other sources of a row, with what names them and their addresses."""
    sources = Source.objects.filter(**{related_name: OuterRef("pk")})
    names = {name: name for name in ("slug", "publisher", "title", "url", "archive_url")}
    return listed(sources.order_by("slug"), **names)
