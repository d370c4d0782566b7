"""Days as people and spreadsheet programs write them."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import override

from rounds.platform.dates import day as day_in_words
from rounds.tabular.cell_codecs import (
    DayCodec,
)
from rounds.tabular.files.sheets import CellKind, SheetCell
from rounds.tabular.parsing.text import UnreadableCellError, fold, tidy

ISO_DAY = re.compile(
    r"([12][0-9]{3})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?"
)
NUMERIC_DAY = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([12][0-9]{3})")
SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/. ](?:[0-9]{1,2}|[^\W\d_]{3,}\.?)[-/. ][0-9]{2}")
DAY_WITH_TIME = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}[T ]+[0-9]{1,2}:.*")


@dataclass(frozen=True)
class DayOrder:
    """Whether “03/04/2031” is in April or in March, as other days of the same file tell.

    ``evidence`` is a day that can be read in one way only. ``mixed`` are columns that hold real
    dates too: there a program has taken some days for dates, in an order of its own.
    """

    day_first: bool | None = None
    evidence: str = ""
    mixed: frozenset[str] = frozenset()
    is_mixed: bool = False  # of the column of a cell

    def of_column(self, name: str) -> "DayOrder":
        return replace(self, is_mixed=name in self.mixed)


def day_order(columns: Iterable[tuple[str, Iterable[SheetCell]]]) -> DayOrder:
    """Return the order of days and months in a file, from the cells of its columns of days."""
    evidence: dict[bool, str] = {}
    mixed = set()
    for name, cells in columns:
        column_cells = list(cells)
        texts = [tidy(cell.text) for cell in column_cells if cell.kind is CellKind.TEXT]
        matches = [match for text in texts if (match := NUMERIC_DAY.fullmatch(text))]
        if matches and any(cell.kind in {CellKind.DAY, CellKind.MOMENT} for cell in column_cells):
            mixed.add(name)
        for match in matches:
            if int(match[1]) > 12 >= int(match[3]):
                evidence.setdefault(True, match[0])
            elif int(match[3]) > 12 >= int(match[1]):
                evidence.setdefault(False, match[0])
    if len(evidence) != 1:
        return DayOrder(mixed=frozenset(mixed))
    ((day_first, text),) = evidence.items()
    return DayOrder(day_first, text, frozenset(mixed))


def is_day_with_time(text: str) -> bool:
    return bool(DAY_WITH_TIME.fullmatch(text)) and not ISO_DAY.fullmatch(text)


def day_from_text(text: str, codec: DayCodec, order: DayOrder) -> str:
    """Return a day that is in figures or in a language of the site. Raises UnreadableCellError."""
    if match := ISO_DAY.fullmatch(text):
        day = date_of(match[1], match[3], match[4])
    elif match := NUMERIC_DAY.fullmatch(text):
        day = numeric_day(match, order)
    elif SHORT_YEAR.fullmatch(text):
        raise UnreadableCellError(
            _("expected a day such as 2031-05-21: write the year with four digits")
        )
    else:
        day = day_in_letters(text)
    if day is None:
        raise UnreadableCellError(_("expected %(expected)s") % {"expected": codec.expected})
    return day.isoformat()


def date_of(year: str | int, month: str | int, day: str | int) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def numeric_day(match: re.Match[str], order: DayOrder) -> dt.date | None:
    """Return a day such as “03/04/2031” if the file tells the order.

    Raises UnreadableCellError.
    """
    first, _sign, second, year = match.groups()
    day_first, month_first = date_of(year, second, first), date_of(year, first, second)
    if order.is_mixed:
        raise UnreadableCellError(
            _(
                "expected real dates or days such as 2031-05-21, not both dates and text in one "
                "column: the program has taken some days for dates and may have changed day and "
                "month. Write all of them as 2031-05-21, and check the dates."
            )
        )
    if order.day_first is not None:
        return day_first if order.day_first else month_first
    if day_first and month_first and day_first != month_first:
        raise UnreadableCellError(
            _(
                "expected a day that can be read in one way only, such as 2031-05-21: it is not "
                "clear which number is the day and which the month. Format the column as dates "
                "like that, and save the file again."
            ),
            _("%(day)s or %(other)s")
            % {"day": day_in_words(day_first), "other": day_in_words(month_first)},
        )
    return day_first or month_first


def day_in_letters(text: str) -> dt.date | None:
    """Return a day such as “4 March 2031”, “mardi 4 mars 2031”, “March 4th, 2031”."""
    parts = re.findall(r"[0-9]+|[^\W\d_]+", fold(text))
    months, fillers = calendar_words()
    numbers = [part for part in parts if part.isdigit()]
    month_names = [part for part in parts if not part.isdigit() and part not in fillers]
    if len(month_names) != 1 or month_names[0] not in months or len(numbers) != 2:
        return None
    year, day = sorted(numbers, key=len, reverse=True)
    return date_of(year, months[month_names[0]], day) if len(year) == 4 and len(day) < 3 else None


@cache
def calendar_words() -> tuple[dict[str, int], set[str]]:
    """Return the months by their names in the languages of the site, and other parts of a day."""
    months: dict[str, int] = {}
    fillers = {"the", "of", "st", "nd", "rd", "th", "le", "er", "el", "de", "del"}
    for code, _name in settings.LANGUAGES:
        with override(code):
            for names in (MONTHS, MONTHS_3, MONTHS_AP):
                months |= {fold(str(name)).rstrip("."): number for number, name in names.items()}
            fillers |= {fold(str(name)) for name in [*WEEKDAYS.values(), *WEEKDAYS_ABBR.values()]}
    return months, fillers - set(months)
