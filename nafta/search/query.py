"""A query as it was understood: its terms, what each may mean, and its SQL."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any

from nafta.search.filter_choices import fitting
from nafta.search.spelling import PERCENT, normal_spelling
from rounds.platform import translated_text

CERTAIN = 0.5  # how like a name a word must be to be taken for its misspelling: at a first glance
SPELT = 0.8  # and letter by letter
SPAN = 6  # words of a name

SQL = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words of a query, and the record's key that they were read as."""

    words: str
    kind: str  # party, person, issue, round, kind, status, basis, link, year; before, after
    key: str
    label: str
    exact: bool = True  # not a misspelling
    also: tuple[str, ...] = ()  # other words for it: a party's adjective, the right spelling

    @property
    def token(self) -> str:
        return f"{self.kind} {self.key}"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase to be found, or left out; any of ``meanings`` will do as well.

    What is read as ``before`` or ``after`` a day is not looked for.
    """

    text: str
    negative: bool = False
    meanings: tuple[Meaning, ...] = ()
    alternative: bool = False  # to the one before it
    quoted: bool = False

    @property
    def is_limit(self) -> bool:
        return any(meaning.kind in {"before", "after"} for meaning in self.meanings)

    @property
    def typed(self) -> str:
        """As somebody would type it."""
        text = f'"{self.text}"' if self.quoted else self.text
        return ("or " if self.alternative else "") + ("-" if self.negative else "") + text

    @property
    def words(self) -> list[str]:
        return [self.text, *(word for meaning in self.meanings for word in meaning.also)]

    @property
    def spellings(self) -> list[str]:
        """How the words may stand in a text that is not in the normal spelling."""
        return [
            text.replace(" %", f" {percent}")
            for text in self.words
            if text.endswith(" %")
            for percent in (*PERCENT, "")
        ]

    def sql(self) -> SQL:
        tokens = " | ".join(
            lexeme(token) for meaning in self.meanings for token in fitting(meaning.token)
        )
        words = " || ".join(["search_words(%s)"] * len(self.words))
        params = [*self.words, tokens]
        if self.text.endswith(" %"):  # “from 85 to 75 per cent” is of 85 per cent, too
            words = f"tsquery_phrase(search_words(%s), search_words(%s), 3) || {words}"
            params = [self.text.removesuffix(" %"), PERCENT[0], *params]
        return f"({words} || %s::tsquery)", params


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, as it was understood."""

    text: str = ""
    every: tuple[Term, ...] = ()
    left_out: tuple[str, ...] = ()  # what says nothing beside a name
    phrase: str = ""  # all words as they were typed, if they are several
    nearest: tuple[Meaning, ...] = ()  # names that words are like
    codes: tuple[Meaning, ...] = ()  # parties whose code is a common word, typed as such
    dropped: tuple[Term, ...] = ()  # terms that the query had before it was relaxed
    labels: dict[tuple[str, str], Any] = field(default_factory=dict)  # of keys asked about

    @property
    def terms(self) -> list[Term]:
        return [term for term in self.every if not term.is_limit]

    @property
    def meanings(self) -> list[tuple[Term, Meaning]]:
        return [(term, meaning) for term in self.every for meaning in term.meanings]

    @property
    def before(self) -> dt.date | None:
        return min(self._days("before"), default=None)

    @property
    def after(self) -> dt.date | None:
        return max(self._days("after"), default=None)

    def _days(self, kind: str) -> list[dt.date]:
        return [
            dt.date.fromisoformat(meaning.key)
            for _term, meaning in self.meanings
            if meaning.kind == kind
        ]

    def without(self, term: Term) -> str:
        """What would be typed without a term."""
        return " ".join(one.typed for one in self.every if one is not term)

    def as_words(self, term: Term) -> str:
        """What would be typed for a term to be nothing but words."""
        return self._instead(term, replace(term, quoted=True))

    def instead(self, words: str, name: str) -> str:
        """What would be typed with a name instead of some words."""
        parts = folded(words)
        term = next((term for term in self.every if holds(folded(term.text), parts)), None)
        return self._instead(term, Term(name)) if term else name

    def _instead(self, term: Term, other: Term) -> str:
        return " ".join((other if one is term else one).typed for one in self.every)

    @property
    def typed(self) -> str:
        """As somebody would type it."""
        return " ".join(term.typed for term in self.every)

    @property
    def positive_terms(self) -> list[Term]:
        return [term for term in self.terms if not term.negative]

    def words(self) -> SQL:
        """The words to mark in what is found."""
        words = [word for term in self.positive_terms for word in term.words]
        spellings = [word for term in self.positive_terms for word in term.spellings]
        parts = [
            "''::tsquery",
            *["search_words(%s)"] * len(words),
            *["phraseto_tsquery('search_record', %s)"] * len(spellings),
        ]
        return " || ".join(parts), [*words, *spellings]

    @property
    def groups(self) -> list[list[Term]]:
        """The terms, each with its alternatives."""
        groups: list[list[Term]] = []
        for term in self.terms:
            if term.alternative and groups:
                groups[-1].append(term)
            else:
                groups.append([term])
        return groups

    def sql(self) -> SQL:
        """A question to the index: all groups of terms have to match."""
        questions = [question_of(group) for group in self.groups]
        return (
            " && ".join(sql for sql, _params in questions),
            [value for _sql, params in questions for value in params],
        )

    def relaxed_to(self, kept: list[list[Term]]) -> "Query":
        """The query without the groups that are not ``kept``; these are told in ``dropped``."""
        dropped = tuple(term for group in self.groups if group not in kept for term in group)
        return replace(
            self,
            every=tuple(term for term in self.every if term not in dropped),
            dropped=dropped,
            phrase="",
        )


