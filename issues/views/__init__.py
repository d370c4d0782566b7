"""Pages of the reading. Each: guard, query, context, render."""

from issues.views.citing import cite_position
from issues.views.compare import compare, distance, moved
from issues.views.pages import (
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
