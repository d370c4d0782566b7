"""Tables under the charts of issues, and the columns of the files that pages of issues offer."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import django_tables2 as tables
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from issues.analysis.changes_between import LevelMoves
from issues.analysis.comparisons import Pairing, PartyRecord
from issues.analysis.number_gaps import NumberGap
from issues.analysis.number_points import MeasurePoint
from issues.analysis.stance_distance import IssueDistances, Spread, StanceGap
from issues.matrix.cells import MatrixCell
from issues.matrix.moves import IssueMoves
from issues.matrix.rows import MatrixRow
from issues.models import Issue, Outcome, Progress
from rounds.models import Party, Round
from rounds.platform.dates import last_day
from rounds.platform.translated_text import local
from rounds.tabular.exports import AddressColumn, FileTable


class PointTable(tables.Table):
    def __init__(self, data: Sequence[MeasurePoint], *, caption: str) -> None:
        super().__init__(data, exclude=() if any(row.scope for row in data) else ("scope",))
        self.caption = caption

    who = tables.Column(verbose_name=_("Who"), orderable=False)
    value = tables.Column(verbose_name=_("Number"), orderable=False)
    scope = tables.Column(verbose_name=_("For"), orderable=False, default="")
    when = tables.Column(verbose_name=_("When"), orderable=False)
    title = tables.Column(verbose_name=_("Where it stands"), orderable=False)

    def render_title(self, value: str, record: MeasurePoint) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.url, value)


@dataclass(frozen=True, slots=True)
class CellRow:
    """A row of a file: a cell with its issue and, in a matrix by round, its meeting."""

    issue: Issue | None
    cell: MatrixCell
    round: Round | None = None
    is_latest: bool = True  # of what the party took at the meeting


def cell_rows(issue: Issue | None, cell: MatrixCell, meeting: Round | None = None) -> list[CellRow]:
    """Return all positions of a cell, oldest first."""
    return [
        CellRow(issue, position, meeting, is_latest=position is cell) for position in cell.positions
    ]


class CellFile(FileTable):
    """Cells of a matrix: where a party stands on an issue, since when, and how we know.

    Where a party took several positions at a meeting each has a row, oldest first; the ``latest``
    is the one that stands. From ``gist`` on, columns are of the position of the row.
    """

    issue = tables.Column(accessor="issue__slug")
    issue_name = tables.Column(accessor="issue")
    question = tables.Column(accessor="issue__question")
    round = tables.Column(accessor="round__slug")
    round_name = tables.Column(accessor="round")
    party = tables.Column(accessor="cell__party__code")
    party_name = tables.Column(accessor="cell__party")
    stance = tables.Column(accessor="cell__stance__value")
    label = tables.Column(accessor="cell__label")
    since = tables.Column(accessor="cell__since")
    since_evidence = AddressColumn(accessor="cell__since_url")
    latest = tables.Column(accessor="is_latest")
    gist = tables.Column(accessor="cell__gist")
    condition = tables.Column(accessor="cell__condition")
    first = tables.Column(accessor="cell__day")
    last = tables.Column(accessor="cell__dates")
    approximate = tables.Column(accessor="cell__approximate")
    when = tables.Column(accessor="cell__when")
    basis = tables.Column(accessor="cell__basis_key")
    on_record = tables.Column(accessor="cell__on_record")
    note = tables.Column(accessor="cell__note")
    moved = tables.Column(accessor="cell__stance_changed")
    shifted = tables.Column(accessor="cell__is_shifted")
    restated = tables.Column(accessor="cell__is_restated")
    before = tables.Column(accessor="cell__previous_stance")
    outcome = tables.Column(accessor="cell__outcome")
    evidence = AddressColumn(accessor="cell__url")
    publisher = tables.Column(accessor="cell__publisher")
    source = tables.Column(accessor="cell__source__url")
    archive = tables.Column(accessor="cell__source__archive_url")

    def render_issue_name(self, value: Issue) -> str:
        return local(value, "name")

    def render_question(self, record: CellRow) -> str:
        assert record.issue is not None, "a question is an issue's"
        return local(record.issue, "question")

    def render_round_name(self, value: Round) -> str:
        return local(value, "name")

    def render_party_name(self, value: Party) -> str:
        return local(value, "name")

    def render_last(self, value: DateRange) -> dt.date | None:
        return last_day(value)

    def render_approximate(self, value: bool, record: CellRow) -> bool | str:
        return value if record.cell.recorded else ""

    render_latest = render_on_record = render_moved = render_approximate
    render_shifted = render_restated = render_approximate

    def render_basis(self, value: str) -> str:
        return str(value)

    def render_outcome(self, value: Outcome) -> str:
        return local(value, "line")


def matrix_file(rows: Iterable[MatrixRow], *, caption: str, issue: Issue | None = None) -> CellFile:
    """The cells of a matrix by issue, or by round if it is of one ``issue``, row by row."""
    cells = [
        position
        for row in rows
        for cell in row.cells
        for position in cell_rows(issue or row.issue, cell, row.round)
    ]
    return CellFile(cells, caption=caption)


def move_file(groups: Iterable[IssueMoves], *, caption: str) -> CellFile:
    """What moved or shifted on each issue, a row for each party."""
    cells = [
        CellRow(group.issue, cell)
        for group in groups
        for move in group.moves
        for cell in move.cells
    ]
    return CellFile(cells, caption=caption)


def cells_file(pairs: Iterable[tuple[Issue, Iterable[MatrixCell]]], *, caption: str) -> CellFile:
    """Some cells of each issue, a row for each."""
    cells = [CellRow(issue, cell) for issue, of_issue in pairs for cell in of_issue]
    return CellFile(cells, caption=caption)


def party_record_file(
    rows: Iterable[PartyRecord], meetings: Sequence[tuple[dt.date, Round]], *, caption: str
) -> CellFile:
    """One party's cells by issue, at the end of each meeting."""
    cells = [
        position
        for row in rows
        for (_end, meeting), cell in zip(meetings, row.cells, strict=True)
        for position in cell_rows(row.issue, cell, meeting)
    ]
    return CellFile(cells, caption=caption)


