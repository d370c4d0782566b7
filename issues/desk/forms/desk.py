"""Everything that is entered at the round desk: one form of many. A row left blank says nothing."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from issues.desk.conflicts import key_of
from issues.desk.forms.base import CheckedForm, row_formset
from issues.desk.forms.grid import (
    EvidenceFinder,
    IssueOutcomeForm,
    OutcomeForm,
    PageTexts,
    PositionCellForm,
    ProgressCellForm,
    with_gists,
)
from issues.desk.forms.references import NoteForm, PersonRowForm, SittingForm, SourceRowForm
from issues.desk.forms.rows import (
    AttributedForm,
    ProposalRowForm,
    References,
    RowDefaults,
    StatementRowForm,
)
from issues.desk.state import DeskState, GridRow
from rounds.models import Basis, Publishable, Source
from rounds.platform.text_fields import clean_texts

SourceFormSet = row_formset(SourceRowForm, extra=1)
PersonFormSet = row_formset(PersonRowForm, extra=1)
StatementFormSet = row_formset(StatementRowForm, extra=3)
ProposalFormSet = row_formset(ProposalRowForm, extra=2)


class GridForms(NamedTuple):
    """The forms in a row of the grid."""

    row: GridRow
    cells: list[PositionCellForm]
    progress: ProgressCellForm
    outcome: IssueOutcomeForm


class DeskForm:
    """Everything on the page, bound to what was posted if something was.

    The parts are built in the order in which they depend on one another: rows take defaults and
    new names from the sitting, cells rest on rows. Without ``is_checked`` they show what was typed
    and have no errors. ``shown`` is what the page had filled in, by the names of the inputs.
    """

    def __init__(
        self,
        state: DeskState,
        data: QueryDict | None = None,
        shown: dict[str, str] | None = None,
        *,
        is_checked: bool = True,
    ) -> None:
        self.state = state
        is_checked = is_checked and data is not None
        self.sources = SourceFormSet(
            data, prefix="q", form_kwargs={"state": state}, is_checked=is_checked
        )
        self.people = PersonFormSet(
            data, prefix="n", form_kwargs={"parties": state.party_finder}, is_checked=is_checked
        )
        self.sitting = SittingForm(
            data, initial=sitting_defaults(state), prefix="sitting", is_checked=is_checked
        )
        self.note = NoteForm(data, is_checked=is_checked)
        references, defaults = self._references(), self._row_defaults()
        row_kwargs = {"references": references, "defaults": defaults}
        self.statements = StatementFormSet(
            data, prefix="s", form_kwargs=row_kwargs, is_checked=is_checked
        )
        self.proposals = ProposalFormSet(
            data, prefix="p", form_kwargs=row_kwargs, is_checked=is_checked
        )
        texts: PageTexts = {
            "typed": normalized_texts(data),
            "shown": state.shown if shown is None else shown,
            "is_checked": is_checked,
        }
        self.outcome = OutcomeForm(prefix="round", **texts)
        self.grid = list(self._grid(references, defaults, texts))
        self.with_drafts = self._chosen_drafts(data)

    def _references(self) -> References:
        people = [form.record for form in self.people.changed_forms if form.is_valid()]
        sources = [form.record for form in self.sources.changed_forms if form.is_valid()]
        return References(
            self.state,
            new_people=tuple(person for person in people if person),
            new_sources=tuple(source for source in sources if source and not source.pk),
        )

    def _row_defaults(self) -> RowDefaults:
        chosen = self.sitting.cleaned_data if self.sitting.is_valid() else {}
        return RowDefaults(**chosen, source=self.source, asks_for_source=self.sources.is_valid())

    def _grid(
        self, references: References, defaults: RowDefaults, texts: PageTexts
    ) -> Iterator[GridForms]:
        evidence_finder = EvidenceFinder(self.state, self.rows)
        outcome_form = with_gists(self.state.parties)
        sources = references.finders["source"]
        is_source_missing = self.source is None and self.sources.is_valid()
        for row in self.state.grid:
            cells = [PositionCellForm(cell, evidence_finder, **texts) for cell in row.cells]
            progress = ProgressCellForm(row, is_source_missing=is_source_missing, **texts)
            outcome = outcome_form(row, defaults=defaults, sources=sources, **texts)
            yield GridForms(row, cells, progress, outcome)

    def _chosen_drafts(self, data: QueryDict | None) -> list[Publishable]:
        """The drafts to be published as well; at first, the round itself."""
        keys = {key_of(self.state.round)} if data is None else set(data.getlist("with"))
        return [draft for draft in self.state.drafts if key_of(draft) in keys]

    @cached_property
    def source(self) -> Source | None:
        """The first source of the sitting, which everything rests on that names no other."""
        records = (form.record for form in self.sources.changed_forms if form.is_valid())
        return next(records, None)

    @cached_property
    def rows(self) -> list[AttributedForm]:
        """The statements and proposals that say something."""
        return [*self.statements.changed_forms, *self.proposals.changed_forms]

    @property
    def handles(self) -> list[str]:
        return [row.handle for row in self.rows]

    @cached_property
    def changed_cells(self) -> list[PositionCellForm]:
        return [form for forms in self.grid for form in forms.cells if form.has_changed()]

    @cached_property
    def changed_progress(self) -> list[ProgressCellForm]:
        return [forms.progress for forms in self.grid if forms.progress.has_changed()]

    @cached_property
    def changed_issue_outcomes(self) -> list[IssueOutcomeForm]:
        return [forms.outcome for forms in self.grid if forms.outcome.has_changed()]

    @property
    def changed_outcome(self) -> list[OutcomeForm]:
        """The form of the round itself, if anything was changed in it."""
        return [self.outcome] if self.outcome.has_changed() else []

    @property
    def is_empty(self) -> bool:
        """Nothing was entered and no draft is to be published."""
        parts = (self.rows, self.changed_cells, self.changed_progress, self.with_drafts)
        return not any((*parts, self.changed_issue_outcomes, self.changed_outcome))

    def is_valid(self) -> bool:
        """Whether every part is valid in which something was entered; the others do not count."""
        formsets = (self.sources, self.people, self.statements, self.proposals)
        valid = [formset.is_valid() for formset in formsets]
        titled = list(self._titled_forms())
        valid += [form.is_valid() for _title, form in titled]
        valid += [clean_texts(form) for _title, form in titled]
        return all(valid)

    def errors(self) -> Iterator[tuple[str, str, str]]:
        """The list at the head of the page: the title, the id of the input, and the error."""
        for title, form in self._titled_forms():
            for name, errors in form.errors.items():
                target = form[name].auto_id if name in form.fields else ""
                label = form.fields[name].label if name in form.fields else ""
                for message in errors:
                    yield f"{title}: {label}" if label else title, target, str(message)
        for formset in (self.sources, self.people, self.statements, self.proposals):
            for message in formset.non_form_errors():
                yield str(_("Rows")), "", str(message)

    def _titled_forms(self) -> Iterator[tuple[str, CheckedForm]]:
        """Every form that is checked, with its title, in the order of the page."""
        for number, form in enumerate(self.sources.forms, 1):
            yield _("Source %(number)s") % {"number": number}, form
        for number, form in enumerate(self.people.forms, 1):
            yield _("New person %(number)s") % {"number": number}, form
        yield _("The sitting"), self.sitting
        yield _("The whole"), self.note
        for form in self.changed_outcome:
            yield _("The round"), form
        for row in self.rows:
            yield row.handle, row
        for cell in self.changed_cells:
            yield cell.cell.title, cell
        for progress in self.changed_progress:
            yield _("Progress on %(issue)s") % {"issue": progress.row.issue}, progress
        for outcome in self.changed_issue_outcomes:
            yield outcome.row.outcome_title, outcome


def sitting_defaults(state: DeskState) -> dict[str, Any]:
    """What the form of the sitting begins with: the last day of the round, on the record."""
    last = state.round.last_day or state.end
    return {"days": last.isoformat(), "basis": Basis.ON_RECORD}


def normalized_texts(data: QueryDict | None) -> dict[str, str]:
    """Each text that was posted, with line ends as they are stored."""
    return {name: str(text).replace("\r\n", "\n").strip() for name, text in (data or {}).items()}
