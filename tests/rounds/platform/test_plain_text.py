"""One rule for text: what it cleans and refuses, and that the database has the same."""

import random
import re

import pytest
from django.db import connection

from rounds.platform.plain_text import (
    JOINED,
    JOINERS,
    LONG_TEXT_CHARS,
    MARKS,
    NEVER,
    RIGHT_TO_LEFT,
    TAGS,
    TextError,
    clean,
    clean_address,
    is_address,
    is_plain,
)
from tests.nasty import ADDRESSES, INVISIBLE, TEXTS

# around a character: letters of either direction, an emoji, the parts of a flag
CONTEXTS = [("", ""), ("a", "a"), ("ש", ""), ("👩", ""), ("\U0001f3f4", "\U000e007f")]

# the first and the last character of each range of the rule, and those beside it
EDGES = sorted(
    {
        code
        for found in re.findall(
            r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})",
            "".join((NEVER, JOINERS, JOINED, MARKS, RIGHT_TO_LEFT, TAGS)),
        )
        for code in range(int("".join(found), 16) - 1, int("".join(found), 16) + 2)
        if 0 < code < 0x110000 and not 0xD800 <= code <= 0xDFFF
    }
)


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        ("The agree\x02ment is near.", "The agreement is near."),  # as PDF viewers copy a hyphen
        ("The agree\x02\nment", "The agreement"),
        ("a US\x02Mexico deal", "a US-Mexico deal"),
        ("pro\xad\nposal, pro\xadposal", "proposal, proposal"),
        (
            "One.\x0bTwo.\r\nThree.\rFour.\u2028Five.\x0cSix.",
            "One.\nTwo.\nThree.\nFour.\nFive.\nSix.",
        ),
        ("One._x000D_\nTwo._x000B_Three.", "One.\nTwo.\nThree."),
        ("eﬃcient ﬁling of ﬂoors", "efficient filing of floors"),
        ("Canada\x92s \x93offer\x94", "Canada’s “offer”"),
        ("Quebe\u0301c", "Quebéc"),
        (
            "Two  spaces,\xa0 a tab\there, trailing \n and\xa0",
            "Two spaces, a tab here, trailing\nand",
        ),
        ("A.\n\n\n\nB.", "A.\n\nB."),
        ("\ufeff\u200eLighthizer\u200b\u2060", "Lighthizer"),
        ("\u202dcall 555\u202c", "call 555"),
        ("\uf0b7 first", "• first"),
        # what stays
        ("«\xa0Rien n’est acquis\xa0»\u202f!", "«\xa0Rien n’est acquis\xa0»\u202f!"),
        ("«\xa0  oui \xa0» \xa0: 5\xa0%", "«\xa0oui\xa0»\xa0: 5\xa0%"),
        ("👩\u200d🚀 and ❤\ufe0f", "👩\u200d🚀 and ❤\ufe0f"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",) * 2,
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("שלום (A)\u200f!", "שלום (A)\u200f!"),
    ],
)
def test_it_puts_right_what_is_safe_and_leaves_what_is_meant(pasted: str, stored: str) -> None:
    assert clean(pasted, has_lines=True) == stored


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        ("The deal\x01 is off", "There is a control character, U+0001, after “The deal”."),
        ("\x02 a hyphen of nothing", "There is a control character, U+0002, at the beginning."),
        (
            "exe.\u202egnp",
            "There is a character that reverses the direction of text, U+202E, after “exe.”.",
        ),
        (
            "ש\u2067a",
            "There is a character that reverses the direction of text, U+2067, after “ש”.",
        ),
        ("one\ntwo \uffff", "There is a control character, U+FFFF, after “two”."),
        ("x\ud83d", "There is half of a character, U+D83D, after “x”."),
        ("\uf8ff", "There is a character of a private font, U+F8FF, at the beginning."),
        ("w" * (LONG_TEXT_CHARS + 1), "This has 20001 characters, and may have at most 20000."),
    ],
)
def test_it_refuses_the_rest_and_says_where(pasted: str, message: str) -> None:
    with pytest.raises(TextError) as error:
        clean(pasted, has_lines=True)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        ("ftp://example.org/a", "An address begins with http:// or https://."),
        ("javascript:alert(1)", "An address begins with http:// or https://."),
        ("https://user:secret@example.org/", "An address holds no user name or password"),
        ("https://example.org/a b", "An address holds no spaces"),
        ("https://example.org\\@evil.example/", "An address holds no user name or password"),
        (
            "https://example.org/\u202egpj.exe",
            "There is a character that reverses the direction of text, U+202E",
        ),
    ],
)
def test_an_address_is_one_of_the_web(pasted: str, message: str) -> None:
    with pytest.raises(TextError) as error:
        clean_address(pasted)
    assert str(error.value).startswith(message)


