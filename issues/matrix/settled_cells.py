"""A cell of an issue that has an outcome: how it ended, and how the party came to that."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from issues.matrix.cells import MatrixCell, StanceChange
from issues.matrix.stances import MARKS, OUTCOME_MARKS, PartyOutcomeKind, stance_label
from issues.models import Outcome, OutcomeKind, Position, Stance
from rounds.models import Source
from rounds.platform.translated_text import local

# What a party had asked for at most: of two as firm the later counts.
FIRMNESS = {
    Stance.DEMANDS.value: 3,
    Stance.RED_LINE.value: 3,
    Stance.SUPPORTS.value: 2,
    Stance.OPPOSES.value: 2,
    Stance.OPEN_IF.value: 1,
    Stance.OPEN.value: 0,
}
AGAINST = {Stance.OPPOSES.value, Stance.RED_LINE.value}


def kind_for_party(outcome: Outcome, firmest: Position | None) -> PartyOutcomeKind:
    """How an outcome reads for a party: one that was against what others gave up kept what was."""
    if outcome.kind == OutcomeKind.GIVEN_UP and firmest and firmest.stance in AGAINST:
        return PartyOutcomeKind.KEPT
    return PartyOutcomeKind(outcome.kind)


def find_firmest(positions: Iterable[Position]) -> Position | None:
    """The firmest of one party's positions before an issue was settled, oldest first."""
    spoken = [each for each in positions if each.stance in FIRMNESS]
    return max(reversed(spoken), key=lambda each: FIRMNESS[each.stance], default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledCell(MatrixCell):
    """What an issue's outcome was to one party. It tells no stance but the firmest before.

    ``position`` is the latest, and may be None: then the outcome names the party.
    """

    outcome: Outcome
    party_gist: dict[str, Any] | None = None  # how the party came to it
    firmest: Position | None = None
    firmest_label: str = ""

    @property
    def recorded(self) -> bool:
        return True

    @property
    def mark(self) -> str:
        return OUTCOME_MARKS[self.stance]

    @property
    def firmest_stance(self) -> str:
        return self.firmest.stance if self.firmest else ""

    @property
    def firmest_mark(self) -> str:
        return MARKS[self.firmest.stance] if self.firmest else ""

    @property
    def since(self) -> dt.date:
        return self.outcome.first_day

    @property
    def since_when(self) -> str:
        return self.outcome.when

    @property
    def since_url(self) -> str:
        return self.url

    @property
    def gist(self) -> str:
        """How the party came to it, or else what came out for all."""
        if self.party_gist:
            return local(self.party_gist, "gist")
        return local(self.outcome, "line")

    @property
    def condition(self) -> str:
        return ""

    @property
    def note(self) -> str:
        return local(self.outcome, "note")

    @property
    def day(self) -> dt.date:
        return self.outcome.first_day

    @property
    def when(self) -> str:
        return self.outcome.when

    @property
    def approximate(self) -> bool:
        return self.outcome.approximate

    @property
    def dates(self) -> DateRange:
        return self.outcome.dates

    @property
    def on_record(self) -> bool:
        return True

    @property
    def basis_key(self) -> str:
        return ""

    @property
    def url(self) -> str:
        return self.outcome.get_absolute_url()

    @property
    def source(self) -> Source:
        return self.outcome.source

    @property
    def previous_stance(self) -> str:
        return self.firmest_stance

    @property
    def stance_changed(self) -> bool:
        return self.is_new

    @property
    def change(self) -> StanceChange | None:
        return StanceChange.SETTLED if self.is_new else None

    @property
    def is_shifted(self) -> bool:
        return False

    @property
    def is_restated(self) -> bool:
        return False

    @property
    def days_label(self) -> str:
        return self.when

    @property
    def latest_label(self) -> str:
        return ""

    @property
    def since_label(self) -> str:
        return self.when


def make_settled_cell(
    base: MatrixCell, outcome: Outcome, positions: Iterable[Position], *, is_new: bool
) -> MatrixCell:
    """The cell of a party that has the ``base`` of its positions, on a settled issue.

    A party of which nothing is recorded and which the outcome does not name keeps its ``base``.
    ``positions`` are the party's before the outcome, oldest first.
    """
    named = (each for each in outcome.party_list if each["code"] == base.party.code)
    party_gist = next(named, None)
    if party_gist is None and not base.recorded:
        return base
    firmest = find_firmest(positions)
    kind = kind_for_party(outcome, firmest)
    return SettledCell(
        party=base.party,
        stance=kind,
        label=str(kind.label),
        position=base.position,
        first_position=base.first_position,
        is_new=is_new,
        previous=base.position if is_new else None,
        previous_label=base.label if is_new and base.recorded else "",
        outcome=outcome,
        party_gist=party_gist,
        firmest=firmest,
        firmest_label=stance_label(firmest, firmest.first_day) if firmest else "",
    )
