"""Moments in templates, with their zone: ``{{ version.at|moment }}``."""

import datetime as dt

from django import template

from rounds.times import describe_moment

register = template.Library()


@register.filter
def moment(value: dt.datetime) -> str:
    return describe_moment(value)
