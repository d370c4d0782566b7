"""The shape of the issue charts. A builder takes rows and returns a figure; it sees no request.

Colours are names of custom properties, as in ``rounds.public.charts``.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from issues.analysis.number_points import MeasurePoint
from issues.analysis.stance_distance import FARTHEST, Spread
from rounds.public.charts import (
    AXIS,
    DAY_MS,
    FRAME_PX,
    MONTHS,
    SYMBOLS,
    Figure,
    Trace,
    chart_layout,
)

PAIRS_DRAWN = 6
PANEL, TITLE, AXIS_WORDS = 96, 26, 48  # pixels: of a pair's lines, its name, the months below
MARK_SIZE, RING, STAR = 12, 9, 3  # pixels: of a mark, added for a ring around it, and for a star
RINGS = 4  # at most around a mark: the rings of 27 parties would fill the chart
UNIT_HEIGHT = 28  # pixels: of the unit above a chart
DASHES = ["dash", "longdash", "dashdot", "longdashdot"]  # what applied before is dotted


def days_drawn(rows: Sequence[MeasurePoint]) -> tuple[dt.date, dt.date]:
    """The first and the last day of a measure's chart. Needs a row with a day."""
    days = [day for row in rows for day in row.days]
    first, last = min(days), max(days)
    margin = max((last - first) / 8, dt.timedelta(days=3))
    return first - margin, last + margin


def ring_sizes(rows: Iterable[MeasurePoint]) -> list[int]:
    """How large to draw the mark of each row, in pixels, in the order in which they are drawn.

    Of marks of one day and one height each is drawn within the one before, so that none is moved
    and, up to ``RINGS`` around one mark, none is hidden. Of more, the table has the rest.
    """
    rows = list(rows)
    within = Counter((row.day, row.low) for row in rows)
    sizes = []
    for row in rows:
        within[row.day, row.low] -= 1
        sizes.append(MARK_SIZE + RING * min(within[row.day, row.low], RINGS))
    return sizes


def lines_of(rows: Iterable[MeasurePoint]) -> list[list[MeasurePoint]]:
    """The numbers of each party, whatever they are for, and last what was agreed."""
    lines: dict[str, list[MeasurePoint]] = defaultdict(list)
    for row in rows:
        if row.day:
            lines[row.party["code"] if row.party else ""].append(row)
    agreed = lines.pop("", [])
    return [*lines.values(), agreed] if agreed else list(lines.values())


def measure_figure(rows: Sequence[MeasurePoint]) -> Figure:
    """One measure over time: the status quo as a line, each party's numbers, what was agreed.

    A party has one line, whatever its numbers are for: that is told with each. A mark stands on
    its day, at its height. One without an exact day is hollow, on the first day that is possible,
    and has a bar to the last.
    """
    first, last = days_drawn(rows)
    lines = lines_of(rows)
    sizes = iter(ring_sizes(row for line in lines for row in line))
    traces = [_status_quo_line(row, first, last) for row in rows if row.kind == "status-quo"]
    for index, line in enumerate(lines):
        traces.append(_number_line(line, index, [next(sizes) for _row in line], last))
    shape = chart_layout(
        margin=FRAME_PX | {"t": UNIT_HEIGHT},
        annotations=[_title(rows[0].unit, 1) | {"yshift": 6, "font": {"color": "var(--ink-2)"}}],
        xaxis={"range": [first.isoformat(), last.isoformat()]},
        yaxis={"rangemode": "tozero", "automargin": True},
    )
    return {"data": traces, "layout": shape}


