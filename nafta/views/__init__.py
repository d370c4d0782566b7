"""Pages that read both the record and the reading. Each: guard, query, context, render."""

from nafta.views.found import robots
from nafta.views.pages import (
    TIMELINE_PAGE,
    about,
    home,
    party_detail,
    person_detail,
    round_detail,
    timeline,
    timeline_items,
    timeline_years,
)

__all__ = [
    "TIMELINE_PAGE",
    "about",
    "home",
    "party_detail",
    "person_detail",
    "robots",
    "round_detail",
    "timeline",
    "timeline_items",
    "timeline_years",
]
