"""Sitemaps: each page in each language, with the time of its last change."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, partial

from django import forms
from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from issues.models import Issue, Proposal
from nafta.search.models import SearchDocument
from rounds.history.revision_counts import RevisionCount, count_revisions, find_last_change
from rounds.history.versions import Ref
from rounds.models import Party, Person, Publishable, Round, Source, Statement
from rounds.public.params import accepts

# What a page shows besides its own record: a change of these changes the page, too.
RELATED_FIELDS: dict[type[Model], tuple[str, ...]] = {
    Round: ("source", "parties", "replaced_by", "replaces", "statements", "proposals", "progress"),
    Issue: ("source", "positions", "proposals", "statements", "progress", "measures", "outcomes"),
    Party: ("positions", "proposals", "statements", "people"),
    Person: ("party", "statements"),
    Statement: ("source", "speakers", "parties", "issues", "positions"),
    Proposal: (
        *("source", "parties", "issue", "round"),
        *("positions", "responds_to", "responses", "earlier_statuses"),
    ),
    Source: tuple(
        str(relation.name)
        for relation in Source._meta.related_objects
        if issubclass(relation.related_model, Publishable)
    ),
}


class LanguagesSitemap(Sitemap):
    """Pages that exist in each language."""

    i18n = alternates = x_default = True


class PageSitemap(LanguagesSitemap):
    """Pages about the whole record. Any visible change of it changes them."""

    def items(self) -> list[str]:
        record = ["timeline", "issue_list", "round_list", "deadline_list", "source_list"]
        comparisons = ["compare", "distance", "moved", "data"]
        lists = ["party_list", "person_list", "correction_list"]
        return ["home", *record, *lists, *comparisons, "about"]

    def location(self, item: str) -> str:
        return reverse(item)

    def lastmod(self, item: str) -> dt.datetime | None:
        return self._changed

    @cached_property
    def _changed(self) -> dt.datetime | None:
        return find_last_change()


class RecordSitemap(LanguagesSitemap):
    """The pages of a model's records, listed from the search index.

    A sitemap has several parts. A part reads only the records that it lists.
    """

    limit = 1_000 * len(settings.LANGUAGES)  # URLs of a part

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.changes: dict[Ref, RevisionCount] = {}

    def items(self) -> QuerySet[SearchDocument]:
        return SearchDocument.objects.filter(kind=self.model._meta.model_name).order_by("object_id")

    def _items(self) -> "SitemapPages":
        return SitemapPages(self)

    def location(self, item: SearchDocument) -> str:
        return reverse(f"{item.kind}_detail", args=[item.key])

    def lastmod(self, item: SearchDocument) -> dt.datetime:
        return self.changes[self.model, item.object_id].last

    def get_latest_lastmod(self) -> None:
        """None: the index of sitemaps would have to read the whole record for it."""


@dataclass(frozen=True, slots=True)
class SitemapPages:
    """The sequence that Django's paginator cuts into parts: each record in each language."""

    sitemap: RecordSitemap

    def __len__(self) -> int:
        return int(self.sitemap.items().count()) * len(settings.LANGUAGES)

    def __getitem__(self, part: slice) -> list[tuple[SearchDocument, str]]:
        languages = len(
            settings.LANGUAGES
        )  # ``limit`` is a multiple: no part begins within a record
        entries = self.sitemap.items().only("kind", "key", "object_id")
        documents = list(entries[part.start // languages : -(-part.stop // languages)])
        refs = [(self.sitemap.model, document.object_id) for document in documents]
        self.sitemap.changes = count_revisions(refs, RELATED_FIELDS)
        return [(document, code) for document in documents for code, _name in settings.LANGUAGES]


SITEMAPS = {
    "pages": PageSitemap,
    "rounds": partial(RecordSitemap, Round),
    "issues": partial(RecordSitemap, Issue),
    "parties": partial(RecordSitemap, Party),
    "people": partial(RecordSitemap, Person),
    "statements": partial(RecordSitemap, Statement),
    "proposals": partial(RecordSitemap, Proposal),
    "sources": partial(RecordSitemap, Source),
}


class PartForm(forms.Form):
    """``?p=2``: a part of a sitemap, as Django's index of sitemaps names it."""

    p = forms.IntegerField(required=False, initial=1)


@accepts(PartForm)
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """One of ``SITEMAPS``; 400 for a part that it does not have."""
    try:
        return sitemap(request, SITEMAPS, section)  # type: ignore[arg-type]  # partials are called, too
    except Http404:
        if section not in SITEMAPS:
            raise
        text = _("That page does not exist.")
        return HttpResponseBadRequest(text, content_type="text/plain; charset=utf-8")
