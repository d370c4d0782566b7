"""Writing what was entered. Everything is stored as a draft first, then published together."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.forms import BaseForm
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues.desk.desk_form import DeskForm
from issues.desk.grid_forms import PlaceForm, ProgressForm
from issues.desk.row_forms import Attributed, ProposalForm, StatementForm
from issues.desk.state import Evidence, Place
from issues.models import Position, Progress, Proposal, Term
from rounds.models import Person, Publishable, Round, Source, State, Statement, new_key
from rounds.publishing.refusals import refusal
from rounds.publishing.states import set_state

INPUTS = {  # of fields of a model that the desk calls otherwise
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
    """A rule of the record refused it; the forms say which, where."""


@dataclass(frozen=True, slots=True)
class Move:
    """A position that was stored, and where the party stood before."""

    place: Place
    was: str
    position: Position
    row: Attributed | None  # what it rests on, if that was written on the spot
    found: bool  # whether the desk chose that by itself


@dataclass(slots=True)
class Written:
    """What a sitting stored."""

    forms: dict[Publishable, BaseForm] = field(default_factory=dict)
    statements: list[tuple[str, Statement]] = field(default_factory=list)
    proposals: list[tuple[str, Proposal]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    progress: list[tuple[str, Progress]] = field(default_factory=list)  # with what it was
    sources: list[Source] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    outcome: bool = False
    public: list[Publishable] = field(default_factory=list)  # changed under the readers' eyes

    @property
    def records(self) -> list[Publishable]:
        return list(self.forms)


class Writer:
    """Stores an entry that is valid, form by form, within the transaction of its caller."""

    def __init__(self, entry: DeskForm) -> None:
        self.entry = entry
        self.board = entry.board
        self.round = Round.objects.get(pk=entry.board.round.pk)
        self.written = Written()
        self.refused = False
        self.rows: dict[Attributed, Evidence | None] = {}

    def write(self) -> Written:
        """Everything, or ``RejectedError`` with every reason told at its form."""
        self._references()
        self._outcome()
        for row in self.entry.rows:
            if isinstance(row, StatementForm):
                self.rows[row] = self._statement(row)
            elif isinstance(row, ProposalForm):
                self.rows[row] = self._proposal(row)
        for place in self.entry.changed_places:
            self._position(place)
        for line in self.entry.changed_progress:
            self._progress(line)
        if self.refused:
            raise RejectedError
        return self.written

    def _references(self) -> None:
        for form in self.entry.new_sources:
            if form.record and not form.record.pk and self._save(form, form.record):
                self.written.sources.append(form.record)
        for form in self.entry.new_people:
            person = form.record
            person.slug = slugify(person.name)[:70] or new_key()
            if Person.objects.filter(slug=person.slug).exists():
                person.slug = f"{person.slug}-{new_key()}"
            if self._save(form, person):
                self.written.people.append(person)

    def _outcome(self) -> None:
        form, meeting = self.entry.outcome, self.round
        if not form.changed:
            return
        meeting.status = form.cleaned_data["status"]
        meeting.summary = form.cleaned_data["summary"]
        if self._save(form, meeting):
            self.written.outcome = True
            if self.entry.source and self.entry.source != meeting.source:
                meeting.other_sources.add(self.entry.source)

    def _statement(self, form: StatementForm) -> Statement | None:
        typed = form.cleaned_data
        record = Statement(
            **_attributed(typed),
            summary=typed["summary"],
            quotation=typed["quotation"],
            language=typed["language"] or "en",
            round=self.round,
        )
        many = {name: typed[name] for name in ("speakers", "parties", "issues")}
        if not self._save(form, record, many):
            return None
        self.written.statements.append((form.handle, record))
        return record

    def _proposal(self, form: ProposalForm) -> Proposal | None:
        typed = form.cleaned_data
        record = Proposal(
            **_attributed(typed),
            **{name: typed[name] for name in ("title", "summary", "issue", "responds_to")},
            round=self.round,
        )
        if not self._save(form, record, {"parties": typed["parties"]}):
            return None
        for number in typed["terms"]:
            self._save(form, Term(proposal=record, **number._asdict()))
        self.written.proposals.append((form.handle, record))
        return record

    def _position(self, form: PlaceForm) -> None:
        place, typed = form.place, form.cleaned_data
        row = typed["rests_on"] if isinstance(typed["rests_on"], Attributed) else None
        evidence = self.rows.get(row) if row else typed["rests_on"]
        if evidence is None:
            return  # its row was refused, which is told there
        position = Position.objects.get(pk=place.entered.pk) if place.entered else None
        if position is None or position.evidence != evidence:
            if position is None or position.first_day != evidence.first_day:
                position = Position(issue=place.issue, party=place.party)
            position.since, position.approximate = evidence.dates, evidence.approximate
        position.statement = evidence if isinstance(evidence, Statement) else None
        position.proposal = evidence if isinstance(evidence, Proposal) else None
        for name in ("stance", "gist", "condition"):
            setattr(position, name, typed[name])
        if self._save(form, position):
            found = row is not None and not typed["evidence"]
            self.written.moves.append(Move(place, place.words, position, row, found))
            if row is not None and isinstance(evidence, Statement):
                evidence.issues.add(place.issue)

    def _progress(self, form: ProgressForm) -> None:
        line, typed = form.line, form.cleaned_data
        was = line.noted or line.before
        noted = Progress.objects.get(pk=line.noted.pk) if line.noted else None
        record = noted or Progress(round=self.round, issue=line.issue)
        source = self.entry.source
        if source and record.level != typed["level"]:
            record.source = source
        record.level, record.summary = typed["level"], typed["summary"]
        if self._save(form, record):
            self.written.progress.append((was.get_level_display() if was else "", record))

    def _save(self, form: Any, record: Any, many: dict[str, Any] | None = None) -> bool:
        """Store one row and its lists; False if a rule refused it, told at ``form``."""
        was_public = bool(record.pk) and getattr(record, "state", "") == State.PUBLISHED
        try:
            record.full_clean()
            with transaction.atomic():
                record.save()
                for name, others in (many or {}).items():
                    getattr(record, name).set(others)
        except ValidationError as error:
            self._tell(form, error)
            return False
        except DatabaseError as error:
            if not (words := refusal(error)):
                raise
            self._tell(form, ValidationError({"__all__": [words]}))
            return False
        if isinstance(record, Publishable):
            self.written.forms[record] = form
            if was_public:
                self.written.public.append(record)
        return True

    def _tell(self, form: Any, error: ValidationError) -> None:
        self.refused = True
        for name, errors in error.error_dict.items():
            named = INPUTS.get(name, name)
            form.add_error(named if named in form.fields else None, errors)


def _attributed(typed: dict[str, Any]) -> dict[str, Any]:
    names = ("basis", "attribution", "unnamed_count", "unnamed_why", "source")
    dates, approximate = typed["days"]
    return {name: typed[name] for name in names} | {"dates": dates, "approximate": approximate}


def only_published(written: Written) -> None:
    """Tell at its form what a draft cannot hold: a change of what readers see already."""
    for record in written.public:
        form: Any = written.forms[record]
        form.add_error(
            None, _("Readers see this already, so a change of it cannot be kept as a draft.")
        )
    if written.public:
        raise RejectedError


def publish(entry: DeskForm, written: Written) -> list[str]:
    """Publish all of it and the drafts asked for, or nothing; what refused, and why."""
    wanted = dict.fromkeys([*written.records, *entry.with_drafts])
    refused = set_state([one for one in wanted if not one.is_published], State.PUBLISHED)
    return [f"{record}: {words}" for record, words in refused.items()]
