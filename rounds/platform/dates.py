"""Dates as sources give them: a day, a run of days, or some day within a span.

A span is a PostgreSQL ``daterange``: first day included, last day excluded, either a run of
days ("17-21 November 2017", ``approximate`` false) or the days between which something
happened ("October 2017", "early May 2018", ``approximate`` true). Without an end it is open.
"""

import calendar
import datetime as dt
from functools import lru_cache
from typing import Any

from django import forms
from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import formats
from django.utils.dates import MONTHS
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
DAY_FORMAT = "%Y-%m-%d"  # in every input, whatever the language of the page or of the browser
EARLY, MID = 10, 20  # the last days of "early" and "mid" in a month


def span(first: dt.date, last: dt.date | None) -> DateRange:
    """Return the range from ``first`` to ``last``, both included; None leaves it open."""
    return DateRange(first, last + dt.timedelta(days=1) if last else None)


def first_day(dates: DateRange) -> dt.date:
    first: dt.date | None = dates.lower
    assert first is not None, "the database refuses a range without a first day"
    return first


def last_day(dates: DateRange) -> dt.date | None:
    """Return the last day included, None where the range is open."""
    return dates.upper - dt.timedelta(days=1) if dates.upper else None


def describe(dates: DateRange, *, approximate: bool = False) -> str:
    """Return the span as readers write it, no more precise than it is."""
    return _described(dates, approximate, get_language())


# A page names the same few spans over and over. The language is there to tell cached texts apart.
@lru_cache(maxsize=4096)
def _described(dates: DateRange, approximate: bool, _language: str | None) -> str:
    first, last = first_day(dates), last_day(dates)
    if last is None:
        return (
            _("%(day)s or later") % {"day": day(first)}
            if approximate
            else _("since %(day)s") % {"day": day(first)}
        )
    if approximate:
        return _describe_approximate(first, last)
    return run(first, last)


def day(value: dt.date) -> str:
    return written(value, "DATE_FORMAT")


def written(value: dt.date, pattern: str) -> str:
    """Format a day by one of Django's patterns, with the first of a month as in "1er mai"."""
    text = formats.date_format(value, pattern)
    return _number(value) + text[1:] if value.day == 1 and text.startswith("1 ") else text


def _number(value: dt.date) -> str:
    return pgettext("the first of a month", "1") if value.day == 1 else str(value.day)


