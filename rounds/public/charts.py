"""The chart above the timeline, and what all charts of pages share.

A builder takes rows and returns a figure: what plotly.js takes, in plain values. Plotly's own
Python classes would validate each value again for every page; the tests do that instead.

Colours are names of CSS custom properties, ``var(--party-1)``, of which the page's script reads the
values: charts, tables and both colour schemes have one palette.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from rounds.models import DeadlineOutcome, Party, Round
from rounds.platform import clock
from rounds.platform.translated_text import local
from rounds.public.timeline import DeadlineItem, Kind, MeetingItem, OutcomeItem, TimelineItem

Figure = dict[str, Any]  # its ``data``, a list of traces, and its ``chart_layout``
Trace = dict[str, Any]
Axis = dict[str, Any]
ItemNames = dict[str, int | str]  # by anchor: index in the page's list, or address elsewhere

DAY_MS = 86_400_000  # date axes count in milliseconds
WINDOW_MARGIN = dt.timedelta(days=30)
OPEN_END_LENGTH = dt.timedelta(days=183)  # drawn of a meeting whose end is not known
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
AXIS: Axis = {
    "gridcolor": "var(--rule)",
    "linecolor": "var(--rule)",
    "zeroline": False,
    "fixedrange": True,
    "tickfont": {"color": "var(--ink-2)"},
    "title": {"font": {"color": "var(--ink-2)"}},
}
FORTNIGHT_MS = 14 * DAY_MS  # ticks that are no further apart are labelled with their day
MONTHS = {
    "type": "date",
    "tickformat": "%b\n%Y",
    "tickformatstops": [{"dtickrange": [None, FORTNIGHT_MS], "value": "%-d %b\n%Y"}],
    "tickangle": 0,
}
FRAME_PX = {"l": 48, "r": 12, "t": 8, "b": 36}
LANES = {
    Kind.ROUND: 0,
    Kind.MEETING: 0,
    Kind.OUTCOME: 0,
    Kind.PROPOSAL: 1,
    Kind.STATEMENT: 2,
    Kind.DEADLINE: 3,
}
PARTY_MARKS = {Kind.PROPOSAL, Kind.STATEMENT}  # in the colour of a party
MARKS = {*PARTY_MARKS, Kind.OUTCOME}
NO_PARTY = "var(--ink-3)"
HOVER_TEMPLATE = "%{text}<extra></extra>"  # the script takes each text from the item on the page
MAX_TITLE_CHARS = 40  # of an item on another page, whose title is sent along
OUTCOME_SYMBOLS = {
    DeadlineOutcome.PENDING: "circle-open",
    DeadlineOutcome.MET: "circle",
    DeadlineOutcome.MISSED: "x",
    DeadlineOutcome.MOVED: "triangle-right",
}


def chart_layout(
    *, xaxis: Axis | None = None, yaxis: Axis | None = None, **changes: object
) -> dict[str, Any]:
    """Return the layout that all charts share, with ``changes``: no frame, no drag, our type."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": "var(--ink)"},
        "margin": FRAME_PX,
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
    rows: Sequence[TimelineItem],
    parties: Sequence[Party],
    rounds: Iterable[Round],
    listed: Sequence[TimelineItem],
) -> Figure:
    """Draw meetings as bars by host, proposals and statements as marks by party, and deadlines.

    Outcomes are squares among the meetings.
    ``rows`` are all that is drawn, at least one; ``listed`` are those on the page, in its order.
    """
    names = _item_names(rows, listed)
    meetings = [row for row in rows if isinstance(row, MeetingItem)]
    deadlines = [row for row in rows if isinstance(row, DeadlineItem)]
    outcomes = [row for row in rows if isinstance(row, OutcomeItem)]
    traces: list[Trace] = []
    sides = list_sides(rows, parties)
    for index, side in enumerate(sides):
        hosted = [row for row in meetings if (row.host["code"] if row.host else "") == side.code]
        traces += _meetings(hosted, side.colour, names)
        traces.append(_marks(rows, side, (index - (len(sides) - 1) / 2) * 0.6 / len(sides), names))
    if not any(side.code == "" for side in sides):
        traces += _meetings([row for row in meetings if not row.host], NO_PARTY, names)
    traces += _outcomes(outcomes, names)
    traces += _deadlines(deadlines, names)
    lanes = [LANES[Kind(row.kind)] for row in rows]
    first, last = find_window(rounds, rows)
    months: dict[str, Any] = {"range": [first.isoformat(), last.isoformat()]}
    if last - first < OPEN_END_LENGTH:
        months["dtick"] = "M1"  # no month is named twice
    layout = chart_layout(
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
    return {"data": traces, "layout": layout}


@dataclass(frozen=True, slots=True)
class Side:
    """A party as the chart shows it; without a code, what belongs to no party."""

    code: str
    name: str
    colour: str
    symbol: str


def list_sides(rows: Iterable[TimelineItem], parties: Sequence[Party]) -> list[Side]:
    """Return a side for each party, and one for proposals and statements of none, if any."""
    sides = [
        Side(
            party.code,
            local(party, "name"),
            f"var(--party-{party.colour})",
            SYMBOLS[index % len(SYMBOLS)],
        )
        for index, party in enumerate(parties)
    ]
    if any(row.kind in PARTY_MARKS and not row.parties for row in rows):
        sides.append(Side("", _("no party"), NO_PARTY, SYMBOLS[len(parties) % len(SYMBOLS)]))
    return sides


def side_codes(row: TimelineItem) -> list[str]:
    """Return the codes of the sides that a proposal or statement belongs to."""
    return [str(party["code"]) for party in row.parties] or [""]


def _item_names(rows: Sequence[TimelineItem], listed: Sequence[TimelineItem]) -> ItemNames:
    """Name the items for the script: by index in the page's list, which weighs less than an anchor.

    An item that the page does not list is named by its address.
    """
    names: ItemNames = {item.anchor: item.url for item in rows}
    return names | {item.anchor: index for index, item in enumerate(listed)}


def find_window(rounds: Iterable[Round], rows: Sequence[TimelineItem]) -> tuple[dt.date, dt.date]:
    """Return the first and the last day to draw of ``rows``, of which there is at least one.

    These are the months of the rounds, held or planned, and of what began soon after, as a deal or
    a deadline. Where no row lies in them, they are the months of the rows. A deadline years ahead
    would squeeze the rest into a corner; ``find_outside`` returns what is left out, for a sentence.
    """
    numbered = [meeting for meeting in rounds if meeting.is_round and not meeting.is_off]
    if numbered:
        first = min(meeting.first_day for meeting in numbered)
        last = max(meeting.last_day or meeting.first_day + OPEN_END_LENGTH for meeting in numbered)
        shown = _with_rows_soon_after(first, last, rows)
        if any(shown[0] <= row.first <= shown[1] for row in rows):
            return shown
    days = [row.first for row in rows if row.kind != Kind.DEADLINE]
    days = days or [min(row.first for row in rows)]
    return _with_rows_soon_after(min(days), max(days), rows)


def _with_rows_soon_after(
    first: dt.date, last: dt.date, rows: Iterable[TimelineItem]
) -> tuple[dt.date, dt.date]:
    soon = [row.first for row in rows if row.first <= last + OPEN_END_LENGTH]
    return first - WINDOW_MARGIN, max([last, *soon]) + WINDOW_MARGIN


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many items a chart from ``first`` to ``last`` leaves out; ``ahead`` are in the future."""

    first: dt.date
    last: dt.date
    earlier: int
    later: int
    ahead: list[TimelineItem]


def find_outside(rounds: Iterable[Round], rows: Sequence[TimelineItem]) -> LeftOut | None:
    """Return what lies outside the chart's window; None if nothing does."""
    first, last = find_window(rounds, rows)
    earlier = [row for row in rows if row.first < first and row.last and row.last < first]
    later = [row for row in rows if row.first > last]
    if not earlier and not later:
        return None
    ahead = [row for row in later if row.first > clock.today()]
    return LeftOut(first, last, len(earlier), len(later), sorted(ahead, key=lambda row: row.first))


def _meetings(meetings: Sequence[MeetingItem], colour: str, names: ItemNames) -> Iterator[Trace]:
    for off in (False, True):
        rows = [row for row in meetings if row.is_off == off]
        rows.sort(key=lambda row: row.last is not None)  # bars without an end lie behind the others
        if not rows:
            continue
        lengths = [
            (row.last - row.first if row.last else OPEN_END_LENGTH) + dt.timedelta(days=1)
            for row in rows
        ]
        yield {
            "type": "bar",
            "orientation": "h",
            "base": [row.first.isoformat() for row in rows],
            "x": [length.days * DAY_MS for length in lengths],
            "y": [LANES[Kind.MEETING]] * len(rows),
            "width": 0.3 if off else 0.6,
            "marker": {
                "color": "rgba(0,0,0,0)" if off else colour,
                "opacity": [0.3 if row.approximate or not row.last else 1 for row in rows],
                "line": {"color": colour, "width": 1.5},
            },
            "showlegend": False,
            "customdata": [names[row.anchor] for row in rows],
            "textposition": "none",
            "hovertemplate": HOVER_TEMPLATE,
        }


def _outcomes(rows: Sequence[OutcomeItem], names: ItemNames) -> list[Trace]:
    """Draw the outcomes, if any, as squares among the meetings, in no party's colour."""
    marks = {
        "type": "scatter",
        "mode": "markers",
        "name": str(Kind.OUTCOME.label),
        "x": [row.first.isoformat() for row in rows],
        "y": [LANES[Kind.OUTCOME]] * len(rows),
        "marker": {
            "color": "var(--ink)",
            "size": 7,
            "symbol": ["square-open" if row.approximate else "square" for row in rows],
            "line": {"color": "var(--paper)", "width": 1},
        },
        **_hover(rows, names),
    }
    return [marks] if rows else []


def _hover(rows: Sequence[TimelineItem], names: ItemNames) -> Trace:
    """Return what the script shows at a mark: of an item that is not on the page, its title."""
    return {
        "customdata": [names[row.anchor] for row in rows],
        "text": [_brief(row) if isinstance(names[row.anchor], str) else "" for row in rows],
        "hovertemplate": HOVER_TEMPLATE,
    }


def _marks(rows: Sequence[TimelineItem], side: Side, offset: float, names: ItemNames) -> Trace:
    """Draw the proposals and statements of a side, on its own line within each lane."""
    marks = [row for row in rows if row.kind in PARTY_MARKS and side.code in side_codes(row)]
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
        **_hover(marks, names),
    }


