"""What the record can be narrowed by, said once for pages, files, the API and the index.

Each choice is a parameter, ``?party=ca``; a key of the index, ``party ca``; and a word of the
QuerySets, ``for_party("ca")``.
"""

from typing import Any

from django.db.models import TextChoices

from issues.models import ProposalStatus
from rounds.models import DeadlineOutcome, RoundStatus
from rounds.public.timeline import Kind

CHOICES = {  # each with the QuerySets' word for it
    "party": "for_party",
    "issue": "touching",
    "round": "at_round",
    "status": "with_status",
    "basis": "attributed",
    "person": "said_by",
    "source": "citing",
    "year": "in_year",
}
STATUSES: dict[Kind, type[TextChoices]] = {
    Kind.DEADLINE: DeadlineOutcome,
    Kind.MEETING: RoundStatus,
    Kind.PROPOSAL: ProposalStatus,
}

# A deadline that was moved was missed too (decision 0047); the index has its outcome alone.
INCLUDED = {f"status {DeadlineOutcome.MISSED}": (f"status {DeadlineOutcome.MOVED}",)}


def fitting(token: str) -> tuple[str, ...]:
    """The keys of the index that fit a choice."""
    return token, *INCLUDED.get(token, ())


def statuses() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """The words for what became of each kind of thing, under its name. No two kinds share one."""
    return [(kind.label, list(words.choices)) for kind, words in STATUSES.items()]
