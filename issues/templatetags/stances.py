"""The key to the marks of a matrix."""

from typing import Any

from django import template

from issues.matrix import stances
from issues.models import Outcome, Position
from rounds.platform import clock

register = template.Library()


@register.inclusion_tag("_key.html")
def stance_key() -> dict[str, Any]:
    return {"scale": stances.SCALE, "outcomes": stances.OUTCOMES}


@register.filter
def outcome_mark(outcome: Outcome) -> str:
    return stances.OUTCOME_MARKS[outcome.kind]


@register.filter
def stance_label(position: Position) -> str:
    """The stance of a position in words, as the matrix of today has it."""
    return stances.stance_label(position, clock.today())
