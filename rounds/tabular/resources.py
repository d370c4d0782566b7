"""The record as tables: one resource a model, with the columns of its CSV file in their order.

They serve the files of a data package and the admin's spreadsheets alike. A cell is text; rows
are named by their natural keys; a list of keys is separated by commas; a span of days is two
columns, of which the second is empty for one day and ``open`` where no end is known.
"""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.utils.translation import gettext as _
from import_export import resources
from import_export.results import RowResult

from rounds.models import (
    Basis,
    Deadline,
    Negotiation,
    Party,
    Person,
    Publishable,
    Round,
    Source,
    State,
    Statement,
    StatementLink,
    attribution_problem,
)
from rounds.platform.plain_text import (
    is_plain,
)
from rounds.tabular.cells import Key, Keys, key_text
from rounds.tabular.columns import Column, OnceColumn, TranslationColumn, span_columns


class CellError(ValidationError):
    """A problem of one column. Two columns may fill the same field, so it says which."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message, code="invalid")
        self.column = column


def refusal(error: IntegrityError | DataError) -> ValidationError:
    """What the database refused, in an editor's words.

    Most rules are checked before, with words of their own: see the models. These are the rest.
    """
    detail = error.__cause__.diag if error.__cause__ else None  # type: ignore[attr-defined]
    message = str(detail.message_primary if detail else error)
    known = {
        "keep_published": (
            "state",
            _("found “draft”, expected “published”: published entries point at this one"),
        ),
        "unnamed_has_no_name": (
            "speakers",
            _("found the name of somebody unnamed, expected nobody: the basis is “unnamed”"),
        ),
    }
    column, words = known.get(
        message.partition(":")[0], ("", _("the database refuses it: %s") % message)
    )
    problem = CellError(column, words)
    return ValidationError({column: [problem]}) if column else problem


def as_text(value: Any) -> str:
    """A spreadsheet's cell as a CSV would have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n")


class RecordResource(resources.ModelResource):  # the library has no types
    """A model's table. ``Meta.fields`` are its columns, in order.

    A ``public`` one has the rows that readers may see, and names no others in its lists.
    """

    public = False
    from_editor = False  # the rows are held to the rules of the forms, too
    optional: tuple[str, ...] = ()  # columns that a file may lack, and then what is stored stays

    class Meta:
        import_id_fields = ("slug",)
        clean_model_instances = True
        skip_unchanged = True
        skip_html_diff = True

    def __init__(self, **kwargs: Any) -> None:
        """Beside each column that may be translated stands one for each other language."""
        super().__init__(**kwargs)
        own: dict[str, Column] = self.fields
        self.fields: dict[str, Column] = {}
        titles = self._meta.model.translation_titles()
        keys = self._meta.model.translation_keys()
        for name in self._meta.fields:
            self.fields[name] = own[name]
            for key in (key for key, (field, _code) in keys.items() if field == name):
                self.fields[key] = TranslationColumn(own[name], key, titles[key])

    def get_export_order(self) -> tuple[str, ...]:
        return tuple(self.fields)

    get_import_order = get_export_order

    @classmethod
    def field_from_django_field(
        cls, name: str, field: "models.Field[Any, Any]", readonly: bool
    ) -> Any:
        return Column(field)

    def columns(self) -> list[Column]:
        return list(self.fields.values())

    def needed_columns(self) -> list[Column]:
        """Those that every file of a package has."""
        return [one for one in self.own_columns() if one.column_name not in self.optional]

    def own_columns(self) -> list[Column]:
        return [one for one in self.columns() if not isinstance(one, TranslationColumn)]

    def translation_columns(self) -> list[Column]:
        """Those that a file may lack."""
        return [one for one in self.columns() if isinstance(one, TranslationColumn)]

    def key_columns(self) -> list[Column]:
        """Those that together identify a row."""
        return [self.fields[name] for name in self._meta.import_id_fields]

    def get_queryset(self) -> models.QuerySet[Any]:
        """The rows with what they point at, in an order that pages can be cut from."""
        rows = super().get_queryset()
        return self.with_others((rows.published() if self.public else rows).order_by("pk"))

    def with_others(self, rows: "models.QuerySet[Any]") -> models.QuerySet[Any]:
        """``rows`` with what they point at."""
        columns = self.columns()
        lists = [
            models.Prefetch(column.attribute, self._listed(column.widget.model))
            for column in columns
            if isinstance(column.widget, Keys)
        ]
        keys = [column.attribute for column in columns if type(column.widget) is Key]
        rows = rows.prefetch_related(*lists)
        return rows.select_related(*keys) if keys else rows  # without names, it takes all

    def _listed(self, model: Any) -> models.QuerySet[Any]:
        """What a list may name: what has no state is public by standing in a public list."""
        rows: models.QuerySet[Any] = model._default_manager.all()
        if self.public and issubclass(model, Publishable):
            return rows.filter(state=State.PUBLISHED)
        return rows

    def get_instance(self, instance_loader: Any, row: dict[str, str]) -> models.Model | None:
        """The stored row with the same key. A cell that cannot be a key finds none."""
        key = {
            f"{column.attribute}{column.widget.lookup}": key_text(row.get(column.column_name, ""))
            for column in self.key_columns()
        }
        if not all(is_plain(text, has_lines=False) for text in key.values()):
            return None
        try:
            return self.get_queryset().filter(**key).first()
        except ValidationError:
            return None

    def import_row(self, row: dict[str, Any], instance_loader: Any, **kwargs: Any) -> RowResult:
        """As the library's, yet a refused row leaves nothing behind and is told in words."""
        texts = {name: as_text(value) for name, value in row.items()}
        with transaction.atomic():
            result = super().import_row(texts, instance_loader, **kwargs)
            if not result.is_valid():
                transaction.set_rollback(True)
        if result.errors and isinstance(result.errors[0].error, IntegrityError | DataError):
            result.validation_error = refusal(result.errors.pop().error)
            result.import_type = RowResult.IMPORT_TYPE_INVALID
        return result

    def import_instance(self, instance: models.Model, row: dict[str, str], **kwargs: Any) -> None:
        """Fill ``instance``; lists are only checked, they are stored after it."""
        errors: dict[str, list[ValidationError]] = {}
        for column in self.columns():
            if column.column_name not in row:
                continue
            try:
                if isinstance(column.widget, Keys):
                    column.clean(row)
                else:
                    column.save(instance, row)
            except ValueError as error:
                problem = CellError(column.column_name, str(error))
                errors.setdefault(column.attribute, []).append(problem)
        if errors:
            raise ValidationError(errors)


