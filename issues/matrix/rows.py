"""The rows of the matrix: parties of an issue, issues of a day, meetings of an issue."""

import datetime as dt
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from issues.matrix.cells import DAY, Cell, History, absent, cell, history, meeting_cell
from issues.models import Issue, Position, Progress
from rounds.history.as_of import end_of
from rounds.models import Party, Round
from rounds.platform.translated_text import local


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a matrix: an issue or a round, and a cell per party in their order."""

    title: str
    url: str
    key: str
    cells: list[Cell]
    issue: Issue | None = None
    round: Any = None  # a Round, read ``with_names()``
    progress: Progress | None = None
    day: dt.date | None = None  # on which a round is told: its end, or the day asked

    @property
    def recorded(self) -> bool:
        return any(cell.recorded for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What comparisons look at: parties, their positions and the meetings, up to a day."""

    parties: Sequence[Party]
    rounds: Sequence[Round]
    by_pair: History
    day: dt.date
    after: dt.date | None = None  # the earlier day that ``day`` is held against

    def of(self, issue: Issue, party: Party) -> list[Position]:
        """One party's positions on an issue, oldest first."""
        return self.by_pair.get((issue.pk, party.pk), [])


def by_issue(
    issues: Iterable[Issue],
    parties: Sequence[Party],
    positions: Iterable[Position],
    day: dt.date,
    after: dt.date | None = None,
) -> list[Row]:
    """Issues down, parties across, as of ``day``; what was taken after ``after`` is fresh."""
    by_pair = history(positions)
    return [
        Row(
            title=local(issue, "name"),
            url=issue.get_absolute_url(),
            key=issue.slug,
            issue=issue,
            cells=[cell(party, by_pair[issue.pk, party.pk], day, after) for party in parties],
        )
        for issue in issues
    ]


def by_round(
    issue: Issue,
    rounds: Sequence[Round],
    parties: Sequence[Party],
    positions: Iterable[Position],
    progress: Iterable[Progress],
    day: dt.date,
) -> list[Row]:
    """Rounds down, in the order they ended, parties across: where each stood at the end of each.

    A meeting beside the sequence of rounds has a row if something was taken or noted there. A
    party that was not at the table and took no position is shown as absent.
    """
    by_pair = history(positions)
    levels = {mark.round_id: mark for mark in progress}
    rows: list[Row] = []
    after = dt.date.min  # at the first round told, everything is new
    for end, meeting in told(rounds, day, levels):
        over = end_of(meeting, rounds) <= day
        present = {party["code"] for party in meeting.party_list}  # type: ignore[attr-defined]
        cells = [meeting_cell(party, by_pair[issue.pk, party.pk], end, after) for party in parties]
        row = Row(
            title=local(meeting, "name"),
            url=meeting.get_absolute_url(),
            key=meeting.slug,
            round=meeting,
            day=end,
            progress=levels.get(meeting.pk) if over else None,
            cells=[
                one if one.fresh or not present or one.party.code in present else absent(one.party)
                for one in cells
            ],
        )
        if meeting.is_round or row.progress or any(one.fresh for one in row.cells):
            rows.append(row)
            after = end
    return rows


def told(
    rounds: Sequence[Round], day: dt.date, noted: Container[int]
) -> list[tuple[dt.date, Round]]:
    """The meetings that tell the story up to ``day``, each with its end, in the order of these.

    What happened within a round is told by the round, unless the meeting is ``noted`` for
    itself. A round without an end is told until the next meeting; talks that ended on the day of
    a deal are told until the day before.
    """
    closed = [one for one in rounds if one.is_round and one.last_day]
    apart = [
        one
        for one in rounds
        if one.is_round
        or one.pk in noted
        or not any(big.first_day <= one.first_day <= (big.last_day or day) for big in closed)
    ]
    pairs = [(min(_told_until(one, apart, day), day), one) for one in apart]
    return sorted(pairs, key=lambda pair: (pair[0], pair[1].first_day))


def _told_until(meeting: Round, others: Sequence[Round], day: dt.date) -> dt.date:
    """The last day of a meeting, less the day on which another took over."""
    later = [one.first_day for one in others if one.first_day > meeting.first_day]
    if meeting.last_day is None:
        return min(later, default=day + DAY) - DAY
    return meeting.last_day - DAY if meeting.last_day in later else meeting.last_day


def milestones(
    rounds: Sequence[Round], day: dt.date, noted: Container[int]
) -> list[tuple[dt.date, Round]]:
    """Of the meetings ``told``, those at which issues are told side by side.

    These are the rounds, and beside them the meetings in ``noted``, where progress was.
    """
    begun = [one for one in rounds if one.took_place and one.first_day <= day]
    return [(end, one) for end, one in told(begun, day, noted) if one.is_round or one.pk in noted]


def front_page_rows(rows: Iterable[Row]) -> list[Row]:
    """The featured issues; all that have a position, where no featured one has any."""
    rows = list(rows)
    featured = [row for row in rows if row.issue and row.issue.featured]
    if any(row.recorded for row in featured):
        return featured
    return [row for row in rows if row.recorded] or featured
