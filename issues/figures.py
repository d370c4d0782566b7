"""The shape of the issue charts. A builder takes rows and returns a figure; it sees no request.

Colours are names of custom properties, as in ``rounds.figures``.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from issues.distance import FARTHEST, Spread
from issues.models import Measure, Proposal
from issues.proposals import value_words
from rounds.dates import day as day_in_words
from rounds.figures import AXIS, FRAME, MARGIN, MONTHS, SYMBOLS, Figure, Trace, layout
from rounds.language import local
from rounds.models import Source
from rounds.timeline import Ref

PAIRS_DRAWN = 6
PANEL, TITLE, AXIS_WORDS = 96, 26, 48  # pixels: of a pair's lines, its name, the months below
DASHES = ["dash", "longdash", "dashdot", "longdashdot"]  # what applied before is dotted


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A number somebody put to a measure, or what applied before, or what was agreed."""

    kind: str  # "status quo", "proposal", "agreed"
    measure: str
    key: str  # the measure's
    unit: str
    who: str
    party: Ref | None = None
    day: dt.date | None = None  # None for the status quo: it applies from before
    when: str = ""
    value: str  # in words
    low: Decimal
    high: Decimal | None = None
    scope: str = ""
    title: str = ""
    url: str = ""
    publisher: str = ""
    source_url: str = ""
    source: Source  # the publication that says so


def points(
    measure: Measure, proposals: Iterable[Proposal], day: dt.date | None = None
) -> list[Point]:
    """A measure's numbers up to ``day``, oldest first. Reads proposals ``with_terms()``."""
    unit = local(measure, "unit")
    shared: dict[str, Any] = {
        "measure": local(measure, "name"),
        "key": measure.slug,
        "unit": unit,
    }
    rows = []
    if measure.status_quo is not None:
        rows.append(
            Point(
                **shared,
                kind="status-quo",
                who=_("status quo"),
                value=value_words("", measure.status_quo, None, unit),
                low=measure.status_quo,
                when=_("before the talks"),
                title=measure.source.publisher,
                url=measure.source.get_absolute_url(),
                source=measure.source,
            )
        )
    offers = [
        Point(
            **shared,
            kind="proposal",
            who=local(party, "name"),
            party=party,
            day=proposal.first_day,
            when=proposal.when,
            value=value_words(term["comparator"], term["low"], term["high"], unit),
            low=Decimal(str(term["low"])),
            high=Decimal(str(term["high"])) if term["high"] is not None else None,
            scope=local(term, "scope"),
            title=local(proposal, "title"),
            url=proposal.get_absolute_url(),
            publisher=proposal.source.publisher,
            source_url=proposal.source.get_absolute_url(),
            source=proposal.source,
        )
        for proposal in proposals
        if measure.agreed is None or not proposal.is_deal  # the agreed value stands in the deal
        for term in proposal.term_list  # type: ignore[attr-defined]
        if term["measure"] == measure.slug
        for party in proposal.party_list  # type: ignore[attr-defined]
    ]
    rows += sorted(offers, key=lambda row: row.day or dt.date.min)
    if measure.agreed is not None and measure.agreed_on and (not day or measure.agreed_on <= day):
        source = measure.agreed_source
        assert source is not None, "a check constraint holds it"
        rows.append(
            Point(
                **shared,
                kind="agreed",
                who=_("agreed"),
                day=measure.agreed_on,
                when=day_in_words(measure.agreed_on),
                value=value_words("", measure.agreed, None, unit),
                low=measure.agreed,
                title=source.publisher,
                url=source.get_absolute_url(),
                source=source,
            )
        )
    return rows


