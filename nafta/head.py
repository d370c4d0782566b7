"""The address of a page, as search engines and other sites are told it."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url

# What makes another page of an address. All else, such as utm_source or sort, shows the same one.
TELLING = (
    *("as_of", "known", "from", "to"),
    *("q", "party", "other", "issue", "round", "kind", "basis", "year", "of"),
    *("after", "until", "page"),
)


@dataclass(frozen=True, slots=True)
class Address:
    """The one address of a page, and what the same page is in each language.

    A page that was asked for a day, a choice or a part of a list has an address to cite and to
    share, but is not ``indexed``: there is no end of them, and the plain page leads to all.
    """

    canonical: str
    indexed: bool
    alternates: list[tuple[str, str]]


def address(request: HttpRequest) -> Address:
    query = request.GET.copy()
    for name in list(query):
        if name not in TELLING or not query[name]:
            del query[name]
    bare = request.build_absolute_uri(request.path)
    canonical = f"{bare}?{query.urlencode()}" if query else bare
    indexed = not query and not getattr(request, "preview", None)
    languages = [(code, translate_url(bare, code)) for code, _name in settings.LANGUAGES]
    default = translate_url(bare, settings.LANGUAGE_CODE)
    return Address(canonical, indexed, [*languages, ("x-default", default)] if indexed else [])
