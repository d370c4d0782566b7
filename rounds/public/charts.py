"""The overview of the calendar. A builder takes rows and returns a figure; it sees no request.

A figure is what plotly.js takes, in plain values: Plotly's own classes would look at each of them
again for every page. The tests let them.

Colours are names of custom properties, ``var(--party-1)``; the page's script reads their values,
so charts, tables and both colour schemes have one palette.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from rounds.models import DeadlineOutcome, Party, Round
from rounds.platform import clock
from rounds.platform.translated_text import local
from rounds.public.timeline import Item, Kind

Figure = dict[str, Any]  # its ``data``, a list of traces, and its ``layout``
Trace = dict[str, Any]
Places = dict[str, int | str]  # of items, by their anchors

DAY = 86_400_000  # a day on a date axis, in milliseconds
MARGIN = dt.timedelta(days=30)
OPEN_END = dt.timedelta(days=183)  # how much is drawn of a round whose end nobody knows
SYMBOLS = [
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "cross",
    "star",
    "pentagon",
    "hexagon",
    "hexagram",
]
AXIS: dict[str, Any] = {
    "gridcolor": "var(--rule)",
    "linecolor": "var(--rule)",
    "zeroline": False,
    "fixedrange": True,
    "tickfont": {"color": "var(--ink-2)"},
    "title": {"font": {"color": "var(--ink-2)"}},
}
FORTNIGHT = 14 * DAY  # the longest step between ticks that are days and no months
MONTHS = {
    "type": "date",
    "tickformat": "%b\n%Y",
    "tickformatstops": [{"dtickrange": [None, FORTNIGHT], "value": "%-d %b\n%Y"}],
    "tickangle": 0,
}
FRAME = {"l": 48, "r": 12, "t": 8, "b": 36}
LANES = {Kind.ROUND: 0, Kind.MEETING: 0, Kind.PROPOSAL: 1, Kind.STATEMENT: 2, Kind.DEADLINE: 3}
MARKS = {Kind.PROPOSAL, Kind.STATEMENT}
NO_PARTY = "var(--ink-3)"
HOVER = "%{text}<extra></extra>"  # the script takes each text from the item on the page
BRIEF = 40  # characters of the title of an item that is on another page
OUTCOMES = {
    DeadlineOutcome.PENDING: "circle-open",
    DeadlineOutcome.MET: "circle",
    DeadlineOutcome.MISSED: "x",
    DeadlineOutcome.MOVED: "triangle-right",
}


def layout(
    *, xaxis: dict[str, Any] | None = None, yaxis: dict[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    """What every chart of the site shares: our type, no frame, no drag, both colour schemes."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": "var(--ink)"},
        "margin": FRAME,
        "height": 320,
        "xaxis": AXIS | MONTHS | (xaxis or {}),
        "yaxis": AXIS | (yaxis or {}),
        "legend": {
            "orientation": "h",
            "yanchor": "top",
            "y": -0.14,
            "font": {"color": "var(--ink)"},
        },
        "hoverlabel": {
            "bgcolor": "var(--paper)",
            "font": {"color": "var(--ink)"},
            "align": "left",
        },
        "dragmode": False,
        **changes,
    }


