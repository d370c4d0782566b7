"""The base of all feeds of the site, and the feed of corrections.

The author of a feed is the site; each entry links the publication that it was read in.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from xml.sax.xmlreader import AttributesImpl

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
class FeedSubject:
    """What a feed follows: the page at ``url``, its name, and the filters of its entries."""

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
        """The title of the feed: "NAFTA: Corrections", or the name of the site."""
        if not self.name or self.negotiation is None:
            return self.name or self.site
        name = local(self.negotiation, "short_name")
        return _("%(name)s: %(value)s") % {"name": name, "value": self.name}


def get_negotiation(request: HttpRequest) -> Negotiation | None:
    """Return the negotiation that the site covers at present; feeds have no past states."""
    return getattr(request, "negotiation", None) or Negotiation.objects.first()


class PrintableXMLGenerator(SimplerXMLGenerator):
    """Django's generator raises at a control character; this one strips them.

    Otherwise a single text from before they were refused would break the whole feed.
    """

    def characters(self, content: str) -> None:
        super().characters(printable(content))

    def startElement(  # noqa: N802 - xml.sax calls it so
        self, name: str, attrs: Mapping[str, str] | AttributesImpl | None
    ) -> None:
        # Django's feeds pass dicts where xml.sax expects its own class.
        printed = {key: printable(str(value)) for key, value in (attrs or {}).items()}
        super().startElement(name, AttributesImpl(printed))


class AtomFeedGenerator(Atom1Feed):
    """Atom whose entries link their source, and whose categories have keys and names."""

    def write(self, outfile: IO[bytes], encoding: str) -> None:
        """Write the feed as Django does, with ``PrintableXMLGenerator``."""
        handler = PrintableXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for address, title in item.get("via", ()):
            handler.addQuickElement("link", "", {"rel": "via", "href": address, "title": title})
        for scheme, term, label in item.get("terms", ()):
            attributes = {"scheme": scheme, "term": term, "label": label}
            handler.addQuickElement("category", "", attributes)


class SiteFeed(Feed):
    """A feed whose author is the site.

    It has an ETag but no Last-Modified: when the latest entry is unpublished, that date goes back,
    and a reader that asks for newer entries only would never notice.
    """

    feed_type = AtomFeedGenerator

    @method_decorator(conditional_page)
    def __call__(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response: HttpResponse = super().__call__(request, *args, **kwargs)
        del response.headers["Last-Modified"]
        return response

    def title(self, subject: FeedSubject) -> str:
        return subject.title

    def link(self, subject: FeedSubject) -> str:
        return subject.url

    def author_name(self, subject: FeedSubject) -> str:
        return subject.site


class CorrectionFeed(SiteFeed):
    """The latest corrections. Of what was unpublished since it gives no title."""

    subtitle = gettext_lazy("What readers had seen and was changed or taken back.")
    description_template = "rounds/_correction.html"

    def get_object(self, request: HttpRequest, *args: object, **kwargs: object) -> FeedSubject:
        return FeedSubject(get_negotiation(request), reverse("correction_list"), _("Corrections"))

    def items(self) -> list[Correction]:
        rows, _until = load_corrections()
        return rows

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
