"""The shape of the issue charts. A builder takes rows and returns a figure; it sees no request.

Colours are names of custom properties, as in ``rounds.figures``.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext as _

from issues.distance import FARTHEST, Spread
from issues.models import Measure, Proposal, ProposalStatus
from issues.proposals import value_words
from rounds.dates import day as day_in_words
from rounds.dates import first_day
from rounds.figures import SYMBOLS, layout
from rounds.language import local
from rounds.models import Source
from rounds.timeline import Ref

PAIRS_DRAWN = 6
DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"]


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
        if not _is_the_agreement(proposal, measure)
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


def _is_the_agreement(proposal: Proposal, measure: Measure) -> bool:
    """Whether the proposal is the text in which the measure's agreed value stands."""
    return (
        measure.agreed is not None
        and proposal.status == ProposalStatus.AGREED
        and proposal.settled is not None
        and first_day(proposal.settled) <= proposal.first_day
    )


def measure_figure(rows: Sequence[Point]) -> go.Figure:
    """One measure over time: the status quo as a line, each party's numbers, what was agreed."""
    figure = go.Figure(layout=layout())
    dated = [row for row in rows if row.day]
    days = [row.day for row in dated if row.day]
    start = min(days) - dt.timedelta(days=30) if days else None
    end = max(days) + dt.timedelta(days=30) if days else None
    by_who: dict[str, list[Point]] = defaultdict(list)
    for row in rows:
        by_who[row.who].append(row)
    for place, (who, own) in enumerate(by_who.items()):
        first = own[0]
        if first.kind == "status-quo":
            figure.add_scatter(
                x=[start, end],
                y=[float(first.low)] * 2,
                name=who,
                mode="lines",
                line={"color": "var(--ink-3)", "dash": "dot", "width": 1.5},
                text=[first.value] * 2,
                hovertemplate="%{text}<extra></extra>",
            )
            continue
        colour = f"var(--party-{first.party['colour']})" if first.party else "var(--ink)"
        figure.add_scatter(
            x=[row.day for row in own],
            y=[float(row.low) for row in own],
            error_y=_ranges(own),
            name=who,
            mode="markers" if first.kind == "agreed" else "lines+markers",
            line={"color": colour, "shape": "hv", "width": 1.5, "dash": "dash"},
            marker={
                "color": colour,
                "size": 12,
                "symbol": "star" if first.kind == "agreed" else SYMBOLS[place % len(SYMBOLS)],
            },
            text=[f"{row.value} · {row.title}" for row in own],
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_yaxes(title_text=rows[0].unit if rows else "", rangemode="tozero")
    return figure


def distance_figure(rows: Sequence[Spread]) -> go.Figure:
    """Steps apart over the meetings, a line for each pair; gaps in evidence are gaps in it.

    Of more pairs than can be told apart, only the one that is farthest apart has a line. A large
    mark is a meeting at which one of the two took a position; between them the last one stands.
    """
    figure = go.Figure(layout=layout(height=280))
    pairs = len(rows[0].gaps) if rows else 0
    drawn = [[row.gaps[place] for row in rows] for place in range(pairs)]
    if pairs > PAIRS_DRAWN:
        drawn = [[row.widest or row.gaps[0] for row in rows]]
    for place, line in enumerate(drawn):
        first = line[0]
        alone = pairs > PAIRS_DRAWN
        offset = (place - (len(drawn) - 1) / 2) * 0.08  # so that lines on one level show
        figure.add_scatter(
            x=[row.day for row in rows],
            y=[None if gap.steps is None else gap.steps + offset for gap in line],
            name=_("the two farthest apart") if alone else first.who,
            mode="lines+markers",
            connectgaps=False,
            line={
                "color": "var(--ink)" if alone else f"var(--party-{first.one.party.colour})",
                "shape": "hv",
                "width": 1.5,
                "dash": DASHES[place % len(DASHES)],
            },
            marker={
                "color": "var(--ink)" if alone else f"var(--party-{first.other.party.colour})",
                "symbol": SYMBOLS[place % len(SYMBOLS)],
                "size": [10 if gap.fresh else 5 for gap in line],
            },
            text=[
                _("%(name)s: %(value)s") % {"name": row.title, "value": f"{gap.who}, {gap.words}"}
                for row, gap in zip(rows, line, strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_yaxes(
        title_text=_("steps apart"),
        range=[-0.4, FARTHEST + 0.4],
        tickvals=list(range(FARTHEST + 1)),
    )
    return figure


def _ranges(rows: Sequence[Point]) -> dict[str, object] | None:
    """Bars from the lowest to the highest value, where a number is "between"."""
    if not any(row.high is not None for row in rows):
        return None
    spans = [float(row.high - row.low) if row.high is not None else 0 for row in rows]
    return {"type": "data", "symmetric": False, "array": spans, "arrayminus": [0] * len(spans)}
