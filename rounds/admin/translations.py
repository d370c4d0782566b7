"""Translations at the desk: an input beside each original, and lists of what still lacks one."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from rounds.models import Translatable
from rounds.platform import translated_text
from rounds.platform.text_fields import TextField

ORIGINAL = 400  # characters of an original that stand beside its translation


class TranslationsForm(forms.ModelForm):
    """A record's form with ``translation_inputs``: they fill its ``translations``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = self._meta.model.translation_titles()
        for name, (field, code) in self._meta.model.translation_keys().items():
            if name not in self.fields:
                continue
            self.fields[name].label = titles[name]
            self.fields[name].widget.attrs["lang"] = code
            said = getattr(self.instance, field)
            self.fields[name].help_text = Truncator(said).chars(ORIGINAL)
            self.initial.setdefault(name, self.instance.translations.get(name, ""))

    def _post_clean(self) -> None:
        """Before the record is checked it has its translations, as it has its other fields."""
        names = set(self._meta.model.translation_keys())
        told = self.instance.translations | {
            name: text for name, text in self.cleaned_data.items() if name in names
        }
        self.instance.translations = {name: text for name, text in told.items() if text}
        super()._post_clean()  # type: ignore[misc]  # Django's, where a record is filled


def with_translations(form: type[Any], model: type[Translatable]) -> type[Any]:
    """``form`` with an input for each text of ``model`` in each other language."""
    inputs = {
        name: _input(model._meta.get_field(field))
        for name, (field, _code) in model.translation_keys().items()
    }
    return type(form.__name__, (TranslationsForm, form), inputs)


def _input(field: Any) -> TextField:
    is_long = isinstance(field, models.TextField)
    widget = AdminTextareaWidget(attrs={"rows": 3}) if is_long else AdminTextInputWidget()
    return TextField(required=False, max_length=field.max_length, widget=widget)


def fieldset(model: type[Translatable]) -> tuple[Any, Any]:
    """The inputs of a form ``with_translations``, folded away until somebody translates."""
    return (
        _("Translations"),
        {
            "fields": tuple(model.translation_keys()),
            "classes": ("collapse",),
            "description": _(
                "Under each input stands the original. Where an input is empty, readers see the"
                " original and are told so."
            ),
        },
    )


class LackingFilter(admin.SimpleListFilter):
    """What says something that it does not say in another language yet."""

    title = _("translation")
    parameter_name = "lacking"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        names = dict(settings.LANGUAGES)
        words = _("not all in %(language)s")
        return [
            (code, words % {"language": names[code]})
            for code in translated_text.translation_languages()
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = self.value()
        if code not in translated_text.translation_languages():
            return queryset
        return queryset.filter(queryset.model.lacks_translation(code))
