"""What time it is for a page: now, or the past moment that ``?known=`` asks for.

Code for pages of readers takes the time from here and not from ``timezone``: what was ahead or
overdue at that moment is shown so. The admin has no other time than now.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_moment: ContextVar[dt.datetime | None] = ContextVar("moment", default=None)


def now() -> dt.datetime:
    return _moment.get() or timezone.now()


def today() -> dt.date:
    """Return the day in the site's time zone."""
    return timezone.localdate(now())


def is_set() -> bool:
    """Whether the page is of a past moment."""
    return _moment.get() is not None


@contextmanager
def set_to(moment: dt.datetime) -> Iterator[None]:
    """Within, ``now()`` returns ``moment``."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
