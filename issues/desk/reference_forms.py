"""Forms of the round desk for what a report rests on: source, people, round, notes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.desk.parsing import DaysField, NamedField, UnknownNameError, is_address
from issues.desk.state import Board
from rounds.models import (
    Basis,
    Person,
    Publishable,
    RoundStatus,
    Source,
)
from rounds.platform.text_fields import TextField
from rounds.publishing.edit_conflicts import versions_of


def key_of(record: Publishable) -> str:
    """How the page names a row of the database."""
    return next(iter(versions_of([record])))


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
        record = Source.objects.start_from_address(text) if is_address(text) else Source()
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
