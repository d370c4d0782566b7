"""What is entered at the desk: one form of many small ones. A row left blank says nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from issues.desk.grid_forms import OutcomeForm, PartForm, PlaceForm, ProgressForm
from issues.desk.reference_forms import NoteForm, PersonForm, SittingForm, SourceForm, key_of
from issues.desk.row_forms import Attributed, ProposalForm, StatementForm
from issues.desk.state import Board
from rounds.models import (
    Basis,
    Source,
)
from rounds.platform.text_fields import clean_texts
from rounds.publishing.edit_conflicts import ShownVersions, parse_versions, versions_of

ROWS_AT_MOST = 200


def _rows(form: type[forms.Form], extra: int) -> Any:
    return forms.formset_factory(form, extra=extra, max_num=ROWS_AT_MOST, absolute_max=ROWS_AT_MOST)


class DeskForm:
    """Everything on the page, bound to what was posted if something was."""

    def __init__(
        self, board: Board, data: QueryDict | None = None, texts_seen: dict[str, str] | None = None
    ) -> None:
        self.board = board
        self.bound = data is not None
        self.typed = typed = {
            name: str(text).replace("\r\n", "\n").strip() for name, text in (data or {}).items()
        }
        texts = {"typed": typed, "seen": board.shown if texts_seen is None else texts_seen}
        self.sources = _rows(SourceForm, 1)(data, prefix="q")
        self.people = _rows(PersonForm, 1)(data, prefix="n")
        self.sitting = SittingForm(data, initial=self._defaults(), prefix="sitting")
        self.note = NoteForm(data)
        self.statements = _rows(StatementForm, 3)(data, prefix="s")
        self.proposals = _rows(ProposalForm, 2)(data, prefix="p")
        self.outcome = OutcomeForm(prefix="round", **texts)
        self.lines = [
            (
                line,
                [PlaceForm(place, self, **texts) for place in line.places],
                ProgressForm(line, self, **texts),
            )
            for line in board.lines
        ]
        asked = set(data.getlist("with")) if data is not None else {key_of(board.round)}
        self.with_drafts = [one for one in board.drafts if key_of(one) in asked]

    def _defaults(self) -> dict[str, Any]:
        last = self.board.round.last_day or self.board.end
        return {"days": last.isoformat(), "basis": Basis.ON_RECORD}

    @property
    def places(self) -> list[PlaceForm]:
        return [form for _line, places, _progress in self.lines for form in places]

    @property
    def progress(self) -> list[ProgressForm]:
        return [progress for _line, _places, progress in self.lines]

    @property
    def changed_places(self) -> list[PlaceForm]:
        return [form for form in self.places if form.changed]

    @property
    def changed_progress(self) -> list[ProgressForm]:
        return [form for form in self.progress if form.changed]

    @property
    def rows(self) -> list[Attributed]:
        """The statements and proposals that say something."""
        both = [*self.statements.forms, *self.proposals.forms]
        return [form for form in both if not form.is_blank]

    @cached_property
    def rows_by_handle(self) -> dict[str, Attributed]:
        return {row.handle: row for row in self.rows}

    @cached_property
    def source(self) -> Source | None:
        """The first source of the sitting, which everything rests on that names no other."""
        forms_ = [form for form in self.sources.forms if form.has_changed() and form.is_valid()]
        return forms_[0].record if forms_ else None

    @property
    def new_sources(self) -> list[Any]:
        return [form for form in self.sources.forms if form.has_changed()]

    @property
    def new_people(self) -> list[Any]:
        return [form for form in self.people.forms if form.has_changed()]

    @property
    def is_empty(self) -> bool:
        """Nothing was entered and no draft is to be published."""
        parts = (self.rows, self.changed_places, self.changed_progress, self.with_drafts)
        return not any(parts) and not self.outcome.changed

    def hush(self) -> None:
        """Show what was typed without a word on it: nobody asked yet."""
        for rows in (self.sources, self.people, self.statements, self.proposals):
            rows._errors, rows._non_form_errors = [], ErrorList()
            for form in rows.forms:
                form._errors = ErrorDict()
        for form in (self.sitting, self.note, self.outcome):
            vars(form)["_errors"] = ErrorDict()

    def is_valid(self) -> bool:
        """Each part after those it speaks of."""
        self._read_references()
        valid = [self.sources.is_valid(), self.people.is_valid()]
        valid += [self.sitting.is_valid(), self.note.is_valid()]
        self._read_rows()
        valid += [self.statements.is_valid(), self.proposals.is_valid()]
        parts: list[PartForm] = [*self.changed_places, *self.changed_progress]
        valid += [form.is_valid() for form in parts]
        if self.outcome.changed:
            valid.append(self.outcome.is_valid())
        valid += [clean_texts(form) for _title, form in self._checked()]
        return all(valid)

    def _read_references(self) -> None:
        for form in self.sources.forms:
            form.board = self.board
        for form in self.people.forms:
            form.board = self.board
            form.fields["party"].among = self.board.party_names

    def _read_rows(self) -> None:
        people = [form.record for form in self.new_people if form.is_valid()]
        sources = [form.record for form in self.new_sources if form.is_valid()]
        chosen = self.sitting.cleaned_data if self.sitting.is_valid() else {}
        board = self.board
        told = not self.sources.is_valid()  # one of them is wrong: that is enough to say
        among: dict[str, Any] = {
            "speakers": board.people_names(one for one in people if one),
            "source": board.source_names(one for one in sources if one and not one.pk),
            "parties": board.party_names,
            "issues": board.issue_names,
            "issue": board.issue_names,
            "responds_to": board.proposal_names,
        }
        for form in [*self.statements.forms, *self.proposals.forms]:
            form.board = board
            form.sitting = {**chosen, "source": self.source, "source_is_told": told}
            for name in form.fields.keys() & among.keys():
                form.fields[name].among = among[name]

    def errors(self) -> Iterator[tuple[str, str, str]]:
        """Where, the id of its input, and what is wrong: the list at the head of the page."""
        for title, form in self._checked():
            for name, errors in form.errors.items():
                target = form[name].auto_id if name in form.fields else ""
                label = form.fields[name].label if name in form.fields else ""
                where = f"{title}: {label}" if label else title
                for words in errors:
                    yield where, target, str(words)
        for rows in (self.sources, self.people, self.statements, self.proposals):
            for words in rows.non_form_errors():
                yield str(_("Rows")), "", str(words)

    def _checked(self) -> Iterator[tuple[str, forms.BaseForm]]:
        for number, form in enumerate(self.sources.forms, 1):
            yield _("Source %(number)s") % {"number": number}, form
        for number, form in enumerate(self.people.forms, 1):
            yield _("New person %(number)s") % {"number": number}, form
        yield _("The sitting"), self.sitting
        yield _("The whole"), self.note
        if self.outcome.changed:
            yield _("The round"), self.outcome
        for row in self.rows:
            yield row.handle, row
        for form in self.changed_places:
            yield form.place.title, form
        for form in self.changed_progress:
            yield _("Progress on %(issue)s") % {"issue": form.line.issue}, form


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page had shown: the texts in its inputs, and the versions of the records on it."""

    texts: dict[str, str]
    versions: ShownVersions

    @classmethod
    def of(cls, board: Board) -> "Seen":
        return cls(board.shown, versions_of(board.records))

    @classmethod
    def read(cls, text: str) -> "Seen":
        """The inverse of ``write``; what makes no sense had shown nothing."""
        try:
            told = json.loads(text)
            json.dumps(told, ensure_ascii=False).encode()  # half a character cannot be shown again
            texts = {str(name): str(words) for name, words in told["texts"].items()}
            return cls(texts, parse_versions(json.dumps(told["versions"])))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls({}, {})

    def write(self) -> str:
        return json.dumps({"texts": self.texts, "versions": self.versions}, ensure_ascii=False)
