"""Forms of the round desk for the round itself and for one cell of its grid."""

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.desk.forms.base import CheckedForm
from issues.desk.forms.rows import AttributedForm, RowDefaults
from issues.desk.parsing import DaysField, NamedField, NameFinder
from issues.desk.state import DeskState, Evidence, GridCell, GridRow, gist_input
from issues.models import GIST_LENGTH, LINE_LENGTH, Level, OutcomeKind, Stance
from rounds.models import Party, RoundStatus, Source


class EvidenceFinder:
    """Finds what a position rests on: a row of the same page, or a record of the round."""

    def __init__(self, state: DeskState, rows: Sequence[AttributedForm]) -> None:
        self.state = state
        self.rows = rows
        self.by_handle = {row.handle: row for row in rows}

    def find(self, text: str, cell: GridCell) -> AttributedForm | Evidence | None:
        """What ``text`` names for ``cell``, or the only row that fits if it names nothing.

        None where a row has errors and might be the one. Raises ``ValidationError``.
        """
        return self._find_named(text, cell) if text else self._find_fitting(cell)

    def _find_named(self, text: str, cell: GridCell) -> AttributedForm | Evidence:
        entered = cell.entered
        if entered and text == self.state.handle_of(entered.evidence):
            return entered.evidence
        if row := self.by_handle.get(text.upper().replace(" ", "")):
            return row
        return self.state.evidence_finder.find(text)

    def _find_fitting(self, cell: GridCell) -> AttributedForm | None:
        rows = [row for row in self.rows if row.touches(cell.issue) and row.speaks_for(cell.party)]
        if len(rows) == 1:
            return rows[0]
        if rows:
            handles = "; ".join(row.handle for row in rows)
            raise ValidationError(
                _("It may rest on any of %(rows)s: say which.") % {"rows": handles}
            )
        if any(row.errors for row in self.rows):
            return None  # it may be the one that fits
        raise ValidationError(
            _("Say which statement or proposal it rests on: S1, P1 or its words.")
        )


class PageTexts(TypedDict):
    """What a ``PrefilledForm`` takes from the page: the texts of all inputs, by their names."""

    typed: dict[str, str]
    shown: dict[str, str]
    is_checked: bool


class PrefilledForm(CheckedForm):
    """Inputs filled in advance: with what was typed, else with what the page had shown.

    ``typed`` and ``shown`` are the texts of all inputs of the page, by their names. What is shown
    is the initial data, so the form says whether anything was changed.
    """

    def __init__(
        self, *, typed: dict[str, str], shown: dict[str, str], prefix: str, is_checked: bool
    ) -> None:
        inputs = {name: f"{prefix}-{name}" for name in self.base_fields}
        initial = {name: shown.get(key, "") for name, key in inputs.items()}
        data = {key: typed.get(key, initial[name]) for name, key in inputs.items()}
        super().__init__(data, initial=initial, prefix=prefix, auto_id="%s", is_checked=is_checked)

    @property
    def texts(self) -> dict[str, str]:
        """The text in each input."""
        return {name: str(self.data[self.add_prefix(name)]) for name in self.base_fields}

    @property
    def messages(self) -> list[str]:
        """All errors of a form in which something was changed."""
        errors = self.errors.values() if self.has_changed() else ()
        return [str(message) for messages in errors for message in messages]


class PositionCellForm(PrefilledForm):
    """A party's position on an issue."""

    stance = forms.ChoiceField(
        label=gettext_lazy("stance"), choices=[("", ""), *Stance.choices], required=False
    )
    gist = forms.CharField(label=gettext_lazy("gist"), max_length=GIST_LENGTH, required=False)
    condition = forms.CharField(
        label=gettext_lazy("condition"), max_length=GIST_LENGTH, required=False
    )
    evidence = forms.CharField(label=gettext_lazy("rests on"), required=False)

    def __init__(
        self, cell: GridCell, evidence_finder: EvidenceFinder, **texts: Unpack[PageTexts]
    ) -> None:
        self.cell, self.evidence_finder = cell, evidence_finder
        super().__init__(prefix=cell.prefix, **texts)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("stance") and "stance" not in self.errors:
            self.add_error(
                "stance",
                _("Choose a stance. One that was entered is deleted on its own page of the admin.")
                if self.cell.current
                else _("Choose a stance."),
            )
        if not cleaned.get("gist") and "gist" not in self.errors:
            self.add_error("gist", _("Say it in one line."))
        self._clean_condition(cleaned)
        try:
            cleaned["rests_on"] = self.evidence_finder.find(cleaned.get("evidence", ""), self.cell)
        except ValidationError as error:
            self.add_error("evidence", error)
        return cleaned

    def _clean_condition(self, cleaned: dict[str, Any]) -> None:
        needs_condition = cleaned.get("stance") == Stance.OPEN_IF
        is_untouched = cleaned.get("condition") == self.initial["condition"]
        if is_untouched and cleaned.get("stance") and not needs_condition:
            cleaned["condition"] = ""  # it belonged to the stance that was given up
        if needs_condition != bool(cleaned.get("condition")) and "condition" not in self.errors:
            self.add_error(
                "condition", _("“open if…” needs its condition; no other stance has one.")
            )


