"""The day that a page speaks of, and the meeting that named it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rounds.models import Round
from rounds.platform import clock
from rounds.platform.dates import day as day_in_words
from rounds.platform.translated_text import local


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day a page speaks of, and the round that named it."""

    day: dt.date
    round: Round | None = None
    asked: bool = False  # false: today, because nobody asked

    @property
    def words(self) -> str:
        if self.round:
            words = _("at the end of %(round)s, %(day)s")
            if self.round.last_day is None:
                words = _("in the course of %(round)s, by %(day)s")
            return words % {"round": local(self.round, "name"), "day": day_in_words(self.day)}
        return _("on %(day)s") % {"day": day_in_words(self.day)}

    @property
    def query(self) -> str:
        """What a link needs to stay on this day; nothing where nobody asked for one."""
        value = self.round.slug if self.round else self.day.isoformat()
        return f"?as_of={value}" if self.asked else ""


def end_of(meeting: Round, rounds: Iterable[Round]) -> dt.date:
    """The day at whose end a round is told: its last.

    One without a known end lasts until the day before the next round proper began, or to today.
    """
    if last := meeting.last_day:
        return last
    later = [
        one.first_day
        for one in rounds
        if one.first_day > meeting.first_day and one.took_place and one.is_round
    ]
    return min(later) - dt.timedelta(days=1) if later else clock.today()


def before(meeting: Round, rounds: Iterable[Round]) -> tuple[dt.date, Round | None]:
    """The meeting before this one that took place, and its end: what came later moved here."""
    held = [one for one in rounds if one.took_place and one.first_day < meeting.first_day]
    if meeting.is_round:  # a round is told against the round before, not a meeting in between
        held = [one for one in held if one.is_round]
    ended = [(end, one) for one in held if (end := end_of(one, rounds)) < meeting.first_day]
    return max(ended, key=lambda pair: pair[0], default=(dt.date.min, None))