def calendar_figure(
    rows: Sequence[Item],
    parties: Sequence[Party],
    rounds: Iterable[Round],
    listed: Sequence[Item],
) -> Figure:
    """Rounds as bars by host, proposals and statements as marks by party, deadlines and slips.

    ``rows`` are all that is drawn, one at least; ``listed`` are those on the page, in its order.
    """
    places = _places(rows, listed)
    meetings = [row for row in rows if row.kind in {Kind.ROUND, Kind.MEETING}]
    traces: list[Trace] = []
    sides = sides_of(rows, parties)
    for index, side in enumerate(sides):
        hosted = [row for row in meetings if (row.host["code"] if row.host else "") == side.code]
        traces += _meetings(hosted, side.colour, places)
        traces.append(_marks(rows, side, (index - (len(sides) - 1) / 2) * 0.6 / len(sides), places))
    if not any(side.code == "" for side in sides):
        traces += _meetings([row for row in meetings if not row.host], NO_PARTY, places)
    traces += _deadlines([row for row in rows if row.kind == Kind.DEADLINE], places)
    lanes = [LANES[Kind(row.kind)] for row in rows]
    first, last = window(rounds, rows)
    months: dict[str, Any] = {"range": [first.isoformat(), last.isoformat()]}
    if last - first < OPEN_END:
        months["dtick"] = "M1"  # no month is named twice
    shape = layout(
        height=100 + 70 * (max(lanes) - min(lanes) + 1),
        margin={"l": 84, "r": 8, "t": 8, "b": 60},
        barmode="overlay",
        bargap=0,
        xaxis=months,
        yaxis={
            "tickvals": [0, 1, 2, 3],
            "ticktext": [_("Meetings"), _("Proposals"), _("Statements"), _("Deadlines")],
            "range": [max(lanes) + 0.55, min(lanes) - 0.55],
            "showgrid": False,
            "automargin": True,
        },
    )
    return {"data": traces, "layout": shape}


@dataclass(frozen=True, slots=True)
class Side:
    """A party as the calendar shows it, or, with no code, what is of no party."""

    code: str
    name: str
    colour: str
    symbol: str


def sides_of(rows: Iterable[Item], parties: Sequence[Party]) -> list[Side]:
    """The parties, and where a proposal or statement is of none, a side for these."""
    sides = [
        Side(
            party.code,
            local(party, "name"),
            f"var(--party-{party.colour})",
            SYMBOLS[index % len(SYMBOLS)],
        )
        for index, party in enumerate(parties)
    ]
    if any(row.kind in MARKS and not row.parties for row in rows):
        sides.append(Side("", _("no party"), NO_PARTY, SYMBOLS[len(parties) % len(SYMBOLS)]))
    return sides


def codes(row: Item) -> list[str]:
    """Of which sides a proposal or statement is."""
    return [str(party["code"]) for party in row.parties] or [""]


def _places(rows: Sequence[Item], listed: Sequence[Item]) -> Places:
    """What each mark calls its item: its place on the page, which weighs less than its anchor.

    What is on another page is named by its address.
    """
    places: Places = {item.anchor: item.url for item in rows}
    return places | {item.anchor: index for index, item in enumerate(listed)}


def window(rounds: Iterable[Round], rows: Sequence[Item]) -> tuple[dt.date, dt.date]:
    """The first and the last day to draw of ``rows``, of which there is one at least.

    These are the months of the rounds, held or planned, and of what fell due soon after. Where no
    row is of them, they are the months of the rows. A deadline years ahead would squeeze all else
    into a corner; ``outside`` has it for words.
    """
    proper = [one for one in rounds if one.is_round and not one.is_off]
    if proper:
        first = min(one.first_day for one in proper)
        last = max(one.last_day or one.first_day + OPEN_END for one in proper)
        shown = _with_what_is_near(first, last, rows)
        if any(shown[0] <= row.first <= shown[1] for row in rows):
            return shown
    days = [row.first for row in rows if row.kind != Kind.DEADLINE]
    days = days or [min(row.first for row in rows)]
    return _with_what_is_near(min(days), max(days), rows)


def _with_what_is_near(
    first: dt.date, last: dt.date, rows: Iterable[Item]
) -> tuple[dt.date, dt.date]:
    due = [row.first for row in rows if row.kind == Kind.DEADLINE]
    soon = [day for day in due if day <= last + OPEN_END]
    return first - MARGIN, max([last, *soon]) + MARGIN


@dataclass(frozen=True, slots=True)
class Outside:
    """What a chart from ``first`` to ``last`` leaves out, and of that what is still to come."""

    first: dt.date
    last: dt.date
    earlier: int
    later: int
    ahead: list[Item]


def outside(rounds: Iterable[Round], rows: Sequence[Item]) -> Outside | None:
    """What lies outside the window of the calendar; None where nothing does."""
    first, last = window(rounds, rows)
    earlier = [row for row in rows if row.first < first and row.last and row.last < first]
    later = [row for row in rows if row.first > last]
    if not earlier and not later:
        return None
    ahead = [row for row in later if row.first > clock.today()]
    return Outside(first, last, len(earlier), len(later), sorted(ahead, key=lambda row: row.first))