def run(first: dt.date, last: dt.date) -> str:
    """Return a run of days, without repeating month or year: "17–21 November 2017"."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return _("%(first)s–%(last)s %(month)s %(year)s") % {
            "first": _number(first),
            "last": last.day,
            "month": MONTHS[first.month],
            "year": first.year,
        }
    if first.year == last.year:
        return _("%(first)s – %(last)s") % {
            "first": written(first, "MONTH_DAY_FORMAT"),
            "last": day(last),
        }
    return _("%(first)s – %(last)s") % {"first": day(first), "last": day(last)}


def _describe_approximate(first: dt.date, last: dt.date) -> str:
    if first == last:
        return _("about %(day)s") % {"day": day(first)}
    if name := _months_name(first, last) or _part_of_month_name(first, last):
        return name
    if last == first + dt.timedelta(days=1):
        return _("%(first)s or %(last)s") % _ends(first, last)
    return _("between %(first)s and %(last)s") % _ends(first, last)


def _months_name(first: dt.date, last: dt.date) -> str:
    """Return the name of the year, quarter or month that the span is, "" if it is none."""
    whole = first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]
    if not whole or first.year != last.year:
        return ""
    if (first.month, last.month) == (1, 12):
        return str(first.year)
    if first.month % 3 == 1 and last.month == first.month + 2:
        quarter = [_("first"), _("second"), _("third"), _("fourth")][first.month // 3]
        return _("the %(quarter)s quarter of %(year)s") % {"quarter": quarter, "year": first.year}
    return _month(first) if first.month == last.month else ""


def _part_of_month_name(first: dt.date, last: dt.date) -> str:
    """Return "early May 2018", "mid-May 2018" or "late May 2018" for thirds of a month, else ""."""
    if (first.year, first.month) != (last.year, last.month):
        return ""
    month_end = calendar.monthrange(last.year, last.month)[1]
    pattern = {
        (1, EARLY): _("early %(month)s"),
        (EARLY + 1, MID): _("mid-%(month)s"),
        (MID + 1, month_end): _("late %(month)s"),
    }.get((first.day, last.day), "")
    return pattern % {"month": _month(first)} if pattern else ""


def _ends(first: dt.date, last: dt.date) -> dict[str, str]:
    """Return both ends, the first without the month or year that it shares with the last."""
    if (first.year, first.month) == (last.year, last.month):
        return {"first": _number(first), "last": day(last)}
    if first.year == last.year:
        return {"first": written(first, "MONTH_DAY_FORMAT"), "last": day(last)}
    return {"first": day(first), "last": day(last)}


def _month(value: dt.date) -> str:
    return formats.date_format(value, "YEAR_MONTH_FORMAT")


class DayField(forms.DateField):
    """A day as 2031-11-21 and in no other form: 11/07/2031 can be read as two different days."""

    input_formats = [DAY_FORMAT]
    default_error_messages = {
        "invalid": gettext_lazy("Enter a day as 2031-05-21: year, month, day."),
    }


class SpanWidget(forms.MultiWidget):
    """Inputs for the first day, the last day (included), and whether the end is open.

    Without a last day the span is one day.
    """

    template_name = "admin/widgets/span.html"
    # Whether "no end known" can be chosen. A span that has no end shows the choice always.
    offers_open = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        placeholder = pgettext_lazy("how to enter a day", "YYYY-MM-DD")
        day_input = forms.DateInput(
            format=DAY_FORMAT, attrs={"placeholder": placeholder, "size": 10}
        )
        super().__init__([day_input, day_input, forms.CheckboxInput()], attrs)

    def get_context(
        self, name: str, value: list[Any] | DateRange | str | None, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        typed = value if isinstance(value, list) else self.decompress(value)
        context["widget"]["offers_open"] = self.offers_open or bool(typed[2])
        return context

    def decompress(self, value: DateRange | str | None) -> list[Any]:
        if not value:
            return [None, None, False]
        if isinstance(value, str):  # the address of a form may fill it in
            return [value, None, False]
        first, last = value.lower, last_day(value)
        return [first, None if last == first else last, last is None]


class SpanFormField(forms.MultiValueField):
    widget = SpanWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = (
            DayField(required=False),
            DayField(required=False),
            forms.BooleanField(required=False),
        )
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, values: list[Any]) -> DateRange | None:
        first, last, is_open = values or (None, None, False)
        if first is None:
            if last or is_open or self.required:
                raise ValidationError(_("Give the first day."), code="required")
            return None
        if is_open and last is not None:
            raise ValidationError(_("Give a last day or leave the end open, not both."))
        if is_open:
            return checked_span(first, None)
        return checked_span(first, last or first)


def check_day(value: dt.date) -> None:
    """Raise ``ValidationError`` for a day outside the years that this site can speak of."""
    if not EARLIEST <= value <= LATEST:
        raise ValidationError(_("Give days between the years 1900 and 2100."), code="range")


def checked_span(first: dt.date, last: dt.date | None) -> DateRange:
    """Do as ``span``. Raises ``ValidationError`` for days in the wrong order or implausible."""
    check_day(first)
    check_day(last or first)
    if last is not None and last < first:
        raise ValidationError(
            _("The last day, %(last)s, is before the first, %(first)s.")
            % {"last": day(last), "first": day(first)},
            code="bound_ordering",
        )
    return span(first, last)


class SpanField(DateRangeField):
    """A ``DateRangeField`` that forms show and take with its last day included."""

    description = gettext_lazy("A span of days")

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": SpanFormField, **kwargs})
