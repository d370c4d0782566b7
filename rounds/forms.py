"""What visitors may ask for in an address. A wrong wish gets a sentence, never a guess."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from rounds.dates import day as day_in_words
from rounds.models import Round


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
            return words % {"round": self.round.name, "day": day_in_words(self.day)}
        return _("on %(day)s") % {"day": day_in_words(self.day)}

    @property
    def value(self) -> str:
        return self.round.slug if self.round else self.day.isoformat()


def end_of(meeting: Round, rounds: Iterable[Round]) -> dt.date:
    """The day at whose end a round is told: its last.

    One without a known end is told up to the day before the next of ``rounds`` began, or to today.
    """
    if last := meeting.last_day:
        return last
    later = [
        one.first_day for one in rounds if one.first_day > meeting.first_day and one.took_place
    ]
    return min(later) - dt.timedelta(days=1) if later else timezone.localdate()


class AsOfForm(forms.Form):
    """``?as_of=``: a day, 2017-11-21, or the key of one of ``rounds``, round-5."""

    as_of = forms.CharField(required=False, max_length=80)

    def __init__(self, data: Any, *, rounds: Iterable[Round]) -> None:
        super().__init__(data)
        self.rounds = {one.slug: one for one in rounds}

    def clean_as_of(self) -> AsOf:
        text = self.cleaned_data["as_of"]
        if not text:
            return AsOf(timezone.localdate())
        try:
            return AsOf(dt.date.fromisoformat(text), asked=True)
        except ValueError:
            pass
        meeting = self.rounds.get(text)
        if meeting is None:
            raise ValidationError(
                _("“%(text)s” is neither a day, such as 2017-11-21, nor a round of this record.")
                % {"text": text}
            )
        return AsOf(end_of(meeting, self.rounds.values()), meeting, asked=True)

    @property
    def wish(self) -> AsOf:
        """What was asked for; now, where that makes no sense."""
        asked: Any = self.cleaned_data.get("as_of") if self.is_valid() else None
        return asked if isinstance(asked, AsOf) else AsOf(timezone.localdate())
