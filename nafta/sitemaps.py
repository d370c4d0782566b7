"""What search engines are told of: each page in each language, and when it last changed."""

import datetime as dt
from functools import cached_property, partial
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from issues.models import Issue, Proposal
from rounds.changes import Changes, changes, last_change
from rounds.history import Ref
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
        told = ["person_list", "compare", "distance", "moved", "correction_list", "data"]
        return ["home", *record, *told, "about"]

    def location(self, item: str) -> str:
        return reverse(item)

    def lastmod(self, item: str) -> dt.datetime | None:
        return self._changed

    @cached_property
    def _changed(self) -> dt.datetime | None:
        return last_change()


class RecordSitemap(LanguagesSitemap):
    """The pages of a model's records, with when the last of what they show changed."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def items(self) -> list[Any]:
        return self._records

    def lastmod(self, item: Any) -> dt.datetime:
        return self._changes[self.model, item.pk].last

    @cached_property
    def _records(self) -> list[Any]:
        return list(self.model.objects.published().order_by("pk"))

    @cached_property
    def _changes(self) -> dict[Ref, Changes]:
        return changes([(self.model, one.pk) for one in self._records], SHOWN)

    def get_latest_lastmod(self) -> None:
        """Not in the index, which would read the whole record for it."""


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
