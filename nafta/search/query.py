"""A parsed query: its terms, what each may mean, and its SQL."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any

from nafta.search.filter_choices import included_tokens
from nafta.search.spelling import PERCENT, normal_spelling
from rounds.platform import translated_text

# A word is taken for a misspelt name if both hold: pg_trgm's similarity in the index, then
# difflib's ratio of the two words. The first alone takes too much, the second would read all names.
MIN_SIMILARITY = 0.5
MIN_SPELLING_SIMILARITY = 0.8
MAX_NAME_WORDS = 6

SQL = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Words of a query, and the record's key that they may stand for."""

    text: str
    kind: str  # party, person, issue, round, kind, status, basis, link, year; before, after
    key: str
    label: str
    exact: bool = True  # not a misspelling
    synonyms: tuple[str, ...] = ()  # searched as well: a party's adjective, the right spelling

    @property
    def token(self) -> str:
        return f"{self.kind} {self.key}"


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word or phrase to match, or to exclude. A row with one of ``interpretations`` matches, too.

    A term that limits the days (``before``, ``after``) is not searched in the text.
    """

    text: str
    negative: bool = False
    interpretations: tuple[Interpretation, ...] = ()
    alternative: bool = False  # to the term before it
    quoted: bool = False

    @property
    def is_limit(self) -> bool:
        return any(meaning.kind in {"before", "after"} for meaning in self.interpretations)

    @property
    def typed(self) -> str:
        """As somebody would type it."""
        text = f'"{self.text}"' if self.quoted else self.text
        return ("or " if self.alternative else "") + ("-" if self.negative else "") + text

    @property
    def texts(self) -> list[str]:
        """The text and its synonyms."""
        return [self.text, *(text for meaning in self.interpretations for text in meaning.synonyms)]

    @property
    def spellings(self) -> list[str]:
        """The percentages among ``texts`` as a text may spell them: “85 percent”, “85 per cent”."""
        return [
            text.replace(" %", f" {percent}")
            for text in self.texts
            if text.endswith(" %")
            for percent in (*PERCENT, "")
        ]

    def sql(self) -> SQL:
        tokens = " | ".join(
            lexeme(token)
            for meaning in self.interpretations
            for token in included_tokens(meaning.token)
        )
        sql = " || ".join(["search_words(%s)"] * len(self.texts))
        params = [*self.texts, tokens]
        if self.text.endswith(" %"):  # “from 85 to 75 per cent” matches 85 per cent, too
            sql = f"tsquery_phrase(search_words(%s), search_words(%s), 3) || {sql}"
            params = [self.text.removesuffix(" %"), PERCENT[0], *params]
        return f"({sql} || %s::tsquery)", params


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, parsed."""

    text: str = ""
    every: tuple[QueryTerm, ...] = ()
    left_out: tuple[str, ...] = ()  # noise words, dropped because the query has a name
    phrase: str = ""  # all words as typed, if they are several
    nearest: tuple[Interpretation, ...] = ()  # names similar to words that the record never uses
    codes: tuple[Interpretation, ...] = ()  # parties whose code is a common word that was typed
    dropped: tuple[QueryTerm, ...] = ()  # terms that the query had before it was relaxed
    labels: dict[tuple[str, str], Any] = field(default_factory=dict)  # by kind and key

    @property
    def terms(self) -> list[QueryTerm]:
        return [term for term in self.every if not term.is_limit]

    @property
    def interpretations(self) -> list[tuple[QueryTerm, Interpretation]]:
        return [(term, meaning) for term in self.every for meaning in term.interpretations]

    @property
    def before(self) -> dt.date | None:
        return min(self._days("before"), default=None)

    @property
    def after(self) -> dt.date | None:
        return max(self._days("after"), default=None)

    def _days(self, kind: str) -> list[dt.date]:
        return [
            dt.date.fromisoformat(meaning.key)
            for _term, meaning in self.interpretations
            if meaning.kind == kind
        ]

    def without(self, excluded: QueryTerm) -> str:
        """What would be typed without a term."""
        return " ".join(term.typed for term in self.every if term is not excluded)

    def as_words(self, term: QueryTerm) -> str:
        """What would be typed to search a term as text only."""
        return self._replaced(term, replace(term, quoted=True))

    def instead(self, text: str, name: str) -> str:
        """What would be typed with ``name`` in place of the term that holds ``text``."""
        parts = fold(text)
        term = next((term for term in self.every if contains(fold(term.text), parts)), None)
        return self._replaced(term, QueryTerm(name)) if term else name

    def _replaced(self, original: QueryTerm, replacement: QueryTerm) -> str:
        terms = [replacement if term is original else term for term in self.every]
        return " ".join(term.typed for term in terms)

    @property
    def typed(self) -> str:
        """As somebody would type it."""
        return " ".join(term.typed for term in self.every)

    @property
    def positive_terms(self) -> list[QueryTerm]:
        return [term for term in self.terms if not term.negative]

    def highlight_sql(self) -> SQL:
        """A tsquery of the words to highlight in results."""
        texts = [text for term in self.positive_terms for text in term.texts]
        spellings = [text for term in self.positive_terms for text in term.spellings]
        parts = [
            "''::tsquery",
            *["search_words(%s)"] * len(texts),
            *["phraseto_tsquery('search_record', %s)"] * len(spellings),
        ]
        return " || ".join(parts), [*texts, *spellings]

    @property
    def groups(self) -> list[list[QueryTerm]]:
        """The terms, each with its alternatives."""
        groups: list[list[QueryTerm]] = []
        for term in self.terms:
            if term.alternative and groups:
                groups[-1].append(term)
            else:
                groups.append([term])
        return groups

    def sql(self) -> SQL:
        """A tsquery that all groups of terms have to match."""
        questions = [group_sql(group) for group in self.groups]
        return (
            " && ".join(sql for sql, _params in questions),
            [value for _sql, params in questions for value in params],
        )

    def relaxed_to(self, kept: list[list[QueryTerm]]) -> "Query":
        """The query with only the ``kept`` groups; the terms of the others go to ``dropped``."""
        dropped = tuple(term for group in self.groups if group not in kept for term in group)
        return replace(
            self,
            every=tuple(term for term in self.every if term not in dropped),
            dropped=dropped,
            phrase="",
        )