def question_of(group: list[Term]) -> SQL:
    """Some alternatives as a question to the index."""
    parts, params = [], []
    for term in group:
        sql, values = term.sql()
        parts.append(f"!!{sql}" if term.negative else sql)
        params += values
    return f"({' || '.join(parts)})", params


def lexeme(token: str) -> str:
    """A key as a tsquery writes it."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def folded(text: str) -> tuple[str, ...]:
    """The parts of a text without case, accents and signs: “Peña’s” is ``pena``."""
    plain = unicodedata.normalize("NFKD", normal_spelling(text).replace("’", "'"))
    plain = "".join(one for one in plain if not unicodedata.combining(one)).casefold()
    return tuple(re.findall(r"[^\W_]+", re.sub(r"'s\b", "", plain)))


def uninflected(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts without what number and gender add: “deadlines”, “manquées”, “incumplidos”."""
    return tuple(re.sub(r"(?<=\w{3})[aeo]{0,2}s?$", "", part) for part in parts)


def folded_lines(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(folded(line) for line in text.splitlines()))


# --- how it is understood ---


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that words can name, as the index has it."""

    kind: str
    key: str
    label: dict[str, Any]
    lines: tuple[tuple[str, ...], ...]  # its names
    others: tuple[tuple[str, ...], ...]  # other words for it, of which a part says nothing
    likeness: float

    def closeness(self, span: tuple[str, ...]) -> int | None:
        """How surely ``span`` names it: 0 in full, then by a part; None if it does not."""
        inflected = (*self.others, *(self.lines if self.kind == "party" else ()))
        if span in self.lines or uninflected(span) in map(uninflected, inflected):
            return 0
        long, known = len(span) > 1, any(len(one) > 2 for one in span)
        if self.kind == "person" and known:
            return 1 if any(holds(line[not long :], span) for line in self.lines) else None
        if (self.kind == "issue" and known) or (self.kind == "round" and long):
            found = any(holds(line, span) for line in self.lines)
            return {"issue": 2, "round": 3}[self.kind] if found else None
        return None


def holds(line: tuple[str, ...], span: tuple[str, ...]) -> bool:
    return any(line[at : at + len(span)] == span for at in range(len(line) - len(span) + 1))


def meaning(words: str, name: Candidate) -> Meaning:
    also = [" ".join(line) for line in name.lines] if name.kind == "party" else []
    return Meaning(words, name.kind, name.key, name_of(name.label), also=tuple(also))


def name_of(label: dict[str, Any], part: str = "name") -> translated_text.LocalizedText:
    """What something is called in the reader's language."""
    return translated_text.local(label, part)
