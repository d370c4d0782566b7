"""Pages that read both the record and the reading. Each: guard, query, context, render."""

from nafta.views.cards import card
from nafta.views.embeds import embed, oembed
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
    "card",
    "embed",
    "home",
    "oembed",
    "party_detail",
    "person_detail",
    "round_detail",
    "timeline",
    "timeline_items",
    "timeline_years",
]
