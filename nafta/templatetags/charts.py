"""Figures as JSON in the page, where the chart script finds them."""

import json

from django import template
from django.utils.dates import MONTHS, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from rounds.platform.translated_text import active_language, original_language
from rounds.public.charts import Figure

register = template.Library()

ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def chart_language() -> str:
    """How Plotly writes months, days and numbers in the language of the page."""
    names = {
        "months": MONTHS.values(),
        "shortMonths": MONTHS_AP.values(),
        "days": WEEKDAYS.values(),
        "shortDays": WEEKDAYS_ABBR.values(),
    }
    language = {key: [str(name).lower() for name in labels] for key, labels in names.items()}
    language |= {
        "decimal": get_format("DECIMAL_SEPARATOR"),
        "thousands": get_format("THOUSAND_SEPARATOR"),
    }
    return (
        ""
        if active_language() == original_language()
        else json.dumps({"name": active_language(), "format": language})
    )


@register.simple_tag
def figure_json(figure: Figure, identifier: str) -> SafeString:
    """As Django's ``json_script``, without the spaces."""
    text = json.dumps(figure, separators=(",", ":")).translate(ESCAPES)
    data = mark_safe(text)  # noqa: S308 - escaped just here
    return format_html('<script id="{}" type="application/json">{}</script>', identifier, data)
