"""The reading: what is at stake, what was tabled, where each party stands, how far it got."""

from issues.models.issues import (
    Issue,
    IssueKind,
    Measure,
    issues_listed,
    with_issues,
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
    ProposalStatus,
    Term,
    TermQuerySet,
)

__all__ = [
    "GIST_LENGTH",
    "SILENT",
    "Comparator",
    "Issue",
    "IssueKind",
    "Level",
    "Measure",
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
