"""The URLs of the static site: those of the site, and the page about what it does not have."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from nafta import urls
from nafta.static_site.url_map import FILES_ONLY


def files_only(request: HttpRequest) -> HttpResponse:
    return render(request, "nafta/files_only.html")


urlpatterns = [
    *urls.urlpatterns,
    *i18n_patterns(path(FILES_ONLY, files_only, name="files_only"), prefix_default_language=False),
]
handler500 = urls.handler500
