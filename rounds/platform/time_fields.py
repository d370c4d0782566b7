"""Form fields for days and moments, in a form that cannot be read in two ways.

A day is entered as 2027-07-01 and a time as 06:00, in every language and browser: 07/01/2027 is
January to some and July to others (decision 0046).
"""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rounds.platform.dates import DAY_FORMAT, DayField, check_day
from rounds.platform.times import (
    FIRST,
    SECOND,
    both_moments,
    clock_time,
    describe_offset,
    describe_zone,
    is_repeated,
    moment_at,
    zone_name,
)


class DayInput(AdminDateWidget):
    """An input for a day as 2027-07-01, with the admin's calendar."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        placeholder = pgettext_lazy("how to enter a day", "YYYY-MM-DD")
        super().__init__({"placeholder": placeholder, **(attrs or {})}, DAY_FORMAT)


class ClockInput(forms.TimeInput):
    """A time as 06:00, with seconds only where it has some."""

    def __init__(self) -> None:
        placeholder = pgettext_lazy("how to enter a time", "HH:MM")
        super().__init__({"placeholder": placeholder, "size": 8})

    def format_value(self, value: dt.time | str | None) -> str | None:
        return clock_time(value) if isinstance(value, dt.time) else value


class MomentWidget(forms.MultiWidget):
    """Inputs for a day and a time with its zone, and a choice where that time comes twice."""

    template_name = "admin/widgets/moment.html"

    class Media:
        css = {"all": ["css/admin.css"]}

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([DayInput(), ClockInput(), forms.Select()], attrs)

    def decompress(self, value: dt.datetime | str | None) -> list[Any]:
        if not isinstance(value, dt.datetime):
            return [value, None, ""]
        local = timezone.localtime(value)
        which = SECOND if local.fold else FIRST
        time = local.time().replace(fold=0, microsecond=0)
        return [local.date(), time, which if is_repeated(local.date(), time) else ""]

    def get_context(
        self, name: str, value: list[Any] | dt.datetime | str | None, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        typed = value if isinstance(value, list) else self.decompress(value)
        moments = _typed_moments(typed)
        # Each form has a copy of its widgets, so no other request sees these choices.
        self.widgets[2].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            (FIRST, _("the first, %(offset)s") % {"offset": describe_offset(moments[0])}),
            (SECOND, _("the second, %(offset)s") % {"offset": describe_offset(moments[1])}),
        ]
        context: dict[str, Any] = super().get_context(name, typed, attrs)
        repeated = moments[0].utcoffset() != moments[1].utcoffset()
        chosen = {FIRST: moments[0], SECOND: moments[1]}.get(typed[2])
        open_still = repeated and chosen is None
        context["widget"]["is_repeated"] = repeated
        context["widget"]["zone"] = (
            zone_name() if open_still else describe_zone(chosen or moments[0])
        )
        return context


def _typed_moments(typed: list[Any]) -> tuple[dt.datetime, dt.datetime]:
    """Return both moments of the day and time in a form if the time is repeated, else one twice.

    Where the form has no valid day and time, that one is now.
    """
    try:
        on, time = DayField().to_python(typed[0]), forms.TimeField().to_python(typed[1])
        if on and time and is_repeated(on, time):
            return both_moments(on, time)
        if on and time:
            return (both_moments(on, time)[0],) * 2
    except ValidationError:
        pass
    return (timezone.now(),) * 2


class MomentField(forms.MultiValueField):
    """A moment of the newsroom's time zone, in the years that this site can speak of."""

    widget = MomentWidget

    def __init__(self, **kwargs: Any) -> None:
        time = forms.TimeField(
            required=False,
            input_formats=["%H:%M", "%H:%M:%S"],
            error_messages={"invalid": gettext_lazy("Enter a time as 06:00 or 18:30.")},
        )
        fields = (DayField(required=False), time, forms.CharField(required=False))
        # A default counts as no input, so no hidden copy of it is to be compared.
        kwargs["show_hidden_initial"] = False
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, values: list[Any]) -> dt.datetime | None:
        on, time, which = values or (None, None, "")
        if on is None and time is None:
            return None
        if on is None or time is None:
            raise ValidationError(_("Enter both a day and a time."), code="incomplete")
        check_day(on)
        return moment_at(on, time, which)
