"""What every feed of the site has, and the feed of corrections.

A feed says who wrote its entries, the site, and an entry where what it tells was read.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import conditional_page

from rounds.history.corrections import Correction, load_corrections
from rounds.models import Negotiation
from rounds.platform.plain_text import printable
from rounds.platform.translated_text import local


@dataclass(frozen=True, slots=True)
class Subject:
    """What a feed is of: a page of the site, what it is called, and what of the record is on it."""

    negotiation: Negotiation | None
    url: str
    name: str = ""
    filters: dict[str, Any] = field(default_factory=dict)

    @property
    def site(self) -> str:
        """The site's name."""
        if self.negotiation is None:
            return _("Round by round")
        return _("%(name)s, round by round") % {"name": local(self.negotiation, "short_name")}

    @property
    def title(self) -> str:
        """What the feed is called: "NAFTA: Corrections", or the name of the site."""
        if not self.name or self.negotiation is None:
            return self.name or self.site
        name = local(self.negotiation, "short_name")
        return _("%(name)s: %(value)s") % {"name": name, "value": self.name}


def negotiation_of(request: HttpRequest) -> Negotiation | None:
    """What the site covers, also where it was asked how it once did: feeds tell of now alone."""
    found = getattr(request, "negotiation", None)
    return found or Negotiation.objects.first()


class PrintableXML(SimplerXMLGenerator):
    """Django's, which raises at a control character: here one old text stops no feed."""

    def characters(self, content: str) -> None:
        super().characters(printable(content))

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - xml.sax calls it so
        printed: Any = {key: printable(str(value)) for key, value in (attrs or {}).items()}
        super().startElement(name, printed)


class Atom(Atom1Feed):
    """Atom whose entries link what they were read in, and whose categories are keys with names."""

    def write(self, outfile: Any, encoding: str) -> None:
        """As Django's, with a generator that writes whatever an earlier version said."""
        handler = PrintableXML(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def add_item_elements(self, handler: SimplerXMLGenerator, item: Any) -> None:
        super().add_item_elements(handler, item)
        for address, title in item.get("via", ()):
            handler.addQuickElement("link", "", {"rel": "via", "href": address, "title": title})
        for scheme, term, label in item.get("terms", ()):
            attributes = {"scheme": scheme, "term": term, "label": label}
            handler.addQuickElement("category", "", attributes)


class SiteFeed(Feed):
    """A feed in the site's name.

    It has an ETag but no date: what is taken back makes the latest entry an older one, and
    whoever asks only for what is newer would never hear of it.
    """

    feed_type = Atom

    @method_decorator(conditional_page)
    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().__call__(request, *args, **kwargs)
        del response.headers["Last-Modified"]
        return response

    def title(self, subject: Subject) -> str:
        return subject.title

    def link(self, subject: Subject) -> str:
        return subject.url

    def author_name(self, subject: Subject) -> str:
        return subject.site


class CorrectionFeed(SiteFeed):
    """The latest corrections. What was taken back since is named here no longer."""

    subtitle = gettext_lazy("What readers had seen and was changed or taken back.")
    description_template = "rounds/_correction.html"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Subject:
        return Subject(negotiation_of(request), reverse("correction_list"), _("Corrections"))

    def items(self) -> list[Correction]:
        found, _until = load_corrections()
        return found

    def item_title(self, item: Correction) -> str:
        if not item.title:
            return item.summary
        return _("%(name)s: %(value)s") % {"name": item.kind, "value": item.title}

    def item_link(self, item: Correction) -> str:
        return item.get_absolute_url()

    def item_guid(self, item: Correction) -> str:
        return item.id.urn

    def item_pubdate(self, item: Correction) -> dt.datetime:
        return item.at

    item_updateddate = item_pubdate
