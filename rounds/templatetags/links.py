"""Links that stand in every row of a page."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rounds.platform.fast_reverse import page_of
from rounds.templatetags.language import local

register = template.Library()
register.simple_tag(page_of)  # as "url", for what has a key


@register.simple_tag(takes_context=True)
def party_link(context: Context, party: Any) -> SafeString:
    """A party in its colour, a record or a row; the page's ``query`` keeps the day asked for."""
    if isinstance(party, dict):
        code, colour = party["code"], party["colour"]
    else:
        code, colour = party.code, party.colour
    return format_html(
        '<a class="party party-{}" href="{}{}">{}</a>',
        colour,
        page_of("party_detail", code),
        context.get("query", ""),
        local(party),
    )


@register.simple_tag(takes_context=True)
def party_links(context: Context, parties: Iterable[Any]) -> SafeString:
    """Several, each followed by a space."""
    return format_html_join("", "{} ", ([party_link(context, one)] for one in parties))
