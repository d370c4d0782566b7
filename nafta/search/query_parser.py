"""What the words of a query mean.

Words are looked for as words, and as names: “Canada” is a word, and also whatever that party said.
So is a misspelt name, the number of a round, the way something is attributed. ``read`` asks the
index (nafta/search/models.py) which names there are and tells how it understood each word.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from django.utils.translation import gettext as _

from nafta.search.query import (
    CERTAIN,
    SPAN,
    SPELT,
    Candidate,
    Meaning,
    Query,
    Term,
    folded,
    meaning,
    name_of,
    uninflected,
)
from nafta.search.tokens import Typed, pieces
from nafta.search.vocabulary import (
    _names,
    common_words,
    days_of,
    limit_words,
    named_days,
    noise_words,
    numbered,
    vocabulary,
)
from rounds.platform.dates import day as day_in_words


def read(text: str = "", asked: Iterable[tuple[str, str]] = (), *, beside: bool = False) -> Query:
    """What a query means. One question to the database, which also knows the names of ``asked``.

    ``beside``: other choices stand beside the words.
    """
    typed = pieces(text)
    asked = list(asked)
    if not typed and not asked:
        return Query(text)
    heard, names, labels = _names(sorted({part for one in typed for part in one.parts}), asked)
    return replace(Reader(typed, heard, names).query(beside), text=text, labels=labels)


class Reader:
    """Goes through the words from left to right and takes the longest name it knows."""

    def __init__(
        self,
        typed: list[Typed],
        heard: dict[str, tuple[bool, bool]],
        names: dict[str, list[Candidate]],
    ) -> None:
        self.typed, self.heard, self.names = typed, heard, names
        self.known = list(
            {
                (one.kind, one.key): one
                for some in names.values()
                for one in some
                if one.kind != "source"
            }.values()
        )
        self.vocabulary = vocabulary()
        self.common_words = common_words()
        self.noise_words = noise_words()

    def query(self, beside: bool = False) -> Query:
        terms, at = [], 0
        while at < len(self.typed):
            one = self.typed[at]
            meanings, length = self.limit(at) or self.longest(at)
            meanings = meanings or self.misspelt(one)
            words = self.words(at, length)
            terms.append(Term(words, one.negative, meanings, one.alternative, one.quoted))
            at += length
        kept = [one for one in terms if one.meanings or self.means(*folded(one.text))]
        named = beside or any(one.meanings and not one.negative for one in kept)
        codes = tuple(self.codes())
        noise = self.noise_words | {folded(code.words) for code in codes} if named else set()
        told = [one for one in kept if one.meanings or one.quoted or folded(one.text) not in noise]
        wanted = [one.text for one in self.typed if not one.negative]
        return Query(
            every=tuple(told),
            left_out=tuple(one.text for one in kept if one not in told),
            phrase=" ".join(wanted) if len(wanted) == len(self.typed) > 1 else "",
            nearest=tuple(self.nearest()),
            codes=codes,
        )

    def words(self, at: int, length: int) -> str:
        return " ".join(one.text.strip(",;:?!().") for one in self.typed[at : at + length])

    def span(self, at: int, length: int) -> tuple[str, ...]:
        """The parts of some words that may be one name; none if they are not all plain."""
        some = self.typed[at : at + length]
        if len(some) < length or any(one.quoted for one in some):
            return ()
        if length > 1 and any(one.negative or one.alternative for one in some[1:]):
            return ()
        if length > 1 and some[0].negative:
            return ()
        return tuple(part for one in some for part in one.parts)

    def longest(self, at: int) -> tuple[tuple[Meaning, ...], int]:
        """What the longest run of words from here names, and how many words that is."""
        for length in range(min(SPAN, len(self.typed) - at), 0, -1):
            span = self.span(at, length)
            if span and (meanings := self.named(span, self.words(at, length))):
                return meanings, length
        return (), 1

    def named(self, span: tuple[str, ...], words: str) -> tuple[Meaning, ...]:
        """What the words name, if that is clear: whatever is named most surely, three at most."""
        if known := self.vocabulary.get(uninflected(span)):
            return tuple(replace(one, words=words) for one in known)
        if len(span) == 1 and re.fullmatch("(19|20)[0-9]{2}", span[0]):
            return (Meaning(words, "year", span[0], span[0]),)
        span = numbered(span)
        for one in dict.fromkeys([span, (*span[:-1], span[-1].removesuffix("s"))]):
            if not self.may_name(one[0]) or not self.may_name(one[-1]):
                continue
            by_closeness = self.by_closeness(one, is_common=self.is_common_word(one, words))
            for closeness, some in sorted(by_closeness.items()):
                if len(some) <= (1 if closeness > 1 and len(one) == 1 else 3):
                    return tuple(meaning(words, name) for name in some)
        return ()

    def by_closeness(self, span: tuple[str, ...], *, is_common: bool) -> dict[int, list[Candidate]]:
        """What ``span`` may name. A common word names no party, nor is “of” a part of a name."""
        matches: dict[int, list[Candidate]] = {}
        for name in self.known:
            closeness = name.closeness(span)
            is_noise = closeness and span in self.noise_words
            if closeness is not None and not is_noise and not (is_common and name.kind == "party"):
                matches.setdefault(closeness, []).append(name)
        return matches

    def is_common_word(self, span: tuple[str, ...], text: str) -> bool:
        """Whether it is a word such as “us” and not written as a code, “US”."""
        return len(span) == 1 and span[0] in self.common_words and not text.isupper()

    def codes(self) -> Iterator[Meaning]:
        """The parties that would have been meant by common words, had these been in capitals."""
        for token in self.typed:
            if not token.quoted and self.is_common_word(token.parts, token.text):
                for name in self.known:
                    if name.kind == "party" and name.closeness(token.parts) == 0:
                        yield meaning(token.text, name)

    def means(self, *parts: str) -> bool:
        """Whether the index looks for any of these; it does not for “the”."""
        return any(self.heard.get(part, (True, True))[0] for part in parts)

    def may_name(self, part: str) -> bool:
        """No name begins or ends with “the”, but a party may be called “us”."""
        parties = [name for name in self.known if name.kind == "party"]
        return bool(part) and (self.means(part) or any((part,) in one.lines for one in parties))

    def misspelt(self, one: Typed) -> tuple[Meaning, ...]:
        """The name that a word is most like, if the record never used the word itself.

        An abbreviation is no misspelling, nor is what begins with another letter.
        """
        if one.quoted or one.text.isupper() or len(one.parts) != 1 or len(one.parts[0]) < 4:
            return ()
        means, heard = self.heard.get(one.parts[0], (False, False))
        like = [name for name in self.names.get(one.parts[0], []) if name.kind != "source"]
        if not means or heard or not like or like[0].likeness < CERTAIN:
            return ()
        word = one.parts[0]
        lines = [*like[0].lines, *(line for line in like[0].others if len(line) == 1)]
        parts = [part for line in lines for part in line if part[0] == word[0]]
        right = get_close_matches(word, parts, 1, SPELT)
        if not right:
            return ()
        return (replace(meaning(one.text, like[0]), exact=False, also=tuple(right)),)

    def nearest(self) -> Iterator[Meaning]:
        """Names like the words that the record never used."""
        for part, names in self.names.items():
            means, heard = self.heard[part]
            typed = next(one.text for one in self.typed if part in one.parts)
            if not means or heard or len(part) < 4 or typed.isupper():
                continue
            for name in names[:3]:
                told = meaning(typed, name)
                yield replace(told, label=name.label["text"]) if name.kind == "source" else told

    def limit(self, at: int) -> tuple[tuple[Meaning, ...], int] | None:
        """“before round 6”, “after March 2018”, and how many words that takes."""
        one = self.typed[at]
        kind = None if one.quoted or one.negative else limit_words().get(one.parts)
        for length in range(min(SPAN, len(self.typed) - at - 1), 0, -1) if kind else ():
            span, text = self.span(at + 1, length), self.words(at + 1, length)
            meeting = next(iter(self.rounds(span)), None) if span else None
            if days := (days_of(meeting) if meeting else named_days(text)):
                day = days[0] if kind == "before" else days[1]
                told = name_of(meeting.label) if meeting else day_in_words(day)
                said = _("what began before %(when)s")
                if kind == "after":
                    said = _("what began after %(when)s")
                words, label = f"{one.text} {text}", said % {"when": told}
                return (Meaning(words, str(kind), day.isoformat(), label),), length + 1
        return None

    def rounds(self, span: tuple[str, ...]) -> list[Candidate]:
        span = numbered(span)
        return [one for one in self.known if one.kind == "round" and span in one.lines]
