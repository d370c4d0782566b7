"""Warnings about entries that the rules allow and that are often mistakes.

A warning refuses nothing. The functions that take values are pure; ``find_warnings_about`` reads
what they need from a stored record, for the preview of the desk and the pages of the admin.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from django.contrib.postgres.search import TrigramSimilarity
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from issues.models import Issue, Outcome, Position, Progress, Proposal
from rounds.history.as_of import end_of
from rounds.models import (
    Basis,
    Claim,
    Party,
    Person,
    Round,
    RoundStatus,
    SourceRank,
    Statement,
)
from rounds.platform.dates import day, describe, first_day, last_day

MIN_SIMILARITY = 0.6  # of pg_trgm, 0 to 1: from here on two summaries read alike
COMPARED_DAYS = 60  # before and after a statement: the same words a year later are news


def join_names(records: Iterable[object]) -> str:
    return ", ".join(map(str, records))


def warn_of_speakers(
    speakers: Collection[Person], parties: Collection[Party], basis: str
) -> Iterator[str]:
    """Warn of a statement without speakers, or of speakers of another party."""
    if not speakers and basis in {Basis.ON_RECORD, Basis.REPORTING}:
        yield _("No speaker is named. The basis is “%(basis)s”.") % {"basis": Basis(basis).label}
    for speaker in speakers:
        if speaker.party and parties and speaker.party not in parties:
            yield _(
                "%(speaker)s belongs to a party (%(party)s) for which this statement does "
                "not speak. It speaks for: %(others)s."
            ) % {
                "speaker": speaker,
                "party": speaker.party,
                "others": join_names(parties),
            }


def warn_of_days(
    dates: DateRange, today: dt.date, meeting: Round | None = None, end: dt.date | None = None
) -> Iterator[str]:
    """Warn of days to come, or outside of the round, which lasted until ``end``."""
    first, last = first_day(dates), last_day(dates)
    if first > today:
        yield _("This date has not come yet: %(day)s. Today is %(today)s.") % {
            "day": day(first),
            "today": day(today),
        }
    if meeting is None:
        return
    is_before = last is not None and last < meeting.first_day
    is_after = end is not None and first > end
    if is_before or is_after:
        yield _("This date, %(when)s, is outside the meeting “%(round)s” (%(dates)s).") % {
            "when": describe(dates),
            "round": meeting,
            "dates": meeting.when,
        }


def warn_of_evidence(
    position: Position, evidence: Statement | Proposal, parties: Collection[Party]
) -> Iterator[str]:
    """Warn of a position that rests on what another party said or tabled."""
    if not parties or position.party in parties:
        return
    if isinstance(evidence, Proposal):
        text = _(
            "The position “%(position)s” rests on a proposal of another party "
            "(%(others)s): “%(evidence)s”."
        )
    else:
        text = _(
            "The position “%(position)s” rests on a statement made for another party "
            "(%(others)s): “%(evidence)s”."
        )
    yield text % {"position": position, "evidence": evidence, "others": join_names(parties)}


def warn_of_sources(record: Claim, issues: Collection[Issue]) -> Iterator[str]:
    """Warn of what rests on sources of the lowest rank alone, on an issue of the front page."""
    if not any(issue.featured for issue in issues):
        return
    sources = [record.source, *record.other_sources.all()]
    if all(source.rank == SourceRank.OTHER for source in sources):
        yield _(
            "“%(title)s” is on an issue of the front page and rests only on sources of the lowest "
            "rank, “%(rank)s”: %(sources)s. Cite a better source, or open the source and correct "
            "its rank."
        ) % {"title": record, "rank": SourceRank.OTHER.label, "sources": join_names(sources)}


def warn_of_round(meeting: Round, today: dt.date) -> Iterator[str]:
    """Warn of a meeting that is held before it begins."""
    if meeting.status == RoundStatus.HELD and meeting.first_day > today:
        yield _(
            "The meeting “%(round)s” is marked as held, but it begins "
            "on %(day)s. Today is %(today)s."
        ) % {
            "round": meeting,
            "day": day(meeting.first_day),
            "today": day(today),
        }


def warn_of_resemblance(similar: Iterable[Statement]) -> Iterator[str]:
    """Warn of statements in almost the same words."""
    for statement in similar:
        yield _("The record has almost the same words: “%(statement)s”, %(when)s (%(state)s).") % {
            "statement": statement,
            "when": statement.when,
            "state": statement.state_label,
        }


def find_similar_statements(statement: Statement, limit: int = 2) -> list[Statement]:
    """The other statements of these weeks, or of the same source, with almost the same words."""
    weeks = dt.timedelta(days=COMPARED_DAYS)
    begins_near = Q(
        dates__startswith__gte=statement.first_day - weeks,
        dates__startswith__lte=statement.first_day + weeks,
    )
    return list(
        Statement.objects.filter(begins_near | Q(source=statement.source_id))
        .exclude(pk=statement.pk)
        .annotate(similarity=TrigramSimilarity("summary", statement.summary))
        .filter(similarity__gte=MIN_SIMILARITY)
        .order_by("-similarity", "pk")[:limit]
    )


def find_warnings_about(record: Model, today: dt.date) -> list[str]:
    """All warnings about one stored record; none about kinds that have none."""
    if isinstance(record, Round):
        return list(warn_of_round(record, today))
    if isinstance(record, Position):
        evidence = record.evidence
        return [
            *warn_of_days(record.since, today),
            *warn_of_evidence(record, evidence, evidence.parties.all()),
            *warn_of_sources(evidence, [record.issue]),
        ]
    if isinstance(record, Progress | Outcome):
        return list(warn_of_sources(record, [record.issue]))
    if isinstance(record, Statement):
        return [
            *warn_of_sources(record, record.issues.all()),
            *warn_of_speakers(
                record.speakers.select_related("party"), record.parties.all(), record.basis
            ),
            *_warnings_about_claim(record, today),
            *warn_of_resemblance(find_similar_statements(record)),
        ]
    if isinstance(record, Proposal):
        return [*_warnings_about_claim(record, today), *warn_of_sources(record, [record.issue])]
    return []


def _warnings_about_claim(record: Statement | Proposal, today: dt.date) -> Iterator[str]:
    """What statements and proposals share: their days, and the positions that rest on them."""
    meeting = record.round
    end = end_of(meeting, Round.objects.rounds_proper()) if meeting else None
    yield from warn_of_days(record.dates, today, meeting, end)
    parties = record.parties.all()
    for position in record.positions.select_related("issue", "party"):
        yield from warn_of_evidence(position, record, parties)
