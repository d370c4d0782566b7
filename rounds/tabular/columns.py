"""The columns of a table: which field each shows, and how a cell fills it.

A column is declared once, in a resource (``rounds.tabular.resources``, ``issues.resources``). The
files of the record, the admin's spreadsheets and the descriptions of both are made from it.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rounds.models import Translatable
from rounds.models.text import has_lines
from rounds.platform.dates import SpanField, first_day, span
from rounds.platform.plain_text import LONG_TEXT_CHARS, TextError, clean, clean_address, too_long
from rounds.tabular.cell_codecs import (
    OPEN,
    CellCodec,
    FirstDayCodec,
    KeyCodec,
    KeyListCodec,
    LastDayCodec,
    TextCodec,
    codec_for,
)
from rounds.tabular.messages import found_text, unexpected

MAX_CELL_CHARS = LONG_TEXT_CHARS  # whatever the column


class CellError(ValidationError):
    """A problem of one column. Two columns may fill the same field, so it says which."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message, code="invalid")
        self.column = column


class Column:
    """A column that shows a field of ``model``: its heading, its meaning, and its values.

    A file may lack a column that ``is_optional``, and then what is stored stays. A row must fill
    one that ``is_required``: by default, unless its field may be blank or has a default.
    """

    is_part_of_span = False

    def __init__(  # noqa: PLR0913  # all but the first two have a good default
        self,
        model: type[models.Model],
        field_name: str,
        *,
        name: str = "",
        title: str | Promise = "",
        codec: CellCodec | None = None,
        attribute: str = "",
        is_required: bool | None = None,
        is_optional: bool = False,
    ) -> None:
        field: Any = model._meta.get_field(field_name)
        self.field: models.Field[Any, Any] = field
        self.name = name or field_name
        self.title = title or self.field.verbose_name
        self.codec = codec or codec_for(self.field)
        self.attribute = attribute or field_name
        has_default = self.field.blank or self.field.has_default()
        self.is_required = not has_default if is_required is None else is_required
        self.is_optional = is_optional

    @property
    def description(self) -> str:
        return str(self.field.help_text)

    @property
    def is_list(self) -> bool:
        """Whether it names any number of other rows, which are stored after their own."""
        return isinstance(self.codec, KeyListCodec)

    @property
    def is_text(self) -> bool:
        """Whether it holds words, and no key, address, number, day or choice."""
        is_name = isinstance(self.field, models.SlugField | models.URLField)
        return type(self.codec) is TextCodec and not is_name

    @property
    def key_codec(self) -> KeyCodec | None:
        """What reads and writes the keys of other rows, where the column names some."""
        return self.codec if isinstance(self.codec, KeyCodec) else None

    # --- from a record ---

    def value(self, record: Translatable) -> Any:
        return getattr(record, self.attribute)

    def text(self, record: Translatable) -> str:
        """Return the cell of ``record``."""
        return self.codec.render(self.value(record))

    # --- from a cell ---

    def parse(self, row: dict[str, str]) -> Any:
        """Return the value of the cell of ``row``.

        Raises ValueError with what was found and what was expected.
        """
        if text := self.clean(row):
            return self.codec.parse(text)
        return self.field.get_default() if self.field.has_default() else self.codec.empty

    def clean(self, row: dict[str, str]) -> str:
        """Return the text of the cell as the field stores text. Raises ValueError."""
        text = cleaned_cell(self.field, row[self.name])
        limit = self.field.max_length or MAX_CELL_CHARS
        if len(text) > limit:
            raise ValueError(f"{found_text(text)}. {too_long(len(text), limit)}")
        if self.is_required and not text:
            raise unexpected(text, _("a value"))
        return text

    def fill(self, record: Translatable, row: dict[str, str]) -> None:
        """Set the field of ``record``; a list needs a stored one. Raises ValueError."""
        if self.is_list:
            getattr(record, self.attribute).set(self.parse(row))
        else:
            setattr(record, self.attribute, self.parse(row))


def cleaned_cell(field: "models.Field[Any, Any]", text: str) -> str:
    """Return ``text`` as ``field`` stores it. Raises ValueError with what was found, and where."""
    try:
        if isinstance(field, models.URLField):
            return clean_address(text)
        return clean(text, has_lines=has_lines(field))
    except TextError as error:
        raise ValueError(f"{found_text(text)}. {error}") from error


class KeepIfEmptyColumn(Column):
    """A column whose default depends on other rows: an empty cell leaves a stored row as it is."""

    def fill(self, record: Translatable, row: dict[str, str]) -> None:
        if row[self.name].strip() or record._state.adding:
            super().fill(record, row)


class TranslationColumn(Column):
    """What a text column says in another language. A file may lack it; empty is no translation."""

    def __init__(self, original: Column, name: str, title: str) -> None:
        super().__init__(
            original.field.model,
            original.field.name,
            name=name,
            title=title,
            codec=TextCodec(),
            attribute="translations",
            is_required=False,
            is_optional=True,
        )

    def value(self, record: Translatable) -> str:
        return str(record.translations.get(self.name, ""))

    def parse(self, row: dict[str, str]) -> str:
        text = self.clean(row)
        return str(self.codec.parse(text)) if text else ""

    def fill(self, record: Translatable, row: dict[str, str]) -> None:
        translations = {**record.translations, self.name: self.parse(row)}
        record.translations = {name: text for name, text in translations.items() if text}


class FirstDayColumn(Column):
    """The first day of a span; alone it makes a span of one day."""

    is_part_of_span = True
    last_name: str

    def fill(self, record: Translatable, row: dict[str, str]) -> None:
        setattr(record, self.attribute, None)  # should this cell be bad, the other says no more
        first, last = self.parse(row), row.get(self.last_name, "").strip()
        if first is None and last:
            raise unexpected("", _("the first day of what lasts until “%(last)s”") % {"last": last})
        setattr(record, self.attribute, span(first, first) if first else None)


class LastDayColumn(Column):
    """The last day of the span that the column before has begun."""

    is_part_of_span = True

    def fill(self, record: Translatable, row: dict[str, str]) -> None:
        last, dates = self.parse(row), getattr(record, self.attribute)
        if last is None or dates is None:
            return
        first = first_day(dates)
        if last != OPEN and last < first:
            raise unexpected(
                f"{last}", _("a day not before the first, %(first)s") % {"first": first}
            )
        setattr(record, self.attribute, span(first, None if last == OPEN else last))


class ApproximateColumn(Column):
    """Whether something was on some day of a span, rather than all of it."""

    is_part_of_span = True


def span_columns(
    model: type[models.Model], field_name: str, first: str, last: str, approximate: str = ""
) -> tuple[Column, ...]:
    """Return the two columns of a span of days, called ``first`` and ``last``.

    Where a field says whether the span is ``approximate``, its column is the third.
    """
    field = model._meta.get_field(field_name)
    assert isinstance(field, SpanField), "only a span has two columns"
    title = capfirst(field.verbose_name)  # lazily, as the text around it
    first_column = FirstDayColumn(
        model,
        field_name,
        name=first,
        title=format_lazy(gettext_lazy("{dates}: first day"), dates=title),
        codec=FirstDayCodec(),
    )
    first_column.last_name = last
    last_column = LastDayColumn(
        model,
        field_name,
        name=last,
        title=format_lazy(gettext_lazy("{dates}: last day, if another, or “open”"), dates=title),
        codec=LastDayCodec(),
        is_required=False,
    )
    if not approximate:
        return first_column, last_column
    return first_column, last_column, ApproximateColumn(model, approximate)
