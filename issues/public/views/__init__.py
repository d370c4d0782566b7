"""Pages of the reading. Each: guard, query, context, render."""

from issues.public.views.citations import cite_position
from issues.public.views.comparisons import compare, distance, moved
from issues.public.views.issues import (
    STATEMENTS_SHOWN,
    end_of_previous,
    issue_detail,
    issue_list,
    proposal_detail,
    rounds_by,
)

__all__ = [
    "STATEMENTS_SHOWN",
    "cite_position",
    "compare",
    "distance",
    "end_of_previous",
    "issue_detail",
    "issue_list",
    "moved",
    "proposal_detail",
    "rounds_by",
]
