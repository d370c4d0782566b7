"""What visitors may ask of the timeline."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.models import Issue
from rounds.language import local
from rounds.models import Party, Round
from rounds.timeline import Cursor, Kind


class TimelineForm(forms.Form):
    """``?party=ca&issue=sunset&kind=statement&year=2017``, each of them optional."""

    party = forms.ChoiceField(label=gettext_lazy("Party"), required=False)
    issue = forms.ChoiceField(label=gettext_lazy("Issue"), required=False)
    round = forms.ChoiceField(label=gettext_lazy("Round"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    year = forms.ChoiceField(label=gettext_lazy("Year"), required=False)
    after = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        parties: list[Party],
        issues: list[Issue],
        rounds: list[Round],
        years: list[int],
    ) -> None:
        super().__init__(data)
        choices: dict[str, Any] = {
            "party": [("", _("All parties"))] + [(one.code, local(one, "name")) for one in parties],
            "issue": [("", _("All issues"))] + [(one.slug, local(one, "name")) for one in issues],
            "round": [("", _("All rounds"))] + [(one.slug, local(one, "name")) for one in rounds],
            "kind": [("", _("All kinds")), *Kind.choices],
            "year": [("", _("All years"))] + [(str(year), str(year)) for year in years],
        }
        for name, options in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = options
            field.error_messages["invalid_choice"] = _(
                "“%(value)s” is not in the record. Showing everything instead."
            )

    def clean_after(self) -> Cursor | None:
        text = self.cleaned_data["after"]
        try:
            return Cursor.parse(text) if text else None
        except ValueError as error:
            raise ValidationError(_("That page of the timeline does not exist.")) from error

    @property
    def wishes(self) -> dict[str, Any]:
        """What was asked for and makes sense, without the rest."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
