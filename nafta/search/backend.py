"""Search backend: hits, facet counts and relaxed searches, each by one query to the index.

The index is the table of ``SearchDocument``; decision 0043 says how it answers in constant time.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from django.db.models.expressions import RawSQL

from nafta.search.filter_choices import CHOICES, included_tokens
from nafta.search.query import SQL, Query, QueryTerm, group_sql, lexeme
from nafta.search.vocabulary import fetch_rows
from rounds.platform.cursors import LAST_NUMBER, Cursor

DATED_KINDS = ("statement", "proposal", "deadline", "round", "outcome")  # entries of the timeline
NAMED_KINDS = ("party", "person", "issue", "source")  # have a name and no day; shown in this order
FEW_KINDS = ("party", "person", "issue")  # few, however large the record
MAX_NAMES = 6  # shown above the hits
TIERS = ("0", "1", "2")  # of hits, the last first: see ``Hit.tier``
MAX_COUNT = 1_000  # beyond it a page says "1,000+"
FAR_BACK_COUNT_LIMIT = 50  # stop counting here once all matches lie outside the newest rows
RECENT_EVENTS = 2_000  # publication events scanned for a feed
RECENT_MATCHES = 100  # newest matches added to them
MAX_FACET_VALUES = 12  # of a kind
MAX_RELAXED_TERMS = 10  # a search without hits tries subsets of its first terms
RELAXED_ROWS_PER_TERM = 200  # the newest rows with each of these terms
OTHER_RELAXATIONS = 3  # linked from a page
# ts_headline puts these around matches. They are of a private use area: no text has them.
START, STOP = "\ue000", "\ue001"


@dataclass(frozen=True, slots=True)
class Hit:
    """A matching row of the index."""

    tier: int  # 2: matches the whole phrase; 1: matches in its title; 0: any other
    kind: str
    object_id: int
    key: str
    day: dt.date
    pk: int
    label: dict[str, Any]

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.day, f"{self.kind}.{self.key}", str(self.tier))


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of matches, and of those with each of the commonest keys."""

    total: int
    is_lower_bound: bool  # there are more than were counted
    keys: list[tuple[str, str, int, dict[str, Any] | None]]  # kind, key, count, label

    def of(self, kind: str) -> list[tuple[str, int, dict[str, Any] | None]]:
        """Key, count and label of each value of a facet."""
        counts = {f"{of_kind} {key}": count for of_kind, key, count, _label in self.keys}
        return [
            (key, sum(counts.get(token, 0) for token in included_tokens(f"{kind} {key}")), label)
            for of_kind, key, _count, label in self.keys
            if of_kind == kind
        ]


@dataclass(frozen=True, slots=True)
class SearchResults:
    """One hit more than a page has, the names shown above them, and the counts of all matches."""

    hits: list[Hit]
    name_hits: list[Hit]
    counts: Counts


