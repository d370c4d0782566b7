"""One cell of the matrix: where a party stands on an issue, since when, and in which words."""

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from issues.matrix.stances import (
    MARKS,
    CellStance,
    NoStance,
    have_same_stance,
)
from issues.models import Outcome, Position
from rounds.models import Basis, Party, Source
from rounds.platform.translated_text import local


class StanceChange(models.TextChoices):
    """What became of a stance since the last round."""

    NEW = "new", pgettext_lazy("a stance", "new")
    STANCE = "stance", gettext_lazy("was: %(was)s")
    CONDITION = "condition", gettext_lazy("new condition")
    RETURNED = "returned", gettext_lazy("back where it was")
    SHIFTED = "shifted", pgettext_lazy("a stance", "shifted")
    RESTATED = "restated", pgettext_lazy("a stance", "restated")
    SETTLED = "settled", pgettext_lazy("an issue", "settled")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """Where one party stands on one issue. A cell without a position says why it is empty.

    The stance has been held since ``first_position``; the gist, its day and its source are those
    of the party's latest ``position`` (docs/decisions/0036).
    """

    party: Party
    stance: CellStance = NoStance.NOT_RECORDED
    label: str  # of the stance, in words
    position: Position | None = None
    first_position: Position | None = None
    is_new: bool = False  # taken since the last round: it changed, shifted or was restated
    previous: Position | None = None  # that stood before a new one
    previous_label: str = ""
    has_new_wording: bool = False  # shifted since the last round, if by an earlier position
    last_shift: Position | None = None  # with which the words of the stance last changed
    outcome: Outcome | None = None  # that the issue had; then it tells no stance
    earlier_positions: tuple["MatrixCell", ...] = ()  # of the same meeting, before the latest

    @property
    def is_settled(self) -> bool:
        return self.outcome is not None

    @property
    def recorded(self) -> bool:
        return self.position is not None

    @property
    def mark(self) -> str:
        return MARKS.get(self.stance, "")

    # --- of the first position of the stance ---

    @property
    def since(self) -> dt.date | None:
        return self.first_position.first_day if self.first_position else None

    @property
    def since_when(self) -> str:
        return self.first_position.when if self.first_position else ""

    @property
    def since_url(self) -> str:
        return self.first_position.evidence.get_absolute_url() if self.first_position else ""

    # --- of the latest position ---

    @property
    def gist(self) -> str:
        return local(self.position, "gist") if self.position else ""

    @property
    def condition(self) -> str:
        return local(self.position, "condition") if self.position else ""

    @property
    def note(self) -> str:
        return local(self.position, "note") if self.position else ""

    @property
    def day(self) -> dt.date | None:
        return self.position.first_day if self.position else None

    @property
    def when(self) -> str:
        return self.position.when if self.position else ""

    @property
    def dates(self) -> DateRange | None:
        return self.position.since if self.position else None

    @property
    def approximate(self) -> bool:
        return self.position is not None and self.position.approximate

    @property
    def on_record(self) -> bool:
        return self.position is None or self.position.evidence.on_the_record

    @property
    def basis_key(self) -> str:
        return self.position.evidence.basis if self.position else ""

    @property
    def basis(self) -> str:
        return str(Basis(self.basis_key).label) if self.basis_key else ""

    @property
    def url(self) -> str:
        return self.position.evidence.get_absolute_url() if self.position else ""

    @property
    def source(self) -> Source | None:
        return self.position.evidence.source if self.position else None

    @property
    def publisher(self) -> str:
        return self.source.publisher if self.source else ""

    @property
    def source_url(self) -> str:
        return self.source.get_absolute_url() if self.source else ""

    # --- what is new ---

    @property
    def stance_changed(self) -> bool:
        """Whether it is new, and another stance or condition than before, or a first one."""
        return self.is_new and not have_same_stance(self.position, self.previous)

    @property
    def previous_stance(self) -> str:
        return self.previous.stance if self.previous else ""

    @property
    def is_shifted(self) -> bool:
        """Whether the stance was taken earlier, in other words."""
        return self.last_shift is not None

    @property
    def shifted_when(self) -> str:
        return self.last_shift.when if self.last_shift else ""

    @property
    def is_restated(self) -> bool:
        """Whether the stance was taken earlier, in the same words."""
        return self.position is not self.first_position and not self.is_shifted

    @property
    def change(self) -> StanceChange | None:
        """What of a new cell is news; None where nothing was taken since the last round."""
        if not self.is_new:
            return None
        if self.previous is None:
            return StanceChange.NEW
        if self.stance_changed:
            is_condition = self.stance == self.previous_stance
            return StanceChange.CONDITION if is_condition else StanceChange.STANCE
        if self.has_new_wording:
            return StanceChange.SHIFTED
        return StanceChange.RESTATED if self.is_restated else StanceChange.RETURNED

    @property
    def change_label(self) -> str:
        """The news in words: "was: demands", "shifted"."""
        return str(self.change.label) % {"was": self.previous_label} if self.change else ""

    @property
    def is_news(self) -> bool:
        """Whether it changed or shifted since the last round."""
        return self.stance_changed or self.change == StanceChange.SHIFTED

    # --- labels ---

    @property
    def since_label(self) -> str:
        """ "Since 4 May 2031"; a span of possible days is not put behind a "since"."""
        if self.first_position is None or not self.first_position.approximate:
            return _("Since %(when)s") % {"when": self.since_when}
        label = _("Stance taken %(when)s") if self.latest_label else _("Dated %(when)s")
        return label % {"when": self.since_when}

    @property
    def latest_label(self) -> str:
        """ "shifted 9 June 2031"; empty where the stance was taken once.

        If the latest position repeats the new words, it has both days: "shifted 9 June 2031 ·
        restated 12 June 2031".
        """
        shifted = _("shifted %(when)s") % {"when": self.shifted_when}
        restated = _("restated %(when)s") % {"when": self.when}
        if self.is_shifted:
            return shifted if self.shifted_when == self.when else f"{shifted} · {restated}"
        return restated if self.is_restated else ""

    @property
    def days_label(self) -> str:
        """ "Since 4 May 2031 · shifted 9 June 2031"."""
        return " · ".join(filter(None, [self.since_label, self.latest_label]))

    @property
    def positions(self) -> tuple["MatrixCell", ...]:
        """All that the party took at the meeting, oldest first, or the one that stands."""
        return (*self.earlier_positions, self)

    @property
    def shown(self) -> tuple[object, ...]:
        """What readers see of it. Two cells of one position differ here once it is corrected."""
        return (
            *(self.stance, self.label, self.previous_label, self.change),
            *(self.days_label, self.since_url, self.gist, self.condition, self.note),
            *(self.when, self.approximate, self.basis, self.url, self.publisher),
        )
