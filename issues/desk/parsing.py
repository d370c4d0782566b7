"""What an editor means by what was typed: names, days, numbers.

Inputs are plain text, so they work without script, by keyboard and with a pasted block.
"""

import calendar
import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, NamedTuple, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.models import Comparator, Measure
from rounds.platform.dates import checked_span, first_day, last_day

T = TypeVar("T")
CANDIDATES = 6  # as many as an error names
NOBODY = {"-", "–", "—"}


def folded(text: str) -> str:
    """Without case, accents and superfluous spaces: Téxto  ONE is texto one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).split())


class UnknownNameError(ValidationError):
    """Nothing is called that."""


class Names(Generic[T]):
    """Finds a record by its key, its name, or a beginning or part that no other has.

    ``names`` tells what a record is called, its key first: two may have one name, not one key.
    """

    def __init__(self, records: Iterable[T], names: Callable[[T], Iterable[str]]) -> None:
        self.named = [(one, [folded(name) for name in names(one) if name]) for one in records]

    def find(self, text: str) -> T:
        wanted = folded(text)
        for found in self._tiers(wanted):
            if len(found) == 1:
                return found[0]
            if found:
                raise ValidationError(
                    _("“%(text)s” may be any of: %(names)s."),
                    code="ambiguous",
                    params={"text": text.strip(), "names": _these(found)},
                )
        raise self._unknown(text, wanted)

    def find_all(self, text: str) -> list[T]:
        """Several, separated by semicolons, lines or commas; a name may hold commas itself."""
        found: list[T] = []
        for piece in re.split(r"[;\n]", text):
            for one in self._piece(piece.split(",")):
                if one not in found:
                    found.append(one)
        return found

    def _piece(self, parts: Sequence[str]) -> Iterable[T]:
        """The longest runs of ``parts`` that are names."""
        start = 0
        while start < len(parts):
            if not parts[start].strip():
                start += 1
                continue
            for end in range(len(parts), start, -1):
                try:
                    yield self.find(",".join(parts[start:end]))
                except UnknownNameError:
                    if end == start + 1:
                        raise
                else:
                    start = end
                    break

    def _tiers(self, wanted: str) -> Iterable[list[T]]:
        """From the surest reading to the loosest."""
        if not wanted:
            return
        yield [one for one, names in self.named if names[0] == wanted]
        yield self._where(lambda name: name == wanted)
        yield self._where(lambda name: name.startswith(wanted))
        word = re.compile(rf"\b{re.escape(wanted)}")
        yield self._where(lambda name: bool(word.search(name)))
        yield self._where(lambda name: wanted in name)

    def _where(self, fits: Callable[[str], bool]) -> list[T]:
        return [one for one, names in self.named if any(fits(name) for name in names)]

    def _unknown(self, text: str, wanted: str) -> UnknownNameError:
        every = {name: one for one, names in self.named for name in names}
        every |= {word: one for name, one in every.items() for word in name.split()}
        near = [every[name] for name in difflib.get_close_matches(wanted, every, CANDIDATES, 0.7)]
        if not near:
            return UnknownNameError(
                _("Nothing is called “%(text)s”."), params={"text": text.strip()}
            )
        return UnknownNameError(
            _("Nothing is called “%(text)s”. Did you mean %(names)s?"),
            params={"text": text.strip(), "names": _these(list(dict.fromkeys(near)), _("or"))},
        )


def _these(records: Sequence[Any], last_word: str = "") -> str:
    names = [str(one) for one in records[:CANDIDATES]]
    if len(records) > CANDIDATES:
        names.append("…")
    return get_text_list(names, last_word) if last_word else "; ".join(names)


class NamedField(forms.CharField):
    """One record by its name. The form gives it ``among`` before it cleans."""

    many = False
    among: Names[Any] | None = None

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or self.among is None:
            return [] if self.many else None
        return self.among.find_all(text) if self.many else self.among.find(text)


class NamesField(NamedField):
    """Several records by their names; a dash says that there is none."""

    many = True

    def clean(self, value: Any) -> Any:
        return None if str(value or "").strip() in NOBODY else super().clean(value)


def is_address(text: str) -> bool:
    return bool(re.match(r"https?://\S+$", text.strip(), re.IGNORECASE))


class Days(NamedTuple):
    dates: DateRange
    approximate: bool


class DaysField(forms.CharField):
    """Days in one input: 2031-05-21, 2031-05-17 to 2031-05-21, 2031-05, ~2031-05-21.

    A month, or a tilde before it, means some day within.
    """

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return days_from(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return days_as_text(value) if isinstance(value, Days) else value


def days_from(text: str) -> Days:
    approximate = text.startswith("~")
    ends = re.split(r"\s+to\s+|\s*[–…]\s*|\s+-\s+|\.\.", text.lstrip("~ "))
    if len(ends) > 2:
        raise _not_days()
    first, last = _month(ends[0]), _month(ends[-1])
    if first or last:
        approximate = True
    begins = first[0] if first else _day(ends[0])
    return Days(checked_span(begins, last[1] if last else _day(ends[-1])), approximate)


def days_as_text(days: Days) -> str:
    first, last = first_day(days.dates), last_day(days.dates)
    text = first.isoformat() if last in {first, None} else f"{first} to {last}"
    return f"~{text}" if days.approximate else text


def _month(text: str) -> tuple[dt.date, dt.date] | None:
    if not (found := re.fullmatch(r"(\d{4})-(\d{1,2})", text.strip())):
        return None
    year, month = int(found[1]), int(found[2])
    if not (1 <= month <= 12 and year):
        raise _not_days()
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _day(text: str) -> dt.date:
    try:
        day: dt.date | None = forms.DateField().clean(text)
    except ValidationError:
        day = None
    if day is None:
        raise _not_days()
    return day


def _not_days() -> ValidationError:
    return ValidationError(
        _(
            "Give days as 2031-05-21, 2031-05-17 to 2031-05-21, or 2031-05 for some "
            "day in that month."
        )
    )


class Number(NamedTuple):
    """A term of a proposal, as read."""

    measure: Measure
    scope: str
    comparator: str
    low: Decimal
    high: Decimal | None


SIGNS = {
    Comparator.AT_LEAST: ("≥", ">="),
    Comparator.AT_MOST: ("≤", "<="),
    Comparator.EXACTLY: ("=",),
    Comparator.ABOUT: ("~", "≈"),
    Comparator.BETWEEN: (),
}


def numbers_from(text: str, measures: Names[Measure]) -> list[Number]:
    """Terms: "regional content at least 85; US content (cars) between 40 and 50"."""
    return [_number(one.strip(), measures) for one in re.split(r"[;\n]", text) if one.strip()]


def _number(text: str, measures: Names[Measure]) -> Number:
    words = {
        folded(word): comparator
        for comparator, signs in SIGNS.items()
        for word in (str(comparator.label), str(comparator.value), *signs)
    }
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    joint = "|".join({"and", "to", "–", "-", re.escape(pgettext("between 5 and 10", "and"))})
    number = r"-?\d[\d,]*(?:\.\d+)?"
    found = re.fullmatch(
        rf"(?P<measure>.+?)\s*(?:\((?P<scope>[^)]*)\))?\s*(?P<word>{either})\s*"
        rf"(?P<low>{number})(?:\s*(?:{joint})\s*(?P<high>{number}))?\s*\D*",
        text,
        re.IGNORECASE,
    )
    if not found:
        raise ValidationError(
            _(
                "“%(text)s” is no number of a proposal. Write the measure, then at least, at most, "
                "exactly, about or between, then the number: “regional content at least 85”."
            ),
            params={"text": text},
        )
    return Number(
        measures.find(found["measure"]),
        (found["scope"] or "").strip(),
        words[folded(found["word"])],
        _decimal(found["low"]),
        _decimal(found["high"]) if found["high"] else None,
    )


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise ValidationError(_("“%(text)s” is no number."), params={"text": text}) from None
