"""The offer to embed what a page shows, and where other sites learn how."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html

from nafta.sharing import embeds
from rounds.platform import clock

register = template.Library()

HEIGHTS: dict[str, Callable[[Any], int]] = {
    "embed_matrix": embeds.matrix_height,
    "embed_rounds": embeds.matrix_height,
    "embed_issue": embeds.issue_height,
    "embed_statement": embeds.statement_height,
    "embed_chart": lambda shown: embeds.CHART_HEIGHT,
    "embed_timeline": lambda shown: embeds.TIMELINE_HEIGHT,
}


@register.inclusion_tag("_share.html", takes_context=True)
def share(context: Context, name: str, shown: object, title: str, key: str = "") -> dict[str, Any]:
    """Return the code that embeds what is ``shown`` here: live, and pinned to the day."""
    request = context["request"]
    path = reverse(name, args=[key] if key else [])
    as_of = context.get("as_of")
    day = as_of.day if as_of else clock.today()
    address = request.build_absolute_uri(path)
    height = HEIGHTS[name](shown)
    script = request.build_absolute_uri(static("js/embed-parent.js"))
    live, pinned = (
        format_html(
            '{}<script src="{}" async></script>',
            embeds.render_frame(src, title, embeds.WIDTH, height),
            script,
        )
        for src in (address, f"{address}?as_of={day.isoformat()}")
    )
    return {"request": request, "day": day, "live": live, "pinned": pinned}


@register.inclusion_tag("embed/_discovery.html", takes_context=True)
def embeddable(context: Context) -> dict[str, Any]:
    """Return the links by which other sites find the oEmbed of a page, if it has one."""
    request: Any = context.get("request")
    match = request and request.resolver_match
    nothing = "exception" in context or "gone" in context  # there is no page here
    if (
        nothing
        or not match
        or match.url_name not in embeds.OF_PAGE
        or embeds.find_lost_parameters(request.GET)
    ):
        return {}
    page = request.build_absolute_uri(request.path)
    if as_of := context.get("as_of"):
        page = f"{page}{as_of.query}"
    oembed = request.build_absolute_uri(reverse("oembed"))
    return {
        "found": [
            (f"{oembed}?{urlencode({'url': page, 'format': kind})}", f"{media}+oembed")
            for kind, media in (("json", "application/json"), ("xml", "text/xml"))
        ]
    }
