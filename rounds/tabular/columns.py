"""The columns of a table: which field each shows, and how it is set."""

from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields

from rounds.platform.dates import SpanField, first_day, span
from rounds.platform.plain_text import too_long
from rounds.tabular.cells import (
    CELL_LIMIT,
    OPEN,
    Cell,
    FirstDay,
    LastDay,
    Text,
    cell_for,
    cleaned_cell,
    found,
    unlike,
)


class Column(fields.Field):  # the library has no types
    """A column that fills ``field`` of a row.

    Its ``clean`` raises ``ValueError`` with what was found and what was expected.
    """

    def __init__(
        self,
        field: "models.Field[Any, Any]",
        *,
        name: str = "",
        title: str | Promise = "",
        widget: Cell | None = None,
        required: bool | None = None,
    ) -> None:
        super().__init__(
            attribute=field.name,
            column_name=name or field.name,
            widget=widget or cell_for(field),
        )
        self.field = field
        self.title = title or field.verbose_name
        self.required = not (field.blank or field.has_default()) if required is None else required

    def clean(self, row: dict[str, str], **kwargs: Any) -> Any:
        if text := self.text(row):
            return self.widget.clean(text)
        return self.field.get_default() if self.field.has_default() else self.widget.empty

    def text(self, row: dict[str, str]) -> str:
        """The cell of ``row``, cleaned and checked."""
        text = cleaned_cell(self.field, row[self.column_name])
        self.check(text)
        return text

    def check(self, text: str) -> None:
        limit = self.field.max_length or CELL_LIMIT
        if len(text) > limit:
            raise ValueError(f"{found(text)}. {too_long(len(text), limit)}")
        if self.required and not text:
            raise unlike(text, _("a value"))


class OnceColumn(Column):
    """A column whose default depends on other rows: an empty cell leaves a stored row as it is."""

    def save(self, instance: Any, row: dict[str, str], is_m2m: bool = False, **kwargs: Any) -> None:
        if row[self.column_name].strip() or instance._state.adding:
            super().save(instance, row, is_m2m, **kwargs)


class TranslationColumn(Column):
    """What a text column says in another language. A file may lack it; empty is no translation."""

    def __init__(self, original: Column, name: str, title: str) -> None:
        super().__init__(original.field, name=name, title=title, widget=Text(), required=False)
        self.attribute = "translations"

    def clean(self, row: dict[str, str], **kwargs: Any) -> str:
        text = self.text(row)
        return str(self.widget.clean(text)) if text else ""

    def get_value(self, instance: Any) -> str:
        return str(instance.translations.get(self.column_name, ""))

    def save(self, instance: Any, row: dict[str, str], is_m2m: bool = False, **kwargs: Any) -> None:
        told = {**instance.translations, self.column_name: self.clean(row)}
        instance.translations = {name: text for name, text in told.items() if text}


class FirstDayColumn(Column):
    """The first day of a span; alone it makes a span of one day."""

    last_name: str

    def save(self, instance: Any, row: dict[str, str], is_m2m: bool = False, **kwargs: Any) -> None:
        setattr(instance, self.attribute, None)  # should this cell be bad, the other says no more
        first, last = self.clean(row), row.get(self.last_name, "").strip()
        if first is None and last:
            raise unlike("", _("the first day of what lasts until “%(last)s”") % {"last": last})
        setattr(instance, self.attribute, span(first, first) if first else None)


class LastDayColumn(Column):
    """The last day of the span that the column before has begun."""

    def save(self, instance: Any, row: dict[str, str], is_m2m: bool = False, **kwargs: Any) -> None:
        last, dates = self.clean(row), getattr(instance, self.attribute)
        if last is None or dates is None:
            return
        first = first_day(dates)
        if last != OPEN and last < first:
            raise unlike(f"{last}", _("a day not before the first, %(first)s") % {"first": first})
        setattr(instance, self.attribute, span(first, None if last == OPEN else last))


def span_columns(
    model: type[models.Model], name: str, first: str, last: str
) -> tuple[FirstDayColumn, LastDayColumn]:
    """The two columns of the span ``name``, headed ``first`` and ``last``."""
    field = model._meta.get_field(name)
    assert isinstance(field, SpanField), "only a span has two columns"
    title = capfirst(field.verbose_name)  # lazily, as the words around it
    begin = FirstDayColumn(
        field,
        name=first,
        title=format_lazy(gettext_lazy("{dates}: first day"), dates=title),
        widget=FirstDay(),
    )
    begin.last_name = last
    return begin, LastDayColumn(
        field,
        name=last,
        title=format_lazy(gettext_lazy("{dates}: last day, if another, or “open”"), dates=title),
        widget=LastDay(),
        required=False,
    )
