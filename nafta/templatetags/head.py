"""Tags for the head of a page: addresses, pictures and linked data."""

import json
from collections.abc import Iterable
from html import unescape
from urllib.parse import urlencode

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from issues.models import Issue
from nafta.sharing import canonical_urls, linked_data
from nafta.templatetags.charts import ESCAPES
from rounds.models import Negotiation

register = template.Library()


class Captured(template.Node):
    """Text of a block as a variable, so that a page says its title once."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        text = unescape(strip_tags(self.nodelist.render(context)))
        context[self.name] = " ".join(text.split())
        return SafeString("")


@register.tag
def captured(parser: Parser, token: Token) -> Captured:
    """``{% captured title %}{% block title %}{% endblock %}{% endcaptured %}``"""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endcaptured",))
    parser.delete_first_token()
    return Captured(name, nodelist)


@register.simple_tag(takes_context=True)
def page_address(context: template.RequestContext) -> canonical_urls.PageAddress:
    """The page's own ``form`` says which parameters make another page."""
    supports_known = "as_published" in context
    return canonical_urls.page_address(context["request"], context.get("form"), supports_known)


@register.simple_tag(takes_context=True)
def card_address(context: template.RequestContext, card: str) -> str:
    """Return the URL of the card of a page, as "issues/autos", or of the site; "" without cards."""
    kind, _slash, key = card.partition("/")
    try:
        path = reverse("card", args=[kind, key]) if key else reverse("card_home")
    except NoReverseMatch:
        return ""
    request, form = context["request"], context.get("form")
    takes_day = form is not None and "as_of" in form.fields
    if takes_day and (as_of := request.GET.get("as_of")):
        path = f"{path}?{urlencode({'as_of': as_of})}"
    return str(request.build_absolute_uri(path))


@register.simple_tag(takes_context=True)
def webcal(context: template.RequestContext, path: str) -> str:
    """Return the address by which a calendar program subscribes to a calendar."""
    _scheme, address = context["request"].build_absolute_uri(path).split(":", 1)
    return f"webcal:{address}"


@register.simple_tag(takes_context=True)
def describe(
    context: template.RequestContext,
    record: Negotiation | linked_data.RecordWithPage,
    issues: Iterable[Issue] = (),
) -> SafeString:
    """Return the record of a page as schema.org data, and the way to it."""
    base = context["request"].build_absolute_uri("/")
    graph = [
        linked_data.describe_record(record, base, issues=issues),
        linked_data.describe_breadcrumbs(record, base),
    ]
    return script([thing for thing in graph if thing])


@register.simple_tag(takes_context=True)
def describe_dataset(
    context: template.RequestContext, archive: str, licence: str = ""
) -> SafeString:
    """Describe the whole record on its page: ``archive`` is the address of its zip."""
    request = context["request"]
    base = request.build_absolute_uri("/")
    dataset = linked_data.describe_dataset(
        context["negotiation"], base, page=request.path, archive=archive, licence=licence
    )
    return script([dataset])


def script(graph: list[linked_data.Thing]) -> SafeString:
    """Data in an element that no text in it can close."""
    data = {"@context": "https://schema.org", "@graph": graph}
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308 - escaped just here
    )
