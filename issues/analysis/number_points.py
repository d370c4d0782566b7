"""The numbers that a measure had: asked for, offered, agreed, in force."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from issues.analysis.proposal_threads import StatusSince, list_statuses, value_label
from issues.models import Measure, Proposal, ProposalStatus
from rounds.models import Source
from rounds.platform.dates import day as day_in_words
from rounds.platform.translated_text import local
from rounds.public.timeline import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurePoint:
    """A number somebody put to a measure, or what applied before, or what was agreed."""

    kind: str  # "status-quo", "proposal", "agreed"
    measure: str
    key: str  # the measure's
    unit: str
    who: str
    party: Ref | None = None
    day: dt.date | None = None  # the first it can have been; None for the status quo
    last: dt.date | None = None  # the last it can have been; None where that is open
    approximate: bool = False
    when: str = ""
    value: str  # in words
    low: Decimal
    high: Decimal | None = None
    scope: str = ""
    title: str = ""
    url: str = ""
    publisher: str = ""
    source_url: str = ""
    source: Source  # the publication that says so

    @property
    def days(self) -> list[dt.date]:
        """The first and the last day it can have been, as far as there are such days."""
        return [day for day in (self.day, self.last) if day]

    @property
    def label(self) -> str:
        """ "at least 75 %, cars": the number and what it is for."""
        return f"{self.value}, {self.scope}" if self.scope else self.value


def list_points(
    measure: Measure, proposals: Iterable[Proposal], day: dt.date | None = None
) -> list[MeasurePoint]:
    """Return a measure's numbers up to ``day``, oldest first, from proposals of that time.

    Reads the proposals ``with_names().with_terms()``. One that was agreed gives its numbers as
    agreed ones, on the day of the agreement, even if another text superseded it later. If it was
    an offer before, it gives them on the day it was tabled too, as each party's.
    """
    terms = [
        (proposal, term)
        for proposal in proposals
        for term in proposal.term_list
        if term["measure"] == measure.slug
    ]
    offers = [
        _offered(measure, proposal, term, party)
        for proposal, term in terms
        if not proposal.is_agreement
        for party in proposal.party_list
    ]
    deals = [
        _agreed(measure, proposal, term, agreement)
        for proposal, term in terms
        if (agreement := _find_agreement(proposal, day))
    ]
    if measure.agreed is not None and measure.agreed_on and (not day or measure.agreed_on <= day):
        numbers = {(deal.day, deal.low, deal.high) for deal in deals}
        if (measure.agreed_on, measure.agreed, None) not in numbers:
            deals.append(_outcome(measure))
    before = [_status_quo(measure)] if measure.status_quo is not None else []
    return before + sorted([*offers, *deals], key=lambda point: point.day or dt.date.min)


def _of(measure: Measure) -> dict[str, Any]:
    """Return what all points of a measure share."""
    return {
        "measure": local(measure, "name"),
        "key": measure.slug,
        "unit": local(measure, "unit"),
    }


def _status_quo(measure: Measure) -> MeasurePoint:
    assert measure.status_quo is not None
    return MeasurePoint(
        **_of(measure),
        kind="status-quo",
        who=_("status quo"),
        value=value_label("", measure.status_quo, None, local(measure, "unit")),
        low=measure.status_quo,
        when=_("before the talks"),
        title=measure.source.publisher,
        url=measure.source.get_absolute_url(),
        source=measure.source,
    )


def _outcome(measure: Measure) -> MeasurePoint:
    """What was agreed, where no proposal that was agreed has that number."""
    assert measure.agreed is not None
    assert measure.agreed_on is not None
    assert measure.agreed_source is not None, "a check constraint holds it"
    return MeasurePoint(
        **_of(measure),
        kind="agreed",
        who=_("agreed"),
        day=measure.agreed_on,
        last=measure.agreed_on,
        when=day_in_words(measure.agreed_on),
        value=value_label("", measure.agreed, None, local(measure, "unit")),
        low=measure.agreed,
        title=measure.agreed_source.publisher,
        url=measure.agreed_source.get_absolute_url(),
        source=measure.agreed_source,
    )


def _term(measure: Measure, proposal: Proposal, term: Ref) -> dict[str, Any]:
    """What a number of a proposal tells, whoever stands behind it."""
    unit = local(measure, "unit")
    return _of(measure) | {
        "value": value_label(term["comparator"], term["low"], term["high"], unit),
        "low": Decimal(str(term["low"])),
        "high": Decimal(str(term["high"])) if term["high"] is not None else None,
        "scope": local(term, "scope"),
        "title": local(proposal, "title"),
        "url": proposal.get_absolute_url(),
        "publisher": proposal.source.publisher,
        "source_url": proposal.source.get_absolute_url(),
        "source": proposal.source,
    }


def _offered(measure: Measure, proposal: Proposal, term: Ref, party: Ref) -> MeasurePoint:
    return MeasurePoint(
        **_term(measure, proposal, term),
        kind="proposal",
        who=local(party, "name"),
        party=party,
        **_day_tabled(proposal),
    )


def _find_agreement(proposal: Proposal, day: dt.date | None) -> StatusSince | None:
    """Return since when it was first agreed, by ``day``, and by whom; None if it was not."""
    statuses = list_statuses(proposal, day)
    return next((since for since in statuses if since.status == ProposalStatus.AGREED), None)


def _agreed(
    measure: Measure, proposal: Proposal, term: Ref, agreement: StatusSince
) -> MeasurePoint:
    parties = agreement.parties or [local(party, "name") for party in proposal.party_list]
    return MeasurePoint(
        **_term(measure, proposal, term),
        kind="agreed",
        who=_("agreed: %(parties)s") % {"parties": ", ".join(parties)},
        day=agreement.first,
        last=agreement.last,
        approximate=agreement.approximate,
        when=agreement.when,
    )


def _day_tabled(proposal: Proposal) -> dict[str, Any]:
    return {
        "day": proposal.first_day,
        "last": proposal.last_day,
        "approximate": proposal.approximate,
        "when": proposal.when,
    }
