"""The words that a query may use for what the record has, in the language of the page."""

import datetime as dt
import json
import re
from collections.abc import Iterable
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from issues.models import Proposal, ProposalStatus
from nafta.search.filter_choices import STATUSES
from nafta.search.query import Candidate, Meaning, folded, folded_lines, uninflected
from rounds.models import (
    Basis,
    Deadline,
    DeadlineOutcome,
    LinkKind,
    Round,
    RoundStatus,
    Statement,
)
from rounds.platform.databases import reading
from rounds.public.timeline import Kind

JSONB = 3802  # how PostgreSQL numbers the type


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
