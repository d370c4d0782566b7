"""Forms of the round desk for what a report rests on: source, people, round, note."""

from typing import Any, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.desk.forms.base import CheckedForm, CheckedFormOptions, text_input
from issues.desk.parsing import DaysField, NamedField, NameFinder, UnknownNameError, is_address
from issues.desk.state import DeskState
from rounds.models import Basis, Party, Person, Source
from rounds.platform.text_fields import TextField


class SourceRowForm(CheckedForm):
    """A publication of this sitting: one that the record has, or a new one."""

    source = forms.CharField(
        label=gettext_lazy("source: its address or words of its title"),
        required=False,
        max_length=500,
        widget=text_input("sources"),
    )
    publisher = forms.CharField(label=gettext_lazy("publisher"), required=False, max_length=120)
    title = forms.CharField(label=gettext_lazy("title"), required=False, max_length=250)
    published = DaysField(label=gettext_lazy("published"), required=False)

    record: Source | None = None

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict | None = None,
        *,
        state: DeskState,
        **options: Unpack[CheckedFormOptions],
    ) -> None:
        self.state = state
        super().__init__(data, files, **options)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        text = cleaned.get("source", "")
        try:
            self.record = self.state.source_finder().find(text) if text else None
        except UnknownNameError as error:
            if not cleaned.get("title"):
                self.add_error("source", [error, _("It is new here: give publisher and title.")])
                return cleaned
        except ValidationError as error:
            self.add_error("source", error)
            return cleaned
        if self.record is None:
            self.record = self._new_record(text, cleaned)
        return cleaned

    def _new_record(self, text: str, typed: dict[str, Any]) -> Source:
        """A source with what its address says and what was typed.

        Without an address it is the one of the record with the same publisher and title, if any.
        """
        record = Source.objects.start_from_address(text) if is_address(text) else Source()
        record.publisher = typed.get("publisher") or record.publisher
        record.title = typed.get("title", "")
        for name in ("publisher", "title"):
            if not getattr(record, name) and name not in self.errors:
                self.add_error(name, _("A new source needs its publisher and its title."))
        if days := typed.get("published"):
            record.published, record.published_approximate = days
        if text:
            return record
        same = (
            source
            for source in self.state.sources
            if (source.publisher, source.title) == (record.publisher, record.title)
        )
        return next(same, record)


class PersonRowForm(CheckedForm):
    """A speaker who is not in the record yet."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=120)
    role = forms.CharField(label=gettext_lazy("role"), required=False, max_length=160)
    organisation = forms.CharField(
        label=gettext_lazy("organisation"), required=False, max_length=160
    )
    party = NamedField(label=gettext_lazy("party"), required=False, widget=text_input("parties"))

    record: Person | None = None

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict | None = None,
        *,
        parties: NameFinder[Party],
        **options: Unpack[CheckedFormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        party_field: Any = self.fields["party"]
        party_field.finder = parties

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        names = ("name", "role", "organisation", "party")
        self.record = Person(**{name: cleaned[name] for name in names if cleaned.get(name)})
        return cleaned


class SittingForm(CheckedForm):
    """The defaults that rows take where they are left blank."""

    days = DaysField(label=gettext_lazy("date"))
    basis = forms.ChoiceField(label=gettext_lazy("basis"), choices=Basis.choices)
    attribution = forms.CharField(label=gettext_lazy("attribution"), required=False, max_length=200)


class NoteForm(CheckedForm):
    """The note to readers, which a change of something published needs."""

    correction = TextField(
        label=gettext_lazy("note to readers"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"form": "desk"}),  # it may stand beside the preview
    )
