"""How templates show what differs between two texts."""

from django import template

from rounds.history.differences import FieldChange
from rounds.history.text_diff import TextPiece, mark_differences

register = template.Library()


@register.simple_tag
def mark_change(change: FieldChange) -> tuple[list[TextPiece], list[TextPiece]]:
    """Return what a field said before and after, in pieces, with the words that changed marked."""
    return mark_differences(change.before, change.after)