def test_an_address_keeps_its_letters() -> None:
    address = "HTTPS://example.org:8080/ﬁle/Quebe\u0301c?q=@a_x_&r=%E2%80%AE&ש=1"
    assert clean_address(f"\ufeff {address}\u200b\n") == address


@pytest.mark.parametrize("has_lines", [True, False])
def test_what_was_cleaned_is_plain_and_stays_as_it_is(has_lines: bool) -> None:
    """Also where one character stands only for the sake of another that goes."""
    chance = random.Random(48)
    alphabet = [*map(chr, EDGES), *"aA1 \n\xad\x02«:ש🏴", *(text[5] for text in INVISIBLE)]
    mixed = ["".join(chance.choices(alphabet, k=5)) for _number in range(3_000)]
    for text in [*TEXTS, *mixed]:
        try:
            cleaned = clean(text, has_lines=has_lines)
        except TextError:
            continue
        assert is_plain(cleaned, has_lines=has_lines), ascii(text)
        assert clean(cleaned, has_lines=has_lines) == cleaned, ascii(text)


@pytest.mark.django_db
def test_the_database_has_the_same_rule_for_every_character() -> None:
    for before, after in CONTEXTS:
        for has_lines in (True, False):
            refused = refused_by_database(EDGES, before, after, has_lines=has_lines)
            assert refused == refused_here(EDGES, before, after, has_lines=has_lines)


def refused_by_database(codes: list[int], before: str, after: str, *, has_lines: bool) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT code FROM unnest(%s::integer[]) code
            WHERE NOT rounds_is_plain_text(%s || chr(code) || %s, %s) ORDER BY code""",
            [codes, before, after, has_lines],
        )
        return [code for (code,) in cursor.fetchall()]


def refused_here(codes: list[int], before: str, after: str, *, has_lines: bool) -> list[int]:
    texts = {code: f"{before}{chr(code)}{after}" for code in codes}
    return [code for code, text in texts.items() if not is_plain(text, has_lines=has_lines)]


@pytest.mark.django_db
def test_the_database_has_the_same_rule_for_whole_texts_and_addresses() -> None:
    texts = [text for text in TEXTS if not re.search("[\0\ud800-\udfff]", text)]
    addresses = [text for text in ADDRESSES if "\0" not in text]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT text, rounds_is_plain_text(text, true), rounds_is_plain_text(text, false),
                rounds_are_plain_texts(jsonb_build_object('title_fr', text), '{"title": 160}')
            FROM unnest(%s::text[]) text""",
            [texts],
        )
        for text, lines, line, translation in cursor.fetchall():
            assert lines == is_plain(text, has_lines=True), ascii(text)
            assert line == is_plain(text, has_lines=False), ascii(text)
            assert translation == (line and len(text) <= 160), ascii(text)
        cursor.execute(
            "SELECT text, rounds_is_address(text) FROM unnest(%s::text[]) text", [addresses]
        )
        for text, is_one in cursor.fetchall():
            assert is_one == is_address(text), ascii(text)
