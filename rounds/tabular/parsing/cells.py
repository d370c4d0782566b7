"""What an editor's cell means in a column of the record.

A person's cell is made into the text that the files of a data package have (see
``rounds.tabular.cell_codecs``), or refused. It is read where it can mean one thing only: “62,5”,
“VRAI”, “4 mars 2031”. Where it can mean two, as “03/04/2031”, or is what a program has made of
something else, it is refused with the cause and the way out. The cause is the same for all such
cells, so that a preview shows it once.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, singledispatch
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from rounds.platform.dates import day as day_in_words
from rounds.tabular.cell_codecs import (
    FORMULA,
    OPEN,
    CellCodec,
    ChoiceCodec,
    DayCodec,
    DecimalCodec,
    FlagCodec,
    IntegerCodec,
    KeyCodec,
    KeyListCodec,
    LastDayCodec,
    TextCodec,
    suggested_rows,
)
from rounds.tabular.columns import Column
from rounds.tabular.files.sheets import CellKind, SheetCell, listed
from rounds.tabular.parsing.days import DayOrder, day_from_text, is_day_with_time
from rounds.tabular.parsing.numbers import number_from_text
from rounds.tabular.parsing.text import UnreadableCellError, fold, tidy

# The truth values of spreadsheet programs in their languages, and what people write instead.
TRUE = {*("true", "vrai", "verdadero", "wahr", "vero", "verdadeiro"), *("yes", "oui", "si", "1")}
FALSE = {*("false", "faux", "falso", "falsch"), *("no", "non", "0")}
# What programs show in a cell whose formula has failed, in English, French, Spanish and German.
ERROR = re.compile(
    r"#(?:N/[AD]|NV|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|NOM\s?\?|VALEUR\s?!"
    r"|NOMBRE\s?!|NUL\s?!|¡REF!|¿NOMBRE\?|¡VALOR!|¡DIV/0!|¡NULO!|¡NUM!|BEZUG!|WERT!|ZAHL!|ERROR!)"
    r"|Err:[0-9]{3}|#{3,}",
    re.IGNORECASE,
)
# UTF-8 that a program has read as Windows-1252: “MontrÃ©al” for “Montréal”.
MISREAD = re.compile(r"Ã[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Â[\xa0-\xbf]|â€[\x80-\xbf™œ“”˜¦¢]")
PER_CENT = re.compile(r"%|per ?cent|pour cent|por ?ciento", re.IGNORECASE)
NAME_FIELDS = ("name", "title", "short_name", "url", "archive_url")  # by which people call a row
SERIALS = range(18_264, 73_051)  # 1950 to 2099, counted from 1900


# --- what the meaning of a cell depends on ---


@dataclass
class NameIndex:
    """The rows of a model by their keys and names.

    Statements, of which there may be a million, have no names, so their keys are not read here.
    """

    model: Any

    @cached_property
    def name_fields(self) -> list[str]:
        fields = {each.name for each in self.model._meta.get_fields()}
        return [name for name in NAME_FIELDS if name in fields]

    @cached_property
    def keys(self) -> set[str]:
        (path,) = self.model.natural_key_paths
        return set(self.model._default_manager.values_list(path, flat=True))

    @cached_property
    def by_case(self) -> dict[str, set[str]]:
        """The keys, whatever capitals they are written in."""
        index: dict[str, set[str]] = {}
        for key in self.keys:
            index.setdefault(fold(key), set()).add(key)
        return index

    @cached_property
    def by_name(self) -> dict[str, set[str]]:
        (path,) = self.model.natural_key_paths
        index: dict[str, set[str]] = {}
        for row in self.model._default_manager.values(path, *self.name_fields, "translations"):
            labels = [row[name] for name in self.name_fields]
            labels += [
                text
                for name, text in row["translations"].items()
                if name.rpartition("_")[0] in self.name_fields
            ]
            for label in filter(None, labels):
                index.setdefault(fold(label), set()).add(row[path])
        return index

    @cached_property
    def suggested(self) -> set[str]:
        (path,) = self.model.natural_key_paths
        return set(suggested_rows(self.model).values_list(path, flat=True))

    def key(self, text: str) -> str:
        """Return the key of what ``text`` names, or ``text`` itself. Raises UnreadableCellError.

        The name of a cancelled meeting is refused: another may be meant.
        """
        if not text or not self.name_fields or text in self.keys:
            return text
        matches = self.by_name.get(fold(text), set()) | self.by_case.get(fold(text), set())
        if len(matches) > 1:
            detail = _("may be %(keys)s") % {"keys": listed(sorted(matches))}
            raise UnreadableCellError(_("expected a key: several entries have this name"), detail)
        if matches - self.suggested and fold(text) not in self.by_case:
            detail = _("the key is %(key)s") % {"key": listed(matches)}
            raise UnreadableCellError(
                _(
                    "expected a meeting that took place or is still to come: this one was "
                    "cancelled or moved. If you mean this one, write its key."
                ),
                detail,
            )
        return next(iter(matches), text)


@dataclass(frozen=True)
class Surroundings:
    """What else the meaning of a cell depends on."""

    unit: str = ""  # of the number, in its own row
    day_order: DayOrder = field(default_factory=DayOrder)
    names: Callable[[Any], NameIndex] = NameIndex
    epoch: dt.datetime = dt.datetime(1899, 12, 30)  # noqa: DTZ001 – spreadsheets have no zones


# --- any cell ---

SPACES = (
    " \t\r\n\u00a0\u202f"  # what else nobody sees has a meaning to rounds/platform/plain_text.py
)


def read_cell(cell: SheetCell, column: Column, surroundings: Surroundings) -> str:
    """Return the cell as a record's file has it. Raises UnreadableCellError."""
    text = cell.text.strip(SPACES)
    if not text:
        return ""
    if cell.kind is CellKind.FORMULA:
        raise UnreadableCellError(
            _("expected no formula. Copy the cells, paste them as values only, and save the file.")
        )
    if cell.kind is CellKind.ERROR or ERROR.fullmatch(text):
        raise UnreadableCellError(
            _("expected a value. The program shows an error there: correct the cell, or empty it.")
        )
    check_letters(text)
    if isinstance(column.field, models.SlugField):
        return read_key(cell)
    order = surroundings.day_order.of_column(column.name)
    surroundings = replace(surroundings, day_order=order)
    return read_as(column.codec, cell._replace(text=text), surroundings)


