"""What every model shares: natural keys, common constraints, errors at the field they concern."""

import itertools
import secrets
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Coalesce, JSONObject
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from rounds.platform import translated_text
from rounds.platform.dates import EARLIEST, LATEST

MAX_MADE_KEY_CHARS = 60  # of a key that is made of a title; typed ones may be longer


def new_key() -> str:
    """Return a random key for a record that has no name to make one of. A key never changes."""
    return secrets.token_hex(4)


def listed(
    queryset: models.QuerySet[Any], *, translated: Iterable[str] = (), **fields: str
) -> ArraySubquery:
    """Return a subquery for the rows of ``queryset`` as a list of ``{name: value}``.

    So a list of records and what each of them names takes one query (decision 0004).
    ``translated`` fields come with the translation that ``translated_text.local()`` looks for.
    """
    values: dict[str, Any] = {name: F(path) for name, path in fields.items()}
    values |= translated_text.translation_columns(*translated)
    return ArraySubquery(queryset.values(row=JSONObject(**values)))


def in_choices(field: str, choices: type[models.TextChoices]) -> CheckConstraint:
    """Let the column take the values of ``choices`` only."""
    return CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}),
        name=f"%(app_label)s_%(class)s_{field}_known",
        violation_error_message=_("Choose one of: %(words)s.") % {"words": ", ".join(choices)},
    )


def begins(field: str) -> CheckConstraint:
    """Let no span be without a first day. It may be null as a whole if the column may be."""
    return CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__startswith__isnull": False}),
        name=f"%(app_label)s_%(class)s_{field}_begins",
        violation_error_message=_("Give the first day."),
    )


def plausible(field: str) -> CheckConstraint:
    """Hold a span between the years 1900 and 2100: what lies outside is a typing error."""
    return CheckConstraint(
        condition=Q(**{f"{field}__startswith__gte": EARLIEST})
        & (Q(**{f"{field}__endswith__isnull": True}) | Q(**{f"{field}__endswith__lte": LATEST})),
        name=f"%(app_label)s_%(class)s_{field}_plausible",
        violation_error_message=_("Give days between the years 1900 and 2100."),
    )


def fixed(field: str) -> pgtrigger.Trigger:
    """Let the column never change: it is part of the address of a page."""
    return pgtrigger.ReadOnly(name=f"fixed_{field}", fields=[field])


class NaturalKeyQuerySet(models.QuerySet[Any]):
    def get_by_natural_key(self, *values: object) -> Any:
        paths = (path.replace(".", "__") for path in self.model.natural_key_paths)
        return self.get(**dict(zip(paths, values, strict=True)))

    def free_key(self, *parts: object) -> str:
        """Return a key made of ``parts``, cut short between two words, that no row has."""
        key = slugify(" ".join(str(part) for part in parts))[: MAX_MADE_KEY_CHARS + 1]
        if len(key) > MAX_MADE_KEY_CHARS:
            key = key.rpartition("-")[0] or key[:MAX_MADE_KEY_CHARS]
        taken = set(self.filter(slug__startswith=key).values_list("slug", flat=True))
        numbered = (f"{key}-{number}" for number in itertools.count(2))
        return next(free for free in itertools.chain([key], numbered) if free not in taken)


class NaturalKeyModel(models.Model):
    """A row that files and forms name by a readable key, never by its primary key."""

    natural_key_paths: ClassVar[tuple[str, ...]] = ("slug",)

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        return tuple(attrgetter(path)(self) for path in self.natural_key_paths)

    def validate_constraints(self, exclude: Iterable[str] | None = None) -> None:
        """Do as Django, with each error at the first field of the form that its rule names.

        Django would put them all at the head of the form. The field is read from the constraint
        and not declared with it, because it depends on the form: ``exclude`` has the fields that
        the form lacks.
        """
        excluded = set(exclude or ())
        errors: dict[str, list[ValidationError]] = {}
        constraints: list[models.BaseConstraint] = list(self._meta.constraints)
        if _meets_all_checks(self, excluded):
            constraints = [each for each in constraints if not isinstance(each, CheckConstraint)]
        for constraint in constraints:
            try:
                constraint.validate(type(self), self, exclude=excluded)
            except ValidationError as error:
                fields = [name for name in constrained_fields(constraint) if name not in excluded]
                errors.setdefault(fields[0] if fields else "__all__", []).append(error)
        if errors:
            raise ValidationError(errors)


def _meets_all_checks(record: models.Model, excluded: set[str]) -> bool:
    """Ask the database in one query whether a record meets all check constraints of its model.

    Django sends a query for each of them, ten for a statement, which was half of the time that a
    record took to load. Return False also where an excluded field or an error of the database
    prevents an answer: then each constraint has to be validated by itself.
    """
    checks = [each for each in record._meta.constraints if isinstance(each, CheckConstraint)]
    meets_all = Q(*(Q(check.condition) for check in checks))
    is_broken = ~Q(Coalesce(meets_all, True, output_field=models.BooleanField()))
    values = record._get_field_expression_map(meta=record._meta, exclude=excluded)  # type: ignore[attr-defined]
    try:
        # negated, because Django answers True where the database raises an error
        return not is_broken.check(values)
    except FieldError:  # an excluded field has no value
        return False


def constrained_fields(constraint: models.BaseConstraint) -> list[str]:
    """Return the names of the fields that a constraint looks at, in its order."""
    if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
        return list(constraint.fields)
    expressions: list[Any] = list(getattr(constraint, "expressions", ()) or ())
    condition = getattr(constraint, "condition", None)
    if isinstance(constraint, CheckConstraint):
        expressions = [condition]
    return [name.split("__")[0] for expression in expressions for name in _names(expression)]


def _names(expression: object) -> list[str]:
    """Return the lookups in an expression, such as "dates__endswith"."""
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
