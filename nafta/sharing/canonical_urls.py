"""The address of a page, as search engines and other sites are told it."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import translate_url


@dataclass(frozen=True, slots=True)
class Address:
    """The one address of a page, and what the same page is in each language.

    A page that was asked for a day, a choice or a part of a list has an address to cite and to
    share, but is not ``indexed``: there is no end of them, and the plain page leads to all.
    """

    canonical: str
    indexed: bool
    alternates: list[tuple[str, str]]


def address(request: HttpRequest, form: forms.BaseForm | None) -> Address:
    """The address of a page that was asked for with ``form``, None if it takes no wishes."""
    query = telling(request, form)
    bare = request.build_absolute_uri(request.path)
    canonical = f"{bare}?{query.urlencode()}" if query else bare
    indexed = not query and not getattr(request, "preview", None)
    languages = [(code, translate_url(bare, code)) for code, _name in settings.LANGUAGES]
    default = translate_url(bare, settings.LANGUAGE_CODE)
    return Address(canonical, indexed, [*languages, ("x-default", default)] if indexed else [])


def telling(request: HttpRequest, form: forms.BaseForm | None) -> QueryDict:
    """What of the query makes another page, always in the same order.

    That is what the page's own form asks for, and a moment where the page has two clocks. All
    else, such as utm_source, shows the same page; so does what is empty, and the first page.
    """
    fields = form.fields if form else {}
    names = {*fields, *(["known"] if hasattr(request, "has_two_clocks") else [])}
    query = QueryDict(mutable=True)
    for name in sorted(names & request.GET.keys()):
        values = request.GET.getlist(name)
        if not isinstance(fields.get(name), forms.MultipleChoiceField):
            values = values[-1:]  # the one that a form reads
        values = [value for value in values if value.strip()]
        if values and (name, values) != ("page", ["1"]):
            query.setlist(name, values)
    return query
