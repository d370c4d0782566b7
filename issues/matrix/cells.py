"""One cell of the matrix: where a party stands on an issue, since when, and in which words."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from issues.models import SILENT, Position, ProposalStatus, Stance
from rounds.models import Basis, Party
from rounds.platform.translated_text import local

MARKS = {
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
DAY = dt.timedelta(days=1)
NEVER = dt.date.min
NOT_RECORDED = "not-recorded"
ABSENT = "absent"


class StanceChange(models.TextChoices):
    """What became of a stance since the last round."""

    NEW = "new", pgettext_lazy("a stance", "new")
    STANCE = "stance", gettext_lazy("was: %(was)s")
    CONDITION = "condition", gettext_lazy("new condition")
    RETURNED = "returned", gettext_lazy("back where it was")
    SHIFTED = "shifted", pgettext_lazy("a stance", "shifted")
    RESTATED = "restated", pgettext_lazy("a stance", "restated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where one party stands on one issue. Without evidence it says why it is empty.

    The stance has been held since ``since``; the gist, its day and its source are those of the
    party's latest position (docs/decisions/0036).
    """

    party: Party
    position: Position | None = None  # the latest
    first_position: Position | None = None  # with which the stance began
    stance: str = NOT_RECORDED  # a Stance, NOT_RECORDED or ABSENT
    label: str = ""
    mark: str = ""
    since: dt.date | None = None  # of ``first_position``, as the two that follow
    since_when: str = ""
    since_url: str = ""
    gist: str = ""  # of ``position``, as all that follows down to ``source_url``
    condition: str = ""
    note: str = ""
    day: dt.date | None = None
    when: str = ""
    approximate: bool = False
    on_record: bool = True
    basis: str = ""
    url: str = ""
    publisher: str = ""
    source_url: str = ""
    is_shifted: bool = False  # the stance was taken earlier, in other words
    shifted_when: str = ""  # the day on which the words last changed, if they did
    is_restated: bool = False  # the stance was taken earlier, in the same words
    fresh: bool = False  # taken since the last round, whether it moved, shifted or was restated
    has_new_words: bool = False  # shifted since the last round, if by an earlier position
    moved: bool = False  # fresh, and another stance or condition than before, or a first one
    was: str = ""  # the stance before a fresh one, in words
    was_stance: str = ""
    earlier_positions: tuple["Cell", ...] = ()  # of the same meeting, before the latest

    @property
    def recorded(self) -> bool:
        return self.position is not None

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

        If the latest position repeats the new words, both days are told: "shifted 9 June 2031 ·
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
    def change(self) -> StanceChange | None:
        """What of a fresh cell is news; None where nothing was taken since the last round."""
        if not self.fresh:
            return None
        if not self.was:
            return StanceChange.NEW
        if self.moved:
            is_condition = self.stance == self.was_stance
            return StanceChange.CONDITION if is_condition else StanceChange.STANCE
        if self.has_new_words:
            return StanceChange.SHIFTED
        return StanceChange.RESTATED if self.is_restated else StanceChange.RETURNED

    @property
    def change_label(self) -> str:
        """The news in words: "was: demands", "shifted"."""
        return str(self.change.label) % {"was": self.was} if self.change else ""

    @property
    def is_news(self) -> bool:
        """Whether it moved or shifted since the last round."""
        return self.moved or self.change == StanceChange.SHIFTED

    @property
    def positions(self) -> tuple["Cell", ...]:
        """All that the party took at the meeting, oldest first, or the one that stands."""
        return (*self.earlier_positions, self)


History = dict[tuple[int, int], list[Position]]


def history(positions: Iterable[Position]) -> History:
    """The positions of each (issue, party), oldest first."""
    by_pair: History = defaultdict(list)
    for position in sorted(positions, key=lambda position: position.first_day):
        by_pair[position.issue_id, position.party_id].append(position)
    return by_pair


def standing(positions: Sequence[Position], day: dt.date) -> Position | None:
    """The last of one pair's positions, oldest first, taken by ``day``."""
    taken = [position for position in positions if position.first_day <= day]
    return taken[-1] if taken else None


def run_of_stance(positions: Sequence[Position], day: dt.date) -> list[Position]:
    """The unbroken run of the stance held on ``day``: where it was taken, then each time again."""
    run: list[Position] = []
    for position in reversed([taken for taken in positions if taken.first_day <= day]):
        if run and not same_stance(position, run[-1]):
            break
        run.append(position)
    return run[::-1]


