"""What an editor sees of an import before it is stored: each row, its changes, or its refusal."""

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _

from rounds.tabular.base import RowKind
from rounds.tabular.files.sheets import listed
from rounds.tabular.importer import RowOutcome

LISTED_DETAILS = 10  # of a cause
REFUSED = "refused"


class Reason(NamedTuple):
    """Why a row is refused: the ``cause`` that other rows may share, and what is of this one only.

    ``cell`` is the cell as the program calls it, B7, or the row.
    """

    column: str
    text: str
    cause: str
    cell: str
    detail: str = ""


@dataclass(frozen=True)
class Cause:
    """A reason with all the cells of the file for which it holds, by what was found there."""

    text: str
    columns: list[str]
    cells: dict[str, list[str]]

    @property
    def count(self) -> int:
        return sum(map(len, self.cells.values()))

    @property
    def listed(self) -> list[tuple[str, str]]:
        """The first details, each with its cells."""
        return [
            (detail, listed(cells)) for detail, cells in list(self.cells.items())[:LISTED_DETAILS]
        ]

    @property
    def remaining(self) -> int:
        return sum(len(cells) for cells in list(self.cells.values())[LISTED_DETAILS:])

    @classmethod
    def of(cls, text: str, reasons: list[Reason]) -> "Cause":
        cells: dict[str, list[str]] = defaultdict(list)
        for reason in reasons:
            cells[reason.detail].append(reason.cell)
        columns = dict.fromkeys(reason.column for reason in reasons if reason.column)
        return cls(text, list(columns), cells)


@dataclass(frozen=True)
class PreviewLine:
    """What becomes of a row of the file: the cells that it changes, or why it is refused.

    ``kind`` is a RowKind or ``REFUSED``; ``cells`` are those of a new row that hold anything.
    ``state_asked`` is a state that the row asks for and does not get.
    """

    number: int
    key: str
    kind: str
    name: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    cells: list[tuple[str, str]] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    public: bool = False
    state: str = ""
    state_asked: str = ""

    @property
    def label(self) -> str:
        return _("row %d") % self.number


@dataclass(frozen=True)
class ImportPreview:
    """All lines of a file. ``notices`` tell how it was read."""

    lines: list[PreviewLine]
    outcomes: list[RowOutcome]
    needs_note: bool
    notices: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[PreviewLine]:
        return [line for line in self.lines if line.kind == kind]

    @cached_property
    def refused(self) -> list[PreviewLine]:
        return self.of(REFUSED)

    @cached_property
    def causes(self) -> list[Cause]:
        """Why rows are refused, each reason once."""
        by_cause: dict[str, list[Reason]] = defaultdict(list)
        for line in self.refused:
            for reason in line.reasons:
                by_cause[reason.cause].append(reason)
        return [Cause.of(text, reasons) for text, reasons in by_cause.items()]

    @cached_property
    def changed(self) -> list[PreviewLine]:
        return self.of(RowKind.CHANGED)

    @cached_property
    def new(self) -> list[PreviewLine]:
        return self.of(RowKind.NEW)

    @cached_property
    def unchanged(self) -> list[PreviewLine]:
        return self.of(RowKind.UNCHANGED)

    @property
    def has_states(self) -> bool:
        return any(line.state for line in self.lines)

    @property
    def states_asked(self) -> int:
        return sum(bool(line.state_asked) for line in self.lines)

    @property
    def can_be_stored(self) -> bool:
        return not self.refused and bool(self.new or self.changed)

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same preview of the same file."""
        text = json.dumps([asdict(line) for line in self.lines])
        return hashlib.sha256(text.encode()).hexdigest()
