"""The query string of a page, kept by its forms."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from rounds.tabular.exports import FILE_PARAMS

register = template.Library()

MOMENT_PARAMS = ("as_of", "known")  # a form for one keeps the other itself, if it was valid
PAGE_PARAMS = ("page", "until", *FILE_PARAMS)  # they mean nothing on the page of another moment


@register.simple_tag(takes_context=True)
def filter_inputs(context: template.RequestContext) -> SafeString:
    """Hidden fields for the filters of the page, so that a form keeps them."""
    params = context["request"].GET
    fields = [
        (name, value)
        for name, values in params.lists()
        if name not in {*MOMENT_PARAMS, *PAGE_PARAMS}
        for value in values
    ]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)
