"""The chart of a measure as a drawing, of the same rows as the chart of the page."""

import datetime as dt
import math
from collections.abc import Sequence

from issues.figures import Point
from issues.proposals import number
from rounds.drawings import AXIS, Drawing, Key, Line, Mark, Scale, Words
from rounds.figures import SYMBOLS

HEIGHT, TOP = 190, 24  # pixels: of the part with the marks, and above the highest
MARGIN = dt.timedelta(days=30)  # and a share of the span, so that no mark lies on a word


def measure_drawing(rows: Sequence[Point]) -> Drawing:
    """As ``measure_figure``: what applied before as a line, each party's numbers, what was agreed.

    Needs at least one row with a day.
    """
    days = [row.day for row in rows if row.day]
    first, last = min(days), max(days)
    scale = Scale(first - MARGIN - (last - first) / 5, last + MARGIN)
    most = max(float(row.high if row.high is not None else row.low) for row in rows)
    least = min(0.0, *(float(row.low) for row in rows))

    def down(value: object) -> float:
        return round(
            HEIGHT - (float(str(value)) - least) / ((most - least) or 1) * (HEIGHT - TOP), 1
        )

    drawing = Drawing(height=HEIGHT + AXIS)
    drawing.lines, drawing.words = scale.axis(HEIGHT)
    for value in _ticks(least, most):
        drawing.lines.append(Line("0%", "100%", down(value), down(value), "grid"))
        unit = f" {rows[0].unit}" if value else ""
        drawing.words.append(Words("0%", down(value) - 4, f"{number(value)}{unit}"))
    who = list(dict.fromkeys(row.who for row in rows))
    for row in rows:
        if row.kind == "status-quo":
            drawing.lines.append(Line("0%", "100%", down(row.low), down(row.low), "status-quo"))
            continue
        assert row.day, "only what applied before has no day"
        x, y = scale.at(row.day), down(row.low)
        shape = "star" if row.kind == "agreed" else SYMBOLS[who.index(row.who) % len(SYMBOLS)]
        look = f"party-{row.party['colour']}" if row.party else "agreed"
        if row.high is not None:
            drawing.lines.append(Line(x, x, y, down(row.high), look))
        drawing.marks.append(Mark(x, y, shape, look))
        key = Key(row.who, shape, look)
        if key not in drawing.keys:
            drawing.keys.append(key)
    return drawing


def _ticks(least: float, most: float) -> list[float]:
    """Round numbers from the lowest to the highest value, about five."""
    span = (most - least) or 1
    power = 10.0 ** math.floor(math.log10(span / 5))
    step = next(power * n for n in (1, 2, 5, 10) if span / (power * n) <= 5)
    first = math.ceil(least / step)
    return [n * step for n in range(first, first + 7) if n * step <= most - span * 0.03]
