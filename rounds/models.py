"""The record: who met, when, where, what was said, by whom, and how we know."""

import datetime as dt
import secrets
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, ClassVar, Self

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Coalesce, ExtractYear, JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rounds.dates import EARLIEST, LATEST, SpanField, describe, first_day, last_day
from rounds.triggers import REFUSE, KeepPublished, NoCycle, PublishedNeedsPublished

QUOTATION_WORDS = 8  # a longer quotation is somebody else's article
PALETTE_SIZE = 9  # party colours in static/css/tokens.css


def new_key() -> str:
    """A short address for what has no name of its own; it never changes afterwards."""
    return secrets.token_hex(4)


def listed(queryset: models.QuerySet[Any], **fields: str) -> ArraySubquery:
    """The rows of ``queryset`` as a list of ``{name: value}``, read with the row they belong to."""
    values = {name: F(path) for name, path in fields.items()}
    return ArraySubquery(queryset.values(row=JSONObject(**values)))


def known(field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """The database knows the words of a ``TextChoices`` too."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}),
        name=f"%(app_label)s_%(class)s_{field}_known",
        violation_error_message=_("Choose one of: %(words)s.") % {"words": ", ".join(choices)},
    )


def begins(field: str) -> models.CheckConstraint:
    """A span has a first day. It may be null as a whole if the column is."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__startswith__isnull": False}),
        name=f"%(app_label)s_%(class)s_{field}_begins",
        violation_error_message=_("Give the first day."),
    )


def plausible(field: str) -> models.CheckConstraint:
    """A span lies between the years that this site can speak of: a typing error does not."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__startswith__gte": EARLIEST})
        & (Q(**{f"{field}__endswith__isnull": True}) | Q(**{f"{field}__endswith__lte": LATEST})),
        name=f"%(app_label)s_%(class)s_{field}_plausible",
        violation_error_message=_("Give days between the years 1900 and 2100."),
    )


def fixed(field: str) -> pgtrigger.Trigger:
    """An address never changes, whoever writes."""
    return pgtrigger.ReadOnly(name=f"fixed_{field}", fields=[field])


class NaturalKeyQuerySet(models.QuerySet[Any]):
    def get_by_natural_key(self, *values: Any) -> Any:
        paths = (path.replace(".", "__") for path in self.model.natural_key_paths)
        return self.get(**dict(zip(paths, values, strict=True)))


class NaturalKeyModel(models.Model):
    """A row that files name by what people call it, never by a number of the database's."""

    natural_key_paths: ClassVar[tuple[str, ...]] = ("slug",)

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        return tuple(attrgetter(path)(self) for path in self.natural_key_paths)

    def validate_constraints(self, exclude: Iterable[str] | None = None) -> None:
        """As Django's, with each broken rule told at the first field it speaks of."""
        excluded = set(exclude or ())
        errors: dict[str, list[ValidationError]] = {}
        for constraint in self._meta.constraints:
            try:
                constraint.validate(type(self), self, exclude=excluded)
            except ValidationError as error:
                fields = [name for name in constrained_fields(constraint) if name not in excluded]
                errors.setdefault(fields[0] if fields else "__all__", []).append(error)
        if errors:
            raise ValidationError(errors)


def constrained_fields(constraint: models.BaseConstraint) -> list[str]:
    """The names of the fields a constraint speaks of, in its order."""
    if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
        return list(constraint.fields)
    expressions: list[Any] = list(getattr(constraint, "expressions", ()) or ())
    condition = getattr(constraint, "condition", None)
    if isinstance(constraint, models.CheckConstraint):
        expressions = [condition]
    return [name.split("__")[0] for expression in expressions for name in _names(expression)]


def _names(expression: Any) -> list[str]:
    if isinstance(expression, Q):
        return [name for child in expression.children for name in _names(child)]
    if isinstance(expression, tuple):
        return [expression[0]]
    if isinstance(expression, F):
        return [expression.name]  # type: ignore[attr-defined]
    return [
        name
        for part in getattr(expression, "get_source_expressions", list)()
        for name in _names(part)
    ]


