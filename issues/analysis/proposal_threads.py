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

from issues.models import Comparator, EarlierStatus, Proposal, ProposalStatus
from rounds.platform.dates import first_day, last_day
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


def proposal_label(proposal: Proposal) -> str:
    """Return "proposal", "counter-proposal" or "agreement". Reads a proposal ``with_names()``."""
    if proposal.is_agreement:
        return _("agreement")
    return _("counter-proposal") if proposal.responds_to else _("proposal")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSince:
    """A status that a proposal had, and since when; ``parties`` are empty if it was so for all."""

    status: str
    first: dt.date
    last: dt.date | None
    approximate: bool
    when: str  # the days in words
    parties: list[str] = field(default_factory=list)  # names
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return "agreed (Arden, Brume), 4 May 2031"."""
        label = str(ProposalStatus(self.status).label)
        if self.parties:
            fields = {"status": label, "parties": ", ".join(self.parties)}
            label = _("%(status)s (%(parties)s)") % fields
        return _("%(status)s, %(when)s") % {"status": label, "when": self.when}


def list_statuses(proposal: Proposal, day: dt.date | None = None) -> list[StatusSince]:
    """Return the statuses that a proposal had by ``day`` after it was tabled, oldest first.

    Reads it ``with_names()``. None is now. What it was on the same days to several parties is one.
    """
    by_days: dict[tuple[dt.date, str, str], list[EarlierStatus]] = defaultdict(list)
    for earlier in proposal.earlier:
        if day is None or earlier.first_day <= day:
            by_days[earlier.first_day, earlier.status, earlier.when].append(earlier)
    statuses = [
        StatusSince(
            status=status,
            first=first,
            last=last_day(same[0].dates),
            approximate=same[0].approximate,
            when=when,
            parties=[local(each.party, "name") for each in same],
            notes=[note for each in same if (note := local(each, "note"))],
        )
        for (first, status, when), same in sorted(by_days.items())
    ]
    if proposal.settled is not None and (day is None or first_day(proposal.settled) <= day):
        latest = StatusSince(
            status=proposal.status,
            first=first_day(proposal.settled),
            last=last_day(proposal.settled),
            approximate=proposal.settled_approximate,
            when=proposal.settled_words,
        )
        statuses.append(latest)
    return statuses


def find_settling(proposals: Iterable[Proposal], day: dt.date) -> list[Proposal]:
    """Return what settled an issue by ``day``, oldest first. Reads proposals ``with_names()``.

    Of what was agreed, it is what the most parties agreed: a deal of two is a step.
    """
    agreed = [each for each in proposals if each.status_on(day) == ProposalStatus.AGREED]
    widest = max((len(each.party_list) for each in agreed), default=0)
    settled = (each for each in agreed if len(each.party_list) == widest)
    return sorted(settled, key=lambda proposal: (settled_on(proposal, day), proposal.pk))


def settled_on(proposal: Proposal, day: dt.date | None = None) -> dt.date:
    """Return the first day since which it could have had its status of ``day``."""
    statuses = list_statuses(proposal, day)
    return statuses[-1].first if statuses else proposal.first_day


def settled_when(proposal: Proposal, day: dt.date | None = None) -> str:
    """Return since when it has its status of ``day``, in words; "" while it is only tabled."""
    statuses = list_statuses(proposal, day)
    return statuses[-1].when if statuses else ""


def describe_settlement(settled: Iterable[Proposal], day: dt.date | None = None) -> str:
    """Return "Settled 4 May 2031: A; B; then 9 June 2031: C." as of ``day``.

    Reads what had been agreed by then, oldest first.
    """
    titles: dict[str, list[str]] = defaultdict(list)
    for proposal in settled:
        titles[settled_when(proposal, day)].append(local(proposal, "title"))
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
    earlier: list[StatusSince]  # what it was between that and the day it was tabled
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
        statuses = list_statuses(record, day)
        return ProposalThread(
            item=items[record.pk],
            terms=[term_label(term) for term in record.term_list],
            settled=statuses[-1].when if statuses else "",
            earlier=statuses[:-1],
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
