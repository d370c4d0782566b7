"""Who has a page of the admin open, and what waits for a second editor."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rounds.platform.plain_text import without_invisible

REMEMBERED = dt.timedelta(minutes=30)
PRESENT = dt.timedelta(minutes=1)  # a page with script says so three times a minute


class PresenceQuerySet(models.QuerySet["Presence"]):
    def note(self, user: Any, place: str) -> None:
        """``user`` has ``place`` open now; what is long past is forgotten."""
        now = timezone.now()
        self.filter(seen_at__lt=now - REMEMBERED).delete()
        self.update_or_create(user=user, place=place, defaults={"seen_at": now})

    def others(self, user: Any, place: str) -> Self:
        """Who else has or had ``place`` open, the latest first."""
        recent = self.filter(place=place, seen_at__gte=timezone.now() - REMEMBERED)
        return recent.exclude(user=user).select_related("user").order_by("-seen_at")


class Presence(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    place = models.CharField(max_length=120)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "place"], name="rounds_presence_once")
        ]
        indexes = [models.Index(fields=["place"], name="rounds_presence_place")]

    def __str__(self) -> str:
        return f"{self.user}: {self.place}"

    @property
    def words(self) -> str:
        past = timezone.now() - self.seen_at
        if past < PRESENT:
            return str(_("%(who)s has this open now.") % {"who": self.user})
        minutes = int(past.total_seconds() // 60)
        return str(
            _("%(who)s had this open %(minutes)d min ago.") % {"who": self.user, "minutes": minutes}
        )


PRESSED = {"_save", "_continue", "_addanother", "_suggest"}
ADDED = {"csrfmiddlewaretoken", *PRESSED}  # what a page adds to what was typed


class Suggestion(models.Model):
    """What somebody typed into the form of a record, as it was sent."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    title = models.CharField(_("title"), max_length=250)
    form = models.JSONField(_("form"))

    class Meta:
        verbose_name = _("suggested change")
        verbose_name_plural = _("suggested changes")
        ordering: ClassVar = ["made_at"]
        default_permissions = ()
        indexes = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return self.title

    def as_posted(self) -> QueryDict:
        """The form again, as a request holds it."""
        data = QueryDict(mutable=True)
        for name, values in self.form.items():
            data.setlist(name, values)
        return data

    def is_said_by(self, data: QueryDict) -> bool:
        """Whether ``data`` says the same, word for word."""
        return bool(typed_into(data) == self.form)


def typed_into(data: QueryDict) -> dict[str, list[Any]]:
    """What was typed into a form, and which versions it showed: all but what was pressed."""
    return {
        name.replace("\0", ""): [_plain(str(one)) for one in values]
        for name, values in data.lists()
        if name not in ADDED
    }


def _plain(text: str) -> str:
    return without_invisible(text).replace("\0", "")
