"""The filter forms of the timeline, the search, and the list of people."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.models import Issue
from nafta.search.backend import TIERS
from nafta.search.filter_choices import CHOICES, statuses
from nafta.search.models import SearchDocument
from nafta.search.query import Query
from nafta.search.query_parser import parse_query
from nafta.search.vocabulary import named_days
from rounds.models import Basis, Party, Round
from rounds.platform import clock
from rounds.platform.cursors import Cursor
from rounds.platform.dates import check_day
from rounds.platform.translated_text import local
from rounds.public.params import PageForm
from rounds.public.timeline import Kind, parse_cursor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MAX_QUERY_CHARS = 200
MAX_CURSOR_CHARS = 120  # the kind, the day and the longest key


def _flatten(choices: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, str]]:
    """Key and label of each choice, those in groups included."""
    for key, label in choices:
        yield from _flatten(label) if isinstance(label, list) else [(str(key), str(label))]


class PlainSelect(forms.Select):
    """Django's Select without a template an option: those took longer than all else of a page."""

    def render(
        self,
        name: str,
        value: object,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        attributes = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        options = self._options_html(self.choices, set(self.format_value(value)))
        return format_html("<select{}>{}\n</select>", flatatt(attributes), options)

    def _options_html(self, choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
        """The options, each or in groups."""
        return format_html_join(
            "",
            "{}",
            ([self._option_html(key, label, chosen)] for key, label in choices),
        )

    def _option_html(self, key: object, label: object, chosen: set[str]) -> SafeString:
        if isinstance(label, list):
            group = '\n  <optgroup label="{}">{}\n  </optgroup>'
            return format_html(group, key, self._options_html(label, chosen))
        mark = SafeString(" selected" if str(key) in chosen else "")
        return format_html('\n  <option value="{}"{}>{}</option>', key, mark, label)


def choice_field(label: "StrPromise") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, widget=PlainSelect)


def hidden_field(max_length: int = 80) -> forms.CharField:
    return forms.CharField(required=False, max_length=max_length, widget=forms.HiddenInput)


class NarrowingForm(forms.Form):
    """``?party=ca&issue=sunset&kind=statement&year=2017``, each of them optional.

    ``before`` and ``after`` take a day, 2031-05-21, or the key of a round; ``q`` takes a query.

    An invalid parameter produces an error message; the others still apply.
    """

    party = choice_field(gettext_lazy("Party"))
    issue = choice_field(gettext_lazy("Issue"))
    round = choice_field(gettext_lazy("Round"))
    kind = choice_field(gettext_lazy("Kind"))
    status = choice_field(gettext_lazy("Status"))
    basis = choice_field(gettext_lazy("Attribution"))
    year = choice_field(gettext_lazy("Year"))
    person = hidden_field()
    source = hidden_field()
    before = hidden_field()
    after = hidden_field()
    q = hidden_field(MAX_QUERY_CHARS)
    page = hidden_field(MAX_CURSOR_CHARS)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        choices: dict[str, list[tuple[str, Any]]],
        meetings: dict[str, tuple[dt.date, dt.date]],
    ) -> None:
        """``meetings`` has the first and the last day of each round, by its key."""
        super().__init__(data)
        self.meetings = meetings
        empty_labels = {
            "party": _("All parties"),
            "issue": _("All issues"),
            "round": _("All rounds"),
            "kind": _("All kinds"),
            "status": _("Whatever its status"),
            "basis": _("On and off the record"),
            "year": _("All years"),
        }
        fixed_choices: dict[str, list[tuple[str, Any]]] = {
            "kind": list(Kind.choices),
            "status": statuses(),
            "basis": list(Basis.choices),
        }
        choices = fixed_choices | choices
        self.labels = {
            name: dict(_flatten(field_choices)) for name, field_choices in choices.items()
        }
        for name, empty_label in empty_labels.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", empty_label), *choices[name]]
            field.error_messages["invalid_choice"] = self.unknown("%(value)s")
        self.fields["q"].error_messages["max_length"] = _(
            "That is too much to look for: %(limit_value)d characters at most."
        )
        self.query = Query()

    @staticmethod
    def unknown(value: str) -> str:
        return _("“%(text)s” is not in the record.") % {"text": value}

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

    def clean_page(self) -> Cursor | None:
        text = self.cleaned_data["page"]
        try:
            return self.cursor(text) if text else None
        except ValueError as error:
            raise ValidationError(_("That page does not exist.")) from error

    def cursor(self, text: str) -> Cursor:
        """Where a page begins. Raises ``ValueError``."""
        return parse_cursor(text)

    def clean(self) -> dict[str, Any]:
        """Parse the query, and check that the person and the source exist."""
        cleaned: dict[str, Any] = self.cleaned_data
        keys = [(name, cleaned[name]) for name in ("person", "source") if cleaned.get(name)]
        has_filters = any(cleaned.get(name) for name in CHOICES)
        self.query = parse_query(cleaned.get("q", ""), keys, has_filters=has_filters)
        for name, key in keys:
            if (name, key) not in self.query.labels:
                self.add_error(name, self.unknown(key))
        cleaned["q"] = self.query if self.query.every else None
        if cleaned["q"] and clock.is_set():
            message = _(
                "Words are looked for in what is published now. Leave the words or the past out."
            )
            self.add_error("q", message)
        return cleaned

    @property
    def filters(self) -> dict[str, Any]:
        """The valid parameters, cleaned; empty and invalid ones are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class TimelineForm(NarrowingForm):
    """The timeline's filters. Those without a menu come with links from other pages."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        parties: list[Party],
        issues: list[Issue],
        rounds: list[Round],
        years: list[int],
    ) -> None:
        choices: dict[str, list[tuple[str, Any]]] = {
            "party": [(record.code, local(record, "name")) for record in parties],
            "issue": [(record.slug, local(record, "name")) for record in issues],
            "round": [(record.slug, local(record, "name")) for record in rounds],
            "year": [(str(year), str(year)) for year in years],
        }
        meetings = {
            record.slug: (record.first_day, record.last_day or record.first_day)
            for record in rounds
        }
        super().__init__(data, choices=choices, meetings=meetings)


class SearchForm(NarrowingForm):
    """The search's filters; ``kind`` has people and sources, too. Names come from the index."""

    def __init__(self, data: Mapping[str, Any] | None, *, names: Iterable[SearchDocument]) -> None:
        choices: dict[str, list[tuple[str, Any]]] = {"party": [], "issue": [], "round": []}
        meetings = {}
        for document in names:
            choices[document.kind].append((document.key, local(document.label, "name")))
            if document.kind == "round":
                first_day = dt.date.fromisoformat(document.label["first"])
                last_day = dt.date.fromisoformat(document.label["last"] or document.label["first"])
                meetings[document.key] = first_day, last_day
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


class PeopleForm(PageForm):
    """``?party=ca&page=2&sort=-name``: the list of people, or of one party's."""

    party = hidden_field()

    def clean_party(self) -> Party | None:
        code = self.cleaned_data["party"]
        party = Party.objects.filter(code=code).first() if code else None
        if code and not party:
            raise ValidationError(NarrowingForm.unknown(code))
        return party
