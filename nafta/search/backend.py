"""What a search finds, and how many of each kind there are."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from django.db.models.expressions import RawSQL

from nafta.search.filter_choices import CHOICES, fitting
from nafta.search.query import SQL, Query, Term, lexeme, question_of
from nafta.search.vocabulary import rows
from rounds.platform.cursors import Cursor

DATED = ("statement", "proposal", "deadline", "round")  # tables of what stands on the timeline
NAMES = ("party", "person", "issue", "source")  # what has a name and no day, in their order
FEW = ("party", "person", "issue")  # of these there are not many, however large the record
SHOWN_NAMES = 6
TIERS = ("0", "1", "2")  # parts of a list, the last first
COUNTED = 1_000  # at most; beyond it a page says "1,000+"
ENOUGH = 50  # to be counted of what is found only far back
LATELY, NEWEST = 2_000, 100  # published last, and newest of what fits
FACET = 12  # keys of a kind that are told
RELAXED_TERMS = 10  # of a query that finds nothing are tried with one another, the first ones
RELAXED_ROWS = 200  # the newest with each of these terms are looked at
OTHER_RELAXATIONS = 3  # that a page links to


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of the index that fits."""

    tier: int  # 2: the very phrase; 1: in its title; 0: otherwise, or a name beside the list
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
class Counts:
    """How much fits. Where there is more than was counted, each number is "at least"."""

    total: int
    more: bool
    keys: list[tuple[str, str, int, dict[str, Any] | None]]

    def of(self, kind: str) -> list[tuple[str, int, dict[str, Any] | None]]:
        times = {f"{of} {key}": number for of, key, number, _label in self.keys}
        return [
            (key, sum(times.get(token, 0) for token in fitting(f"{of} {key}")), label)
            for of, key, _number, label in self.keys
            if of == kind
        ]


@dataclass(frozen=True, slots=True)
class Answer:
    """One row more than a page of the list, names beside it, and how much fits in all."""

    hits: list[Hit]
    beside: list[Hit]
    counts: Counts


