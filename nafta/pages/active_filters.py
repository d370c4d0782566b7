"""The filters of a page, each with the address of the page without it."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from nafta.search.forms import NarrowingForm
from rounds.platform.dates import day as day_in_words
from rounds.platform.translated_text import local


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter that is set, or could be, and the address of the page where it is otherwise."""

    label: str
    url: str
    name: str = ""  # of the field


def change_parameters(address: QueryDict, **values: str) -> str:
    """The address of this page with other parameters; an empty value removes one."""
    query = address.copy()
    for name, value in values.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def filter_label(
    form: NarrowingForm, name: str, key: str, label: dict[str, Any] | None = None
) -> str:
    """The label of a filter's value; "" where it names nothing that is published."""
    if known_label := form.labels.get(name, {}).get(key):
        return known_label
    label = label or form.query.labels.get((name, key))
    return str(local(label, "name")) if label else ""


def select_filters(query: QueryDict) -> QueryDict:
    """The filters in the parameters of a page: neither its part of a list nor empty fields."""
    address = query.copy()
    for name in [name for name, value in address.items() if name == "page" or not value]:
        del address[name]
    return address


def list_active_filters(form: NarrowingForm, address: QueryDict) -> list[ActiveFilter]:
    """The filters that are set, each with the address of the page without it."""
    links = []
    for name, value in form.filters.items():
        if name == "page":
            continue
        key = str(address[name])
        label = filter_label(form, name, key)
        if name in {"before", "after"}:
            when = {"when": filter_label(form, "round", key) or day_in_words(value)}
            label = _("before %(when)s") % when if name == "before" else _("after %(when)s") % when
        if name == "q":
            label = form.query.text
        links.append(
            ActiveFilter(label or str(value), change_parameters(address, **{name: ""}), name)
        )
    return links
