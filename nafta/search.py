"""Search: what the words of a query mean, what they find, and how many of each sort there are.

Words are looked for as words, and as names: “Canada” is a word, and also whatever that party said.
``read`` tells how it understood them; ``found`` and ``counted`` ask the one index behind it
(nafta/models.py), ``marked`` shows where in a text the words stand.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.dates import MONTHS
from django.utils.html import escape
from django.utils.translation import gettext as _

from rounds import language
from rounds.dates import day as day_in_words
from rounds.models import Basis, Deadline, LinkKind, Round, Statement
from rounds.timeline import Kind

DATED = ("statement", "proposal", "deadline", "round")  # tables of what stands on the timeline
NAMES = ("party", "person", "issue", "source")  # what has a name and no day, in their order
SHOWN_NAMES = 6
COUNTED = 1_000  # at most; beyond it a page says "1,000+"
CERTAIN = 0.5  # how like a name a word must be to be taken for its misspelling
SPAN = 6  # words of a name

SQL = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Reading:
    """Words of a query, and the record's key that they were read as."""

    words: str
    kind: str  # party, person, issue, round, kind, basis, link, year; before, after
    key: str
    label: str
    exact: bool = True  # not a misspelling

    @property
    def token(self) -> str:
        return f"{self.kind} {self.key}"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase to be found, or left out; any of ``readings`` will do as well."""

    text: str
    negative: bool = False
    readings: tuple[Reading, ...] = ()
    alternative: bool = False  # to the one before it

    def sql(self) -> SQL:
        tokens = " | ".join(lexeme(reading.token) for reading in self.readings)
        return "(search_words(%s) || %s::tsquery)", [self.text, tokens]


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, as it was understood."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    limits: tuple[Reading, ...] = ()  # before and after a day
    left_out: tuple[str, ...] = ()
    phrase: str = ""  # all words as they were typed, if they are several
    nearest: tuple[Reading, ...] = ()  # names that words not understood are like
    labels: dict[tuple[str, str], Any] = field(default_factory=dict)  # of keys asked about

    @property
    def readings(self) -> list[Reading]:
        return [one for term in self.terms for one in term.readings] + list(self.limits)

    @property
    def before(self) -> dt.date | None:
        return min((_day(one) for one in self.limits if one.kind == "before"), default=None)

    @property
    def after(self) -> dt.date | None:
        return max((_day(one) for one in self.limits if one.kind == "after"), default=None)

    @property
    def says_nothing(self) -> bool:
        """Whether something was typed and none of it can be looked for."""
        return bool(self.text) and not (self.terms or self.limits)

    def words(self) -> SQL:
        """The words to mark in what is found."""
        wanted = [term.text for term in self.terms if not term.negative]
        return " || ".join(["''::tsquery"] + ["search_words(%s)"] * len(wanted)), list(wanted)

    def sql(self) -> SQL:
        """All terms, each with its alternatives."""
        groups: list[list[Term]] = []
        for term in self.terms:
            if term.alternative and groups:
                groups[-1].append(term)
            else:
                groups.append([term])
        parts, params = [], []
        for group in groups:
            each = [(term, *term.sql()) for term in group]
            parts.append(
                "(" + " || ".join(f"!!{sql}" if term.negative else sql for term, sql, _p in each) + ")"
            )
            params += [value for _t, _sql, values in each for value in values]
        return " && ".join(parts), params

    def ids(self, table: str) -> RawSQL:
        """The numbers of the rows of a kind that fit, for a filter of its records."""
        return RawSQL(*Search(query=self).ids(table))  # noqa: S611  # holds placeholders alone


def _day(reading: Reading) -> dt.date:
    return dt.date.fromisoformat(reading.key)


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


PIECE = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<word>\S+)')
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'"})


def pieces(text: str) -> list[Typed]:
    """The words and phrases of a query: ``-`` leaves out, ``or`` offers an alternative."""
    found: list[Typed] = []
    alternative = False
    for match in PIECE.finditer(text.translate(QUOTES)):
        word = match["word"]
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
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    plain = "".join(one for one in plain if not unicodedata.combining(one)).casefold()
    return tuple(re.findall(r"[^\W_]+", re.sub(r"'s\b", "", plain)))


# --- how it is understood ---


@dataclass(frozen=True, slots=True)
class Name:
    """Something that words can name, as the index has it."""

    kind: str
    key: str
    label: dict[str, Any]
    lines: tuple[tuple[str, ...], ...]
    likeness: float

    def closeness(self, span: tuple[str, ...]) -> int | None:
        """How surely ``span`` names it: 0 in full, then by a part of a name; None if it does not."""
        if span in self.lines:
            return 0
        long, known = len(span) > 1, any(len(one) > 3 for one in span)
        if self.kind == "person" and (long or len(span[0]) > 2):
            return 1 if any(holds(line[not long :], span) for line in self.lines) else None
        if self.kind == "issue" and known or self.kind == "round" and long:
            found = any(holds(line, span) for line in self.lines)
            return {"issue": 2, "round": 3}[self.kind] if found else None
        return None


def holds(line: tuple[str, ...], span: tuple[str, ...]) -> bool:
    return any(line[at : at + len(span)] == span for at in range(len(line) - len(span) + 1))


def read(text: str = "", asked: Iterable[tuple[str, str]] = ()) -> Query:
    """What a query means. One question to the database, which also knows the names of ``asked``."""
    typed = pieces(text)
    asked = list(asked)
    if not typed and not asked:
        return Query(text)
    heard, names, labels = _names(sorted({part for one in typed for part in one.parts}), asked)
    return replace(Reader(typed, heard, names).query(), text=text, labels=labels)


def _names(
    words: list[str], asked: list[tuple[str, str]]
) -> tuple[dict[str, tuple[bool, bool]], dict[str, list[Name]], dict[tuple[str, str], Any]]:
    """Of each word whether it means anything and was heard, and the names it is like."""
    statement = """SELECT word, means, heard, kind, key, label, names, likeness
        FROM search_nearest(%s) UNION ALL SELECT NULL, NULL, NULL, kind, key, label, '', 1
        FROM nafta_entry WHERE (kind, key) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"""
    heard: dict[str, tuple[bool, bool]] = {}
    names: dict[str, list[Name]] = {}
    labels: dict[tuple[str, str], Any] = {}
    for word, means, was_heard, kind, key, label, lines, likeness in _rows(
        statement, [words, [kind for kind, _key in asked], [key for _kind, key in asked]]
    ):
        if word is None:
            labels[kind, key] = label
            continue
        heard[word] = means, was_heard
        if kind:
            parts = tuple(dict.fromkeys(folded(line) for line in lines.split("\n")))
            names.setdefault(word, []).append(Name(kind, key, label, parts, likeness))
    return heard, names, labels


class Reader:
    """Goes through the words from left to right and takes the longest name it knows."""

    def __init__(
        self,
        typed: list[Typed],
        heard: dict[str, tuple[bool, bool]],
        names: dict[str, list[Name]],
    ) -> None:
        self.typed, self.heard, self.names = typed, heard, names
        self.known = list({(one.kind, one.key): one for some in names.values() for one in some}.values())
        self.vocabulary = vocabulary()

    def query(self) -> Query:
        terms, limits, at = [], [], 0
        while at < len(self.typed):
            one = self.typed[at]
            if limit := self.limit(at):
                reading, length = limit
                limits.append(reading)
            else:
                readings, length = ((), 1) if one.quoted else self.longest(at)
                readings = readings or self.misspelt(one)
                words = self.words(at, length)
                terms.append(Term(words, one.negative, tuple(readings), one.alternative))
            at += length
        terms, left_out = self.without_noise(terms, bool(limits))
        wanted = [one for one in self.typed if not one.negative]
        several = len(wanted) == len(self.typed) > 1 and not limits
        return Query(
            terms=tuple(terms),
            limits=tuple(limits),
            left_out=tuple(left_out),
            phrase=" ".join(one.text for one in wanted) if several else "",
            nearest=tuple(self.nearest()),
        )

    def words(self, at: int, length: int) -> str:
        return " ".join(one.text.strip(",;:?!()") for one in self.typed[at : at + length])

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

    def longest(self, at: int) -> tuple[tuple[Reading, ...], int]:
        for length in range(min(SPAN, len(self.typed) - at), 0, -1):
            span = self.span(at, length)
            if span and (readings := self.named(span, self.words(at, length))):
                return readings, length
        return (), 1

    def named(self, span: tuple[str, ...], words: str) -> tuple[Reading, ...]:
        """What the words name, if that is clear: whatever is named most surely, three at most."""
        if known := self.vocabulary.get(span):
            return tuple(replace(one, words=words) for one in known)
        if len(span) == 1 and re.fullmatch("(19|20)[0-9]{2}", span[0]):
            return (Reading(words, "year", span[0], span[0]),)
        span = numbered(span)
        for one in dict.fromkeys([span, (*span[:-1], span[-1].removesuffix("s"))]):
            if not one[-1] or not self.means(one[0]) or not self.means(one[-1]):
                continue
            found = [(name.closeness(one), name) for name in self.known]
            by_closeness: dict[int, list[Name]] = {}
            for closeness, name in found:
                if closeness is not None and name.kind != "source":
                    by_closeness.setdefault(closeness, []).append(name)
            for closeness, some in sorted(by_closeness.items()):
                if len(some) <= (1 if closeness > 1 and len(one) == 1 else 3):
                    return tuple(reading(words, name) for name in some)
        return ()

    def means(self, part: str) -> bool:
        """Not so “the”; two letters may be a party's code all the same."""
        means, _heard = self.heard.get(part, (True, False))
        return means or any((part,) in name.lines for name in self.known if name.kind == "party")

    def misspelt(self, one: Typed) -> tuple[Reading, ...]:
        """The name that a word is most like, if nobody ever used the word itself."""
        if one.quoted or len(one.parts) != 1 or len(one.parts[0]) < 4:
            return ()
        means, heard = self.heard.get(one.parts[0], (False, False))
        like = [name for name in self.names.get(one.parts[0], []) if name.kind != "source"]
        if not means or heard or not like or like[0].likeness < CERTAIN:
            return ()
        return (replace(reading(one.text, like[0]), exact=False),)

    def nearest(self) -> Iterator[Reading]:
        for one in self.typed:
            for part in one.parts:
                for name in self.names.get(part, [])[:3]:
                    if name.likeness < 1 and len(part) > 3:
                        yield replace(reading(one.text, name), exact=False)

    def limit(self, at: int) -> tuple[Reading, int] | None:
        """ “before round 6”, “after March 2018”, and how many words that takes."""
        words = _limit_words()
        one = self.typed[at]
        kind = words.get(one.parts) if not one.quoted and not one.negative else None
        if not kind:
            return None
        for length in range(min(SPAN, len(self.typed) - at - 1), 0, -1):
            text = self.words(at + 1, length)
            if days := named_days(text) or self.days_of_round(self.span(at + 1, length)):
                first, last = days
                end = first if kind == "before" else last
                said = {"before": _("before %(when)s"), "after": _("after %(when)s")}[kind]
                label = said % {"when": self.round_name(at + 1, length) or day_in_words(end)}
                return Reading(f"{one.text} {text}", kind, end.isoformat(), label), length + 1
        return None

    def rounds(self, span: tuple[str, ...]) -> list[Name]:
        span = numbered(span)
        return [one for one in self.known if one.kind == "round" and span in one.lines]

    def days_of_round(self, span: tuple[str, ...]) -> tuple[dt.date, dt.date] | None:
        for one in self.rounds(span)[:1]:
            first = dt.date.fromisoformat(one.label["first"])
            last = one.label.get("last")
            return first, dt.date.fromisoformat(last) if last else first
        return None

    def round_name(self, at: int, length: int) -> str:
        return next((name_of(one.label) for one in self.rounds(self.span(at, length))), "")

    def without_noise(self, terms: list[Term], limited: bool) -> tuple[list[Term], list[str]]:
        """Beside a name, “what did … say about” says nothing; alone it may be what is looked for."""
        told = [term for term in terms if term.readings and not term.negative]
        if not told and not limited:
            return terms, []
        noise = {folded(word) for word in _("say, says, said, saying, tell, told, talk, talked, everything, anything, all, happened, source, sources, quote, quotes").split(",")}
        kept = [term for term in terms if term.readings or folded(term.text) not in noise]
        # a word before "sources" and the like; what means nothing to the index is no term either
        return kept, [term.text for term in terms if term not in kept]


