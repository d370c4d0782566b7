"""A change of something public that waits until a second editor has looked at it."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rounds.plain_text import without_invisible

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