class NegotiationResource(RecordResource):
    optional = ("licence", "licence_url")

    class Meta:
        model = Negotiation
        fields = ("slug", "title", "short_name", "standfirst", "licence", "licence_url")


class PartyResource(RecordResource):
    colour = OnceColumn(Party._meta.get_field("colour"))
    order = OnceColumn(Party._meta.get_field("order"))
    optional = ("other_names", "colour", "order")

    class Meta:
        model = Party
        fields = ("code", "name", "adjective", "other_names", "colour", "order")
        import_id_fields = ("code",)


class PersonResource(RecordResource):
    class Meta:
        model = Person
        fields = ("slug", "name", "role", "organisation", "party")


class SourceResource(RecordResource):
    published_from, published_to = span_columns(
        Source, "published", "published_from", "published_to"
    )

    class Meta:
        model = Source
        fields = (
            *("slug", "publisher", "title", "url", "archive_url"),
            *("published_from", "published_to", "published_approximate", "language", "note"),
        )


CLAIM = ("source", "other_sources", "note", "state")  # the last columns of every claim
ATTRIBUTION = ("basis", "attribution", "unnamed_count", "unnamed_why")


class RoundResource(RecordResource):
    dates_from, dates_to = span_columns(Round, "dates", "from", "to")
    planned_from, planned_to = span_columns(Round, "planned_dates", "planned_from", "planned_to")

    class Meta:
        model = Round
        fields = (
            *("slug", "name", "kind", "number", "place", "host", "parties"),
            *("dates_from", "dates_to", "approximate", "planned_from", "planned_to"),
            *("status", "replaced_by", "agenda", "summary", *CLAIM),
        )


class DeadlineResource(RecordResource):
    dates_from, dates_to = span_columns(Deadline, "dates", "from", "to")
    set_on_from, set_on_to = span_columns(Deadline, "set_on", "set_on_from", "set_on_to")

    class Meta:
        model = Deadline
        fields = (
            *("slug", "name", "dates_from", "dates_to", "approximate"),
            *("set_on_from", "set_on_to", "set_on_approximate", "set_by", "parties"),
            *("basis", "outcome", "superseded_by", *CLAIM),
        )


class StatementResource(RecordResource):
    dates_from, dates_to = span_columns(Statement, "dates", "from", "to")

    class Meta:
        model = Statement
        fields: tuple[str, ...] = (
            *("slug", "dates_from", "dates_to", "approximate", "round", "speakers", "parties"),
            *(*ATTRIBUTION, "summary", "quotation", "language", *CLAIM),
        )

    def import_instance(self, instance: Any, row: dict[str, str], **kwargs: Any) -> None:
        """As every record's; one that an editor puts on the record needs a speaker with a name.

        A whole record is loaded as it was written: what a site dumps, it takes back.
        """
        super().import_instance(instance, row, **kwargs)
        if not self.from_editor or instance.basis != Basis.ON_RECORD:
            return
        if instance.pk and _has_no_name(instance.pk):
            return
        if "speakers" in row:
            speakers = self.fields["speakers"].clean(row)
        else:
            speakers = instance.speakers.all() if instance.pk else []
        if problem := attribution_problem(instance.basis, speakers):
            raise ValidationError({"basis": problem})

    def before_save_instance(self, instance: Statement, row: Any, **kwargs: Any) -> None:
        """Let a statement become unnamed: its speakers must have gone before."""
        if instance.pk and instance.basis == Basis.UNNAMED:
            instance.speakers.clear()


def _has_no_name(pk: int) -> bool:
    """Whether a statement was stored on the record, without a speaker, before that was refused."""
    return Statement.objects.filter(pk=pk, basis=Basis.ON_RECORD, speakers=None).exists()


class StatementLinkResource(RecordResource):
    class Meta:
        model = StatementLink
        fields = ("statement", "kind", "other", "note")
        import_id_fields = ("statement", "kind", "other")
