"""The day that a page speaks of, and the meeting that named it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rounds.models import Round
from rounds.platform import clock
from rounds.platform.dates import day as describe_day
from rounds.platform.translated_text import local


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day a page speaks of, and the round that named it.

    ``is_chosen`` is false where the reader chose no day: then it is today.
    """

    day: dt.date
    round: Round | None = None
    is_chosen: bool = False

    @property
    def label(self) -> str:
        """ "on 3 May 2018", "at the end of Round 4, 17 October 2017"."""
        if not self.round:
            return _("on %(day)s") % {"day": describe_day(self.day)}
        pattern = (
            _("in the course of %(round)s, by %(day)s")
            if self.round.last_day is None
            else _("at the end of %(round)s, %(day)s")
        )
        return pattern % {"round": local(self.round, "name"), "day": describe_day(self.day)}

    @property
    def value(self) -> str:
        """As an address gives it: the key of the round, or the day."""
        return self.round.slug if self.round else self.day.isoformat()

    @property
    def query(self) -> str:
        """The query string with which a link stays on this day; "" where none was chosen."""
        return f"?as_of={self.value}" if self.is_chosen else ""


def end_of(meeting: Round, rounds: Iterable[Round]) -> dt.date:
    """Return the day at whose end positions count as those of ``meeting``: its last.

    A meeting without a known end lasts until the day before the next round proper began, or to
    today.
    """
    if last := meeting.last_day:
        return last
    later = [
        other_round.first_day
        for other_round in rounds
        if other_round.first_day > meeting.first_day
        and other_round.took_place
        and other_round.is_round
    ]
    return min(later) - dt.timedelta(days=1) if later else clock.today()


def find_previous_meeting(meeting: Round, rounds: Iterable[Round]) -> tuple[dt.date, Round | None]:
    """Return the end of the last meeting that took place before ``meeting``, and that meeting.

    What changed after that end changed at ``meeting``. Before the first meeting: ``date.min``,
    None. A round is compared with the round before it, not with a meeting in between.
    """
    held = [
        earlier
        for earlier in rounds
        if earlier.took_place
        and earlier.first_day < meeting.first_day
        and (earlier.is_round or not meeting.is_round)
    ]
    ended = [
        (end, earlier) for earlier in held if (end := end_of(earlier, rounds)) < meeting.first_day
    ]
    return max(ended, key=lambda pair: pair[0], default=(dt.date.min, None))
