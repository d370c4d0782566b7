"""Forms of the round desk for one statement or proposal."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.desk.forms.base import CheckedForm, CheckedFormOptions, text_input
from issues.desk.parsing import Days, DaysField, NamedField, NameFinder, NamesField, parse_terms
from issues.desk.state import DeskState
from issues.models import Issue
from rounds.models import Basis, Party, Person, Source, attribution_problem

ATTRIBUTION_NAMES = ("basis", "attribution", "unnamed_count", "unnamed_why", "days", "source")
ROW_BASES = [("", gettext_lazy("as above")), *Basis.choices]


@dataclass(frozen=True, slots=True)
class RowDefaults:
    """The values of the sitting, which a row takes where it is left blank."""

    days: Days | None = None
    basis: str = ""
    attribution: str = ""
    source: Source | None = None
    asks_for_source: bool = True  # False while a source of the sitting has errors of its own


@dataclass(frozen=True)
class References:
    """The records that a row may name: those of the state, and new ones of the same page."""

    state: DeskState
    new_people: tuple[Person, ...] = ()
    new_sources: tuple[Source, ...] = ()

    @cached_property
    def finders(self) -> dict[str, NameFinder[Any]]:
        """For each field of a row that names records, what finds them."""
        return {
            "speakers": self.state.people_finder(self.new_people),
            "source": self.state.source_finder(self.new_sources),
            "parties": self.state.party_finder,
            "issues": self.state.issue_finder,
            "issue": self.state.issue_finder,
            "responds_to": self.state.proposal_finder,
        }


class AttributedForm(CheckedForm):
    """A row that is attributed; blank source, date and basis are those of the sitting."""

    source = NamedField(label=gettext_lazy("source"), required=False, widget=text_input("sources"))
    days = DaysField(label=gettext_lazy("date"), required=False)
    basis = forms.ChoiceField(label=gettext_lazy("basis"), choices=ROW_BASES, required=False)
    attribution = forms.CharField(label=gettext_lazy("attribution"), required=False, max_length=200)
    unnamed_count = forms.IntegerField(
        label=gettext_lazy("how many unnamed"), required=False, min_value=1, max_value=32767
    )
    unnamed_why = forms.CharField(label=gettext_lazy("why unnamed"), required=False, max_length=200)

    letter = ""  # before the number by which cells name the row
    open_names: tuple[str, ...] = ()  # of the fields that the page shows at once
    folded_names: tuple[str, ...] = ()  # of those that it folds, in their order

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict | None = None,
        *,
        references: References,
        defaults: RowDefaults,
        **options: Unpack[CheckedFormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        self.references, self.defaults = references, defaults
        for name, field in self.fields.items():
            if isinstance(field, NamedField):
                field.finder = references.finders[name]

    @property
    def open_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.open_names]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.folded_names]

    @property
    def handle(self) -> str:
        number = str(self.prefix).rpartition("-")[2]
        return f"{self.letter}{int(number) + 1 if number.isdigit() else '__number__'}"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("basis"):
            cleaned["attribution"] = cleaned.get("attribution") or self.defaults.attribution
            cleaned["basis"] = self.default_basis(cleaned)
        cleaned["attribution"] = cleaned.get("attribution") or ""
        for name in ("source", "days"):
            if name not in self.errors and not cleaned.get(name):
                cleaned[name] = getattr(self.defaults, name)
        has_no_source = "source" not in self.errors and cleaned["source"] is None
        if has_no_source and self.defaults.asks_for_source:
            self.add_error("source", _("Name the source, here or for the whole sitting."))
        return cleaned

    def default_basis(self, cleaned: dict[str, Any]) -> str:
        """The basis of a row that names none."""
        return self.defaults.basis or Basis.ON_RECORD

    def touches(self, issue: Issue) -> bool:
        """Whether the row names ``issue``."""
        raise NotImplementedError

    def speaks_for(self, party: Party) -> bool:
        """Whether the row names ``party``."""
        return party in self.cleaned_data.get("parties", [])


class StatementRowForm(AttributedForm):
    summary = forms.CharField(
        label=gettext_lazy("what was said"), widget=forms.Textarea(attrs={"rows": 2})
    )
    speakers = NamesField(
        label=gettext_lazy("speakers"), required=False, widget=text_input("people", several=True)
    )
    parties = NamesField(
        label=gettext_lazy("speaks for"), required=False, widget=text_input("parties", several=True)
    )
    issues = NamesField(
        label=gettext_lazy("issues it touches"),
        required=False,
        widget=text_input("issues", several=True),
    )
    quotation = forms.CharField(label=gettext_lazy("quotation"), required=False, max_length=160)
    language = forms.CharField(
        label=gettext_lazy("its language, if not en"), required=False, max_length=10
    )

    letter = "S"
    open_names = ("summary", "speakers", "issues", "parties")
    folded_names = ("quotation", "language", *ATTRIBUTION_NAMES)

    def default_basis(self, cleaned: dict[str, Any]) -> str:
        """That of the sitting; a row without a speaker is never on the record by default."""
        basis = super().default_basis(cleaned)
        if basis != Basis.ON_RECORD or cleaned.get("speakers"):
            return basis
        return Basis.UNNAMED if cleaned["attribution"] else Basis.REPORTING

    def clean(self) -> dict[str, Any]:
        """Speakers speak for their own parties, unless a party or a dash is given."""
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


class ProposalRowForm(AttributedForm):
    title = forms.CharField(label=gettext_lazy("title"), max_length=160)
    issue = NamedField(label=gettext_lazy("issue"), widget=text_input("issues"))
    parties = NamesField(
        label=gettext_lazy("tabled by"), widget=text_input("parties", several=True)
    )
    numbers = forms.CharField(
        label=gettext_lazy("its numbers"), required=False, widget=text_input("measures")
    )
    summary = forms.CharField(
        label=gettext_lazy("summary"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    responds_to = NamedField(
        label=gettext_lazy("responds to"), required=False, widget=text_input("proposals")
    )

    letter = "P"
    open_names = ("title", "issue", "parties", "numbers")
    folded_names = ("summary", "responds_to", *ATTRIBUTION_NAMES)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "parties" in cleaned and not cleaned["parties"] and "parties" not in self.errors:
            self.add_error("parties", _("Say who tabled it."))
        cleaned["terms"] = []
        if (issue := cleaned.get("issue")) and cleaned.get("numbers"):
            try:
                measures = self.references.state.measure_finders[issue.pk]
                cleaned["terms"] = parse_terms(cleaned["numbers"], measures)
            except ValidationError as error:
                self.add_error("numbers", error)
        return cleaned

    def touches(self, issue: Issue) -> bool:
        return bool(self.cleaned_data.get("issue") == issue)
