"""What a number format of Excel shows of a number."""

import re
from decimal import Decimal

from rounds.tabular.files.sheets import CellKind, SheetCell

EXACT_DIGITS = 15  # of a number in any spreadsheet program


CONDITION = re.compile(r"\[[<>=]")  # under which a section of a number format holds
# Digits as text beside those of the number, so that 5 is shown as 500: 0"00", \10.
DIGITS_ADDED = re.compile(r"""[0#?](?:"[ .,'’]*[0-9]|\\[0-9])|(?:[0-9][ .,'’]*"|\\[0-9])[0#?]""")
LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![<>=])[^\]]*\]')  # text of a number format


def shows_time(number_format: str) -> bool:
    return bool(re.search("[hs]", LITERALS.sub("", number_format.lower())))


def day_kind(number_format: str) -> CellKind:
    """Return the kind of a day by what its format shows.

    One that is shown without its year was typed without: the program has added this year's.
    """
    codes = LITERALS.sub("", number_format.lower())
    is_whole = codes == "general" or ("y" in codes and "d" in codes)
    return CellKind.DAY if is_whole else CellKind.PART_OF_DAY


def number_cell(value: Decimal | float, number_format: str) -> SheetCell:
    """Return a number without what floating point adds to it, and per cent as they are shown."""
    number = Decimal(f"{value:.{EXACT_DIGITS}g}") if isinstance(value, float) else Decimal(value)
    if abs(number) >= 10**EXACT_DIGITS:
        return SheetCell(f"{number:f}", CellKind.INEXACT)
    section = format_section(number, number_format)
    codes = LITERALS.sub("", section)
    has_condition = bool(CONDITION.search(number_format))
    sections = number_format.split(";") if has_condition else [section]
    if (has_condition and "%" in number_format) or any(map(shows_another, sections)):
        return SheetCell(plain_number(number), CellKind.SCALED)
    if "%" in section:
        times = 100 ** codes.count("%")
        return SheetCell(f"{plain_number(number * times)}%", CellKind.PERCENT)
    is_as_shown = codes in {"General", "@", ""} or (codes == "0" and number == int(number))
    return SheetCell(plain_number(number), CellKind.NUMBER if is_as_shown else CellKind.SHOWN)


def shows_another(section: str) -> bool:
    """Whether a section of a format shows another number: in thousands, or with digits added."""
    codes = LITERALS.sub("", section)
    return bool(re.search(r"[0#?],+(?![0#?,])", codes) or DIGITS_ADDED.search(section))


def format_section(number: Decimal, number_format: str) -> str:
    """Return the part of a format for numbers of this sign: positive;negative;zero."""
    positive, *sections = number_format.split(";")
    if number < 0 and sections:
        return sections[0]
    return sections[1] if number == 0 and len(sections) > 1 else positive


def plain_number(number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return "0" if text == "-0" else text