@dataclass(frozen=True, slots=True)
class Search:
    """A query and active filters: tokens of the index such as ``party ca``, days, one kind."""

    query: Query = field(default_factory=Query)
    tokens: tuple[str, ...] = ()
    before: dt.date | None = None
    after: dt.date | None = None
    kind: str = ""

    @classmethod
    def from_filters(cls, filters: dict[str, Any]) -> "Search":
        """A search by ``NarrowingForm.filters``."""
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
    def has_criteria(self) -> bool:
        return bool(self.has_terms or self.before or self.after)

    @property
    def year(self) -> tuple[dt.date | None, dt.date | None]:
        """The last day before, and the first day after the year of the filter."""
        chosen = [token.partition(" ")[2] for token in self.tokens if token.startswith("year ")]
        if not chosen:
            return None, None
        return dt.date(int(chosen[0]) - 1, 12, 31), dt.date(int(chosen[0]) + 1, 1, 1)

    @property
    def has_terms(self) -> bool:
        """Whether it has criteria other than days."""
        return bool(self.query.every or self.tokens)

    def run(self, size: int, after: Cursor | None = None) -> SearchResults:
        """Run the search: a page of hits after the row ``after``, names, and counts.

        The newest ``MAX_COUNT`` matches are counted, and sorted by tier. Older matches follow by
        their day. So no search takes longer as the record grows.
        """
        listed = self._hits_sql(size, after) if self.has_criteria else []
        named = [self._names_sql()] if self.has_criteria and not self.kind and after is None else []
        parts = [*listed, *named, *self._counts_sql()]
        newest, values = self._newest_sql()
        result = fetch_rows(
            f"WITH search AS (SELECT {self._tsquery()[0]} AS question), newest AS MATERIALIZED"
            f" ({newest}) {' UNION ALL '.join(f'({sql})' for sql, _params in parts)}",
            [*self._tsquery()[1], *values, *(value for _sql, params in parts for value in params)],
        )
        by_part: dict[str, list[Any]] = {"hit": [], "name": [], "key": [], "all": []}
        for part, nth, *row in result:
            by_part[part].append((nth, row))
        hits = [Hit(*row) for _nth, row in by_part["hit"]]
        hits.sort(key=lambda hit: (hit.tier, hit.day, hit.pk), reverse=True)
        names = [Hit(*row) for _nth, row in sorted(by_part["name"], key=itemgetter(0))]
        ((total, (is_lower_bound, *_row)),) = by_part["all"]
        keys = [
            (kind, key, nth, label) for nth, (_t, kind, _o, key, _d, _i, label) in by_part["key"]
        ]
        keys.sort(key=lambda row: (-row[2], row[0], row[1]))
        return SearchResults(
            hits[: size + 1], names, Counts(min(total, MAX_COUNT), bool(is_lower_bound), keys)
        )

    def latest_statement_ids(self, limit: int, after: Cursor | None = None) -> RawSQL:
        """A subquery of the ids of the newest matching statements."""
        question, values = self._tsquery()
        number, keys = _statement_number_sql(after) if after else ("NULL", [])
        return RawSQL(  # noqa: S611
            f"SELECT object_id FROM search_latest({question}, ARRAY['statement'],"
            f" %s::date, %s::date, %s::date, {number}, 'object_id', %s, %s)",
            [*values, *self._days(), after and after.day, *keys, limit, limit],
        )

    def recent_statement_ids(self) -> RawSQL:
        """A subquery of statement ids that include those of the matches that were published last.

        It has what was published recently, matching or not, and the newest matches: to sort all
        matches by publication would read each of them.
        """
        newest = self.latest_statement_ids(RECENT_MATCHES)
        return RawSQL(  # noqa: S611
            f"""SELECT pgh_obj_id FROM (
                SELECT pgh_obj_id FROM "rounds_statementevent"
                WHERE state = 'published' AND pgh_label IN ('added', 'published')
                ORDER BY pgh_created_at DESC, pgh_obj_id DESC LIMIT {RECENT_EVENTS}
            ) AS last UNION {newest.sql}""",
            newest.params,
        )

    def all_ids(self, table: str) -> RawSQL:
        """A subquery of the ids of all matching rows of a table that has few."""
        question, values = self._tsquery()
        after, before = self._days()
        return RawSQL(  # noqa: S611
            f"SELECT object_id FROM nafta_entry WHERE kind = %s AND vector @@ ({question})"
            " AND day > %s AND day < %s",
            [table, *values, after or dt.date.min, before or dt.date.max],
        )

    def relaxations(self) -> list["Search"]:
        """The search without some of its terms, if no row has all of them: best first.

        It takes the newest rows with any of the terms, and the largest sets of terms that stand
        together in one of these rows. Names are kept rather than words. Empty if more than half of
        the terms would be lost. Excluded terms and filters stay.
        """
        excluded: list[list[QueryTerm]] = []
        wanted: list[list[QueryTerm]] = []
        for group in self.query.groups:
            (excluded if any(term.negative for term in group) else wanted).append(group)
        tried, fewest = wanted[:MAX_RELAXED_TERMS], len(wanted) / 2
        if len(tried) < max(2, fewest):
            return []
        times = self._count_common(tried, excluded)
        largest = [kept for kept in times if not any(kept < larger for larger in times)]

        def rank(kept: frozenset[int]) -> tuple[int, int, int]:
            named = sum(any(term.interpretations for term in tried[nth]) for nth in kept)
            return len(kept), named, times[kept]

        return [
            replace(
                self,
                query=self.query.relaxed_to([*excluded, *(tried[nth] for nth in sorted(kept))]),
            )
            for kept in sorted(largest, key=rank, reverse=True)
            if len(kept) >= fewest
        ]

    def _count_common(
        self, groups: list[list[QueryTerm]], excluded: list[list[QueryTerm]]
    ) -> Counter[frozenset[int]]:
        """Which of ``groups`` (by index) stand together in one row, and in how many rows."""
        questions = [group_sql(group) for group in groups]
        required = [group_sql(group) for group in excluded]
        required += [self._tokens_tsquery()] if self.tokens else []
        question = " && ".join(["question", *(sql for sql, _params in required)])
        statement = f"""WITH term AS (
                SELECT question, nth - 1 AS nth FROM unnest(
                    ARRAY[{", ".join(sql for sql, _params in questions)}]::tsquery[]
                ) WITH ORDINALITY AS listed(question, nth)
            ), entry AS (
                SELECT DISTINCT ON (latest.id) latest.id, latest.vector
                FROM term, search_latest({question}, %s::text[], %s::date, %s::date,
                    NULL, NULL, 'id', %s, {FAR_BACK_COUNT_LIMIT}) AS latest
                WHERE latest.id IS NOT NULL
            )
            SELECT nths, count(*) FROM (
                SELECT ARRAY(SELECT nth FROM term WHERE entry.vector @@ term.question) AS nths
                FROM entry
            ) AS matches GROUP BY nths"""
        params = [value for _sql, values in (*questions, *required) for value in values]
        kinds = [self.kind] if self.kind in NAMED_KINDS else None
        matches = fetch_rows(statement, [*params, kinds, *self._days(), RELAXED_ROWS_PER_TERM])
        return Counter({frozenset(nths): times for nths, times in matches if nths})

    def _newest_sql(self) -> SQL:
        """The newest matches, with whether their title matches, and their tier."""
        sql, values = self.query.sql()
        titled = f"kind <> 'statement' AND ts_filter(vector, '{{a}}') @@ ({sql})"
        titled, values = (titled, values) if sql else ("FALSE", [])
        phrase = "vector @@ search_words(%s)" if self.query.phrase else "FALSE"
        columns = "kind, object_id, key, day, id, label, keys"
        return (
            f"""SELECT {columns}, nth, titled, CASE WHEN phrase THEN 2 WHEN titled THEN 1
                ELSE 0 END
                AS tier FROM (
                SELECT {columns}, row_number() OVER (ORDER BY day DESC NULLS LAST, id DESC) AS nth,
                    {titled} AS titled, {phrase} AS phrase
                FROM search_latest((SELECT question FROM search), %s::text[], %s::date, %s::date,
                    NULL, NULL, 'id', {MAX_COUNT + 1}, {FAR_BACK_COUNT_LIMIT})
            ) AS numbered""",
            [
                *values,
                *([self.query.phrase] if self.query.phrase else []),
                [self.kind] if self.kind in NAMED_KINDS else None,
                *self._days(),
            ],
        )

    def _hits_sql(self, size: int, after: Cursor | None) -> Iterator[SQL]:
        """The page of hits: the newest matches by tier, then older ones."""
        kinds = [self.kind] if self.kind in NAMED_KINDS else list(DATED_KINDS)
        follows, number = "TRUE", ""
        position, keys = list[Any](), list[Any]()
        if after:
            number, keys = _hit_number_sql(after)
            follows = f"(tier < %s OR (tier = %s AND (day, id) < (%s, {number})))"
            position = [int(after.part), int(after.part), after.day, *keys]
        listed = (
            f"SELECT 'hit', nth, tier, kind, object_id, key, day, id, label FROM newest"
            f" WHERE nth <= {MAX_COUNT} AND kind = ANY(%s) AND {follows}"
            f" ORDER BY tier DESC, nth LIMIT {size + 1}",
            [kinds, *position],
        )
        yield listed
        cursor = after if after and after.part == TIERS[0] else None
        seen = f"UNION ALL SELECT %s::date, {number}" if cursor else ""
        yield (
            f"""SELECT 'hit', 0, 0, kind, object_id, key, older.day, older.id, label FROM (
                SELECT * FROM (
                    (SELECT day, id FROM newest WHERE nth <= {MAX_COUNT} AND id IS NOT NULL
                    ORDER BY nth DESC LIMIT 1) {seen}
                ) AS places WHERE EXISTS (SELECT FROM newest WHERE nth > {MAX_COUNT} OR id IS NULL)
                ORDER BY day, id LIMIT 1
            ) AS place, (
                SELECT {size + 1} - count(*)::integer AS wanted FROM ({listed[0]}) AS listed
            ) AS rest, search_latest((SELECT question FROM search), %s::text[], %s::date, %s::date,
                place.day, place.id, 'id', wanted, wanted) AS older""",
            [
                *([cursor.day, *keys] if cursor else []),
                *listed[1],
                kinds,
                *self._days(),
            ],
        )

    def _names_sql(self) -> SQL:
        """Up to 6 parties, people and issues, then sources among the newest matches."""
        sql, values = self.query.sql()
        titled = f"ts_filter(vector, '{{a}}') @@ ({sql})" if sql else "FALSE"
        columns = "kind, object_id, key, day, id, label"
        # "IS TRUE" keeps the planner from the GIN index, which would read the matches of all kinds
        few = f"""SELECT {columns}, {titled} AS titled FROM nafta_entry
            WHERE kind = ANY(%s) AND (vector @@ (SELECT question FROM search)) IS TRUE"""
        if self.after or self.before or self.query.after or self.query.before:
            few, values = f"SELECT {columns}, titled FROM newest WHERE kind = ANY(%s)", []
        return (
            f"""SELECT 'name', row_number() OVER (ORDER BY kind = 'source', titled DESC,
                array_position(%s, kind::text), day DESC, id) AS nth, 0, {columns}
            FROM ({few} UNION ALL SELECT {columns}, titled FROM newest WHERE kind = 'source')
                AS named ORDER BY nth LIMIT {MAX_NAMES}""",
            [list(NAMED_KINDS), *values, list(FEW_KINDS)],
        )

    def _counts_sql(self) -> Iterator[SQL]:
        """The number of matches, and the commonest keys of each facet."""
        is_lower_bound = f"(count(*) > count(id) OR count(id) > {MAX_COUNT})::integer"
        yield f"SELECT 'all', count(id), {is_lower_bound}, '', 0, '', NULL, 0, NULL FROM newest", []
        yield (
            f"""SELECT 'key', times, 0, counted.kind, 0, counted.key, NULL, 0, label FROM (
                SELECT *, row_number() OVER (PARTITION BY kind ORDER BY times DESC, key) AS place
                FROM (
                    SELECT split_part(token, ' ', 1) AS kind,
                        substr(token, strpos(token, ' ') + 1) AS key, count(*) AS times
                    FROM newest, unnest(keys) AS token WHERE nth <= {MAX_COUNT} GROUP BY token
                ) AS tokens
            ) AS counted LEFT JOIN nafta_entry AS name
            ON name.kind = counted.kind AND name.key = counted.key
            WHERE place <= {MAX_FACET_VALUES}""",
            [],
        )

    def _tsquery(self) -> SQL:
        """The terms and the filters as one tsquery; NULL without any."""
        sql, params = self.query.sql()
        parts = [f"({sql})"] if sql else []
        if self.tokens:
            chosen, values = self._tokens_tsquery()
            parts.append(chosen)
            params = [*params, *values]
        return " && ".join(parts) or "NULL::tsquery", params

    def _tokens_tsquery(self) -> SQL:
        """The filters as a tsquery."""
        choices = [" | ".join(map(lexeme, included_tokens(token))) for token in self.tokens]
        return "%s::tsquery", [" & ".join(f"({choice})" for choice in choices)]

    def _days(self) -> list[dt.date | None]:
        """The days after and before which a match has to begin, or None."""
        first, last = self.year
        return [
            max(filter(None, (self.after, self.query.after, first)), default=None),
            min(filter(None, (self.before, self.query.before, last)), default=None),
        ]