def same_words(position: Position, other: Position) -> bool:
    """Whether two gists read the same in the record's language; a translation never decides."""
    gist, other_gist = (" ".join(each.gist.split()).casefold() for each in (position, other))
    return gist == other_gist


def same_stance(one: Position | None, other: Position | None) -> bool:
    """Whether two positions differ in neither stance nor condition, in the record's own words."""
    return (
        one is not None
        and other is not None
        and (one.stance, one.condition) == (other.stance, other.condition)
    )


def cell(
    party: Party, positions: Sequence[Position], day: dt.date, after: dt.date | None = None
) -> Cell:
    """A party's cell on ``day``; it is fresh if its latest position was taken after ``after``.

    ``positions`` are one pair's, oldest first. The cell says since when the stance is held, and
    the latest position's words, day and source. If these are not the first of that stance, it has
    shifted where they are others than those of the position before, or where any taken since
    ``after`` shifted, and says on which day; else it is restated.
    """
    run = run_of_stance(positions, day)
    if not run:
        return Cell(party=party, label=_("not recorded"))
    first, latest = run[0], run[-1]
    before = standing(positions, after) if after else None
    fresh = after is not None and latest.first_day > after
    shifts = [
        later
        for earlier, later in pairwise(run)
        if (later is latest or (after and later.first_day > after))
        and not same_words(earlier, later)
    ]
    evidence = latest.evidence
    return Cell(
        party=party,
        position=latest,
        first_position=first,
        stance=latest.stance,
        label=stance_words(latest, day),
        mark=MARKS[Stance(latest.stance)],
        since=first.first_day,
        since_when=first.when,
        since_url=first.evidence.get_absolute_url(),
        gist=local(latest, "gist"),
        condition=local(latest, "condition"),
        note=local(latest, "note"),
        day=latest.first_day,
        when=latest.when,
        approximate=latest.approximate,
        on_record=evidence.on_the_record,
        basis=str(Basis(evidence.basis).label),
        url=evidence.get_absolute_url(),
        publisher=evidence.source.publisher,
        source_url=evidence.source.get_absolute_url(),
        is_shifted=bool(shifts),
        shifted_when=shifts[-1].when if shifts else "",
        is_restated=len(run) > 1 and not shifts,
        has_new_words=bool(shifts),
        fresh=fresh,
        moved=fresh and not same_stance(latest, before),
        was=stance_words(before, after) if fresh and before and after else "",
        was_stance=before.stance if fresh and before else "",
    )


def meeting_cell(party: Party, positions: Sequence[Position], day: dt.date, after: dt.date) -> Cell:
    """A party's cell at the end of a meeting, with all that it took since the one before.

    Of several positions the latest is held against the one before it, as each of them is. What
    is news stays that of the whole meeting (docs/decisions/0036).
    """
    latest = cell(party, positions, day, after)
    *earlier, last = steps(party, positions, day, after) or [latest]
    return replace(
        latest,
        is_shifted=last.is_shifted,
        shifted_when=last.shifted_when,
        is_restated=last.is_restated,
        earlier_positions=tuple(earlier),
    )


def steps(
    party: Party, positions: Sequence[Position], day: dt.date, after: dt.date = NEVER
) -> list[Cell]:
    """Each position that a party took after ``after`` up to ``day``, held against the one before.

    ``positions`` are one pair's, oldest first; so are the cells.
    """
    return [
        cell(party, positions, taken.first_day, taken.first_day - DAY)
        for taken in positions
        if after < taken.first_day <= day
    ]


def stance_words(position: Position, day: dt.date) -> str:
    """A stance as readers are told it. Who signed a yes need not have wanted it."""
    text = position.proposal
    if position.stance == Stance.SUPPORTS and text and text.status_on(day) == ProposalStatus.AGREED:
        return _("agreed to it")
    return str(Stance(position.stance).label)


def trail(
    party: Party, positions: Sequence[Position], day: dt.date, after: dt.date = NEVER
) -> list[Cell]:
    """How one party's stance or its words changed after ``after`` up to ``day``, oldest first.

    ``positions`` are one pair's, oldest first. What restates them in the same words is left out.
    """
    return [step for step in steps(party, positions, day, after) if step.is_news]


def absent(party: Party) -> Cell:
    return Cell(party=party, stance=ABSENT, label=_("not at the table"))
