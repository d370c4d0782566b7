"""Cursors for long lists: the next page begins behind the last row that was shown.

With page numbers, a row that is added meanwhile would make the next page repeat one.
"""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from rounds.platform.dates import EARLIEST, LATEST

UNDATED = dt.date.min  # the day under which the search index has what has no day


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row already shown of a list that is newest first.

    ``part``: which part of the list it stands in, where the list has several.
    """

    day: dt.date
    pk: int
    part: str = ""

    @classmethod
    def parse(cls, text: str, parts: Collection[str] = ("",)) -> "Cursor":
        """The inverse of ``str``. Raises ``ValueError``."""
        match = re.fullmatch(r"(?:([\w-]*)\.)?(\d{4}-\d\d-\d\d)\.(\d{1,18})", text, re.ASCII)
        if not match or (match[1] or "") not in parts:
            raise ValueError(text)
        day = dt.date.fromisoformat(match[2])
        if day != UNDATED and not EARLIEST <= day <= LATEST:
            raise ValueError(text)
        return cls(day, int(match[3]), match[1] or "")

    def __str__(self) -> str:
        text = f"{self.day.isoformat()}.{self.pk}"
        return f"{self.part}.{text}" if self.part else text

    def earlier(self, span: str = "dates") -> Q:
        """The condition for rows that began on an earlier day."""
        return Q(**{f"{span}__startswith__lt": self.day})

    def by_then(self, span: str = "dates") -> Q:
        """The condition for rows that began on its day or earlier."""
        return Q(**{f"{span}__startswith__lte": self.day})

    def after(self, span: str = "dates") -> Q:
        """The condition for rows that follow in a list ordered by the first day of ``span``.

        It is no “earlier or …”: for that PostgreSQL would read the index from the newest row on.
        """
        return self.by_then(span) & ~Q(**{f"{span}__startswith": self.day, "pk__gte": self.pk})
