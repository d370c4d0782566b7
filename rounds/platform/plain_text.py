"""Which characters a text of the record may hold: one rule for forms, files and the database.

``clean`` and ``clean_address`` repair what people paste without knowing it, and raise ``TextError``
where only a person can tell what was meant. ``is_plain`` and ``is_address`` are the rule itself;
the database has it too (rounds/sql/rounds_is_plain_text.sql). What ``clean`` returns always fulfils
it.

Sources: the characters of XML 1.0 (2.2) and of Unicode (noncharacters, 23.7; bidirectional
controls, UAX #9; joiners, 23.2; emoji, UTS #51). Decision 0048 says what is cleaned and why.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

LONG_TEXT_CHARS: Final = 20_000  # of a text of several lines, in forms, files and the database
CONTEXT_CHARS: Final = 24  # of a text that an error repeats to say where

# --- the rule, in regular expressions that Python and PostgreSQL read alike ---

# Of no use in any text: controls except the line feed, the soft hyphen, invisible fillers,
# separators of lines, overrides and isolates of direction, invisible operators and marks, private
# characters and noncharacters.
NEVER: Final = (
    r"\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u115f\u1160\u2028-\u202e\u2060-\u206f\u3164"
    r"\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff"
    r"\U0003fffe\U0003ffff\U0004fffe\U0004ffff\U0005fffe\U0005ffff\U0006fffe\U0006ffff"
    r"\U0007fffe\U0007ffff\U0008fffe\U0008ffff\U0009fffe\U0009ffff\U000afffe\U000affff"
    r"\U000bfffe\U000bffff\U000cfffe\U000cffff\U000dfffe\U000dffff\U000efffe-\U0010ffff"
)
# Joiners belong to scripts from Hebrew to Mongolian, where words are spelt with them, and to emoji.
JOINERS: Final = r"\u200b-\u200d\u180e"
JOINED: Final = (
    r"\u0590-\u180d\u180f-\u1cff\u2190-\u2bff\u3030\u303d\u3297\u3299\ua8e0-\uabff\ufb1d-\ufdcf"
    r"\ufdf0-\ufdff\ufe0f\ufe70-\ufefc\U00010800-\U00011fff\U0001e800-\U0001faff\U000e007f"
)
# Marks of direction have an effect only in a text with letters written from right to left.
MARKS: Final = r"\u061c\u200e\u200f"
RIGHT_TO_LEFT: Final = (
    r"\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    r"\U00010800-\U00010fff\U0001e800-\U0001efff"
)
# Tags encode the flags of England, Scotland and Wales; otherwise they hide invisible text.
TAGS: Final = r"\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
FLAG: Final = r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"

SUSPECT: Final = (
    rf"[{NEVER}{JOINERS}{MARKS}{TAGS}]"  # most texts have none: nothing else is looked at
)
STRAY_JOINER: Final = rf"(?<![{JOINED}])[{JOINERS}]"
SPACES: Final = r"\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 "
NOT_IN_ADDRESS: Final = rf"\n<>\u0022\\{SPACES}"
ADDRESS: Final = rf"^https?://[^/?#@{NOT_IN_ADDRESS}]+([/?#][^{NOT_IN_ADDRESS}]*)?$"

_SURROGATES = r"\ud800-\udfff"  # halves of characters: they come with damaged files and JSON
_NOT_IN_DATABASE = rf"\x00{_SURROGATES}"


def is_plain(text: str, *, has_lines: bool) -> bool:
    """Whether the database takes ``text``, apart from its length in a field of one line."""
    if re.search(rf"[{_NOT_IN_DATABASE}]", text) or (not has_lines and "\n" in text):
        return False
    if has_lines and len(text) > LONG_TEXT_CHARS:
        return False
    return not re.search(SUSPECT, text) or not (
        re.search(rf"[{NEVER}]", text)
        or re.search(STRAY_JOINER, text)
        or (re.search(rf"[{MARKS}]", text) and not re.search(rf"[{RIGHT_TO_LEFT}]", text))
        or re.search(rf"[{TAGS}]", re.sub(FLAG, "", text))
    )


def is_address(text: str) -> bool:
    """Whether ``text`` is an address on the web, without a name and password, or empty."""
    return text == "" or bool(re.match(ADDRESS, text, re.IGNORECASE))


# --- what is repaired ---


class TextError(ValueError):
    """A text cannot be stored. The message says which character is where, or what is too long."""


_LINE_BREAKS = re.compile(r"\r\n|[\r\x0b\x0c\u2028\u2029]")
# XLSX writes control characters as _x000D_; programs that copy its cells leave that standing.
_ESCAPED = re.compile(r"_x(00[019][0-9A-F]|007F|008[0-9A-F])_", re.IGNORECASE)
# Viewers of PDF copy a hyphen at the end of a line as U+0002 or U+FFFE; Word has one as U+001F.
_LINE_END_HYPHEN = re.compile(r"(?<=[^\W\d_])[\x02\ufffe]\n?(?=([^\W_]))|\xad\n(?=([^\W\d_]))")
_CONTROLS_MEANT = str.maketrans(
    {
        "\x1e": "\N{NON-BREAKING HYPHEN}",  # as Word copies one
        "\uf0b7": "\N{BULLET}",  # a bullet of the font Symbol, as PDF and Word copy one
        **{  # text of Windows that was read as Latin-1: ’ as U+0092
            chr(code): character
            for code in range(0x80, 0xA0)
            if (character := bytes([code]).decode("cp1252", "ignore"))
        },
    }
)
_LIGATURES = str.maketrans(
    {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
)
# Invisible, and the text around them reads the same without.
_REMOVED = re.compile(
    rf"[\x1f\u00ad\u115f\u1160\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufffc"
    rf"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]|{STRAY_JOINER}"
    rf"|(?P<flag>{FLAG})|[{TAGS}]"
    r"|(?<![^\s\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# Without letters from right to left these change nothing that is seen. U+202B, U+202E and U+2067,
# which turn what follows them around, are refused.
_MARKS_REMOVED = re.compile(rf"[{MARKS}\u202a\u202c\u202d\u2066\u2068\u2069]")
_REFUSED = re.compile(rf"[{NEVER}{_NOT_IN_DATABASE}]")
_RUN_OF_SPACES = re.compile(rf"(?P<before>«?)(?P<run>[{SPACES}]{{2,}}|\t)(?P<after>[:;!?%»]?)")
_NO_BREAK = re.compile(r"[\u00a0\u202f]")


def clean(text: str, *, has_lines: bool) -> str:
    """Return ``text`` as it is stored, in one line or ``has_lines``.

    Raises ``TextError`` about the first character that is left and may not stand there.
    """
    text = _until_stable(partial(_tidied, has_lines=has_lines), text)
    _refuse_rest(text)
    if has_lines and len(text) > LONG_TEXT_CHARS:
        raise TextError(too_long(len(text), LONG_TEXT_CHARS))
    return text


def clean_address(text: str) -> str:
    """Return an address on the web without white space around it; "" stays empty.

    Raises ``TextError`` if it is anything else. What is cleaned in prose may matter in an address.
    """
    address = without_invisible(text).strip()
    _refuse_rest(address)
    if not is_address(address):
        raise TextError(_address_fault(address))
    return address


def without_invisible(text: str) -> str:
    """Return ``text`` without characters that nobody sees.

    Characters that stand for a line break or a hyphen become one.
    """
    return _until_stable(_without_invisible, text)


def _until_stable(step: Callable[[str], str], text: str) -> str:
    """Apply ``step`` until it changes nothing more: one removal may cause the next, as where a
    joiner loses its letter.
    """
    while (changed := step(text)) != text:
        text = changed
    return text


def _tidied(text: str, *, has_lines: bool) -> str:
    text = _without_invisible(text)
    text = unicodedata.normalize("NFC", text.translate(_LIGATURES))
    if not has_lines:
        text = text.replace("\n", " ")
    text = _RUN_OF_SPACES.sub(_as_one_space, text)
    text = re.sub(rf"[{SPACES}]*\n[{SPACES}]*", "\n", text)
    return re.sub("\n{3,}", "\n\n", text).strip()


def _without_invisible(text: str) -> str:
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    text = _LINE_BREAKS.sub("\n", text)
    text = _LINE_END_HYPHEN.sub(_as_hyphen, text).translate(_CONTROLS_MEANT)
    if not re.search(rf"[{RIGHT_TO_LEFT}]", text):
        text = _MARKS_REMOVED.sub("", text)
    return _REMOVED.sub(lambda match: match["flag"] or "", text)


def too_long(count: int, limit: int) -> str:
    return ngettext(
        "This has %(count)d character, and may have at most %(limit)d.",
        "This has %(count)d characters, and may have at most %(limit)d.",
        count,
    ) % {"count": count, "limit": limit}


def _as_hyphen(match: re.Match[str]) -> str:
    """Drop the hyphen if the word goes on in lower case; else the word is spelt with it."""
    return "" if (match[1] or match[2]).islower() else "-"


def _as_one_space(match: re.Match[str]) -> str:
    """Return one space for several: a no-break one only at marks where French writes one."""
    kept = _NO_BREAK.search(match["run"]) if match["before"] or match["after"] else None
    return f"{match['before']}{kept[0] if kept else ' '}{match['after']}"


# --- what is refused ---


def _refuse_rest(text: str) -> None:
    if fault := _REFUSED.search(text):
        before = visible(text[: fault.start()].rpartition("\n")[2].strip())
        cut = f"…{before[-CONTEXT_CHARS:].lstrip()}" if len(before) > CONTEXT_CHARS else before
        values = {
            "kind": _kind(fault[0]),
            "code": code_point(fault[0]),
            "where": _("after “%(text)s”") % {"text": cut} if before else _("at the beginning"),
        }
        raise TextError(
            _("There is %(kind)s, %(code)s, %(where)s. Delete it and type what it stood for.")
            % values
        )


def code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


class _Kind(NamedTuple):
    characters: str
    name: object


_KINDS = (
    _Kind(rf"[{_SURROGATES}]", gettext_lazy("half of a character")),
    _Kind(
        r"[\u202a-\u202e\u2066-\u2069]",
        gettext_lazy("a character that reverses the direction of text"),
    ),
    _Kind(
        r"[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]",
        gettext_lazy("a character of a private font"),
    ),
)


def _kind(character: str) -> str:
    names = (kind.name for kind in _KINDS if re.match(kind.characters, character))
    return str(next(names, _("a control character")))


def _address_fault(address: str) -> str:
    scheme, separator, remainder = address.partition("://")
    if not separator or scheme.lower() not in {"http", "https"}:
        return _("An address begins with http:// or https://.")
    if "@" in re.split(r"[/?#]", remainder)[0]:
        return _("An address holds no user name or password: remove what stands before the “@”.")
    return _("An address holds no spaces, quotation marks, angle brackets or backslashes.")


# --- for messages and files ---


def visible(text: str) -> str:
    """Return ``text`` for a message, with ``[U+200B]`` in place of a character nobody sees."""
    return re.sub(
        rf"{SUSPECT}|[{_NOT_IN_DATABASE}\n]", lambda match: f"[{code_point(match[0])}]", text
    )


_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Return ``text`` for XML, with U+FFFD in place of what XML cannot hold.

    Versions from before the rule may hold anything.
    """
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
