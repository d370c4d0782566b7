"""The rule of ``rounds.platform.plain_text``, for every text field of every model.

``Translatable`` cleans its texts before it checks them, and the table of each model that
inherits from it has a check constraint over all its text columns and its translations.
"""

import json
from collections.abc import Iterable
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from rounds.platform.plain_text import TextError, clean, clean_address, too_long

if TYPE_CHECKING:
    from rounds.models.translation import Translatable


def text_fields(model: "Translatable | type[Translatable]") -> "list[models.Field[Any, Any]]":
    """Return the fields that hold typed text; those with choices have a constraint already."""
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    ]


def has_lines(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, models.TextField)


def cleaned(field: "models.Field[Any, Any]", text: str) -> str:
    """``text`` as ``field`` stores it. Raises ``ValidationError``."""
    try:
        if isinstance(field, models.URLField):
            return clean_address(text)
        return clean(text, has_lines=has_lines(field))
    except TextError as error:
        raise ValidationError(str(error), code="text") from error


def cleaned_translation(field: "models.Field[Any, Any]", text: str) -> str:
    """Do as ``cleaned``, and check the length: a translation has no column that would."""
    text = cleaned(field, text)
    if field.max_length and len(text) > field.max_length:
        raise ValidationError(too_long(len(text), field.max_length), code="max_length")
    return text


def clean_texts(record: "Translatable", exclude: Iterable[str] = ()) -> dict[str, ValidationError]:
    """Clean all texts of ``record`` in place; return what could not be, by field."""
    errors: dict[str, ValidationError] = {}
    for field in text_fields(record):
        text = getattr(record, field.attname)
        if field.name in exclude or not isinstance(text, str):
            continue
        try:
            setattr(record, field.attname, cleaned(field, text))
        except ValidationError as error:
            errors[field.name] = error
    if "translations" not in exclude:
        errors |= _clean_translations(record)
    return errors


def _clean_translations(record: "Translatable") -> dict[str, ValidationError]:
    errors: dict[str, ValidationError] = {}
    fields = {field.name: field for field in text_fields(record)}
    texts = dict(record.translations)
    for name, (field, _code) in record.translation_keys().items():
        if not isinstance(texts.get(name), str):
            continue  # absent, or refused by translations_are_texts
        try:
            texts[name] = cleaned_translation(fields[field], texts[name])
        except ValidationError as error:
            errors[name] = error
    record.translations = {name: text for name, text in texts.items() if text != ""}
    return errors


# --- the database ---


def _check(function: str, *arguments: Combinable) -> Q:
    return Q(Func(*arguments, function=function, output_field=models.BooleanField()))


def plain_text_constraint(model: "type[Translatable]") -> models.CheckConstraint:
    """Return the constraint of the database on the texts of ``model``: one over all of them."""
    fields = {field.name: field for field in text_fields(model)}
    conditions = []
    for field in fields.values():
        conditions.append(_check("rounds_is_plain_text", F(field.name), Value(has_lines(field))))
        if isinstance(field, models.URLField):
            conditions.append(_check("rounds_is_address", F(field.name)))
    if model.translated:
        limits = json.dumps(
            {name: limit for name in model.translated if (limit := fields[name].max_length)}
        )
        conditions.append(_check("rounds_are_plain_texts", F("translations"), Value(limits)))
    return models.CheckConstraint(
        condition=reduce(and_, conditions),
        name=f"{model._meta.app_label}_{model._meta.model_name}_plain_text",
        violation_error_message=_(
            "A text here holds a character that cannot be stored, or is too long, or is no address."
        ),
    )


def constrain_texts(model: "type[Translatable]") -> None:
    """Add the constraint to ``model`` as if its ``Meta`` named it."""
    options = model._meta
    options.constraints = [*options.constraints, plain_text_constraint(model)]
    # makemigrations reads no option of a model that this does not name.
    options.original_attrs["constraints"] = options.constraints
