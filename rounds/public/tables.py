"""The columns of the record's tables: of those on pages, and of their files."""

import datetime as dt
import uuid
from collections.abc import Container, Iterable, Sequence, Set
from typing import Any

import django_tables2 as tables
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, OrderBy, QuerySet
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from rounds.history.corrections import Correction
from rounds.history.differences import FieldChange
from rounds.models import RANK_PLACE, SOURCE_ORDER, Round, Source
from rounds.platform.dates import first_day, last_day
from rounds.platform.fast_reverse import page_of
from rounds.public.timeline import DeadlineItem, MeetingItem, StatementItem, TimelineItem
from rounds.tabular.base import RecordResource
from rounds.tabular.columns import Column
from rounds.tabular.exports import AddressColumn, FileTable, KeyListColumn
from rounds.tabular.resources import DeadlineResource, RoundResource, StatementResource
from rounds.templatetags.language import local, plain

Ordered = tuple[QuerySet[Source], bool]  # as django-tables2 takes it: True, it is in order now


class RecordTextColumn(tables.Column):
    """A text of an item's record in the reader's language; a page marks what is not translated."""

    def __init__(self, column: Column) -> None:
        super().__init__(
            accessor=f"record__{column.attribute}",
            default="",
            orderable=False,
            verbose_name=capfirst(str(column.title)),
        )
        self.field_name = column.attribute

    def render(self, record: TimelineItem) -> str:
        return local(record.record, self.field_name)

    def value(self, record: TimelineItem) -> str:
        """Return the cell of a file."""
        return plain(record.record, self.field_name)


def record_text_columns(
    *resources: type[RecordResource], but: Container[str]
) -> dict[str, RecordTextColumn]:
    """Return, by name, a column for each text column of ``resources`` that is not named ``but``."""
    return {
        column.name: RecordTextColumn(column)
        for resource in resources
        for column in resource.text_columns(but=but)
    }


class RoundTable(tables.Table):
    caption = _("Rounds and meetings")

    # each order ends with the key, so that equal rows come in the same order every time
    name = tables.Column(linkify=True, order_by=("name", "pk"), verbose_name=_("Meeting"))
    dates = tables.Column(
        accessor="when", order_by=("dates__startswith", "pk"), verbose_name=_("When")
    )
    place = tables.Column(order_by=("place", "pk"), verbose_name=_("Where"))
    kind = tables.Column(order_by=("kind", "pk"), verbose_name=_("Kind"))
    status = tables.Column(
        accessor="status_label", order_by=("status", "pk"), verbose_name=_("Status")
    )

    class Meta:
        model = Round
        fields = ("name", "dates", "place", "kind", "status")
        order_by = "dates"
        row_attrs = {"class": lambda record: "off" if record.is_off else None}

    def render_name(self, record: Round) -> str:
        return local(record)

    def render_place(self, record: Round) -> str:
        return local(record, "place")

    def render_dates(self, value: str, record: Round) -> SafeString | str:
        if record.is_off:
            return format_html("<s>{}</s>", value)
        return value


MAX_SORTED_SOURCES = 5_000  # a longer list stays in the order of its index


class SourceTable(tables.Table):
    caption = _("Publications")

    publisher = tables.Column(verbose_name=_("Publisher"))
    title = tables.Column(linkify=True, verbose_name=_("What it is"))
    published = tables.Column(
        accessor="published_label", order_by="published__startswith", verbose_name=_("Published")
    )
    rank = tables.Column(verbose_name=_("Kind of source"))
    claims = tables.Column(verbose_name=_("Claims"), attrs={"td": {"class": "number"}})

    class Meta:
        model = Source
        fields = ("publisher", "title", "rank", "published", "claims")
        order_by = "publisher"
        empty_text = _("No published record cites a source yet.")

    def order_publisher(self, queryset: QuerySet[Source], is_descending: bool) -> Ordered:
        ordered = queryset.order_by(*SOURCE_ORDER)  # as its index has them
        return (ordered.reverse() if is_descending else ordered), True

    def order_title(self, queryset: QuerySet[Source], is_descending: bool) -> Ordered:
        return self.sort(queryset, "-title" if is_descending else "title")

    def order_rank(self, queryset: QuerySet[Source], is_descending: bool) -> Ordered:
        return self.sort(queryset, RANK_PLACE.desc() if is_descending else RANK_PLACE.asc())

    def order_published(self, queryset: QuerySet[Source], is_descending: bool) -> Ordered:
        day = F("published__startswith")
        order = day.desc(nulls_last=True) if is_descending else day.asc(nulls_last=True)
        return self.sort(queryset, order)

    def order_claims(self, queryset: QuerySet[Source], is_descending: bool) -> Ordered:
        return self.sort(queryset, "-claims" if is_descending else "claims")

    def sort(self, queryset: QuerySet[Source], order: str | OrderBy) -> Ordered:
        """Sort the sources, unless there are too many to sort all of them for each page.

        Those that are alike come by publisher and title.
        """
        beyond = Source.objects.order_by("pk")[MAX_SORTED_SOURCES : MAX_SORTED_SOURCES + 1]
        if beyond.exists():
            return queryset, True
        return queryset.order_by(order, *SOURCE_ORDER), True


