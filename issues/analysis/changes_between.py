"""What moved between two days: stances, progress, numbers, answers, deadlines, meetings.

Pure: functions take records as their QuerySets read them and return typed rows, each with the
evidence that it rests on. A day counts to its end: the changes lie after ``after`` and not after
``day``.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from issues.analysis.number_points import MeasurePoint, list_points
from issues.analysis.proposal_threads import proposal_items
from issues.matrix.cells import MatrixCell
from issues.matrix.rows import meetings_with_rows
from issues.matrix.site_state import SiteState
from issues.matrix.stances import have_same_stance
from issues.models import Issue, Measure, Progress, Proposal
from rounds.history.as_of import end_of
from rounds.models import Deadline, Party, Round
from rounds.platform.dates import first_day
from rounds.platform.translated_text import local
from rounds.public.deadlines import deadline_items
from rounds.public.timeline import Ref, TimelineItem, round_items


@dataclass(frozen=True, slots=True)
class StanceMoves:
    """How one party moved or shifted on an issue: where it stood before, then each step."""

    party: Party
    before: MatrixCell
    steps: list[MatrixCell]

    @property
    def has_moved(self) -> bool:
        """Whether the stance moved, and not only its words."""
        return any(step.stance_changed for step in self.steps)

    @property
    def came_back(self) -> bool:
        """Whether it moved and ended where it had begun."""
        last = self.steps[-1]
        is_stance = self.has_moved and not last.is_settled
        return is_stance and have_same_stance(last.position, self.before.position)


@dataclass(frozen=True, slots=True)
class LevelMoves:
    """How far an issue had got before, then each level noted."""

    before: Progress | None
    steps: list[Progress]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMove:
    """A number tabled or agreed, and all parties that put it."""

    point: MeasurePoint
    parties: list[Ref]

    @property
    def by_party(self) -> list[MeasurePoint]:
        """The number once for each who put it, as a chart has it."""
        return [
            replace(self.point, party=party, who=local(party, "name")) for party in self.parties
        ] or [self.point]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueChanges:
    """All that moved on one issue."""

    issue: Issue
    stances: list[StanceMoves]
    level: LevelMoves | None
    numbers: list[NumberMove]
    answers: list[TimelineItem]  # counter-proposals

    def __bool__(self) -> bool:
        return bool(self.stances or self.level or self.numbers or self.answers)


@dataclass(frozen=True, slots=True)
class DeadlineMove:
    """A deadline that was set, or that fell due, or both."""

    item: TimelineItem
    was_set: bool
    fell_due: bool


def find_changes(
    state: SiteState,
    after: dt.date,
    progress: Iterable[Progress],
    measures: Iterable[Measure],
    proposals: Iterable[Proposal],
) -> list[IssueChanges]:
    """Each issue on which anything moved after ``after`` up to ``state.day``, stances first."""
    levels = find_level_moves(state.rounds, progress, state.day, after)
    tabled = list(proposals)
    numbers: dict[int, list[NumberMove]] = defaultdict(list)
    for measure in measures:
        numbers[measure.issue_id] += find_number_moves(measure, tabled, state.day, after)
    rows = [
        IssueChanges(
            issue=issue,
            stances=find_stance_moves(issue, state, after),
            level=levels.get(issue.pk),
            numbers=numbers[issue.pk],
            answers=find_counter_proposals(
                [proposal for proposal in tabled if proposal.issue_id == issue.pk],
                state.day,
                after,
            ),
        )
        for issue in state.issues
    ]
    return sorted((row for row in rows if row), key=lambda row: not row.stances)


def find_stance_moves(issue: Issue, state: SiteState, after: dt.date) -> list[StanceMoves]:
    return [
        StanceMoves(party, state.history.cell(issue, party, after), steps)
        for party in state.parties
        if (steps := state.history.trail(issue, party, state.day, after))
    ]


def find_level_moves(
    rounds: Sequence[Round], progress: Iterable[Progress], day: dt.date, after: dt.date
) -> dict[int, LevelMoves]:
    """By issue, the levels noted at meetings that were over by ``day``, restatements left out."""
    noted: dict[int, list[Progress]] = defaultdict(list)
    for mark in progress:
        noted[mark.round_id].append(mark)
    begun = [each for each in rounds if each.took_place and each.first_day <= day]
    moves: dict[int, LevelMoves] = {}
    latest: dict[int, Progress] = {}
    for end, meeting in meetings_with_rows(begun, day, noted):
        if end_of(meeting, rounds) > day:
            continue
        for mark in noted.get(meeting.pk, []):
            before = latest.get(mark.issue_id)
            if end > after and (before is None or before.level != mark.level):
                moves.setdefault(mark.issue_id, LevelMoves(before, [])).steps.append(mark)
            latest[mark.issue_id] = mark
    return moves


def find_number_moves(
    measure: Measure, proposals: Iterable[Proposal], day: dt.date, after: dt.date
) -> list[NumberMove]:
    """The numbers given to a measure: each once as tabled and once as agreed, by all who put it."""
    moves: dict[tuple[str, str, str, str], NumberMove] = {}
    for point in list_points(measure, proposals, day):
        if point.day and after < point.day <= day:
            key = (point.kind, point.url, point.value, point.scope)
            move = moves.setdefault(key, NumberMove(point=point, parties=[]))
            move.parties.extend([point.party] if point.party else [])
    return list(moves.values())


def find_counter_proposals(
    proposals: Iterable[Proposal], day: dt.date, after: dt.date
) -> list[TimelineItem]:
    """What was tabled in answer to something, oldest first; what was agreed at once is no answer.

    Reads proposals ``with_names()``.
    """
    answers = [
        proposal
        for proposal in proposals
        if proposal.responds_to_id
        and not proposal.is_agreement
        and after < proposal.first_day <= day
    ]
    answers.sort(key=lambda proposal: (proposal.first_day, proposal.pk))
    return list(proposal_items(answers, day))


def find_deadline_moves(
    deadlines: Iterable[Deadline], day: dt.date, after: dt.date
) -> list[DeadlineMove]:
    """The deadlines set or fallen due, with their outcome as it was on ``day``."""
    records = [deadline for deadline in deadlines if first_day(deadline.set_on) <= day]
    moves = [
        DeadlineMove(item, after < first_day(record.set_on), after < record.first_day <= day)
        for record, item in zip(records, deadline_items(records, day), strict=True)
    ]
    changed = [move for move in moves if move.was_set or move.fell_due]
    return sorted(changed, key=lambda move: (move.item.first, move.item.pk))


def find_meetings_between(
    rounds: Iterable[Round], day: dt.date, after: dt.date
) -> list[TimelineItem]:
    """The meetings that began, or were to begin. Reads rounds ``with_names()``."""
    meetings = [each for each in rounds if after < each.first_day <= day]
    return list(round_items(sorted(meetings, key=lambda each: (each.first_day, each.pk))))


def summarise(
    rows: Sequence[IssueChanges],
    deadlines: Sequence[DeadlineMove],
    meetings: Sequence[TimelineItem],
) -> str:
    """What moved, counted: "6 stances, 9 levels of progress, 2 numbers, …"."""
    stances = [moves.has_moved for row in rows for moves in row.stances]
    counts = [
        (_("stances: %(count)s"), sum(stances)),
        (_("shifted in words alone: %(count)s"), len(stances) - sum(stances)),
        (_("progress on issues: %(count)s"), sum(row.level is not None for row in rows)),
        (_("numbers: %(count)s"), sum(len(row.numbers) for row in rows)),
        (_("counter-proposals: %(count)s"), sum(len(row.answers) for row in rows)),
        (_("deadlines: %(count)s"), len(deadlines)),
        (_("meetings: %(count)s"), len(meetings)),
    ]
    return " · ".join(label % {"count": count} for label, count in counts if count)
