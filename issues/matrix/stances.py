"""What a cell tells in a word and a mark: a stance, an outcome, or why there is none."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.models import SILENT, OutcomeKind, Position, ProposalStatus, Stance

# A position's ``stance``, a plain text, finds its mark too: a ``Stance`` has the hash of its text.
MARKS: dict[str, str] = {
    Stance.DEMANDS: "▲",
    Stance.SUPPORTS: "△",
    Stance.OPEN: "○",
    Stance.OPEN_IF: "◐",
    Stance.OPPOSES: "▽",
    Stance.RED_LINE: "▼",
    Stance.NO_POSITION: "—",
    Stance.WILL_NOT_SAY: "×",
}
SCALE = [(MARKS[stance], stance) for stance in Stance if stance not in SILENT]


class NoStance(models.TextChoices):
    """Why a cell has no stance."""

    NOT_RECORDED = "not-recorded", gettext_lazy("not recorded")
    ABSENT = "absent", gettext_lazy("not at the table")


class PartyOutcomeKind(models.TextChoices):
    """How it ended for one party, in words that stand in a cell."""

    AGREED = "agreed", gettext_lazy("agreed")
    AGREED_IN_PART = "agreed-in-part", gettext_lazy("agreed in part")
    GIVEN_UP = "given-up", gettext_lazy("gave it up")
    KEPT = "kept", gettext_lazy("kept as it was")
    LEFT_OPEN = "left-open", gettext_lazy("left open")
    MOVED = "moved", gettext_lazy("moved elsewhere")


# Squares: no stance has one.
OUTCOME_MARKS: dict[str, str] = {
    PartyOutcomeKind.AGREED: "■",
    PartyOutcomeKind.AGREED_IN_PART: "◧",
    PartyOutcomeKind.GIVEN_UP: "⊠",
    PartyOutcomeKind.KEPT: "▣",
    PartyOutcomeKind.LEFT_OPEN: "□",
    PartyOutcomeKind.MOVED: "◳",
}
OUTCOMES = [(OUTCOME_MARKS[kind], kind) for kind in OutcomeKind]
CellStance = Stance | NoStance | PartyOutcomeKind


def stance_label(position: Position, day: dt.date) -> str:
    """A position's stance in words, as of ``day``.

    A party that signed a proposal which was agreed by then need not have wanted it.
    """
    proposal = position.proposal
    if (
        position.stance == Stance.SUPPORTS
        and proposal
        and proposal.status_on(day) == ProposalStatus.AGREED
    ):
        return _("agreed to it")
    return str(Stance(position.stance).label)


def have_same_stance(position: Position | None, other_position: Position | None) -> bool:
    """Whether two positions differ in neither stance nor condition, in the record's own language.

    False if either is None.
    """
    return (
        position is not None
        and other_position is not None
        and (position.stance, position.condition)
        == (other_position.stance, other_position.condition)
    )


def have_same_wording(position: Position, other_position: Position) -> bool:
    """Whether two gists read the same in the record's language; a translation never decides."""
    gist, other_gist = (
        " ".join(each.gist.split()).casefold() for each in (position, other_position)
    )
    return gist == other_gist
