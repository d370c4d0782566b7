"""How far apart two numbers are that parties asked for."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _

from issues.analysis.proposal_threads import difference, value_words
from issues.models import (
    Comparator,
    Measure,
    Proposal,
)
from rounds.platform.translated_text import local


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A number that a party gave to a measure, for one scope of it."""

    party: Any  # a Ref
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
    one: Named
    other: Named
    gap: Decimal
    first: Decimal  # their gap when both had first named a number

    @property
    def share(self) -> Decimal | None:
        """The part of the first gap that is left; None where there was none."""
        return self.gap / self.first if self.first else None

    @property
    def words(self) -> str:
        """ "17 percentage points apart, at first 20 percentage points"."""
        unit = local(self.measure, "unit")
        values = {"gap": difference(self.gap, unit), "first": difference(self.first, unit)}
        if self.gap == 0:
            return (
                _("the same number")
                if not self.first
                else _("the same number; at first %(first)s apart") % values
            )
        if self.gap == self.first:
            return _("%(gap)s apart, as at first") % values
        return _("%(gap)s apart, at first %(first)s") % values


def between(one: Named, other: Named) -> Decimal | None:
    """The gap between two numbers; None where one is a floor and the other a ceiling.

    A range counts from its nearer end. “At least 85” and “at least 60” are 25 apart: the floors
    differ, though 90 would satisfy both.
    """
    if {one.comparator, other.comparator} == {Comparator.AT_LEAST, Comparator.AT_MOST}:
        return None
    return max(Decimal(0), one.low - other.high, other.low - one.high)


def number_gaps(measure: Measure, proposals: Iterable[Proposal], day: dt.date) -> list[NumberGap]:
    """For each scope of a measure, the gap between every two parties that have a number for it.

    Reads proposals ``with_names().with_terms()``. A party's number on a day is that of its latest
    proposal that still stands then: one that was withdrawn, rejected or superseded has none from
    that day on, and what the party tabled before it and never took back stands again.
    """
    lists: dict[str, dict[str, list[Named]]] = {}
    scopes: dict[str, str] = {}
    for proposal in sorted(proposals, key=lambda one: (one.first_day, one.pk)):
        if proposal.first_day > day:
            continue
        for term in proposal.term_list:  # type: ignore[attr-defined]
            if term["measure"] == measure.slug:
                for party in proposal.party_list:  # type: ignore[attr-defined]
                    own = lists.setdefault(term["scope"], {})
                    scopes[term["scope"]] = local(term, "scope")
                    own.setdefault(party["code"], []).append(_named(proposal, term, party))
    return [
        found
        for scope, numbers in lists.items()
        for one, other in combinations(numbers.values(), 2)
        if (found := _number_gap(measure, scopes[scope], one, other, day)) is not None
    ]


def _named(proposal: Proposal, term: Any, party: Any) -> Named:
    low = Decimal(str(term["low"]))
    high = term["high"]
    return Named(
        party=party,
        low=low,
        high=low if high is None else Decimal(str(high)),
        comparator=term["comparator"],
        value=value_words(term["comparator"], term["low"], high, local(term, "unit")),
        day=proposal.first_day,
        gone=proposal.gone,
        title=local(proposal, "title"),
        url=proposal.get_absolute_url(),
    )


def _number_gap(
    measure: Measure, scope: str, one: Sequence[Named], other: Sequence[Named], day: dt.date
) -> NumberGap | None:
    days = sorted({number.day for number in (*one, *other)})
    pairs = [(_standing(one, then), _standing(other, then)) for then in days]
    met = [(own, others) for own, others in pairs if own and others]
    mine, theirs = _standing(one, day), _standing(other, day)
    if not met or mine is None or theirs is None:
        return None
    first, now = between(*met[0]), between(mine, theirs)
    if now is None or first is None:
        return None
    if not first and mine.url == theirs.url:
        return None  # they never named different numbers: it is one text
    return NumberGap(measure=measure, scope=scope, one=mine, other=theirs, gap=now, first=first)


def _standing(numbers: Sequence[Named], day: dt.date) -> Named | None:
    """The last of one party's numbers, oldest first, that stands on a day."""
    stand = [one for one in numbers if one.day <= day and (one.gone is None or day < one.gone)]
    return stand[-1] if stand else None
