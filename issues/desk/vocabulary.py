"""The vocabulary of the script of the grid: a letter for each choice, and names in a paste."""

from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from issues.desk.state import DeskState, in_languages, party_names_of
from issues.matrix.stances import MARKS
from issues.models import Level, Stance

# The same in every language. No letter stands twice, so that none means a stance in one column
# and a level in the next. “n” is no level: two begin with it.
LETTERS: dict[Stance | Level, str] = {
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
}
PROGRESS = gettext_lazy("Progress")


def build_vocabulary(state: DeskState) -> dict[str, Any]:
    """The choices of a cell, and the names of columns and rows, in all languages of the site."""
    return {
        "stances": [_choice(stance, MARKS[stance]) for stance in Stance],
        "levels": [_choice(level) for level in Level],
        "columns": [
            *(party_names_of(party) for party in state.parties),
            _in_every_language(PROGRESS),
        ],
        "rows": [[issue.slug, *in_languages(issue, "name")] for issue in state.issues],
    }


def _choice(choice: Stance | Level, mark: str = "") -> dict[str, Any]:
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
