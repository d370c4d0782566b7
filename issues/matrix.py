"""Where each party stands: the rows of every matrix on the site.

Pure: functions take positions read ``with_evidence()``, and lists of parties, issues and rounds,
and return typed rows. A page, its figure and its export are made of the same rows.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.models import SILENT, Issue, Position, Progress, ProposalStatus, Stance
from rounds.forms import end_of
from rounds.language import local
from rounds.models import Basis, Party, Round

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where one party stands on one issue. Without evidence it says why it is empty."""

    party: Party
    position: Position | None = None
    stance: str = NOT_RECORDED  # a Stance, NOT_RECORDED or ABSENT
    label: str = ""
    mark: str = ""
    gist: str = ""
    condition: str = ""
    note: str = ""
    since: dt.date | None = None
    when: str = ""
    approximate: bool = False
    on_record: bool = True
    basis: str = ""
    url: str = ""
    publisher: str = ""
    source_url: str = ""
    fresh: bool = False  # taken since the last round: a new stance, or the old one restated
    moved: bool = False  # fresh, and another stance or condition than before, or a first one
    was: str = ""  # the stance before a fresh one, in words
    was_stance: str = ""
    restated: str = ""  # when it was last taken again, if it was
    restated_url: str = ""

    @property
    def recorded(self) -> bool:
        return self.since is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a matrix: an issue or a round, and a cell per party in their order."""

    title: str
    url: str
    key: str
    cells: list[Cell]
    issue: Issue | None = None
    round: Any = None  # a Round, read ``with_names()``
    progress: Progress | None = None
    day: dt.date | None = None  # on which a round is told: its end, or the day asked

    @property
    def recorded(self) -> bool:
        return any(cell.recorded for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Move:
    """What changed on an issue: one stance, or those of several parties by the same act."""

    issue: Issue
    cells: list[Cell]

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
    def when(self) -> str:
        return self.cells[0].when


History = dict[tuple[int, int], list[Position]]


def history(positions: Iterable[Position]) -> History:
    """The positions of each (issue, party), oldest first."""
    by_pair: History = defaultdict(list)
    for position in sorted(positions, key=lambda position: position.first_day):
        by_pair[position.issue_id, position.party_id].append(position)
    return by_pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What comparisons look at: parties, their positions and the meetings, up to a day."""

    parties: Sequence[Party]
    rounds: Sequence[Round]
    by_pair: History
    day: dt.date
    after: dt.date | None = None  # the earlier day that ``day`` is held against

    def of(self, issue: Issue, party: Party) -> list[Position]:
        """One party's positions on an issue, oldest first."""
        return self.by_pair.get((issue.pk, party.pk), [])


def standing(positions: Sequence[Position], day: dt.date) -> Position | None:
    """The last of one pair's positions, oldest first, taken by ``day``."""
    taken = [position for position in positions if position.first_day <= day]
    return taken[-1] if taken else None


def began(positions: Sequence[Position], day: dt.date) -> Position | None:
    """Where the stance that stands on ``day`` was taken: what came later restated it."""
    first: Position | None = None
    for position in reversed([one for one in positions if one.first_day <= day]):
        if first is not None and not same_stance(position, first):
            break
        first = position
    return first


def same_stance(one: Position | None, other: Position | None) -> bool:
    """Whether two positions differ in neither stance nor condition, in the record's own words."""
    return (
        one is not None
        and other is not None
        and (one.stance, one.condition) == (other.stance, other.condition)
    )