def reading(words: str, name: Name) -> Reading:
    return Reading(words, name.kind, name.key, name_of(name.label))


def name_of(label: dict[str, Any], part: str = "name") -> language.Text:
    """What something is called in the reader's language."""
    return language.local(label, part)


def numbered(span: tuple[str, ...]) -> tuple[str, ...]:
    """ “fourth round” as “round 4”."""
    words = _("first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth").split(",")
    ordinals = {folded(word): str(number) for number, word in enumerate(words, 1)}
    if len(span) == 2 and (number := ordinals.get(span[:1])):
        return span[1], number
    return span


def vocabulary() -> dict[tuple[str, ...], tuple[Reading, ...]]:
    """The words of the record itself: its kinds, how things are attributed, how they are linked."""
    known: dict[tuple[str, ...], tuple[Reading, ...]] = {}

    def know(words: Iterable[Any], kind: str, key: str, label: Any) -> None:
        for word in words:
            known[folded(str(word))] = (Reading("", kind, key, str(label)),)

    from issues.models import Proposal

    for kind, model in (
        (Kind.STATEMENT, Statement),
        (Kind.PROPOSAL, Proposal),
        (Kind.DEADLINE, Deadline),
    ):
        know([kind.label, model._meta.verbose_name], "kind", kind.value, kind.label)
    know([Kind.ROUND.label], "kind", Kind.ROUND.value, Round._meta.verbose_name_plural)
    know([Kind.MEETING.label], "kind", Kind.MEETING.value, Kind.MEETING.label)
    know([Basis.ON_RECORD.label], "basis", Basis.ON_RECORD.value, Basis.ON_RECORD.label)
    unnamed = [Basis.UNNAMED.label, *_("anonymous, anonymously, off the record").split(",")]
    know(unnamed, "basis", Basis.UNNAMED.value, Basis.UNNAMED.label)
    joint = [Basis.JOINT.label, *_("joint statements").split(",")]
    know(joint, "basis", Basis.JOINT.value, Basis.JOINT.label)
    words = _("disagree, disagrees, disagreed, contradict, contradicts, contradicted, contradiction")
    label = _("statements that contradict each other")
    know(words.split(","), "link", LinkKind.CONTRADICTS.value, label)
    return known


