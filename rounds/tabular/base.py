"""A model's table: its columns, which rows it has, and how a row is stored."""

from collections.abc import Container, Sequence
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rounds.models import Publishable, State, Translatable
from rounds.platform.plain_text import is_plain
from rounds.publishing.refusals import refusal
from rounds.tabular.cell_codecs import key_text
from rounds.tabular.columns import CellError, Column, TranslationColumn

# What editors read of a trigger that refused a row: the column to blame, and why. Of the other
# rules of the database, ``rounds.publishing`` has the messages.
TRIGGER_REFUSALS = {
    "keep_published": (
        "state",
        gettext_lazy("found “draft”, expected “published”: published entries point at this one"),
    ),
    "unnamed_has_no_name": (
        "speakers",
        gettext_lazy("found the name of somebody unnamed, expected nobody: the basis is “unnamed”"),
    ),
}


class RowKind(StrEnum):
    """What storing a row does to the record."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class StoredRow(NamedTuple):
    """What became of a row that was accepted, and its record."""

    kind: RowKind
    record: Translatable


class RecordResource:
    """The table of ``model``: its ``columns`` in their order, and those that are its ``key``.

    A column is a field's name where nothing but its field is to be said of it. Beside each column
    that may be translated stands one for each other language of the site. A public table has the
    rows that readers may see, and names no others in its lists. Rows from an editor are held to
    the rules of the forms, too.
    """

    model: ClassVar[Any]
    key: ClassVar[Sequence[str]] = ("slug",)
    declared: ClassVar[Sequence[str | Column]]
    original_columns: ClassVar[tuple[Column, ...]]  # as declared, without translations

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.original_columns = tuple(
            Column(cls.model, column) if isinstance(column, str) else column
            for column in cls.declared
        )

    def __init__(self, *, is_public: bool = False, is_from_editor: bool = False) -> None:
        self.is_public = is_public
        self.is_from_editor = is_from_editor
        self.columns = [
            column
            for original in self.original_columns
            for column in (original, *translation_columns(original))
        ]

    # --- columns ---

    @classmethod
    def text_columns(cls, *, but: Container[str] = ()) -> list[Column]:
        """Return the columns of text in the language of the record, without those named ``but``.

        What shows a record shows these, so that a new column appears wherever it is not left out.
        """
        return [
            column for column in cls.original_columns if column.is_text and column.name not in but
        ]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def key_columns(self) -> list[Column]:
        """Return those that together identify a row."""
        return [self.column(name) for name in self.key]

    def needed_columns(self) -> list[Column]:
        """Return those that every file of a package has."""
        return [column for column in self.columns if not column.is_optional]

    def translation_columns(self) -> list[Column]:
        return [column for column in self.columns if isinstance(column, TranslationColumn)]

    def cells(self, record: Translatable) -> dict[str, str]:
        """Return the row of ``record``, the text of each cell by its column."""
        return {column.name: column.text(record) for column in self.columns}

    # --- rows ---

    def queryset(self) -> "models.QuerySet[Any]":
        """Return the rows with what they point at, in an order that pages can be cut from."""
        rows = self.model._default_manager.all()
        return self.with_related((rows.published() if self.is_public else rows).order_by("pk"))

    def with_related(self, rows: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
        """Return ``rows`` with what they point at."""
        pointers = [(column, codec) for column in self.columns if (codec := column.key_codec)]
        lists = [
            models.Prefetch(column.attribute, self._listed(codec.model))
            for column, codec in pointers
            if column.is_list
        ]
        keys = [column.attribute for column, _codec in pointers if not column.is_list]
        rows = rows.prefetch_related(*lists)
        return rows.select_related(*keys) if keys else rows  # without names, it takes all

    def _listed(self, model: type[models.Model]) -> "models.QuerySet[Any]":
        """Return what a list may name: what has no state is public by being in a public list."""
        rows: models.QuerySet[Any] = model._default_manager.all()
        if self.is_public and issubclass(model, Publishable):
            return rows.filter(state=State.PUBLISHED)
        return rows

    def find(self, row: dict[str, str]) -> Translatable | None:
        """Return the stored record with the same key. A cell that cannot be a key finds none."""
        key = {
            f"{column.field.name}{column.codec.lookup}": key_text(row.get(column.name, ""))
            for column in self.key_columns()
        }
        if not all(is_plain(text, has_lines=False) for text in key.values()):
            return None
        try:
            return self.queryset().filter(**key).first()
        except ValidationError:
            return None

    # --- storing ---

    def store(self, row: dict[str, str]) -> StoredRow:
        """Store a row. Raises ValidationError if it is refused; then it leaves nothing behind."""
        try:
            with transaction.atomic():
                return self._store(row)
        except (IntegrityError, DataError) as error:
            raise refused_row(error) from error

    def _store(self, row: dict[str, str]) -> StoredRow:
        given = [column for column in self.columns if column.name in row]
        fields = [column for column in given if not column.is_list]
        lists = [column for column in given if column.is_list]
        stored = self.find(row)
        before = [column.value(stored) for column in fields] if stored else None
        record = stored or self.model()
        errors: dict[str, Any] = {}
        try:
            self.fill(record, row)
        except ValidationError as error:
            errors = error.update_error_dict({})
        if (
            before is not None
            and not errors
            and before == [column.value(record) for column in fields]
            and all(set(column.parse(row)) == set(column.value(record).all()) for column in lists)
        ):
            return StoredRow(RowKind.UNCHANGED, record)
        validate(record, errors)
        self.before_save(record)
        record.save(force_insert=stored is None)
        for column in lists:
            column.fill(record, row)
        return StoredRow(RowKind.CHANGED if stored else RowKind.NEW, record)

    def fill(self, record: Translatable, row: dict[str, str]) -> None:
        """Fill ``record``; lists are only checked, as they are stored after it.

        Raises ValidationError with a ``CellError`` for each cell that is wrong.
        """
        errors: dict[str, list[ValidationError]] = {}
        for column in self.columns:
            if column.name not in row:
                continue
            try:
                if column.is_list:
                    column.parse(row)
                else:
                    column.fill(record, row)
            except ValueError as error:
                problem = CellError(column.name, str(error))
                errors.setdefault(column.attribute, []).append(problem)
        if errors:
            raise ValidationError(errors)

    def before_save(self, record: Translatable) -> None:
        """Prepare what is stored for ``record``, which is about to replace it."""


def translation_columns(original: Column) -> list[Column]:
    """Return the columns of what ``original`` says in other languages; none for most columns."""
    model: Any = original.field.model
    titles = model.translation_titles()
    return [
        TranslationColumn(original, key, titles[key])
        for key, (field, _code) in model.translation_keys().items()
        if field == original.name
    ]


def validate(record: Translatable, errors: dict[str, Any]) -> None:
    """Check ``record`` but for the fields that have ``errors``. Raises ValidationError with all."""
    try:
        record.full_clean(exclude=errors.keys())
    except ValidationError as error:
        errors = error.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)


def refused_row(error: IntegrityError | DataError) -> ValidationError:
    """Return what the database refused, in an editor's words.

    Most rules are checked before, with words of their own: see the models. These are the rest.
    """
    diagnostic = error.__cause__.diag if error.__cause__ else None  # type: ignore[attr-defined]
    message = str(diagnostic.message_primary if diagnostic else error)
    trigger = message.partition(":")[0]
    if trigger in TRIGGER_REFUSALS:
        column, text = TRIGGER_REFUSALS[trigger]
        return ValidationError({column: [CellError(column, str(text))]})
    return CellError("", refusal(error) or _("the database refuses it: %s") % message)