def cell(
    party: Party,
    positions: Sequence[Position],
    day: dt.date,
    after: dt.date | None = None,
    *,
    within: bool = False,
) -> Cell:
    """A party's cell on ``day``; it is fresh if what it stands on was taken after ``after``.

    It tells when the stance was taken and on what evidence, not when it was last repeated: that
    is told by cells of what happened ``within`` these days.
    """
    now, first = standing(positions, day), began(positions, day)
    if now is None or first is None:
        return Cell(party=party, label=_("not recorded"))
    before = standing(positions, after) if after else None
    fresh = after is not None and now.first_day > after
    moved = fresh and not same_stance(now, before)
    shown = now if within and fresh and not moved else first
    evidence = shown.evidence
    return Cell(
        party=party,
        position=shown,
        stance=shown.stance,
        label=stance_words(shown, day),
        mark=MARKS[Stance(shown.stance)],
        gist=local(shown, "gist"),
        condition=local(shown, "condition"),
        note=local(shown, "note"),
        since=shown.first_day,
        when=shown.when,
        approximate=shown.approximate,
        on_record=evidence.on_the_record,
        basis=str(Basis(evidence.basis).label),
        url=evidence.get_absolute_url(),
        publisher=evidence.source.publisher,
        source_url=evidence.source.get_absolute_url(),
        fresh=fresh,
        moved=moved,
        was=str(Stance(before.stance).label) if fresh and before else "",
        was_stance=before.stance if fresh and before else "",
        restated=now.when if now is not shown else "",
        restated_url=now.evidence.get_absolute_url() if now is not shown else "",
    )


def stance_words(position: Position, day: dt.date) -> str:
    """A stance as readers are told it. Who signed a yes need not have wanted it."""
    text = position.proposal
    if position.stance == Stance.SUPPORTS and text and text.status_on(day) == ProposalStatus.AGREED:
        return _("agreed to it")
    return str(Stance(position.stance).label)


def by_issue(
    issues: Iterable[Issue],
    parties: Sequence[Party],
    positions: Iterable[Position],
    day: dt.date,
    after: dt.date | None = None,
) -> list[Row]:
    """Issues down, parties across, as of ``day``; what was taken after ``after`` is fresh."""
    by_pair = history(positions)
    return [
        Row(
            title=local(issue, "name"),
            url=issue.get_absolute_url(),
            key=issue.slug,
            issue=issue,
            cells=[cell(party, by_pair[issue.pk, party.pk], day, after) for party in parties],
        )
        for issue in issues
    ]


def by_round(
    issue: Issue,
    rounds: Sequence[Round],
    parties: Sequence[Party],
    positions: Iterable[Position],
    progress: Iterable[Progress],
    day: dt.date,
) -> list[Row]:
    """Rounds down, in the order they ended, parties across: where each stood at the end of each.

    A meeting beside the sequence of rounds has a row if something was taken or noted there. A
    party that was not at the table and took no position is shown as absent.
    """
    by_pair = history(positions)
    levels = {mark.round_id: mark for mark in progress}
    rows: list[Row] = []
    after = dt.date.min  # at the first round told, everything is new
    for end, meeting in told(rounds, day, levels):
        over = end_of(meeting, rounds) <= day
        present = {party["code"] for party in meeting.party_list}  # type: ignore[attr-defined]
        cells = [
            cell(party, by_pair[issue.pk, party.pk], end, after, within=True) for party in parties
        ]
        row = Row(
            title=local(meeting, "name"),
            url=meeting.get_absolute_url(),
            key=meeting.slug,
            round=meeting,
            day=end,
            progress=levels.get(meeting.pk) if over else None,
            cells=[
                one if one.fresh or not present or one.party.code in present else absent(one.party)
                for one in cells
            ],
        )
        if meeting.is_round or row.progress or any(one.fresh for one in row.cells):
            rows.append(row)
            after = end
    return rows


def told(
    rounds: Sequence[Round], day: dt.date, noted: Container[int]
) -> list[tuple[dt.date, Round]]:
    """The meetings that tell the story up to ``day``, each with its end, in the order of these.

    What happened within a round is told by the round, unless the meeting is ``noted`` for
    itself. A round without an end is told until the next meeting; talks that ended on the day of
    a deal are told until the day before.
    """
    closed = [one for one in rounds if one.is_round and one.last_day]
    apart = [
        one
        for one in rounds
        if one.is_round
        or one.pk in noted
        or not any(big.first_day <= one.first_day <= (big.last_day or day) for big in closed)
    ]
    pairs = [(min(_told_until(one, apart, day), day), one) for one in apart]
    return sorted(pairs, key=lambda pair: (pair[0], pair[1].first_day))


