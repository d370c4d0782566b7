"""How templates tell what differs between two texts."""

from django import template

from rounds.history.corrections import Piece
from rounds.history.corrections import marked as pieces
from rounds.history.differences import Change

register = template.Library()


@register.simple_tag
def marked(change: Change) -> tuple[list[Piece], list[Piece]]:
    """What a field said before and after, in pieces, with the words that changed marked."""
    return pieces(change.before, change.after)
