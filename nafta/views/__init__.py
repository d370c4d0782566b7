"""Pages that read both the record and the reading. Each: guard, query, context, render."""

from nafta.views.data import data, data_file, record_zip
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
    "data",
    "data_file",
    "home",
    "party_detail",
    "person_detail",
    "record_zip",
    "round_detail",
    "timeline",
    "timeline_items",
    "timeline_years",
]
