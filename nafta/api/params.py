"""The parameters of the API, and the pages of long lists.

The names and docstrings of the classes are published in OpenAPI, so they stay as they are.
"""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from operator import attrgetter
from typing import Annotated, Any, Self, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Schema
from ninja.errors import HttpError
from pydantic import ConfigDict, ValidationInfo, create_model, model_validator

from issues.matrix.site_state import SiteState
from issues.models import Issue
from nafta.queries import timeline_years
from nafta.search.forms import TimelineForm
from rounds.models import Party, Round
from rounds.platform.cursors import Cursor
from rounds.public.params import AsOfForm

DEFAULT_LIMIT, MAX_LIMIT = 50, 100  # rows of a page
Row = TypeVar("Row", bound=Model)
LANGUAGES = [code.split("-")[0] for code, _name in settings.LANGUAGES]


class Wishes(Schema):
    """What every address takes. A parameter that it does not know is a mistake, not nothing."""

    model_config = ConfigDict(extra="forbid")

    lang: Annotated[str, Field(json_schema_extra={"enum": LANGUAGES})] = Field(
        LANGUAGES[0],
        description="Language of the record's texts; each says which one it is in.",
    )

    @model_validator(mode="before")
    @classmethod
    def refuse_unknown(cls, values: object, info: ValidationInfo) -> object:
        request: HttpRequest = (info.context or {})["request"]
        accepted = [field.alias or name for name, field in cls.model_fields.items()]
        for name, given in request.GET.lists():
            fields = {"name": name[:60], "known": ", ".join(accepted)}
            if name not in accepted:
                raise ValueError(
                    _("There is no parameter “%(name)s”; there are %(known)s.") % fields
                )
            if len(given) > 1:
                raise ValueError(_("The parameter “%(name)s” is given more than once.") % fields)
        return values

    @model_validator(mode="after")
    def check_language(self) -> Self:
        if self.lang not in LANGUAGES:
            raise ValueError(_("“lang” takes %(known)s.") % {"known": ", ".join(LANGUAGES)})
        return self


class Listing(Wishes):
    """What every list takes."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Rows of a page at most.")
    cursor: str = Field(
        "", max_length=200, description="Where to go on; follow `next` rather than write it."
    )


class AsOfWishes(Wishes):
    as_of: str = Field(
        "",
        max_length=80,
        description="A day, 2031-05-21, or the key of a round that was held; today if empty.",
    )


DESCRIPTIONS = {  # of the fields that have no label in the form
    "person": "Key of a speaker.",
    "source": "Key of a publication.",
    "before": "A day, or the key of a round: only what began before it.",
    "after": "A day, or the key of a round: only what began after it.",
    "q": "Words to look for, as in the search.",
}


def _filter_params(*names: str) -> Any:
    """Return the fields of the timeline's form as parameters: the API takes what the page takes."""
    fields = TimelineForm.base_fields.items()
    descriptions = {name: str(field.label or "") for name, field in fields} | DESCRIPTIONS
    params: dict[str, Any] = {
        name: (str, Field("", max_length=200, description=descriptions[name])) for name in names
    }
    return create_model("Filters" + "".join(map(str.title, names)), __base__=Listing, **params)


FILTERS = [name for name in TimelineForm.base_fields if name != "page"]
_timeline: Any = _filter_params(*FILTERS)
_dated: Any = _filter_params(*(name for name in FILTERS if name != "kind"))
_measure: Any = _filter_params("issue")
_position: Any = _filter_params("party", "issue")
_progress: Any = _filter_params("round", "issue")


class TimelineWishes(_timeline):
    """As the timeline's form."""


class DatedWishes(_dated):
    """As the timeline's form, of one kind."""


class MeasureWishes(_measure):
    """Of one issue."""


class PositionWishes(_position):
    """Of one party, on one issue."""


class ProgressWishes(_progress):
    """At one round, on one issue."""


ROUND_FILTERS = {"round", "before", "after"}  # that may have the key of a round as value


def clean_filters(params: Listing, names: list[str] = FILTERS) -> dict[str, Any]:
    """Validate the filters among ``params`` as the timeline's form does. Raises ``HttpError``."""
    given = {name: value for name in names if (value := getattr(params, name, ""))}
    if not given:
        return {}
    form = TimelineForm(
        given,
        parties=list(Party.objects.all()) if "party" in given else [],
        issues=list(Issue.objects.published()) if "issue" in given else [],
        rounds=list(Round.objects.published().in_order()) if given.keys() & ROUND_FILTERS else [],
        years=timeline_years() if "year" in given else [],
    )
    if not form.is_valid():
        raise form_error(form)
    filters: dict[str, Any] = form.filters
    return filters


def load_state(params: AsOfWishes, issues: list[Issue] | None = None) -> SiteState:
    """Load the record on the day of ``as_of``. Raises ``HttpError``: no such day or round."""
    form = AsOfForm({"as_of": params.as_of})
    if not form.is_valid():
        raise form_error(form)
    return SiteState.load(form.effective_as_of, form.rounds, issues=issues)


def form_error(form: BaseForm) -> HttpError:
    messages = [str(message) for errors in form.errors.values() for message in errors]
    return HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(messages))


def cursor_filter(params: Listing, kind: str) -> dict[str, Cursor]:
    """Return the cursor of a list of one ``kind`` as a filter of the timeline, if there is one."""
    if not params.cursor:
        return {}
    return {"page": replace(_parse_cursor(params.cursor), part=kind)}


def page_by_day(
    records: QuerySet[Row],
    params: Listing,
    span: str = "dates",
    paths: Sequence[str] = ("slug",),
) -> tuple[list[Row], str]:
    """Return a page of records, newest first by the first day of ``span``, and the next cursor.

    ``paths``: the fields whose values tell the records of a day apart.
    """
    if params.cursor:
        visible: Any = records.model._default_manager
        cursor = _parse_cursor(params.cursor)
        records = records.filter(cursor.after(visible.published(), paths, span))
    rows = list(records.order_by(f"-{span}__startswith", "-pk")[: params.limit + 1])
    page = rows[: params.limit]
    if len(rows) == len(page):
        return page, ""
    days, *keys = (attrgetter(path.replace("__", "."))(page[-1]) for path in (span, *paths))
    return page, str(Cursor(days.lower, ".".join(keys)))


def page_by_key(
    records: QuerySet[Row], params: Listing, key: str = "slug"
) -> tuple[list[Row], str]:
    """Return a page of records by their keys, and the next cursor."""
    if "\0" in params.cursor:  # PostgreSQL refuses it in a text
        raise cursor_error()
    if params.cursor:
        records = records.filter(**{f"{key}__gt": params.cursor})
    rows = list(records.order_by(key)[: params.limit + 1])
    page = rows[: params.limit]
    return page, getattr(page[-1], key) if len(rows) > len(page) else ""


def _parse_cursor(text: str) -> Cursor:
    try:
        return Cursor.parse(text)
    except ValueError as error:
        raise cursor_error() from error


def cursor_error() -> HttpError:
    return HttpError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("There is no such page: “cursor” is taken from “next”."),
    )
