"""The parameters of addresses: which a view takes, and the forms that check them.

An invalid value gets an error, never a guess.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage, Page, Paginator
from django.utils.translation import gettext as _

from rounds.history.as_of import AsOf, end_of
from rounds.models import Publishable, Round, SourceRank, publishable_models
from rounds.platform import clock
from rounds.platform.dates import check_day
from rounds.platform.dates import day as day_in_words
from rounds.platform.times import check_moment
from rounds.platform.translated_text import local
from rounds.public.deadlines import DeadlineStatus
from rounds.tabular.exports import FILE_PARAMS

View = TypeVar("View", bound=Callable[..., Any])
KNOWN_PARAM = "known"
MAX_PAGE = 100_000
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class AcceptedParam:
    """A parameter that a view takes."""

    takes_several: bool = False
    default: str = ""  # the value that means the same as leaving it out

    @classmethod
    def of_field(cls, field: forms.Field) -> "AcceptedParam":
        initial = "" if field.initial is None else str(field.initial)
        return cls(isinstance(field, forms.MultipleChoiceField), initial)


def accepts(*params: str | type[forms.BaseForm], files: bool = False) -> Callable[[View], View]:
    """Declare which parameters a view takes: names, and the fields of forms.

    ``files``: it answers with files, too (``rounds/tabular/exports.py``). ``known`` need not be
    named where ``supports_known`` is around the view. Whatever is not declared is dropped before
    the view and the page cache see it: ``nafta/operations/limits/canonical_queries.py``. So is the
    ``initial`` value of a form's field. The view gets ``accepted_params`` by their names.
    """
    accepted = {name: AcceptedParam() for name in (FILE_PARAMS if files else ())}
    for param in params:
        if isinstance(param, str):
            accepted[param] = AcceptedParam()
        else:
            fields: dict[str, forms.Field] = param.base_fields  # type: ignore[attr-defined]
            accepted |= {name: AcceptedParam.of_field(field) for name, field in fields.items()}

    def declare(view: View) -> View:
        if hasattr(view, "supports_known"):
            accepted[KNOWN_PARAM] = AcceptedParam()
        view.accepted_params = accepted  # type: ignore[attr-defined]
        return view

    return declare


class AsOfForm(forms.Form):
    """``?as_of=``: a day, 2031-05-21, or the key of one of ``rounds``, round-5.

    By default these are all that are published. They are read only where a round is asked for, or
    all are to be offered.
    """

    as_of = forms.CharField(required=False, max_length=80)

    def __init__(
        self, data: Mapping[str, object], *, rounds: Iterable[Round] | None = None
    ) -> None:
        super().__init__(data)
        if rounds is None:
            rounds = Round.objects.published().with_names().in_order()
        self.rounds = rounds

    def clean_as_of(self) -> AsOf:
        text = self.cleaned_data["as_of"].lower()
        if not text:
            return AsOf(clock.today())
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            return self._round(text)
        check_day(day)
        if day > clock.today():
            raise ValidationError(
                _("By %(day)s nobody could know where things would stand on a later day.")
                % {"day": day_in_words(clock.today())}
                if clock.is_set()
                else _("Nobody knows yet where things stand on that day.")
            )
        return AsOf(day, is_chosen=True)

    def _round(self, key: str) -> AsOf:
        meeting = next((each for each in self.rounds if each.slug == key), None)
        if meeting is None:
            raise ValidationError(
                _("“%(text)s” is neither a day, such as 2031-05-21, nor a round of this record.")
                % {"text": key}
            )
        if not meeting.took_place:
            raise ValidationError(_("%(round)s was not held.") % {"round": local(meeting, "name")})
        return AsOf(end_of(meeting, self.rounds), meeting, is_chosen=True)

    @property
    def effective_as_of(self) -> AsOf:
        """The day that the page shows: today if none, or an invalid one, was asked for."""
        as_of: Any = self.cleaned_data.get("as_of") if self.is_valid() else None
        return as_of if isinstance(as_of, AsOf) else AsOf(clock.today())

    @property
    def context(self) -> dict[str, Any]:
        """What the templates of a page that shows the record on a day need."""
        return {
            "form": self,
            "as_of": self.effective_as_of,
            "query": self.effective_as_of.query,
            "rounds": [each for each in self.rounds if each.took_place],
        }


class SortForm(forms.Form):
    """``?sort=-publisher``: the order of a table, by one of its ``columns``."""

    sort = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, object], *, columns: Iterable[str]) -> None:
        super().__init__(data)
        field = self.fields["sort"]
        assert isinstance(field, forms.ChoiceField)
        orders = [f"{sign}{column}" for column in columns for sign in ("", "-")]
        field.choices = [(order, order) for order in orders]
        field.error_messages["invalid_choice"] = _("There is no order “%(value)s”.")

    @property
    def messages(self) -> list[str]:
        """What is wrong with the parameters."""
        return [str(message) for errors in self.errors.values() for message in errors]


class PageForm(SortForm):
    """``?page=2&sort=-publisher``: a part of a long list, in an order."""

    page = forms.IntegerField(required=False, min_value=1, max_value=MAX_PAGE, initial=1)

    def __init__(self, data: Mapping[str, object], *, columns: Iterable[str]) -> None:
        super().__init__(data, columns=columns)
        self.no_page = _("That page does not exist.")
        codes = ("invalid", "min_value", "max_value")
        self.fields["page"].error_messages |= dict.fromkeys(codes, self.no_page)

    def turn_to(self, paginator: "Paginator[Row]") -> "Page[Row]":
        """The page asked for; an empty one, for which nothing is read, where that is refused."""
        empty: Paginator[Row] = Paginator([], paginator.per_page)
        if not self.is_valid():
            return empty.page(1)
        try:
            return paginator.page(self.cleaned_data["page"] or 1)
        except EmptyPage:
            self.add_error("page", self.no_page)
            return empty.page(1)


class SourcesForm(PageForm):
    """``?rank=official``: a page of the sources of that rank."""

    rank = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, object], *, columns: Iterable[str]) -> None:
        super().__init__(data, columns=columns)
        field = self.fields["rank"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(rank.value, rank.value) for rank in SourceRank]
        field.error_messages["invalid_choice"] = _("“%(value)s” is not a kind of source.")

    @property
    def rank_chosen(self) -> str:
        """The rank asked for; "" if it is invalid."""
        return str(self.cleaned_data["rank"]) if self.is_valid() else ""


class DeadlinesForm(forms.Form):
    """``?status=missed``: the deadlines with that status."""

    status = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(status.value, status.value) for status in DeadlineStatus]
        field.error_messages["invalid_choice"] = _("“%(value)s” is not the status of a deadline.")

    @property
    def status_chosen(self) -> str:
        """The status asked for; "" if it is invalid."""
        return str(self.cleaned_data["status"]) if self.is_valid() else ""


class CorrectionsForm(forms.Form):
    """``?until=`` a moment, ``?of=`` the kind and key of a record, such as statement:a-key."""

    until = forms.DateTimeField(required=False)
    of = forms.CharField(required=False, max_length=120)

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["until"].error_messages["invalid"] = _(
            "“until” needs a day and a time, such as 2031-05-21T14:30Z."
        )

    def clean_until(self) -> dt.datetime | None:
        until: dt.datetime | None = self.cleaned_data["until"]
        if until:
            check_moment(until)
        return until

    def clean_of(self) -> Publishable | None:
        kind, _colon, slug = self.cleaned_data["of"].partition(":")
        model: Any = _kinds().get(kind)
        record: Publishable | None = (
            model.objects.published().filter(slug=slug).first() if model else None
        )
        if record is None and self.cleaned_data["of"]:
            raise ValidationError(
                _("“%(text)s” is not in the record.") % {"text": self.cleaned_data["of"]}
            )
        return record

    @property
    def filters(self) -> dict[str, Any]:
        """The valid values."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _kinds() -> dict[str, type[Publishable]]:
    """Return the models whose records have a key, by name."""
    return {
        str(model._meta.model_name): model
        for model in publishable_models()
        if any(field.name == "slug" for field in model._meta.fields)
    }
