"""Translations in the admin: an input for each text and language, and a filter for missing ones."""

from typing import Any, Unpack

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from rounds.admin.form_options import ModelFormOptions
from rounds.models import Translatable
from rounds.platform import translated_text
from rounds.platform.text_fields import TextField

MAX_ORIGINAL_CHARS = 400  # of an original that is shown under the input of its translation


class TranslationsForm(forms.ModelForm):
    """A record's form with ``translation_inputs``: they fill its ``translations``."""

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict | None = None,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        titles = self._meta.model.translation_titles()
        for name, (field, code) in self._meta.model.translation_keys().items():
            if name not in self.fields:
                continue
            self.fields[name].label = titles[name]
            self.fields[name].widget.attrs["lang"] = code
            original = getattr(self.instance, field)
            self.fields[name].help_text = Truncator(original).chars(MAX_ORIGINAL_CHARS)
            self.initial.setdefault(name, self.instance.translations.get(name, ""))

    def _post_clean(self) -> None:
        """Give the record its translations before it is checked, as Django does with its fields."""
        names = set(self._meta.model.translation_keys())
        translations = self.instance.translations | {
            name: text for name, text in self.cleaned_data.items() if name in names
        }
        self.instance.translations = {name: text for name, text in translations.items() if text}
        super()._post_clean()  # type: ignore[misc]  # Django's, where a record is filled


def with_translations(
    form: type[forms.ModelForm], model: type[Translatable]
) -> type[forms.ModelForm]:
    """``form`` with an input for each text of ``model`` in each other language."""
    fields = {field.name: field for field in model._meta.fields}
    inputs = {
        name: _input(fields[field]) for name, (field, _code) in model.translation_keys().items()
    }
    return type(form.__name__, (TranslationsForm, form), inputs)


def _input(field: models.Field) -> TextField:
    is_long = isinstance(field, models.TextField)
    widget = AdminTextareaWidget(attrs={"rows": 3}) if is_long else AdminTextInputWidget()
    return TextField(required=False, max_length=field.max_length, widget=widget)


def fieldset(model: type[Translatable]) -> tuple[Any, Any]:
    """The inputs of a form ``with_translations``, folded at first."""
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


class MissingTranslationFilter(admin.SimpleListFilter):
    """Records with a text that is not translated into a language yet."""

    title = _("translation")
    parameter_name = "lacking"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        names = dict(settings.LANGUAGES)
        label = _("not all in %(language)s")
        return [
            (code, label % {"language": names[code]})
            for code in translated_text.translation_languages()
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = self.value()
        if code not in translated_text.translation_languages():
            return queryset
        return queryset.filter(queryset.model.lacks_translation(code))