class ProgressFile(FileTable):
    """How far issues got at rounds."""

    round = tables.Column(accessor="round__slug")
    issue = tables.Column(accessor="issue__slug")
    level = tables.Column()
    label = tables.Column(accessor="get_level_display")
    summary = tables.Column()
    note = tables.Column()
    publisher = tables.Column(accessor="source__publisher")
    source = tables.Column(accessor="source__url")
    archive = tables.Column(accessor="source__archive_url")

    def render_level(self, record: Progress) -> str:
        return record.level

    def render_summary(self, record: Progress) -> str:
        return local(record, "summary")

    def render_note(self, record: Progress) -> str:
        return local(record, "note")


class PointFile(FileTable):
    """The numbers of measures: what applied, what was asked for, what was agreed."""

    measure = tables.Column(accessor="key")
    name = tables.Column(accessor="measure")
    unit = tables.Column()
    kind = tables.Column()
    party = tables.Column(accessor="party__code")
    who = tables.Column()
    value = tables.Column()
    low = tables.Column()
    high = tables.Column()
    scope = tables.Column()
    first = tables.Column(accessor="day")
    when = tables.Column()
    title = tables.Column()
    address = AddressColumn(accessor="url")
    publisher = tables.Column(accessor="source__publisher")
    source = tables.Column(accessor="source__url")
    archive = tables.Column(accessor="source__archive_url")


class LevelFile(FileTable):
    """How progress on issues moved: each level noted, and the one before."""

    issue = tables.Column(accessor="now__issue__slug")
    round = tables.Column(accessor="now__round__slug")
    before = tables.Column(accessor="before__level")
    level = tables.Column(accessor="now__level")
    label = tables.Column(accessor="now__get_level_display")
    summary = tables.Column(accessor="now__summary")
    publisher = tables.Column(accessor="now__source__publisher")
    source = tables.Column(accessor="now__source__url")
    archive = tables.Column(accessor="now__source__archive_url")

    def __init__(self, moves: Iterable[LevelMoves], *, caption: str) -> None:
        steps = [pair for move in moves for pair in pairwise([move.before, *move.steps])]
        rows = [{"before": before, "now": now} for before, now in steps]
        super().__init__(rows, caption=caption)

    def render_summary(self, record: dict[str, Any]) -> str:
        return local(record["now"], "summary")


