"""Charts as drawings that need no script: for pages of others, where a chart must weigh little.

A builder takes the rows that the chart of the page is made of and returns shapes. Across, places
are shares of the width, so that words keep their size whatever the width; down, pixels. Colours
are classes of the style sheet.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rounds.models import DeadlineOutcome, Party, Round
from rounds.platform.dates import written
from rounds.public.charts import LANES, MARKS, OPEN_END, codes, sides_of, window
from rounds.public.timeline import Item, Kind

LANE, AXIS = 64, 24  # pixels: the height of a lane, of the words under the chart
TICKS = 4  # at most, so that they fit on a phone
MONTHS_NAMED = 2  # at least; a shorter span has days
ROOM = 0.85  # of the width: a name that begins further right has no room
DAY = dt.timedelta(days=1)
SHAPES = {  # around 0, 0
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
class Mark:
    """A symbol at a place."""

    x: str
    y: float
    shape: str
    look: str
    size: float = 1  # times its outline


@dataclass(frozen=True, slots=True)
class Line:
    """From one place to another: an axis, a deadline, the reach of a number."""

    x1: str
    x2: str
    y1: float
    y2: float
    look: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What lasts: a meeting."""

    x: str
    width: str
    y: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a place is called."""

    x: str
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Key:
    """What a symbol stands for: a party, the value that was agreed."""

    name: str
    shape: str
    look: str


@dataclass(slots=True)
class Drawing:
    """The shapes of one chart, those behind first."""

    height: float
    bars: list[Bar] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)

    @property
    def shapes(self) -> dict[str, str]:
        """The symbols in use, each with its outline."""
        used = {one.shape for one in self.marks} | {one.shape for one in self.keys}
        return {name: path for name, path in SHAPES.items() if name in used}


@dataclass(frozen=True, slots=True)
class Scale:
    """Days across a chart, from ``first`` to ``last``."""

    first: dt.date
    last: dt.date

    def at(self, day: dt.date) -> str:
        return share(self._share(day))

    def _share(self, day: dt.date) -> float:
        return (day - self.first).days / max((self.last - self.first).days, 1)

    def between(self, first: dt.date, last: dt.date) -> str:
        return share(self._share(last) - self._share(first))

    def holds(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def ticks(self) -> dict[dt.date, str]:
        """Days to name below the chart: the first of months, or of a short span other days too."""
        months = self.months()
        if len(months) >= MONTHS_NAMED:
            pattern = pgettext("Django’s pattern of a month below a chart", "M Y")
            return {day: formats.date_format(day, pattern) for day in months}
        length = (self.last - self.first).days
        step = next(n for n in (1, 2, 3, 5, 7, 14, 28) if length < n * TICKS or n == 28)
        days = [self.first + DAY * n for n in range(step // 2, length, step)]
        pattern = pgettext("Django’s pattern of a day below a chart", "j M Y")
        return {day: written(day, pattern) for day in days}

    def months(self) -> list[dt.date]:
        """The first days of months at even steps, few enough to have room for their names."""
        starts = [
            dt.date(year, month, 1)
            for year in range(self.first.year, self.last.year + 1)
            for month in range(1, 13)
        ]
        inside = [day for day in starts if self.holds(day)]
        step = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if len(inside) <= n * TICKS)
        return [day for day in inside if (day.year * 12 + day.month - 1) % step == 0]

    def axis(self, height: float) -> tuple[list[Line], list[Words]]:
        ticks = self.ticks()
        lines = [Line(self.at(day), self.at(day), 0, height, "grid") for day in ticks]
        words = [
            Words(self.at(day), height + 16, name)
            for day, name in ticks.items()
            if self._share(day) <= ROOM
        ]
        return lines, words


def share(value: float) -> str:
    return f"{value * 100:.2f}%"


def calendar_drawing(
    rows: Sequence[Item], parties: Sequence[Party], rounds: Iterable[Round]
) -> Drawing:
    """As ``calendar_figure``, of the same rows. Needs at least one."""
    scale = Scale(*window(rounds, rows))
    shown = [row for row in rows if row.first <= scale.last and _end(row) >= scale.first]
    lanes = sorted({LANES[Kind(row.kind)] for row in shown})
    top = {lane: place * LANE for place, lane in enumerate(lanes)}
    drawing = Drawing(height=len(lanes) * LANE + AXIS)
    drawing.lines, drawing.words = scale.axis(len(lanes) * LANE)
    names = [_("Meetings"), _("Proposals"), _("Statements"), _("Deadlines")]
    drawing.words += [Words("0%", top[lane] + 12, names[lane]) for lane in lanes]
    sides = {side.code: side for side in sides_of(rows, parties)}
    heights = {code: 20 + 40 * (at + 0.5) / len(sides) for at, code in enumerate(sides)}
    colours = {party.code: f"party-{party.colour}" for party in parties}
    for row in sorted(shown, key=lambda row: row.last is not None):
        y = top[LANES[Kind(row.kind)]]
        pale = " pale" if row.approximate or row.last is None else ""
        if row.kind in {Kind.ROUND, Kind.MEETING}:
            look = colours.get(row.host["code"], "") if row.host else ""
            off = " off" if row.is_off else pale
            first, last = max(row.first, scale.first), min(_end(row), scale.last)
            width = scale.between(first, last + DAY)
            drawing.bars.append(Bar(scale.at(first), width, y + 22, 30, f"{look}{off}"))
        elif row.kind == Kind.DEADLINE:
            _add_deadline(drawing, scale, row, y, len(drawing.lines))
        else:
            for code in codes(row):
                look = f"{colours.get(code, 'no-party')}{pale}"
                height = y + heights[code]
                drawing.lines += _doubt(row, scale, height, look)
                if scale.holds(row.first):
                    x = scale.at(row.first)
                    drawing.marks.append(Mark(x, height, sides[code].symbol, look))
    present = {code for row in shown if row.kind in MARKS for code in codes(row)}
    drawing.keys = [
        Key(side.name, side.symbol, colours.get(code, "no-party"))
        for code, side in sides.items()
        if code in present
    ]
    return drawing


def _doubt(row: Item, scale: Scale, y: float, look: str) -> Iterator[Line]:
    """The days on which something without an exact day can have been."""
    first, last = max(row.first, scale.first), min(_end(row), scale.last)
    if row.approximate and last > first:
        yield Line(scale.at(first), scale.at(last), y, y, f"{look} doubt")


def _end(row: Item) -> dt.date:
    return row.last or row.first + OPEN_END


def _add_deadline(drawing: Drawing, scale: Scale, row: Item, top: float, place: int) -> None:
    """A line from the day it was set to the day it fell due, and how it ended."""
    y = top + 24 + place * 7 % 36
    set_on = max(row.set_on or row.first, scale.first)
    due = min(row.first, scale.last)
    drawing.lines.append(Line(scale.at(set_on), scale.at(due), y, y, "deadline"))
    if row.status in ENDS and scale.holds(row.first):
        drawing.marks.append(Mark(scale.at(row.first), y, ENDS[DeadlineOutcome(row.status)], "end"))
