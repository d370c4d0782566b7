"""One spelling for what people and newspapers spell in several ways.

``U.S.`` is ``US``, ``red-line`` is ``red line``, ``l’accord`` is ``accord``, ``85 per cent`` is
``85 %``. The database spells the index by the same rules
(nafta/search/sql/search_spelling.sql); a test compares the two.
"""

import re
import unicodedata

LETTER = r"[^\W\d_]"
HYPHEN = "[-\u2010\u2011]"
SPACE = "[\\s\u00a0\u202f]"
PERCENT = ("percent", "per cent", "pour cent", "por ciento")  # the first stands for all

# In this order: an abbreviation may hold hyphens.
RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # U.S., U.S, U.S.A., É.-U., EE.UU., whose letters are doubled for the plural
        (
            rf"(?<!\w)({LETTER})(\1?)\.(?:(?={LETTER}(?!\w))|-?(?={LETTER}{{1,2}}\.))",
            r"\1\2",
        ),
        # C. J., EE. UU., but not the end of one abbreviation and the start of another
        (
            rf"(?<![\w.-])({LETTER})(\1?)\.{SPACE}(?={LETTER}{{1,2}}\.(?!{LETTER}))",
            r"\1\2",
        ),
        # l’accord, d’Oslo, jusqu’au: what French leaves of a word before a vowel
        (rf"(?<!\w)(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?={LETTER})", ""),
        # red-line and 16-year, with any of the hyphens, but not 2031-05-21
        (rf"(?<={LETTER}|\.){HYPHEN}(?=\w)|(?<=\d){HYPHEN}(?={LETTER})", " "),
        (
            rf"{SPACE}*%|\b(?:per{SPACE}cent|pour{SPACE}?cent|por{SPACE}?ciento)\b",
            f" {PERCENT[0]} ",
        ),
        # $16, US$16, C$150
        (rf"(?:(?<!\w){LETTER}{{1,3}})?\$", " dollars "),
        (r"€", " euros "),
        (r"£", " pounds "),
    )
)


def normal_spelling(text: str) -> str:
    """Spell ``text`` as the index of search spells it."""
    text = unicodedata.normalize("NFC", text)
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text
