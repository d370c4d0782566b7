"""Makes answers of the rows and cells of a matrix."""

from typing import Any

from issues.matrix.cells import MatrixCell
from issues.matrix.rows import MatrixRow
from issues.matrix.settled_cells import SettledCell
from issues.models import Issue
from nafta.api import schemas
from nafta.api.columns import to_words, to_words_or_none
from nafta.api.serializers import Serializer, to_span
from rounds.platform.translated_text import local


class MatrixSerializer(Serializer):
    """Makes the answers to a request for a matrix."""

    __slots__ = ()

    def matrix_row(self, row: MatrixRow, issue: Issue) -> schemas.MatrixRow:
        return schemas.MatrixRow(
            issue=issue.slug,
            round=row.round.slug if row.round else None,
            level=row.progress.level if row.progress else "",
            cells=[self._cell(cell) for cell in row.cells],
        )

    def _cell(self, cell: MatrixCell) -> schemas.Cell:
        return schemas.Cell(
            **self._cell_position(cell),
            party=cell.party.code,
            earlier_positions=[
                schemas.CellPosition(**self._cell_position(earlier))
                for earlier in cell.earlier_positions
            ],
        )

    def _cell_position(self, cell: MatrixCell) -> dict[str, Any]:
        fields = self._cell_stance(cell)
        return fields | self._cell_outcome(cell) if isinstance(cell, SettledCell) else fields

    def _cell_stance(self, cell: MatrixCell) -> dict[str, Any]:
        first, latest = cell.first_position, cell.position
        return {
            "stance": cell.stance.value,
            "label": cell.label,
            "gist": to_words_or_none(cell.gist),
            "condition": to_words_or_none(cell.condition),
            "since": to_span(first.since, approximate=first.approximate) if first else None,
            "since_evidence": self.evidence(first) if first else None,
            "latest": to_span(latest.since, approximate=latest.approximate) if latest else None,
            "moved": cell.stance_changed,
            "shifted": cell.is_shifted,
            "restated": cell.is_restated,
            "before": cell.previous_stance,
            "evidence": self.evidence(latest) if latest else None,
            "outcome": None,
        }

    def _cell_outcome(self, cell: SettledCell) -> dict[str, Any]:
        """What a cell tells of an outcome, in place of what it would tell of a position."""
        dates = to_span(cell.outcome.dates, approximate=cell.outcome.approximate)
        outcome = schemas.CellOutcome(
            kind=cell.outcome.kind,
            line=to_words(local(cell.outcome, "line")),
            dates=dates,
            source=self.source_ref(cell.source),
        )
        return {
            "since": dates,
            "since_evidence": None,
            "latest": dates,
            "evidence": None,
            "outcome": outcome,
        }
