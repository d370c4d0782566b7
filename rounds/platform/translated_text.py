"""Texts of the record in the reader's language.

A record is written in the site's own language, ``LANGUAGE_CODE``. Its names and sentences may be
translated row by row. Where a translation is missing, readers see the original, marked as such.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from django.conf import settings
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import get_language


class TranslatedRecord(Protocol):
    """A record whose texts may be translated: a ``Translatable``."""

    @property
    def translations(self) -> Mapping[str, str]: ...


class LocalizedText(str):
    """A text that knows its language: the page's, or the original one."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> "LocalizedText":
        localized = super().__new__(cls, text)
        localized.language = language
        return localized

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.language  # copy and pickle pass these to __new__

    @property
    def is_original(self) -> bool:
        """Whether it is shown because there is no translation yet."""
        return bool(self) and self.language != active_language()


def original_language() -> str:
    """Return the code of the language that the record is written in."""
    return settings.LANGUAGE_CODE


def active_language() -> str:
    """Return the code of the language of the page."""
    return get_language() or original_language()


def translation_languages() -> list[str]:
    """Return the languages that the record may be translated into, in the order of the settings."""
    return [code for code, _name in settings.LANGUAGES if code != original_language()]


def translation_key(field: str, language: str) -> str:
    """Return the name of a translation: in ``translations``, in files, in lists read as JSON."""
    return f"{field}_{language}"


def local(record: TranslatedRecord | dict[str, Any], field: str) -> LocalizedText:
    """Return what a field says in the language of the page, else in that of the record.

    ``record`` is a ``Translatable``, or a row of a list that was read with ``listed()``.
    """
    language = active_language()
    if language != original_language():
        translations = record if isinstance(record, dict) else record.translations
        if translation := translations.get(translation_key(field, language)):
            return LocalizedText(translation, language)
    text = record[field] if isinstance(record, dict) else getattr(record, field)
    return (
        text if isinstance(text, LocalizedText) else LocalizedText(text or "", original_language())
    )


def translation_columns(*fields: str, of: str = "") -> dict[str, Combinable]:
    """Return the columns that ``local()`` needs in a list read as JSON: none in the original.

    ``of`` is the path to the row whose fields these are, as in ``measure__``.
    """
    language = active_language()
    if language == original_language():
        return {}
    return {
        translation_key(field, language): KeyTextTransform(
            translation_key(field, language), f"{of}translations"
        )
        for field in fields
    }