def _status_quo_line(row: MeasurePoint, first: dt.date, last: dt.date) -> Trace:
    return {
        "type": "scatter",
        "x": [first.isoformat(), last.isoformat()],
        "y": [float(row.low)] * 2,
        "name": row.who,
        "mode": "lines",
        "line": {"color": "var(--ink-3)", "dash": "dot", "width": 1.5},
        "text": [row.value] * 2,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _number_line(
    rows: Sequence[MeasurePoint], index: int, sizes: Sequence[int], end: dt.date
) -> Trace:
    """One party's numbers as marks on a line of steps, or what was agreed as stars."""
    party = rows[0].party
    colour = f"var(--party-{party['colour']})" if party else "var(--ink)"
    symbol = SYMBOLS[index % len(SYMBOLS)] if party else "star"
    return {
        "type": "scatter",
        "x": [row.day.isoformat() for row in rows if row.day],
        "y": [float(row.low) for row in rows],
        **_ranges(rows),
        **_doubts(rows, end),
        "name": rows[0].who if party else _("agreed"),
        "mode": "lines+markers" if party else "markers",
        "line": {
            "color": colour,
            "shape": "hv",
            "width": 1.5,
            "dash": DASHES[index % len(DASHES)],
        },
        "marker": {
            "color": colour,
            "size": sizes if party else [size + STAR for size in sizes],
            "opacity": 1,
            "symbol": [f"{symbol}-open" if row.approximate else symbol for row in rows],
            "line": {"color": "var(--paper)", "width": 1.5},
        },
        "text": [f"{row.label} · {row.when} · {row.title}" for row in rows],
        "hovertemplate": "%{text}<extra></extra>",
    }


def uncertainty(row: MeasurePoint, end: dt.date) -> dt.timedelta:
    """How long after the day of its mark a number can have been named, in a chart up to ``end``."""
    if row.day is None or not row.approximate:
        return dt.timedelta()
    return (row.last or end) - row.day


def measure_summary(rows: Sequence[MeasurePoint]) -> str:
    """What the chart of a measure shows, in whole sentences, for those of its parts it has."""
    names = {"name": rows[0].measure, "unit": rows[0].unit}
    return " ".join([_("%(name)s, in %(unit)s.") % names, *measure_key(rows)])


def measure_key(rows: Sequence[MeasurePoint]) -> list[str]:
    """What the marks and lines of a measure's chart are, a sentence for each part it has."""
    offers = [row for row in rows if row.kind == "proposal"]
    stars = [row for row in rows if row.kind == "agreed"]
    equal = Counter((row.day, row.low) for row in offers + stars)
    kinds = {row.kind for row in rows}
    parts = [
        (
            offers,
            _("Each mark is a number that a party tabled, on the day it was tabled."),
        ),
        (
            any(row.approximate for row in rows),
            _(
                "A hollow mark has no exact day: it stands on the first day that is possible, "
                "and a bar runs to the last."
            ),
        ),
        (
            any(len(line) > 1 and line[0].party for line in lines_of(rows)),
            _("A line leads from one number of a party to its next."),
        ),
        (
            any(size > MARK_SIZE for size in ring_sizes(offers + stars)),
            _("Equal numbers of one day are drawn around each other."),
        ),
        (
            max(equal.values(), default=0) > RINGS + 1,
            _("At most %(count)d of them are visible, and the table has all.")
            % {"count": RINGS + 1},
        ),
        (
            len({row.scope for row in offers + stars}) > 1,
            _("The table says what each number is for."),
        ),
        (
            any(row.high is not None for row in rows),
            _("A bar runs from the lowest to the highest value of a range."),
        ),
        ("status-quo" in kinds, _("The dotted line is what applied before.")),
        (len(stars) == 1, _("The star is what was agreed.")),
        (len(stars) > 1, _("The stars are what was agreed.")),
    ]
    return [sentence for holds, sentence in parts if holds]


def distance_figure(rows: Sequence[Spread]) -> Figure:
    """Steps apart over the meetings, a panel for each pair; gaps in evidence are gaps in its line.

    Pairs are often as far apart as each other: in one panel their lines would hide each other. Of
    more pairs than there is room for, only the one that is farthest apart has a panel. A large
    mark is a meeting at which one of the two took a position; between them the last one stands.
    """
    pairs = len(rows[0].gaps) if rows else 0
    panels = [[row.gaps[index] for row in rows] for index in range(pairs)]
    names = [panel[0].pair_label for panel in panels]
    if pairs > PAIRS_DRAWN:
        panels = [[row.widest or row.gaps[0] for row in rows]]
        names = [_("The two farthest apart")]
    height = len(panels) * (PANEL + TITLE)
    space = TITLE / height if len(panels) > 1 else 0  # of the height, as all that follows
    part = (1 + space) / max(len(panels), 1)
    tops = [1 - part * index for index in range(len(panels))]
    shape = chart_layout(
        height=height + AXIS_WORDS + TITLE,
        showlegend=False,
        margin=FRAME_PX | {"t": TITLE, "b": AXIS_WORDS},
        annotations=[_title(name, top) for name, top in zip(names, tops, strict=True)],
    )
    for number, top in enumerate(tops, start=1):
        shape |= _axes(number, len(panels), [max(top - part + space, 0), top])
    traces = [
        {
            "type": "scatter",
            "xaxis": _axis("x", number),
            "yaxis": _axis("y", number),
            "x": [row.day.isoformat() for row in rows],
            "y": [gap.steps for gap in panel],
            "name": name,
            "mode": "lines+markers",
            "connectgaps": False,
            "line": {"color": "var(--ink)", "shape": "hv", "width": 1.5},
            "marker": {
                "color": "var(--ink)",
                "opacity": 1,
                "size": [10 if gap.is_new else 5 for gap in panel],
            },
            "text": [
                _("%(name)s: %(value)s")
                % {"name": row.title, "value": f"{gap.pair_label}, {gap.label}"}
                for row, gap in zip(rows, panel, strict=True)
            ],
            "hovertemplate": "%{text}<extra></extra>",
        }
        for number, (name, panel) in enumerate(zip(names, panels, strict=True), start=1)
    ]
    return {"data": traces, "layout": shape}


def distance_summary(rows: Sequence[Spread]) -> str:
    """What the chart of distances shows: every pair, or of many pairs the one farthest apart."""
    if rows and len(rows[0].gaps) > PAIRS_DRAWN:
        return _(
            "For the two parties farthest apart at each meeting, the steps between them on the "
            "scale of stances: nought is the same stance, five is from a demand to a red line. The "
            "table gives every pair of parties. A large mark is a meeting at which one of the two "
            "took a position; a small one says that nothing newer is on record."
        )
    return _(
        "For every two parties, the steps between them on the scale of stances, meeting by "
        "meeting: nought is the same stance, five is from a demand to a red line. A large mark is "
        "a meeting at which one of the two took a position; a small one, that nothing newer is on "
        "record. Where a line breaks off, one of them is silent."
    )


def _axis(name: str, number: int) -> str:
    """How Plotly counts: x, x2, x3."""
    return name if number == 1 else f"{name}{number}"


def _axes(number: int, last: int, domain: list[float]) -> dict[str, Any]:
    """Those of a panel. All have the months of the ``last``, which alone names them."""
    follows = {"matches": _axis("x", last), "showticklabels": False} if number < last else {}
    months = {**AXIS, **MONTHS, **follows, "anchor": _axis("y", number), "domain": [0, 1]}
    steps = {
        **AXIS,
        "anchor": _axis("x", number),
        "domain": domain,
        "range": [-0.5, FARTHEST + 0.5],
        "tickvals": list(range(FARTHEST + 1)),
    }
    return {_axis("xaxis", number): months, _axis("yaxis", number): steps}


def _title(name: str, top: float) -> dict[str, Any]:
    """The name of a panel, above it."""
    return {
        "text": name,
        "font": {"size": 13, "color": "var(--ink)"},
        "showarrow": False,
        "x": 0,
        "xanchor": "left",
        "xref": "paper",
        "y": top,
        "yanchor": "bottom",
        "yref": "paper",
    }


def _ranges(rows: Sequence[MeasurePoint]) -> dict[str, Any]:
    """Bars from the lowest to the highest value, where a number is "between"."""
    if not any(row.high is not None for row in rows):
        return {}
    spans = [float(row.high - row.low) if row.high is not None else 0 for row in rows]
    bars = {"type": "data", "symmetric": False, "array": spans, "arrayminus": [0] * len(spans)}
    return {"error_y": bars}


def _doubts(rows: Sequence[MeasurePoint], end: dt.date) -> dict[str, Any]:
    """Bars from the first to the last day on which a number can have been named."""
    days = [uncertainty(row, end).days for row in rows]
    if not any(days):
        return {}
    array = [count * DAY_MS for count in days]
    bars = {"type": "data", "symmetric": False, "array": array, "arrayminus": [0] * len(rows)}
    return {"error_x": {**bars, "thickness": 3, "width": 5}}
