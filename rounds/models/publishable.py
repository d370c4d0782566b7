"""Draft, ready, published: what readers may see of an editorial record."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from rounds.models.base import NaturalKeyQuerySet, in_choices
from rounds.models.tracking import SHOWN, Versioned
from rounds.models.translation import translations_are_texts
from rounds.platform.times import EARLIEST_MOMENT, LATEST_MOMENT, describe_moment


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    READY = "ready", _("ready")  # its writer has done with it; an editor may look
    PUBLISHED = "published", _("published")


class PublishableQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def waiting(self) -> Self:
        """Drafts, ready or not, without a time at which they go out."""
        return self.exclude(state=State.PUBLISHED).filter(publish_at=None)

    def with_touched(self) -> Self:
        """Each with ``touched_at``: when it was last written after readers had seen it, or None."""
        events = self.model.pgh_event_model._default_manager
        seen = events.filter(
            pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"), state=State.PUBLISHED
        )
        written = events.filter(pgh_obj_id=OuterRef("pk")).filter(
            Q(pgh_label="corrected") | Q(Exists(seen), pgh_label="published")
        )
        latest = written.order_by("-pgh_id").values("pgh_created_at")[:1]
        return self.annotate(touched_at=Subquery(latest))

    def with_times(self) -> Self:
        """Each with ``published_at`` and ``updated_at``: when readers first and last saw it new."""
        events = self.model.pgh_event_model._default_manager
        shown = events.filter(pgh_obj_id=OuterRef("pk"), state=State.PUBLISHED)
        times = shown.values("pgh_created_at")
        return self.annotate(
            published_at=Subquery(times.order_by("pgh_id")[:1]),
            updated_at=Subquery(times.order_by("-pgh_id")[:1]),
        )

    def latest_published(self, limit: int) -> Self:
        """The ``limit`` that readers first saw last, ``with_times()``, newest first.

        They are found from the last events on: no more of them are read than it takes.
        """
        events = self.model.pgh_event_model._default_manager
        earlier = events.filter(
            pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"), state=State.PUBLISHED
        )
        shown = events.filter(SHOWN, ~Exists(earlier), pgh_obj__in=self.order_by().values("pk"))
        last = shown.order_by("-pgh_created_at", "-pgh_obj_id").values("pgh_obj_id")[:limit]
        return self.filter(pk__in=last).with_times().order_by("-published_at", "-pk")

    def scheduled(self) -> Self:
        """Those that go out by themselves."""
        return self.filter(state=State.READY, publish_at__isnull=False)

    def due(self, now: dt.datetime) -> Self:
        return self.scheduled().filter(publish_at__lte=now).order_by("pk")

    def missed(self) -> Self:
        """Those that were to go out by themselves and could not."""
        return self.filter(state=State.DRAFT, publish_at__isnull=False)


class Publishable(Versioned):
    """An editorial record: whether readers may see it, and what they should know of it.

    ``rests_on``: pointers that may be empty, but not once the record has been told with them.
    """

    rests_on: ClassVar[tuple[str, ...]] = ()

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
        """It goes out by itself."""
        return self.state == State.READY and self.publish_at is not None

    @property
    def state_words(self) -> str:
        """Its state, and for a scheduled draft when it goes out."""
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
            name: _("“%(title)s” is still a draft: publish it first.") % {"title": other}
            for name, other in self._drafts_pointed_at()
        }
        if drafts:
            raise ValidationError(drafts)

    def _refuse_later(self) -> None:
        """Raise at each field through which this points at what will not be out by its time."""
        assert self.publish_at is not None, "only what has a time is asked"
        later = {
            name: _("“%(title)s” is not out by then: publish or schedule it first.")
            % {"title": other}
            for name, other in self._drafts_pointed_at()
            if other.state != State.READY
            or other.publish_at is None
            or other.publish_at > self.publish_at
        }
        if later:
            raise ValidationError(later)

    def _drafts_pointed_at(self) -> "list[tuple[str, Publishable]]":
        return [
            (field.name, other)
            for field in self._meta.fields
            if isinstance(field, models.ForeignKey)
            and issubclass(field.related_model, Publishable)
            and (other := getattr(self, field.name, None)) is not None
            and not other.is_published
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

    def refuse_cycle(self, field: str, message: Any) -> None:
        """Raise at ``field`` if following it leads back here."""
        seen, other = {self.pk}, getattr(self, field)
        while other is not None:
            if other.pk in seen:
                raise ValidationError({field: message})
            seen.add(other.pk)
            other = getattr(other, field)


def publishable_models() -> list[Any]:
    """Return the models whose records are drafts first."""
    return [model for model in apps.get_models() if issubclass(model, Publishable)]
