"""Forms of the round desk for one statement or proposal."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.desk.parsing import DaysField, NamedField, NamesField, numbers_from
from issues.desk.reference_forms import listed
from issues.desk.state import Board
from issues.models import Issue
from rounds.models import (
    Basis,
    Party,
    attribution_problem,
)

OWN_BASIS = [("", gettext_lazy("as above")), *Basis.choices]


class Attributed(forms.Form):
    """A row that is attributed; blank source, date and basis are those of the sitting."""

    source = NamedField(label=gettext_lazy("source"), required=False, widget=listed("sources"))
    days = DaysField(label=gettext_lazy("date"), required=False)
    basis = forms.ChoiceField(label=gettext_lazy("basis"), choices=OWN_BASIS, required=False)
    attribution = forms.CharField(label=gettext_lazy("attribution"), required=False, max_length=200)
    unnamed_count = forms.IntegerField(
        label=gettext_lazy("how many unnamed"), required=False, min_value=1, max_value=32767
    )
    unnamed_why = forms.CharField(label=gettext_lazy("why unnamed"), required=False, max_length=200)

    letter = ""  # before the number by which cells name the row
    board: Board
    sitting: dict[str, Any]

    @property
    def handle(self) -> str:
        number = str(self.prefix).rpartition("-")[2]
        return f"{self.letter}{int(number) + 1 if number.isdigit() else '__number__'}"

    @property
    def is_blank(self) -> bool:
        return not self.has_changed()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("basis"):
            cleaned["attribution"] = cleaned.get("attribution") or self.sitting.get("attribution")
            cleaned["basis"] = self.default_basis(cleaned)
        cleaned["attribution"] = cleaned.get("attribution") or ""
        for name in ("source", "days"):
            if name not in self.errors and not cleaned.get(name):
                cleaned[name] = self.sitting.get(name)
        unnamed = "source" not in self.errors and cleaned["source"] is None
        if unnamed and not self.sitting["source_is_told"]:
            self.add_error("source", _("Name the source, here or for the whole sitting."))
        return cleaned

    def default_basis(self, cleaned: dict[str, Any]) -> str:
        """The basis of a row that names none."""
        return str(self.sitting.get("basis") or Basis.ON_RECORD)

    def touches(self, issue: Issue) -> bool:
        raise NotImplementedError

    def speaks_for(self, party: Party) -> bool:
        return party in self.cleaned_data.get("parties", [])


class StatementForm(Attributed):
    summary = forms.CharField(
        label=gettext_lazy("what was said"), widget=forms.Textarea(attrs={"rows": 2})
    )
    speakers = NamesField(
        label=gettext_lazy("speakers"), required=False, widget=listed("people", several=True)
    )
    parties = NamesField(
        label=gettext_lazy("speaks for"), required=False, widget=listed("parties", several=True)
    )
    issues = NamesField(
        label=gettext_lazy("issues it touches"),
        required=False,
        widget=listed("issues", several=True),
    )
    quotation = forms.CharField(label=gettext_lazy("quotation"), required=False, max_length=160)
    language = forms.CharField(
        label=gettext_lazy("its language, if not en"), required=False, max_length=10
    )

    letter = "S"

    def default_basis(self, cleaned: dict[str, Any]) -> str:
        """The sitting's; a row that names no speaker is never on the record by default."""
        basis = super().default_basis(cleaned)
        if basis != Basis.ON_RECORD or cleaned.get("speakers"):
            return basis
        return Basis.UNNAMED if cleaned["attribution"] else Basis.REPORTING

    def clean(self) -> dict[str, Any]:
        """Who speaks speaks for their party, unless a party or a dash is given."""
        cleaned = super().clean()
        speakers = cleaned.get("speakers") or []
        if cleaned.get("parties") == [] and cleaned["basis"] != Basis.UNNAMED:
            parties = [person.party for person in speakers if person.party]
            cleaned["parties"] = list(dict.fromkeys(parties))
        problem = attribution_problem(cleaned["basis"], speakers)
        if problem and "speakers" not in self.errors:
            self.add_error("speakers", problem)
        for name in ("speakers", "parties", "issues"):
            cleaned[name] = cleaned.get(name) or []
        return cleaned

    def touches(self, issue: Issue) -> bool:
        return issue in self.cleaned_data.get("issues", [])


class ProposalForm(Attributed):
    title = forms.CharField(label=gettext_lazy("title"), max_length=160)
    issue = NamedField(label=gettext_lazy("issue"), widget=listed("issues"))
    parties = NamesField(label=gettext_lazy("tabled by"), widget=listed("parties", several=True))
    numbers = forms.CharField(
        label=gettext_lazy("its numbers"), required=False, widget=listed("measures")
    )
    summary = forms.CharField(
        label=gettext_lazy("summary"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    responds_to = NamedField(
        label=gettext_lazy("responds to"), required=False, widget=listed("proposals")
    )

    letter = "P"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "parties" in cleaned and not cleaned["parties"] and "parties" not in self.errors:
            self.add_error("parties", _("Say who tabled it."))
        cleaned["terms"] = []
        if (issue := cleaned.get("issue")) and cleaned.get("numbers"):
            try:
                cleaned["terms"] = numbers_from(cleaned["numbers"], self.board.measures[issue.pk])
            except ValidationError as error:
                self.add_error("numbers", error)
        return cleaned

    def touches(self, issue: Issue) -> bool:
        return bool(self.cleaned_data.get("issue") == issue)