class Negotiation(NaturalKeyModel):
    """The one negotiation that this site covers."""

    slug = models.SlugField(_("key"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=40)
    standfirst = models.TextField(_("standfirst"), help_text=_("Two or three sentences."))

    objects = NaturalKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("negotiation")
        verbose_name_plural = _("negotiation")
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                name="rounds_negotiation_only_one",
                violation_error_message=_("A site covers one negotiation; this one has it."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Party(NaturalKeyModel):
    """A side at the table."""

    natural_key_paths = ("code",)

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    adjective = models.CharField(_("adjective"), max_length=80)
    colour = models.PositiveSmallIntegerField(
        _("colour"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(PALETTE_SIZE)],
        help_text=_("A place in the site's palette of party colours, 1 to 9."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = NaturalKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ("order", "code")
        constraints = [
            models.CheckConstraint(
                condition=Q(colour__range=(1, PALETTE_SIZE)),
                name="rounds_party_colour_in_palette",
                violation_error_message=_("Choose a colour from 1 to 9."),
            )
        ]
        triggers = [fixed("code")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("party_detail", args=[self.code])


def parties_listed(related_name: str) -> ArraySubquery:
    """The parties behind a row, as ``code``, ``name`` and ``colour``, in their order."""
    parties = Party.objects.filter(**{related_name: OuterRef("pk")}).order_by("order", "code")
    return listed(parties, code="code", name="name", colour="colour")


class Person(NaturalKeyModel):
    """Somebody who spoke in public. An outsider, such as a union leader, has no party."""

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

    objects = NaturalKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name",)
        triggers = [fixed("slug")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("person_detail", args=[self.slug])


class SourceQuerySet(NaturalKeyQuerySet):
    def cited(self) -> Self:
        """Those that published records cite, each with ``claims``: by how many."""
        counts = [
            _count(model, citations)
            for model, citations in Source.citations(OuterRef("pk")).items()
        ]
        return self.annotate(claims=sum(counts[1:], start=counts[0])).filter(claims__gt=0)


def _count(model: "type[Publishable]", citations: Q) -> Any:
    """How many published rows of ``model`` cite the source of the outer query."""
    rows = model.objects.published().filter(citations).order_by()  # type: ignore[attr-defined]
    total = rows.annotate(one=models.Value(1)).values("one")
    total = total.annotate(total=models.Count("pk", distinct=True)).values("total")
    return Coalesce(models.Subquery(total), 0)


class Source(NaturalKeyModel):
    """A publication we read."""

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
        ordering = ("publisher", "title")
        constraints = [
            models.UniqueConstraint(
                fields=["url"],
                condition=~Q(url=""),
                name="rounds_source_url_once",
                violation_error_message=_("A source with this address is in the record already."),
            ),
            begins("published"),
            plausible("published"),
        ]
        triggers = [fixed("slug")]

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("source_detail", args=[self.slug])

    @classmethod
    def citations(cls, source: Any) -> "dict[type[Publishable], Q]":
        """Every model whose rows cite sources, each with the condition that a row does."""
        found: dict[type[Publishable], Q] = {}
        for relation in cls._meta.related_objects:
            model = relation.related_model
            if issubclass(model, Publishable):
                condition = Q(**{relation.field.name: source})
                found[model] = found.get(model, Q()) | condition
        return found

    @property
    def published_words(self) -> str:
        if self.published is None:
            return ""
        return describe(self.published, approximate=self.published_approximate)


def sources_listed(related_name: str) -> ArraySubquery:
    """The other sources of a row, as ``slug``, ``publisher`` and ``title``."""
    sources = Source.objects.filter(**{related_name: OuterRef("pk")})
    return listed(sources.order_by("slug"), slug="slug", publisher="publisher", title="title")


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")


class PublishableQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        return self.filter(state=State.PUBLISHED)


class Publishable(NaturalKeyModel):
    """An editorial record: whether readers may see it, and what they should know of it."""

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT, db_index=True
    )
    note = models.TextField(
        _("public note"),
        blank=True,
        help_text=_("What sources disagree about, or what readers should know of this entry."),
    )

    class Meta:
        abstract = True
        constraints = [known("state", State)]

    def clean(self) -> None:
        super().clean()
        if self.state == State.PUBLISHED:
            self._refuse_drafts()
        elif self.pk:
            self._refuse_pointers()

    def _refuse_drafts(self) -> None:
        """Raise at each field through which this published record points at a draft."""
        drafts = {
            field.name: _("“%(title)s” is still a draft: publish it first.") % {"title": other}
            for field in self._meta.fields
            if isinstance(field, models.ForeignKey)
            and issubclass(field.related_model, Publishable)
            and (other := getattr(self, field.name, None)) is not None
            and other.state != State.PUBLISHED
        }
        if drafts:
            raise ValidationError(drafts)

    def _refuse_pointers(self) -> None:
        """Raise if this draft has published records pointing at it."""
        for relation in self._meta.related_objects:
            model = relation.related_model
            if not relation.one_to_many or not issubclass(model, Publishable):
                continue
            pointers = model.objects.published().filter(  # type: ignore[attr-defined]
                **{relation.field.name: self}
            )
            if pointer := pointers.first():
                raise ValidationError(
                    {
                        "state": _(
                            "“%(title)s” is published and refers to this: take it back first."
                        )
                        % {"title": pointer}
                    }
                )

    def refuse_cycle(self, field: str, message: Any) -> None:
        """Raise at ``field`` if following it leads back here."""
        seen, other = {self.pk}, getattr(self, field)
        while other is not None:
            if other.pk in seen:
                raise ValidationError({field: message})
            seen.add(other.pk)
            other = getattr(other, field)


class RecordQuerySet(PublishableQuerySet):
    def with_titles(self) -> Self:
        """Each with what its ``str()`` needs, so that a list of them asks nothing more."""
        return self

    def with_sources(self) -> Self:
        """Each with its first source and, as ``other_source_list``, those that say the same."""
        name = f"{self.model._meta.model_name}_corroborations"
        return self.select_related("source").annotate(other_source_list=sources_listed(name))


class Record(Publishable):
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

    class Meta(Publishable.Meta):
        abstract = True


class DatedQuerySet(RecordQuerySet):
    def as_of(self, day: dt.date) -> Self:
        """What had begun by ``day``. A span of possible days counts from its first."""
        return self.filter(dates__startswith__lte=day)

    def in_year(self, year: int) -> Self:
        """What began in that year."""
        return self.filter(
            dates__startswith__gte=dt.date(year, 1, 1), dates__startswith__lte=dt.date(year, 12, 31)
        )

    def years(self) -> Any:
        """The years in which these began, each as ``(year,)``, to be joined with others'."""
        year = ExtractYear("dates__startswith")
        return self.order_by().annotate(year=year).values_list("year").distinct()

    def for_party(self, code: str) -> Self:
        return self.filter(parties__code=code)

    def latest_first(self) -> Self:
        return self.order_by("-dates__startswith", "-pk")


class DatedRecord(Record):
    dates = SpanField(_("dates"))
    approximate = models.BooleanField(
        _("on some day between"),
        default=False,
        help_text=_("The dates say between which days it was, not from when to when it lasted."),
    )

    class Meta(Record.Meta):
        abstract = True
        constraints = [
            *Record.Meta.constraints,
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


class AttributedRecord(DatedRecord):
    """A claim that says how it is attributed. Who an unnamed speaker is has no field."""

    basis = models.CharField(
        _("basis"), max_length=20, choices=Basis.choices, default=Basis.ON_RECORD
    )
    attribution = models.CharField(
        _("attribution"),
        max_length=200,
        blank=True,
        help_text=_(
            "As the source puts it: “a Canadian official”, “two people close to the talks”."
        ),
    )
    unnamed_count = models.PositiveSmallIntegerField(
        _("how many unnamed"), null=True, blank=True, help_text=_("If the source says.")
    )
    unnamed_why = models.CharField(
        _("why unnamed"), max_length=200, blank=True, help_text=_("If the source says.")
    )

    class Meta(DatedRecord.Meta):
        abstract = True
        constraints = [
            *DatedRecord.Meta.constraints,
            known("basis", Basis),
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


NOT_TO_BE = (RoundStatus.CANCELLED, RoundStatus.RESCHEDULED)
TOOK_PLACE = (RoundStatus.HELD, RoundStatus.UNDER_WAY)
ROUNDS_PROPER = (RoundKind.ROUND, RoundKind.PERMANENT)


class RoundQuerySet(DatedQuerySet):
    def rounds_proper(self) -> Self:
        """The rounds by which people count: numbered ones and the permanent one."""
        return self.filter(kind__in=ROUNDS_PROPER)

    def beside(self) -> Self:
        """The meetings beside the rounds proper."""
        return self.exclude(kind__in=ROUNDS_PROPER)

    def at_round(self, slug: str) -> Self:
        return self.filter(slug=slug)

    def touching(self, issue: str) -> Self:
        """Where something was said, tabled or moved on the issue with that key."""
        return self.filter(
            Q(pk__in=Round.objects.filter(progress__issue__slug=issue, progress__state="published"))
            | Q(
                pk__in=Round.objects.filter(
                    proposals__issue__slug=issue, proposals__state="published"
                )
            )
            | Q(
                pk__in=Round.objects.filter(
                    statements__issues__slug=issue, statements__state="published"
                )
            )
        )

    def in_order(self) -> Self:
        return self.order_by("dates__startswith", "pk")

    def with_names(self) -> Self:
        return (
            self.with_sources()
            .select_related("host", "replaced_by")
            .annotate(party_list=parties_listed("rounds"))
        )


class Round(DatedRecord):
    """Any meeting: a numbered round, ministers, leaders, a permanent round."""

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

    class Meta(DatedRecord.Meta):
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ("-dates",)
        constraints = [
            *DatedRecord.Meta.constraints,
            known("kind", RoundKind),
            known("status", RoundStatus),
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
            pgtrigger.Trigger(
                name="cancelled_has_no_progress",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(new__status__in=["cancelled", "rescheduled"]),
                func=f"""
                    PERFORM 1 FROM issues_progress WHERE round_id = NEW.id;
                    IF FOUND THEN {REFUSE} 'cancelled_has_no_progress'; END IF;
                    RETURN NEW;""",
            ),
            KeepPublished(
                name="keep_published",
                pointers=[
                    ("rounds_round", "replaced_by_id"),
                    ("rounds_statement", "round_id"),
                    ("issues_proposal", "round_id"),
                    ("issues_progress", "round_id"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("round_detail", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        self.refuse_cycle("replaced_by", _("These meetings replace each other in a circle."))

    @property
    def is_off(self) -> bool:
        return self.status in NOT_TO_BE

    @property
    def took_place(self) -> bool:
        return self.status in TOOK_PLACE

    @property
    def is_round(self) -> bool:
        """A round of the sequence by which people count, and not a meeting beside it."""
        return self.kind in ROUNDS_PROPER

    @property
    def planned_when(self) -> str:
        return describe(self.planned_dates) if self.planned_dates else ""


class DeadlineQuerySet(DatedQuerySet):
    def at_round(self, slug: str) -> Self:
        """A deadline is set beside the rounds, never at one."""
        return self.none()

    def touching(self, issue: str) -> Self:
        """A deadline is for the whole of the talks, never for one issue."""
        return self.none()

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


class Deadline(DatedRecord):
    """A date somebody set. ``dates`` is when it falls; the chain is how it slipped."""

    slug = models.SlugField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=160)
    set_on = SpanField(_("set on"))
    set_on_approximate = models.BooleanField(_("set on some day between"), default=False)
    set_by = models.CharField(
        _("set by"), max_length=160, help_text=_("As sources say: “US and Mexican negotiators”.")
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

    class Meta(DatedRecord.Meta):
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ("-dates",)
        constraints = [
            *DatedRecord.Meta.constraints,
            known("outcome", DeadlineOutcome),
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
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('timeline')}?kind=deadline#deadline-{self.slug}"

    def clean(self) -> None:
        super().clean()
        self.refuse_cycle("superseded_by", _("These deadlines supersede each other in a circle."))

    @property
    def set_on_words(self) -> str:
        return describe(self.set_on, approximate=self.set_on_approximate)


class StatementQuerySet(DatedQuerySet):
    def at_round(self, slug: str) -> Self:
        return self.filter(round__slug=slug)

    def touching(self, issue: str) -> Self:
        return self.filter(issues__slug=issue)

    def with_names(self) -> Self:
        """Each with ``speaker_list`` and ``party_list``, in the same query."""
        return (
            self.with_sources()
            .select_related("round")
            .annotate(
                speaker_list=listed(
                    Person.objects.filter(statements=OuterRef("pk")).order_by("name"),
                    slug="slug",
                    name="name",
                    role="role",
                ),
                party_list=parties_listed("statements"),
            )
        )


class Statement(AttributedRecord):
    """Something said."""

    slug = models.SlugField(_("key"), max_length=80, unique=True, default=new_key)
    summary = models.TextField(_("summary"), help_text=_("What was said, in our own words."))
    quotation = models.CharField(
        _("quotation"),
        max_length=160,
        blank=True,
        help_text=_("At most eight words, in the language they were said in, without marks."),
    )
    language = models.CharField(_("language of the quotation"), max_length=10, default="en")
    round = models.ForeignKey(
        Round,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        verbose_name=_("round"),
    )
    speakers = models.ManyToManyField(
        Person, blank=True, related_name="statements", verbose_name=_("speakers")
    )
    parties = models.ManyToManyField(
        Party, blank=True, related_name="statements", verbose_name=_("speaks for")
    )

    objects = StatementQuerySet.as_manager()

    class Meta(AttributedRecord.Meta):
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ("-dates", "-id")
        constraints = [
            *AttributedRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quotation="")
                | Q(quotation__regex=rf"^\S+(\s+\S+){{0,{QUOTATION_WORDS - 1}}}$"),
                name="rounds_statement_quotation_short",
                violation_error_message=_("A quotation has at most eight words."),
            ),
            models.CheckConstraint(
                condition=~Q(summary=""),
                name="rounds_statement_says_something",
                violation_error_message=_("Say what was said."),
            ),
        ]
        triggers = [
            fixed("slug"),
            PublishedNeedsPublished(name="published_needs_published", fields=["round"]),
            KeepPublished(name="keep_published", pointers=[("issues_position", "statement_id")]),
            pgtrigger.Trigger(
                name="unnamed_stays_unnamed",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("basis"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(new__basis=Basis.UNNAMED.value),
                func=f"""
                    PERFORM 1 FROM rounds_statement_speakers WHERE statement_id = NEW.id;
                    IF FOUND THEN {REFUSE} 'unnamed_stays_unnamed'; END IF;
                    RETURN NEW;""",
            ),
        ]

    def __str__(self) -> str:
        return self.summary if len(self.summary) <= 90 else f"{self.summary[:89]}…"

    def get_absolute_url(self) -> str:
        return reverse("statement_detail", args=[self.slug])


class StatementSpeaker(Statement.speakers.through):  # type: ignore[name-defined]
    """The table behind ``Statement.speakers``, here to carry its rule."""

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Trigger(
                name="unnamed_has_no_name",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    PERFORM 1 FROM rounds_statement WHERE id = NEW.statement_id FOR SHARE;
                    PERFORM 1 FROM rounds_statement
                    WHERE id = NEW.statement_id AND basis = 'unnamed';
                    IF FOUND THEN {REFUSE} 'unnamed_has_no_name'; END IF;
                    RETURN NEW;""",
            )
        ]


class StatementLinkQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        """Links whose both ends readers may see."""
        return self.filter(statement__state=State.PUBLISHED, other__state=State.PUBLISHED)


class LinkKind(models.TextChoices):
    REPLIES = "replies-to", _("replies to")
    CONTRADICTS = "contradicts", _("contradicts")
    CORROBORATES = "corroborates", _("corroborates")


class StatementLink(NaturalKeyModel):
    """How one statement bears on another, by our reading."""

    natural_key_paths = ("statement.slug", "kind", "other.slug")

    statement = models.ForeignKey(
        Statement, models.CASCADE, related_name="links", verbose_name=_("statement")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=LinkKind.choices)
    other = models.ForeignKey(
        Statement, models.CASCADE, related_name="linked_from", verbose_name=_("other statement")
    )
    note = models.CharField(_("public note"), max_length=250, blank=True)

    objects = StatementLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link between statements")
        verbose_name_plural = _("links between statements")
        ordering = ("statement", "kind", "other")
        constraints = [
            known("kind", LinkKind),
            models.UniqueConstraint(
                fields=["statement", "kind", "other"],
                name="rounds_statementlink_once",
                violation_error_message=_("This link is there already."),
            ),
            models.CheckConstraint(
                condition=~Q(statement=F("other")),
                name="rounds_statementlink_not_itself",
                violation_error_message=_("A statement cannot be linked to itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement} {self.get_kind_display()} {self.other}"

    def clean(self) -> None:
        super().clean()
        if self.statement_id and self.statement_id == self.other_id:
            raise ValidationError({"other": _("A statement cannot be linked to itself.")})