class DeadlineTable(tables.Table):
    """Deadlines in the order of ``order_by_chain()``, each with its outcome.

    Texts of the record that are not shown otherwise have columns where any of the rows has them.
    """

    caption = _("Deadlines, in the order in which they were set, each followed by its replacement")

    def __init__(self, data: Sequence[DeadlineItem]) -> None:
        texts = record_text_columns(DeadlineResource, but=("name", "set_by", "basis", "note"))
        filled = [
            (name, column)
            for name, column in texts.items()
            if any(getattr(item.record, column.field_name) for item in data)
        ]
        super().__init__(data, extra_columns=filled)
        self.replacements = {item.record.superseded_by_id for item in data}  # primary keys

    set_when = tables.Column(orderable=False, verbose_name=_("Set"))
    set_by = tables.Column(orderable=False, verbose_name=_("By"))
    title = tables.Column(orderable=False, verbose_name=_("Deadline"))
    when = tables.Column(orderable=False, verbose_name=_("Due"))
    status = tables.Column(accessor="status_label", orderable=False, verbose_name=_("Outcome"))
    then = tables.Column(
        accessor="replacement_title", orderable=False, default="", verbose_name=_("Replaced by")
    )
    publisher = tables.Column(orderable=False, verbose_name=_("Who says so"))

    class Meta:
        sequence = ("...", "publisher")
        row_attrs = {
            "id": lambda record: record.anchor,
            "class": lambda record, table: table.classes(record),
        }

    def classes(self, record: DeadlineItem) -> str | None:
        names = {"off": record.is_off, "follows": record.pk in self.replacements}
        return " ".join(name for name, holds in names.items() if holds) or None

    def render_title(self, value: str, record: DeadlineItem) -> SafeString | str:
        title = local(value)
        if record.pk in self.replacements:
            title = format_html('<span aria-hidden="true">↳ </span>{}', title)
        if not record.note:
            return title
        return format_html('{} <span class="note">{}</span>', title, local(record.note))

    def render_set_by(self, value: str) -> str:
        return capfirst(local(value))

    def render_status(self, value: str, record: DeadlineItem) -> SafeString:
        return format_html('<span class="status status-{}">{}</span>', record.status, value)

    def render_then(self, value: str, record: DeadlineItem) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.replacement_url, local(value))

    def render_publisher(self, record: DeadlineItem) -> SafeString:
        """All its sources, the best first."""
        links = (
            (page_of("source_detail", source["slug"]), source["publisher"])
            for source in record.record.sources_best_first
        )
        return format_html_join("; ", '<a href="{}">{}</a>', links)


class ItemTable(tables.Table):
    """The meetings and deadlines of the overview chart, each linked to where the page lists it.

    ``listed`` are the anchors on the page; an item without one is linked to its own page. The other
    marks of the chart are the statements and proposals, which the page lists in full.
    """

    caption = _("Meetings and deadlines")

    when = tables.Column(verbose_name=_("When"), orderable=False)
    label = tables.Column(verbose_name=_("What"), orderable=False)
    title = tables.Column(verbose_name=_("Which"), orderable=False)
    parties = tables.Column(verbose_name=_("Who"), orderable=False, default="")
    status_label = tables.Column(verbose_name=_("Status"), orderable=False, default="")

    def __init__(self, items: Sequence[TimelineItem], *, listed: Set[str]) -> None:
        super().__init__(items)
        self.listed = listed

    def render_title(self, value: str, record: TimelineItem) -> SafeString:
        address = f"#{record.anchor}" if record.anchor in self.listed else record.url
        return format_html('<a href="{}">{}</a>', address, value)

    def render_parties(self, value: list[dict[str, str]], record: TimelineItem) -> str:
        if isinstance(record, MeetingItem) and record.host:
            return str(record.host["name"])
        return ", ".join(plain(party) for party in value)


