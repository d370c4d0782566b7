"""Makes answers of records, and of the items and rows that the pages show of them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpRequest
from django.urls import reverse

from issues import resources as issues
from issues.analysis.outcome_items import outcome_items
from issues.analysis.proposal_threads import proposal_items
from issues.matrix.stances import stance_label
from issues.models import Issue, Measure, Outcome, Position, Progress, Proposal
from nafta.api import schemas
from nafta.api.columns import answer, to_words, to_words_or_none
from nafta.api.params import LANGUAGES
from rounds.history.corrections import Correction
from rounds.models import (
    LISTED_FIELDS,
    Deadline,
    Negotiation,
    Party,
    Person,
    Publishable,
    Round,
    Source,
    Statement,
)
from rounds.platform import clock
from rounds.platform.dates import describe, first_day, last_day
from rounds.platform.fast_reverse import page_of
from rounds.platform.translated_text import local
from rounds.public.deadlines import deadline_items
from rounds.public.timeline import (
    ClaimItem,
    DeadlineItem,
    MeetingItem,
    OutcomeItem,
    ProposalItem,
    Ref,
    StatementItem,
    TimelineItem,
    round_items,
    statement_items,
)
from rounds.tabular import resources as rounds

KeyedClaim = Round | Deadline | Statement | Proposal | Outcome | Issue | Measure


def to_span_or_none(dates: DateRange | None, *, approximate: bool = False) -> schemas.Span | None:
    return to_span(dates, approximate=approximate) if dates else None


def to_span(dates: DateRange, *, approximate: bool = False) -> schemas.Span:
    return schemas.Span(
        first=first_day(dates),
        last=last_day(dates),
        approximate=approximate,
        words=describe(dates, approximate=approximate),
    )


def _licence(negotiation: Negotiation) -> schemas.Licence | None:
    entry = negotiation.license_entry
    if not entry:
        return None
    return schemas.Licence(name=entry["name"], title=entry["title"], path=entry["path"] or None)


def to_float(value: Decimal | float | str | None) -> float | None:
    return None if value is None else float(value)


def list_keys(refs: Iterable[Ref]) -> list[str]:
    return [str(ref.get("slug") or ref["code"]) for ref in refs]


@dataclass(frozen=True, slots=True)
class Serializer:
    """Makes the answers to a request. Its host is that of the addresses in them."""

    request: HttpRequest

    def whole_address(self, path: str) -> str:
        return self.request.build_absolute_uri(path)

    # --- references to other records ---

    def ref(self, party: Party) -> schemas.Ref:
        return schemas.Ref(
            key=party.natural_key()[0],
            name=str(local(party, "name")),
            address=self.whole_address(party.get_absolute_url()),
        )

    def speaker(self, speaker: Ref) -> schemas.Ref:
        address = self.whole_address(page_of("person_detail", speaker["slug"]))
        return schemas.Ref(key=speaker["slug"], name=speaker["name"], address=address)

    def source_ref(self, source: Source) -> schemas.SourceRef:
        return self.other_source({name: getattr(source, name) for name in LISTED_FIELDS})

    def other_source(self, source: Ref) -> schemas.SourceRef:
        return schemas.SourceRef(
            key=source["slug"],
            publisher=source["publisher"],
            title=source["title"],
            rank=source["rank"],
            address=self.whole_address(page_of("source_detail", source["slug"])),
            url=source["url"] or None,
            archive_url=source["archive_url"] or None,
        )

    # --- reference ---

    def negotiation(self, negotiation: Negotiation) -> schemas.Negotiation:
        return answer(
            schemas.Negotiation,
            rounds.NegotiationResource,
            negotiation,
            key=negotiation.slug,
            address=self.whole_address(reverse("home")),
            languages=LANGUAGES,
            licence=_licence(negotiation),
        )

    def party(self, party: Party) -> schemas.Party:
        return answer(
            schemas.Party,
            rounds.PartyResource,
            party,
            key=party.code,
            address=self.whole_address(party.get_absolute_url()),
        )

    def person(self, person: Person) -> schemas.Person:
        return answer(
            schemas.Person,
            rounds.PersonResource,
            person,
            key=person.slug,
            address=self.whole_address(person.get_absolute_url()),
        )

    def source(self, source: Source) -> schemas.Source:
        return answer(
            schemas.Source,
            rounds.SourceResource,
            source,
            key=source.slug,
            address=self.whole_address(page_of("source_detail", source.slug)),
            published=to_span_or_none(source.published, approximate=source.published_approximate),
            claims=source.claims,  # type: ignore[attr-defined]  # of cited()
        )

    # --- claims ---

    def claim(self, claim: KeyedClaim) -> dict[str, Any]:
        return {
            "key": claim.slug,
            "address": self.whole_address(claim.get_absolute_url()),
            "source": self.source_ref(claim.source),
            "other_sources": [self.other_source(source) for source in claim.other_source_list],
            **publication_times(claim),
        }

    def dated(self, item: TimelineItem) -> dict[str, Any]:
        return {**self.claim(item.record), "dates": item_span(item)}

    def attributed(self, item: ClaimItem) -> dict[str, Any]:
        return {
            **self.dated(item),
            "on_record": item.on_record,
            "attribution": str(item.attribution),
        }

    def rounds(self, records: Iterable[Round]) -> list[schemas.Round]:
        return [self._round(item) for item in round_items(records)]

    def _round(self, item: MeetingItem) -> schemas.Round:
        meeting: Round = item.record
        return answer(
            schemas.Round,
            rounds.RoundResource,
            meeting,
            **self.dated(item),
            parties=list_keys(item.parties),
            planned=to_span_or_none(meeting.planned_dates),
        )

    def deadlines(self, records: Iterable[Deadline]) -> list[schemas.Deadline]:
        return [self._deadline(item) for item in deadline_items(records)]

    def _deadline(self, item: DeadlineItem) -> schemas.Deadline:
        deadline: Deadline = item.record
        return answer(
            schemas.Deadline,
            rounds.DeadlineResource,
            deadline,
            **self.dated(item),
            set_on=to_span(deadline.set_on, approximate=deadline.set_on_approximate),
            parties=list_keys(item.parties),
            missed=item.missed,
        )

    def statements(self, records: Iterable[Statement]) -> list[schemas.Statement]:
        return [self._statement(item) for item in statement_items(records)]

    def _statement(self, item: StatementItem) -> schemas.Statement:
        statement: Any = item.record  # with what the QuerySet added
        return answer(
            schemas.Statement,
            issues.StatementOnIssuesResource,
            statement,
            **self.attributed(item),
            quotation_language=item.language if item.quotation else None,
            speakers=[self.speaker(speaker) for speaker in item.speakers],
            parties=list_keys(item.parties),
            issues=list_keys(item.issues),
            links=[
                schemas.Link(
                    kind=link["kind"],
                    statement=link["statement"],
                    note=to_words_or_none(local(link, "note")),
                )
                for link in statement.link_list
            ],
        )

    def proposals(self, records: Iterable[Proposal]) -> list[schemas.Proposal]:
        return [self._proposal(item) for item in proposal_items(records)]

    def _proposal(self, item: ProposalItem) -> schemas.Proposal:
        proposal: Any = item.record  # with what the QuerySet added
        return answer(
            schemas.Proposal,
            issues.ProposalResource,
            proposal,
            **self.attributed(item),
            label=item.label,
            parties=list_keys(item.parties),
            settled=to_span_or_none(proposal.settled, approximate=proposal.settled_approximate),
            earlier_statuses=[
                schemas.EarlierStatus(
                    status=earlier.status,
                    since=to_span(earlier.dates, approximate=earlier.approximate),
                    party=earlier.party.code,
                    note=to_words_or_none(local(earlier, "note")),
                )
                for earlier in proposal.earlier
            ],
            terms=[
                schemas.Term(
                    measure=term["measure"],
                    scope=to_words_or_none(local(term, "scope")),
                    comparator=term["comparator"],
                    low=float(term["low"]),
                    high=to_float(term["high"]),
                )
                for term in proposal.term_list
            ],
        )

    def outcomes(self, records: Iterable[Outcome]) -> list[schemas.Outcome]:
        return [self._outcome(item) for item in outcome_items(records)]

    def _outcome(self, item: OutcomeItem) -> schemas.Outcome:
        return answer(
            schemas.Outcome,
            issues.OutcomeResource,
            item.record,
            **self.dated(item),
            label=item.status_label,
            parties=[
                schemas.PartyOutcome(party=party["code"], gist=to_words(local(party, "gist")))
                for party in item.parties
            ],
        )

    def issue(self, issue: Issue) -> schemas.Issue:
        return answer(schemas.Issue, issues.IssueResource, issue, **self.claim(issue))

    def measure(self, measure: Measure) -> schemas.Measure:
        return answer(schemas.Measure, issues.MeasureResource, measure, **self.claim(measure))

    def position(self, position: Position) -> schemas.Position:
        return answer(
            schemas.Position,
            issues.PositionResource,
            position,
            since=to_span(position.since, approximate=position.approximate),
            label=stance_label(position, clock.today()),
            evidence=self.evidence(position),
            **publication_times(position),
        )

    def evidence(self, position: Position) -> schemas.Evidence:
        evidence = position.evidence
        return schemas.Evidence(
            kind="statement" if position.statement else "proposal",
            key=evidence.slug,
            address=self.whole_address(evidence.get_absolute_url()),
            basis=evidence.basis,
            on_record=evidence.on_the_record,
            source=self.source_ref(evidence.source),
        )

    def progress(self, progress: Progress) -> schemas.Progress:
        return answer(
            schemas.Progress,
            issues.ProgressResource,
            progress,
            label=progress.get_level_display(),
            source=self.source_ref(progress.source),
            **publication_times(progress),
        )

    # --- what the pages show ---

    def item(self, item: TimelineItem) -> schemas.Item:
        statement = item if isinstance(item, StatementItem) else None
        return schemas.Item(
            kind=item.kind,
            key=item.slug,
            address=self.whole_address(item.url),
            dates=item_span(item),
            title=to_words(item.title),
            text=to_words_or_none(item.text),
            quotation=statement.quotation or None if statement else None,
            status=str(item.status) or None,
            attribution=str(item.attribution),
            on_record=item.on_record if item.basis else None,
            parties=list_keys(item.parties),
            speakers=list_keys(statement.speakers) if statement else [],
            issues=list_keys(item.issues) if isinstance(item, ClaimItem) else [],
            source=self.source_ref(item.record.source),
        )

    def correction(self, correction: Correction) -> schemas.Correction:
        return schemas.Correction(
            id=str(correction.id),
            at=correction.at,
            address=self.whole_address(correction.get_absolute_url()),
            kind=correction.kind,
            summary=correction.summary,
            title=correction.title or None,
            record=self.whole_address(correction.url) if correction.url else None,
            note=correction.note or None,
            changes=[
                schemas.Change(
                    field=str(change.title), before=str(change.before), after=str(change.after)
                )
                for change in correction.changes
            ],
        )


def publication_times(published: Publishable) -> dict[str, dt.datetime | None]:
    """Return when readers first and last saw it change; reads ``with_publication_times()``."""
    return {
        "published_at": published.published_at,  # type: ignore[attr-defined]
        "updated_at": published.updated_at,  # type: ignore[attr-defined]
    }


def item_span(item: TimelineItem) -> schemas.Span:
    return schemas.Span(
        first=item.first, last=item.last, approximate=item.approximate, words=item.when
    )
