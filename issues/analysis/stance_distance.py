"""How far apart the parties are: steps on the scale of stances, and gaps between numbers.

Pure: functions take cells and positions of ``issues.matrix`` and return typed rows. A step is a
place on an ordered scale and no length: steps are counted and compared, never added or averaged
(docs/decisions/0025). Where either side is silent there is no distance.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from issues.matrix.cells import MatrixCell
from issues.matrix.party_history import NEVER, standing_on
from issues.matrix.rows import meetings_compared
from issues.matrix.site_state import SiteState
from issues.matrix.stances import have_same_stance
from issues.models import (
    SILENT,
    Issue,
    Level,
    Outcome,
    OutcomeKind,
    Position,
    Progress,
    Stance,
)
from rounds.history.as_of import end_of
from rounds.models import Round
from rounds.platform.translated_text import local

RANKS: dict[str, int] = {
    stance.value: rank
    for rank, stance in enumerate(stance for stance in Stance if stance not in SILENT)
}
FARTHEST = max(RANKS.values())
YES = {Stance.DEMANDS.value, Stance.SUPPORTS.value}
NO = {Stance.OPPOSES.value, Stance.RED_LINE.value}
SETTLED = {Level.CLOSED.value, Level.DROPPED.value}


class Closeness(models.TextChoices):
    """What a number of steps means, in a reader's words."""

    SAME = "same", gettext_lazy("the same stance")
    NEAR = "near", gettext_lazy("near")
    APART = "apart", gettext_lazy("apart")
    OPPOSITE = "opposite", gettext_lazy("opposite")
    SETTLED = "settled", gettext_lazy("settled")
    UNKNOWN = "unknown", gettext_lazy("cannot be compared")


def count_steps(stance: str, other_stance: str) -> int | None:
    """How many steps lie between two stances; None where either is a silence."""
    if stance not in RANKS or other_stance not in RANKS:
        return None
    return abs(RANKS[stance] - RANKS[other_stance])


def judge_closeness(stance: str, other_stance: str) -> Closeness:
    """How two stances stand to each other. A yes and a no are opposite, however many steps."""
    steps = count_steps(stance, other_stance)
    if steps is None:
        return Closeness.UNKNOWN
    if steps == 0:
        return Closeness.SAME
    if {stance, other_stance} & YES and {stance, other_stance} & NO:
        return Closeness.OPPOSITE
    return Closeness.NEAR if steps == 1 else Closeness.APART


@dataclass(frozen=True, slots=True)
class StanceGap:
    """Two parties' cells on one issue on one day, and how far they are apart."""

    cell: MatrixCell
    other_cell: MatrixCell

    @property
    def steps(self) -> int | None:
        return count_steps(self.cell.stance, self.other_cell.stance)

    @property
    def closeness(self) -> Closeness:
        if self.cell.is_settled or self.other_cell.is_settled:
            return Closeness.SETTLED
        return judge_closeness(self.cell.stance, self.other_cell.stance)

    @property
    def is_new(self) -> bool:
        """Whether either of them took a position at the meeting."""
        return self.cell.is_new or self.other_cell.is_new

    @property
    def pair_label(self) -> str:
        """ "Canada – Mexico"."""
        names = [local(each.party, "name") for each in (self.cell, self.other_cell)]
        return _("%(one)s – %(other)s") % dict(zip(("one", "other"), names, strict=True))

    @property
    def label(self) -> str:
        """ "opposite, 4 steps", or why there is no distance."""
        if self.closeness == Closeness.SETTLED:
            return str(Closeness.SETTLED.label)
        if self.steps is None:
            return self.silence_label
        if self.steps == 0:
            return str(self.closeness.label)
        return _("%(reading)s, %(steps)s") % {
            "reading": self.closeness.label,
            "steps": steps_label(self.steps),
        }

    @property
    def silence_label(self) -> str:
        """Why there is no distance: who is silent, and how."""
        silences = [
            _("%(who)s: %(silence)s")
            % {"who": local(silent.party, "name"), "silence": silent.label}
            for silent in (self.cell, self.other_cell)
            if silent.stance not in RANKS
        ]
        return pgettext("between clauses", "; ").join(silences)

    @property
    def on_conditions(self) -> bool:
        """Whether both are open, each on another condition."""
        return (
            self.steps == 0
            and self.cell.stance == Stance.OPEN_IF
            and not have_same_stance(self.cell.position, self.other_cell.position)
        )

    @property
    def key(self) -> tuple[str, str]:
        return self.cell.party.code, self.other_cell.party.code


