"""Two parties side by side, and one party over the rounds. Pure, made of matrix cells."""

import datetime as dt
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from issues.analysis.stance_distance import Closeness, StanceGap, find_start
from issues.matrix.cells import MatrixCell
from issues.matrix.party_history import NEVER
from issues.matrix.site_state import SiteState
from issues.models import Issue
from rounds.models import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Where two parties stand on an issue, and since when they are so far apart."""

    issue: Issue
    gap: StanceGap
    settled: bool = False  # it had an outcome by then, or was closed or dropped
    since: str = ""
    since_url: str = ""  # of the evidence for the position that brought them there

    @property
    def cells(self) -> list[MatrixCell]:
        return [self.gap.cell, self.gap.other_cell]

    @property
    def recorded(self) -> bool:
        return any(cell.recorded for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRecord:
    """One party's cells on an issue at the end of each meeting."""

    issue: Issue
    cells: list[MatrixCell]

    @property
    def recorded(self) -> bool:
        return any(cell.recorded for cell in self.cells)


def pair_parties(state: SiteState, settled: Container[int]) -> list[Pairing]:
    """The two parties of ``state`` on each issue, the farthest apart first.

    Issues whose numbers are in ``settled`` are no part of that ranking and come last.
    """
    rows = []
    for issue in state.issues:
        since, since_url = _since(issue, state)
        cells = [
            state.history.cell(issue, each, state.day, state.news_after) for each in state.parties
        ]
        rows.append(
            Pairing(
                issue=issue,
                gap=StanceGap(*cells),
                settled=issue.pk in settled or any(cell.is_settled for cell in cells),
                since=since,
                since_url=since_url,
            )
        )
    return sorted(rows, key=lambda row: (row.settled, row.gap.steps is None, -(row.gap.steps or 0)))


def _since(issue: Issue, state: SiteState) -> tuple[str, str]:
    """Since when the two are where they are, in words, and the address of what says so."""
    if outcome := state.history.outcome_on(issue, state.day):
        return outcome.when, outcome.get_absolute_url()
    party, other_party = state.parties
    start = find_start(
        state.history.positions_of(issue, party),
        state.history.positions_of(issue, other_party),
        state.day,
    )
    return (start.when, start.evidence.get_absolute_url()) if start else ("", "")


def follow_party(state: SiteState, meetings: Sequence[tuple[dt.date, Round]]) -> list[PartyRecord]:
    """The one party of ``state`` on each issue, at each (end, meeting): what it took there."""
    (party,) = state.parties
    ends = [end for end, _meeting in meetings]
    return [
        PartyRecord(
            issue=issue,
            cells=[
                state.history.meeting_cell(issue, party, end, after)
                for after, end in pairwise([NEVER, *ends])
            ],
        )
        for issue in state.issues
    ]


def count_closeness(rows: Iterable[Pairing]) -> list[tuple[Closeness, int]]:
    """On how many issues the two are how far apart, the farthest first."""
    counts = Counter(row.gap.closeness for row in rows)
    order = [
        Closeness.OPPOSITE,
        Closeness.APART,
        Closeness.NEAR,
        Closeness.SAME,
        Closeness.SETTLED,
        Closeness.UNKNOWN,
    ]
    return [(closeness, counts[closeness]) for closeness in order if counts[closeness]]