def _limit_words() -> dict[tuple[str, ...], str]:
    before = {folded(word): "before" for word in _("before, until").split(",")}
    return before | {folded(word): "after" for word in _("after, since").split(",")}


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


# --- what is found ---


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list of what was found: the last row already shown."""

    tier: int
    day: dt.date
    pk: int

    @classmethod
    def parse(cls, text: str) -> "Place":
        """The inverse of ``str``. Raises ``ValueError``."""
        tier, day, pk = text.split(".")
        if not re.fullmatch("[0-9]{1,18}", pk):
            raise ValueError(text)
        return cls(int(tier), dt.date.fromisoformat(day), int(pk))

    def __str__(self) -> str:
        return f"{self.tier}.{self.day.isoformat()}.{self.pk}"


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
    def place(self) -> Place:
        return Place(self.tier, self.day, self.pk)


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
        return bool(
            self.query.terms or self.query.limits or self.tokens or self.before or self.after
        )

    def found(self, size: int, place: Place | None = None) -> tuple[list[Hit], list[Hit]]:
        """One row more than ``size`` of the list, newest first within a tier; and names beside."""
        kinds = [self.kind] if self.kind in NAMES else list(DATED)
        branches = list(self._tiers(kinds, size + 1, place))
        if not self.kind and place is None:
            branches.append(self._names_beside())
        columns = "tier, kind, object_id, key, day, id, label"
        union = " UNION ALL ".join(f"({sql})" for sql, _params in branches)
        rows = _rows(
            f"SELECT {columns} FROM ({union}) AS found ORDER BY nth, tier DESC, day DESC, id DESC",
            [value for _sql, params in branches for value in params],
        )
        hits = [Hit(*row) for row in rows]
        return [one for one in hits if one.tier < 3][: size + 1], [
            one for one in hits if one.tier == 3
        ]

    def _tiers(self, kinds: list[str], limit: int, place: Place | None) -> Iterator[SQL]:
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
            if place and tier > place.tier:
                continue
            if place and tier == place.tier:
                some = [*some, ("(day, id) < (%s, %s)", [place.day, place.pk])]
            yield self._select(
                f"{tier} AS tier, 0 AS nth", [("kind = ANY(%s)", [kinds]), *some], limit=limit
            )

    def _kinds(self, kinds: list[str]) -> SQL:
        tokens = [*kinds, "meeting"] if "round" in kinds else kinds
        keys = " | ".join(lexeme(f"kind {kind}") for kind in tokens)
        return "vector @@ %s::tsquery", [keys]

    def _names_beside(self) -> SQL:
        match, values = self._match()
        titled = f"(ts_filter(vector, '{{a}}') @@ ({match}))" if match else "FALSE"
        sql, params = self._select(
            "3 AS tier, row_number() OVER (ORDER BY"
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
        for sign, days in (
            ("<", [self.before, self.query.before]),
            (">", [self.after, self.query.after]),
        ):
            for day in days:
                if day:  # what has no day is neither before nor after one
                    where.append((f"(day {sign} %s AND day > DATE '0001-01-01')", [day]))
        return where

    def ids(self, table: str) -> SQL:
        conditions = [*self._where(), ("kind = %s", [table])]
        where = " AND ".join(sql for sql, _params in conditions)
        return f"SELECT object_id FROM nafta_entry WHERE {where}", [
            value for _sql, values in conditions for value in values
        ]

    def counted(self) -> "Counts":
        """How many rows fit, and of them how many have each key; of ``COUNTED`` at most."""
        conditions = self._where()
        if self.kind in NAMES:
            conditions.append(("kind = %s", [self.kind]))
        where = " AND ".join(sql for sql, _params in conditions) or "TRUE"
        rows = _rows(
            f"""WITH fits AS MATERIALIZED (
                SELECT keys FROM nafta_entry WHERE {where} LIMIT {COUNTED + 1}
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
        total = next(times for kind, _key, times, _label in rows if not kind)
        return Counts(
            min(total, COUNTED),
            total > COUNTED,
            [(kind, key, times, label) for kind, key, times, label in rows if kind],
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
SIGNS = str.maketrans({"<": "\ue002", ">": "\ue003", "&": "\ue004", START: None, STOP: None})
BACK = str.maketrans({"\ue002": "<", "\ue003": ">", "\ue004": "&"})
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
        rows = _rows(
            f"""SELECT nth, ts_headline(configuration::regconfig, body, {sql}, CASE
                WHEN length(body) > {LONG} THEN 'MaxFragments=2, MinWords=12, MaxWords=30, '
                    || 'FragmentDelimiter=" … ", StartSel="{START}", StopSel="{STOP}"'
                ELSE 'HighlightAll=TRUE, StartSel="{START}", StopSel="{STOP}"' END)
            FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS one(body, configuration, nth)""",
            [*params, [str(text).translate(SIGNS) for text in wanted], configurations],
        )
        shown = {wanted[nth - 1]: headline for nth, headline in rows}

    def show(text: str) -> Marked:
        one = Marked(text, getattr(text, "language", language.active()))
        headline = shown.get(text, text).translate(BACK)
        one.html = escape(headline).replace(START, "<mark>").replace(STOP, "</mark>")
        return one

    return show


def _configuration(text: str) -> str:
    translated = isinstance(text, language.Text) and text.language != language.original()
    return "search_plain" if translated else "search_record"


def _rows(statement: str, params: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
