"""What was typed, cut into words, quotations and signs."""

import re
from dataclasses import dataclass

from nafta.search.query import folded
from nafta.search.spelling import PERCENT, normal_spelling

# --- what was typed ---


@dataclass(slots=True)
class Typed:
    """A word or a phrase in quotation marks, with the parts it is compared by."""

    text: str
    negative: bool = False
    quoted: bool = False
    alternative: bool = False
    parts: tuple[str, ...] = ()


PIECE = re.compile(
    rf'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<percent>-?[\d.,]+) +{PERCENT[0]}\b|(?P<word>\S+)'
)
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'"})


def pieces(text: str) -> list[Typed]:
    """The words and phrases of a query: ``-`` leaves out, ``or`` offers an alternative.

    A percentage is one piece, written as ``85 %``.
    """
    found: list[Typed] = []
    alternative = False
    for match in PIECE.finditer(normal_spelling(text.translate(QUOTES))):
        word = f"{match['percent']} %" if match["percent"] else match["word"]
        if word is not None and word.lower() == "or" and found:
            alternative = True
            continue
        if word is None:
            one = Typed(match["phrase"].strip(), bool(match["minus"]), quoted=True)
        else:
            one = Typed(word.lstrip("-"), word.startswith("-"))
        one.parts = folded(one.text)
        one.alternative = alternative
        if one.parts:
            found.append(one)
            alternative = False
    return found
