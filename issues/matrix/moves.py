"""What changed in the matrix between two days."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from issues.matrix.cells import MatrixCell
from issues.matrix.party_history import NEVER
from issues.matrix.rows import MatrixRow
from issues.models import Issue


@dataclass(frozen=True, slots=True)
class MatrixMove:
    """What moved or shifted on an issue: one stance, or those of several parties by one act."""

    issue: Issue
    cells: list[MatrixCell]

    @property
    def gist(self) -> str:
        return self.cells[0].gist

    @property
    def url(self) -> str:
        return self.cells[0].url

    @property
    def publisher(self) -> str:
        return self.cells[0].publisher

    @property
    def day(self) -> dt.date:
        return self.cells[0].day or NEVER

    @property
    def when(self) -> str:
        return self.cells[0].when

    @property
    def is_shift(self) -> bool:
        """Whether only words changed, and no stance."""
        return not any(cell.stance_changed for cell in self.cells)


@dataclass(frozen=True, slots=True)
class IssueMoves:
    """What moved or shifted on one issue."""

    issue: Issue
    moves: list[MatrixMove]


def find_moves(rows: Iterable[MatrixRow]) -> list[MatrixMove]:
    """What moved or shifted in a matrix by issue, the latest first."""
    by_act: dict[tuple[int, str, str], MatrixMove] = {}
    for row in rows:
        for cell in row.cells:
            if row.issue and cell.is_news:
                same_act = (row.issue.pk, cell.gist, cell.url)
                by_act.setdefault(same_act, MatrixMove(row.issue, [])).cells.append(cell)
    return sorted(by_act.values(), key=lambda move: move.day, reverse=True)


def find_moves_in_order(rows: Iterable[MatrixRow]) -> list[MatrixMove]:
    """What moved or shifted in a matrix by issue, in the order of its issues."""
    return [move for row in rows for move in find_moves([row])]


def group_moves(moves: Iterable[MatrixMove]) -> list[IssueMoves]:
    """The moves of each issue together, in their order, and of each what moved before shifts."""
    groups: dict[int, IssueMoves] = {}
    for move in moves:
        groups.setdefault(move.issue.pk, IssueMoves(move.issue, [])).moves.append(move)
    for group in groups.values():
        group.moves.sort(key=lambda move: move.is_shift)
    return list(groups.values())
