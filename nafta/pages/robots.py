"""What machines ask for first."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override

from rounds.tabular.exports import FILE_PARAMS

# Parameters that show the record again: as of any moment, in another order, as files, by any words.
ENDLESS_PARAMS = ("known", "sort", "q", *FILE_PARAMS)


def robots(request: HttpRequest) -> HttpResponse:
    """Where the sitemap is, and what is nobody's to crawl.

    That is the desk, the results of searches, and pages that repeat others without an end. Each
    record, each page of a long list and each day to cite stays open. A pattern holds for any
    address that begins with it, and ``*`` for any text (RFC 9309).
    """
    lines = ["User-agent: *"]
    for code, _name in settings.LANGUAGES:
        with override(code):
            lines.append(f"Disallow: {reverse('admin:index')}")
            lines.append(f"Disallow: {reverse('search')}?")
    lines += [f"Disallow: /*{mark}{name}=" for name in ENDLESS_PARAMS for mark in "?&"]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
