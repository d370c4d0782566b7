"""Saving what was entered: everything as a draft first, then published together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues.desk.forms.base import CheckedForm
from issues.desk.forms.desk import DeskForm
from issues.desk.forms.grid import (
    IssueOutcomeForm,
    OutcomeForm,
    PositionCellForm,
    ProgressCellForm,
)
from issues.desk.forms.rows import AttributedForm, ProposalRowForm, StatementRowForm
from issues.desk.state import Evidence, GridCell, gist_input
from issues.models import Outcome, PartyOutcome, Position, Progress, Proposal, Term
from rounds.models import (
    Person,
    Publishable,
    Round,
    Source,
    State,
    Statement,
    Translatable,
    new_key,
)
from rounds.publishing.refusals import refusal
from rounds.publishing.states import set_state

INPUT_OF_FIELD = {  # where the desk has another name for a field of a model
    "dates": "days",
    "approximate": "days",
    "statement": "evidence",
    "proposal": "evidence",
    "since": "evidence",
    "url": "source",
    "measure": "numbers",
    "comparator": "numbers",
    "low": "numbers",
    "high": "numbers",
}


class RejectedError(Exception):
    """A rule of the record refused something; the form that it belongs to has the error."""


@dataclass(frozen=True, slots=True)
class SavedPosition:
    """A position that was stored, and the stance that its cell showed before."""

    cell: GridCell
    was: str
    position: Position
    row: AttributedForm | None  # what it rests on, if that was written on the spot
    is_row_inferred: bool  # whether the desk chose the row by itself


@dataclass(slots=True)
class SavedRecords:
    """All that was stored of a page, with the forms it came from."""

    forms: dict[Publishable, CheckedForm] = field(default_factory=dict)
    statements: list[tuple[str, Statement]] = field(default_factory=list)
    proposals: list[tuple[str, Proposal]] = field(default_factory=list)
    positions: list[SavedPosition] = field(default_factory=list)
    progress: list[tuple[str, Progress]] = field(default_factory=list)  # with the level before
    outcomes: list[tuple[str, Outcome]] = field(default_factory=list)  # with the kind before
    sources: list[Source] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    has_outcome: bool = False  # whether the round itself was changed
    public: list[Publishable] = field(default_factory=list)  # those that readers see already

    @property
    def records(self) -> list[Publishable]:
        return list(self.forms)


def save_entry(entry: DeskForm) -> SavedRecords:
    """Store a valid entry, form by form, within the transaction of the caller.

    Raises ``RejectedError`` with every reason told at its form.
    """
    writer = EntryWriter(entry)
    writer.save_references()
    for outcome in entry.changed_outcome:
        writer.save_outcome(outcome)
    for row in entry.rows:
        writer.save_row(row)
    for cell in entry.changed_cells:
        writer.save_position(cell)
    for progress in entry.changed_progress:
        writer.save_progress(progress)
    for issue_outcome in entry.changed_issue_outcomes:
        writer.save_issue_outcome(issue_outcome)
    if writer.is_refused:
        raise RejectedError
    return writer.saved


class EntryWriter:
    """Stores the parts of an entry, and remembers what was stored for which form."""

    def __init__(self, entry: DeskForm) -> None:
        self.entry = entry
        self.round = Round.objects.get(pk=entry.state.round.pk)
        self.saved = SavedRecords()
        self.is_refused = False
        self.evidence_of: dict[AttributedForm, Evidence] = {}  # of the rows that were stored

    def save_references(self) -> None:
        """Store new sources and people."""
        for form in self.entry.sources.changed_forms:
            if form.record and not form.record.pk and self._save(form, form.record):
                self.saved.sources.append(form.record)
        for form in self.entry.people.changed_forms:
            person = form.record
            person.slug = slugify(person.name)[:70] or new_key()
            if Person.objects.filter(slug=person.slug).exists():
                person.slug = f"{person.slug}-{new_key()}"
            if self._save(form, person):
                self.saved.people.append(person)

    def save_outcome(self, form: OutcomeForm) -> None:
        meeting = self.round
        meeting.status = form.cleaned_data["status"]
        meeting.summary = form.cleaned_data["summary"]
        if self._save(form, meeting):
            self.saved.has_outcome = True
            if self.entry.source and self.entry.source != meeting.source:
                meeting.other_sources.add(self.entry.source)

    def save_row(self, form: AttributedForm) -> None:
        """Store a statement or a proposal."""
        if isinstance(form, StatementRowForm):
            self._save_statement(form)
        elif isinstance(form, ProposalRowForm):
            self._save_proposal(form)

    def _save_statement(self, form: StatementRowForm) -> None:
        typed = form.cleaned_data
        record = Statement(
            **_attributed(typed),
            summary=typed["summary"],
            quotation=typed["quotation"],
            language=typed["language"] or "en",
            round=self.round,
        )
        lists = {name: typed[name] for name in ("speakers", "parties", "issues")}
        if self._save(form, record, lists):
            self.saved.statements.append((form.handle, record))
            self.evidence_of[form] = record

    def _save_proposal(self, form: ProposalRowForm) -> None:
        typed = form.cleaned_data
        record = Proposal(
            **_attributed(typed),
            **{name: typed[name] for name in ("title", "summary", "issue", "responds_to")},
            round=self.round,
        )
        if self._save(form, record, {"parties": typed["parties"]}):
            for term in typed["terms"]:
                self._save(form, Term(proposal=record, **term._asdict()))
            self.saved.proposals.append((form.handle, record))
            self.evidence_of[form] = record

    def save_position(self, form: PositionCellForm) -> None:
        cell, typed = form.cell, form.cleaned_data
        row = typed["rests_on"] if isinstance(typed["rests_on"], AttributedForm) else None
        evidence = self.evidence_of.get(row) if row else typed["rests_on"]
        if evidence is None:
            return  # its row was refused, and has the error
        position = self._position_for(cell, evidence)
        position.statement = evidence if isinstance(evidence, Statement) else None
        position.proposal = evidence if isinstance(evidence, Proposal) else None
        for name in ("stance", "gist", "condition"):
            setattr(position, name, typed[name])
        if self._save(form, position):
            is_inferred = row is not None and not typed["evidence"]
            saved = SavedPosition(cell, cell.label, position, row, is_inferred)
            self.saved.positions.append(saved)
            if row is not None and isinstance(evidence, Statement):
                evidence.issues.add(cell.issue)

    def _position_for(self, cell: GridCell, evidence: Evidence) -> Position:
        """The position that was entered at the round, if it still began on the same day.

        Else a new one, which begins with its evidence.
        """
        position = Position.objects.get(pk=cell.entered.pk) if cell.entered else None
        if position is None or position.evidence != evidence:
            if position is None or position.first_day != evidence.first_day:
                position = Position(issue=cell.issue, party=cell.party)
            position.since, position.approximate = evidence.dates, evidence.approximate
        return position

    def save_progress(self, form: ProgressCellForm) -> None:
        row, typed = form.row, form.cleaned_data
        shown = row.noted or row.before
        noted = Progress.objects.get(pk=row.noted.pk) if row.noted else None
        record = noted or Progress(round=self.round, issue=row.issue)
        source = self.entry.source
        if source and record.level != typed["level"]:
            record.source = source
        record.level, record.summary = typed["level"], typed["summary"]
        if self._save(form, record):
            self.saved.progress.append((shown.get_level_display() if shown else "", record))

    def save_issue_outcome(self, form: IssueOutcomeForm) -> None:
        row, typed = form.row, form.cleaned_data
        shown = row.outcome or row.outcome_before
        record = Outcome.objects.get(pk=row.outcome.pk) if row.outcome else Outcome(issue=row.issue)
        record.kind, record.line, record.source = (
            typed["kind"],
            typed["line"],
            typed["source"] or record.source,
        )
        record.dates, record.approximate = typed["days"]
        if not record.pk:
            record.slug = Outcome.objects.free_key(row.issue.slug, record.first_day)
        if self._save(form, record):
            self._save_gists(form, record)
            self.saved.outcomes.append((shown.get_kind_display() if shown else "", record))

    def _save_gists(self, form: IssueOutcomeForm, outcome: Outcome) -> None:
        """Store how each party came to ``outcome``; a line that was emptied is taken out."""
        stored = {row.party_id: row for row in outcome.parties.all()}
        for party in self.entry.state.parties:
            gist = form.cleaned_data[gist_input(party.pk)]
            row = stored.get(party.pk) or PartyOutcome(outcome=outcome, party=party)
            if gist and gist != row.gist:
                row.gist = gist
                self._save(form, row)
            elif row.pk and not gist:
                row.delete()

    def _save(
        self,
        form: CheckedForm,
        record: Translatable,
        lists: Mapping[str, Iterable[Model]] | None = None,
    ) -> bool:
        """Store a record and its lists; False if a rule refused it, which is told at ``form``."""
        was_public = bool(record.pk) and getattr(record, "state", "") == State.PUBLISHED
        try:
            record.full_clean()
            with transaction.atomic():
                record.save()
                for name, members in (lists or {}).items():
                    getattr(record, name).set(members)
        except ValidationError as error:
            self._refuse(form, error)
            return False
        except DatabaseError as error:
            if not (message := refusal(error)):
                raise
            self._refuse(form, ValidationError({"__all__": [message]}))
            return False
        if isinstance(record, Publishable):
            self.saved.forms[record] = form
            if was_public:
                self.saved.public.append(record)
        return True

    def _refuse(self, form: CheckedForm, error: ValidationError) -> None:
        self.is_refused = True
        for name, errors in error.error_dict.items():
            field_name = INPUT_OF_FIELD.get(name, name)
            form.add_error(field_name if field_name in form.fields else None, errors)


def _attributed(typed: dict[str, Any]) -> dict[str, Any]:
    names = ("basis", "attribution", "unnamed_count", "unnamed_why", "source")
    dates, approximate = typed["days"]
    return {name: typed[name] for name in names} | {"dates": dates, "approximate": approximate}


def refuse_changes_of_public(saved: SavedRecords) -> None:
    """Raise ``RejectedError`` if a record was changed that readers see: no draft can hold that."""
    for record in saved.public:
        saved.forms[record].add_error(
            None, _("Readers see this already, so a change of it cannot be kept as a draft.")
        )
    if saved.public:
        raise RejectedError


def publish(entry: DeskForm, saved: SavedRecords) -> list[str]:
    """Publish all of it and the drafts chosen with it, or nothing; returns why it was refused."""
    records = dict.fromkeys([*saved.records, *entry.with_drafts])
    refused = set_state([record for record in records if not record.is_published], State.PUBLISHED)
    return [f"{record}: {reason}" for record, reason in refused.items()]
