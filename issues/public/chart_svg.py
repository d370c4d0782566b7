"""The chart of a measure as a drawing, of the same rows as the chart of the page."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from issues.analysis.number_points import MeasurePoint
from issues.analysis.proposal_threads import format_amount, format_number
from issues.public.charts import MARK_SIZE, days_drawn, lines_of, ring_sizes, uncertainty
from rounds.public.chart_svg import (
    AXIS_PX,
    DayScale,
    Drawing,
    LegendKey,
    SvgLabel,
    SvgLine,
    SvgMark,
)
from rounds.public.charts import SYMBOLS

Down = Callable[[object], float]  # how far down the chart a value stands, in pixels

HEIGHT, TOP = 190, 24  # pixels: of the part with the marks, and above the highest


def measure_drawing(rows: Sequence[MeasurePoint]) -> Drawing:
    """As ``measure_figure``: what applied before as a line, each party's numbers, what was agreed.

    Needs at least one row with a day.
    """
    first, last = days_drawn(rows)
    scale = DayScale(first - (last - first) / 6, last)  # no mark lies on the words of the axis
    most = max(float(row.high if row.high is not None else row.low) for row in rows)
    least = min(0.0, *(float(row.low) for row in rows))

    def down(value: object) -> float:
        return round(
            HEIGHT - (float(str(value)) - least) / ((most - least) or 1) * (HEIGHT - TOP), 1
        )

    drawing = Drawing(height=HEIGHT + AXIS_PX)
    drawing.lines, drawing.labels = scale.axis(HEIGHT)
    for value in _ticks(least, most):
        drawing.lines.append(SvgLine("0%", "100%", down(value), down(value), "grid"))
        label = format_amount(value, rows[0].unit) if value else format_number(value)
        drawing.labels.append(SvgLabel("0%", down(value) - 4, label))
    for row in rows:
        if row.kind == "status-quo":
            drawing.lines.append(SvgLine("0%", "100%", down(row.low), down(row.low), "status-quo"))
    lines = lines_of(rows)
    sizes = iter(ring_sizes(row for line in lines for row in line))
    for index, line in enumerate(lines):
        party = line[0].party
        shape = SYMBOLS[index % len(SYMBOLS)] if party else "star"
        look = f"party-{party['colour']}" if party else "agreed"
        drawing.lines += _steps(line, scale, down, look) if party else []
        for row in line:
            drawing.lines += _reach(row, scale, down, look)
            drawing.marks.append(_mark(row, scale, down, shape, look, next(sizes)))
        drawing.keys.append(LegendKey(line[0].who if party else _("agreed"), shape, look))
    return drawing


def _mark(
    row: MeasurePoint, scale: DayScale, down: Down, shape: str, look: str, size: int
) -> SvgMark:
    assert row.day, "only what applied before has no day"
    pale = " pale" if row.approximate else ""
    return SvgMark(scale.at(row.day), down(row.low), shape, look + pale, size / MARK_SIZE)


def _steps(
    rows: Sequence[MeasurePoint], scale: DayScale, down: Down, look: str
) -> Iterator[SvgLine]:
    """From one number of a party to its next: on at its height, then up or down."""
    for before, after in pairwise(rows):
        assert before.day
        assert after.day
        start, end = scale.at(before.day), scale.at(after.day)
        yield SvgLine(start, end, down(before.low), down(before.low), f"{look} step")
        yield SvgLine(end, end, down(before.low), down(after.low), f"{look} step")


def _reach(row: MeasurePoint, scale: DayScale, down: Down, look: str) -> Iterator[SvgLine]:
    """The bars of a range of values, and of the days on which it can have been."""
    assert row.day
    x, y = scale.at(row.day), down(row.low)
    if row.high is not None:
        yield SvgLine(x, x, y, down(row.high), look)
    if length := uncertainty(row, scale.last):
        yield SvgLine(x, scale.at(row.day + length), y, y, f"{look} doubt")


def _ticks(least: float, most: float) -> list[float]:
    """Round numbers from the lowest to the highest value, about five."""
    span = (most - least) or 1
    power = 10.0 ** math.floor(math.log10(span / 5))
    step = next(power * n for n in (1, 2, 5, 10) if span / (power * n) <= 5)
    first = math.ceil(least / step)
    return [n * step for n in range(first, first + 7) if n * step <= most - span * 0.03]
