"""Who has which page of the admin open, and changes that wait for a second editor."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rounds.platform.plain_text import without_invisible

REMEMBERED = dt.timedelta(minutes=30)  # visits that are older are deleted
PRESENT = dt.timedelta(minutes=1)  # an open page reports itself three times a minute


class PresenceQuerySet(models.QuerySet["Presence"]):
    def record_visit(self, user: User | AnonymousUser, page: str) -> None:
        """Note that ``user`` has ``page`` open now, and delete visits of long ago."""
        now = timezone.now()
        self.filter(seen_at__lt=now - REMEMBERED).delete()
        self.update_or_create(user=user, place=page, defaults={"seen_at": now})

    def list_others(self, user: User | AnonymousUser, page: str) -> Self:
        """Return who else has or had ``page`` open, the latest first."""
        recent = self.filter(place=page, seen_at__gte=timezone.now() - REMEMBERED)
        return recent.exclude(user=user).select_related("user").order_by("-seen_at")


class Presence(models.Model):
    """When somebody last had a page of the admin open; ``place`` is its path."""

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
    def description(self) -> str:
        elapsed = timezone.now() - self.seen_at
        if elapsed < PRESENT:
            return str(_("%(who)s has this open now.") % {"who": self.user})
        minutes = int(elapsed.total_seconds() // 60)
        return str(
            _("%(who)s had this open %(minutes)d min ago.") % {"who": self.user, "minutes": minutes}
        )


BUTTONS = {"_save", "_continue", "_addanother", "_suggest"}
NOT_TYPED = {"csrfmiddlewaretoken", *BUTTONS}


class Suggestion(models.Model):
    """A change that waits for a second editor: the form of a record as its author sent it."""

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

    def as_query_dict(self) -> QueryDict:
        """Return the form as ``request.POST`` held it."""
        data = QueryDict(mutable=True)
        for name, values in self.form.items():
            data.setlist(name, values)
        return data

    def has_same_values(self, data: QueryDict) -> bool:
        """Whether ``data`` holds exactly the values of the form."""
        return bool(form_values(data) == self.form)


def form_values(data: QueryDict) -> dict[str, list[Any]]:
    """Return the values of a posted form: what was typed, and the versions that it showed."""
    return {
        name.replace("\0", ""): [_plain(str(value)) for value in values]
        for name, values in data.lists()
        if name not in NOT_TYPED
    }


def _plain(text: str) -> str:
    """Return ``text`` as JSON in PostgreSQL can hold it, which has no NUL."""
    return without_invisible(text).replace("\0", "")
