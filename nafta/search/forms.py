"""What visitors may ask of the timeline and of the search."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.models import Issue
from nafta.search.backend import TIERS
from nafta.search.filter_choices import CHOICES, statuses
from nafta.search.models import Entry
from nafta.search.query import Query
from nafta.search.query_parser import read
from nafta.search.vocabulary import named_days
from rounds.models import Basis, Party, Round
from rounds.platform import clock
from rounds.platform.cursors import Cursor
from rounds.platform.dates import check_day
from rounds.platform.translated_text import local
from rounds.public.timeline import Kind, parse_cursor

QUERY_LENGTH = 200  # characters


def _flat(choices: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, str]]:
    """What each choice is called, also of those that stand in groups."""
    for key, label in choices:
        yield from _flat(label) if isinstance(label, list) else [(str(key), str(label))]


class Options(forms.Select):
    """As Django's, whose templates for each option take longer than the rest of a short page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        about = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        options = self._written(self.choices, set(self.format_value(value)))
        return format_html("<select{}>{}\n</select>", flatatt(about), options)

    def _written(self, choices: Any, chosen: set[str]) -> SafeString:
        """Options, some of them in groups by their names."""
        return format_html_join(
            "",
            "{}",
            ([self._one(key, label, chosen)] for key, label in choices),
        )

    def _one(self, key: Any, label: Any, chosen: set[str]) -> SafeString:
        if isinstance(label, list):
            group = '\n  <optgroup label="{}">{}\n  </optgroup>'
            return format_html(group, key, self._written(label, chosen))
        mark = SafeString(" selected" if str(key) in chosen else "")
        return format_html('\n  <option value="{}"{}>{}</option>', key, mark, label)


def choice(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, widget=Options)


def hidden(length: int = 80) -> forms.CharField:
    return forms.CharField(required=False, max_length=length, widget=forms.HiddenInput)


