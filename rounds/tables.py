"""The columns of the record's tables, and of the rows under its chart."""

from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from rounds.models import Round, Source
from rounds.templatetags.language import local, plain
from rounds.timeline import Item


class RoundTable(tables.Table):
    caption = _("Rounds and meetings")

    name = tables.Column(linkify=True, verbose_name=_("Meeting"))
    dates = tables.Column(accessor="when", order_by="dates__startswith", verbose_name=_("When"))
    place = tables.Column(verbose_name=_("Where"))
    kind = tables.Column(verbose_name=_("Kind"))
    status = tables.Column(accessor="status_words", order_by="status", verbose_name=_("Status"))

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


class SourceTable(tables.Table):
    caption = _("Publications")

    publisher = tables.Column(verbose_name=_("Publisher"))
    title = tables.Column(linkify=True, verbose_name=_("What it is"))
    published = tables.Column(
        accessor="published_words", order_by="published__startswith", verbose_name=_("Published")
    )
    claims = tables.Column(verbose_name=_("Claims"), attrs={"td": {"class": "number"}})

    class Meta:
        model = Source
        fields = ("publisher", "title", "published", "claims")
        order_by = "publisher"
        empty_text = _("No published record cites a source yet.")

    def order_publisher(self, queryset: QuerySet[Source], is_descending: bool) -> tuple[Any, bool]:
        name = Lower("publisher")
        return queryset.order_by(name.desc() if is_descending else name, "title"), True

    def order_published(self, queryset: QuerySet[Source], is_descending: bool) -> tuple[Any, bool]:
        day = F("published__startswith")
        order = day.desc(nulls_last=True) if is_descending else day.asc(nulls_last=True)
        return queryset.order_by(order, "publisher", "title"), True


class DeadlineTable(tables.Table):
    """Deadlines as rows of the timeline, each with what became of it."""

    caption = _("Deadlines, in the order in which they were set")

    set_when = tables.Column(orderable=False, verbose_name=_("Set"))
    set_by = tables.Column(orderable=False, verbose_name=_("By"))
    title = tables.Column(orderable=False, verbose_name=_("Deadline"))
    when = tables.Column(orderable=False, verbose_name=_("Due"))
    status = tables.Column(accessor="status_label", orderable=False, verbose_name=_("Outcome"))
    then = tables.Column(
        accessor="next_title", orderable=False, default="", verbose_name=_("Replaced by")
    )
    publisher = tables.Column(orderable=False, verbose_name=_("Who says so"))

    class Meta:
        row_attrs = {
            "id": lambda record: record.anchor,
            "class": lambda record: "off" if record.is_off else None,
        }

    def render_title(self, value: str, record: Item) -> SafeString | str:
        title = local(value)
        if not record.note:
            return title
        return format_html('{} <span class="note">{}</span>', title, local(record.note))

    def render_set_by(self, value: str) -> str:
        return local(value)

    def render_status(self, value: str, record: Item) -> SafeString:
        return format_html('<span class="status status-{}">{}</span>', record.status, value)

    def render_then(self, value: str, record: Item) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.next_url, local(value))

    def render_publisher(self, value: str, record: Item) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.source_url, value)


class ItemTable(tables.Table):
    """The meetings and deadlines of the overview chart, each leading to its place below.

    The chart's other marks are the statements and proposals listed there in full.
    """

    caption = _("Meetings and deadlines")

    when = tables.Column(verbose_name=_("When"), orderable=False)
    label = tables.Column(verbose_name=_("What"), orderable=False)
    title = tables.Column(verbose_name=_("Which"), orderable=False)
    parties = tables.Column(verbose_name=_("Who"), orderable=False, default="")
    status_label = tables.Column(verbose_name=_("Status"), orderable=False, default="")

    def render_title(self, value: str, record: Item) -> SafeString:
        return format_html('<a href="#{}">{}</a>', record.anchor, value)

    def render_parties(self, value: list[dict[str, str]], record: Item) -> str:
        if record.host:
            return str(record.host["name"])
        return ", ".join(plain(party) for party in value)
