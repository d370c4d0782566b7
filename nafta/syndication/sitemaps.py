"""What search engines are told of: each page in each language, and when it last changed."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from issues.models import Issue, Proposal
from nafta.search.models import Entry
from rounds.history.revision_counts import RevisionCount, count_revisions, find_last_change
from rounds.history.versions import Ref
from rounds.models import Party, Person, Publishable, Round, Source, Statement

# What else a page shows: the fields and relations that lead there from the page's own record.
SHOWN: dict[Any, tuple[str, ...]] = {
    Round: ("source", "parties", "replaced_by", "replaces", "statements", "proposals", "progress"),
    Issue: ("source", "positions", "proposals", "statements", "progress", "measures"),
    Party: ("positions", "proposals", "statements", "people"),
    Person: ("party", "statements"),
    Statement: ("source", "speakers", "parties", "issues", "positions"),
    Proposal: ("source", "parties", "issue", "round", "positions", "responds_to", "responses"),
    Source: tuple(
        str(one.name)
        for one in Source._meta.related_objects
        if issubclass(one.related_model, Publishable)
    ),
}


class LanguagesSitemap(Sitemap):
    """Pages that each language has."""

    i18n = alternates = x_default = True


class PageSitemap(LanguagesSitemap):
    """Pages made of the whole record: whatever readers could notice last has changed them."""

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
    """The pages of a model's records, with when the last of what they show changed.

    The index of search has a row for each of them. They come in parts, of which a record has as
    many as it needs: only what a part tells of is read for it.
    """

    limit = 1_000 * len(settings.LANGUAGES)  # addresses of a part

    def __init__(self, model: Any) -> None:
        self.model = model
        self.changes: dict[Ref, RevisionCount] = {}

    def items(self) -> Any:
        return Entry.objects.filter(kind=self.model._meta.model_name).order_by("object_id")

    def _items(self) -> "Part":
        return Part(self)

    def location(self, item: Entry) -> str:
        return reverse(f"{item.kind}_detail", args=[item.key])

    def lastmod(self, item: Entry) -> dt.datetime:
        return self.changes[self.model, item.object_id].last

    def get_latest_lastmod(self) -> None:
        """Not in the index, which would read the whole record for it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What Django's sitemaps show: each record with each of its languages."""

    sitemap: RecordSitemap

    def __len__(self) -> int:
        return int(self.sitemap.items().count()) * len(settings.LANGUAGES)

    def __getitem__(self, place: slice) -> list[tuple[Entry, str]]:
        each = len(settings.LANGUAGES)  # a part begins with a record's first
        entries = self.sitemap.items().only("kind", "key", "object_id")
        found = list(entries[place.start // each : -(-place.stop // each)])
        refs = [(self.sitemap.model, one.object_id) for one in found]
        self.sitemap.changes = count_revisions(refs, SHOWN)
        return [(one, code) for one in found for code, _name in settings.LANGUAGES]


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
