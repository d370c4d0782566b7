"""The vocabulary of the script of the grid: a letter for each choice, and names in a paste."""

from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from issues.desk.state import DeskState, in_languages, party_names_of
from issues.matrix.stances import MARKS, OUTCOME_MARKS
from issues.models import Level, OutcomeKind, Stance

# The same in every language. No letter stands twice, so that none means a stance in one column
# and a level in the next. “n” is no level: two begin with it. Three outcomes have
# the letter of another word: yes, half and the status quo.
LETTERS: dict[Stance | Level | OutcomeKind, str] = {
    Stance.DEMANDS: "d",
    Stance.SUPPORTS: "s",
    Stance.OPEN: "o",
    Stance.OPEN_IF: "i",
    Stance.OPPOSES: "p",
    Stance.RED_LINE: "r",
    Stance.NO_POSITION: "n",
    Stance.WILL_NOT_SAY: "w",
    Level.NOT_OPENED: "u",
    Level.TABLED: "t",
    Level.ADVANCING: "a",
    Level.STUCK: "k",
    Level.NEARLY_CLOSED: "l",
    Level.CLOSED: "c",
    Level.REOPENED: "e",
    Level.DROPPED: "x",
    OutcomeKind.AGREED: "y",
    OutcomeKind.AGREED_IN_PART: "h",
    OutcomeKind.GIVEN_UP: "g",
    OutcomeKind.KEPT: "q",
    OutcomeKind.LEFT_OPEN: "f",
    OutcomeKind.MOVED: "m",
}
PROGRESS = gettext_lazy("Progress")
OUTCOME = gettext_lazy("Outcome")


def build_vocabulary(state: DeskState) -> dict[str, Any]:
    """The choices of a cell, and the names of columns and rows, in all languages of the site."""
    return {
        "stances": [_choice(stance, MARKS[stance]) for stance in Stance],
        "levels": [_choice(level) for level in Level],
        "outcomes": [_choice(kind, OUTCOME_MARKS[kind]) for kind in OutcomeKind],
        "columns": [
            *(party_names_of(party) for party in state.parties),
            _in_every_language(PROGRESS),
            _in_every_language(OUTCOME),
        ],
        "rows": [[issue.slug, *in_languages(issue, "name")] for issue in state.issues],
    }


def _choice(choice: Stance | Level | OutcomeKind, mark: str = "") -> dict[str, Any]:
    return {
        "value": choice.value,
        "letter": LETTERS[choice],
        "mark": mark,
        "label": str(choice.label),
        "labels": [choice.value, *_in_every_language(choice.label)],
    }


def _in_every_language(text: str | Promise) -> list[str]:
    """``text`` in each language of the site, each wording once."""
    texts = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            texts.append(str(text))
    return list(dict.fromkeys(texts))
