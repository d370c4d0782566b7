"""How far apart the parties are: steps on the scale of stances, and gaps between numbers.

Pure: functions take cells and positions as ``issues.matrix.rows`` reads them, and measures and
proposals as their QuerySets do, and return typed rows. A step is a place on an ordered scale and
no length: steps are counted and compared, never added or averaged. Where either side is silent
there is no distance.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from issues.matrix.cells import NEVER, Cell, cell, same_stance, standing
from issues.matrix.rows import Scene, milestones
from issues.models import (
    SILENT,
    Issue,
    Level,
    Position,
    Progress,
    Stance,
)
from rounds.history.as_of import end_of
from rounds.models import Round
from rounds.platform.translated_text import local

PLACES = {
    stance.value: place
    for place, stance in enumerate(stance for stance in Stance if stance not in SILENT)
}
FARTHEST = max(PLACES.values())
YES = {Stance.DEMANDS.value, Stance.SUPPORTS.value}
NO = {Stance.OPPOSES.value, Stance.RED_LINE.value}
SETTLED = {Level.CLOSED.value, Level.DROPPED.value}


class Reading(models.TextChoices):
    """What a number of steps means, in a reader's words."""

    SAME = "same", gettext_lazy("the same stance")
    NEAR = "near", gettext_lazy("near")
    APART = "apart", gettext_lazy("apart")
    OPPOSITE = "opposite", gettext_lazy("opposite")
    UNKNOWN = "unknown", gettext_lazy("cannot be compared")


def steps(one: str, other: str) -> int | None:
    """How many steps lie between two stances; None where either is a silence."""
    if one not in PLACES or other not in PLACES:
        return None
    return abs(PLACES[one] - PLACES[other])


def reading(one: str, other: str) -> Reading:
    """How two stances stand to each other. A yes and a no are opposite, however many steps."""
    apart = steps(one, other)
    if apart is None:
        return Reading.UNKNOWN
    if apart == 0:
        return Reading.SAME
    if {one, other} & YES and {one, other} & NO:
        return Reading.OPPOSITE
    return Reading.NEAR if apart == 1 else Reading.APART


@dataclass(frozen=True, slots=True)
class Gap:
    """Two parties' cells on one issue on one day, and how far they are apart."""

    one: Cell
    other: Cell

    @property
    def steps(self) -> int | None:
        return steps(self.one.stance, self.other.stance)

    @property
    def reading(self) -> Reading:
        return reading(self.one.stance, self.other.stance)

    @property
    def fresh(self) -> bool:
        """Whether either of them took a position at the meeting told."""
        return self.one.fresh or self.other.fresh

    @property
    def who(self) -> str:
        """ "Canada – Mexico"."""
        names = {"one": local(self.one.party, "name"), "other": local(self.other.party, "name")}
        return _("%(one)s – %(other)s") % names

    @property
    def words(self) -> str:
        """ "opposite, 4 steps", or why there is no distance."""
        if self.steps is None:
            return self.why
        if self.steps == 0:
            return str(self.reading.label)
        return _("%(reading)s, %(steps)s") % {
            "reading": self.reading.label,
            "steps": step_words(self.steps),
        }

    @property
    def why(self) -> str:
        """Why there is no distance: who is silent, and how."""
        silences = [
            _("%(who)s: %(silence)s")
            % {"who": local(silent.party, "name"), "silence": silent.label}
            for silent in (self.one, self.other)
            if silent.stance not in PLACES
        ]
        return pgettext("between clauses", "; ").join(silences)

    @property
    def on_conditions(self) -> bool:
        """Whether they stand on the same place for reasons of their own."""
        return (
            self.steps == 0
            and self.one.stance == Stance.OPEN_IF
            and not same_stance(self.one.position, self.other.position)
        )

    @property
    def key(self) -> tuple[str, str]:
        return self.one.party.code, self.other.party.code