def measure_figure(rows: Sequence[Point]) -> Figure:
    """One measure over time: the status quo as a line, each party's numbers, what was agreed.

    Numbers of one party for different things are different lines. Marks that would hide each other
    stand side by side, at their true height.
    """
    traces: list[Trace] = []
    days = [row.day for row in rows if row.day]
    start = min(days) - MARGIN if days else None
    end = max(days) + MARGIN if days else None
    aside = dt.timedelta(days=1 + (max(days) - min(days)).days // 60) if days else dt.timedelta()
    drawn: Counter[tuple[object, ...]] = Counter()
    lines: dict[str, list[Point]] = defaultdict(list)
    for row in rows:
        lines[_called(row)].append(row)
    for place, (called, own) in enumerate(lines.items()):
        first = own[0]
        if first.kind == "status-quo":
            traces.append(
                {
                    "type": "scatter",
                    "x": [start and start.isoformat(), end and end.isoformat()],
                    "y": [float(first.low)] * 2,
                    "name": called,
                    "mode": "lines",
                    "line": {"color": "var(--ink-3)", "dash": "dot", "width": 1.5},
                    "text": [first.value] * 2,
                    "hovertemplate": "%{text}<extra></extra>",
                }
            )
            continue
        colour = f"var(--party-{first.party['colour']})" if first.party else "var(--ink)"
        across = []
        for row in own:
            assert row.day, "only what applied before has no day"
            across.append((row.day + aside * drawn[row.day, row.low]).isoformat())
            drawn[row.day, row.low] += 1
        traces.append(
            {
                "type": "scatter",
                "x": across,
                "y": [float(row.low) for row in own],
                **_ranges(own),
                "name": called,
                "mode": "markers" if first.kind == "agreed" else "lines+markers",
                "line": {
                    "color": colour,
                    "shape": "hv",
                    "width": 1.5,
                    "dash": DASHES[place % len(DASHES)],
                },
                "marker": {
                    "color": colour,
                    "size": 12,
                    "symbol": "star" if first.kind == "agreed" else SYMBOLS[place % len(SYMBOLS)],
                },
                "text": [f"{row.value} · {row.when} · {row.title}" for row in own],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    unit = {**AXIS["title"], "text": rows[0].unit if rows else ""}
    return {"data": traces, "layout": layout(yaxis={"title": unit, "rangemode": "tozero"})}


def measure_words(rows: Sequence[Point]) -> str:
    """What the chart of a measure shows, in whole sentences, for those of its parts it has."""
    first, kinds = rows[0], {row.kind for row in rows}
    names = {"name": first.measure, "unit": first.unit}
    sentences = [_("%(name)s, in %(unit)s.") % names]
    if "proposal" in kinds:
        sentences.append(
            _(
                "Each mark is a number that somebody tabled, on the day it was tabled. A line "
                "leads from one number of a party to its next; where there is no line, it named "
                "no other."
            )
        )
    if any(row.high is not None for row in rows):
        sentences.append(_("A bar runs from the lowest to the highest value of a range."))
    if "status-quo" in kinds:
        sentences.append(_("The dotted line is what applied before."))
    if "agreed" in kinds:
        sentences.append(_("The star is what was agreed."))
    return " ".join(sentences)


def _called(row: Point) -> str:
    """Whose number it is, and for what: "Canada, core parts"."""
    names = {"who": row.who, "scope": row.scope}
    return _("%(who)s, %(scope)s") % names if row.scope else row.who


def distance_figure(rows: Sequence[Spread]) -> Figure:
    """Steps apart over the meetings, a panel for each pair; gaps in evidence are gaps in its line.

    Pairs are often as far apart as each other: in one panel their lines would hide each other. Of
    more pairs than there is room for, only the one that is farthest apart has a panel. A large
    mark is a meeting at which one of the two took a position; between them the last one stands.
    """
    pairs = len(rows[0].gaps) if rows else 0
    panels = [[row.gaps[place] for row in rows] for place in range(pairs)]
    names = [panel[0].who for panel in panels]
    if pairs > PAIRS_DRAWN:
        panels = [[row.widest or row.gaps[0] for row in rows]]
        names = [_("The two farthest apart")]
    height = len(panels) * (PANEL + TITLE)
    space = TITLE / height if len(panels) > 1 else 0  # of the height, as all that follows
    part = (1 + space) / max(len(panels), 1)
    tops = [1 - part * place for place in range(len(panels))]
    shape = layout(
        height=height + AXIS_WORDS + TITLE,
        showlegend=False,
        margin=FRAME | {"t": TITLE, "b": AXIS_WORDS},
        annotations=[_title(name, top) for name, top in zip(names, tops, strict=True)],
    )
    for place, top in enumerate(tops, start=1):
        shape |= _axes(place, len(panels), [max(top - part + space, 0), top])
    traces = [
        {
            "type": "scatter",
            "xaxis": _axis("x", place),
            "yaxis": _axis("y", place),
            "x": [row.day.isoformat() for row in rows],
            "y": [gap.steps for gap in panel],
            "name": name,
            "mode": "lines+markers",
            "connectgaps": False,
            "line": {"color": "var(--ink)", "shape": "hv", "width": 1.5},
            "marker": {
                "color": "var(--ink)",
                "opacity": 1,
                "size": [10 if gap.fresh else 5 for gap in panel],
            },
            "text": [
                _("%(name)s: %(value)s") % {"name": row.title, "value": f"{gap.who}, {gap.words}"}
                for row, gap in zip(rows, panel, strict=True)
            ],
            "hovertemplate": "%{text}<extra></extra>",
        }
        for place, (name, panel) in enumerate(zip(names, panels, strict=True), start=1)
    ]
    return {"data": traces, "layout": shape}


def _axis(name: str, place: int) -> str:
    """How Plotly counts: x, x2, x3."""
    return name if place == 1 else f"{name}{place}"


def _axes(place: int, last: int, domain: list[float]) -> dict[str, Any]:
    """Those of a panel. All have the months of the ``last``, which alone names them."""
    follows = {"matches": _axis("x", last), "showticklabels": False} if place < last else {}
    months = {**AXIS, **MONTHS, **follows, "anchor": _axis("y", place), "domain": [0, 1]}
    steps = {
        **AXIS,
        "anchor": _axis("x", place),
        "domain": domain,
        "range": [-0.5, FARTHEST + 0.5],
        "tickvals": list(range(FARTHEST + 1)),
    }
    return {_axis("xaxis", place): months, _axis("yaxis", place): steps}


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


def _ranges(rows: Sequence[Point]) -> dict[str, Any]:
    """Bars from the lowest to the highest value, where a number is "between"."""
    if not any(row.high is not None for row in rows):
        return {}
    spans = [float(row.high - row.low) if row.high is not None else 0 for row in rows]
    bars = {"type": "data", "symmetric": False, "array": spans, "arrayminus": [0] * len(spans)}
    return {"error_y": bars}
