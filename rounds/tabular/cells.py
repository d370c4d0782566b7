"""One cell of a table: from a value to the text of a file, and back."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import widgets

from rounds.models import (
    NOT_TO_BE,
    NaturalKeyModel,
    Round,
)
from rounds.models.text import has_lines
from rounds.platform.dates import first_day, last_day
from rounds.platform.plain_text import (
    LONG_TEXT_CHARS,
    TextError,
    clean,
    clean_address,
    visible,
    without_invisible,
)

CELL_LIMIT = LONG_TEXT_CHARS  # characters, whatever the column
SHOWN = 60  # characters of a cell that a message repeats
LISTED = 12  # keys that a message lists before it proposes the likeliest

DAY = "[12][0-9]{3}-[01][0-9]-[0-3][0-9]"
OPEN = "open"
KEY = "[-a-zA-Z0-9_]+"
KEYS = f"{KEY}( *, *{KEY})*"

# What a spreadsheet may run instead of showing it. Text of an editor's that begins so travels
# behind an apostrophe.
FORMULA = r"(?:[=+@\t\r]|-(?![0-9]+(?:\.[0-9]+)?\Z))"


def found(text: str) -> str:
    """The beginning of a message about a cell."""
    if not text:
        return _("found nothing")
    return _("found “%(text)s”") % {"text": shown(text)}


def shown(text: str) -> str:
    """``text`` as one short line, with the codes of what nobody sees in it."""
    line = text[:SHOWN].replace("\n", " ")
    return visible(line) if len(text) <= SHOWN else f"{visible(line)}…"


def cleaned_cell(field: "models.Field[Any, Any]", text: str) -> str:
    """``text`` as ``field`` stores it. Raises ValueError that says what was found, and where."""
    try:
        if isinstance(field, models.URLField):
            return clean_address(text)
        return clean(text, has_lines=has_lines(field))
    except TextError as error:
        raise ValueError(f"{found(text)}. {error}") from error


def key_text(text: str) -> str:
    """The cell of a key, as the key is stored if it is one."""
    return without_invisible(text).strip()


def unlike(text: str, expected: str | Promise) -> ValueError:
    return ValueError(
        _("%(found)s, expected %(expected)s") % {"found": found(text), "expected": expected}
    )


def one_of(word: str, words: Iterable[str]) -> str:
    """What may stand instead of ``word``: all ``words`` if they are few, else those like it."""
    known = sorted(words)
    if not known:
        return _("none: the record has none yet")
    if len(known) <= LISTED:
        return _("one of: %(words)s") % {"words": ", ".join(known)}
    if close := get_close_matches(word, known):
        return _("another; did you mean %(words)s?") % {"words": _(" or ").join(close)}
    return _("one of %(count)d others, such as %(word)s") % {"count": len(known), "word": known[0]}


def split_keys(text: str) -> list[str]:
    """The keys of a list, each once."""
    return list(dict.fromkeys(key for part in text.split(",") if (key := part.strip())))


def unguarded(text: str) -> str:
    """``text`` without the apostrophe behind which what looks like a formula travels."""
    return text[1:] if re.match(f"'+{FORMULA}", text) else text


class Cell(widgets.Widget):  # the library has no types
    """How a value is written in a cell. ``clean`` is never given an empty one."""

    type = "string"  # the names of types and constraints are those of Frictionless table schemas
    empty: Any = None
    lookup = ""  # from the attribute to what identifies a row

    def constraints(self) -> dict[str, Any]:
        return {}


class Text(Cell):
    empty = ""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        if re.match(FORMULA, value):
            raise unlike(value, _("no formula: text that does not begin with = + - or @"))
        return unguarded(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").strip()
        return f"'{text}" if re.match(f"'*{FORMULA}", text) else text


class Word(Cell):
    """One of a field's choices; ``labels`` is what pages call them."""

    def __init__(self, choices: Iterable[tuple[Any, Any]]) -> None:
        super().__init__()
        self.labels = {str(value): label for value, label in choices}
        self.words = list(self.labels)

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        if value not in self.words:
            raise unlike(value, one_of(value, self.words))
        return value

    def constraints(self) -> dict[str, Any]:
        return {"enum": self.words}


class Flag(Cell):
    type = "boolean"

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> bool:
        if value.lower() not in {"true", "false"}:
            raise unlike(value, _("true or false"))
        return value.lower() == "true"

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "true" if value else "false"


