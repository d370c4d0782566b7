"""One cell of a table: from a value to the text of a file, and back.

A codec knows one type of value. The names of types and constraints are those of Frictionless
table schemas, https://specs.frictionlessdata.io/table-schema/.
"""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rounds.models import NOT_TO_BE, NaturalKeyModel, Round
from rounds.platform.dates import first_day, last_day
from rounds.platform.plain_text import without_invisible
from rounds.tabular.messages import expected_choice, found_text, unexpected

DAY = "[12][0-9]{3}-[01][0-9]-[0-3][0-9]"
OPEN = "open"
KEY = "[-a-zA-Z0-9_]+"
KEYS = f"{KEY}( *, *{KEY})*"

# What a spreadsheet may run instead of showing it. Text of an editor's that begins so travels
# behind an apostrophe.
FORMULA = r"(?:[=+@\t\r]|-(?![0-9]+(?:\.[0-9]+)?\Z))"


def key_text(text: str) -> str:
    """Return the cell of a key as the key is stored if it is one."""
    return without_invisible(text).strip()


def split_keys(text: str) -> list[str]:
    """Return the keys of a list, each once."""
    return list(dict.fromkeys(key for part in text.split(",") if (key := part.strip())))


def guarded(text: str) -> str:
    """Return ``text`` behind an apostrophe if a spreadsheet would run it, or take one away."""
    return f"'{text}" if re.match(f"'*{FORMULA}", text) else text


def unguarded(text: str) -> str:
    """Return ``text`` without the apostrophe that ``guarded`` puts before it."""
    return text[1:] if re.match(f"'+{FORMULA}", text) else text


class CellCodec:
    """Writes a value into a cell and reads it. The base class takes text as it is."""

    type = "string"
    empty: Any = None  # what an empty cell stands for
    lookup = ""  # from the field to what identifies a row, in a query

    def parse(self, text: str) -> Any:
        """Return the value of a cell that is not empty.

        Raises ValueError with what was found and what was expected.
        """
        return text

    def render(self, value: Any) -> str:
        return "" if value is None else str(value)

    def constraints(self) -> dict[str, Any]:
        return {}


class TextCodec(CellCodec):
    """Prose. What a spreadsheet would run stands behind an apostrophe."""

    empty = ""

    def parse(self, text: str) -> str:
        if re.match(FORMULA, text):
            raise unexpected(text, _("no formula: text that does not begin with = + - or @"))
        return unguarded(text)

    def render(self, value: object) -> str:
        return guarded(str(value or "").replace("\r\n", "\n").strip())


class ChoiceCodec(CellCodec):
    """One of a field's choices; ``labels`` is what pages call them."""

    def __init__(self, choices: Iterable[tuple[Any, Any]]) -> None:
        self.labels = {str(value): label for value, label in choices}
        self.choices = list(self.labels)

    def parse(self, text: str) -> str:
        if text not in self.choices:
            raise unexpected(text, expected_choice(text, self.choices))
        return text

    def constraints(self) -> dict[str, Any]:
        return {"enum": self.choices}


class FlagCodec(CellCodec):
    """True or false."""

    type = "boolean"

    def parse(self, text: str) -> bool:
        if text.lower() not in {"true", "false"}:
            raise unexpected(text, _("true or false"))
        return text.lower() == "true"

    def render(self, value: bool) -> str:
        return "true" if value else "false"


class IntegerCodec(CellCodec):
    """A whole number of at most nine digits, not negative."""

    type = "integer"

    def parse(self, text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text):
            raise unexpected(text, _("a whole number"))
        return int(text)


class DecimalCodec(CellCodec):
    """A number; ``unit`` is the column of its row that says what it counts."""

    type = "number"

    def __init__(self, unit: str = "") -> None:
        self.unit = unit

    def parse(self, text: str) -> Decimal:
        if not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", text):
            raise unexpected(text, _("a number such as 40 or 12.5"))
        return Decimal(text)

    def render(self, value: Decimal | None) -> str:
        return "" if value is None else f"{value.normalize():f}"


