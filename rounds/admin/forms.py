"""Forms of the admin: what is typed is checked, kept, and compared with what is stored."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from rounds.models import (
    State,
)
from rounds.platform.dates import describe
from rounds.platform.text_fields import TextField
from rounds.platform.time_fields import MomentField
from rounds.platform.times import describe_moment
from rounds.publishing.edit_conflicts import (
    EditConflict,
)

PAST = _("This time is past: give one to come, or publish it now.")


class EntryForm(forms.ModelForm):
    """A form that tells everything that is wrong, also with what has no input on the page."""

    def clean(self) -> dict[str, Any]:
        return super().clean() or {}

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django's; what is wrong with a field that is hidden or absent is told of the whole."""
        told = error.error_dict if hasattr(error, "error_dict") else {field: error}
        for name, errors in told.items():
            shown = name in self.fields and not self.fields[name].widget.is_hidden
            super().add_error(name if shown else None, errors)


class RecordForm(EntryForm):
    """The form of a page's own record: what it showed, and what readers are told of a change."""

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

    refusal: ValidationError | None = None  # what the gate or the database said a moment ago
    shown = ""  # the versions of the records on the page

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["opened"] = self.shown

    def _clean_time(self, cleaned: dict[str, Any]) -> None:
        """A time to go out makes a draft ready to; it lies ahead, and nothing is out already."""
        when = cleaned.get("publish_at")
        if when is None:
            return
        if cleaned.get("state") == State.PUBLISHED:
            self.add_error("publish_at", _("Publish it now or at a time, not both."))
        elif when <= timezone.now():
            self.add_error("publish_at", PAST)
        else:
            cleaned["state"] = State.READY

    def typed(self) -> dict[str, str]:
        """What was entered, in words, by the title of the field."""
        return {
            str(capfirst(str(self.fields[name].label or ""))): entered(self.fields[name], value)
            for name, value in getattr(self, "cleaned_data", {}).items()
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._clean_time(cleaned)
        if self.refusal:
            noted = getattr(self.refusal, "code", "") == "note" and "correction" in self.fields
            self.add_error("correction" if noted else None, self.refusal)
        return cleaned


class ScheduleForm(forms.Form):
    """When all that is chosen in a list goes out."""

    when = MomentField(label=_("Publish at"))

    def clean_when(self) -> dt.datetime:
        when: dt.datetime = self.cleaned_data["when"]
        if when <= timezone.now():
            raise ValidationError(PAST)
        return when


def entered(field: forms.Field, value: Any) -> str:
    """A cleaned value as ``history.words`` would tell it."""
    if isinstance(value, dt.datetime):
        return describe_moment(value)
    if isinstance(value, DateRange):
        return describe(value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(field, forms.ModelMultipleChoiceField):
        return "; ".join(sorted(map(str, value)))
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return "" if value is None else str(value)


def side_by_side(found: list[EditConflict], form: RecordForm) -> list[dict[str, Any]]:
    """Each collision with its rows: what it was, what others made of it, what is typed here."""
    yours = form.typed()
    own = f"{form.instance._meta.label_lower}:{form.instance.pk}"
    return [
        {
            "collision": one,
            "rows": [(change, yours.get(change.title, "")) for change in one.changes],
            "own": one.key == own,
        }
        for one in found
    ]


def fill(data: QueryDict, bound: Any) -> None:
    """Put the value of a form's field into ``data`` as a browser would send it."""
    widget: Any = getattr(bound.field.widget, "widget", bound.field.widget)
    value, name = bound.value(), bound.html_name
    if isinstance(widget, forms.MultiWidget):
        several: Any = widget
        parts = zip(several.widgets_names, several.widgets, several.decompress(value), strict=True)
        for suffix, inner, part in parts:
            _put(data, f"{name}{suffix}", inner, part)
    elif isinstance(value, list):
        data.setlist(name, [str(getattr(one, "pk", one)) for one in value])
    else:
        _put(data, name, widget, value)


def _put(data: QueryDict, name: str, widget: Any, value: Any) -> None:
    if isinstance(widget, forms.CheckboxInput):
        data.pop(name, None)
        if value:
            data[name] = "on"
        return
    timed = isinstance(widget, forms.DateInput | forms.TimeInput)
    text = widget.format_value(value) if timed else value
    data[name] = "" if text is None else str(text)