@dataclass(frozen=True, slots=True)
class Search:
    """A query and the choices beside it: keys such as ``party ca``, days, one kind of thing."""

    query: Query = field(default_factory=Query)
    tokens: tuple[str, ...] = ()
    before: dt.date | None = None
    after: dt.date | None = None
    kind: str = ""

    @classmethod
    def of(cls, filters: dict[str, Any]) -> "Search":
        """What a form's ``filters`` ask for."""
        return cls(
            query=filters.get("q") or Query(),
            tokens=tuple(
                f"{name} {filters[name]}" for name in (*CHOICES, "kind") if name in filters
            ),
            before=filters.get("before"),
            after=filters.get("after"),
            kind=filters.get("kind", ""),
        )

    @property
    def asks(self) -> bool:
        return bool(self.narrows or self.before or self.after)

    @property
    def year(self) -> tuple[dt.date | None, dt.date | None]:
        """The days before and after the year that was chosen."""
        chosen = [token.partition(" ")[2] for token in self.tokens if token.startswith("year ")]
        if not chosen:
            return None, None
        return dt.date(int(chosen[0]) - 1, 12, 31), dt.date(int(chosen[0]) + 1, 1, 1)

    @property
    def narrows(self) -> bool:
        """Whether by more than days."""
        return bool(self.query.every or self.tokens)

    def answer(self, size: int, after: Cursor | None = None) -> Answer:
        """What fits: a list, newest first within a tier, that goes on behind ``after``.

        The newest ``COUNTED`` are looked at: they are counted, and have their tiers among
        themselves. What is older follows by its day. So no answer takes longer as the record grows.
        """
        listed = self._listed(size, after) if self.asks else []
        beside = [self._beside()] if self.asks and not self.kind and after is None else []
        parts = [*listed, *beside, *self._counted()]
        newest, values = self._newest()
        told = rows(
            f"WITH asked AS (SELECT {self._question()[0]} AS question), newest AS MATERIALIZED"
            f" ({newest}) {' UNION ALL '.join(f'({sql})' for sql, _params in parts)}",
            [*self._question()[1], *values, *(value for _sql, some in parts for value in some)],
        )
        found: dict[str, list[Any]] = {"hit": [], "name": [], "key": [], "all": []}
        for part, nth, *row in told:
            found[part].append((nth, row))
        hits = [Hit(*row) for _nth, row in found["hit"]]
        hits.sort(key=lambda one: (one.tier, one.day, one.pk), reverse=True)
        names = [Hit(*row) for _nth, row in sorted(found["name"], key=itemgetter(0))]
        ((total, (more, *_row)),) = found["all"]
        keys = [(kind, key, nth, label) for nth, (_t, kind, _o, key, _d, _i, label) in found["key"]]
        keys.sort(key=lambda one: (-one[2], one[0], one[1]))
        return Answer(hits[: size + 1], names, Counts(min(total, COUNTED), bool(more), keys))

    def latest(self, most: int, behind: Cursor | None = None) -> RawSQL:
        """The numbers of the newest statements that fit, for a filter of them."""
        question, values = self._question()
        place = [behind.day, behind.pk] if behind else [None, None]
        return RawSQL(  # noqa: S611
            f"SELECT object_id FROM search_latest({question}, ARRAY['statement'],"
            " %s::date, %s::date, %s::date, %s::bigint, 'object_id', %s, %s)",
            [*values, *self._days(), *place, most, most],
        )

    def lately(self) -> RawSQL:
        """The numbers of statements among which are the last published of those that fit: what was
        published lately, whether it fits or not, and the newest that fit.
        """
        newest = self.latest(NEWEST)
        return RawSQL(  # noqa: S611
            f"""SELECT pgh_obj_id FROM (
                SELECT pgh_obj_id FROM "rounds_statementevent"
                WHERE state = 'published' AND pgh_label IN ('added', 'published')
                ORDER BY pgh_created_at DESC, pgh_obj_id DESC LIMIT {LATELY}
            ) AS last UNION {newest.sql}""",
            newest.params,
        )

    def every(self, table: str) -> RawSQL:
        """The numbers of all rows that fit of a table that has few, for a filter of its records."""
        question, values = self._question()
        after, before = self._days()
        return RawSQL(  # noqa: S611
            f"SELECT object_id FROM nafta_entry WHERE kind = %s AND vector @@ ({question})"
            " AND day > %s AND day < %s",
            [table, *values, after or dt.date.min, before or dt.date.max],
        )

    def relaxed(self) -> list["Search"]:
        """The same without some of its words, where no row has all of them: best first.

        Among the newest rows that have any of the words, it looks for those that have most. Names
        are kept rather than words. Nothing is left of a query that would lose more than half. What
        is excluded, and what is chosen beside the words, stays.
        """
        excluded: list[list[Term]] = []
        wanted: list[list[Term]] = []
        for group in self.query.groups:
            (excluded if any(term.negative for term in group) else wanted).append(group)
        tried, fewest = wanted[:RELAXED_TERMS], len(wanted) / 2
        if len(tried) < max(2, fewest):
            return []
        times = self._common(tried, excluded)
        largest = [kept for kept in times if not any(kept < other for other in times)]

        def rank(kept: frozenset[int]) -> tuple[int, int, int]:
            named = sum(any(term.meanings for term in tried[nth]) for nth in kept)
            return len(kept), named, times[kept]

        return [
            replace(
                self,
                query=self.query.relaxed_to([*excluded, *(tried[nth] for nth in sorted(kept))]),
            )
            for kept in sorted(largest, key=rank, reverse=True)
            if len(kept) >= fewest
        ]

    def _common(
        self, groups: list[list[Term]], excluded: list[list[Term]]
    ) -> Counter[frozenset[int]]:
        """Which of ``groups`` stand together in a row, by their numbers, and in how many rows."""
        questions = [question_of(group) for group in groups]
        required = [question_of(group) for group in excluded]
        required += [self._chosen()] if self.tokens else []
        question = " && ".join(["question", *(sql for sql, _params in required)])
        statement = f"""WITH term AS (
                SELECT question, nth - 1 AS nth FROM unnest(
                    ARRAY[{", ".join(sql for sql, _params in questions)}]::tsquery[]
                ) WITH ORDINALITY AS listed(question, nth)
            ), entry AS (
                SELECT DISTINCT ON (latest.id) latest.id, latest.vector
                FROM term, search_latest({question}, %s::text[], %s::date, %s::date,
                    NULL, NULL, 'id', %s, {ENOUGH}) AS latest
                WHERE latest.id IS NOT NULL
            )
            SELECT nths, count(*) FROM (
                SELECT ARRAY(SELECT nth FROM term WHERE entry.vector @@ term.question) AS nths
                FROM entry
            ) AS matches GROUP BY nths"""
        params = [value for _sql, values in (*questions, *required) for value in values]
        kinds = [self.kind] if self.kind in NAMES else None
        matches = rows(statement, [*params, kinds, *self._days(), RELAXED_ROWS])
        return Counter({frozenset(nths): times for nths, times in matches if nths})

    def _newest(self) -> SQL:
        """The newest that fit, with whether they have the words in their title, and their tier."""
        words, values = self.query.sql()
        titled = f"kind <> 'statement' AND ts_filter(vector, '{{a}}') @@ ({words})"
        titled, values = (titled, values) if words else ("FALSE", [])
        phrase = "vector @@ search_words(%s)" if self.query.phrase else "FALSE"
        columns = "kind, object_id, key, day, id, label, keys"
        return (
            f"""SELECT {columns}, nth, titled, CASE WHEN phrase THEN 2 WHEN titled THEN 1
                ELSE 0 END
                AS tier FROM (
                SELECT {columns}, row_number() OVER (ORDER BY day DESC NULLS LAST, id DESC) AS nth,
                    {titled} AS titled, {phrase} AS phrase
                FROM search_latest((SELECT question FROM asked), %s::text[], %s::date, %s::date,
                    NULL, NULL, 'id', {COUNTED + 1}, {ENOUGH})
            ) AS told""",
            [
                *values,
                *([self.query.phrase] if self.query.phrase else []),
                [self.kind] if self.kind in NAMES else None,
                *self._days(),
            ],
        )

    def _listed(self, size: int, after: Cursor | None) -> Iterator[SQL]:
        """The very phrase first, then titles, then the rest of the newest; then what is older."""
        kinds = [self.kind] if self.kind in NAMES else list(DATED)
        behind, place = "TRUE", []
        if after:
            behind = "(tier < %s OR (tier = %s AND (day, id) < (%s, %s)))"
            place = [int(after.part), int(after.part), after.day, after.pk]
        listed = (
            f"SELECT 'hit', nth, tier, kind, object_id, key, day, id, label FROM newest"
            f" WHERE nth <= {COUNTED} AND kind = ANY(%s) AND {behind}"
            f" ORDER BY tier DESC, nth LIMIT {size + 1}",
            [kinds, *place],
        )
        yield listed
        cursor = after if after and after.part == TIERS[0] else None
        seen = "UNION ALL SELECT %s::date, %s::bigint" if cursor else ""
        yield (
            f"""SELECT 'hit', 0, 0, kind, object_id, key, older.day, older.id, label FROM (
                SELECT * FROM (
                    (SELECT day, id FROM newest WHERE nth <= {COUNTED} AND id IS NOT NULL
                    ORDER BY nth DESC LIMIT 1) {seen}
                ) AS places WHERE EXISTS (SELECT FROM newest WHERE nth > {COUNTED} OR id IS NULL)
                ORDER BY day, id LIMIT 1
            ) AS place, (
                SELECT {size + 1} - count(*)::integer AS wanted FROM ({listed[0]}) AS listed
            ) AS rest, search_latest((SELECT question FROM asked), %s::text[], %s::date, %s::date,
                place.day, place.id, 'id', wanted, wanted) AS older""",
            [
                *([cursor.day, cursor.pk] if cursor else []),
                *listed[1],
                kinds,
                *self._days(),
            ],
        )

    def _beside(self) -> SQL:
        """Names: a few of those of which there are few, then of the sources among the newest."""
        words, values = self.query.sql()
        titled = f"ts_filter(vector, '{{a}}') @@ ({words})" if words else "FALSE"
        columns = "kind, object_id, key, day, id, label"
        # "IS TRUE" keeps the index of words out of it: it would read what all kinds have of them
        few = f"""SELECT {columns}, {titled} AS titled FROM nafta_entry
            WHERE kind = ANY(%s) AND (vector @@ (SELECT question FROM asked)) IS TRUE"""
        if self.after or self.before or self.query.after or self.query.before:
            few, values = f"SELECT {columns}, titled FROM newest WHERE kind = ANY(%s)", []
        return (
            f"""SELECT 'name', row_number() OVER (ORDER BY kind = 'source', titled DESC,
                array_position(%s, kind::text), day DESC, id) AS nth, 0, {columns}
            FROM ({few} UNION ALL SELECT {columns}, titled FROM newest WHERE kind = 'source')
                AS named ORDER BY nth LIMIT {SHOWN_NAMES}""",
            [list(NAMES), *values, list(FEW)],
        )

    def _counted(self) -> Iterator[SQL]:
        """How many rows there are, and the keys that most of them have."""
        more = f"(count(*) > count(id) OR count(id) > {COUNTED})::integer"
        yield f"SELECT 'all', count(id), {more}, '', 0, '', NULL, 0, NULL FROM newest", []
        yield (
            f"""SELECT 'key', times, 0, counted.kind, 0, counted.key, NULL, 0, label FROM (
                SELECT *, row_number() OVER (PARTITION BY kind ORDER BY times DESC, key) AS place
                FROM (
                    SELECT split_part(token, ' ', 1) AS kind,
                        substr(token, strpos(token, ' ') + 1) AS key, count(*) AS times
                    FROM newest, unnest(keys) AS token WHERE nth <= {COUNTED} GROUP BY token
                ) AS tokens
            ) AS counted LEFT JOIN nafta_entry AS name
            ON name.kind = counted.kind AND name.key = counted.key WHERE place <= {FACET}""",
            [],
        )

    def _question(self) -> SQL:
        """The terms and the choices as one question to the index."""
        sql, params = self.query.sql()
        parts = [f"({sql})"] if sql else []
        if self.tokens:
            chosen, values = self._chosen()
            parts.append(chosen)
            params = [*params, *values]
        return " && ".join(parts) or "NULL::tsquery", params

    def _chosen(self) -> SQL:
        """The choices as a question to the index."""
        choices = [" | ".join(map(lexeme, fitting(token))) for token in self.tokens]
        return "%s::tsquery", [" & ".join(f"({choice})" for choice in choices)]

    def _days(self) -> list[dt.date | None]:
        """After and before which days; a year is read from its last day on."""
        first, last = self.year
        return [
            max(filter(None, (self.after, self.query.after, first)), default=None),
            min(filter(None, (self.before, self.query.before, last)), default=None),
        ]


def find(
    search: Search, size: int, after: Cursor | None = None
) -> tuple[Search, Answer, list[Search]]:
    """Answer ``search``; if nothing matches, answer it without some of its words.

    Returns the search that was answered, whose query tells in ``dropped`` which words were left
    out, its answer, and up to three other searches that leave other words out.
    """
    answer = search.answer(size, after)
    if answer.hits or answer.beside or after or not search.asks:
        return search, answer, []
    relaxed = search.relaxed()
    if not relaxed:
        return search, answer, []
    return relaxed[0], relaxed[0].answer(size), relaxed[1 : OTHER_RELAXATIONS + 1]


# --- where in a text ---

START, STOP = "\ue000", "\ue001"  # stand for the marks until all else is escaped
