"""The vocabulary of the query parser, in the language of the page, and the names in the index."""

import datetime as dt
import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from issues.models import Outcome, Proposal, ProposalStatus
from nafta.search.filter_choices import STATUSES
from nafta.search.query import Interpretation, NamedEntity, fold, fold_lines, strip_inflection
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

JSONB_OID = 3802  # PostgreSQL's number of the type


class IndexedWord(NamedTuple):
    """What the index knows of a word of the query."""

    is_searchable: bool  # not a stop word such as “the”
    is_in_record: bool


def look_up_names(
    parts: Iterable[str], named_keys: list[tuple[str, str]]
) -> tuple[dict[str, IndexedWord], dict[str, list[NamedEntity]], dict[tuple[str, str], Any]]:
    """What the index knows of each of ``parts``, the entities with a name similar to it, and the
    labels of ``named_keys``, by kind and key. One query.
    """
    statement = """SELECT word, means, heard, kind, key, label, names, likeness
        FROM search_nearest(%s) UNION ALL SELECT NULL, NULL, NULL, kind, key, label, '', 1
        FROM nafta_entry WHERE (kind, key) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"""
    indexed: dict[str, IndexedWord] = {}
    similar: dict[str, list[NamedEntity]] = {}
    labels: dict[tuple[str, str], Any] = {}
    for word, is_searchable, is_in_record, kind, key, label, lines, similarity in fetch_rows(
        statement,
        [list(parts), [kind for kind, _key in named_keys], [key for _kind, key in named_keys]],
    ):
        if word is None:
            labels[kind, key] = label
            continue
        indexed[word] = IndexedWord(is_searchable, is_in_record)
        if kind:
            names, _blank, synonyms = map(fold_lines, lines.partition("\n\n"))
            entity = NamedEntity(kind, key, label, names, synonyms, similarity)
            similar.setdefault(word, []).append(entity)
    return indexed, similar, labels


def number_ordinals(span: tuple[str, ...]) -> tuple[str, ...]:
    """“fourth round” becomes “round 4”; all else stays."""
    text = _("first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth")
    ordinals = {fold(word): str(number) for number, word in enumerate(text.split(","), 1)}
    if len(span) == 2 and (number := ordinals.get(span[:1])):
        return span[1], number
    return span


def vocabulary() -> dict[tuple[str, ...], tuple[Interpretation, ...]]:
    """The words for kinds, statuses, attributions and links, in the language of the page.

    By the word, folded and without inflection. A word may have several interpretations.
    """
    interpretations: dict[tuple[str, ...], tuple[Interpretation, ...]] = {}

    def define(names: Iterable[object], kind: str, key: str, label: object) -> None:
        interpretation = Interpretation("", kind, key, str(label))
        for word in names:
            parts = strip_inflection(fold(str(word)))
            both = (*interpretations.get(parts, ()), interpretation)
            interpretations[parts] = tuple(dict.fromkeys(both))

    for kind, model in (
        (Kind.STATEMENT, Statement),
        (Kind.PROPOSAL, Proposal),
        (Kind.DEADLINE, Deadline),
        (Kind.OUTCOME, Outcome),
    ):
        define([kind.label, model._meta.verbose_name], "kind", kind.value, kind.label)
    define([Kind.ROUND.label], "kind", Kind.ROUND.value, Round._meta.verbose_name_plural)
    define([Kind.MEETING.label], "kind", Kind.MEETING.value, Kind.MEETING.label)
    synonyms = status_synonyms()
    for key, label in (choice for choices in STATUSES.values() for choice in choices):
        define([label, *synonyms.get(key, [])], "status", key, label)
    define([Basis.ON_RECORD.label], "basis", Basis.ON_RECORD.value, Basis.ON_RECORD.label)
    unnamed = [Basis.UNNAMED.label, *_("anonymous, anonymously, off the record").split(",")]
    define(unnamed, "basis", Basis.UNNAMED.value, Basis.UNNAMED.label)
    joint = [Basis.JOINT.label, *_("joint statements").split(",")]
    define(joint, "basis", Basis.JOINT.value, Basis.JOINT.label)
    contradictions = _(
        "disagree, disagrees, disagreed, contradict, contradicts, contradicted, contradiction"
    )
    label = _("statements that contradict each other")
    define(contradictions.split(","), "link", LinkKind.CONTRADICTS.value, label)
    return interpretations


def status_synonyms() -> dict[str, list[str]]:
    """What people also call a status."""
    texts = {
        DeadlineOutcome.MISSED.value: _("not met, blown"),
        DeadlineOutcome.MOVED.value: _("extended, pushed back"),
        RoundStatus.CANCELLED.value: _("canceled, called off"),
        RoundStatus.RESCHEDULED.value: _("postponed, put off"),
        ProposalStatus.WITHDRAWN.value: _("dropped, taken back"),
        ProposalStatus.SUPERSEDED.value: _("replaced"),
        ProposalStatus.REJECTED.value: _("refused, turned down"),
        ProposalStatus.AGREED.value: _("accepted, agreed to"),
    }
    return {status: text.split(",") for status, text in texts.items()}


def noise_words() -> set[tuple[str, ...]]:
    """Words to ignore in a query that has a name: “what did … say”. Alone they are searched."""
    # Translators: in your language; articles and prepositions of it, too.
    text = _(
        "say, says, said, saying, tell, tells, told, talk, talks, talked, everything, anything,"
        " all, happened, source, sources, quote, quotes"
    )
    return {fold(word) for word in text.split(",")}


def common_words() -> set[str]:
    """Short words of the reader's language that may be codes of parties, too: “us”, “it”."""
    # Translators: words of your language of two or three letters, and none of these.
    text = _(
        "ad, am, an, are, as, at, be, but, by, can, do, for, go, had, has, he, her, him, his, if,"
        " in, is, it, its, may, me, my, no, not, of, on, or, our, out, per, she, so, the, to, up,"
        " us, was, we, who, you"
    )
    return {part for word in text.split(",") for part in fold(word)}


def limit_words() -> dict[tuple[str, ...], str]:
    """Words such as “until”, folded: whether each means "before" or "after"."""
    before = {fold(word): "before" for word in _("before, until").split(",")}
    return before | {fold(word): "after" for word in _("after, since").split(",")}


def days_of(meeting: NamedEntity) -> tuple[dt.date, dt.date]:
    """The first and last day of a round; the first twice if its end is unknown."""
    first, last = meeting.label["first"], meeting.label.get("last")
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)


def named_days(text: str) -> tuple[dt.date, dt.date] | None:
    """The first and last day of “2017-11-21”, “2017”, “March 2018”."""
    parts = fold(text)
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return (dt.date.fromisoformat(text),) * 2
        if not parts or not re.fullmatch("(19|20)[0-9]{2}", parts[-1]):
            return None
        year = int(parts[-1])
        if len(parts) == 1:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        months = {fold(str(name)): number for number, name in MONTHS.items()}
        if month := months.get(parts[:-1]):
            after = dt.date(year + month // 12, month % 12 + 1, 1)
            return dt.date(year, month, 1), after - dt.timedelta(days=1)
    except ValueError:
        pass
    return None


def fetch_rows(statement: str, params: list[Any]) -> list[Any]:
    """The rows of a SELECT on the current read connection, with jsonb values parsed."""
    with reading().cursor() as cursor:
        cursor.execute(statement, params)
        is_json = [column.type_code == JSONB_OID for column in cursor.description]
        return [
            [
                json.loads(value) if of_json and value else value
                for value, of_json in zip(row, is_json, strict=True)
            ]
            for row in cursor.fetchall()
        ]
