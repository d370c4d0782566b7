"""The columns of the rows under the issue charts."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

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
