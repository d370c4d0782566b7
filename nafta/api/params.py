"""What may be asked of the API, and the pages that long answers come in."""

from dataclasses import replace
from operator import attrgetter
from typing import Annotated, Any, Self

from django.conf import settings
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

PAGE, LONGEST = 50, 100  # rows
LANGUAGES = [code.split("-")[0] for code, _name in settings.LANGUAGES]
REFUSED = 422


class Wishes(Schema):
    """What every address takes. A parameter that it does not know is a mistake, not nothing."""

    model_config = ConfigDict(extra="forbid")

    lang: Annotated[str, Field(json_schema_extra={"enum": LANGUAGES})] = Field(
        LANGUAGES[0],
        description="Language of the record's texts; each says which one it is in.",
    )

    @model_validator(mode="before")
    @classmethod
    def refuse_strangers(cls, values: Any, info: ValidationInfo) -> Any:
        request: HttpRequest = (info.context or {})["request"]
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for name, given in request.GET.lists():
            words = {"name": name[:60], "known": ", ".join(known)}
            if name not in known:
                raise ValueError(
                    _("There is no parameter “%(name)s”; there are %(known)s.") % words
                )
            if len(given) > 1:
                raise ValueError(_("The parameter “%(name)s” is given more than once.") % words)
        return values

    @model_validator(mode="after")
    def know_language(self) -> Self:
        if self.lang not in LANGUAGES:
            raise ValueError(_("“lang” takes %(known)s.") % {"known": ", ".join(LANGUAGES)})
        return self


class Listing(Wishes):
    """What every list takes."""

    limit: int = Field(PAGE, ge=1, le=LONGEST, description="Rows of a page at most.")
    cursor: str = Field(
        "", max_length=120, description="Where to go on; follow `next` rather than write it."
    )


class AsOfWishes(Wishes):
    as_of: str = Field(
        "",
        max_length=80,
        description="A day, 2031-05-21, or the key of a round that was held; today if empty.",
    )


MEANINGS = {  # of what stands in the form without a label
    "person": "Key of a speaker.",
    "source": "Key of a publication.",
    "before": "A day, or the key of a round: only what began before it.",
    "after": "A day, or the key of a round: only what began after it.",
    "q": "Words to look for, as in the search.",
}


def filters(*names: str) -> Any:
    """The fields of the timeline's form as parameters, so that a page and the API take the same."""
    told = {name: str(field.label or "") for name, field in TimelineForm.base_fields.items()}
    told |= MEANINGS
    fields: dict[str, Any] = {
        name: (str, Field("", max_length=200, description=told[name])) for name in names
    }
    return create_model("Filters" + "".join(map(str.title, names)), __base__=Listing, **fields)


NARROWING = [name for name in TimelineForm.base_fields if name != "page"]
_timeline: Any = filters(*NARROWING)
_dated: Any = filters(*(name for name in NARROWING if name != "kind"))
_measure: Any = filters("issue")
_position: Any = filters("party", "issue")
_progress: Any = filters("round", "issue")


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


TIMED = {"round", "before", "after"}  # what a round may stand for


def narrowing(wishes: Any, names: list[str] = NARROWING) -> dict[str, Any]:
    """What the timeline's form makes of the wishes. Raises a problem where it makes no sense."""
    given = {name: value for name in names if (value := getattr(wishes, name, ""))}
    if not given:
        return {}
    form = TimelineForm(
        given,
        parties=list(Party.objects.all()) if "party" in given else [],
        issues=list(Issue.objects.published()) if "issue" in given else [],
        rounds=list(Round.objects.published().in_order()) if given.keys() & TIMED else [],
        years=timeline_years() if "year" in given else [],
    )
    if not form.is_valid():
        raise refused(form)
    found: dict[str, Any] = form.filters
    return found


def load_state(wishes: AsOfWishes, issues: list[Issue] | None = None) -> SiteState:
    """The record on the day asked for. Raises a problem where there is no such day or round."""
    form = AsOfForm({"as_of": wishes.as_of})
    if not form.is_valid():
        raise refused(form)
    return SiteState.load(form.effective_as_of, form.rounds, issues=issues)


def refused(form: Any) -> HttpError:
    return HttpError(REFUSED, " ".join(error for all_ in form.errors.values() for error in all_))


def place(wishes: Listing, kind: str) -> dict[str, Cursor]:
    """Where a list of one ``kind`` of the timeline goes on, as its form has it."""
    try:
        return {"page": replace(Cursor.parse(wishes.cursor), part=kind)} if wishes.cursor else {}
    except ValueError as error:
        raise nowhere() from error


def by_day(records: Any, wishes: Listing, span: str = "dates") -> tuple[list[Any], str]:
    """A page of records, newest first by the first day of ``span``, and the next cursor."""
    if wishes.cursor:
        try:
            records = records.filter(Cursor.parse(wishes.cursor).after(span))
        except ValueError as error:
            raise nowhere() from error
    found = list(records.order_by(f"-{span}__startswith", "-pk")[: wishes.limit + 1])
    page, more = found[: wishes.limit], found[wishes.limit :]
    if not more:
        return page, ""
    days = attrgetter(span.replace("__", "."))(page[-1])
    return page, str(Cursor(days.lower, page[-1].pk))


def by_key(records: Any, wishes: Listing, key: str = "slug") -> tuple[list[Any], str]:
    """A page of records by their keys, and the next cursor."""
    if "\0" in wishes.cursor:
        raise nowhere()
    if wishes.cursor:
        records = records.filter(**{f"{key}__gt": wishes.cursor})
    found = list(records.order_by(key)[: wishes.limit + 1])
    more = found[wishes.limit :]
    return found[: wishes.limit], getattr(found[wishes.limit - 1], key) if more else ""


def nowhere() -> HttpError:
    return HttpError(REFUSED, _("There is no such page: “cursor” is taken from “next”."))
