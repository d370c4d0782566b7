"""Cursors for long lists: the next page begins behind the last row that was shown.

With page numbers, a row that is added meanwhile would make the next page repeat one.

A cursor names its row by day and key, which readers see anyway: the gaps between row numbers would
tell how many drafts there are. The order of a day is still that of the row numbers, so the database
looks the number up among the rows that readers see. Where it finds none, because the record was
unpublished meanwhile or the address is one of those that held row numbers, the page begins with
the day: it may repeat rows, and leaves none out.
"""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from rounds.platform.dates import EARLIEST, LATEST

UNDATED = dt.date.min  # the day under which the search index has what has no day
LAST_NUMBER = 2**63 - 1  # larger than the number of any row


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row already shown of a list that is newest first.

    ``key``: what names the row among those of its list and day; keys of several records are joined
    by full stops. ``part``: which part of the list it stands in, where the list has several.
    """

    day: dt.date
    key: str
    part: str = ""

    @classmethod
    def parse(cls, text: str, parts: Collection[str] = ("",)) -> "Cursor":
        """The inverse of ``str``. Raises ``ValueError``."""
        match = re.fullmatch(r"(?:([\w-]*)\.)?(\d{4}-\d\d-\d\d)\.([\w.-]+)", text, re.ASCII)
        if not match or (match[1] or "") not in parts:
            raise ValueError(text)
        day = dt.date.fromisoformat(match[2])
        if day != UNDATED and not EARLIEST <= day <= LATEST:
            raise ValueError(text)
        return cls(day, match[3], match[1] or "")

    def __str__(self) -> str:
        text = f"{self.day.isoformat()}.{self.key}"
        return f"{self.part}.{text}" if self.part else text

    def earlier(self, span: str = "dates") -> Q:
        """The condition for rows that began on an earlier day."""
        return Q(**{f"{span}__startswith__lt": self.day})

    def by_then(self, span: str = "dates") -> Q:
        """The condition for rows that began on its day or earlier."""
        return Q(**{f"{span}__startswith__lte": self.day})

    def after(
        self, visible: QuerySet[Any], paths: Collection[str] = ("slug",), span: str = "dates"
    ) -> Q:
        """The condition for rows that follow in a list ordered by the first day of ``span``.

        ``visible`` has the rows that readers see, which the row of the cursor is looked up among:
        ``paths`` are the fields that make its key. It is no “earlier or …”: for that PostgreSQL
        would read the index from the newest row on.
        """
        number = self._row_number(visible, paths, span)
        return self.by_then(span) & ~Q(**{f"{span}__startswith": self.day, "pk__gte": number})

    def _row_number(
        self, visible: QuerySet[Any], paths: Collection[str], span: str
    ) -> Coalesce | Value:
        """The number of its row, or the largest there is."""
        keys = self.key.split(".")
        if len(keys) != len(paths):
            return Value(LAST_NUMBER)
        rows = visible.filter(
            **dict(zip(paths, keys, strict=True)), **{f"{span}__startswith": self.day}
        )
        return Coalesce(Subquery(rows.order_by().values("pk")[:1]), Value(LAST_NUMBER))
