"""The publications that the record cites, and whether their addresses still answer."""

from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rounds.models.base import (
    NaturalKeyQuerySet,
    begins,
    fixed,
    in_choices,
    listed,
    new_key,
    plausible,
)
from rounds.models.publishable import Publishable
from rounds.models.tracking import Versioned, tracked
from rounds.models.translation import translations_are_texts
from rounds.platform.dates import SpanField, describe
from rounds.platform.fast_reverse import page_of
from rounds.platform.url_normalisation import Host, NormalAddress, split_archive_address, text_value


class SourceQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        """Keep those that a published record cites; one such record is looked up for each."""
        citing = [
            models.Subquery(rows.published().order_by().values("pk")[:1])
            for _model, parts in sorted(
                Source.citations(OuterRef("pk")).items(),
                key=lambda item: item[0]._meta.model_name != "statement",  # most likely first
            )
            for rows in parts
        ]
        return self.alias(citing_record=Coalesce(*citing)).filter(citing_record__isnull=False)

    def find_by_address(self, address: str) -> "Source | None":
        """Return the source with that address, in any spelling, or with that copy in an archive."""
        if not address.strip():
            return None
        normal = NormalAddress(text_value(address))
        itself = Q(url__normal=normal) & ~Q(url="")
        matches = self.filter(itself | (Q(archive_url__normal=normal) & ~Q(archive_url="")))
        return matches.order_by(Case(When(itself, then=0), default=1), "pk").first()

    def start_from_address(self, address: str) -> "Source":
        """Return a new source, not stored, filled in from its address and its host.

        Publisher, language and rank are those that most sources on the same host have.
        """
        url, archive_url = split_archive_address(address)
        source = Source(url=url, archive_url=archive_url)
        same_host = (
            self.filter(url__host=Host(text_value(url))).exclude(url="") if url else self.none()
        )
        usual = same_host.order_by().values("publisher", "language").annotate(times=Count("pk"))
        if most := usual.order_by("-times", "publisher").first():
            source.publisher, source.language = most["publisher"], most["language"]
        ranks = same_host.order_by().values("rank").annotate(times=Count("pk"))
        if most := ranks.order_by("-times", RANK_PLACE).first():
            source.rank = most["rank"]
        return source

    def best_first(self) -> Self:
        """Order by rank, of equal ones by key."""
        return self.order_by(RANK_PLACE, "slug")

    def unarchived(self) -> Self:
        """Keep those on the web that have no address of a copy in an archive."""
        return self.filter(archive_url="").exclude(url="")

    def with_links(self) -> Self:
        """Give each ``link_list``: the last checks of its address and of that of its copy."""
        checks = LinkCheck.objects.filter(address__in=[OuterRef("url"), OuterRef("archive_url")])
        names = {name: name for name in ("address", "state", "answer", "checked_at")}
        return self.annotate(link_list=listed(checks.order_by("address"), **names))

    def with_link_state(self, state: str) -> Self:
        """Keep those whose address, or that of the copy, was in ``state`` at its last check."""
        checks = LinkCheck.objects.filter(state=state)
        return self.filter(
            Exists(checks.filter(address=OuterRef("url")))
            | Exists(checks.filter(address=OuterRef("archive_url")))
        )

    def never_checked(self) -> Self:
        """Keep those on the web whose own address was never checked."""
        checks = LinkCheck.objects.filter(address=OuterRef("url"))
        return self.exclude(url="").filter(~Exists(checks))

    def cited(self) -> Self:
        """Keep those that published records cite; ``claims`` says how many do."""
        counts = [
            _count(rows.published().order_by())
            for parts in Source.citations(OuterRef("pk")).values()
            for rows in parts
        ]
        return self.annotate(claims=reduce(add, counts)).filter(claims__gt=0)


def _count(rows: "models.QuerySet[Any]") -> Coalesce:
    """Count the ``rows`` that belong to the row of the outer query."""
    total = rows.annotate(constant=models.Value(1)).values("constant")  # one group: all rows
    total = total.annotate(total=models.Count("pk")).values("total")
    return Coalesce(models.Subquery(total), 0)


class SourceRank(models.TextChoices):
    """How near a publication is to what it tells, the best first."""

    OFFICIAL = "official", _("official text")
    NEWSROOM = "newsroom", _("newsroom")
    TRADE = "trade", _("trade press")
    OTHER = "other", _("other site")


