"""What search engines are told of: each page in each language, and when it last changed."""

import datetime as dt
from functools import cached_property, partial
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from issues.models import Issue, Measure, Position, Progress, Proposal
from rounds.models import Party, Person, PublishableQuerySet, Round, Source, Statement

# What else a page shows, each with the field that points at the page's own record.
SHOWN: dict[Any, list[tuple[Any, str]]] = {
    Round: [(Statement, "round"), (Proposal, "round"), (Progress, "round")],
    Issue: [
        (Position, "issue"),
        (Proposal, "issue"),
        (Statement, "issues"),
        (Progress, "issue"),
        (Measure, "issue"),
    ],
    Party: [(Position, "party"), (Proposal, "parties"), (Statement, "parties")],
    Person: [(Statement, "speakers")],
    Statement: [(Position, "statement")],
    Proposal: [(Position, "proposal"), (Proposal, "responds_to")],
    Source: [],
}


class LanguagesSitemap(Sitemap):
    """Pages that each language has."""

    i18n = alternates = x_default = True


class PageSitemap(LanguagesSitemap):
    """Pages made of many records. They say nothing of when: what changes next changes them."""

    def items(self) -> list[str]:
        record = ["timeline", "issue_list", "round_list", "deadline_list", "source_list"]
        return ["home", *record, "correction_list", "about"]

    def location(self, item: str) -> str:
        return reverse(item)


class RecordSitemap(LanguagesSitemap):
    """The pages of a model's records, with when the last of what they show was published."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def items(self) -> list[Any]:
        records = self.model.objects.published()
        if isinstance(records, PublishableQuerySet):
            records = records.with_times()
        return list(records.order_by("pk"))

    def lastmod(self, item: Any) -> dt.datetime | None:
        own = getattr(item, "updated_at", None)
        times = [*self._shown.get(item.pk, ()), *([own] if own else [])]
        return max(times, default=None)

    @cached_property
    def _shown(self) -> dict[int, list[dt.datetime]]:
        """When what the pages show beside their record was written, by the record's number."""
        times: dict[int, list[dt.datetime]] = {}
        for model, field in SHOWN[self.model]:
            rows = model.objects.published().exclude(**{field: None}).with_times().order_by()
            for pk, at in rows.values_list(field, "updated_at"):
                times.setdefault(pk, []).append(at)
        return times

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
