"""Figures as JSON in the page, where the chart script finds them."""

import plotly.graph_objects as go
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def figure_json(figure: go.Figure, identifier: str) -> SafeString:
    """As Django's ``json_script``, for what only Plotly's own encoder can write."""
    data = mark_safe(figure.to_json().translate(ESCAPES))  # noqa: S308 - escaped just here
    return format_html('<script id="{}" type="application/json">{}</script>', identifier, data)
