"""The record as tables: one resource a model, with the columns of its CSV file in their order.

They serve the files of a data package and the admin's spreadsheets alike. A cell is text; rows
are named by their natural keys; a list of keys is separated by commas; a span of days is two
columns, of which the second is empty for one day and ``open`` where no end is known.
"""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.functional import Promise
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields, resources, widgets
from import_export.results import RowResult

from rounds.dates import SpanField, first_day, last_day, span
from rounds.models import (
    NOT_TO_BE,
    Basis,
    Deadline,
    NaturalKeyModel,
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
from rounds.models.text import has_lines
from rounds.plain_text import (
    LONG_TEXT_CHARS,
    TextError,
    clean,
    clean_address,
    is_plain,
    too_long,
    visible,
    without_invisible,
)

CELL_LIMIT = LONG_TEXT_CHARS  # characters, whatever the column
SHOWN = 60  # characters of a cell that a message repeats
LISTED = 12  # keys that a message lists before it proposes the likeliest

DAY = "[12][0-9]{3}-[01][0-9]-[0-3][0-9]"
OPEN = "open"
KEY = "[-a-zA-Z0-9_]+"
KEYS = f"{KEY}( *, *{KEY})*"

# What a spreadsheet may run instead of showing it. Text of an editor's that begins so travels
# behind an apostrophe.
FORMULA = r"(?:[=+@\t\r]|-(?![0-9]+(?:\.[0-9]+)?\Z))"


def found(text: str) -> str:
    """The beginning of a message about a cell."""
    if not text:
        return _("found nothing")
    return _("found “%(text)s”") % {"text": shown(text)}


def shown(text: str) -> str:
    """``text`` as one short line, with the codes of what nobody sees in it."""
    line = text[:SHOWN].replace("\n", " ")
    return visible(line) if len(text) <= SHOWN else f"{visible(line)}…"


def cleaned_cell(field: "models.Field[Any, Any]", text: str) -> str:
    """``text`` as ``field`` stores it. Raises ValueError that says what was found, and where."""
    try:
        if isinstance(field, models.URLField):
            return clean_address(text)
        return clean(text, has_lines=has_lines(field))
    except TextError as error:
        raise ValueError(f"{found(text)}. {error}") from error


def key_text(text: str) -> str:
    """The cell of a key, as the key is stored if it is one."""
    return without_invisible(text).strip()


def unlike(text: str, expected: str | Promise) -> ValueError:
    return ValueError(
        _("%(found)s, expected %(expected)s") % {"found": found(text), "expected": expected}
    )


def one_of(word: str, words: Iterable[str]) -> str:
    """What may stand instead of ``word``: all ``words`` if they are few, else those like it."""
    known = sorted(words)
    if not known:
        return _("none: the record has none yet")
    if len(known) <= LISTED:
        return _("one of: %(words)s") % {"words": ", ".join(known)}
    if close := get_close_matches(word, known):
        return _("another; did you mean %(words)s?") % {"words": _(" or ").join(close)}
    return _("one of %(count)d others, such as %(word)s") % {"count": len(known), "word": known[0]}


def split_keys(text: str) -> list[str]:
    """The keys of a list, each once."""
    return list(dict.fromkeys(key for part in text.split(",") if (key := part.strip())))


def unguarded(text: str) -> str:
    """``text`` without the apostrophe behind which what looks like a formula travels."""
    return text[1:] if re.match(f"'+{FORMULA}", text) else text


class Cell(widgets.Widget):  # the library has no types
    """How a value is written in a cell. ``clean`` is never given an empty one."""

    type = "string"  # the names of types and constraints are those of Frictionless table schemas
    empty: Any = None
    lookup = ""  # from the attribute to what identifies a row

    def constraints(self) -> dict[str, Any]:
        return {}


class Text(Cell):
    empty = ""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        if re.match(FORMULA, value):
            raise unlike(value, _("no formula: text that does not begin with = + - or @"))
        return unguarded(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").strip()
        return f"'{text}" if re.match(f"'*{FORMULA}", text) else text


class Word(Cell):
    """One of a field's choices; ``labels`` is what pages call them."""

    def __init__(self, choices: Iterable[tuple[Any, Any]]) -> None:
        super().__init__()
        self.labels = {str(value): label for value, label in choices}
        self.words = list(self.labels)

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        if value not in self.words:
            raise unlike(value, one_of(value, self.words))
        return value

    def constraints(self) -> dict[str, Any]:
        return {"enum": self.words}


class Flag(Cell):
    type = "boolean"

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> bool:
        if value.lower() not in {"true", "false"}:
            raise unlike(value, _("true or false"))
        return value.lower() == "true"

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "true" if value else "false"


class Whole(Cell):
    type = "integer"

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> int:
        if not re.fullmatch("[0-9]{1,9}", value):
            raise unlike(value, _("a whole number"))
        return int(value)


class Number(Cell):
    """A number; ``unit`` is the column of its row that says what it counts."""

    type = "number"

    def __init__(self, unit: str = "") -> None:
        super().__init__()
        self.unit = unit

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Decimal:
        if not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", value):
            raise unlike(value, _("a number such as 40 or 12.5"))
        return Decimal(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else f"{value.normalize():f}"


class Day(Cell):
    type = "date"

    expected = gettext_lazy("a day such as 2031-05-21")

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> dt.date:
        try:
            if re.fullmatch(DAY, value):
                return dt.date.fromisoformat(value)
        except ValueError:  # 30 February
            pass
        raise unlike(value, self.expected)


class FirstDay(Day):
    lookup = "__startswith"

    def render(self, value: DateRange | None, obj: Any = None, **kwargs: Any) -> str:
        return first_day(value).isoformat() if value else ""


class LastDay(Day):
    type = "string"
    expected = gettext_lazy("a day such as 2031-05-21, “open”, or nothing for one day")

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        """A day, or ``OPEN``."""
        return OPEN if value == OPEN else super().clean(value)

    def render(self, value: DateRange | None, obj: Any = None, **kwargs: Any) -> str:
        if not value or last_day(value) == first_day(value):
            return ""
        last = last_day(value)
        return last.isoformat() if last else OPEN

    def constraints(self) -> dict[str, Any]:
        return {"pattern": f"({DAY}|{OPEN})"}


def suggested_rows(model: type[NaturalKeyModel]) -> "models.QuerySet[Any]":
    """What a message may propose: of the meetings none that was cancelled or moved."""
    rows: models.QuerySet[Any] = model._default_manager.all()
    return rows.exclude(status__in=NOT_TO_BE) if model is Round else rows


class Key(Cell):
    """Another row, by its key."""

    def __init__(self, model: type[NaturalKeyModel]) -> None:
        super().__init__()
        self.model = model
        (self.field,) = model.natural_key_paths
        self.lookup = f"__{self.field}"

    def keys(self, text: str) -> list[str]:
        return [text] if text else []

    def find(self, keys: list[str]) -> list[models.Model]:
        """The rows with ``keys``, in their order. Raises ValueError about one that none has."""
        rows = self.model._default_manager
        known = {
            getattr(row, self.field): row for row in rows.filter(**{f"{self.field}__in": keys})
        }
        for key in keys:
            if key not in known:
                raise ValueError(
                    _("%(found)s, which is no %(model)s; expected %(expected)s")
                    % {
                        "found": found(key),
                        "model": self.model._meta.verbose_name,
                        "expected": one_of(key, self.suggested_keys()),
                    }
                )
        return [known[key] for key in keys]

    def suggested_keys(self) -> list[str]:
        return list(suggested_rows(self.model).values_list(self.field, flat=True))

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        return self.find(self.keys(value))[0]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else getattr(value, self.field)

    def constraints(self) -> dict[str, Any]:
        return {"pattern": KEY}


class Keys(Key, widgets.ManyToManyWidget):  # the library has no types
    """Any number of other rows, by their keys."""

    empty = ()

    def __init__(self, model: type[NaturalKeyModel]) -> None:
        widgets.ManyToManyWidget.__init__(self, model)
        (self.field,) = model.natural_key_paths

    def keys(self, text: str) -> list[str]:
        return split_keys(text)

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> list[models.Model]:
        return self.find(self.keys(value))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return (
            ""
            if value is None
            else ", ".join(sorted(getattr(row, self.field) for row in value.all()))
        )

    def constraints(self) -> dict[str, Any]:
        return {"pattern": KEYS}


def cell_for(field: "models.Field[Any, Any]") -> Cell:
    """How the values of a model's field are written."""
    if isinstance(field, models.ManyToManyField):
        return Keys(field.related_model)  # type: ignore[arg-type]  # every model has a natural key
    if isinstance(field, models.ForeignKey):
        return Key(field.related_model)  # type: ignore[arg-type]  # as above
    if field.choices:
        return Word(field.flatchoices)
    for kind, cell in (
        (models.BooleanField, Flag),
        (models.IntegerField, Whole),
        (models.DecimalField, Number),
        (models.DateField, Day),
    ):
        if isinstance(field, kind):
            return cell()
    return Text()


class Column(fields.Field):  # the library has no types
    """A column that fills ``field`` of a row.

    Its ``clean`` raises ``ValueError`` with what was found and what was expected.
    """

    def __init__(
        self,
        field: "models.Field[Any, Any]",
        *,
        name: str = "",
        title: str | Promise = "",
        widget: Cell | None = None,
        required: bool | None = None,
    ) -> None:
        super().__init__(
            attribute=field.name,
            column_name=name or field.name,
            widget=widget or cell_for(field),
        )
        self.field = field
        self.title = title or field.verbose_name
        self.required = not (field.blank or field.has_default()) if required is None else required

    def clean(self, row: dict[str, str], **kwargs: Any) -> Any:
        if text := self.text(row):
            return self.widget.clean(text)
        return self.field.get_default() if self.field.has_default() else self.widget.empty

    def text(self, row: dict[str, str]) -> str:
        """The cell of ``row``, cleaned and checked."""
        text = cleaned_cell(self.field, row[self.column_name])
        self.check(text)
        return text

    def check(self, text: str) -> None:
        limit = self.field.max_length or CELL_LIMIT
        if len(text) > limit:
            raise ValueError(f"{found(text)}. {too_long(len(text), limit)}")
        if self.required and not text:
            raise unlike(text, _("a value"))


class OnceColumn(Column):
    """A column whose default depends on other rows: an empty cell leaves a stored row as it is."""

    def save(self, instance: Any, row: dict[str, str], is_m2m: bool = False, **kwargs: Any) -> None:
        if row[self.column_name].strip() or instance._state.adding:
            super().save(instance, row, is_m2m, **kwargs)


class TranslationColumn(Column):
    """What a text column says in another language. A file may lack it; empty is no translation."""

    def __init__(self, original: Column, name: str, title: str) -> None:
        super().__init__(original.field, name=name, title=title, widget=Text(), required=False)
        self.attribute = "translations"

    def clean(self, row: dict[str, str], **kwargs: Any) -> str:
        text = self.text(row)
        return str(self.widget.clean(text)) if text else ""

    def get_value(self, instance: Any) -> str:
        return str(instance.translations.get(self.column_name, ""))

    def save(self, instance: Any, row: dict[str, str], is_m2m: bool = False, **kwargs: Any) -> None:
        told = {**instance.translations, self.column_name: self.clean(row)}
        instance.translations = {name: text for name, text in told.items() if text}


class FirstDayColumn(Column):
    """The first day of a span; alone it makes a span of one day."""

    last_name: str

    def save(self, instance: Any, row: dict[str, str], is_m2m: bool = False, **kwargs: Any) -> None:
        setattr(instance, self.attribute, None)  # should this cell be bad, the other says no more
        first, last = self.clean(row), row.get(self.last_name, "").strip()
        if first is None and last:
            raise unlike("", _("the first day of what lasts until “%(last)s”") % {"last": last})
        setattr(instance, self.attribute, span(first, first) if first else None)


class LastDayColumn(Column):
    """The last day of the span that the column before has begun."""

    def save(self, instance: Any, row: dict[str, str], is_m2m: bool = False, **kwargs: Any) -> None:
        last, dates = self.clean(row), getattr(instance, self.attribute)
        if last is None or dates is None:
            return
        first = first_day(dates)
        if last != OPEN and last < first:
            raise unlike(f"{last}", _("a day not before the first, %(first)s") % {"first": first})
        setattr(instance, self.attribute, span(first, None if last == OPEN else last))


def span_columns(
    model: type[models.Model], name: str, first: str, last: str
) -> tuple[FirstDayColumn, LastDayColumn]:
    """The two columns of the span ``name``, headed ``first`` and ``last``."""
    field = model._meta.get_field(name)
    assert isinstance(field, SpanField), "only a span has two columns"
    title = capfirst(field.verbose_name)  # lazily, as the words around it
    begin = FirstDayColumn(
        field,
        name=first,
        title=format_lazy(gettext_lazy("{dates}: first day"), dates=title),
        widget=FirstDay(),
    )
    begin.last_name = last
    return begin, LastDayColumn(
        field,
        name=last,
        title=format_lazy(gettext_lazy("{dates}: last day, if another, or “open”"), dates=title),
        widget=LastDay(),
        required=False,
    )


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
