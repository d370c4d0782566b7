"""The choices that a page was narrowed by, and the addresses that change them."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from nafta.search.forms import NarrowingForm
from rounds.platform.dates import day as day_in_words
from rounds.platform.translated_text import local


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose, or that was chosen, and the address of the page that does otherwise."""

    label: str
    url: str
    name: str = ""  # of the field


def changed(address: QueryDict, **values: str) -> str:
    """The address of this page with other choices; an empty one leaves a choice out."""
    query = address.copy()
    for name, value in values.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def label_of(form: NarrowingForm, name: str, key: str, label: dict[str, Any] | None = None) -> str:
    """What a choice is called; "" where readers see no such thing."""
    if known := form.labels.get(name, {}).get(key):
        return known
    label = label or form.query.labels.get((name, key))
    return str(local(label, "name")) if label else ""


def choices_in(query: QueryDict) -> QueryDict:
    """Of what follows a page's path, the choices alone: an empty field is none."""
    address = query.copy()
    for name in [name for name, value in address.items() if name == "page" or not value]:
        del address[name]
    return address


def chosen(form: NarrowingForm, address: QueryDict) -> list[Choice]:
    """What was chosen, each with the address without it."""
    made = []
    for name, value in form.wishes.items():
        if name == "page":
            continue
        key = str(address[name])
        label = label_of(form, name, key)
        if name in {"before", "after"}:
            when = {"when": label_of(form, "round", key) or day_in_words(value)}
            label = _("before %(when)s") % when if name == "before" else _("after %(when)s") % when
        if name == "q":
            label = form.query.text
        made.append(Choice(label or str(value), changed(address, **{name: ""}), name))
    return made
