"""Pages that read both the record and the reading. Each: guard, query, context, render."""

from nafta.views.cards import card
from nafta.views.data import data, data_file, record_zip
from nafta.views.embeds import embed, oembed
from nafta.views.errors import bad_request, forbidden, server_error
from nafta.views.found import robots
from nafta.views.pages import (
    TIMELINE_PAGE,
    about,
    home,
    round_detail,
    timeline,
    timeline_items,
    timeline_years,
)
from nafta.views.search import person_list, search
from nafta.views.speakers import party_detail, party_list, person_detail

__all__ = [
    "TIMELINE_PAGE",
    "about",
    "bad_request",
    "card",
    "data",
    "data_file",
    "embed",
    "forbidden",
    "home",
    "oembed",
    "party_detail",
    "party_list",
    "person_detail",
    "person_list",
    "record_zip",
    "robots",
    "round_detail",
    "search",
    "server_error",
    "timeline",
    "timeline_items",
    "timeline_years",
]
