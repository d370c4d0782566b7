"""Links to the pages of records, in short form: a page has hundreds of them."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rounds.models import Party
from rounds.platform.fast_reverse import page_of
from rounds.templatetags.language import local

register = template.Library()
register.simple_tag(page_of)  # {% page_of "party_detail" party.code %}


@register.simple_tag(takes_context=True)
def party_link(context: Context, party: Party | dict[str, Any]) -> SafeString:
    """Link a party, in its colour; the page's ``query`` keeps the day that was chosen.

    ``party`` is a record, or a row of a list that was read as JSON.
    """
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
    """Link several parties, each followed by a space."""
    return format_html_join("", "{} ", ([party_link(context, party)] for party in parties))