RANK_PLACE = Case(
    *(When(rank=rank, then=place) for place, rank in enumerate(SourceRank.values)),
    output_field=models.IntegerField(),
)
# Equal rows always come in the same order.
SOURCE_ORDER = (Lower("publisher"), "title", "id")


@tracked(public_when_added=False, order=(Lower("publisher"), F("title")))
class Source(Versioned):
    """A publication that the record cites. Its title stays in its own language."""

    translated = ("note",)

    slug = models.SlugField(_("key"), max_length=80, unique=True, default=new_key)
    publisher = models.CharField(_("publisher"), max_length=120)
    title = models.CharField(
        _("title"), max_length=250, help_text=_("Its title, or what it is in a few words.")
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    archive_url = models.URLField(_("archive address"), max_length=500, blank=True)
    rank = models.CharField(
        _("rank"),
        max_length=10,
        choices=SourceRank.choices,
        default=SourceRank.OTHER,
        db_default=SourceRank.OTHER,  # processes of the release before do not name the column
        help_text=_(
            "Official text: a text or transcript by those who made it. Newsroom: a wire or a major"
            " newspaper or broadcaster, also where others print it. Trade press: that of a trade, a"
            " law firm, a think tank, a lobby. Other site: whatever else."
        ),
    )
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
        ordering = SOURCE_ORDER
        constraints = [
            models.UniqueConstraint(
                NormalAddress("url"),
                condition=~Q(url=""),
                name="rounds_source_address_once",
                violation_error_message=_("A source with this address is in the record already."),
            ),
            in_choices("rank", SourceRank),
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
    def citations(cls, source: "Source | OuterRef") -> "dict[type[Publishable], list[Any]]":
        """Return the rows that cite ``source``, by model, in parts that share no row.

        In parts, because an index serves each of them and none serves their union.
        """
        parts: dict[type[Publishable], list[Any]] = {}
        earlier: dict[type[Publishable], Q] = {}
        relations = [
            relation
            for relation in cls._meta.related_objects
            if issubclass(relation.related_model, Publishable)
        ]
        for relation in sorted(relations, key=lambda relation: bool(relation.many_to_many)):
            model: Any = relation.related_model
            condition = Q(**{relation.field.name: source})
            rows = model._default_manager.filter(condition).exclude(
                earlier.get(model, Q(pk__in=[]))
            )
            parts.setdefault(model, []).append(rows)
            earlier[model] = earlier.get(model, Q()) | condition
        return parts

    @classmethod
    def citing(cls, source: "Source") -> "dict[type[Publishable], Any]":
        """Return the rows that cite ``source``, by model."""
        querysets: dict[type[Publishable], Any] = {}
        for model, parts in cls.citations(source).items():
            first, *remaining = (rows.order_by().values("pk") for rows in parts)
            querysets[model] = model._default_manager.filter(pk__in=first.union(*remaining))
        return querysets

    @property
    def rank_label(self) -> str:
        return str(SourceRank(self.rank).label)

    @property
    def published_label(self) -> str:
        if self.published is None:
            return ""
        return describe(self.published, approximate=self.published_approximate)


class LinkState(models.TextChoices):
    ANSWERS = "answers", _("answers")
    DEAD = "dead", _("dead")
    UNCLEAR = "unclear", _("unclear")


class LinkCheck(models.Model):
    """What an address answered when it was last checked.

    It is no part of the record: it changes no source, has no history and is in no file.
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


LISTED_FIELDS = ("slug", "publisher", "title", "url", "archive_url", "rank")


def sources_listed(related_name: str) -> ArraySubquery:
    """Return the other sources of a row, the best first: key, names, addresses and rank of each."""
    sources = Source.objects.filter(**{related_name: OuterRef("pk")})
    return listed(sources.best_first(), **{name: name for name in LISTED_FIELDS})


def list_best_first(
    source: Source, other_sources: Iterable[dict[str, str]]
) -> list[dict[str, str]]:
    """Return the source of a row and its other ones, the best rank first.

    Each is as ``sources_listed`` has it, with its ``rank_label``. Among those of one rank the
    row's own source comes first.
    """
    sources = [{name: getattr(source, name) for name in LISTED_FIELDS}, *other_sources]
    ranks = SourceRank.values
    return [
        {**values, "rank_label": str(SourceRank(values["rank"]).label)}
        for values in sorted(sources, key=lambda values: ranks.index(values["rank"]))
    ]
