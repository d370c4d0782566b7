"""The reading: what is at stake, what was tabled, where each party stands, how far it got."""

from issues.models.issues import (
    Issue,
    IssueKind,
    Measure,
    issues_listed,
    with_issues,
)
from issues.models.outcomes import (
    LINE_LENGTH,
    Outcome,
    OutcomeKind,
    OutcomeQuerySet,
    PartyOutcome,
    PartyOutcomeQuerySet,
)
from issues.models.positions import (
    GIST_LENGTH,
    SILENT,
    Level,
    Position,
    PositionQuerySet,
    Progress,
    ProgressQuerySet,
    Stance,
)
from issues.models.proposals import (
    Comparator,
    Proposal,
    ProposalQuerySet,
    Term,
    TermQuerySet,
)
from issues.models.statuses import EarlierStatus, EarlierStatusQuerySet, ProposalStatus

__all__ = [
    "GIST_LENGTH",
    "LINE_LENGTH",
    "SILENT",
    "Comparator",
    "EarlierStatus",
    "EarlierStatusQuerySet",
    "Issue",
    "IssueKind",
    "Level",
    "Measure",
    "Outcome",
    "OutcomeKind",
    "OutcomeQuerySet",
    "PartyOutcome",
    "PartyOutcomeQuerySet",
    "Position",
    "PositionQuerySet",
    "Progress",
    "ProgressQuerySet",
    "Proposal",
    "ProposalQuerySet",
    "ProposalStatus",
    "Stance",
    "Term",
    "TermQuerySet",
    "issues_listed",
    "with_issues",
]
