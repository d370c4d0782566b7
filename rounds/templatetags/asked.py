"""What a page was asked for, so that its forms do not forget it."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from rounds.tabular.exports import FILE_PARAMS

register = template.Library()

CLOCKS = ("as_of", "known")  # a form for one clock keeps the other itself, if it made sense
PLACES = ("page", "until", *FILE_PARAMS)  # within the page of another moment


@register.simple_tag(takes_context=True)
def kept(context: template.RequestContext) -> SafeString:
    """Hidden fields for all that chooses what the page shows, but for its clocks."""
    asked = context["request"].GET
    fields = [
        (name, value)
        for name, values in asked.lists()
        if name not in {*CLOCKS, *PLACES}
        for value in values
    ]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)
