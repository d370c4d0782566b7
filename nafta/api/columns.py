"""The columns of a record's table as fields of an answer: their types and their values.

Columns are declared once, in ``rounds.tabular.resources`` and ``issues.resources``. An answer has
the key and spans of days under names and types of its own, and no state: all of it is published.
Lists of other records are left to the serializers, which answer what ``with_names()`` has read.
"""

import datetime as dt
from collections.abc import Callable, Container
from functools import cache
from typing import Annotated, Any, TypeVar

from django.conf import settings
from django.db import models
from pydantic import BaseModel, Field, create_model

from rounds.models import Translatable
from rounds.platform.translated_text import LocalizedText, local
from rounds.tabular.base import RecordResource
from rounds.tabular.cell_codecs import (
    CellCodec,
    ChoiceCodec,
    DayCodec,
    DecimalCodec,
    FlagCodec,
    IntegerCodec,
    KeyCodec,
    TextCodec,
)
from rounds.tabular.columns import Column

Answer = TypeVar("Answer", bound=BaseModel)
TYPES: dict[type[CellCodec], Any] = {
    TextCodec: str,
    FlagCodec: bool,
    IntegerCodec: int,
    DecimalCodec: float,
    DayCodec: dt.date,
    KeyCodec: str,
}


class Words(BaseModel):
    """A text of the record, in the language asked for or, where untranslated, in its own."""

    text: str
    language: str = Field(description="Language tag of the text.", examples=["en-gb"])


def to_words(text: str) -> Words:
    """A text of the record with its language; one that the site made is in that of the answer."""
    language = text.language if isinstance(text, LocalizedText) else settings.LANGUAGE_CODE
    return Words(text=str(text), language=language)


def to_words_or_none(text: str) -> Words | None:
    return to_words(text) if text else None


def answered_columns(resource: type[RecordResource]) -> list[Column]:
    """Return the columns of a table that are one field of an answer each."""
    return [
        column
        for column in resource.original_columns
        if not (
            column.is_part_of_span
            or column.is_list
            or column.name == "state"
            or isinstance(column.field, models.SlugField)
        )
    ]


# --- types ---


def with_columns(
    resource: type[RecordResource], *, but: Container[str] = ()
) -> Callable[[type[Answer]], type[Answer]]:
    """Give a schema a field for each column of ``resource`` that it does not declare itself."""

    def add_fields(schema: type[Answer]) -> type[Answer]:
        fields: dict[str, Any] = {
            column.name: (answer_type(column), Field(description=column.description or None))
            for column in answered_columns(resource)
            if column.name not in schema.model_fields and column.name not in but
        }
        return create_model(schema.__name__, __base__=schema, __doc__=schema.__doc__, **fields)

    return add_fields


def answer_type(column: Column) -> Any:
    codec = column.codec
    if isinstance(codec, ChoiceCodec):
        return Annotated[str, Field(json_schema_extra={"enum": list(codec.choices)})]
    type_ = Words if is_translated(column) else TYPES[type(codec)]
    is_nullable = not column.is_required if type(codec) is TextCodec else column.field.null
    return type_ | None if is_nullable else type_


def is_translated(column: Column) -> bool:
    model: Any = column.field.model
    return column.name in model.translated


# --- values ---


def answer(
    schema: type[Answer], resource: type[RecordResource], record: Translatable, **given: object
) -> Answer:
    """Return ``record`` as an answer: the values of its columns, but for those that are given."""
    values = {
        name: value(record)
        for name, value in answered_values(schema, resource)  # type: ignore[arg-type]  # mypy: type
        if name not in given
    }
    return schema(**values, **given)


@cache
def answered_values(
    schema: type[BaseModel], resource: type[RecordResource]
) -> list[tuple[str, Callable[[Any], Any]]]:
    """Return the fields that ``schema`` and ``resource`` share, each with what reads its value."""
    return [
        (column.name, value_reader(column))
        for column in answered_columns(resource)
        if column.name in schema.model_fields
    ]


def value_reader(column: Column) -> Callable[[Any], Any]:
    """Return what reads the value of a column from a record, as the API answers it."""
    if is_translated(column):
        convert = to_words if column.is_required else to_words_or_none
        return lambda record: convert(local(record, column.name))
    if isinstance(column.codec, KeyCodec):
        return lambda record: column.text(record) or None
    if isinstance(column.codec, TextCodec):
        return column.value if column.is_required else lambda record: column.value(record) or None
    if isinstance(column.codec, DecimalCodec):
        return lambda record: None if (value := column.value(record)) is None else float(value)
    return column.value
