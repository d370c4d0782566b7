"""What every model shares: natural keys, rules told at their fields."""

import itertools
import secrets
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import JSONObject
from django.db.models.signals import class_prepared
from django.dispatch import receiver
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from rounds.models.text import clean_texts, constrain_texts
from rounds.platform import translated_text
from rounds.platform.dates import EARLIEST, LATEST

KEY_LENGTH = 60  # of a key that is made of words; typed ones may be longer


def new_key() -> str:
    """A short address for what has no name of its own; it never changes afterwards."""
    return secrets.token_hex(4)


def listed(
    queryset: models.QuerySet[Any], *, translated: Iterable[str] = (), **fields: str
) -> ArraySubquery:
    """The rows of ``queryset`` as a list of ``{name: value}``, read with the row they belong to.

    ``translated`` fields come with what ``language.local()`` looks for.
    """
    values: dict[str, Any] = {name: F(path) for name, path in fields.items()}
    values |= translated_text.translated(*translated)
    return ArraySubquery(queryset.values(row=JSONObject(**values)))


def in_choices(field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """The database knows the words of a ``TextChoices`` too."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}),
        name=f"%(app_label)s_%(class)s_{field}_known",
        violation_error_message=_("Choose one of: %(words)s.") % {"words": ", ".join(choices)},
    )


def begins(field: str) -> models.CheckConstraint:
    """A span has a first day. It may be null as a whole if the column is."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__startswith__isnull": False}),
        name=f"%(app_label)s_%(class)s_{field}_begins",
        violation_error_message=_("Give the first day."),
    )


def plausible(field: str) -> models.CheckConstraint:
    """A span lies between the years that this site can speak of: a typing error does not."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__startswith__gte": EARLIEST})
        & (Q(**{f"{field}__endswith__isnull": True}) | Q(**{f"{field}__endswith__lte": LATEST})),
        name=f"%(app_label)s_%(class)s_{field}_plausible",
        violation_error_message=_("Give days between the years 1900 and 2100."),
    )


def fixed(field: str) -> pgtrigger.Trigger:
    """An address never changes, whoever writes."""
    return pgtrigger.ReadOnly(name=f"fixed_{field}", fields=[field])


class NaturalKeyQuerySet(models.QuerySet[Any]):
    def get_by_natural_key(self, *values: Any) -> Any:
        paths = (path.replace(".", "__") for path in self.model.natural_key_paths)
        return self.get(**dict(zip(paths, values, strict=True)))

    def free_key(self, *words: Any) -> str:
        """A key made of ``words``, cut short between two of them, that no row has."""
        key = slugify(" ".join(str(word) for word in words))[: KEY_LENGTH + 1]
        if len(key) > KEY_LENGTH:
            key = key.rpartition("-")[0] or key[:KEY_LENGTH]
        taken = set(self.filter(slug__startswith=key).values_list("slug", flat=True))
        others = (f"{key}-{number}" for number in itertools.count(2))
        return next(one for one in itertools.chain([key], others) if one not in taken)


class NaturalKeyModel(models.Model):
    """A row that files name by what people call it, never by a number of the database's."""

    natural_key_paths: ClassVar[tuple[str, ...]] = ("slug",)

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        return tuple(attrgetter(path)(self) for path in self.natural_key_paths)

    def clean_fields(self, exclude: Iterable[str] | None = None) -> None:
        """As Django's, after every text was cleaned as ``rounds.platform.plain_text`` says."""
        excluded = set(exclude or ())
        errors: dict[str, Any] = dict(clean_texts(self, excluded))
        try:
            super().clean_fields(exclude=excluded | set(errors))
        except ValidationError as error:
            errors |= error.error_dict
        if errors:
            raise ValidationError(errors)

    def validate_constraints(self, exclude: Iterable[str] | None = None) -> None:
        """As Django's, with each broken rule told at the first field it speaks of."""
        excluded = set(exclude or ())
        errors: dict[str, list[ValidationError]] = {}
        for constraint in self._meta.constraints:
            try:
                constraint.validate(type(self), self, exclude=excluded)
            except ValidationError as error:
                fields = [name for name in constrained_fields(constraint) if name not in excluded]
                errors.setdefault(fields[0] if fields else "__all__", []).append(error)
        if errors:
            raise ValidationError(errors)


@receiver(class_prepared)
def _constrain_texts(sender: type[models.Model], **kwargs: Any) -> None:
    """No model can be made whose texts the database does not check."""
    if issubclass(sender, NaturalKeyModel) and not (sender._meta.abstract or sender._meta.proxy):
        constrain_texts(sender)


def constrained_fields(constraint: models.BaseConstraint) -> list[str]:
    """The names of the fields a constraint speaks of, in its order."""
    if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
        return list(constraint.fields)
    expressions: list[Any] = list(getattr(constraint, "expressions", ()) or ())
    condition = getattr(constraint, "condition", None)
    if isinstance(constraint, models.CheckConstraint):
        expressions = [condition]
    return [name.split("__")[0] for expression in expressions for name in _names(expression)]


def _names(expression: Any) -> list[str]:
    if isinstance(expression, Q):
        return [name for child in expression.children for name in _names(child)]
    if isinstance(expression, tuple):
        return [expression[0]]
    if isinstance(expression, F):
        return [expression.name]  # type: ignore[attr-defined]
    return [
        name
        for part in getattr(expression, "get_source_expressions", list)()
        for name in _names(part)
    ]