def check_letters(text: str) -> None:
    """Refuse text that a program has spoilt before it came here."""
    if MISREAD.search(text) or "\N{REPLACEMENT CHARACTER}" in text or not is_unicode(text):
        raise UnreadableCellError(
            _(
                "expected readable text. A program has opened this text in the wrong encoding: "
                "open the original as UTF-8, or correct the letters."
            )
        )


def is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


@singledispatch
def read_as(codec: CellCodec, cell: SheetCell, surroundings: Surroundings) -> str:
    """Return the text of ``cell`` as ``codec`` would write it. Raises UnreadableCellError."""
    return cell.text


# --- texts and keys ---

TURNED = gettext_lazy(
    "expected text. The program has turned it into a number, a date or TRUE or FALSE, and may have "
    "changed it: format the column as text, type the cell again, and save the file."
)


@read_as.register
def _text(codec: TextCodec, cell: SheetCell, surroundings: Surroundings) -> str:
    """Return prose, behind an apostrophe as in an export if it begins with a dash or an @.

    A number is taken, since people name things by numbers: of 1.10 the program has kept 1.1, as
    the preview shows.
    """
    if cell.kind not in {CellKind.TEXT, CellKind.NUMBER, CellKind.PERCENT}:
        raise UnreadableCellError(str(TURNED))
    return f"'{cell.text}" if re.match(FORMULA, cell.text) else cell.text


def read_key(cell: SheetCell) -> str:
    if cell.kind not in {CellKind.TEXT, CellKind.NUMBER}:
        raise UnreadableCellError(str(TURNED))
    return tidy(cell.text)


@read_as.register
def _choice(codec: ChoiceCodec, cell: SheetCell, surroundings: Surroundings) -> str:
    """Return a choice by its name in the files, or as pages call it in any language."""
    text = fold(cell.text)
    choices = {fold(choice): choice for choice in codec.choices}
    return choices.get(text) or choice_by_label(codec, text) or tidy(cell.text)


def choice_by_label(codec: ChoiceCodec, text: str) -> str:
    """Return the only choice that pages call ``text``, or nothing."""
    matches = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            matches |= {
                choice for choice, label in codec.labels.items() if fold(str(label)) == text
            }
    return matches.pop() if len(matches) == 1 else ""


@read_as.register
def _key(codec: KeyCodec, cell: SheetCell, surroundings: Surroundings) -> str:
    """Return a key, or that of a name that only one row has."""
    key = read_key(cell)
    return surroundings.names(codec.model).key(key)


