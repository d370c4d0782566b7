"""Models whose texts may be translated."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Exact
from django.db.models.signals import class_prepared
from django.dispatch import receiver
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from rounds.models.base import NaturalKeyModel
from rounds.models.text import clean_texts, constrain_texts
from rounds.platform import translated_text


class Translatable(NaturalKeyModel):
    """``translated`` names fields; ``translations`` has the texts, as in ``{"name_fr": "…"}``."""

    translated: ClassVar[tuple[str, ...]] = ()

    translations = models.JSONField(
        gettext_lazy("translations"), default=dict, blank=True, editable=False
    )

    class Meta:
        abstract = True

    @classmethod
    def translation_keys(cls) -> dict[str, tuple[str, str]]:
        """``{"name_fr": ("name", "fr"), …}``, field by field, in the languages of the site."""
        return {
            translated_text.translation_key(field, code): (field, code)
            for field in cls.translated
            for code in translated_text.translation_languages()
        }

    @classmethod
    def translation_titles(cls) -> dict[str, str]:
        """``{"name_fr": "Name in French", …}``, in the language of the page."""
        return {
            name: _("%(field)s in %(language)s")
            % {
                "field": capfirst(str(cls._meta.get_field(field).verbose_name)),  # type: ignore[union-attr]
                "language": get_language_info(code)["name_translated"],
            }
            for name, (field, code) in cls.translation_keys().items()
        }

    @classmethod
    def lacks_translation(cls, code: str) -> Q:
        """Return the condition that a text of a row lacks a translation into language ``code``."""
        lacks = (
            ~Q(**{field: ""})
            & ~Q(translations__has_key=translated_text.translation_key(field, code))
            for field in cls.translated
        )
        return reduce(or_, lacks, Q(pk__in=[]))

    def clean_fields(self, exclude: Iterable[str] | None = None) -> None:
        """Clean every text as ``rounds.platform.plain_text`` says, then do as Django does."""
        excluded = set(exclude or ())
        errors: dict[str, Any] = dict(clean_texts(self, excluded))
        try:
            super().clean_fields(exclude=excluded | set(errors))
        except ValidationError as error:
            errors |= error.error_dict
        if errors:
            raise ValidationError(errors)

    def clean(self) -> None:
        super().clean()
        if unknown := sorted(set(self.translations) - set(self.translation_keys())):
            names = ", ".join(unknown)
            raise ValidationError(
                {"translations": _("Nothing here is called %(names)s.") % {"names": names}}
            )


@receiver(class_prepared)
def _constrain_texts(sender: type[models.Model], **kwargs: object) -> None:
    """Give every model the constraint on its texts, so that none can be forgotten."""
    if issubclass(sender, Translatable) and not (sender._meta.abstract or sender._meta.proxy):
        constrain_texts(sender)


def translations_are_texts() -> models.CheckConstraint:
    """Let the column hold an object of texts, none of them empty."""
    return models.CheckConstraint(
        condition=Q(_path_exists("$.type() ? (@ != 'object')", False))
        & Q(_path_exists("$.keyvalue() ? (@.value.type() != 'string' || @.value == '')", False)),
        name="%(app_label)s_%(class)s_translations_are_texts",
        violation_error_message=gettext_lazy("A translation is a text."),
    )


def _path_exists(path: str, expected: bool) -> Exact:
    """Return the condition that ``translations`` has something at a JSON path, or nothing."""
    path = path.replace("'", '"')  # the only quotes of JSONPath
    exists = Func(
        F("translations"),
        Value(path),
        function="jsonb_path_exists",
        output_field=models.BooleanField(),
    )
    return Exact(exists, Value(expected))