def _hit_number_sql(cursor: Cursor) -> SQL:
    """The number of the row of the index that a cursor of the search names."""
    kind, _dot, key = cursor.key.partition(".")
    return _number_sql("id"), [kind, key]


def _statement_number_sql(cursor: Cursor) -> SQL:
    """The number of the statement that a cursor of the timeline names."""
    if cursor.part != "statement":
        return "0", []  # statements come first in a day: behind another kind is none of them
    return _number_sql("object_id"), ["statement", cursor.key]


def _number_sql(column: str) -> str:
    """Look up a number by kind and key; the largest there is where no such row is public."""
    lookup = f"SELECT {column} FROM nafta_entry WHERE kind = %s AND key = %s"
    return f"COALESCE(({lookup}), {LAST_NUMBER})"


def run_search(
    search: Search, size: int, after: Cursor | None = None
) -> tuple[Search, SearchResults, list[Search]]:
    """Run ``search``; if nothing matches, run it without some of its terms.

    Returns the search that was run, whose ``query.dropped`` has the terms left out, its results,
    and up to three searches that leave out other terms.
    """
    results = search.run(size, after)
    if results.hits or results.name_hits or after or not search.has_criteria:
        return search, results, []
    relaxations = search.relaxations()
    if not relaxations:
        return search, results, []
    return relaxations[0], relaxations[0].run(size), relaxations[1 : OTHER_RELAXATIONS + 1]
