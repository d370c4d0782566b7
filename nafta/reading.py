"""What the words of a query mean.

Words are looked for as words, and as names: “Canada” is a word, and also whatever that party said.
So is a misspelt name, the number of a round, the way something is attributed. ``read`` asks the
index (nafta/models.py) which names there are and tells how it understood each word.
"""

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from issues.models import Proposal, ProposalStatus
from nafta.choices import STATUSES, fitting
from nafta.spelling import PERCENT, normal_spelling
from rounds import language
from rounds.databases import reading
from rounds.dates import day as day_in_words
from rounds.models import (
    Basis,
    Deadline,
    DeadlineOutcome,
    LinkKind,
    Round,
    RoundStatus,
    Statement,
)
from rounds.timeline import Kind

CERTAIN = 0.5  # how like a name a word must be to be taken for its misspelling: at a first glance
SPELT = 0.8  # and letter by letter
SPAN = 6  # words of a name
JSONB = 3802  # how PostgreSQL numbers the type

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


# --- what was typed ---


@dataclass(slots=True)
class Typed:
    """A word or a phrase in quotation marks, with the parts it is compared by."""

    text: str
    negative: bool = False
    quoted: bool = False
    alternative: bool = False
    parts: tuple[str, ...] = ()


PIECE = re.compile(
    rf'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<percent>-?[\d.,]+) +{PERCENT[0]}\b|(?P<word>\S+)'
)
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'"})


def pieces(text: str) -> list[Typed]:
    """The words and phrases of a query: ``-`` leaves out, ``or`` offers an alternative.

    A percentage is one piece, written as ``85 %``.
    """
    found: list[Typed] = []
    alternative = False
    for match in PIECE.finditer(normal_spelling(text.translate(QUOTES))):
        word = f"{match['percent']} %" if match["percent"] else match["word"]
        if word is not None and word.lower() == "or" and found:
            alternative = True
            continue
        if word is None:
            one = Typed(match["phrase"].strip(), bool(match["minus"]), quoted=True)
        else:
            one = Typed(word.lstrip("-"), word.startswith("-"))
        one.parts = folded(one.text)
        one.alternative = alternative
        if one.parts:
            found.append(one)
            alternative = False
    return found


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


def _names(
    words: list[str], asked: list[tuple[str, str]]
) -> tuple[dict[str, tuple[bool, bool]], dict[str, list[Candidate]], dict[tuple[str, str], Any]]:
    """Of each word whether it means anything and was heard, and the names it is like."""
    statement = """SELECT word, means, heard, kind, key, label, names, likeness
        FROM search_nearest(%s) UNION ALL SELECT NULL, NULL, NULL, kind, key, label, '', 1
        FROM nafta_entry WHERE (kind, key) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"""
    heard: dict[str, tuple[bool, bool]] = {}
    names: dict[str, list[Candidate]] = {}
    labels: dict[tuple[str, str], Any] = {}
    for word, means, was_heard, kind, key, label, lines, likeness in rows(
        statement, [words, [kind for kind, _key in asked], [key for _kind, key in asked]]
    ):
        if word is None:
            labels[kind, key] = label
            continue
        heard[word] = means, was_heard
        if kind:
            own, _blank, others = lines.partition("\n\n")
            parts = folded_lines(own), folded_lines(others)
            names.setdefault(word, []).append(Candidate(kind, key, label, *parts, likeness))
    return heard, names, labels


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


def meaning(words: str, name: Candidate) -> Meaning:
    also = [" ".join(line) for line in name.lines] if name.kind == "party" else []
    return Meaning(words, name.kind, name.key, name_of(name.label), also=tuple(also))


def name_of(label: dict[str, Any], part: str = "name") -> language.Text:
    """What something is called in the reader's language."""
    return language.local(label, part)


def numbered(span: tuple[str, ...]) -> tuple[str, ...]:
    """“fourth round” as “round 4”."""
    words = _("first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth").split(
        ","
    )
    ordinals = {folded(word): str(number) for number, word in enumerate(words, 1)}
    if len(span) == 2 and (number := ordinals.get(span[:1])):
        return span[1], number
    return span


