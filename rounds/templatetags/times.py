"""Days and moments in templates, these with their zone: ``{{ version.at|moment }}``."""

import datetime as dt

from django import template

from rounds.platform import dates
from rounds.platform.times import describe_moment

register = template.Library()


@register.filter
def moment(value: dt.datetime) -> str:
    """“1 July 2027, 06:00 (Toronto time, UTC−4)”."""
    return describe_moment(value)


@register.filter(expects_localtime=True)
def day(value: dt.date) -> str:
    """A day as the language writes it, also the first of a month: 1er mai.

    Of a moment it is the day in the site's time zone.
    """
    return dates.day(value)
