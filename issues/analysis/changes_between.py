"""What moved between two days: stances, progress, numbers, answers, deadlines, meetings.

Pure: functions take records as their QuerySets read them and return typed rows, each with the
evidence that it rests on. A day counts to its end: what is told lies after ``after`` and not
after ``day``.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from issues.analysis.number_points import Point, points
from issues.analysis.proposal_threads import is_agreement, proposal_items
from issues.matrix.cells import NEVER, Cell, cell, same_stance, trail
from issues.matrix.rows import Scene, told
from issues.models import Issue, Measure, Progress, Proposal
from rounds.history.as_of import end_of
from rounds.models import Deadline, Party, Round
from rounds.platform.dates import first_day
from rounds.platform.translated_text import local
from rounds.public.timeline import Item, Ref, deadline_items, round_items


@dataclass(frozen=True, slots=True)
class StanceMoves:
    """How one party moved or shifted on an issue: where it stood before, then each step."""

    party: Party
    before: Cell
    steps: list[Cell]

    @property
    def has_moved(self) -> bool:
        """Whether the stance moved, and not only its words."""
        return any(step.moved for step in self.steps)

    @property
    def came_back(self) -> bool:
        """Whether it moved and ended where it had begun."""
        return self.has_moved and same_stance(self.steps[-1].position, self.before.position)


@dataclass(frozen=True, slots=True)
class LevelMoves:
    """How far an issue had got before, then each level noted."""

    before: Progress | None
    steps: list[Progress]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number tabled or agreed, by all who put it."""

    point: Point
    parties: list[Ref]

    @property
    def by_party(self) -> list[Point]:
        """The number once for each who put it, as a chart has it."""
        return [
            replace(self.point, party=party, who=local(party, "name")) for party in self.parties
        ] or [self.point]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnIssue:
    """All that moved on one issue."""

    issue: Issue
    stances: list[StanceMoves]
    level: LevelMoves | None
    figures: list[Figure]
    answers: list[Item]  # counter-proposals

    def __bool__(self) -> bool:
        return bool(self.stances or self.level or self.figures or self.answers)


@dataclass(frozen=True, slots=True)
class DeadlineMove:
    """A deadline that was set, or that fell due, or both."""

    item: Item
    was_set: bool
    fell_due: bool


def on_issues(
    issues: Iterable[Issue],
    scene: Scene,
    progress: Iterable[Progress],
    measures: Iterable[Measure],
    proposals: Iterable[Proposal],
) -> list[OnIssue]:
    """Each issue on which anything moved between the days of ``scene``, stances first."""
    after = scene.after or NEVER
    levels = level_moves(scene.rounds, progress, scene.day, after)
    tabled = list(proposals)
    figures: dict[int, list[Figure]] = defaultdict(list)
    for measure in measures:
        figures[measure.issue_id] += figure_moves(measure, tabled, scene.day, after)
    rows = [
        OnIssue(
            issue=issue,
            stances=stance_moves(issue, scene),
            level=levels.get(issue.pk),
            figures=figures[issue.pk],
            answers=counter_proposals(
                [one for one in tabled if one.issue_id == issue.pk], scene.day, after
            ),
        )
        for issue in issues
    ]
    return sorted((row for row in rows if row), key=lambda row: not row.stances)


def stance_moves(issue: Issue, scene: Scene) -> list[StanceMoves]:
    after = scene.after or NEVER
    found = []
    for party in scene.parties:
        own = scene.of(issue, party)
        if moved := trail(party, own, scene.day, after):
            found.append(StanceMoves(party, cell(party, own, after), moved))
    return found


def level_moves(
    rounds: Sequence[Round], progress: Iterable[Progress], day: dt.date, after: dt.date
) -> dict[int, LevelMoves]:
    """By issue, the levels noted at meetings that were over by ``day``, restatements left out."""
    noted: dict[int, list[Progress]] = defaultdict(list)
    for one in progress:
        noted[one.round_id].append(one)
    begun = [one for one in rounds if one.took_place and one.first_day <= day]
    found: dict[int, LevelMoves] = {}
    latest: dict[int, Progress] = {}
    for end, meeting in told(begun, day, noted):
        if end_of(meeting, rounds) > day:
            continue
        for one in noted.get(meeting.pk, []):
            before = latest.get(one.issue_id)
            if end > after and (before is None or before.level != one.level):
                found.setdefault(one.issue_id, LevelMoves(before, [])).steps.append(one)
            latest[one.issue_id] = one
    return found


def figure_moves(
    measure: Measure, proposals: Iterable[Proposal], day: dt.date, after: dt.date
) -> list[Figure]:
    """The numbers given to a measure: each once as tabled and once as agreed, by all who put it."""
    figures: dict[tuple[str, str, str, str], Figure] = {}
    for point in points(measure, proposals, day):
        if point.day and after < point.day <= day:
            key = (point.kind, point.url, point.value, point.scope)
            figure = figures.setdefault(key, Figure(point=point, parties=[]))
            figure.parties.extend([point.party] if point.party else [])
    return list(figures.values())


def counter_proposals(proposals: Iterable[Proposal], day: dt.date, after: dt.date) -> list[Item]:
    """What was tabled in answer to something, oldest first; what was agreed at once is no answer.

    Reads proposals ``with_names()``.
    """
    answers = [
        one
        for one in proposals
        if one.responds_to_id and not is_agreement(one) and after < one.first_day <= day
    ]
    return list(proposal_items(sorted(answers, key=lambda one: (one.first_day, one.pk)), day))


def deadline_moves(
    deadlines: Iterable[Deadline], day: dt.date, after: dt.date
) -> list[DeadlineMove]:
    """The deadlines set or fallen due, with their outcome as it was on ``day``."""
    records = [one for one in deadlines if first_day(one.set_on) <= day]
    moves = [
        DeadlineMove(item, after < first_day(one.set_on), after < one.first_day <= day)
        for one, item in zip(records, deadline_items(records, day), strict=True)
    ]
    found = [move for move in moves if move.was_set or move.fell_due]
    return sorted(found, key=lambda move: (move.item.first, move.item.pk))


def meetings_between(rounds: Iterable[Round], day: dt.date, after: dt.date) -> list[Item]:
    """The meetings that began, or were to begin. Reads rounds ``with_names()``."""
    found = [one for one in rounds if after < one.first_day <= day]
    return list(round_items(sorted(found, key=lambda one: (one.first_day, one.pk))))


def summary(
    rows: Sequence[OnIssue], deadlines: Sequence[DeadlineMove], meetings: Sequence[Item]
) -> str:
    """What moved, counted: "6 stances, 9 levels of progress, 2 numbers, …"."""
    stances = [moves.has_moved for row in rows for moves in row.stances]
    counts = [
        (_("stances: %(count)s"), sum(stances)),
        (_("shifted in words alone: %(count)s"), len(stances) - sum(stances)),
        (_("progress on issues: %(count)s"), sum(row.level is not None for row in rows)),
        (_("numbers: %(count)s"), sum(len(row.figures) for row in rows)),
        (_("counter-proposals: %(count)s"), sum(len(row.answers) for row in rows)),
        (_("deadlines: %(count)s"), len(deadlines)),
        (_("meetings: %(count)s"), len(meetings)),
    ]
    return " · ".join(words % {"count": count} for words, count in counts if count)
