"""Where a list goes on: behind the last row that was shown.

So none is lost, and none repeated, when something is added meanwhile.
"""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from rounds.platform.dates import EARLIEST, LATEST

UNDATED = dt.date.min  # where the search puts what has no day


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
        found = re.fullmatch(r"(?:([\w-]*)\.)?(\d{4}-\d\d-\d\d)\.(\d{1,18})", text, re.ASCII)
        if not found or (found[1] or "") not in parts:
            raise ValueError(text)
        day = dt.date.fromisoformat(found[2])
        if day != UNDATED and not EARLIEST <= day <= LATEST:
            raise ValueError(text)
        return cls(day, int(found[3]), found[1] or "")

    def __str__(self) -> str:
        text = f"{self.day.isoformat()}.{self.pk}"
        return f"{self.part}.{text}" if self.part else text

    def earlier(self, span: str = "dates") -> Q:
        """What began on an earlier day."""
        return Q(**{f"{span}__startswith__lt": self.day})

    def by_then(self, span: str = "dates") -> Q:
        """What began on its day or an earlier one."""
        return Q(**{f"{span}__startswith__lte": self.day})

    def after(self, span: str = "dates") -> Q:
        """What follows in a list by the first day of ``span`` alone.

        An index finds the day and goes on from there; “earlier or …” would begin at the newest.
        """
        return self.by_then(span) & ~Q(**{f"{span}__startswith": self.day, "pk__gte": self.pk})
