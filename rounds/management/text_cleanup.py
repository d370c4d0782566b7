"""For the migrations: texts that were stored before the database had a rule for them.

What ``rounds.platform.plain_text`` can put right is put right, as a change like any other: the
history keeps the text as it was, and readers find the correction. What only a person can put right
stays as it is, is printed, and leaves the constraint of its table "not valid": PostgreSQL then
checks every row that is written from now on, and no row that stands.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pghistory
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rounds.models.text import cleaned, cleaned_translation, text_fields


def clean_stored_texts(app_label: str) -> Callable[[Any, Any], None]:
    """Return the step of a migration that cleans the texts of an app and validates its rules."""

    def clean_all(apps: Any, schema_editor: Any) -> None:
        for model in apps.get_app_config(app_label).get_models():
            for constraint in model._meta.constraints:
                if constraint.name.endswith("_plain_text"):
                    _clean_model(model, constraint, schema_editor)

    return clean_all


def _clean_model(model: Any, constraint: Any, schema_editor: Any) -> None:
    rows = model._default_manager.exclude(constraint.condition).order_by("pk")
    note = _("Invisible characters were removed from a text.")
    with transaction.atomic(), pghistory.context(command="migrate", note=note):
        remaining = [fault for row in rows for fault in _clean_row(row)]
    if not remaining:
        table, name = model._meta.db_table, constraint.name
        schema_editor.execute(f'ALTER TABLE "{table}" VALIDATE CONSTRAINT "{name}"')
        return
    sys.stderr.write(f"\n{constraint.name} holds for new rows only. To be put right by hand:\n")
    sys.stderr.writelines(f"  {fault}\n" for fault in remaining)


def _clean_row(row: Any) -> Iterator[str]:
    """Store what can be cleaned in ``row``; yield what cannot, with its row and field."""
    name = f"{row._meta.label_lower} {getattr(row, 'slug', '') or row.pk}"
    columns: dict[str, Any] = {}
    faults = []
    for field in text_fields(row):
        try:
            columns[field.name] = cleaned(field, getattr(row, field.name))
        except ValidationError as error:
            faults.append(f"{name}, {field.name}: {error.message}")
    texts = dict(row.translations)
    for key, text in row.translations.items():
        try:
            field = row._meta.get_field(key.rpartition("_")[0])
            texts[key] = cleaned_translation(field, text)
        except ValidationError as error:
            faults.append(f"{name}, {key}: {error.message}")
        except FieldDoesNotExist:  # a translation that is older than a change of the models
            faults.append(f"{name}, {key}: there is no such field")
    columns["translations"] = {key: text for key, text in texts.items() if text}
    if not faults:
        try:
            with transaction.atomic():
                type(row)._default_manager.filter(pk=row.pk).update(**columns)
        except IntegrityError as error:  # nothing is left of a text that may not be empty
            faults.append(f"{name}: {str(error).splitlines()[0]}")
    yield from faults