class GapFile(FileTable):
    """How far two parties are apart on an issue; one of several days has a round or a day."""

    issue = tables.Column(accessor="issue__slug")
    round = tables.Column(accessor="spread__key")
    day = tables.Column(accessor="spread__day")
    one = tables.Column(accessor="gap__cell__party__code")
    other = tables.Column(accessor="gap__other_cell__party__code")
    one_stance = tables.Column(accessor="gap__cell__stance__value")
    other_stance = tables.Column(accessor="gap__other_cell__stance__value")
    steps = tables.Column(accessor="gap__steps")
    reading = tables.Column(accessor="gap__closeness__value")
    words = tables.Column(accessor="gap__label")
    settled = tables.Column(accessor="spread__settled")
    since = tables.Column()
    evidence = AddressColumn(accessor="since_url")


@dataclass(frozen=True, slots=True)
class GapRow:
    """One pair on one issue, at a meeting or of no day in particular."""

    issue: Issue
    gap: StanceGap | None
    spread: Spread | None = None
    since: str = ""
    since_url: str = ""


def pairing_file(rows: Iterable[Pairing], *, caption: str) -> GapFile:
    gaps = [GapRow(row.issue, row.gap, since=row.since, since_url=row.since_url) for row in rows]
    return GapFile(gaps, caption=caption)


def widest_file(rows: Iterable[IssueDistances], *, now: bool, caption: str) -> GapFile:
    """The two farthest apart on each issue at each meeting, and last, where shown, ``now``."""
    gaps: list[GapRow] = []
    for row in rows:
        spreads = [*row.spreads, row.now] if now else row.spreads
        gaps += [GapRow(row.issue, spread.widest, spread) for spread in spreads[:-1]]
        gaps += [
            GapRow(row.issue, spread.widest, spread, row.began, row.began_url)
            for spread in spreads[-1:]
        ]
    return GapFile(gaps, caption=caption)


def spread_file(issue: Issue, rows: Iterable[Spread], *, caption: str) -> GapFile:
    """How far every two parties were apart on one issue, at each meeting."""
    return GapFile([GapRow(issue, gap, row) for row in rows for gap in row.gaps], caption=caption)


class NumberGapFile(FileTable):
    """The gaps between two parties' numbers for the same thing."""

    issue = tables.Column(accessor="measure__issue__slug")
    measure = tables.Column(accessor="measure__slug")
    scope = tables.Column()
    one = tables.Column(accessor="number__party__code")
    one_value = tables.Column(accessor="number__value")
    one_proposal = AddressColumn(accessor="number__url")
    other = tables.Column(accessor="other_number__party__code")
    other_value = tables.Column(accessor="other_number__value")
    other_proposal = AddressColumn(accessor="other_number__url")
    gap = tables.Column()
    at_first = tables.Column(accessor="first_gap")
    unit = tables.Column(accessor="measure__unit")
    words = tables.Column(accessor="label")

    def render_unit(self, record: NumberGap) -> str:
        return local(record.measure, "unit")


class PairColumn(tables.Column):
    """How far apart one pair was; in bold where one of the two took a position."""

    def __init__(self, index: int, pair_label: str) -> None:
        super().__init__(accessor=f"gaps__{index}", verbose_name=pair_label, orderable=False)

    def render(self, value: StanceGap) -> SafeString | str:
        return (
            format_html("<strong>{}</strong>", value.label)
            if value.is_new and value.steps is not None
            else value.label
        )


class SpreadTable(tables.Table):
    """The rows under the chart of distances: meetings down, pairs across."""

    caption = _("How far apart every two parties were at the end of each meeting")

    def __init__(self, data: Sequence[Spread]) -> None:
        pairs = data[0].gaps if data else []
        columns = [(f"pair-{n}", PairColumn(n, gap.pair_label)) for n, gap in enumerate(pairs)]
        super().__init__(data, extra_columns=columns)

    title = tables.Column(verbose_name=_("Meeting"), orderable=False)

    def render_title(self, value: str, record: Spread) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.url, value)