def _brief(row: TimelineItem) -> str:
    """Return the text of a mark whose item is not on the page."""
    title = (
        row.title if len(row.title) <= MAX_TITLE_CHARS else f"{row.title[: MAX_TITLE_CHARS - 1]}…"
    )
    return f"{title}\n{row.when}"


def _doubt(row: TimelineItem) -> int:
    """Return how long after its first possible day it may have been, in milliseconds."""
    if not row.approximate:
        return 0
    last = row.last or row.first + OPEN_END_LENGTH
    return (last - row.first).days * DAY_MS


def _deadlines(rows: Sequence[DeadlineItem], names: ItemNames) -> list[Trace]:
    """Draw each deadline as a line from the day it was set to the day it fell due."""
    ordered = sorted(rows, key=lambda row: (row.set_on, row.pk))
    steps = [((index + 0.5) / len(rows) - 0.5) * 0.8 for index in range(len(rows))]
    heights = [LANES[Kind.DEADLINE] + step for step in steps]
    due = [row.first.isoformat() for row in ordered]
    lines = {
        "type": "scatter",
        "mode": "lines",
        "x": [
            x
            for row, end in zip(ordered, due, strict=True)
            for x in (row.set_on.isoformat(), end, None)
        ],
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
            "symbol": [OUTCOME_SYMBOLS[DeadlineOutcome(row.status)] for row in ordered],
        },
        "showlegend": False,
        "customdata": [names[row.anchor] for row in ordered],
        "hovertemplate": HOVER_TEMPLATE,
    }
    return [lines, ends]
