"""Who has what open at the desk, so that others see it before they type."""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
