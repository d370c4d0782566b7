"""The feed of corrections, for whoever has quoted something from the record."""

import datetime as dt
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from rounds.corrections import Correction, corrections
from rounds.models import Negotiation


class CorrectionFeed(Feed):
    """The latest corrections. What was taken back since is named here no longer."""

    feed_type = Atom1Feed
    subtitle = _("What readers had seen and was changed or taken back.")
    description_template = "rounds/_correction.html"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Negotiation | None:
        return Negotiation.objects.first()

    def title(self, negotiation: Negotiation | None) -> str:
        words = str(_("Corrections"))
        return f"{negotiation.short_name}: {words}" if negotiation else words

    def link(self) -> str:
        return reverse("correction_list")

    def items(self) -> list[Correction]:
        found, _until = corrections()
        return found

    def item_title(self, item: Correction) -> str:
        return f"{item.kind}: {item.title}" if item.title else item.summary

    def item_link(self, item: Correction) -> str:
        return item.get_absolute_url()

    def item_guid(self, item: Correction) -> str:
        return item.id.urn

    def item_pubdate(self, item: Correction) -> dt.datetime:
        return item.at

    item_updateddate = item_pubdate
