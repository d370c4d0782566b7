"""What one party held on one issue: the cells that its positions and the outcome make."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from issues.matrix.cells import MatrixCell
from issues.matrix.settled_cells import make_settled_cell
from issues.matrix.stances import NoStance, have_same_stance, have_same_wording, stance_label
from issues.models import Issue, Outcome, Position, Stance
from rounds.models import Party

DAY = dt.timedelta(days=1)
NEVER = dt.date.min


@dataclass(frozen=True, slots=True)
class History:
    """What was held on each issue, and how each ended, oldest first."""

    positions: dict[tuple[int, int], list[Position]]  # by the numbers of the issue and the party
    outcomes: dict[int, list[Outcome]]  # by the number of the issue

    @classmethod
    def make(cls, positions: Iterable[Position], outcomes: Iterable[Outcome] = ()) -> "History":
        """Reads outcomes ``with_reopening().with_names()``."""
        by_pair, by_issue = defaultdict(list), defaultdict(list)
        for position in sorted(positions, key=lambda position: position.first_day):
            by_pair[position.issue_id, position.party_id].append(position)
        for outcome in sorted(outcomes, key=lambda outcome: outcome.first_day):
            by_issue[outcome.issue_id].append(outcome)
        return cls(dict(by_pair), dict(by_issue))

    def positions_of(self, issue: Issue, party: Party) -> list[Position]:
        return self.positions.get((issue.pk, party.pk), [])

    def outcomes_of(self, issue: Issue) -> list[Outcome]:
        return self.outcomes.get(issue.pk, [])

    def outcome_on(self, issue: Issue, day: dt.date) -> Outcome | None:
        """How an issue had ended by ``day``."""
        return outcome_on(self.outcomes_of(issue), day)

    def cell(
        self, issue: Issue, party: Party, day: dt.date, after: dt.date | None = None
    ) -> MatrixCell:
        """Return what ``make_cell`` makes."""
        positions, outcomes = self.positions_of(issue, party), self.outcomes_of(issue)
        return make_cell(party, positions, day, after, outcomes=outcomes)

    def meeting_cell(self, issue: Issue, party: Party, day: dt.date, after: dt.date) -> MatrixCell:
        """Return what ``make_meeting_cell`` makes."""
        positions, outcomes = self.positions_of(issue, party), self.outcomes_of(issue)
        return make_meeting_cell(party, positions, day, after, outcomes=outcomes)

    def trail(
        self, issue: Issue, party: Party, day: dt.date, after: dt.date = NEVER
    ) -> list[MatrixCell]:
        """Return what ``make_trail`` makes."""
        positions, outcomes = self.positions_of(issue, party), self.outcomes_of(issue)
        return make_trail(party, positions, day, after, outcomes=outcomes)


def standing_on(positions: Sequence[Position], day: dt.date) -> Position | None:
    """The last of one pair's positions, oldest first, taken by ``day``."""
    taken = [position for position in positions if position.first_day <= day]
    return taken[-1] if taken else None


def outcome_on(outcomes: Sequence[Outcome], day: dt.date) -> Outcome | None:
    """The last of one issue's outcomes, oldest first, by ``day``; None once it was reopened.

    Reads outcomes ``with_reopening()``.
    """
    reached = [outcome for outcome in outcomes if outcome.first_day <= day]
    last = reached[-1] if reached else None
    return None if last and last.reopened_on and last.reopened_on <= day else last


def run_of_stance(positions: Sequence[Position], day: dt.date) -> list[Position]:
    """The unbroken run of the stance held on ``day``: where it was taken, then each time again."""
    run: list[Position] = []
    for position in reversed([taken for taken in positions if taken.first_day <= day]):
        if run and not have_same_stance(position, run[-1]):
            break
        run.append(position)
    return run[::-1]


