"""Form fields for texts of the record: they clean what is typed or pasted before they check it.

Models clean their texts too (``rounds.models.text``). Forms have to do it earlier, before they look
at a length, a key or an address, and for inputs that belong to no model.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from rounds.platform.plain_text import TextError, clean, clean_address, without_invisible


class CleanedText:
    """A mixin for form fields: gives the field its text as it may be stored."""

    def to_python(self, value: object) -> Any:
        return super().to_python(self.cleaned(value) if isinstance(value, str) else value)  # type: ignore[misc]

    def cleaned(self, text: str) -> str:
        has_lines = isinstance(self.widget, forms.Textarea)  # type: ignore[attr-defined]
        try:
            return clean(text, has_lines=has_lines)
        except TextError as error:
            raise ValidationError(str(error), code="text") from error

    def has_changed(self, initial: object, data: object) -> bool:
        """Whether the texts differ after both are cleaned."""
        try:
            initial = self.to_python(initial)
        except ValidationError:
            return True
        return bool(super().has_changed(initial, data))  # type: ignore[misc]


class TextField(CleanedText, forms.CharField):
    """A text of the record: of several lines where its widget has them."""


class KeyField(CleanedText, forms.SlugField):
    """A key."""


class AddressField(CleanedText, forms.URLField):
    """An address on the web."""

    def cleaned(self, text: str) -> str:
        return without_invisible(text)  # the address is checked below, when it has a scheme

    def to_python(self, value: object) -> str:
        try:
            return clean_address(super().to_python(value))
        except TextError as error:
            raise ValidationError(str(error), code="text") from error


def without_invisible_characters(data: QueryDict) -> QueryDict:
    """Return ``data`` without characters that nobody sees, as they come with pasted text."""
    cleaned = data.copy()
    for name, values in data.lists():
        cleaned.setlist(name, [without_invisible(str(value)) for value in values])
    return cleaned


def clean_texts(form: forms.BaseForm) -> bool:
    """Clean the texts in plain fields of ``form``; where that fails, add errors, return False."""
    valid = True
    for name, field in form.fields.items():
        text = form.cleaned_data.get(name)
        if not isinstance(text, str) or isinstance(field, CleanedText | forms.ChoiceField):
            continue
        try:
            has_lines = isinstance(field.widget, forms.Textarea)
            form.cleaned_data[name] = clean(text, has_lines=has_lines)
        except TextError as error:
            form.add_error(name, ValidationError(str(error), code="text"))
            valid = False
    return valid
