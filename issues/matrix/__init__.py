"""The matrix: where each party stands on each issue, up to a day. Pure functions over positions.

Read ``cells`` (one party on one issue), ``rows`` (issues of a day, meetings of an issue), ``moves``
(what changed between two days), ``answers`` (one issue in a sentence).
"""

from issues.matrix.answers import answer
from issues.matrix.cells import (
    ABSENT,
    DAY,
    MARKS,
    NEVER,
    NOT_RECORDED,
    SCALE,
    Cell,
    History,
    StanceChange,
    cell,
    history,
    meeting_cell,
    run_of_stance,
    same_stance,
    same_words,
    stance_words,
    standing,
    steps,
    trail,
)
from issues.matrix.moves import IssueMoves, Move, moves, moves_by_issue, moves_in_order
from issues.matrix.rows import (
    Row,
    Scene,
    by_issue,
    by_round,
    front_page_rows,
    milestones,
    told,
)

__all__ = [
    "ABSENT",
    "DAY",
    "MARKS",
    "NEVER",
    "NOT_RECORDED",
    "SCALE",
    "Cell",
    "History",
    "IssueMoves",
    "Move",
    "Row",
    "Scene",
    "StanceChange",
    "answer",
    "by_issue",
    "by_round",
    "cell",
    "front_page_rows",
    "history",
    "meeting_cell",
    "milestones",
    "moves",
    "moves_by_issue",
    "moves_in_order",
    "run_of_stance",
    "same_stance",
    "same_words",
    "stance_words",
    "standing",
    "steps",
    "told",
    "trail",
]