def steps_label(count: int) -> str:
    return ngettext("%(count)s step", "%(count)s steps", count) % {"count": count}


def pair_cells(cells: Sequence[MatrixCell]) -> list[StanceGap]:
    """Every pair of the parties, in their order."""
    return [StanceGap(*pair) for pair in combinations(cells, 2)]


def find_widest(gaps: Iterable[StanceGap]) -> StanceGap | None:
    """The pair that is farthest apart, the first of several; None where no pair has a distance."""
    return max(
        (gap for gap in gaps if gap.steps is not None),
        key=lambda gap: (gap.steps or 0, gap.closeness == Closeness.OPPOSITE),
        default=None,
    )


def find_start(
    positions: Sequence[Position], other_positions: Sequence[Position], day: dt.date
) -> Position | None:
    """The position of either party that brought the two to where they are on ``day``.

    Both lists are of one party on one issue, oldest first. A restatement, or a move that leaves
    them as many steps apart on the same side, starts nothing. None where there is no distance.
    """
    taken = [each for each in (*positions, *other_positions) if each.first_day <= day]
    start: Position | None = None
    steps: int | None = None
    closeness: Closeness | None = None
    for position in sorted(taken, key=lambda each: each.first_day):
        standing = [standing_on(each, position.first_day) for each in (positions, other_positions)]
        stances = [each.stance if each else "" for each in standing]
        if (count_steps(*stances), judge_closeness(*stances)) != (steps, closeness):
            start = position
            steps, closeness = count_steps(*stances), judge_closeness(*stances)
    return start if steps is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far apart every two parties were on an issue at the end of a meeting, or on a day."""

    key: str = ""  # of the meeting
    title: str
    url: str = ""
    when: str = ""
    day: dt.date
    gaps: list[StanceGap]
    level: str = ""  # how far it had got by then, if only between some of them
    outcome: Outcome | None = None  # how it had ended by then

    @property
    def widest(self) -> StanceGap | None:
        return find_widest(self.gaps)

    @property
    def settled(self) -> bool:
        return self.outcome is not None or self.level in SETTLED

    @property
    def settled_label(self) -> str:
        """ "agreed in part", or else "closed" or "dropped", or nothing."""
        if self.outcome:
            return str(OutcomeKind(self.outcome.kind).label)
        return str(Level(self.level).label) if self.settled else ""


def measure_spread(
    issue: Issue,
    state: SiteState,
    day: dt.date,
    after: dt.date | None = None,
    *,
    meeting: Round | None = None,
    level: str = "",
) -> Spread:
    """The spread of an issue on ``day``, the end of ``meeting`` if there is one.

    A position stands until there is another, also while its party was not at the table.
    """
    cells = [state.history.cell(issue, party, day, after) for party in state.parties]
    return Spread(
        key=meeting.slug if meeting else "",
        title=local(meeting, "name") if meeting else "",
        url=meeting.get_absolute_url() if meeting else "",
        when=meeting.when if meeting else "",
        day=day,
        gaps=pair_cells(cells),
        level=level,
        outcome=state.history.outcome_on(issue, day),
    )


def measure_spreads(
    issue: Issue,
    state: SiteState,
    meetings: Iterable[tuple[dt.date, Round]],
    progress: Iterable[Progress] = (),
) -> list[Spread]:
    """The spread of an issue at the end of each meeting, in the order of (end, meeting)."""
    noted = {mark.round_id: mark.level for mark in progress if mark.issue_id == issue.pk}
    spreads, after, level = [], NEVER, ""
    for end, meeting in meetings:
        level = noted.get(meeting.pk, level)
        spreads.append(measure_spread(issue, state, end, after, meeting=meeting, level=level))
        after = end
    return spreads


def find_settled(progress: Iterable[Progress], rounds: Sequence[Round], day: dt.date) -> set[int]:
    """The numbers of the issues that the last meeting over by ``day`` noted as settled."""
    levels: dict[int, str] = {}
    over = {meeting.pk for meeting in rounds if end_of(meeting, rounds) <= day}
    noted = [mark for mark in progress if mark.round_id in over]
    for _end, meeting in meetings_compared(rounds, day, {mark.round_id for mark in noted}):
        levels |= {mark.issue_id: mark.level for mark in noted if mark.round_id == meeting.pk}
    return {issue for issue, level in levels.items() if level in SETTLED}


class Trend(models.TextChoices):
    """What became of the distances between two days. Steps are compared pair by pair."""

    CLOSER = "closer", gettext_lazy("Closer")
    FARTHER = "farther", gettext_lazy("Farther apart")
    MIXED = "mixed", gettext_lazy("Closer and farther")
    SAME = "same", gettext_lazy("As far apart as before")
    UNKNOWN = "unknown", gettext_lazy("Cannot be compared")


@dataclass(frozen=True, slots=True)
class GapShift:
    """A pair whose distance is another than before."""

    before: StanceGap
    now: StanceGap

    @property
    def is_closer(self) -> bool:
        return (self.now.steps or 0) < (self.before.steps or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDistances:
    """One issue's distances over the meetings, and what became of them since an earlier day."""

    issue: Issue
    spreads: list[Spread]
    now: Spread
    shifts: list[GapShift] = field(default_factory=list)
    trend: Trend = Trend.UNKNOWN
    began: str = ""  # since when the widest pair is where it is, in words
    began_url: str = ""

    @property
    def widest(self) -> StanceGap | None:
        return self.now.widest

    @property
    def has_distance(self) -> bool:
        """Whether there is a distance at any of the meetings, or now."""
        return any(spread.widest for spread in (*self.spreads, self.now))

    @property
    def sort_key(self) -> tuple[bool, int, bool]:
        """Ascending is: the farthest apart first, of these the open ones; the unknown last."""
        gap = self.widest
        return gap is None, -(gap.steps or 0) if gap else 0, self.now.settled


