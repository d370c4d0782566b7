"""The columns of the rows under the issue charts."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from issues.distance import Gap, Spread
from issues.figures import Point


class PointTable(tables.Table):
    def __init__(self, data: Any, *, caption: str) -> None:
        super().__init__(data, exclude=() if any(row.scope for row in data) else ("scope",))
        self.caption = caption

    who = tables.Column(verbose_name=_("Who"), orderable=False)
    value = tables.Column(verbose_name=_("Number"), orderable=False)
    scope = tables.Column(verbose_name=_("For"), orderable=False, default="")
    when = tables.Column(verbose_name=_("When"), orderable=False)
    title = tables.Column(verbose_name=_("Where it stands"), orderable=False)

    def render_title(self, value: str, record: Point) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.url, value)


class PairColumn(tables.Column):
    """How far apart one pair was; in bold where one of the two took a position."""

    def __init__(self, place: int, who: str) -> None:
        super().__init__(accessor=f"gaps__{place}", verbose_name=who, orderable=False)

    def render(self, value: Gap) -> SafeString | str:
        return (
            format_html("<strong>{}</strong>", value.words)
            if value.fresh and value.steps is not None
            else value.words
        )


class SpreadTable(tables.Table):
    """The rows under the chart of distances: meetings down, pairs across."""

    caption = _("How far apart every two parties were at the end of each meeting")

    def __init__(self, data: Sequence[Spread]) -> None:
        pairs = data[0].gaps if data else []
        columns = [(f"pair-{n}", PairColumn(n, gap.who)) for n, gap in enumerate(pairs)]
        super().__init__(data, extra_columns=columns)

    title = tables.Column(verbose_name=_("Meeting"), orderable=False)

    def render_title(self, value: str, record: Spread) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.url, value)
