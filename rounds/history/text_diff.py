"""What differs between two texts, word by word."""

import difflib
import re
from dataclasses import dataclass

ALIKE = 0.5  # share of their words that two texts must have in common to be compared word by word


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A few words of a text, and the space behind them."""

    text: str
    space: str
    differs: bool = False


def mark_differences(before: str, after: str) -> tuple[list[TextPiece], list[TextPiece]]:
    """Return both texts in pieces; those that the other text lacks have ``differs`` set.

    Texts with little in common are one piece each: marks in them would help nobody.
    """
    words_before, words_after = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    matcher = difflib.SequenceMatcher(
        None,
        [word.rstrip() for word in words_before],
        [word.rstrip() for word in words_after],
        autojunk=False,
    )
    if matcher.ratio() < ALIKE:
        return [_piece([before])], [_piece([after])]
    steps = matcher.get_opcodes()
    return (
        [_piece(words_before[a:b], differs=tag != "equal") for tag, a, b, _c, _d in steps if a < b],
        [_piece(words_after[c:d], differs=tag != "equal") for tag, _a, _b, c, d in steps if c < d],
    )


def _piece(segment: list[str], *, differs: bool = False) -> TextPiece:
    text = "".join(segment)
    bare = text.rstrip()
    return TextPiece(bare, text[len(bare) :], differs)
