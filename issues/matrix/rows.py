"""The rows of the matrix: parties of an issue, issues of a day, meetings of an issue."""

import datetime as dt
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from issues.matrix.cells import MatrixCell
from issues.matrix.party_history import DAY, History, make_absent_cell
from issues.models import Issue, Outcome, Progress
from rounds.history.as_of import end_of
from rounds.models import Party, Round
from rounds.platform.translated_text import local


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """A row of a matrix: an issue or a round, and a cell per party in their order."""

    title: str
    url: str
    key: str
    cells: list[MatrixCell]
    issue: Issue | None = None
    round: Any = None  # a Round, read ``with_names()``
    progress: Progress | None = None
    outcome: Outcome | None = None  # of an issue, as it stood on the day
    day: dt.date | None = None  # of which a round's row speaks: its end, or the day asked for

    @property
    def recorded(self) -> bool:
        return any(cell.recorded for cell in self.cells)


def rows_by_issue(
    issues: Iterable[Issue],
    parties: Sequence[Party],
    history: History,
    day: dt.date,
    after: dt.date | None = None,
) -> list[MatrixRow]:
    """Issues down, parties across, as of ``day``; what came after ``after`` is new."""
    return [
        MatrixRow(
            title=local(issue, "name"),
            url=issue.get_absolute_url(),
            key=issue.slug,
            issue=issue,
            outcome=history.outcome_on(issue, day),
            cells=[history.cell(issue, party, day, after) for party in parties],
        )
        for issue in issues
    ]


def rows_by_round(
    issue: Issue,
    rounds: Sequence[Round],
    parties: Sequence[Party],
    history: History,
    progress: Iterable[Progress],
    day: dt.date,
) -> list[MatrixRow]:
    """Rounds down, in the order they ended, parties across: where each stood at the end of each.

    A meeting beside the sequence of rounds has a row if something was taken or noted there. A
    party that was not at the table and took no position is shown as absent.
    """
    levels = {mark.round_id: mark for mark in progress}
    rows: list[MatrixRow] = []
    after = dt.date.min  # at the first round with a row, everything is new
    for end, meeting in meetings_with_rows(rounds, day, levels):
        cells = [history.meeting_cell(issue, party, end, after) for party in parties]
        is_over = end_of(meeting, rounds) <= day
        row = MatrixRow(
            title=local(meeting, "name"),
            url=meeting.get_absolute_url(),
            key=meeting.slug,
            round=meeting,
            day=end,
            progress=levels.get(meeting.pk) if is_over else None,
            outcome=history.outcome_on(issue, end),
            cells=_with_absent(cells, meeting),
        )
        if meeting.is_round or row.progress or any(cell.is_new for cell in row.cells):
            rows.append(row)
            after = end
    return rows


def _with_absent(cells: Sequence[MatrixCell], meeting: Round) -> list[MatrixCell]:
    """The cells of a meeting, those of parties that were not there and took nothing as absent.

    Where the record names nobody who was there, it says of nobody that they were not.
    """
    present = {party["code"] for party in meeting.party_list}
    return [
        cell
        if cell.is_new or cell.is_settled or not present or cell.party.code in present
        else make_absent_cell(cell.party)
        for cell in cells
    ]


def meetings_with_rows(
    rounds: Sequence[Round], day: dt.date, noted: Container[int]
) -> list[tuple[dt.date, Round]]:
    """(end, meeting) for each meeting up to ``day`` that has a row, ordered by end.

    What happened within a round belongs to the round, unless the meeting's number is in ``noted``.
    A round without an end lasts until the next meeting; talks that ended on the day of a deal end
    the day before.
    """
    closed = [each for each in rounds if each.is_round and each.last_day]
    apart = [
        each
        for each in rounds
        if each.is_round
        or each.pk in noted
        or not any(big.first_day <= each.first_day <= (big.last_day or day) for big in closed)
    ]
    pairs = [(min(_end_in_rows(each, apart, day), day), each) for each in apart]
    return sorted(pairs, key=lambda pair: (pair[0], pair[1].first_day))


def _end_in_rows(meeting: Round, meetings: Sequence[Round], day: dt.date) -> dt.date:
    """The last day of a meeting, less the day on which another took over."""
    later = [each.first_day for each in meetings if each.first_day > meeting.first_day]
    if meeting.last_day is None:
        return min(later, default=day + DAY) - DAY
    return meeting.last_day - DAY if meeting.last_day in later else meeting.last_day


def meetings_compared(
    rounds: Sequence[Round], day: dt.date, noted: Container[int]
) -> list[tuple[dt.date, Round]]:
    """Of ``meetings_with_rows``, those at which issues are compared side by side.

    These are the rounds, and beside them the meetings in ``noted``, where progress was.
    """
    begun = [each for each in rounds if each.took_place and each.first_day <= day]
    return [
        (end, meeting)
        for end, meeting in meetings_with_rows(begun, day, noted)
        if meeting.is_round or meeting.pk in noted
    ]


def front_page_rows(rows: Iterable[MatrixRow]) -> list[MatrixRow]:
    """The featured issues; all that have a position, where no featured one has any."""
    rows = list(rows)
    featured = [row for row in rows if row.issue and row.issue.featured]
    if any(row.recorded for row in featured):
        return featured
    return [row for row in rows if row.recorded] or featured
