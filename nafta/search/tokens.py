"""The tokens of a query: words, quoted phrases, percentages, with their signs."""

import re
from dataclasses import dataclass

from nafta.search.query import fold
from nafta.search.spelling import PERCENT, normal_spelling


@dataclass(slots=True)
class QueryToken:
    """A word, or a phrase in quotation marks."""

    text: str
    negative: bool = False  # after a minus sign
    quoted: bool = False
    alternative: bool = False  # after “or”
    parts: tuple[str, ...] = ()  # the text folded, by which tokens are compared


TOKEN = re.compile(
    rf'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<percent>-?[\d.,]+) +{PERCENT[0]}\b|(?P<word>\S+)'
)
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'"})


def tokenize(text: str) -> list[QueryToken]:
    """The tokens of a query. ``-`` excludes one, ``or`` makes it an alternative to the last.

    A percentage is one token, written as ``85 %``.
    """
    tokens: list[QueryToken] = []
    alternative = False
    for match in TOKEN.finditer(normal_spelling(text.translate(QUOTES))):
        word = f"{match['percent']} %" if match["percent"] else match["word"]
        if word is not None and word.lower() == "or" and tokens:
            alternative = True
            continue
        if word is None:
            token = QueryToken(match["phrase"].strip(), bool(match["minus"]), quoted=True)
        else:
            token = QueryToken(word.lstrip("-"), word.startswith("-"))
        token.parts = fold(token.text)
        token.alternative = alternative
        if token.parts:
            tokens.append(token)
            alternative = False
    return tokens
