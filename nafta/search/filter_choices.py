"""The filters of the record, defined once for pages, files, the API and the index.

Each is a parameter (``?party=ca``), a token of the index (``party ca``) and a method of the
QuerySets (``for_party("ca")``).
"""

from typing import Any

from issues.models import OutcomeKind, ProposalStatus
from rounds.models import DeadlineOutcome, RoundStatus
from rounds.public.timeline import Kind

CHOICES = {  # by parameter: the QuerySets' method
    "party": "for_party",
    "issue": "touching",
    "round": "at_round",
    "status": "with_status",
    "basis": "attributed",
    "person": "said_by",
    "source": "citing",
    "year": "in_year",
}
STATUSES: dict[Kind, list[tuple[str, Any]]] = {
    Kind.DEADLINE: DeadlineOutcome.choices,
    Kind.MEETING: RoundStatus.choices,
    Kind.PROPOSAL: ProposalStatus.choices,
    Kind.OUTCOME: [(kind.status, kind.label) for kind in OutcomeKind],
}

# A deadline that was moved was missed too (decision 0047); the index has its outcome alone.
INCLUDED = {f"status {DeadlineOutcome.MISSED}": (f"status {DeadlineOutcome.MOVED}",)}


def included_tokens(token: str) -> tuple[str, ...]:
    """The tokens of the index that a filter matches: its own, and those it includes."""
    return token, *INCLUDED.get(token, ())


def statuses() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """The statuses as grouped choices, by kind of entry. No two kinds share a value."""
    return [(kind.label, choices) for kind, choices in STATUSES.items()]
