"""Forms of the round desk for one cell of its grid."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.desk.reference_forms import RoundForm
from issues.desk.row_forms import Attributed
from issues.desk.state import Evidence, Line, Place
from issues.models import GIST_LENGTH, Level, Stance

if TYPE_CHECKING:
    from issues.desk.desk_form import DeskForm


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
