"""Two parties side by side, and one party over the rounds. Pure, made of matrix cells."""

import datetime as dt
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from issues.analysis import stance_distance
from issues.analysis.stance_distance import Gap, Reading
from issues.matrix.cells import NEVER, Cell, cell, meeting_cell
from issues.matrix.rows import Scene
from issues.models import Issue
from rounds.models import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Where two parties stand on an issue, and since when they are so far apart."""

    issue: Issue
    gap: Gap
    settled: bool = False  # closed or dropped by then
    since: str = ""
    since_url: str = ""  # of the evidence for the position that brought them there

    @property
    def cells(self) -> list[Cell]:
        return [self.gap.one, self.gap.other]

    @property
    def recorded(self) -> bool:
        return self.gap.one.recorded or self.gap.other.recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One party's cells on an issue at the end of each meeting."""

    issue: Issue
    cells: list[Cell]

    @property
    def recorded(self) -> bool:
        return any(one.recorded for one in self.cells)


def pairings(issues: Iterable[Issue], scene: Scene, settled: Container[int]) -> list[Pairing]:
    """The two parties of ``scene`` on each issue, the farthest apart first.

    Issues whose keys are in ``settled`` are no part of that ranking and come last.
    """
    one, other = scene.parties
    rows = []
    for issue in issues:
        own, others = scene.of(issue, one), scene.of(issue, other)
        start = stance_distance.since(own, others, scene.day)
        cells = [
            cell(party, taken, scene.day, scene.after)
            for party, taken in ((one, own), (other, others))
        ]
        rows.append(
            Pairing(
                issue=issue,
                gap=Gap(*cells),
                settled=issue.pk in settled,
                since=start.when if start else "",
                since_url=start.evidence.get_absolute_url() if start else "",
            )
        )
    return sorted(rows, key=lambda row: (row.settled, row.gap.steps is None, -(row.gap.steps or 0)))


def courses(
    issues: Iterable[Issue], scene: Scene, told: Sequence[tuple[dt.date, Round]]
) -> list[Course]:
    """The one party of ``scene`` on each issue: all it took at each meeting, and where it stood."""
    (party,) = scene.parties
    ends = [end for end, _meeting in told]
    return [
        Course(
            issue=issue,
            cells=[
                meeting_cell(party, scene.of(issue, party), end, after)
                for after, end in pairwise([NEVER, *ends])
            ],
        )
        for issue in issues
    ]


def counted(rows: Iterable[Pairing]) -> list[tuple[Reading, int]]:
    """On how many issues the two are how far apart, the farthest first."""
    readings = [row.gap.reading for row in rows]
    order = [Reading.OPPOSITE, Reading.APART, Reading.NEAR, Reading.SAME, Reading.UNKNOWN]
    return [(one, readings.count(one)) for one in order if one in readings]