class Whole(Cell):
    type = "integer"

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> int:
        if not re.fullmatch("[0-9]{1,9}", value):
            raise unlike(value, _("a whole number"))
        return int(value)


class Number(Cell):
    """A number; ``unit`` is the column of its row that says what it counts."""

    type = "number"

    def __init__(self, unit: str = "") -> None:
        super().__init__()
        self.unit = unit

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Decimal:
        if not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", value):
            raise unlike(value, _("a number such as 40 or 12.5"))
        return Decimal(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else f"{value.normalize():f}"


class Day(Cell):
    type = "date"

    expected = gettext_lazy("a day such as 2031-05-21")

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> dt.date:
        try:
            if re.fullmatch(DAY, value):
                return dt.date.fromisoformat(value)
        except ValueError:  # 30 February
            pass
        raise unlike(value, self.expected)


class FirstDay(Day):
    lookup = "__startswith"

    def render(self, value: DateRange | None, obj: Any = None, **kwargs: Any) -> str:
        return first_day(value).isoformat() if value else ""


class LastDay(Day):
    type = "string"
    expected = gettext_lazy("a day such as 2031-05-21, “open”, or nothing for one day")

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """A day, or ``OPEN``."""
        return OPEN if value == OPEN else super().clean(value)

    def render(self, value: DateRange | None, obj: Any = None, **kwargs: Any) -> str:
        if not value or last_day(value) == first_day(value):
            return ""
        last = last_day(value)
        return last.isoformat() if last else OPEN

    def constraints(self) -> dict[str, Any]:
        return {"pattern": f"({DAY}|{OPEN})"}


def suggested_rows(model: type[NaturalKeyModel]) -> "models.QuerySet[Any]":
    """What a message may propose: of the meetings none that was cancelled or moved."""
    rows: models.QuerySet[Any] = model._default_manager.all()
    return rows.exclude(status__in=NOT_TO_BE) if model is Round else rows


class Key(Cell):
    """Another row, by its key."""

    def __init__(self, model: type[NaturalKeyModel]) -> None:
        super().__init__()
        self.model = model
        (self.field,) = model.natural_key_paths
        self.lookup = f"__{self.field}"

    def keys(self, text: str) -> list[str]:
        return [text] if text else []

    def find(self, keys: list[str]) -> list[models.Model]:
        """The rows with ``keys``, in their order. Raises ValueError about one that none has."""
        rows = self.model._default_manager
        known = {
            getattr(row, self.field): row for row in rows.filter(**{f"{self.field}__in": keys})
        }
        for key in keys:
            if key not in known:
                raise ValueError(
                    _("%(found)s, which is no %(model)s; expected %(expected)s")
                    % {
                        "found": found(key),
                        "model": self.model._meta.verbose_name,
                        "expected": one_of(key, self.suggested_keys()),
                    }
                )
        return [known[key] for key in keys]

    def suggested_keys(self) -> list[str]:
        return list(suggested_rows(self.model).values_list(self.field, flat=True))

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        return self.find(self.keys(value))[0]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else getattr(value, self.field)

    def constraints(self) -> dict[str, Any]:
        return {"pattern": KEY}


class Keys(Key, widgets.ManyToManyWidget):  # the library has no types
    """Any number of other rows, by their keys."""

    empty = ()

    def __init__(self, model: type[NaturalKeyModel]) -> None:
        widgets.ManyToManyWidget.__init__(self, model)
        (self.field,) = model.natural_key_paths

    def keys(self, text: str) -> list[str]:
        return split_keys(text)

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> list[models.Model]:
        return self.find(self.keys(value))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return (
            ""
            if value is None
            else ", ".join(sorted(getattr(row, self.field) for row in value.all()))
        )

    def constraints(self) -> dict[str, Any]:
        return {"pattern": KEYS}


def cell_for(field: "models.Field[Any, Any]") -> Cell:
    """How the values of a model's field are written."""
    if isinstance(field, models.ManyToManyField):
        return Keys(field.related_model)  # type: ignore[arg-type]  # every model has a natural key
    if isinstance(field, models.ForeignKey):
        return Key(field.related_model)  # type: ignore[arg-type]  # as above
    if field.choices:
        return Word(field.flatchoices)
    for kind, cell in (
        (models.BooleanField, Flag),
        (models.IntegerField, Whole),
        (models.DecimalField, Number),
        (models.DateField, Day),
    ):
        if isinstance(field, kind):
            return cell()
    return Text()
