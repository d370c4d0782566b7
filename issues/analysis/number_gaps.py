"""How far apart two numbers are that parties asked for."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from django.utils.translation import gettext as _

from issues.analysis.proposal_threads import format_difference, value_label
from issues.models import (
    Comparator,
    Measure,
    Proposal,
)
from rounds.platform.translated_text import local
from rounds.public.timeline import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyNumber:
    """A number that a party gave to a measure, for one scope of it."""

    party: Ref
    low: Decimal
    high: Decimal
    comparator: str
    value: str
    day: dt.date
    gone: dt.date | None = None  # the day from which its proposal stood no more
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberGap:
    """The gap between two parties' numbers for the same measure and scope."""

    measure: Measure
    scope: str
    number: PartyNumber
    other_number: PartyNumber
    gap: Decimal
    first_gap: Decimal  # when both had first named a number

    @property
    def share(self) -> Decimal | None:
        """The part of the first gap that is left; None where there was none."""
        return self.gap / self.first_gap if self.first_gap else None

    @property
    def label(self) -> str:
        """ "17 percentage points apart, at first 20 percentage points"."""
        unit = local(self.measure, "unit")
        values = {
            "gap": format_difference(self.gap, unit),
            "first": format_difference(self.first_gap, unit),
        }
        if self.gap == 0:
            return (
                _("the same number")
                if not self.first_gap
                else _("the same number; at first %(first)s apart") % values
            )
        if self.gap == self.first_gap:
            return _("%(gap)s apart, as at first") % values
        return _("%(gap)s apart, at first %(first)s") % values


def measure_gap(number: PartyNumber, other_number: PartyNumber) -> Decimal | None:
    """The gap between two numbers; None where one is a floor and the other a ceiling.

    A range counts from its nearer end. “At least 85” and “at least 60” are 25 apart: the floors
    differ, though 90 would satisfy both.
    """
    if {number.comparator, other_number.comparator} == {Comparator.AT_LEAST, Comparator.AT_MOST}:
        return None
    return max(Decimal(0), number.low - other_number.high, other_number.low - number.high)


def find_number_gaps(
    measure: Measure, proposals: Iterable[Proposal], day: dt.date
) -> list[NumberGap]:
    """For each scope of a measure, the gap between every two parties that have a number for it.

    Reads proposals ``with_names().with_terms()``. A party's number on a day is that of its latest
    proposal that still stands then: one that was withdrawn, rejected or superseded has none from
    that day on, and what the party tabled before it and never took back stands again.
    """
    lists: dict[str, dict[str, list[PartyNumber]]] = {}
    scopes: dict[str, str] = {}
    for proposal in sorted(proposals, key=lambda each: (each.first_day, each.pk)):
        if proposal.first_day > day:
            continue
        for term in proposal.term_list:
            if term["measure"] == measure.slug:
                for party in proposal.party_list:
                    of_scope = lists.setdefault(term["scope"], {})
                    scopes[term["scope"]] = local(term, "scope")
                    number = _party_number(proposal, term, party)
                    of_scope.setdefault(party["code"], []).append(number)
    return [
        gap
        for scope, numbers in lists.items()
        for pair in combinations(numbers.values(), 2)
        if (gap := _number_gap(measure, scopes[scope], *pair, day)) is not None
    ]


def _party_number(proposal: Proposal, term: Ref, party: Ref) -> PartyNumber:
    low = Decimal(str(term["low"]))
    high = term["high"]
    return PartyNumber(
        party=party,
        low=low,
        high=low if high is None else Decimal(str(high)),
        comparator=term["comparator"],
        value=value_label(term["comparator"], term["low"], high, local(term, "unit")),
        day=proposal.first_day,
        gone=proposal.gone,
        title=local(proposal, "title"),
        url=proposal.get_absolute_url(),
    )


def _number_gap(
    measure: Measure,
    scope: str,
    numbers: Sequence[PartyNumber],
    other_numbers: Sequence[PartyNumber],
    day: dt.date,
) -> NumberGap | None:
    days = sorted({number.day for number in (*numbers, *other_numbers)})
    pairs = [(_standing_on(numbers, then), _standing_on(other_numbers, then)) for then in days]
    first_pair = next(((first, second) for first, second in pairs if first and second), None)
    number, other_number = _standing_on(numbers, day), _standing_on(other_numbers, day)
    if first_pair is None or number is None or other_number is None:
        return None
    first_gap, gap = measure_gap(*first_pair), measure_gap(number, other_number)
    if gap is None or first_gap is None:
        return None
    if not first_gap and number.url == other_number.url:
        return None  # they never named different numbers: it is one text
    return NumberGap(
        measure=measure,
        scope=scope,
        number=number,
        other_number=other_number,
        gap=gap,
        first_gap=first_gap,
    )


def _standing_on(numbers: Sequence[PartyNumber], day: dt.date) -> PartyNumber | None:
    """The last of one party's numbers, oldest first, that stands on a day."""
    standing = [
        number
        for number in numbers
        if number.day <= day and (number.gone is None or day < number.gone)
    ]
    return standing[-1] if standing else None