def group_sql(group: list[QueryTerm]) -> SQL:
    """A tsquery that one of the alternatives has to match."""
    parts, params = [], []
    for term in group:
        sql, values = term.sql()
        parts.append(f"!!{sql}" if term.negative else sql)
        params += values
    return f"({' || '.join(parts)})", params


def lexeme(token: str) -> str:
    """A key in the syntax of a tsquery."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def fold(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents and signs: “Peña’s” becomes ``("pena",)``."""
    plain = unicodedata.normalize("NFKD", normal_spelling(text).replace("’", "'"))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return tuple(re.findall(r"[^\W_]+", re.sub(r"'s\b", "", plain)))


def strip_inflection(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The words without endings of number and gender: “deadlines”, “manquées”, “incumplidos”."""
    return tuple(re.sub(r"(?<=\w{3})[aeo]{0,2}s?$", "", part) for part in parts)


def fold_lines(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(fold(line) for line in text.splitlines()))


# --- names ---


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """Something that words can name: a party, a person, an issue, a round, a source."""

    kind: str
    key: str
    label: dict[str, Any]
    names: tuple[tuple[str, ...], ...]
    synonyms: tuple[tuple[str, ...], ...]  # match only as a whole
    similarity: float  # to a word of the query, from 0 to 1

    def match_rank(self, span: tuple[str, ...]) -> int | None:
        """How surely ``span`` names it: 0 is the full name, then parts of one; None is not at all.

        Part of a person's name (1) goes before part of an issue's (2) and a round's (3).
        """
        inflected = (*self.synonyms, *(self.names if self.kind == "party" else ()))
        if span in self.names or strip_inflection(span) in map(strip_inflection, inflected):
            return 0
        is_phrase, is_distinctive = len(span) > 1, any(len(part) > 2 for part in span)
        if self.kind == "person" and is_distinctive:
            # a first name alone is no match: too many people share it
            names = [name if is_phrase else name[1:] for name in self.names]
            return 1 if any(contains(name, span) for name in names) else None
        if (self.kind == "issue" and is_distinctive) or (self.kind == "round" and is_phrase):
            is_part = any(contains(name, span) for name in self.names)
            return {"issue": 2, "round": 3}[self.kind] if is_part else None
        return None


def contains(name: tuple[str, ...], span: tuple[str, ...]) -> bool:
    """Whether the words of ``span`` stand side by side in ``name``."""
    return any(name[at : at + len(span)] == span for at in range(len(name) - len(span) + 1))


def interpret_as(text: str, entity: NamedEntity) -> Interpretation:
    synonyms = tuple(" ".join(name) for name in entity.names) if entity.kind == "party" else ()
    label = name_of(entity.label)
    return Interpretation(text, entity.kind, entity.key, label, synonyms=synonyms)


def name_of(label: dict[str, Any], part: str = "name") -> translated_text.LocalizedText:
    """The name in the reader's language."""
    return translated_text.local(label, part)
