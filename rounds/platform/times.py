"""Moments as editors enter and read them: in the newsroom's time zone, which is always named.

``time_fields`` has the form fields for them.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rounds.platform.dates import EARLIEST, LATEST, day

MINUTE = dt.timedelta(minutes=1)
# The range that the database accepts: a day more on either side than forms, as zones differ.
EARLIEST_MOMENT = dt.datetime.combine(EARLIEST, dt.time.min, dt.UTC) - dt.timedelta(days=1)
LATEST_MOMENT = dt.datetime.combine(LATEST, dt.time.max, dt.UTC) + dt.timedelta(days=1)
FIRST, SECOND = "1", "2"  # which of the two hours that a clock change repeats


def zone_name() -> str:
    """Return what people call the time zone: “Toronto time” for America/Toronto."""
    area, _slash, city = timezone.get_current_timezone_name().rpartition("/")
    if not area or area == "Etc":
        return city
    return _("%(city)s time") % {"city": city.replace("_", " ")}


def describe_offset(moment: dt.datetime) -> str:
    """Return how far the clocks are from UTC at ``moment``: “UTC−5”, “UTC+5:30”."""
    offset = timezone.localtime(moment).utcoffset() or dt.timedelta()
    hours, minutes = divmod(abs(offset) // MINUTE, 60)
    if not offset:
        return "UTC"
    sign = "−" if offset < dt.timedelta() else "+"
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


def describe_zone(moment: dt.datetime) -> str:
    """Return the zone and its offset at ``moment``: “Toronto time, UTC−5”."""
    name, offset = zone_name(), describe_offset(moment)
    return name if name == offset else f"{name}, {offset}"


def describe_moment(moment: dt.datetime) -> str:
    """Return “1 July 2027, 06:00 (Toronto time, UTC−4)”."""
    local = timezone.localtime(moment)
    return _("%(day)s, %(time)s (%(zone)s)") % {
        "day": day(local.date()),
        "time": clock_time(local.time()),
        "zone": describe_zone(moment),
    }


def describe_weekday_moment(moment: dt.datetime) -> str:
    """As ``describe_moment``, with the day of the week, by which a wrong month is noticed."""
    return _("%(weekday)s, %(moment)s") % {
        "weekday": date_format(timezone.localtime(moment), "l"),
        "moment": describe_moment(moment),
    }


def clock_time(time: dt.time) -> str:
    """Return “06:00”, or “06:00:30” if it has seconds."""
    return time.isoformat(timespec="seconds" if time.second else "minutes")


def check_moment(moment: dt.datetime) -> None:
    """Raise ``ValidationError`` for a time outside the years that this site can speak of."""
    if not EARLIEST_MOMENT <= moment <= LATEST_MOMENT:
        raise ValidationError(_("Give a time between the years 1900 and 2100."), code="range")


# --- the hours of a clock change ---


def both_moments(day: dt.date, time: dt.time) -> tuple[dt.datetime, dt.datetime]:
    """Return the moment of a local time by the offset before a clock change and by that after it.

    Both are the same moment unless the clocks are changed around then.
    """
    naive = dt.datetime.combine(day, time, timezone.get_current_timezone())
    return naive, naive.replace(fold=1)


def is_repeated(day: dt.date, time: dt.time) -> bool:
    """Whether the clocks show this time twice, because they go back."""
    first, second = both_moments(day, time)
    return (first.utcoffset() or dt.timedelta()) > (second.utcoffset() or dt.timedelta())


def moment_at(on: dt.date, time: dt.time, which: str = "") -> dt.datetime:
    """Return the moment of a local time, in UTC.

    Raises ``ValidationError`` for a time that is skipped, and for one that is repeated unless
    ``which`` is ``FIRST`` or ``SECOND``.
    """
    first, second = both_moments(on, time)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(dt.UTC)
    if is_repeated(on, time):
        if which not in {FIRST, SECOND}:
            raise ValidationError(
                _(
                    "The clocks go back on %(day)s, so %(time)s comes twice. Choose which one you "
                    "mean."
                )
                % {"day": day(on), "time": clock_time(time)},
                code="repeated",
            )
        # In UTC, because Python never finds a repeated time equal to a time in another zone.
        return (second if which == SECOND else first).astimezone(dt.UTC)
    begins, ends = _skipped(first, second)
    raise ValidationError(
        _(
            "There is no %(time)s on %(day)s: the clocks go forward from %(begins)s to %(ends)s. "
            "Enter a time before %(begins)s or from %(ends)s on."
        )
        % {"day": day(on), "time": clock_time(time), "begins": begins, "ends": ends},
        code="skipped",
    )


def _skipped(first: dt.datetime, second: dt.datetime) -> tuple[str, str]:
    """Between which times the clocks skip, for a time within, given as ``both_moments`` returns."""
    before = first.utcoffset() or dt.timedelta()
    change = second.astimezone(dt.UTC).replace(second=0, microsecond=0)
    while timezone.localtime(change).utcoffset() == before:
        change += MINUTE
    begins = (change + before).time()
    return clock_time(begins), clock_time(timezone.localtime(change).time())
