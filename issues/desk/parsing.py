"""Parsing what an editor typed: names of records, days, numbers of a proposal.

Inputs are plain text, so they work without script, by keyboard and with a pasted block.
"""

import calendar
import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import cached_property
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


def fold(text: str) -> str:
    """Without case, accents and superfluous spaces: Téxto  ONE is texto one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return " ".join("".join(letters).split())


class UnknownNameError(ValidationError):
    """No record has the name."""


class NameFinder(Generic[T]):
    """Finds a record by its key, its name, or a beginning or part that no other has.

    ``names`` gives the names of a record, its key first: two may share a name, but not a key.
    """

    def __init__(self, records: Iterable[T], names: Callable[[T], Iterable[str]]) -> None:
        self.records, self.names = records, names

    @cached_property
    def named(self) -> list[tuple[T, list[str]]]:
        """Each record with its names, folded."""
        return [
            (record, [fold(name) for name in self.names(record) if name]) for record in self.records
        ]

    def find(self, text: str) -> T:
        """The record that ``text`` names. Raises ``ValidationError`` if none is, or several."""
        wanted = fold(text)
        for matches in self._tiers(wanted):
            if len(matches) == 1:
                return matches[0]
            if matches:
                raise ValidationError(
                    _("“%(text)s” may be any of: %(names)s."),
                    code="ambiguous",
                    params={"text": text.strip(), "names": _list_names(matches)},
                )
        raise self._unknown(text, wanted)

    def find_all(self, text: str) -> list[T]:
        """Several, separated by semicolons, lines or commas; a name may hold commas itself."""
        matches: list[T] = []
        for piece in re.split(r"[;\n]", text):
            for record in self._find_in(piece.split(",")):
                if record not in matches:
                    matches.append(record)
        return matches

    def _find_in(self, parts: Sequence[str]) -> Iterable[T]:
        """The records named by the longest runs of ``parts``."""
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
        """The records that ``wanted`` may name, from the surest match to the loosest."""
        if not wanted:
            return
        yield [record for record, names in self.named if names[0] == wanted]
        yield self._where(lambda name: name == wanted)
        yield self._where(lambda name: name.startswith(wanted))
        word = re.compile(rf"\b{re.escape(wanted)}")
        yield self._where(lambda name: bool(word.search(name)))
        yield self._where(lambda name: wanted in name)

    def _where(self, fits: Callable[[str], bool]) -> list[T]:
        return [record for record, names in self.named if any(fits(name) for name in names)]

    def _unknown(self, text: str, wanted: str) -> UnknownNameError:
        by_name = {name: record for record, names in self.named for name in names}
        by_name |= {word: record for name, record in by_name.items() for word in name.split()}
        close = difflib.get_close_matches(wanted, by_name, CANDIDATES, 0.7)
        near = list(dict.fromkeys(by_name[name] for name in close))
        if not near:
            return UnknownNameError(
                _("Nothing is called “%(text)s”."), params={"text": text.strip()}
            )
        return UnknownNameError(
            _("Nothing is called “%(text)s”. Did you mean %(names)s?"),
            params={"text": text.strip(), "names": _list_names(near, _("or"))},
        )


def _list_names(records: Sequence[object], last_word: str = "") -> str:
    names = [str(record) for record in records[:CANDIDATES]]
    if len(records) > CANDIDATES:
        names.append("…")
    return get_text_list(names, last_word) if last_word else "; ".join(names)


class NamedField(forms.CharField):
    """A record by its name. Its form gives it the ``finder``."""

    many = False
    finder: NameFinder[Any] | None = None

    def clean(self, value: str | None) -> Any:
        text = super().clean(value)
        if not text or self.finder is None:
            return [] if self.many else None
        return self.finder.find_all(text) if self.many else self.finder.find(text)


class NamesField(NamedField):
    """Several records by their names; a dash says that there is none."""

    many = True

    def clean(self, value: str | None) -> Any:
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

    def clean(self, value: str | None) -> Days | None:
        text = super().clean(value)
        return parse_days(text) if text else None

    def prepare_value(self, value: Days | str | None) -> str | None:
        return format_days(value) if isinstance(value, Days) else value


def parse_days(text: str) -> Days:
    approximate = text.startswith("~")
    ends = re.split(r"\s+to\s+|\s*[–…]\s*|\s+-\s+|\.\.", text.lstrip("~ "))
    if len(ends) > 2:
        raise _days_error()
    first, last = _parse_month(ends[0]), _parse_month(ends[-1])
    if first or last:
        approximate = True
    begins = first[0] if first else _parse_day(ends[0])
    return Days(checked_span(begins, last[1] if last else _parse_day(ends[-1])), approximate)


def format_days(days: Days) -> str:
    first, last = first_day(days.dates), last_day(days.dates)
    text = first.isoformat() if last in {first, None} else f"{first} to {last}"
    return f"~{text}" if days.approximate else text


def _parse_month(text: str) -> tuple[dt.date, dt.date] | None:
    if not (match := re.fullmatch(r"(\d{4})-(\d{1,2})", text.strip())):
        return None
    year, month = int(match[1]), int(match[2])
    if not (1 <= month <= 12 and year):
        raise _days_error()
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _parse_day(text: str) -> dt.date:
    try:
        day: dt.date | None = forms.DateField().clean(text)
    except ValidationError:
        day = None
    if day is None:
        raise _days_error()
    return day


def _days_error() -> ValidationError:
    return ValidationError(
        _(
            "Give days as 2031-05-21, 2031-05-17 to 2031-05-21, or 2031-05 for some "
            "day in that month."
        )
    )


class ParsedTerm(NamedTuple):
    """A number of a proposal, as it was parsed: the fields of a ``Term``."""

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


def parse_terms(text: str, measures: NameFinder[Measure]) -> list[ParsedTerm]:
    """Terms: "regional content at least 85; US content (cars) between 40 and 50"."""
    return [
        _parse_term(part.strip(), measures) for part in re.split(r"[;\n]", text) if part.strip()
    ]


def _parse_term(text: str, measures: NameFinder[Measure]) -> ParsedTerm:
    comparators = {
        fold(word): comparator
        for comparator, signs in SIGNS.items()
        for word in (str(comparator.label), str(comparator.value), *signs)
    }
    either = "|".join(re.escape(word) for word in sorted(comparators, key=len, reverse=True))
    joint = "|".join({"and", "to", "–", "-", re.escape(pgettext("between 5 and 10", "and"))})
    number = r"-?\d[\d,]*(?:\.\d+)?"
    match = re.fullmatch(
        rf"(?P<measure>.+?)\s*(?:\((?P<scope>[^)]*)\))?\s*(?P<word>{either})\s*"
        rf"(?P<low>{number})(?:\s*(?:{joint})\s*(?P<high>{number}))?\s*\D*",
        text,
        re.IGNORECASE,
    )
    if not match:
        raise ValidationError(
            _(
                "“%(text)s” is no number of a proposal. Write the measure, then at least, at most, "
                "exactly, about or between, then the number: “regional content at least 85”."
            ),
            params={"text": text},
        )
    return ParsedTerm(
        measures.find(match["measure"]),
        (match["scope"] or "").strip(),
        comparators[fold(match["word"])],
        _parse_decimal(match["low"]),
        _parse_decimal(match["high"]) if match["high"] else None,
    )


def _parse_decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise ValidationError(_("“%(text)s” is no number."), params={"text": text}) from None
