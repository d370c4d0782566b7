"""The key to the marks of a matrix."""

from typing import Any

from django import template

from issues import matrix

register = template.Library()


@register.inclusion_tag("_key.html")
def stance_key() -> dict[str, Any]:
    return {"scale": matrix.SCALE}
