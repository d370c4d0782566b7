"""The text of a CSV file, whichever program wrote it.

UTF-8 and UTF-16 say what they are. Of the older encodings none does: a file in one of them is read
only where every encoding that makes words of its bytes makes the same words of them.
"""

import codecs
import re
import unicodedata

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark is its beginning
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Windows and Mac first, then what spreadsheet programs of other countries and of DOS write.
OLDER_ENCODINGS = {
    "cp1252": "Windows-1252",
    "mac_roman": "Mac Roman",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "iso8859-15": "ISO 8859-15",
    "cp437": "DOS 437",
    "cp850": "DOS 850",
    "gb18030": "GB 18030",
    "shift_jis": "Shift JIS",
    "big5": "Big5",
    "euc_kr": "EUC-KR",
}
PROBE_BYTES = 64
WORD = re.compile(r"[^\W\d_]+")
SIGNS = {"MICRO", "OHM", "KELVIN", "ANGSTROM", "FEMININE", "MASCULINE", "MODIFIER"}
PUNCTUATION = set("’‘“”«»–—…€°·•§©®™£¥¢¿¡×±\u00a0")
MARK_IN_A_WORD = re.compile(r"(?<=[^\W\d_])[^\w\s\x00-\x7f’‘·–—](?=[^\W\d_])")


class EncodingError(Exception):
    """Bytes that are no text, or that may be several: ``sample`` is a cell with the first."""

    def __init__(self, row: int = 0, sample: str = "") -> None:
        super().__init__(sample)
        self.row, self.sample = row, sample


def decode(data: bytes) -> tuple[str, str]:
    """Return the text, and the name of its encoding where nothing in the file says it.

    Raises EncodingError.
    """
    encoding = unicode_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return decode_older(data)
    if "\0" in text:
        raise EncodingError
    if encoding == "utf-8" and has_mixed_scripts(text):
        raise ambiguous(data)  # “’é” of an old Mac is an Armenian letter in UTF-8
    return text, ""


def unicode_encoding(data: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return encoding
    probe = data[:PROBE_BYTES]
    if len(probe) > 2 and not any(probe[1::2]) and all(probe[::2]):
        return "utf-16-le"
    if len(probe) > 2 and not any(probe[::2]) and all(probe[1::2]):
        return "utf-16-be"
    return "utf-8"


def decode_older(data: bytes) -> tuple[str, str]:
    if b"\0" in data or data.startswith(tuple(BYTE_ORDER_MARKS)):
        raise EncodingError
    readings: dict[str, str] = {}
    for encoding, name in OLDER_ENCODINGS.items():
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if has_words(text):
            readings.setdefault(text, name)
    if len(readings) == 1:
        return readings.popitem()
    raise ambiguous(data)


def has_words(text: str) -> bool:
    """Whether all that is not ASCII in ``text`` is words as people write them."""
    foreign = {char for char in text if not char.isascii()}
    if any(not (char.isalpha() or char in PUNCTUATION) for char in foreign):
        return False
    return not MARK_IN_A_WORD.search(text) and all(map(is_word, foreign_words(text)))


def foreign_words(text: str) -> set[str]:
    """Return the words with a letter beyond ASCII."""
    return {word for word in WORD.findall(text) if not word.isascii()}


def is_word(word: str) -> bool:
    """Whether the letters are of one script, with no capital but in front or throughout."""
    return len(scripts_of(word)) < 2 and word in {word.lower(), word.upper(), word.capitalize()}


def has_mixed_scripts(text: str) -> bool:
    """Whether alphabets are mixed within a word, as no language does; some do with ideographs."""
    cased_parts = ("".join(filter(is_cased, set(word))) for word in foreign_words(text))
    return any(len(scripts_of(word)) > 1 for word in cased_parts)


def is_cased(char: str) -> bool:
    return unicodedata.category(char) in {"Ll", "Lu"}


def scripts_of(word: str) -> set[str]:
    """Return LATIN, GREEK, CJK; signs that people write as letters are of no script."""
    return {unicodedata.name(char, "?").split()[0] for char in set(word)} - SIGNS


def ambiguous(data: bytes) -> EncodingError:
    before, _, after = data.partition(next(re.finditer(rb"[\x80-\xff]", data))[0])
    row = len(re.findall(rb"\r\n|\r|\n", before)) + 1
    start = re.split(rb"[\r\n,;\t]", before)[-1][-20:]
    end = re.split(rb"[\r\n,;\t]", after)[0][:20]
    return EncodingError(row, (start + b"\xff" + end).decode("ascii", "replace"))