def _meetings(rows: Sequence[Item], colour: str, places: Places) -> Iterator[Trace]:
    for off in (False, True):
        own = [row for row in rows if row.is_off == off]
        own.sort(key=lambda row: row.last is not None)  # the open ones lie behind the others
        if not own:
            continue
        lengths = [
            (row.last - row.first if row.last else OPEN_END) + dt.timedelta(days=1) for row in own
        ]
        yield {
            "type": "bar",
            "orientation": "h",
            "base": [row.first.isoformat() for row in own],
            "x": [length.days * DAY for length in lengths],
            "y": [LANES[Kind.MEETING]] * len(own),
            "width": 0.3 if off else 0.6,
            "marker": {
                "color": "rgba(0,0,0,0)" if off else colour,
                "opacity": [0.3 if row.approximate or not row.last else 1 for row in own],
                "line": {"color": colour, "width": 1.5},
            },
            "showlegend": False,
            "customdata": [places[row.anchor] for row in own],
            "textposition": "none",
            "hovertemplate": HOVER,
        }


def _marks(rows: Sequence[Item], side: Side, offset: float, places: Places) -> Trace:
    """The proposals and statements of a side, on a line of its own within each lane."""
    marks = [row for row in rows if row.kind in MARKS and side.code in codes(row)]
    marks.sort(key=lambda row: row.approximate)  # the legend takes the symbol of the first
    return {
        "type": "scatter",
        "mode": "markers",
        "name": side.name,
        "x": [row.first.isoformat() for row in marks],
        "y": [LANES[Kind(row.kind)] + offset for row in marks],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [_doubt(row) for row in marks],
            "arrayminus": [0] * len(marks),
            "width": 0,
            "thickness": 1,
        },
        "marker": {
            "color": side.colour,
            "size": 8,
            "symbol": [f"{side.symbol}-open" if row.approximate else side.symbol for row in marks],
        },
        "customdata": [places[row.anchor] for row in marks],
        "text": [_brief(row) if isinstance(places[row.anchor], str) else "" for row in marks],
        "hovertemplate": HOVER,
    }


def _brief(row: Item) -> str:
    """What a mark says whose item is not on the page."""
    title = row.title if len(row.title) <= BRIEF else f"{row.title[: BRIEF - 1]}…"
    return f"{title}\n{row.when}"


def _doubt(row: Item) -> int:
    """How long after its first possible day it may have been, in milliseconds."""
    if not row.approximate:
        return 0
    last = row.last or row.first + OPEN_END
    return (last - row.first).days * DAY


def _deadlines(rows: Sequence[Item], places: Places) -> list[Trace]:
    """Each a line from the day it was set to the day it fell due, one under the other."""
    ordered = sorted(rows, key=lambda row: (row.set_on or row.first, row.pk))
    steps = [((index + 0.5) / len(rows) - 0.5) * 0.8 for index in range(len(rows))]
    heights = [LANES[Kind.DEADLINE] + step for step in steps]
    due = [row.first.isoformat() for row in ordered]
    lines = {
        "type": "scatter",
        "mode": "lines",
        "x": [x for row, end in zip(ordered, due, strict=True) for x in (_set_on(row), end, None)],
        "y": [y for height in heights for y in (height, height, None)],
        "line": {"color": "var(--ink-3)", "width": 1},
        "showlegend": False,
        "hoverinfo": "skip",
    }
    ends = {
        "type": "scatter",
        "mode": "markers",
        "x": due,
        "y": heights,
        "marker": {
            "color": "var(--ink)",
            "size": 8,
            "symbol": [OUTCOMES[DeadlineOutcome(row.status)] for row in ordered],
        },
        "showlegend": False,
        "customdata": [places[row.anchor] for row in ordered],
        "hovertemplate": HOVER,
    }
    return [lines, ends]


def _set_on(row: Item) -> str:
    return (row.set_on or row.first).isoformat()