class ItemFile(FileTable):
    """Items of the timeline, of all kinds; a column that a kind does not have is empty.

    Texts of the record stand in columns of their own, unless they are in ``title`` or ``text``.
    """

    kind = tables.Column()
    key = tables.Column(accessor="slug")
    first = tables.Column()
    last = tables.Column()
    approximate = tables.Column()
    when = tables.Column()
    title = tables.Column()
    text = tables.Column()
    quotation = tables.Column()
    language = tables.Column()
    label = tables.Column()
    parties = KeyListColumn()
    speakers = KeyListColumn()
    issues = KeyListColumn()
    attribution = tables.Column()
    basis = tables.Column()
    on_record = tables.Column()
    status = tables.Column()
    status_label = tables.Column()
    missed = tables.Column()
    place = tables.Column(accessor="venue")
    host = tables.Column(accessor="host__code")
    announced = tables.Column(accessor="announced_when")
    set_on = tables.Column()
    replaced_by = tables.Column(accessor="replacement_title")
    note = tables.Column()
    address = AddressColumn(accessor="url")
    publisher = tables.Column(accessor="record__source__publisher")
    source = tables.Column(accessor="record__source__url")
    archive = tables.Column(accessor="record__source__archive_url")

    def __init__(self, data: Iterable[Any], *, caption: str | Promise, whole: bool = False) -> None:
        texts = record_text_columns(
            *(RoundResource, DeadlineResource, StatementResource),
            but={*self.base_columns, "name", "summary", "agenda", "unnamed_why"},
        )
        super().__init__(
            data,
            caption=caption,
            whole=whole,
            extra_columns=texts.items(),
            sequence=("...", "replaced_by", "note", "address", "publisher", "source", "archive"),
        )

    def render_language(self, value: str, record: StatementItem) -> str:
        """Return the language of the quotation, if there is one."""
        return value if record.quotation else ""

    def render_on_record(self, value: bool, record: TimelineItem) -> bool | str:
        """Return nothing for a meeting or a deadline: nobody said or tabled it."""
        return value if record.basis else ""


class SourceFile(FileTable):
    """Publications, and how many published records cite each."""

    key = tables.Column(accessor="slug")
    publisher = tables.Column()
    title = tables.Column()
    language = tables.Column()
    rank = tables.Column(accessor="rank")
    first = tables.Column(accessor="published")
    last = tables.Column(accessor="published")
    approximate = tables.Column(accessor="published_approximate")
    when = tables.Column(accessor="published_label")
    claims = tables.Column()
    note = tables.Column()
    address = AddressColumn(accessor="get_absolute_url")
    source = tables.Column(accessor="url")
    archive = tables.Column(accessor="archive_url")

    def render_rank(self, record: Source) -> str:
        return record.rank

    def render_first(self, value: DateRange) -> dt.date:
        return first_day(value)

    def render_last(self, value: DateRange) -> dt.date | None:
        return last_day(value)


NO_CHANGE: list[FieldChange | None] = [None]  # the row of a correction without changes


class CorrectionFile(FileTable):
    """Corrections, a row for each text that changed; a correction without one has one row."""

    correction = tables.Column(accessor="correction__id")
    at = tables.Column(accessor="correction__at")
    kind = tables.Column(accessor="correction__kind")
    what = tables.Column(accessor="correction__summary")
    title = tables.Column(accessor="correction__title")
    note = tables.Column(accessor="correction__note")
    field = tables.Column(accessor="change__title")
    before = tables.Column(accessor="change__before")
    after = tables.Column(accessor="change__after")
    address = AddressColumn(accessor="correction__get_absolute_url")
    record = AddressColumn(accessor="correction__url")

    def __init__(self, corrections: list[Correction], *, caption: str) -> None:
        rows = [
            {"correction": correction, "change": change}
            for correction in corrections
            for change in (correction.changes or NO_CHANGE)
        ]
        super().__init__(rows, caption=caption)

    def render_correction(self, value: uuid.UUID) -> str:
        return str(value)