def vocabulary() -> dict[tuple[str, ...], tuple[Meaning, ...]]:
    """The words of the record itself: its kinds, what became of them, how they are attributed and
    linked. A word may mean several.
    """
    known: dict[tuple[str, ...], tuple[Meaning, ...]] = {}

    def know(words: Iterable[Any], kind: str, key: str, label: Any) -> None:
        one = Meaning("", kind, key, str(label))
        for word in words:
            parts = uninflected(folded(str(word)))
            known[parts] = tuple(dict.fromkeys((*known.get(parts, ()), one)))

    for kind, model in (
        (Kind.STATEMENT, Statement),
        (Kind.PROPOSAL, Proposal),
        (Kind.DEADLINE, Deadline),
    ):
        know([kind.label, model._meta.verbose_name], "kind", kind.value, kind.label)
    know([Kind.ROUND.label], "kind", Kind.ROUND.value, Round._meta.verbose_name_plural)
    know([Kind.MEETING.label], "kind", Kind.MEETING.value, Kind.MEETING.label)
    others = other_words()
    for key, label in (one for words in STATUSES.values() for one in words.choices):
        know([label, *others.get(key, [])], "status", key, label)
    know([Basis.ON_RECORD.label], "basis", Basis.ON_RECORD.value, Basis.ON_RECORD.label)
    unnamed = [Basis.UNNAMED.label, *_("anonymous, anonymously, off the record").split(",")]
    know(unnamed, "basis", Basis.UNNAMED.value, Basis.UNNAMED.label)
    joint = [Basis.JOINT.label, *_("joint statements").split(",")]
    know(joint, "basis", Basis.JOINT.value, Basis.JOINT.label)
    words = _(
        "disagree, disagrees, disagreed, contradict, contradicts, contradicted, contradiction"
    )
    label = _("statements that contradict each other")
    know(words.split(","), "link", LinkKind.CONTRADICTS.value, label)
    return known


def other_words() -> dict[str, list[str]]:
    """What people say for a status, beside its own name."""
    words = {
        DeadlineOutcome.MISSED.value: _("not met, blown"),
        DeadlineOutcome.MOVED.value: _("extended, pushed back"),
        RoundStatus.CANCELLED.value: _("canceled, called off"),
        RoundStatus.RESCHEDULED.value: _("postponed, put off"),
        ProposalStatus.WITHDRAWN.value: _("dropped, taken back"),
        ProposalStatus.SUPERSEDED.value: _("replaced"),
        ProposalStatus.REJECTED.value: _("refused, turned down"),
        ProposalStatus.AGREED.value: _("accepted, agreed to"),
    }
    return {status: text.split(",") for status, text in words.items()}


def noise_words() -> set[tuple[str, ...]]:
    """What says nothing beside a name: “what did … say”. Alone it may be what is looked for."""
    # Translators: in your language; articles and prepositions of it, too.
    words = _(
        "say, says, said, saying, tell, tells, told, talk, talks, talked, everything, anything,"
        " all, happened, source, sources, quote, quotes"
    )
    return {folded(word) for word in words.split(",")}


def common_words() -> set[str]:
    """Short words of the reader's language that are also codes somewhere, such as “us” and “it”."""
    # Translators: words of your language of two or three letters, and none of these.
    words = _(
        "ad, am, an, are, as, at, be, but, by, can, do, for, go, had, has, he, her, him, his, if,"
        " in, is, it, its, may, me, my, no, not, of, on, or, our, out, per, she, so, the, to, up,"
        " us, was, we, who, you"
    )
    return {part for word in words.split(",") for part in folded(word)}


def limit_words() -> dict[tuple[str, ...], str]:
    before = {folded(word): "before" for word in _("before, until").split(",")}
    return before | {folded(word): "after" for word in _("after, since").split(",")}


def days_of(meeting: Candidate) -> tuple[dt.date, dt.date]:
    """From when to when a round lasted; one without a known end is told by its first day."""
    first, last = meeting.label["first"], meeting.label.get("last")
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)


def named_days(text: str) -> tuple[dt.date, dt.date] | None:
    """The first and last day of “2017-11-21”, “2017”, “March 2018”."""
    parts = folded(text)
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return (dt.date.fromisoformat(text),) * 2
        if not parts or not re.fullmatch("(19|20)[0-9]{2}", parts[-1]):
            return None
        year = int(parts[-1])
        if len(parts) == 1:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        months = {folded(str(name)): number for number, name in MONTHS.items()}
        if month := months.get(parts[:-1]):
            after = dt.date(year + month // 12, month % 12 + 1, 1)
            return dt.date(year, month, 1), after - dt.timedelta(days=1)
    except ValueError:
        pass
    return None


def rows(statement: str, params: list[Any]) -> list[Any]:
    """What the database answers, JSON read."""
    with reading().cursor() as cursor:
        cursor.execute(statement, params)
        is_json = [column.type_code == JSONB for column in cursor.description]
        return [
            [
                json.loads(value) if of_json and value else value
                for value, of_json in zip(row, is_json, strict=True)
            ]
            for row in cursor.fetchall()
        ]
