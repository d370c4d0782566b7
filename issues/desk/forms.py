"""What is entered at the desk: one form of many small ones. A row left blank says nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.desk.board import Board, Evidence, Line, Place
from issues.desk.names import (
    DaysField,
    NamedField,
    NamesField,
    UnknownNameError,
    is_address,
    numbers_from,
)
from issues.models import GIST_LENGTH, Issue, Level, Stance
from rounds.collisions import Shown, read, shown
from rounds.models import (
    Basis,
    Party,
    Person,
    Publishable,
    RoundStatus,
    Source,
    attribution_problem,
)
from rounds.text_fields import TextField, clean_texts

ROWS_AT_MOST = 200
OWN_BASIS = [("", gettext_lazy("as above")), *Basis.choices]


def key_of(record: Publishable) -> str:
    """How the page names a row of the database."""
    return next(iter(shown([record])))


def listed(words: str, *, several: bool = False) -> forms.TextInput:
    """An input with suggestions: ``words`` is the list of the page that has them."""
    attrs = {"list": f"names-{words}", "autocomplete": "off"}
    return forms.TextInput(attrs=attrs | ({"data-several": words} if several else {}))


class SourceForm(forms.Form):
    """A publication of this sitting: found in the record, or new."""

    source = forms.CharField(
        label=gettext_lazy("source: its address or words of its title"),
        required=False,
        max_length=500,
        widget=listed("sources"),
    )
    publisher = forms.CharField(label=gettext_lazy("publisher"), required=False, max_length=120)
    title = forms.CharField(label=gettext_lazy("title"), required=False, max_length=250)
    published = DaysField(label=gettext_lazy("published"), required=False)

    board: Board
    record: Source | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        text = cleaned.get("source", "")
        try:
            self.record = self.board.source_names().find(text) if text else None
        except UnknownNameError as error:
            if not cleaned.get("title"):
                self.add_error("source", [error, _("It is new here: give publisher and title.")])
                return cleaned
        except ValidationError as error:
            self.add_error("source", error)
            return cleaned
        if self.record is None:
            self.record = self._new(text, cleaned)
        return cleaned

    def _new(self, text: str, typed: dict[str, Any]) -> Source | None:
        """What its address tells of it, with what was typed; one typed before is not new."""
        record = Source.objects.begun_at(text) if is_address(text) else Source()
        record.publisher = typed.get("publisher") or record.publisher
        record.title = typed.get("title", "")
        for name in ("publisher", "title"):
            if not getattr(record, name) and name not in self.errors:
                self.add_error(name, _("A new source needs its publisher and its title."))
        if days := typed.get("published"):
            record.published, record.published_approximate = days
        named = (record.publisher, record.title)
        known = (one for one in self.board.sources if (one.publisher, one.title) == named)
        return record if text else next(known, record)


class PersonForm(forms.Form):
    """Somebody who spoke and is not in the record yet."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=120)
    role = forms.CharField(label=gettext_lazy("role"), required=False, max_length=160)
    organisation = forms.CharField(
        label=gettext_lazy("organisation"), required=False, max_length=160
    )
    party = NamedField(label=gettext_lazy("party"), required=False, widget=listed("parties"))

    board: Board
    record: Person | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        names = ("name", "role", "organisation", "party")
        self.record = Person(**{name: cleaned[name] for name in names if cleaned.get(name)})
        return cleaned


class SittingForm(forms.Form):
    """What the rows take where they are left blank."""

    days = DaysField(label=gettext_lazy("date"))
    basis = forms.ChoiceField(label=gettext_lazy("basis"), choices=Basis.choices)
    attribution = forms.CharField(label=gettext_lazy("attribution"), required=False, max_length=200)


class NoteForm(forms.Form):
    correction = TextField(
        label=gettext_lazy("note to readers"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"form": "desk"}),  # it may stand beside the preview
    )


