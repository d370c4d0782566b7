"""What time it is for a page: now, or the moment that its visitor asked for.

Whatever readers see asks here, not ``timezone``: what is ahead, overdue or today is so at that
moment. The desk has no other time than now.
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
    """The day in the site's time zone."""
    return timezone.localdate(now())


def is_set() -> bool:
    """Whether it is another time than now."""
    return _moment.get() is not None


@contextmanager
def set_to(moment: dt.datetime) -> Iterator[None]:
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