class ProgressCellForm(PrefilledForm):
    """How far an issue got."""

    level = forms.ChoiceField(
        label=gettext_lazy("how far"), choices=[("", ""), *Level.choices], required=False
    )
    summary = forms.CharField(label=gettext_lazy("in one line"), max_length=250, required=False)

    def __init__(
        self, row: GridRow, *, is_source_missing: bool, **texts: Unpack[PageTexts]
    ) -> None:
        self.row, self.is_source_missing = row, is_source_missing
        super().__init__(prefix=row.prefix, **texts)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("level") and "level" not in self.errors:
            self.add_error(
                "level",
                _("What was noted is deleted on its own page of the admin.")
                if self.row.noted
                else _("Say how far it got."),
            )
        if self.row.noted is None and self.is_source_missing:
            self.add_error(None, _("Name the source of the sitting."))
        return cleaned


class OutcomeForm(PrefilledForm):
    """The round itself."""

    status = forms.ChoiceField(label=gettext_lazy("status"), choices=RoundStatus.choices)
    summary = forms.CharField(
        label=gettext_lazy("outcome"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def hinted_input(hint: Promise) -> forms.TextInput:
    """An input that shows ``hint`` while it is empty."""
    return forms.TextInput(attrs={"placeholder": hint})


class IssueOutcomeForm(PrefilledForm):
    """How an issue ended: blank while talks go on. ``with_gists`` adds an input for each party."""

    kind = forms.ChoiceField(
        label=gettext_lazy("how it ended"), choices=[("", ""), *OutcomeKind.choices], required=False
    )
    line = forms.CharField(
        label=gettext_lazy("in one line"), max_length=LINE_LENGTH, required=False
    )
    days = DaysField(
        label=gettext_lazy("date"), required=False, widget=hinted_input(gettext_lazy("as above"))
    )
    source = NamedField(
        label=gettext_lazy("source"), required=False, widget=hinted_input(gettext_lazy("as above"))
    )

    def __init__(
        self,
        row: GridRow,
        *,
        defaults: RowDefaults,
        sources: NameFinder[Source],
        **texts: Unpack[PageTexts],
    ) -> None:
        self.row, self.defaults = row, defaults
        super().__init__(prefix=row.outcome_prefix, **texts)
        source_field: Any = self.fields["source"]
        source_field.finder = sources

    @property
    def detail_fields(self) -> list[forms.BoundField]:
        """What the page folds: all but the kind, and the line of each party after the first."""
        gists = [name for name in self.fields if name not in IssueOutcomeForm.base_fields]
        return [self[name] for name in ("line", *gists, "days", "source")]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("kind") and "kind" not in self.errors:
            self.add_error(
                "kind",
                _("Say how it ended. What was entered is deleted on its own page of the admin.")
                if self.row.outcome
                else _("Say how it ended."),
            )
        if not cleaned.get("line") and "line" not in self.errors:
            self.add_error("line", _("Say it in one line."))
        if "days" not in self.errors:
            cleaned["days"] = cleaned.get("days") or self.defaults.days
        if "source" not in self.errors and not cleaned.get("source"):
            cleaned["source"] = self._default_source(cleaned)
        return cleaned

    def _default_source(self, cleaned: dict[str, Any]) -> Source | None:
        """That of the sitting; None where the outcome keeps its source, as it ended the same."""
        if self.row.outcome and self.row.outcome.kind == cleaned.get("kind"):
            return None
        if self.row.outcome is None and not self.defaults.source and self.defaults.asks_for_source:
            self.add_error("source", _("Name the source, here or for the whole sitting."))
        return self.defaults.source


def with_gists(parties: Iterable[Party]) -> type[IssueOutcomeForm]:
    """``IssueOutcomeForm`` with an input for how each party came to the outcome."""
    inputs = {
        gist_input(party.pk): forms.CharField(
            label=str(party),
            max_length=LINE_LENGTH,
            required=False,
            widget=hinted_input(gettext_lazy("how it came to it")),
        )
        for party in parties
    }
    return type("IssueOutcomeFormWithGists", (IssueOutcomeForm,), inputs)
