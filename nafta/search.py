"""What a search finds, how many of each sort there are, and where in a text the words stand.

All questions go to one index (nafta/models.py). Each asks for a page, or counts up to a number, in
an order that the index has: the record may grow.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models.expressions import RawSQL
from django.utils.html import escape

from nafta.reading import SQL, Query, lexeme, rows
from rounds import language
from rounds.cursors import Cursor

DATED = ("statement", "proposal", "deadline", "round")  # tables of what stands on the timeline
NAMES = ("party", "person", "issue", "source")  # what has a name and no day, in their order
SHOWN_NAMES = 6
TIERS = ("0", "1", "2")  # parts of a list, the last first
COUNTED = 1_000  # at most; beyond it a page says "1,000+"


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of the index that fits."""

    tier: int  # 2: the very phrase; 1: in its title; 0: otherwise; 3: a name, beside the list
    kind: str
    object_id: int
    key: str
    day: dt.date
    pk: int
    label: dict[str, Any]

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.day, self.pk, str(self.tier))


@dataclass(frozen=True, slots=True)
class Search:
    """A query and the choices beside it: keys such as ``party ca``, days, one kind of thing."""

    query: Query = field(default_factory=Query)
    tokens: tuple[str, ...] = ()
    before: dt.date | None = None
    after: dt.date | None = None
    kind: str = ""

    @property
    def asks(self) -> bool:
        return bool(self.query.every or self.tokens or self.before or self.after)

    def found(self, size: int, after: Cursor | None = None) -> tuple[list[Hit], list[Hit]]:
        """One row more than ``size`` of the list, newest first within a tier; and names beside."""
        kinds = [self.kind] if self.kind in NAMES else list(DATED)
        branches = list(self._tiers(kinds, size + 1, after))
        if not self.kind and after is None:
            branches.append(self._names_beside())
        columns = "tier, kind, object_id, key, day, id, label"
        union = " UNION ALL ".join(f"({sql})" for sql, _params in branches)
        found = rows(
            f"SELECT {columns} FROM ({union}) AS found ORDER BY nth, tier DESC, day DESC, id DESC",
            [value for _sql, params in branches for value in params],
        )
        hits = [Hit(*row) for row in found]
        return [one for one in hits if one.tier < 3][: size + 1], [
            one for one in hits if one.tier == 3
        ]

    def _tiers(self, kinds: list[str], limit: int, after: Cursor | None) -> Iterator[SQL]:
        """The very phrase first, then titles, then the rest: each in an order that an index has."""
        match, values = self._match()
        phrase, title = self.query.phrase, [kind for kind in kinds if kind != "statement"]
        conditions: list[tuple[int, list[SQL]]] = []
        rest: list[SQL] = []
        if phrase:
            is_phrase = ("vector @@ search_words(%s)", [phrase])
            conditions.append((2, [is_phrase]))
            rest.append((f"NOT {is_phrase[0]}", is_phrase[1]))
        if self.query.terms and title:
            # the keys in `keys` narrow it to what has a title before any row is read
            is_titled = (f"ts_filter(vector, '{{a}}') @@ ({match})", values)
            titled = self._kinds(title)
            conditions.append((1, [*rest, titled, is_titled]))
            rest.append((f"NOT (kind = ANY(%s) AND {is_titled[0]})", [title, *values]))
        conditions.append((0, rest))
        for tier, some in conditions:
            if after and tier > int(after.part):
                continue
            every = [("kind = ANY(%s)", [kinds]), *some]
            if after and tier == int(after.part):
                every.append(("(day, id) < (%s, %s)", [after.day, after.pk]))
            yield self._select(f"{tier} AS tier, 0 AS nth", every, limit=limit)

    def _kinds(self, kinds: list[str]) -> SQL:
        tokens = [*kinds, "meeting"] if "round" in kinds else kinds
        keys = " | ".join(lexeme(f"kind {kind}") for kind in tokens)
        return "vector @@ %s::tsquery", [keys]

    def _names_beside(self) -> SQL:
        match, values = self._match()
        titled = f"(ts_filter(vector, '{{a}}') @@ ({match}))" if match else "FALSE"
        sql, params = self._select(
            "3 AS tier, row_number() OVER (ORDER BY kind = 'source',"
            f" {titled} DESC, array_position(%s, kind::text), day DESC, id) AS nth",
            [("kind = ANY(%s)", [list(NAMES)]), self._kinds(list(NAMES))],
            order="nth",
            limit=SHOWN_NAMES,
        )
        return sql, [*values, list(NAMES), *params]

    def _select(
        self,
        extra: str,
        conditions: list[SQL],
        order: str = "day DESC, id DESC",
        limit: int | None = None,
    ) -> SQL:
        every = [*self._where(), *conditions]
        where = " AND ".join(sql for sql, _params in every) or "TRUE"
        params = [value for _sql, values in every for value in values]
        columns = f"kind, object_id, key, day, id, label, {extra}"
        return (
            f"SELECT {columns} FROM nafta_entry WHERE {where} ORDER BY {order} LIMIT {limit}",
            params,
        )

    def _match(self) -> SQL:
        """The terms and the choices as one question to the index; "" where there are none."""
        sql, params = self.query.sql()
        parts = [f"({sql})"] if sql else []
        if self.tokens:
            parts.append("%s::tsquery")
            params = [*params, " & ".join(lexeme(token) for token in self.tokens)]
        return " && ".join(parts), params

    def _where(self) -> list[SQL]:
        match, params = self._match()
        where: list[SQL] = [(f"vector @@ ({match})", params)] if match else []
        # what has no day is neither before nor after one
        days = [
            ("<", self.before),
            ("<", self.query.before),
            (">", self.after),
            (">", self.query.after),
        ]
        where += [
            (f"(day {sign} %s AND day > DATE '0001-01-01')", [day]) for sign, day in days if day
        ]
        return where

    def ids(self, table: str) -> RawSQL:
        """The numbers of the rows of one table that fit, for a filter of its records."""
        conditions = [*self._where(), ("kind = %s", [table])]
        where = " AND ".join(sql for sql, _params in conditions)
        params = [value for _sql, values in conditions for value in values]
        return RawSQL(f"SELECT object_id FROM nafta_entry WHERE {where}", params)  # noqa: S611

    def counted(self) -> "Counts":
        """How many rows fit, and how many have each key; of the newest ``COUNTED`` at most."""
        conditions = self._where()
        if self.kind in NAMES:
            conditions.append(("kind = %s", [self.kind]))
        where = " AND ".join(sql for sql, _params in conditions) or "TRUE"
        found = rows(
            f"""WITH fits AS MATERIALIZED (
                SELECT keys FROM nafta_entry WHERE {where}
                ORDER BY day DESC, id DESC LIMIT {COUNTED + 1}
            ), counted AS (
                SELECT token, count(*) AS times FROM fits, unnest(keys) AS token GROUP BY token
                UNION ALL SELECT '', count(*) FROM fits
            )
            SELECT split_part(token, ' ', 1), substr(token, strpos(token, ' ') + 1), times, label
            FROM counted LEFT JOIN nafta_entry AS name
            ON name.kind = split_part(token, ' ', 1)
            AND name.key = substr(token, strpos(token, ' ') + 1)
            ORDER BY times DESC, 1, 2""",
            [value for _sql, values in conditions for value in values],
        )
        total = next(times for kind, _key, times, _label in found if not kind)
        return Counts(
            min(total, COUNTED),
            total > COUNTED,
            [(kind, key, times, label) for kind, key, times, label in found if kind],
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """How much fits. Where there is more than was counted, each number is "at least"."""

    total: int
    more: bool
    keys: list[tuple[str, str, int, dict[str, Any] | None]]

    def of(self, kind: str) -> list[tuple[str, int, dict[str, Any] | None]]:
        return [(key, times, label) for of, key, times, label in self.keys if of == kind]


# --- where in a text ---

START, STOP = "\ue000", "\ue001"  # stand for the marks until all else is escaped
# what a text would otherwise lose as a tag or as a sign written in letters
SIGNS = str.maketrans({"<": "\x02", ">": "\x03", "&": "\x04", START: None, STOP: None})
BACK = str.maketrans({"\x02": "<", "\x03": ">", "\x04": "&"})
LONG = 320  # characters; of a longer text the fragments around the words are shown


class Marked(language.Text):
    """A text in its language in which what was looked for is marked. Safe to show as it is."""

    __slots__ = ("html",)
    html: str

    def __html__(self) -> str:
        return self.html

    @property
    def has_marks(self) -> bool:
        return "<mark>" in self.html


def marked(texts: Iterable[str], query: Query) -> Callable[[str], Marked]:
    """A function that shows any of ``texts`` with the words of the query marked."""
    wanted = list(dict.fromkeys(text for text in texts if text))
    sql, params = query.words()
    shown: dict[str, str] = {}
    if wanted and params:
        configurations = [_configuration(text) for text in wanted]
        found = rows(
            f"""SELECT nth, ts_headline(configuration::regconfig, body, {sql}, CASE
                WHEN length(body) > {LONG} THEN 'MaxFragments=2, MinWords=12, MaxWords=30, '
                    || 'FragmentDelimiter=" … ", StartSel="{START}", StopSel="{STOP}"'
                ELSE 'HighlightAll=TRUE, StartSel="{START}", StopSel="{STOP}"' END)
            FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS one(body, configuration, nth)""",
            [*params, [str(text).translate(SIGNS) for text in wanted], configurations],
        )
        shown = {wanted[nth - 1]: headline for nth, headline in found}

    def show(text: str) -> Marked:
        one = Marked(text, getattr(text, "language", language.active()))
        headline = shown.get(text, text).translate(BACK)
        one.html = escape(headline).replace(START, "<mark>").replace(STOP, "</mark>")
        return one

    return show


def _configuration(text: str) -> str:
    translated = isinstance(text, language.Text) and text.language != language.original()
    return "search_plain" if translated else "search_record"