def _told_until(meeting: Round, others: Sequence[Round], day: dt.date) -> dt.date:
    """The last day of a meeting, less the day on which another took over."""
    later = [one.first_day for one in others if one.first_day > meeting.first_day]
    if meeting.last_day is None:
        return min(later, default=day + DAY) - DAY
    return meeting.last_day - DAY if meeting.last_day in later else meeting.last_day


def milestones(
    rounds: Sequence[Round], day: dt.date, noted: Container[int]
) -> list[tuple[dt.date, Round]]:
    """Of the meetings ``told``, those at which issues are told side by side.

    These are the rounds, and beside them the meetings in ``noted``, where progress was.
    """
    begun = [one for one in rounds if one.took_place and one.first_day <= day]
    return [(end, one) for end, one in told(begun, day, noted) if one.is_round or one.pk in noted]


def trail(
    party: Party, positions: Sequence[Position], day: dt.date, after: dt.date = NEVER
) -> list[Cell]:
    """How one party's stance on an issue moved up to ``day``, oldest first.

    ``positions`` are one pair's, oldest first. What only restates a stance is left out, and what
    was taken by ``after``.
    """
    steps = [
        cell(party, positions, taken.first_day, taken.first_day - DAY)
        for taken in positions
        if after < taken.first_day <= day
    ]
    return [step for step in steps if step.moved]


def absent(party: Party) -> Cell:
    return Cell(party=party, stance=ABSENT, label=_("not at the table"))


def moves(rows: Iterable[Row]) -> list[Move]:
    """What moved in a matrix by issue, the latest first."""
    found: dict[tuple[int, str, str], Move] = {}
    for row in rows:
        for one in row.cells:
            if row.issue and one.moved:
                same_act = (row.issue.pk, one.gist, one.url)
                found.setdefault(same_act, Move(row.issue, [])).cells.append(one)
    return sorted(found.values(), key=lambda move: move.cells[0].since or NEVER, reverse=True)


def answer(cells: Iterable[Cell], *, before: bool = False) -> str:
    """Where the parties stand on one issue, in a sentence: who demands, who refuses.

    ``before``: where they stood before it was settled.
    """
    groups: dict[str, list[Cell]] = defaultdict(list)
    for one in cells:
        groups[one.stance].append(one)
    clauses = [
        _clause(stance, groups[stance])
        for stance in [*(stance.value for stance in Stance), NOT_RECORDED]
        if groups.get(stance)
    ]
    sentence = pgettext("between clauses", "; ").join(clauses)
    if before and sentence:
        return _("Before that, %(clauses)s.") % {"clauses": sentence}
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def _clause(stance: str, cells: Sequence[Cell]) -> str:
    verbs = {
        Stance.DEMANDS: _("demanding it: %(who)s"),
        Stance.SUPPORTS: _("in favour: %(who)s"),
        Stance.OPEN: _("open to it: %(who)s"),
        Stance.OPEN_IF: _("open on a condition: %(who)s"),
        Stance.OPPOSES: _("against: %(who)s"),
        Stance.RED_LINE: _("calling it a red line: %(who)s"),
        Stance.NO_POSITION: _("without a public position: %(who)s"),
        Stance.WILL_NOT_SAY: _("will not say: %(who)s"),
        NOT_RECORDED: _("not recorded: %(who)s"),
    }
    return verbs[stance] % {"who": ", ".join(local(one.party, "name") for one in cells)}


def front_page_rows(rows: Iterable[Row]) -> list[Row]:
    """The featured issues; all that have a position, where no featured one has any."""
    rows = list(rows)
    featured = [row for row in rows if row.issue and row.issue.featured]
    if any(row.recorded for row in featured):
        return featured
    return [row for row in rows if row.recorded] or featured