class RoundForm(forms.Form):
    status = forms.ChoiceField(label=gettext_lazy("status"), choices=RoundStatus.choices)
    summary = forms.CharField(
        label=gettext_lazy("outcome"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


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


class PartForm(forms.Form):
    """Inputs filled in advance, taken only if what stands in them is not what was shown."""

    def __init__(self, *, typed: dict[str, str], seen: dict[str, str], prefix: str) -> None:
        names = [f"{prefix}-{name}" for name in self.base_fields]
        texts = {name: typed.get(name, seen.get(name, "")) for name in names}
        self.was = {name: seen.get(f"{prefix}-{name}", "") for name in self.base_fields}
        self.changed = list(texts.values()) != list(self.was.values())
        super().__init__(texts, prefix=prefix, auto_id="%s")

    @property
    def texts(self) -> dict[str, str]:
        return {name: str(self.data[self.add_prefix(name)]) for name in self.base_fields}

    asked = False  # whether it is valid

    def full_clean(self) -> None:
        self.asked = True
        super().full_clean()

    @property
    def told(self) -> list[str]:
        """What is wrong with it, once it was asked."""
        errors = self.errors.values() if self.asked else ()
        return [str(words) for some in errors for words in some]


class PlaceForm(PartForm):
    """A cell of the grid."""

    stance = forms.ChoiceField(
        label=gettext_lazy("stance"), choices=[("", ""), *Stance.choices], required=False
    )
    gist = forms.CharField(label=gettext_lazy("gist"), max_length=GIST_LENGTH, required=False)
    condition = forms.CharField(
        label=gettext_lazy("condition"), max_length=GIST_LENGTH, required=False
    )
    evidence = forms.CharField(label=gettext_lazy("rests on"), required=False)

    def __init__(self, place: Place, entry: "DeskForm", **texts: Any) -> None:
        self.place, self.entry = place, entry
        super().__init__(prefix=place.prefix, **texts)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("stance") and "stance" not in self.errors:
            self.add_error(
                "stance",
                _("Choose a stance. One that was entered is deleted on its own page of the admin.")
                if self.place.stands
                else _("Choose a stance."),
            )
        if not cleaned.get("gist") and "gist" not in self.errors:
            self.add_error("gist", _("Say it in one line."))
        asks = cleaned.get("stance") == Stance.OPEN_IF
        untouched = cleaned.get("condition") == self.was["condition"]
        if untouched and cleaned.get("stance") and not asks:
            cleaned["condition"] = ""  # it belonged to the stance that was given up
        if asks != bool(cleaned.get("condition")) and "condition" not in self.errors:
            self.add_error(
                "condition", _("“open if…” needs its condition; no other stance has one.")
            )
        try:
            cleaned["rests_on"] = self._rests_on(cleaned.get("evidence", ""))
        except ValidationError as error:
            self.add_error("evidence", error)
        return cleaned

    def _rests_on(self, text: str) -> Attributed | Evidence | None:
        """What was named, or the only row that fits; None where a row is still to be put right."""
        entered = self.place.entered
        if text:
            if entered and text == self.entry.board.handle(entered.evidence):
                return entered.evidence
            if row := self.entry.rows_by_handle.get(text.upper().replace(" ", "")):
                return row
            return self.entry.board.evidence_names.find(text)
        rows = [
            row
            for row in self.entry.rows
            if row.touches(self.place.issue) and row.speaks_for(self.place.party)
        ]
        if len(rows) == 1:
            return rows[0]
        if rows:
            handles = "; ".join(row.handle for row in rows)
            raise ValidationError(
                _("It may rest on any of %(rows)s: say which.") % {"rows": handles}
            )
        if any(row.errors for row in self.entry.rows):
            return None  # it may be the one that fits
        raise ValidationError(
            _("Say which statement or proposal it rests on: S1, P1 or its words.")
        )


class ProgressForm(PartForm):
    """How far an issue got."""

    level = forms.ChoiceField(
        label=gettext_lazy("how far"), choices=[("", ""), *Level.choices], required=False
    )
    summary = forms.CharField(label=gettext_lazy("in one line"), max_length=250, required=False)

    def __init__(self, line: Line, entry: "DeskForm", **texts: Any) -> None:
        self.line, self.entry = line, entry
        super().__init__(prefix=line.prefix, **texts)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("level") and "level" not in self.errors:
            self.add_error(
                "level",
                _("What was noted is deleted on its own page of the admin.")
                if self.line.noted
                else _("Say how far it got."),
            )
        nameless = self.entry.source is None and self.entry.sources.is_valid()
        if self.line.noted is None and nameless:
            self.add_error(None, _("Name the source of the sitting."))
        return cleaned


class OutcomeForm(PartForm, RoundForm):
    """The round itself."""


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
    versions: Shown

    @classmethod
    def of(cls, board: Board) -> "Seen":
        return cls(board.shown, shown(board.records))

    @classmethod
    def read(cls, text: str) -> "Seen":
        """The inverse of ``write``; what makes no sense had shown nothing."""
        try:
            told = json.loads(text)
            json.dumps(told, ensure_ascii=False).encode()  # half a character cannot be shown again
            texts = {str(name): str(words) for name, words in told["texts"].items()}
            return cls(texts, read(json.dumps(told["versions"])))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls({}, {})

    def write(self) -> str:
        return json.dumps({"texts": self.texts, "versions": self.versions}, ensure_ascii=False)
