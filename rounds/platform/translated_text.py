"""The record in the reader's language.

A record is written in the site's own language, ``LANGUAGE_CODE``. Its names and sentences may be
translated row by row; where one is not, readers see the original and are told that they do.
"""

from typing import Any

from django.conf import settings
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import get_language


class Text(str):
    """A text that knows its language."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> "Text":
        one = super().__new__(cls, text)
        one.language = language
        return one

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # for who copies it
        return str(self), self.language

    @property
    def is_original(self) -> bool:
        """Whether it stands in for a translation that nobody has written yet."""
        return bool(self) and self.language != active()


def original() -> str:
    """The language that the record is written in."""
    return settings.LANGUAGE_CODE


def active() -> str:
    """The language of the page."""
    return get_language() or original()


def others() -> list[str]:
    """The languages that the record may be translated into, in the order of the settings."""
    return [code for code, _name in settings.LANGUAGES if code != original()]


def key(field: str, language: str) -> str:
    """What a translation is called: in ``translations``, in files, in lists read as JSON."""
    return f"{field}_{language}"


def local(record: Any, field: str) -> Text:
    """What a field says in the language of the page, else in that of the record.

    ``record`` is a ``Translatable``, or a row of a list that was read with ``listed()``.
    """
    language, listed = active(), isinstance(record, dict)
    if language != original():
        translations = record if listed else record.translations
        if found := translations.get(key(field, language)):
            return Text(found, language)
    stored = record[field] if listed else getattr(record, field)
    return stored if isinstance(stored, Text) else Text(stored or "", original())


def translated(*fields: str, of: str = "") -> dict[str, Combinable]:
    """For lists read as JSON: what ``local()`` looks for, nothing in the record's language.

    ``of`` is the path to the row whose fields these are, as in ``measure__``.
    """
    language = active()
    if language == original():
        return {}
    return {
        key(field, language): KeyTextTransform(key(field, language), f"{of}translations")
        for field in fields
    }