class DayCodec(CellCodec):
    """A day: 2031-05-21."""

    type = "date"

    expected = gettext_lazy("a day such as 2031-05-21")

    def parse(self, text: str) -> dt.date | str:
        try:
            if re.fullmatch(DAY, text):
                return dt.date.fromisoformat(text)
        except ValueError:  # 30 February
            pass
        raise unexpected(text, self.expected)


class FirstDayCodec(DayCodec):
    """The first day of a span."""

    lookup = "__startswith"

    def render(self, value: DateRange | None) -> str:
        return first_day(value).isoformat() if value else ""


class LastDayCodec(DayCodec):
    """The last day of a span, or ``OPEN``. The cell is empty where the span is one day."""

    type = "string"
    expected = gettext_lazy("a day such as 2031-05-21, “open”, or nothing for one day")

    def parse(self, text: str) -> dt.date | str:
        return OPEN if text == OPEN else super().parse(text)

    def render(self, value: DateRange | None) -> str:
        if not value or last_day(value) == first_day(value):
            return ""
        last = last_day(value)
        return last.isoformat() if last else OPEN

    def constraints(self) -> dict[str, Any]:
        return {"pattern": f"({DAY}|{OPEN})"}


def suggested_rows(model: type[NaturalKeyModel]) -> "models.QuerySet[Any]":
    """Return what a message may propose: of the meetings none that was cancelled or moved."""
    rows: models.QuerySet[Any] = model._default_manager.all()
    return rows.exclude(status__in=NOT_TO_BE) if model is Round else rows


class KeyCodec(CellCodec):
    """Another row, by its key."""

    def __init__(self, model: type[NaturalKeyModel]) -> None:
        self.model = model
        (self.key_field,) = model.natural_key_paths
        self.lookup = f"__{self.key_field}"

    def keys(self, text: str) -> list[str]:
        return [text] if text else []

    def find(self, keys: list[str]) -> list[models.Model]:
        """Return the rows with ``keys``, in their order. Raises ValueError for an unknown key."""
        rows = self.model._default_manager.filter(**{f"{self.key_field}__in": keys})
        by_key = {getattr(row, self.key_field): row for row in rows}
        for key in keys:
            if key not in by_key:
                raise ValueError(
                    _("%(found)s, which is no %(model)s; expected %(expected)s")
                    % {
                        "found": found_text(key),
                        "model": self.model._meta.verbose_name,
                        "expected": expected_choice(key, self.suggested_keys()),
                    }
                )
        return [by_key[key] for key in keys]

    def suggested_keys(self) -> list[str]:
        return list(suggested_rows(self.model).values_list(self.key_field, flat=True))

    def parse(self, text: str) -> Any:
        """Return the row."""
        return self.find(self.keys(text))[0]

    def render(self, value: Any) -> str:
        return "" if value is None else str(getattr(value, self.key_field))

    def constraints(self) -> dict[str, Any]:
        return {"pattern": KEY}


class KeyListCodec(KeyCodec):
    """Any number of other rows, by their keys, with commas between."""

    empty = ()

    def keys(self, text: str) -> list[str]:
        return split_keys(text)

    def parse(self, text: str) -> list[models.Model]:
        return self.find(self.keys(text))

    def render(self, value: models.Manager[Any]) -> str:
        """Return the keys of all rows of a related manager."""
        return ", ".join(sorted(getattr(row, self.key_field) for row in value.all()))

    def constraints(self) -> dict[str, Any]:
        return {"pattern": KEYS}


CODECS: tuple[tuple[type["models.Field[Any, Any]"], type[CellCodec]], ...] = (
    (models.BooleanField, FlagCodec),
    (models.IntegerField, IntegerCodec),
    (models.DecimalField, DecimalCodec),
    (models.DateField, DayCodec),
)


def codec_for(field: "models.Field[Any, Any]") -> CellCodec:
    """Return how the values of a model's field are written."""
    if isinstance(field, models.ManyToManyField | models.ForeignKey):
        model = cast(
            "type[NaturalKeyModel]", field.related_model
        )  # each model of the record is one
        is_list = isinstance(field, models.ManyToManyField)
        return KeyListCodec(model) if is_list else KeyCodec(model)
    if field.choices:
        return ChoiceCodec(field.flatchoices)
    matching = (codec for kind, codec in CODECS if isinstance(field, kind))
    return next(matching, TextCodec)()
