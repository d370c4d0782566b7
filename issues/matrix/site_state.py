"""What readers could see of the record at the end of a day: loaded once, passed as an argument.

Pages, files, frames, cards, the API and the desk's preview all start from a ``SiteState``, so that
none of them puts rounds, parties, positions and the matrix together by hand (docs/decisions/0057).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from issues.matrix.party_history import History
from issues.matrix.rows import MatrixRow, rows_by_issue, rows_by_round
from issues.models import Issue, Outcome, Position, Progress
from rounds.history.as_of import AsOf, end_of, find_previous_meeting
from rounds.models import Party, Round


@dataclass(frozen=True, kw_only=True, eq=False)
class SiteState:
    """The record as of ``as_of.day``. Make one with ``load`` or ``at_end_of``.

    The fields are QuerySets, or lists in their place. Each is read when its property is first
    asked for and then kept, so a page pays for no query whose rows it does not show.
    """

    as_of: AsOf
    round_queryset: Iterable[Round] = ()  # all that are published, later ones too, in order
    issue_queryset: Iterable[Issue] = ()
    party_queryset: Iterable[Party] = ()
    position_queryset: Iterable[Position] = ()  # taken by the day, with their evidence
    outcome_queryset: Iterable[Outcome] = ()  # reached by the day, ``with_reopening()``
    previous_end: tuple[dt.date, Round | None] | None = None  # if news is not counted from the
    # round before ``as_of``: the end of the meeting that it is counted from

    @classmethod
    def load(
        cls,
        as_of: AsOf,
        rounds: Iterable[Round],
        *,
        issues: Iterable[Issue] | None = None,
        parties: Iterable[Party] | None = None,
        drafts: Iterable[Position] = (),
        draft_outcomes: Iterable[Outcome] = (),
    ) -> "SiteState":
        """The state at the end of ``as_of.day``, of all that is published or of what is given.

        ``rounds``: all that are published, in order, ``with_names()``. ``issues`` and ``parties``
        narrow the positions as well. Drafts count as published: the desk's preview shows the
        matrix with them.
        """
        positions = Position.objects.published()
        if drafts:
            positions |= Position.objects.filter(pk__in=[draft.pk for draft in drafts])
        positions = positions.as_of(as_of.day).with_evidence()
        outcomes = Outcome.objects.published()
        if draft_outcomes:
            outcomes |= Outcome.objects.filter(pk__in=[draft.pk for draft in draft_outcomes])
        outcomes = outcomes.as_of(as_of.day).with_reopening().with_names()
        if issues is not None:
            issues = list(issues)
            positions = positions.filter(issue__in=issues)
            outcomes = outcomes.filter(issue__in=issues)
        if parties is not None:
            parties = list(parties)
            positions = positions.filter(party__in=parties)
        return cls(
            as_of=as_of,
            round_queryset=rounds,
            issue_queryset=Issue.objects.published() if issues is None else issues,
            party_queryset=Party.objects.all() if parties is None else parties,
            position_queryset=positions,
            outcome_queryset=outcomes,
        )

    @classmethod
    def at_end_of(cls, meeting: Round, rounds: Iterable[Round]) -> "SiteState":
        """The state at the end of a meeting; news is what was taken since the meeting before it."""
        as_of = AsOf(end_of(meeting, rounds), meeting, is_chosen=True)
        previous_end = find_previous_meeting(meeting, rounds)
        return replace(cls.load(as_of, rounds=rounds), previous_end=previous_end)

    @property
    def day(self) -> dt.date:
        return self.as_of.day

    @cached_property
    def rounds(self) -> list[Round]:
        return list(self.round_queryset)

    @cached_property
    def issues(self) -> list[Issue]:
        return list(self.issue_queryset)

    @cached_property
    def parties(self) -> list[Party]:
        return list(self.party_queryset)

    @cached_property
    def positions(self) -> list[Position]:
        return list(self.position_queryset)

    @cached_property
    def history(self) -> History:
        return History.make(self.positions, self.outcome_queryset)

    @cached_property
    def rounds_begun(self) -> list[Round]:
        """The meetings that were held, or had begun, by the day, in order."""
        return [each for each in self.rounds if each.took_place and each.first_day <= self.day]

    @cached_property
    def _end_of_previous(self) -> tuple[dt.date | None, Round | None]:
        return self.previous_end or end_of_previous_round(self.as_of, self.rounds)

    @property
    def previous(self) -> Round | None:
        """The meeting since whose end a change is news; None before the second."""
        return self._end_of_previous[1]

    @property
    def news_after(self) -> dt.date | None:
        """The end of ``previous``. ``date.min`` at the first round, where everything is news;
        None before it.
        """
        return self._end_of_previous[0]

    @cached_property
    def matrix(self) -> list[MatrixRow]:
        """Issues down, parties across, with what is new since ``news_after``."""
        return self.matrix_on(self.day, self.news_after)

    @cached_property
    def plain_matrix(self) -> list[MatrixRow]:
        """The matrix with nothing marked as new. It asks for no rounds."""
        return self.matrix_on(self.day)

    def matrix_on(self, day: dt.date, after: dt.date | None = None) -> list[MatrixRow]:
        """The matrix on another day, not after that of the state."""
        return rows_by_issue(self.issues, self.parties, self.history, day, after)

    def rows_by_round(self, issue: Issue, progress: Iterable[Progress]) -> list[MatrixRow]:
        """Where each party stood on an issue at the end of each round, up to the day."""
        return rows_by_round(
            issue, self.rounds_begun, self.parties, self.history, progress, self.day
        )


def end_of_previous_round(
    as_of: AsOf, rounds: Iterable[Round]
) -> tuple[dt.date | None, Round | None]:
    """The end of the round before the one at ``as_of``, and that round."""
    begun = [each for each in rounds if _is_begun_round(each, as_of.day)]
    begun.sort(key=lambda each: each.first_day)
    if as_of.round in begun:
        begun = begun[: begun.index(as_of.round) + 1]
    if len(begun) < 2:
        return (dt.date.min if begun else None), None  # at the first round everything is new
    return min(end_of(begun[-2], begun), as_of.day), begun[-2]


def _is_begun_round(meeting: Round, day: dt.date) -> bool:
    return meeting.is_round and meeting.took_place and meeting.first_day <= day