def find_shifts(
    before: Iterable[StanceGap], now: Iterable[StanceGap]
) -> tuple[list[GapShift], Trend]:
    """The pairs whose distance changed, of those that have one on both days, and the trend."""
    then = {gap.key: gap for gap in before if gap.steps is not None}
    pairs = [
        GapShift(then[gap.key], gap) for gap in now if gap.key in then and gap.steps is not None
    ]
    shifts = [shift for shift in pairs if shift.before.steps != shift.now.steps]
    if not pairs:
        return [], Trend.UNKNOWN
    if not shifts:
        return [], Trend.SAME
    directions = {shift.is_closer for shift in shifts}
    if len(directions) > 1:
        return shifts, Trend.MIXED
    return shifts, Trend.CLOSER if directions == {True} else Trend.FARTHER


def measure_distances(state: SiteState, progress: Iterable[Progress]) -> list[IssueDistances]:
    """Every issue's distances, and their trend since ``state.news_after``, widest first."""
    over = {each.pk for each in state.rounds if end_of(each, state.rounds) <= state.day}
    noted = [mark for mark in progress if mark.round_id in over]
    meetings = meetings_compared(state.rounds, state.day, {mark.round_id for mark in noted})
    rows = []
    for issue in state.issues:
        spreads = measure_spreads(issue, state, meetings, noted)
        last = spreads[-1] if spreads else None
        now = measure_spread(
            issue,
            state,
            state.day,
            last.day if last else NEVER,
            level=last.level if last else "",
        )
        shifts, trend = _trend(issue, state, now)
        start = _start_of_widest(issue, state, now)
        rows.append(
            IssueDistances(
                issue=issue,
                spreads=spreads,
                now=now,
                shifts=shifts,
                trend=trend,
                began=start.when if start else "",
                began_url=start.evidence.get_absolute_url() if start else "",
            )
        )
    return sorted(rows, key=lambda row: row.sort_key)


def _trend(issue: Issue, state: SiteState, now: Spread) -> tuple[list[GapShift], Trend]:
    if state.previous is None or state.news_after is None:
        return [], Trend.UNKNOWN
    before = measure_spread(issue, state, state.news_after)
    return find_shifts(before.gaps, now.gaps)


def _start_of_widest(issue: Issue, state: SiteState, now: Spread) -> Position | None:
    """The position since which the farthest two are as far apart as they are.

    Where no two are apart, the one that made it so.
    """
    widest = now.widest
    if widest is None:
        return None
    gaps = [widest] if widest.steps else [gap for gap in now.gaps if gap.steps is not None]
    starts = [
        find_start(
            state.history.positions_of(issue, gap.cell.party),
            state.history.positions_of(issue, gap.other_cell.party),
            state.day,
        )
        for gap in gaps
    ]
    return max(filter(None, starts), key=lambda start: start.first_day, default=None)
