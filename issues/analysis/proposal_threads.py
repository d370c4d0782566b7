"""Proposals as rows: items of the timeline, and threads of offer and counter-offer. Pure."""

import datetime as dt
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from issues.models import Comparator, Proposal, ProposalStatus
from rounds.models import RoundKind
from rounds.platform.dates import first_day
from rounds.platform.translated_text import local
from rounds.public.timeline import Kind, ProposalItem, Ref, attribution_fields, dated_fields

Number = Decimal | float | str  # as a model has it, or JSON
CURRENCY = re.compile(r"([A-Z]{0,3}[$€£¥])\s*(.*)")  # a unit that begins with a currency's sign


def proposal_items(
    proposals: Iterable[Proposal], day: dt.date | None = None
) -> Iterator[ProposalItem]:
    """Rows of proposals read ``with_names()``, with their status as it was on ``day``."""
    for record in proposals:
        status = record.status_on(day)
        answered = record.responds_to
        yield ProposalItem(
            **dated_fields(record, Kind.PROPOSAL),
            **attribution_fields(record),
            title=local(record, "title"),
            label=proposal_label(record),
            text=local(record, "summary"),
            status=status,
            status_label=str(ProposalStatus(status).label),
            answered_title=local(answered, "title") if answered else "",
            answered_url=answered.get_absolute_url() if answered else "",
            issues=[{"slug": record.issue.slug, "name": local(record.issue, "name")}],
        )


def is_agreement(proposal: Proposal) -> bool:
    """Whether a text was agreed by the day it was tabled: what came of offers, and no offer.

    Reads a proposal ``with_names()``. The record keeps the latest status alone, so a text that
    was superseded later counts if several parties put it forward together at a milestone.
    """
    if proposal.is_agreement:
        return True
    was_superseded = proposal.status == ProposalStatus.SUPERSEDED
    at_milestone = proposal.round is not None and proposal.round.kind == RoundKind.MILESTONE
    return was_superseded and at_milestone and len(proposal.party_list) > 1


def proposal_label(proposal: Proposal) -> str:
    """Return "proposal", "counter-proposal" or "agreement". Reads a proposal ``with_names()``."""
    if is_agreement(proposal):
        return _("agreement")
    return _("counter-proposal") if proposal.responds_to else _("proposal")


def find_settling(proposals: Iterable[Proposal], day: dt.date) -> list[Proposal]:
    """Return what settled an issue by ``day``, oldest first. Reads proposals ``with_names()``.

    Of what was agreed, it is what the most parties agreed: a deal of two is a step.
    """
    agreed = [each for each in proposals if each.status_on(day) == ProposalStatus.AGREED]
    widest = max((len(each.party_list) for each in agreed), default=0)
    settled = (each for each in agreed if len(each.party_list) == widest)
    return sorted(settled, key=lambda proposal: (settled_on(proposal), proposal.pk))


def settled_on(proposal: Proposal) -> dt.date:
    """Return the first day on which it could have been agreed."""
    return first_day(proposal.settled) if proposal.settled else proposal.first_day


def describe_settlement(settled: Iterable[Proposal]) -> str:
    """Return "Settled 4 May 2031: A; B; then 9 June 2031: C." Reads them oldest first."""
    titles: dict[str, list[str]] = defaultdict(list)
    for proposal in settled:
        titles[proposal.settled_words].append(local(proposal, "title"))
    between = pgettext("between clauses", "; ")
    clauses = [
        (_("then %(when)s: %(what)s") if index else _("Settled %(when)s: %(what)s"))
        % {"when": when, "what": between.join(names)}
        for index, (when, names) in enumerate(titles.items())
    ]
    return f"{between.join(clauses)}." if clauses else ""


@dataclass(frozen=True, slots=True)
class ProposalThread:
    """A proposal, its numbers, and what answered it."""

    item: ProposalItem
    terms: list[str]
    settled: str  # since when it has its status, in words
    answers: list["ProposalThread"] = field(default_factory=list)


def build_threads(
    proposals: Iterable[Proposal], day: dt.date | None = None
) -> list[ProposalThread]:
    """Return the proposals of an issue, oldest first, each answer under what it answers.

    Reads them ``with_names().with_terms()``.
    """
    records = sorted(proposals, key=lambda record: (record.first_day, record.pk))
    items = dict(zip((r.pk for r in records), proposal_items(records, day), strict=True))
    answers: dict[int | None, list[Proposal]] = defaultdict(list)
    for record in records:
        answers[record.responds_to_id if record.responds_to_id in items else None].append(record)

    def thread(record: Proposal) -> ProposalThread:
        item = items[record.pk]
        return ProposalThread(
            item=item,
            terms=[term_label(term) for term in record.term_list],
            settled=record.settled_words if item.status != ProposalStatus.TABLED else "",
            answers=[thread(answer) for answer in answers[record.pk]],
        )

    return [thread(record) for record in answers[None]]


def term_label(term: Ref) -> str:
    """Return a number of a proposal in words: "Regional content: at least 85 %, core parts"."""
    label = _("%(name)s: %(value)s") % {
        "name": local(term, "name"),
        "value": value_label(term["comparator"], term["low"], term["high"], local(term, "unit")),
    }
    return f"{label} ({scope})" if (scope := local(term, "scope")) else label


def value_label(comparator: str, low: Number, high: Number | None, unit: str) -> str:
    """Return "at least 85 %", "between 3 and 5 years"."""
    if comparator == Comparator.BETWEEN and high is not None:
        if currency := CURRENCY.match(unit):
            sums = {"low": format_amount(low, currency[1]), "high": format_amount(high, unit)}
            return _("between %(low)s and %(high)s") % sums
        numbers = {"low": format_number(low), "high": format_number(high), "unit": unit}
        return _("between %(low)s and %(high)s %(unit)s") % numbers
    if comparator in {"", Comparator.EXACTLY}:
        return format_amount(low, unit)
    return f"{Comparator(comparator).label} {format_amount(low, unit)}"


def format_amount(value: Number, unit: str) -> str:
    """Return a number with its unit: "85 %", "US$300 bn a year"."""
    if currency := CURRENCY.match(unit):
        period = f" {currency[2]}" if currency[2] else ""
        sum_of_money = {"sign": currency[1], "number": format_number(value), "rest": period}
        return pgettext("a sum of money", "%(sign)s%(number)s%(rest)s") % sum_of_money
    return _("%(low)s %(unit)s") % {"low": format_number(value), "unit": unit}


def format_difference(value: Decimal, unit: str) -> str:
    """Return how far two numbers are apart: per cents differ by percentage points."""
    if not unit.startswith("%"):
        return format_amount(value, unit)
    points = ngettext(
        "%(number)s percentage point", "%(number)s percentage points", math.ceil(value)
    ) % {"number": format_number(value)}
    return points + unit[1:]


def format_number(value: Number) -> str:
    """Return a number as people write it, without zeros that say nothing."""
    decimal = Decimal(str(value)).normalize()
    exponent = decimal.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return number_format(decimal, decimal_pos=decimals, use_l10n=True, force_grouping=True)
