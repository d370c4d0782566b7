"""Records that are drafts first: draft, ready, published, and scheduled for a time."""

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from rounds.models.base import NaturalKeyQuerySet, in_choices
from rounds.models.tracking import BECAME_PUBLIC, Versioned
from rounds.models.translation import translations_are_texts
from rounds.platform.times import EARLIEST_MOMENT, LATEST_MOMENT, describe_moment

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    READY = "ready", _("ready")  # its writer asks an editor to publish it
    PUBLISHED = "published", _("published")


class PublishableQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def waiting(self) -> Self:
        """Keep the drafts, ready or not, that are not scheduled."""
        return self.exclude(state=State.PUBLISHED).filter(publish_at=None)

    def with_rewritten_at(self) -> Self:
        """Give each ``rewritten_at``: the last change after its first publication, or None."""
        events = self.model.pgh_event_model._default_manager
        earlier = events.filter(
            pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"), state=State.PUBLISHED
        )
        rewritten = events.filter(pgh_obj_id=OuterRef("pk")).filter(
            Q(pgh_label="corrected") | Q(Exists(earlier), pgh_label="published")
        )
        latest = rewritten.order_by("-pgh_id").values("pgh_created_at")[:1]
        return self.annotate(rewritten_at=Subquery(latest))

    def with_publication_times(self) -> Self:
        """Give each ``published_at`` and ``updated_at``: its first and last public event."""
        events = self.model.pgh_event_model._default_manager
        public = events.filter(pgh_obj_id=OuterRef("pk"), state=State.PUBLISHED)
        times = public.values("pgh_created_at")
        return self.annotate(
            published_at=Subquery(times.order_by("pgh_id")[:1]),
            updated_at=Subquery(times.order_by("-pgh_id")[:1]),
        )

    def latest_published(self, limit: int) -> Self:
        """Keep the ``limit`` that were first published last, newest first, with these times.

        The search starts at the last events and ends as soon as ``limit`` are there, so it does
        not take longer as the record grows.
        """
        events = self.model.pgh_event_model._default_manager
        earlier = events.filter(
            pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"), state=State.PUBLISHED
        )
        rows = self.order_by().values("pk")
        first = events.filter(BECAME_PUBLIC, ~Exists(earlier), pgh_obj__in=rows)
        latest = first.order_by("-pgh_created_at", "-pgh_obj_id").values("pgh_obj_id")[:limit]
        return self.filter(pk__in=latest).with_publication_times().order_by("-published_at", "-pk")

    def scheduled(self) -> Self:
        """Keep those that will be published by themselves at their time."""
        return self.filter(state=State.READY, publish_at__isnull=False)

    def due(self, now: dt.datetime) -> Self:
        return self.scheduled().filter(publish_at__lte=now).order_by("pk")

    def missed(self) -> Self:
        """Keep those that could not be published at their time."""
        return self.filter(state=State.DRAFT, publish_at__isnull=False)


class Publishable(Versioned):
    """An editorial record: its state, its public note, and when it is to be published.

    ``rests_on`` names foreign keys that may be empty but that the record cannot do without once it
    was published with them, as a position with its statement.
    """

    rests_on: ClassVar[tuple[str, ...]] = ()
    rewritten_at: dt.datetime | None  # of records read ``with_rewritten_at()``

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT, db_index=True
    )
    note = models.TextField(
        _("public note"),
        blank=True,
        help_text=_("What sources disagree about, or what readers should know of this entry."),
    )
    publish_at = models.DateTimeField(
        _("publish at"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("A draft goes out at this time by itself."),
    )

    class Meta:
        abstract = True
        constraints = [
            in_choices("state", State),
            translations_are_texts(),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True) | ~Q(state="published"),
                name="%(app_label)s_%(class)s_scheduled_is_draft",
                violation_error_message=_("What is published already has no time to go out."),
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True)
                | Q(publish_at__gte=EARLIEST_MOMENT, publish_at__lte=LATEST_MOMENT),
                name="%(app_label)s_%(class)s_publish_at_plausible",
                violation_error_message=_("Give a time between the years 1900 and 2100."),
            ),
        ]

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def is_scheduled(self) -> bool:
        """Whether it will be published by itself."""
        return self.state == State.READY and self.publish_at is not None

    @property
    def state_label(self) -> str:
        """Its state, or the time for which it is or was scheduled."""
        if self.publish_at is None:
            return str(State(self.state).label)
        when = describe_moment(self.publish_at)
        if self.state == State.DRAFT:
            return str(_("could not go out %(when)s") % {"when": when})
        return str(_("scheduled for %(when)s") % {"when": when})

    def clean(self) -> None:
        super().clean()
        if self.state == State.PUBLISHED:
            self._refuse_drafts()
            return
        if self.is_scheduled:
            self._refuse_later()
        if self.pk:
            self._refuse_pointers()

    def _refuse_drafts(self) -> None:
        """Raise at each field through which this published record points at a draft."""
        drafts = {
            name: _("“%(title)s” is still a draft: publish it first.") % {"title": target}
            for name, target in self._drafts_pointed_at()
        }
        if drafts:
            raise ValidationError(drafts)

    def _refuse_later(self) -> None:
        """Raise at each field that points at a draft which will not be published by its time."""
        assert self.publish_at is not None, "only what has a time is asked"
        later = {
            name: _("“%(title)s” is not out by then: publish or schedule it first.")
            % {"title": target}
            for name, target in self._drafts_pointed_at()
            if target.state != State.READY
            or target.publish_at is None
            or target.publish_at > self.publish_at
        }
        if later:
            raise ValidationError(later)

    def _drafts_pointed_at(self) -> "list[tuple[str, Publishable]]":
        return [
            (field.name, target)
            for field in self._meta.fields
            if isinstance(field, models.ForeignKey)
            and issubclass(field.related_model, Publishable)
            and (target := getattr(self, field.name, None)) is not None
            and not target.is_published
        ]

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

    def refuse_cycle(self, field: str, message: "str | StrPromise") -> None:
        """Raise at ``field`` if following it leads back here."""
        seen, target = {self.pk}, getattr(self, field)
        while target is not None:
            if target.pk in seen:
                raise ValidationError({field: message})
            seen.add(target.pk)
            target = getattr(target, field)


def publishable_models() -> list[Any]:
    """Return the models whose records are drafts first."""
    return [model for model in apps.get_models() if issubclass(model, Publishable)]


def reference_models() -> list[Any]:
    """Return the models whose records have no state: who and what the record is about, and sources.

    Readers rely on these as much as on the records that name them.
    """
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Versioned) and not issubclass(model, Publishable)
    ]