def step_words(count: int) -> str:
    return ngettext("%(count)s step", "%(count)s steps", count) % {"count": count}


def gaps(cells: Sequence[Cell]) -> list[Gap]:
    """Every pair of the parties, in their order."""
    return [Gap(one, other) for one, other in combinations(cells, 2)]


def widest(pairs: Iterable[Gap]) -> Gap | None:
    """The pair that is farthest apart, the first of several; None where no pair has a distance."""
    known = [one for one in pairs if one.steps is not None]
    return max(
        known, key=lambda one: (one.steps or 0, one.reading == Reading.OPPOSITE), default=None
    )


def since(one: Sequence[Position], other: Sequence[Position], day: dt.date) -> Position | None:
    """The position, of one or the other party, that brought two to where they are on ``day``.

    Both lists are one pair's, oldest first. A restatement, or a move that leaves them as many
    steps apart on the same side, does not begin anything.
    """
    turns = sorted((p for p in (*one, *other) if p.first_day <= day), key=lambda p: p.first_day)
    found: Position | None = None
    last: Any = None
    for turn in turns:
        ends = [standing(side, turn.first_day) for side in (one, other)]
        stances = [end.stance if end else "" for end in ends]
        now = (steps(*stances), reading(*stances))
        if now != last:
            found, last = turn, now
    return found if last is not None and last[0] is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far apart every two parties were on an issue at the end of a meeting, or on a day."""

    key: str = ""  # of the meeting
    title: str
    url: str = ""
    when: str = ""
    day: dt.date
    gaps: list[Gap]
    level: str = ""  # how far it had got by then, if only between some of them

    @property
    def widest(self) -> Gap | None:
        return widest(self.gaps)

    @property
    def settled(self) -> bool:
        return self.level in SETTLED

    @property
    def settled_words(self) -> str:
        """ "closed" or "dropped", or nothing."""
        return str(Level(self.level).label) if self.settled else ""


def spread(issue: Issue, scene: Scene, meeting: Round | None = None, **told: Any) -> Spread:
    """The spread of an issue on the day of ``scene``, the last of ``meeting`` if there is one.

    A position stands until there is another, whoever was at the table meanwhile.
    """
    cells = [cell(party, scene.of(issue, party), scene.day, scene.after) for party in scene.parties]
    return Spread(
        key=meeting.slug if meeting else "",
        title=local(meeting, "name") if meeting else "",
        url=meeting.get_absolute_url() if meeting else "",
        when=meeting.when if meeting else "",
        day=scene.day,
        gaps=gaps(cells),
        **told,
    )


def spreads(
    issue: Issue,
    scene: Scene,
    told: Iterable[tuple[dt.date, Round]],
    progress: Iterable[Progress] = (),
) -> list[Spread]:
    """The spread of an issue at the end of each meeting, in the order told."""
    noted = {one.round_id: one.level for one in progress if one.issue_id == issue.pk}
    rows, after, level = [], NEVER, ""
    for end, meeting in told:
        level = noted.get(meeting.pk, level)
        then = replace(scene, day=end, after=after)
        rows.append(spread(issue, then, meeting, level=level))
        after = end
    return rows


def settled_issues(progress: Iterable[Progress], rounds: Sequence[Round], day: dt.date) -> set[int]:
    """The keys of the issues that the last meeting over by ``day`` noted as closed or dropped."""
    levels: dict[int, str] = {}
    over = {meeting.pk for meeting in rounds if end_of(meeting, rounds) <= day}
    noted = [mark for mark in progress if mark.round_id in over]
    for _end, meeting in milestones(rounds, day, {mark.round_id for mark in noted}):
        levels |= {mark.issue_id: mark.level for mark in noted if mark.round_id == meeting.pk}
    return {issue for issue, level in levels.items() if level in SETTLED}


class Trend(models.TextChoices):
    """What became of the distances between two days. Steps are compared pair by pair."""

    CLOSER = "closer", gettext_lazy("Closer")
    FARTHER = "farther", gettext_lazy("Farther apart")
    MIXED = "mixed", gettext_lazy("Closer and farther")
    SAME = "same", gettext_lazy("As far apart as before")
    UNKNOWN = "unknown", gettext_lazy("Cannot be compared")


@dataclass(frozen=True, slots=True)
class Shift:
    """A pair whose distance is another than before."""

    before: Gap
    now: Gap

    @property
    def closer(self) -> bool:
        return (self.now.steps or 0) < (self.before.steps or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One issue's distances over the meetings, and what became of them since an earlier day."""

    issue: Issue
    spreads: list[Spread]
    now: Spread
    shifts: list[Shift] = field(default_factory=list)
    trend: Trend = Trend.UNKNOWN
    began: str = ""  # since when the widest pair is where it is, in words
    began_url: str = ""

    @property
    def widest(self) -> Gap | None:
        return self.now.widest

    @property
    def known(self) -> bool:
        """Whether there is a distance at any of the meetings, or now."""
        return any(one.widest for one in (*self.spreads, self.now))

    @property
    def order(self) -> tuple[bool, int, bool]:
        """Ascending is: the farthest apart first, of these the open ones; the unknown last."""
        gap = self.widest
        return gap is None, -(gap.steps or 0) if gap else 0, self.now.settled


