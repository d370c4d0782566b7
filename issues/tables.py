"""The columns of the rows under the issue charts."""

from collections.abc import Iterable, Sequence
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from issues.distance import Gap, Spread
from issues.figures import Point
from issues.matrix import Move, Row
from issues.models import Issue, Progress
from rounds.dates import last_day
from rounds.downloads import Address, FileTable


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


class CellFile(FileTable):
    """Cells of a matrix, a row each: where a party stands on an issue, and how we know."""

    issue = tables.Column(accessor="issue__slug")
    round = tables.Column(accessor="row__round__slug")
    party = tables.Column(accessor="cell__party__code")
    stance = tables.Column(accessor="cell__stance")
    label = tables.Column(accessor="cell__label")
    gist = tables.Column(accessor="cell__gist")
    condition = tables.Column(accessor="cell__condition")
    first = tables.Column(accessor="cell__since")
    last = tables.Column(accessor="cell__position__since")
    approximate = tables.Column(accessor="cell__approximate")
    when = tables.Column(accessor="cell__when")
    basis = tables.Column(accessor="cell__position__evidence__basis")
    on_record = tables.Column(accessor="cell__on_record")
    note = tables.Column(accessor="cell__note")
    moved = tables.Column(accessor="cell__moved")
    before = tables.Column(accessor="cell__was_stance")
    evidence = Address(accessor="cell__url")
    publisher = tables.Column(accessor="cell__publisher")
    source = tables.Column(accessor="cell__position__evidence__source__url")
    archive = tables.Column(accessor="cell__position__evidence__source__archive_url")

    def render_last(self, value: Any) -> Any:
        return last_day(value)

    def render_approximate(self, value: bool, record: dict[str, Any]) -> bool | str:
        return value if record["cell"].recorded else ""

    render_on_record = render_moved = render_approximate

    def render_basis(self, record: dict[str, Any]) -> str:
        return str(record["cell"].position.evidence.basis)


def cell_file(rows: Iterable[Row], *, caption: str, issue: Issue | None = None) -> CellFile:
    """The cells of a matrix by issue, or by round if it is of one ``issue``, row by row."""
    cells = [
        {"issue": issue or row.issue, "row": row, "cell": cell}
        for row in rows
        for cell in row.cells
    ]
    return CellFile(cells, caption=caption)


def move_file(moves: Iterable[Move], *, caption: str) -> CellFile:
    cells = [{"issue": move.issue, "cell": cell} for move in moves for cell in move.cells]
    return CellFile(cells, caption=caption)


class ProgressFile(FileTable):
    """How far issues got at rounds."""

    round = tables.Column(accessor="round__slug")
    issue = tables.Column(accessor="issue__slug")
    level = tables.Column()
    label = tables.Column(accessor="get_level_display")
    summary = tables.Column()
    note = tables.Column()
    publisher = tables.Column(accessor="source__publisher")
    source = tables.Column(accessor="source__url")
    archive = tables.Column(accessor="source__archive_url")

    def render_level(self, record: Progress) -> str:
        return record.level


class PointFile(FileTable):
    """The numbers of measures: what applied, what was asked for, what was agreed."""

    measure = tables.Column(accessor="key")
    name = tables.Column(accessor="measure")
    unit = tables.Column()
    kind = tables.Column()
    party = tables.Column(accessor="party__code")
    who = tables.Column()
    value = tables.Column()
    low = tables.Column()
    high = tables.Column()
    scope = tables.Column()
    first = tables.Column(accessor="day")
    when = tables.Column()
    title = tables.Column()
    address = Address(accessor="url")
    publisher = tables.Column(accessor="source__publisher")
    source = tables.Column(accessor="source__url")
    archive = tables.Column(accessor="source__archive_url")


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