def make_cell(
    party: Party,
    positions: Sequence[Position],
    day: dt.date,
    after: dt.date | None = None,
    *,
    outcomes: Sequence[Outcome] = (),
) -> MatrixCell:
    """A party's cell on ``day``; it is new if what it tells came after ``after``.

    ``positions`` are one pair's, ``outcomes`` the issue's, oldest first. Where the issue had an
    outcome, the cell tells that, and what the party had held before.
    """
    outcome = outcome_on(outcomes, day)
    if outcome is None:
        return make_stance_cell(party, positions, day, after)
    eve = [position for position in positions if position.first_day < outcome.first_day]
    before = make_stance_cell(party, eve or positions, day)
    is_new = after is not None and outcome.first_day > after
    return make_settled_cell(before, outcome, eve, is_new=is_new)


def make_stance_cell(
    party: Party, positions: Sequence[Position], day: dt.date, after: dt.date | None = None
) -> MatrixCell:
    """A party's cell of its positions alone.

    The cell says since when the stance is held, and
    the latest position's words, day and source. If these are not the first of that stance, it has
    shifted where they are others than those of the position before, or where any taken since
    ``after`` shifted, and says on which day; else it is restated.
    """
    run = run_of_stance(positions, day)
    if not run:
        return MatrixCell(party=party, label=str(NoStance.NOT_RECORDED.label))
    latest = run[-1]
    is_new = after is not None and latest.first_day > after
    previous = standing_on(positions, after) if is_new and after else None
    shifts = [
        later
        for earlier, later in pairwise(run)
        if (later is latest or (after and later.first_day > after))
        and not have_same_wording(earlier, later)
    ]
    return MatrixCell(
        party=party,
        stance=Stance(latest.stance),
        label=stance_label(latest, day),
        position=latest,
        first_position=run[0],
        is_new=is_new,
        previous=previous,
        previous_label=stance_label(previous, after) if previous and after else "",
        has_new_wording=bool(shifts),
        last_shift=shifts[-1] if shifts else None,
    )


def make_meeting_cell(
    party: Party,
    positions: Sequence[Position],
    day: dt.date,
    after: dt.date,
    *,
    outcomes: Sequence[Outcome] = (),
) -> MatrixCell:
    """A party's cell at the end of a meeting, with all that it took since the one before.

    Of several positions the latest is compared with the one before it, as each of them is. What
    is news stays that of the whole meeting (docs/decisions/0036).
    """
    latest = make_cell(party, positions, day, after, outcomes=outcomes)
    *earlier, last = make_steps(party, positions, day, after, outcomes=outcomes) or [latest]
    return replace(latest, last_shift=last.last_shift, earlier_positions=tuple(earlier))


def make_steps(
    party: Party,
    positions: Sequence[Position],
    day: dt.date,
    after: dt.date = NEVER,
    *,
    outcomes: Sequence[Outcome] = (),
) -> list[MatrixCell]:
    """Each position that a party took after ``after`` up to ``day``, and each outcome of the issue.

    Each is held against what was before. ``positions`` are one pair's, oldest first; so are the
    cells. What a party said while an outcome stood is no step.
    """
    events: list[Position | Outcome] = [*positions, *outcomes]
    days = sorted({each.first_day for each in events})
    cells = [
        make_cell(party, positions, each, each - DAY, outcomes=outcomes)
        for each in days
        if after < each <= day
    ]
    return [cell for cell in cells if cell.is_new]


def make_trail(
    party: Party,
    positions: Sequence[Position],
    day: dt.date,
    after: dt.date = NEVER,
    *,
    outcomes: Sequence[Outcome] = (),
) -> list[MatrixCell]:
    """How one party's stance or its words changed after ``after`` up to ``day``, oldest first.

    ``positions`` are one pair's, oldest first. What restates them in the same words is left out.
    """
    steps = make_steps(party, positions, day, after, outcomes=outcomes)
    return [step for step in steps if step.is_news]


def make_absent_cell(party: Party) -> MatrixCell:
    return MatrixCell(party=party, stance=NoStance.ABSENT, label=str(NoStance.ABSENT.label))