@read_as.register
def _keys(codec: KeyListCodec, cell: SheetCell, surroundings: Surroundings) -> str:
    """Return keys that had commas, semicolons or line breaks between; names may hold commas."""
    if cell.kind not in {CellKind.TEXT, CellKind.NUMBER}:
        raise UnreadableCellError(str(TURNED))
    names = surroundings.names(codec.model)
    keys: list[str] = []
    for part in re.split(r"[;\n]", cell.text):
        whole = tidy(part)
        resolved = names.key(whole)
        keys += (
            [resolved]
            if resolved != whole
            else [names.key(tidy(piece)) for piece in part.split(",")]
        )
    return ", ".join(dict.fromkeys(filter(None, keys)))


# --- truth and numbers ---


@read_as.register
def _flag(codec: FlagCodec, cell: SheetCell, surroundings: Surroundings) -> str:
    word = fold(cell.text)
    if word in TRUE | FALSE and cell.kind in {CellKind.TEXT, CellKind.FLAG, CellKind.NUMBER}:
        return "true" if word in TRUE else "false"
    raise UnreadableCellError(_("expected true or false"))


@read_as.register
def _decimal(codec: DecimalCodec, cell: SheetCell, surroundings: Surroundings) -> str:
    text = tidy(cell.text)
    if text.endswith("%"):
        if not PER_CENT.search(surroundings.unit):
            raise UnreadableCellError(
                _(
                    "expected a number without “%”: its unit is not per cent. Correct the unit, "
                    "or format the column as plain numbers and check them."
                )
            )
        # Of a cell formatted as per cent the program knows the number: 1.234% is not ambiguous.
        kind = CellKind.NUMBER if cell.kind is CellKind.PERCENT else CellKind.TEXT
        return read_number(SheetCell(text.removesuffix("%").strip(), kind))
    return read_number(cell)


@read_as.register
def _integer(codec: IntegerCodec, cell: SheetCell, surroundings: Surroundings) -> str:
    text = read_number(cell)
    if not re.fullmatch("-?[0-9]+", text):
        raise UnreadableCellError(_("expected a whole number"))
    return text


def read_number(cell: SheetCell) -> str:
    """Return a number with a point and nothing between thousands. Raises UnreadableCellError."""
    if cell.kind in {CellKind.NUMBER, CellKind.SHOWN}:
        return cell.text
    if cell.kind is CellKind.SCALED:
        raise UnreadableCellError(
            _(
                "expected a number that is shown as it is. Its format shows another, such as "
                "thousands for units: format the column as plain numbers and check them."
            )
        )
    if cell.kind is CellKind.INEXACT:
        raise UnreadableCellError(
            _("expected a number of at most 15 digits: spreadsheet programs keep no more")
        )
    if cell.kind is CellKind.PERCENT:
        raise UnreadableCellError(_("expected a number without “%”"))
    if cell.kind is not CellKind.TEXT:
        raise UnreadableCellError(
            _(
                "expected a number such as 40 or 12.5. The program has turned it into a date, a "
                "time or TRUE or FALSE: format the column as numbers and type the cell again."
            )
        )
    return number_from_text(tidy(cell.text).replace("\N{MINUS SIGN}", "-"))


# --- days ---


@read_as.register
def _day(codec: DayCodec, cell: SheetCell, surroundings: Surroundings) -> str:
    text = tidy(cell.text)
    if isinstance(codec, LastDayCodec) and fold(text) == OPEN:
        return OPEN
    if cell.kind is CellKind.DAY:
        return text
    if cell.kind is CellKind.PART_OF_DAY:
        raise UnreadableCellError(
            _(
                "expected a full date. The cell shows only a part of it, and the program has added "
                "the rest: format the column as dates with day, month and year, and check them."
            ),
            text,
        )
    if cell.kind is CellKind.MOMENT or (cell.kind is CellKind.TEXT and is_day_with_time(text)):
        raise UnreadableCellError(
            _("expected a day without a time, such as 2031-05-21: remove the time"),
        )
    if cell.kind in {CellKind.NUMBER, CellKind.TEXT, CellKind.SHOWN} and (
        day := serial_day(text, surroundings)
    ):
        raise UnreadableCellError(
            _(
                "expected a day such as 2031-05-21. These are the numbers by which a spreadsheet "
                "program counts days: format the column as dates, and save the file again."
            ),
            _("Excel’s number for %(day)s") % {"day": day_in_words(day)},
        )
    if cell.kind is not CellKind.TEXT:
        raise UnreadableCellError(_("expected %(expected)s") % {"expected": codec.expected})
    return day_from_text(text, codec, surroundings.day_order)


def serial_day(text: str, surroundings: Surroundings) -> dt.date | None:
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text) and int(text[:5]) in SERIALS:
        return (surroundings.epoch + dt.timedelta(days=int(text[:5]))).date()
    return None
