"""The address of a page, as search engines and other sites are told it."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import translate_url


@dataclass(frozen=True, slots=True)
class PageAddress:
    """The canonical address of a page, and the address of the same page in each language.

    A page of a day, a filter or a part of a list has an address to cite and to share, but is not
    ``indexed``: there is no end of them, and the plain page leads to all.
    """

    canonical: str
    indexed: bool
    alternates: list[tuple[str, str]]  # (language code or "x-default", address)


def page_address(
    request: HttpRequest, form: forms.BaseForm | None, supports_known: bool
) -> PageAddress:
    """The address of a page that was asked for with ``form``, None if it takes no parameters."""
    query = canonical_query(request, form, supports_known)
    bare = request.build_absolute_uri(request.path)
    canonical = f"{bare}?{query.urlencode()}" if query else bare
    indexed = not query and not getattr(request, "preview", None)
    languages = [(code, translate_url(bare, code)) for code, _name in settings.LANGUAGES]
    default = translate_url(bare, settings.LANGUAGE_CODE)
    return PageAddress(canonical, indexed, [*languages, ("x-default", default)] if indexed else [])


def canonical_query(
    request: HttpRequest, form: forms.BaseForm | None, supports_known: bool
) -> QueryDict:
    """The parameters that make another page, always in the same order.

    Those are the fields of the page's own form, and ``known`` where the page supports it. Any
    other, such as utm_source, shows the same page; so does an empty one, and the first page.
    """
    fields = form.fields if form else {}
    names = {*fields, *(["known"] if supports_known else [])}
    query = QueryDict(mutable=True)
    for name in sorted(names & request.GET.keys()):
        values = request.GET.getlist(name)
        if not isinstance(fields.get(name), forms.MultipleChoiceField):
            values = values[-1:]  # a form reads the last
        values = [value for value in values if value.strip()]
        if values and (name, values) != ("page", ["1"]):
            query.setlist(name, values)
    return query
