"""Pages of the issues: ``issues`` (the matrix, an issue, a proposal), ``comparisons`` (parties,
rounds, days), ``citations`` (one cell). ``issue_sections`` makes what an issue's page shows.
"""

from issues.public.views.citations import cite_position
from issues.public.views.comparisons import compare, distance, moved
from issues.public.views.issues import issue_detail, issue_list, proposal_detail

__all__ = [
    "cite_position",
    "compare",
    "distance",
    "issue_detail",
    "issue_list",
    "moved",
    "proposal_detail",
]
