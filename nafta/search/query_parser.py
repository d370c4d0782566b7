"""The query parser: turns what a visitor typed into a ``Query``.

A word is searched as text, and as a name: “Canada” matches the word, and whatever that party said.
Misspelt names, numbers of rounds and kinds of attribution are recognised, too. Read
``parse_query``, then ``QueryInterpreter.query``. Decision 0024 says why.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from django.utils.translation import gettext as _

from nafta.search.query import (
    MAX_NAME_WORDS,
    MIN_SIMILARITY,
    MIN_SPELLING_SIMILARITY,
    Interpretation,
    NamedEntity,
    Query,
    QueryTerm,
    fold,
    interpret_as,
    name_of,
    strip_inflection,
)
from nafta.search.tokens import QueryToken, tokenize
from nafta.search.vocabulary import (
    IndexedWord,
    common_words,
    days_of,
    limit_words,
    look_up_names,
    named_days,
    noise_words,
    number_ordinals,
    vocabulary,
)
from rounds.platform.dates import day as day_in_words

MIN_MISSPELT_CHARS = 4  # a shorter word resembles too many names
MAX_SUGGESTIONS = 3  # names for a word that matches nothing
MAX_ENTITIES = 3  # of one span; more are no clear answer
UNSEEN_WORD = IndexedWord(is_searchable=True, is_in_record=True)  # as of years and numbers


def parse_query(
    text: str = "", named_keys: Iterable[tuple[str, str]] = (), *, has_filters: bool = False
) -> Query:
    """Parse ``text``, with one query to the database, which also labels ``named_keys``.

    ``named_keys`` are pairs of kind and key, such as those of active filters. ``has_filters``:
    facet filters are active as well, so noise words may be dropped.
    """
    tokens = tokenize(text)
    keys = list(named_keys)
    if not tokens and not keys:
        return Query(text)
    parts = sorted({part for token in tokens for part in token.parts})
    indexed, entities, labels = look_up_names(parts, keys)
    query = QueryInterpreter(tokens, indexed, entities).query(has_filters=has_filters)
    return replace(query, text=text, labels=labels)


class QueryInterpreter:
    """Goes through the tokens from left to right and takes the longest name it recognises.

    ``indexed`` and ``similar`` are what the index knows of each word: see ``look_up_names``. A
    *span* is the folded parts of several tokens side by side.
    """

    def __init__(
        self,
        tokens: list[QueryToken],
        indexed: dict[str, IndexedWord],
        similar: dict[str, list[NamedEntity]],
    ) -> None:
        self.tokens, self.indexed, self.similar = tokens, indexed, similar
        self.entities = list(
            {
                (entity.kind, entity.key): entity
                for entities in similar.values()
                for entity in entities
                if entity.kind != "source"
            }.values()
        )
        self.vocabulary = vocabulary()
        self.common_words = common_words()
        self.noise_words = noise_words()

    def query(self, *, has_filters: bool = False) -> Query:
        terms = [
            term
            for term in self._terms()
            if term.interpretations or self._is_searchable(*fold(term.text))
        ]
        codes = tuple(self._codes())
        has_names = any(term.interpretations and not term.negative for term in terms)
        noise = set()
        if has_filters or has_names:
            noise = self.noise_words | {fold(code.text) for code in codes}
        kept = [
            term
            for term in terms
            if term.interpretations or term.quoted or fold(term.text) not in noise
        ]
        positive = [token.text for token in self.tokens if not token.negative]
        return Query(
            every=tuple(kept),
            left_out=tuple(term.text for term in terms if term not in kept),
            phrase=" ".join(positive) if len(positive) == len(self.tokens) > 1 else "",
            nearest=tuple(self._nearest()),
            codes=codes,
        )

    def _terms(self) -> Iterator[QueryTerm]:
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            interpretations, length = self._limit(at) or self._longest_name(at)
            yield QueryTerm(
                self._text(at, length),
                token.negative,
                interpretations or self._misspelt(token),
                token.alternative,
                token.quoted,
            )
            at += length

    def _text(self, at: int, length: int) -> str:
        return " ".join(token.text.strip(",;:?!().") for token in self.tokens[at : at + length])

    def _span(self, at: int, length: int) -> tuple[str, ...]:
        """The parts of tokens that may be one name; empty if one is quoted or has a sign."""
        tokens = self.tokens[at : at + length]
        if len(tokens) < length or any(token.quoted for token in tokens):
            return ()
        if length > 1 and any(token.negative or token.alternative for token in tokens[1:]):
            return ()
        if length > 1 and tokens[0].negative:
            return ()
        return tuple(part for token in tokens for part in token.parts)

    def _longest_name(self, at: int) -> tuple[tuple[Interpretation, ...], int]:
        """What the longest name from here on may mean, and its number of tokens; else ``(), 1``."""
        for length in range(min(MAX_NAME_WORDS, len(self.tokens) - at), 0, -1):
            span = self._span(at, length)
            if span and (interpretations := self._interpret(span, self._text(at, length))):
                return interpretations, length
        return (), 1

    def _interpret(self, span: tuple[str, ...], text: str) -> tuple[Interpretation, ...]:
        """What ``span`` names, if that is clear: at most ``MAX_ENTITIES`` of the best match."""
        if defined := self.vocabulary.get(strip_inflection(span)):
            return tuple(replace(interpretation, text=text) for interpretation in defined)
        if len(span) == 1 and re.fullmatch("(19|20)[0-9]{2}", span[0]):
            return (Interpretation(text, "year", span[0], span[0]),)
        span = number_ordinals(span)
        for name in dict.fromkeys([span, (*span[:-1], span[-1].removesuffix("s"))]):
            if not self._may_name(name[0]) or not self._may_name(name[-1]):
                continue
            by_rank = self._by_rank(name, is_common=self._is_common_word(name, text))
            for rank, entities in sorted(by_rank.items()):
                if len(entities) <= (1 if rank > 1 and len(name) == 1 else MAX_ENTITIES):
                    return tuple(interpret_as(text, entity) for entity in entities)
        return ()

    def _by_rank(self, span: tuple[str, ...], *, is_common: bool) -> dict[int, list[NamedEntity]]:
        """Entities that ``span`` may name, by how surely. A common word names no party, and a noise
        word is no part of a name.
        """
        matches: dict[int, list[NamedEntity]] = {}
        for entity in self.entities:
            rank = entity.match_rank(span)
            is_noise = rank and span in self.noise_words
            if rank is not None and not is_noise and not (is_common and entity.kind == "party"):
                matches.setdefault(rank, []).append(entity)
        return matches

    def _is_common_word(self, span: tuple[str, ...], text: str) -> bool:
        """Whether it is a word such as “us” that is not written as a code, “US”."""
        return len(span) == 1 and span[0] in self.common_words and not text.isupper()

    def _codes(self) -> Iterator[Interpretation]:
        """The parties that common words would have named if they had been typed in capitals."""
        for token in self.tokens:
            if not token.quoted and self._is_common_word(token.parts, token.text):
                for entity in self.entities:
                    if entity.kind == "party" and entity.match_rank(token.parts) == 0:
                        yield interpret_as(token.text, entity)

    def _is_searchable(self, *parts: str) -> bool:
        """Whether the index searches for any of these; it ignores words such as “the”."""
        return any(self.indexed.get(part, UNSEEN_WORD).is_searchable for part in parts)

    def _may_name(self, part: str) -> bool:
        """No name begins or ends with “the”, but a party may be called “us”."""
        parties = [entity for entity in self.entities if entity.kind == "party"]
        return bool(part) and (
            self._is_searchable(part) or any((part,) in party.names for party in parties)
        )

    def _misspelt(self, token: QueryToken) -> tuple[Interpretation, ...]:
        """The name that a word is most similar to, if the record never uses the word itself.

        An abbreviation is never taken for a misspelling, and the first letter has to be right.
        """
        if token.quoted or token.text.isupper() or len(token.parts) != 1:
            return ()
        (word,) = token.parts
        entities = [entity for entity in self.similar.get(word, []) if entity.kind != "source"]
        if not entities or not self._may_be_misspelt(word):
            return ()
        entity = entities[0]
        if entity.similarity < MIN_SIMILARITY:
            return ()
        names = [*entity.names, *(synonym for synonym in entity.synonyms if len(synonym) == 1)]
        candidates = [part for name in names for part in name if part[0] == word[0]]
        spellings = get_close_matches(word, candidates, 1, MIN_SPELLING_SIMILARITY)
        if not spellings:
            return ()
        return (replace(interpret_as(token.text, entity), exact=False, synonyms=tuple(spellings)),)

    def _may_be_misspelt(self, word: str) -> bool:
        indexed = self.indexed.get(word)
        return (
            indexed is not None
            and indexed.is_searchable
            and not indexed.is_in_record
            and len(word) >= MIN_MISSPELT_CHARS
        )

    def _nearest(self) -> Iterator[Interpretation]:
        """Names similar to the words that the record never uses."""
        for part, entities in self.similar.items():
            typed = next(token.text for token in self.tokens if part in token.parts)
            if typed.isupper() or not self._may_be_misspelt(part):
                continue
            for entity in entities[:MAX_SUGGESTIONS]:
                interpretation = interpret_as(typed, entity)
                if entity.kind == "source":
                    interpretation = replace(interpretation, label=entity.label["text"])
                yield interpretation

    def _limit(self, at: int) -> tuple[tuple[Interpretation, ...], int] | None:
        """“before round 6”, “after March 2018”: the limit, and its number of tokens."""
        token = self.tokens[at]
        kind = None if token.quoted or token.negative else limit_words().get(token.parts)
        if not kind:
            return None
        for length in range(min(MAX_NAME_WORDS, len(self.tokens) - at - 1), 0, -1):
            span, text = self._span(at + 1, length), self._text(at + 1, length)
            meeting = next(iter(self._rounds(span)), None) if span else None
            if days := (days_of(meeting) if meeting else named_days(text)):
                day = days[0] if kind == "before" else days[1]
                when = name_of(meeting.label) if meeting else day_in_words(day)
                sentence = _("what began before %(when)s")
                if kind == "after":
                    sentence = _("what began after %(when)s")
                label = sentence % {"when": when}
                limit = Interpretation(f"{token.text} {text}", kind, day.isoformat(), label)
                return (limit,), length + 1
        return None

    def _rounds(self, span: tuple[str, ...]) -> list[NamedEntity]:
        name = number_ordinals(span)
        return [
            entity for entity in self.entities if entity.kind == "round" and name in entity.names
        ]
