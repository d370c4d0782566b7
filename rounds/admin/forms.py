"""The forms of records in the admin, and the state that one request gives them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Unpack

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from rounds.admin.form_options import ModelFormOptions
from rounds.models import State
from rounds.platform.dates import describe as describe_days
from rounds.platform.text_fields import TextField
from rounds.platform.time_fields import MomentField
from rounds.platform.times import describe_moment

PAST = _("This time is past: give one to come, or publish it now.")


@dataclass(frozen=True, slots=True)
class FormState:
    """What the form of one request shows beside the record, see ``RequestFormAdmin``."""

    versions: str = ""  # of the records on the page, as ``edit_conflicts`` writes them
    data: QueryDict | None = None  # shown in place of what is stored or was posted
    refusal: ValidationError | None = None  # why the gate or the database refused it a moment ago


class BaseRecordForm(forms.ModelForm):
    """A form that reports every error, those of fields without an input on the page too."""

    def clean(self) -> dict[str, Any]:
        return super().clean() or {}

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django's; an error of a field that is hidden or absent goes to the whole form."""
        errors_by_field = error.error_dict if hasattr(error, "error_dict") else {field: error}
        for name, errors in errors_by_field.items():
            is_shown = name in self.fields and not self.fields[name].widget.is_hidden
            super().add_error(name if is_shown else None, errors)


class RecordForm(BaseRecordForm):
    """The form of a page's own record, with the versions it showed and the note to readers."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    correction = TextField(
        label=_("Note to readers"),
        required=False,
        max_length=500,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text=_(
            "If this changes what readers have seen: what was wrong or is new, in a sentence. "
            "They find it under Corrections."
        ),
    )

    state = FormState()

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict | None = None,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data if self.state.data is None else self.state.data, files, **options)
        self.initial["opened"] = self.state.versions

    def _clean_time(self, cleaned: dict[str, Any]) -> None:
        """Check the time of publication, which makes a draft ready for it.

        It lies ahead, and the record is not published already.
        """
        when = cleaned.get("publish_at")
        if when is None:
            return
        if cleaned.get("state") == State.PUBLISHED:
            self.add_error("publish_at", _("Publish it now or at a time, not both."))
        elif when <= timezone.now():
            self.add_error("publish_at", PAST)
        else:
            cleaned["state"] = State.READY

    def describe_typed(self) -> dict[str, str]:
        """What was entered, in words, by the title of the field."""
        return {
            str(capfirst(str(self.fields[name].label or ""))): describe(self.fields[name], value)
            for name, value in getattr(self, "cleaned_data", {}).items()
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._clean_time(cleaned)
        if refusal := self.state.refusal:
            is_about_note = getattr(refusal, "code", "") == "note" and "correction" in self.fields
            self.add_error("correction" if is_about_note else None, refusal)
        return cleaned


class GeneratedKeyForm(BaseRecordForm):
    """A form that generates the key of a new record from its day and text, where none is typed."""

    key_source = "summary"  # the field whose first words the key takes
    key_help = _(
        "Part of its permanent address. Left empty, it is made of the day, the speaker or"
        " party and the first words: 2031-05-21-minister-no-clause-at-all."
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict | None = None,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.initial.setdefault("slug", "")  # instead of the default, which says nothing
            self.fields["slug"].help_text = self.key_help

    def save(self, commit: bool = True) -> Any:
        if self.instance._state.adding and not self.cleaned_data.get("slug"):
            manager = type(self.instance)._default_manager
            self.instance.slug = manager.free_key(*self.key_parts())
        return super().save(commit)

    def key_parts(self) -> tuple[object, ...]:
        """What the key is made of, in this order."""
        return self.instance.first_day, self._name(), self.cleaned_data[self.key_source]

    def _name(self) -> str:
        """The last name of the first speaker, else the code of the first party."""
        for speaker in self.cleaned_data.get("speakers") or ():
            return str(speaker.name.split()[-1])
        return next((str(party.code) for party in self.cleaned_data.get("parties") or ()), "")


class ScheduleForm(forms.Form):
    """Asks when the records chosen in a list are published."""

    when = MomentField(label=_("Publish at"))

    def clean_when(self) -> dt.datetime:
        when: dt.datetime = self.cleaned_data["when"]
        if when <= timezone.now():
            raise ValidationError(PAST)
        return when


def describe(field: forms.Field, value: Any) -> str:
    """A cleaned value in the words in which ``history.differences`` describes a stored one."""
    if isinstance(value, dt.datetime):
        return describe_moment(value)
    if isinstance(value, DateRange):
        return describe_days(value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(field, forms.ModelMultipleChoiceField):
        return "; ".join(sorted(map(str, value)))
    # a field that chooses a record is a ChoiceField as well, whose choices are a query
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return "" if value is None else str(value)
