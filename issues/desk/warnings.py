"""Warnings about entries that the rules allow and that are often mistakes.

A warning refuses nothing. The functions that take values are pure; ``find_warnings_about`` reads
what they need from a stored record, for the preview of the desk and the pages of the admin.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from issues.models import Issue, Level, Outcome, Position, Progress, Proposal
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
ENDED = (Level.CLOSED, Level.DROPPED)
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


def warn_of_missing_outcome(
    progress: Progress, outcomes: Iterable[Outcome], reopenings: Iterable[Progress]
) -> Iterator[str]:
    """Warn of an issue that was closed or dropped, and whose end nobody has told.

    ``reopenings`` are the progress that took it up again: an outcome from before does not count.
    """
    if progress.level not in ENDED:
        return
    meeting = progress.round.first_day
    days = (each.round.first_day for each in reopenings)
    taken_up = max((day for day in days if day <= meeting), default=dt.date.min)
    if all(outcome.first_day < taken_up for outcome in outcomes):
        yield _(
            "“%(issue)s” is marked as “%(level)s” at the meeting “%(round)s”, but it has no"
            " outcome. Enter how it ended."
        ) % {
            "issue": progress.issue,
            "level": progress.get_level_display(),
            "round": progress.round,
        }


def warn_of_reopening(
    outcome: Outcome, outcomes: Iterable[Outcome], reopenings: Iterable[Progress]
) -> Iterator[str]:
    """Warn of an outcome after which the issue was taken up again, unless it has a later one."""
    for reopening in reopenings:
        meeting = reopening.round
        is_last = all(other.first_day < meeting.first_day for other in outcomes)
        if meeting.first_day > outcome.first_day and is_last:
            yield _(
                "“%(issue)s” was reopened at the meeting “%(round)s” (%(dates)s), after this"
                " outcome (%(when)s). If it ended again, enter another outcome."
            ) % {
                "issue": outcome.issue,
                "round": meeting,
                "dates": meeting.when,
                "when": outcome.when,
            }


def warn_of_late_position(
    position: Position, outcomes: Iterable[Outcome], reopenings: Iterable[Progress]
) -> Iterator[str]:
    """Warn of a position that was taken after its issue had ended, and not been reopened."""
    taken = position.first_day
    earlier = [outcome for outcome in outcomes if outcome.first_day < taken]
    outcome = max(earlier, key=lambda outcome: outcome.first_day, default=None)
    if outcome is None:
        return
    if any(outcome.first_day < each.round.first_day <= taken for each in reopenings):
        return
    yield _(
        "The position “%(position)s” (%(since)s) was taken after the issue had ended:"
        " %(kind)s, %(when)s. Readers see the outcome in its place."
    ) % {
        "position": position,
        "since": position.when,
        "kind": outcome.get_kind_display(),
        "when": outcome.when,
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
    finder = WARNINGS_OF.get(type(record))
    return list(finder(record, today)) if finder else []


def find_endings(issue: Issue) -> tuple[list[Outcome], list[Progress]]:
    """The outcomes of ``issue``, and the progress that reopened it, drafts too."""
    reopenings = issue.progress.filter(level=Level.REOPENED).select_related("round")
    return list(issue.outcomes.select_related("issue")), list(reopenings)


def _warnings_about_position(position: Position, today: dt.date) -> Iterator[str]:
    evidence = position.evidence
    yield from warn_of_days(position.since, today)
    yield from warn_of_evidence(position, evidence, evidence.parties.all())
    yield from warn_of_late_position(position, *find_endings(position.issue))
    yield from warn_of_sources(evidence, [position.issue])


def _warnings_about_progress(progress: Progress, today: dt.date) -> Iterator[str]:
    yield from warn_of_missing_outcome(progress, *find_endings(progress.issue))
    yield from warn_of_sources(progress, [progress.issue])


def _warnings_about_outcome(outcome: Outcome, today: dt.date) -> Iterator[str]:
    outcomes, reopenings = find_endings(outcome.issue)
    yield from warn_of_days(outcome.dates, today)
    yield from warn_of_reopening(outcome, outcomes, reopenings)
    # the first is enough: a day that is wrong would bring up every later position of every party
    later = outcome.issue.positions.filter(since__startswith__gt=outcome.first_day)
    for position in later.select_related("issue", "party").order_by("since__startswith", "pk")[:1]:
        yield from warn_of_late_position(position, [outcome], reopenings)
    yield from warn_of_sources(outcome, [outcome.issue])


def _warnings_about_issue(issue: Issue, today: dt.date) -> Iterator[str]:
    """That it has no outcome, if it had ended at the last meeting that got anywhere with it."""
    last = issue.progress.select_related("round").order_by("-round__dates", "-pk").first()
    if last:
        yield from warn_of_missing_outcome(last, *find_endings(issue))


def _warnings_about_statement(statement: Statement, today: dt.date) -> Iterator[str]:
    yield from warn_of_sources(statement, statement.issues.all())
    speakers = statement.speakers.select_related("party")
    yield from warn_of_speakers(speakers, statement.parties.all(), statement.basis)
    yield from _warnings_about_claim(statement, today)
    yield from warn_of_resemblance(find_similar_statements(statement))


def _warnings_about_proposal(proposal: Proposal, today: dt.date) -> Iterator[str]:
    yield from _warnings_about_claim(proposal, today)
    yield from warn_of_sources(proposal, [proposal.issue])


def _warnings_about_claim(record: Statement | Proposal, today: dt.date) -> Iterator[str]:
    """What statements and proposals share: their days, and the positions that rest on them."""
    meeting = record.round
    end = end_of(meeting, Round.objects.rounds_proper()) if meeting else None
    yield from warn_of_days(record.dates, today, meeting, end)
    parties = record.parties.all()
    for position in record.positions.select_related("issue", "party"):
        yield from warn_of_evidence(position, record, parties)


WARNINGS_OF: dict[type[Model], Callable[[Any, dt.date], Iterator[str]]] = {
    Round: warn_of_round,
    Issue: _warnings_about_issue,
    Statement: _warnings_about_statement,
    Proposal: _warnings_about_proposal,
    Position: _warnings_about_position,
    Progress: _warnings_about_progress,
    Outcome: _warnings_about_outcome,
}
