"""The parameters of the comparisons. A wrong one gets an error message, never a guess."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.matrix.party_history import NEVER
from rounds.history.as_of import AsOf
from rounds.models import Party, Round
from rounds.platform.translated_text import local
from rounds.public.params import AsOfForm


class CompareForm(AsOfForm):
    """``?party=ca&party=us``: two parties; one of them alone is compared with its own past.

    The form offers the rounds and a field for a day. If both were sent, the day counts.
    """

    party = forms.MultipleChoiceField(label=gettext_lazy("Parties"), required=False)

    data: QueryDict

    def __init__(self, data: QueryDict, *, parties: list[Party]) -> None:
        query = data.copy()
        query.setlist("party", [code for code in data.getlist("party") if code])
        query.setlist("as_of", [day for day in data.getlist("as_of") if day][-1:])
        super().__init__(query)
        self.parties = {party.code: party for party in parties}
        field = self.fields["party"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(party.code, local(party, "name")) for party in parties]
        field.error_messages["invalid_choice"] = _("“%(value)s” is no party in this record.")

    def clean_party(self) -> list[Party]:
        codes = self.cleaned_data["party"]
        if len(codes) > 2:
            raise ValidationError(_("Two parties at a time can be compared."))
        if len(codes) > len(set(codes)):
            raise ValidationError(
                _("%(party)s was asked for twice: choose another party, or its own earlier rounds.")
                % {"party": local(self.parties[codes[0]], "name")}
            )
        return [self.parties[code] for code in codes]

    @property
    def pair(self) -> list[Party]:
        """The valid ones of the parties asked for, none twice."""
        self.is_valid()
        if "party" in self.cleaned_data:
            return list(self.cleaned_data["party"])
        codes = dict.fromkeys(self.data.getlist("party"))
        return [self.parties[code] for code in codes if code in self.parties][:1]


class MovedForm(forms.Form):
    """``?from=round-4&to=round-5``, or days. Without them, what moved since the last round."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.rounds = list(Round.objects.published().with_names().in_order())
        self.fields["from"] = forms.CharField(required=False, max_length=80)
        self.fields["to"] = forms.CharField(required=False, max_length=80)

    def _as_of(self, name: str) -> AsOf:
        form = AsOfForm({"as_of": self.cleaned_data.get(name, "")}, rounds=self.rounds)
        for error in form.errors.get("as_of", []):
            self.add_error(name, error)
        return form.effective_as_of

    def clean(self) -> dict[str, Any]:
        to, start = self._as_of("to"), self._as_of("from")
        if start.is_chosen and start.day >= to.day:
            self.add_error("from", _("Nothing lies between: “from” has to come before “to”."))
            start = AsOf(NEVER)
        return {"from": start if start.is_chosen else None, "to": to}

    @property
    def span(self) -> tuple[AsOf | None, AsOf]:
        """The two days to compare; the first is None where nobody asked for one."""
        self.is_valid()
        return self.cleaned_data["from"], self.cleaned_data["to"]
