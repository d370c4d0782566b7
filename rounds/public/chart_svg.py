"""Charts as SVG without a script, for embeds in pages of other sites, where they must weigh little.

A builder takes the same rows as the chart of the page and returns shapes. Coordinates across are
shares of the width ("12.50%"), so that text keeps its size at any width; coordinates down are
pixels. Colours are classes of the style sheet.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rounds.models import DeadlineOutcome, Party, Round
from rounds.platform.dates import written
from rounds.public.charts import (
    LANES,
    OPEN_END_LENGTH,
    PARTY_MARKS,
    find_window,
    list_sides,
    side_codes,
)
from rounds.public.timeline import DeadlineItem, Kind, MeetingItem, OutcomeItem, TimelineItem

LANE_PX, AXIS_PX = 64, 24  # the height of a lane, and of the labels under the chart
MAX_TICKS = 4  # so that their labels fit on a phone
MIN_MONTHS_NAMED = 2  # a shorter span has days as ticks
MAX_LABEL_SHARE = 0.85  # of the width; a label that begins further right has no room
ONE_DAY = dt.timedelta(days=1)
SHAPES = {  # outlines around 0, 0
    "circle": "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "square": "M-4-4h8v8h-8z",
    "diamond": "M0-5.5L5.5 0L0 5.5L-5.5 0z",
    "triangle-up": "M0-5.5L5 4h-10z",
    "cross": "M-1.7-5h3.4v3.3h3.3v3.4h-3.3v3.3h-3.4v-3.3h-3.3v-3.4h3.3z",
    "star": "M0-6.5L1.6-2H6.2L2.5.8L3.9 5.3L0 2.6L-3.9 5.3L-2.5.8L-6.2-2H-1.6z",
    "pentagon": "M0-5.5L5.2-1.7L3.2 4.5H-3.2L-5.2-1.7z",
    "hexagon": "M-2.6-4.5H2.6L5.2 0L2.6 4.5H-2.6L-5.2 0z",
    "hexagram": "M0-6L1.7-3H5.2L3.5 0L5.2 3H1.7L0 6L-1.7 3H-5.2L-3.5 0L-5.2-3H-1.7z",
    "end-missed": "M-4-4L4 4M-4 4L4-4",
    "end-moved": "M-4-5L4 0L-4 5",
    "end-met": "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
}
ENDS = {
    DeadlineOutcome.MISSED: "end-missed",
    DeadlineOutcome.MOVED: "end-moved",
    DeadlineOutcome.MET: "end-met",
}


@dataclass(frozen=True, slots=True)
class SvgMark:
    """A symbol: a proposal, a statement, the end of a deadline."""

    x: str
    y: float
    shape: str
    look: str
    size: float = 1  # times the outline in SHAPES


@dataclass(frozen=True, slots=True)
class SvgLine:
    """A line: of the grid, a deadline, the range of a number."""

    x1: str
    x2: str
    y1: float
    y2: float
    look: str


@dataclass(frozen=True, slots=True)
class SvgBar:
    """A meeting."""

    x: str
    width: str
    y: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class SvgLabel:
    """A text: of an axis, a lane."""

    x: str
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class LegendKey:
    """An entry of the legend: the symbol of a party, or of what was agreed."""

    name: str
    shape: str
    look: str


@dataclass(slots=True)
class Drawing:
    """The shapes of one chart; each list is drawn over those before it."""

    height: float
    bars: list[SvgBar] = field(default_factory=list)
    lines: list[SvgLine] = field(default_factory=list)
    marks: list[SvgMark] = field(default_factory=list)
    labels: list[SvgLabel] = field(default_factory=list)
    keys: list[LegendKey] = field(default_factory=list)

    @property
    def shapes(self) -> dict[str, str]:
        """The outlines of the symbols in use, by name."""
        used = {mark.shape for mark in self.marks} | {key.shape for key in self.keys}
        return {name: path for name, path in SHAPES.items() if name in used}


@dataclass(frozen=True, slots=True)
class DayScale:
    """Maps days from ``first`` to ``last`` to shares of a chart's width."""

    first: dt.date
    last: dt.date

    def at(self, day: dt.date) -> str:
        return format_share(self._share(day))

    def _share(self, day: dt.date) -> float:
        return (day - self.first).days / max((self.last - self.first).days, 1)

    def between(self, first: dt.date, last: dt.date) -> str:
        return format_share(self._share(last) - self._share(first))

    def holds(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def ticks(self) -> dict[dt.date, str]:
        """Return the days to label below the chart, with their labels: first days of months.

        A span with less than ``MIN_MONTHS_NAMED`` of them has days at even steps.
        """
        months = self.months()
        if len(months) >= MIN_MONTHS_NAMED:
            pattern = pgettext("Django’s pattern of a month below a chart", "M Y")
            return {day: formats.date_format(day, pattern) for day in months}
        length = (self.last - self.first).days
        step = next(n for n in (1, 2, 3, 5, 7, 14, 28) if length < n * MAX_TICKS or n == 28)
        days = [self.first + ONE_DAY * n for n in range(step // 2, length, step)]
        pattern = pgettext("Django’s pattern of a day below a chart", "j M Y")
        return {day: written(day, pattern) for day in days}

    def months(self) -> list[dt.date]:
        """Return first days of months at even steps, at most ``MAX_TICKS``."""
        starts = [
            dt.date(year, month, 1)
            for year in range(self.first.year, self.last.year + 1)
            for month in range(1, 13)
        ]
        inside = [day for day in starts if self.holds(day)]
        step = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if len(inside) <= n * MAX_TICKS)
        return [day for day in inside if (day.year * 12 + day.month - 1) % step == 0]

    def axis(self, height: float) -> tuple[list[SvgLine], list[SvgLabel]]:
        ticks = self.ticks()
        lines = [SvgLine(self.at(day), self.at(day), 0, height, "grid") for day in ticks]
        labels = [
            SvgLabel(self.at(day), height + 16, name)
            for day, name in ticks.items()
            if self._share(day) <= MAX_LABEL_SHARE
        ]
        return lines, labels


def format_share(value: float) -> str:
    return f"{value * 100:.2f}%"


def calendar_drawing(
    rows: Sequence[TimelineItem], parties: Sequence[Party], rounds: Iterable[Round]
) -> Drawing:
    """Draw the same rows as ``calendar_figure``, at least one."""
    scale = DayScale(*find_window(rounds, rows))
    shown = [row for row in rows if row.first <= scale.last and _end(row) >= scale.first]
    lanes = sorted({LANES[Kind(row.kind)] for row in shown})
    top = {lane: index * LANE_PX for index, lane in enumerate(lanes)}
    drawing = Drawing(height=len(lanes) * LANE_PX + AXIS_PX)
    drawing.lines, drawing.labels = scale.axis(len(lanes) * LANE_PX)
    names = [_("Meetings"), _("Proposals"), _("Statements"), _("Deadlines")]
    drawing.labels += [SvgLabel("0%", top[lane] + 12, names[lane]) for lane in lanes]
    sides = {side.code: side for side in list_sides(rows, parties)}
    heights = {code: 20 + 40 * (index + 0.5) / len(sides) for index, code in enumerate(sides)}
    colours = {party.code: f"party-{party.colour}" for party in parties}
    for row in sorted(shown, key=lambda row: row.last is not None):
        y = top[LANES[Kind(row.kind)]]
        pale = " pale" if row.approximate or row.last is None else ""
        if isinstance(row, MeetingItem):
            look = colours.get(row.host["code"], "") if row.host else ""
            off = " off" if row.is_off else pale
            first, last = max(row.first, scale.first), min(_end(row), scale.last)
            width = scale.between(first, last + ONE_DAY)
            drawing.bars.append(SvgBar(scale.at(first), width, y + 22, 30, f"{look}{off}"))
        elif isinstance(row, DeadlineItem):
            _add_deadline(drawing, scale, row, y, len(drawing.lines))
        elif isinstance(row, OutcomeItem):
            if scale.holds(row.first):
                drawing.marks.append(
                    SvgMark(scale.at(row.first), y + 37, "square", f"outcome{pale}")
                )
        else:
            for code in side_codes(row):
                look = f"{colours.get(code, 'no-party')}{pale}"
                height = y + heights[code]
                drawing.lines += _doubt(row, scale, height, look)
                if scale.holds(row.first):
                    x = scale.at(row.first)
                    drawing.marks.append(SvgMark(x, height, sides[code].symbol, look))
    present = {code for row in shown if row.kind in PARTY_MARKS for code in side_codes(row)}
    drawing.keys = [
        LegendKey(side.name, side.symbol, colours.get(code, "no-party"))
        for code, side in sides.items()
        if code in present
    ]
    if any(isinstance(row, OutcomeItem) for row in shown):
        drawing.keys.append(LegendKey(str(Kind.OUTCOME.label), "square", "outcome"))
    return drawing


def _doubt(row: TimelineItem, scale: DayScale, y: float, look: str) -> Iterator[SvgLine]:
    """Draw the days on which something without an exact day may have been."""
    first, last = max(row.first, scale.first), min(_end(row), scale.last)
    if row.approximate and last > first:
        yield SvgLine(scale.at(first), scale.at(last), y, y, f"{look} doubt")


def _end(row: TimelineItem) -> dt.date:
    return row.last or row.first + OPEN_END_LENGTH


def _add_deadline(
    drawing: Drawing, scale: DayScale, row: DeadlineItem, top: float, index: int
) -> None:
    """Draw a line from the day it was set to the day it fell due, and a mark for its outcome."""
    y = top + 24 + index * 7 % 36  # so that neighbours do not cover each other
    set_on = max(row.set_on, scale.first)
    due = min(row.first, scale.last)
    drawing.lines.append(SvgLine(scale.at(set_on), scale.at(due), y, y, "deadline"))
    if row.status in ENDS and scale.holds(row.first):
        drawing.marks.append(
            SvgMark(scale.at(row.first), y, ENDS[DeadlineOutcome(row.status)], "end")
        )
