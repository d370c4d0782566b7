"""What the record can be narrowed by, said once for pages, files, the API and the index.

Each choice is a parameter, ``?party=ca``; a key of the index, ``party ca``; and a word of the
QuerySets, ``for_party("ca")``.
"""

from typing import Any

from django.db.models import TextChoices

from issues.models import ProposalStatus
from rounds.models import DeadlineOutcome, RoundStatus
from rounds.timeline import Kind

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


def statuses() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """The words for what became of each kind of thing, under its name. No two kinds share one."""
    return [(kind.label, list(words.choices)) for kind, words in STATUSES.items()]
