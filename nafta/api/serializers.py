"""Answers made of the rows that the pages show, and of the records behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpRequest
from django.urls import reverse

from issues import models
from issues import resources as issues
from issues.analysis.proposal_threads import proposal_items
from issues.matrix.cells import MatrixCell
from issues.matrix.rows import MatrixRow
from issues.matrix.stances import stance_label
from nafta.api import schemas
from nafta.api.columns import answer, any_words, words
from nafta.api.params import LANGUAGES
from rounds import models as record
from rounds.history.corrections import Correction
from rounds.platform import clock
from rounds.platform.dates import describe, first_day, last_day
from rounds.platform.fast_reverse import page_of
from rounds.platform.translated_text import local
from rounds.public.timeline import Item, deadline_items, round_items, statement_items
from rounds.tabular import resources as rounds


def span(dates: DateRange, *, approximate: bool = False) -> schemas.Span:
    return schemas.Span(
        first=first_day(dates),
        last=last_day(dates),
        approximate=approximate,
        words=describe(dates, approximate=approximate),
    )


def _licence(negotiation: record.Negotiation) -> schemas.Licence | None:
    entry = negotiation.license_entry
    if not entry:
        return None
    return schemas.Licence(name=entry["name"], title=entry["title"], path=entry["path"] or None)


def number(value: Decimal | float | str | None) -> float | None:
    return None if value is None else float(value)


def keys(listed: Iterable[dict[str, Any]]) -> list[str]:
    return [str(one.get("slug") or one["code"]) for one in listed]


@dataclass(frozen=True, slots=True)
class Answers:
    """Makes answers to one request, with whole addresses."""

    request: HttpRequest

    def at(self, path: str) -> str:
        return self.request.build_absolute_uri(path)

    # --- what others refer to ---

    def ref(self, one: Any) -> schemas.Ref:
        return schemas.Ref(
            key=one.natural_key()[0],
            name=str(local(one, "name")),
            address=self.at(one.get_absolute_url()),
        )

    def speaker(self, one: dict[str, Any]) -> schemas.Ref:
        address = self.at(page_of("person_detail", one["slug"]))
        return schemas.Ref(key=one["slug"], name=one["name"], address=address)

    def source_ref(self, one: record.Source) -> schemas.SourceRef:
        names = ("slug", "publisher", "title", "url", "archive_url")
        return self.other_source({name: getattr(one, name) for name in names})

    def other_source(self, one: dict[str, Any]) -> schemas.SourceRef:
        return schemas.SourceRef(
            key=one["slug"],
            publisher=one["publisher"],
            title=one["title"],
            address=self.at(page_of("source_detail", one["slug"])),
            url=one["url"] or None,
            archive_url=one["archive_url"] or None,
        )

    # --- reference ---

    def negotiation(self, one: record.Negotiation) -> schemas.Negotiation:
        return answer(
            schemas.Negotiation,
            rounds.NegotiationResource,
            one,
            key=one.slug,
            address=self.at(reverse("home")),
            languages=LANGUAGES,
            licence=_licence(one),
        )

    def party(self, one: record.Party) -> schemas.Party:
        return answer(
            schemas.Party,
            rounds.PartyResource,
            one,
            key=one.code,
            address=self.at(one.get_absolute_url()),
        )

    def person(self, one: record.Person) -> schemas.Person:
        return answer(
            schemas.Person,
            rounds.PersonResource,
            one,
            key=one.slug,
            address=self.at(one.get_absolute_url()),
        )

    def source(self, one: Any) -> schemas.Source:
        return answer(
            schemas.Source,
            rounds.SourceResource,
            one,
            key=one.slug,
            address=self.at(page_of("source_detail", one.slug)),
            published=span(one.published, approximate=one.published_approximate)
            if one.published
            else None,
            claims=one.claims,
        )

    # --- claims ---

    def claim(self, one: Any) -> dict[str, Any]:
        return {
            "key": one.slug,
            "address": self.at(one.get_absolute_url()),
            "source": self.source_ref(one.source),
            "other_sources": [self.other_source(other) for other in one.other_source_list],
            **times(one),
        }

    def dated(self, item: Item) -> dict[str, Any]:
        return {**self.claim(item.record), "dates": days(item)}

    def attributed(self, item: Item) -> dict[str, Any]:
        return {
            **self.dated(item),
            "on_record": item.on_record,
            "attribution": str(item.attribution),
        }

    def rounds(self, records: Iterable[record.Round]) -> list[schemas.Round]:
        return [self._round(item) for item in round_items(records)]

    def _round(self, item: Item) -> schemas.Round:
        one: record.Round = item.record
        return answer(
            schemas.Round,
            rounds.RoundResource,
            one,
            **self.dated(item),
            parties=keys(item.parties),
            planned=span(one.planned_dates) if one.planned_dates else None,
        )

    def deadlines(self, records: Iterable[record.Deadline]) -> list[schemas.Deadline]:
        return [self._deadline(item) for item in deadline_items(records)]

    def _deadline(self, item: Item) -> schemas.Deadline:
        one: record.Deadline = item.record
        return answer(
            schemas.Deadline,
            rounds.DeadlineResource,
            one,
            **self.dated(item),
            set_on=span(one.set_on, approximate=one.set_on_approximate),
            parties=keys(item.parties),
            missed=bool(item.missed),
        )

    def statements(self, records: Iterable[record.Statement]) -> list[schemas.Statement]:
        return [self._statement(item) for item in statement_items(records)]

    def _statement(self, item: Item) -> schemas.Statement:
        one: Any = item.record
        return answer(
            schemas.Statement,
            issues.StatementOnIssuesResource,
            one,
            **self.attributed(item),
            quotation_language=item.language if item.quotation else None,
            speakers=[self.speaker(other) for other in item.speakers],
            parties=keys(item.parties),
            issues=keys(item.issues),
            links=[
                schemas.Link(
                    kind=link["kind"],
                    statement=link["statement"],
                    note=any_words(local(link, "note")),
                )
                for link in one.link_list
            ],
        )

    def proposals(self, records: Iterable[models.Proposal]) -> list[schemas.Proposal]:
        return [self._proposal(item) for item in proposal_items(records)]

    def _proposal(self, item: Item) -> schemas.Proposal:
        one: Any = item.record
        return answer(
            schemas.Proposal,
            issues.ProposalResource,
            one,
            **self.attributed(item),
            label=item.label,
            parties=keys(item.parties),
            settled=span(one.settled, approximate=one.settled_approximate) if one.settled else None,
            terms=[
                schemas.Term(
                    measure=term["measure"],
                    scope=any_words(local(term, "scope")),
                    comparator=term["comparator"],
                    low=float(term["low"]),
                    high=number(term["high"]),
                )
                for term in one.term_list
            ],
        )

    def issue(self, one: Any) -> schemas.Issue:
        return answer(schemas.Issue, issues.IssueResource, one, **self.claim(one))

    def measure(self, one: Any) -> schemas.Measure:
        return answer(schemas.Measure, issues.MeasureResource, one, **self.claim(one))

    def position(self, one: Any) -> schemas.Position:
        return answer(
            schemas.Position,
            issues.PositionResource,
            one,
            since=span(one.since, approximate=one.approximate),
            label=stance_label(one, clock.today()),
            evidence=self.evidence(one),
            **times(one),
        )

    def evidence(self, one: models.Position) -> schemas.Evidence:
        rests_on = one.evidence
        return schemas.Evidence(
            kind="statement" if one.statement else "proposal",
            key=rests_on.slug,
            address=self.at(rests_on.get_absolute_url()),
            basis=rests_on.basis,
            on_record=rests_on.on_the_record,
            source=self.source_ref(rests_on.source),
        )

    def progress(self, one: Any) -> schemas.Progress:
        return answer(
            schemas.Progress,
            issues.ProgressResource,
            one,
            label=one.get_level_display(),
            source=self.source_ref(one.source),
            **times(one),
        )

    # --- what the pages show ---

    def matrix_row(self, row: MatrixRow, issue: models.Issue) -> schemas.MatrixRow:
        return schemas.MatrixRow(
            issue=issue.slug,
            round=row.round.slug if row.round else None,
            level=row.progress.level if row.progress else "",
            cells=[self._cell(one) for one in row.cells],
        )

    def _cell(self, one: MatrixCell) -> schemas.Cell:
        return schemas.Cell(
            **self._cell_position(one),
            party=one.party.code,
            earlier_positions=[
                schemas.CellPosition(**self._cell_position(cell)) for cell in one.earlier_positions
            ],
        )

    def _cell_position(self, cell: MatrixCell) -> dict[str, Any]:
        first, latest = cell.first_position, cell.position
        return {
            "stance": cell.stance.value,
            "label": cell.label,
            "gist": any_words(cell.gist),
            "condition": any_words(cell.condition),
            "since": span(first.since, approximate=first.approximate) if first else None,
            "since_evidence": self.evidence(first) if first else None,
            "latest": span(latest.since, approximate=latest.approximate) if latest else None,
            "moved": cell.stance_changed,
            "shifted": cell.is_shifted,
            "restated": cell.is_restated,
            "before": cell.previous_stance,
            "evidence": self.evidence(latest) if latest else None,
        }

    def item(self, one: Item) -> schemas.Item:
        return schemas.Item(
            kind=one.kind,
            key=one.slug,
            address=self.at(one.url),
            dates=days(one),
            title=words(one.title),
            text=any_words(one.text),
            quotation=one.quotation or None,
            status=str(one.status) or None,
            attribution=str(one.attribution),
            on_record=one.on_record if one.basis else None,
            parties=keys(one.parties),
            speakers=keys(one.speakers),
            issues=keys(one.issues),
            source=self.source_ref(one.record.source),
        )

    def correction(self, one: Correction) -> schemas.Correction:
        return schemas.Correction(
            id=str(one.id),
            at=one.at,
            address=self.at(one.get_absolute_url()),
            kind=one.kind,
            summary=one.summary,
            title=one.title or None,
            record=self.at(one.url) if one.url else None,
            note=one.note or None,
            changes=[
                schemas.Change(
                    field=str(change.title), before=str(change.before), after=str(change.after)
                )
                for change in one.changes
            ],
        )


def times(one: Any) -> dict[str, Any]:
    return {"published_at": one.published_at, "updated_at": one.updated_at}


def days(item: Item) -> schemas.Span:
    return schemas.Span(
        first=item.first, last=item.last, approximate=item.approximate, words=item.when
    )