def shifts(before: Iterable[Gap], now: Iterable[Gap]) -> tuple[list[Shift], Trend]:
    """The pairs whose distance changed, of those that have one on both days, and the trend."""
    then = {gap.key: gap for gap in before if gap.steps is not None}
    both = [Shift(then[gap.key], gap) for gap in now if gap.key in then and gap.steps is not None]
    changed = [one for one in both if one.before.steps != one.now.steps]
    if not both:
        return [], Trend.UNKNOWN
    if not changed:
        return [], Trend.SAME
    directions = {one.closer for one in changed}
    if len(directions) > 1:
        return changed, Trend.MIXED
    return changed, Trend.CLOSER if directions == {True} else Trend.FARTHER


def courses(issues: Iterable[Issue], scene: Scene, progress: Iterable[Progress]) -> list[Course]:
    """Every issue's distances and their trend between the days of ``scene``, widest first."""
    over = {one.pk for one in scene.rounds if end_of(one, scene.rounds) <= scene.day}
    noted = [one for one in progress if one.round_id in over]
    told = milestones(scene.rounds, scene.day, {one.round_id for one in noted})
    found = []
    for issue in issues:
        line = spreads(issue, scene, told, noted)
        level = line[-1].level if line else ""
        last = line[-1].day if line else NEVER
        now = spread(issue, replace(scene, after=last), level=level)
        changed, trend = _trend(issue, scene, now)
        start = _start(issue, scene, now)
        found.append(
            Course(
                issue=issue,
                spreads=line,
                now=now,
                shifts=changed,
                trend=trend,
                began=start.when if start else "",
                began_url=start.evidence.get_absolute_url() if start else "",
            )
        )
    return sorted(found, key=lambda one: one.order)


def _trend(issue: Issue, scene: Scene, now: Spread) -> tuple[list[Shift], Trend]:
    if scene.after is None:
        return [], Trend.UNKNOWN
    before = spread(issue, replace(scene, day=scene.after, after=None))
    return shifts(before.gaps, now.gaps)


def _start(issue: Issue, scene: Scene, now: Spread) -> Position | None:
    """The position since which the farthest two are as far apart as they are.

    Where all are on the same place, the one that made it so.
    """
    gap = now.widest
    if gap is None:
        return None
    pairs = [gap] if gap.steps else [one for one in now.gaps if one.steps is not None]
    starts = [
        since(scene.of(issue, one.one.party), scene.of(issue, one.other.party), scene.day)
        for one in pairs
    ]
    return max((one for one in starts if one), key=lambda one: one.first_day, default=None)