class NarrowingForm(forms.Form):
    """``?party=ca&issue=sunset&kind=statement&year=2017``, each of them optional.

    ``before`` and ``after`` take a day, 2031-05-21, or the key of a round; ``q`` takes words.
    """

    party = choice(gettext_lazy("Party"))
    issue = choice(gettext_lazy("Issue"))
    round = choice(gettext_lazy("Round"))
    kind = choice(gettext_lazy("Kind"))
    status = choice(gettext_lazy("Status"))
    basis = choice(gettext_lazy("Attribution"))
    year = choice(gettext_lazy("Year"))
    person = hidden()
    source = hidden()
    before = hidden()
    after = hidden()
    q = hidden(QUERY_LENGTH)
    page = hidden()

    def __init__(
        self,
        data: Any,
        *,
        choices: dict[str, list[tuple[str, Any]]],
        meetings: dict[str, tuple[dt.date, dt.date]],
    ) -> None:
        """``meetings``: the first and the last day of each round, by its key."""
        super().__init__(data)
        self.meetings = meetings
        everything = {
            "party": _("All parties"),
            "issue": _("All issues"),
            "round": _("All rounds"),
            "kind": _("All kinds"),
            "status": _("Whatever its status"),
            "basis": _("On and off the record"),
            "year": _("All years"),
        }
        usual: dict[str, list[tuple[str, Any]]] = {
            "kind": list(Kind.choices),
            "status": statuses(),
            "basis": list(Basis.choices),
        }
        choices = usual | choices
        self.labels = {name: dict(_flat(some)) for name, some in choices.items()}
        for name, all_of_it in everything.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", all_of_it), *choices[name]]
            field.error_messages["invalid_choice"] = self.unknown("%(value)s")
        self.fields["q"].error_messages["max_length"] = _(
            "That is too much to look for: %(limit_value)d characters at most."
        )
        self.query = Query()

    @staticmethod
    def unknown(value: str) -> str:
        words = _("“%(value)s” is not in the record. Showing everything instead.")
        return words % {"value": value}

    def clean_before(self) -> dt.date | None:
        return self._days("before")[0]

    def clean_after(self) -> dt.date | None:
        return self._days("after")[1]

    def _days(self, name: str) -> tuple[dt.date | None, dt.date | None]:
        text = self.cleaned_data[name]
        if not text:
            return None, None
        if days := self.meetings.get(text) or named_days(text):
            check_day(days[0])
            check_day(days[1])
            return days
        raise ValidationError(
            _("“%(text)s” is neither a day, such as 2031-05-21, nor a round of this record.")
            % {"text": text}
        )

    def clean_page(self) -> Any:
        text = self.cleaned_data["page"]
        try:
            return self.cursor(text) if text else None
        except ValueError as error:
            raise ValidationError(_("That page does not exist.")) from error

    def cursor(self, text: str) -> Cursor:
        """Where a page begins. Raises ``ValueError``."""
        return parse_cursor(text)

    def clean(self) -> dict[str, Any]:
        """Read the words, and see that a person and a source are in the record."""
        cleaned: dict[str, Any] = self.cleaned_data
        asked = [(name, cleaned[name]) for name in ("person", "source") if cleaned.get(name)]
        beside = any(cleaned.get(name) for name in CHOICES)
        self.query = read(cleaned.get("q", ""), asked, beside=beside)
        for name, key in asked:
            if (name, key) not in self.query.labels:
                self.add_error(name, self.unknown(key))
        cleaned["q"] = self.query if self.query.every else None
        if cleaned["q"] and clock.is_set():
            words = _(
                "Words are looked for in what is published now. Leave the words or the past out."
            )
            self.add_error("q", words)
        return cleaned

    @property
    def filters(self) -> dict[str, Any]:
        """What was asked for and makes sense, without the rest."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class TimelineForm(NarrowingForm):
    """The choices that the timeline offers; the rest comes with links from other pages."""

    def __init__(
        self,
        data: Any,
        *,
        parties: list[Party],
        issues: list[Issue],
        rounds: list[Round],
        years: list[int],
    ) -> None:
        choices: dict[str, list[tuple[str, Any]]] = {
            "party": [(one.code, local(one, "name")) for one in parties],
            "issue": [(one.slug, local(one, "name")) for one in issues],
            "round": [(one.slug, local(one, "name")) for one in rounds],
            "year": [(str(year), str(year)) for year in years],
        }
        meetings = {one.slug: (one.first_day, one.last_day or one.first_day) for one in rounds}
        super().__init__(data, choices=choices, meetings=meetings)


class SearchForm(NarrowingForm):
    """The same, of people, issues, parties and sources too; names come from the index."""

    def __init__(self, data: Any, *, names: Iterable[Entry]) -> None:
        choices: dict[str, list[tuple[str, Any]]] = {"party": [], "issue": [], "round": []}
        meetings = {}
        for one in names:
            choices[one.kind].append((one.key, local(one.label, "name")))
            if one.kind == "round":
                first, last = one.label["first"], one.label["last"] or one.label["first"]
                meetings[one.key] = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        choices["year"] = [(str(year), str(year)) for year in range(1900, 2101)]
        choices["kind"] = [
            *Kind.choices,
            ("issue", _("Issues")),
            ("party", _("Parties")),
            ("person", _("People")),
            ("source", _("Sources")),
        ]
        super().__init__(data, choices=choices, meetings=meetings)

    def cursor(self, text: str) -> Cursor:
        return Cursor.parse(text, TIERS)


class PeopleForm(forms.Form):
    """``?party=ca&page=2&sort=-name``: everybody who spoke, or a party's.

    No page and no order is wrong.
    """

    party = hidden()
    page = hidden()
    sort = hidden()

    def clean_party(self) -> Party | None:
        code = self.cleaned_data["party"]
        party = Party.objects.filter(code=code).first() if code else None
        if code and not party:
            raise ValidationError(NarrowingForm.unknown(code))
        return party
