"""Apply cleaned filters to a queryset; shared by pages, exports and the API."""

from typing import Any

from nafta.search.backend import Search
from nafta.search.filter_choices import CHOICES
from rounds.platform.clock import is_set
from rounds.platform.cursors import Cursor
from rounds.public.timeline import Kind, Records, filter_following


def apply_filters(
    records: Records, kind: str, filters: dict[str, Any], limit: int | None = None
) -> Records:
    """Filter a QuerySet of one ``kind`` of the timeline by ``NarrowingForm.filters``.

    ``before`` and ``after`` are days, ``q`` is a parsed ``Query``, ``page`` a ``Cursor``; the rest
    are keys. A filter that a kind of record does not have matches none of it.

    The search index decides which records match: it has the tokens of every filter. Of statements,
    which are many, it returns the latest ``limit``. It knows nothing of the past, so there the
    QuerySets' own methods are used.
    """
    page: Cursor | None = filters.get("page")
    search = Search.from_filters({name: value for name, value in filters.items() if name != "kind"})
    if not search.has_terms:
        pass
    elif kind != Kind.STATEMENT and not is_set():
        records = records.filter(pk__in=search.all_ids(records.model._meta.model_name))
    elif limit and not is_set():
        records = records.filter(pk__in=search.latest_statement_ids(limit, page))
    else:
        for name, method in CHOICES.items():
            if value := filters.get(name):
                records = getattr(records, method)(value)
    if before := filters.get("before"):
        records = records.filter(dates__startswith__lt=before)
    if after := filters.get("after"):
        records = records.filter(dates__startswith__gt=after)
    return filter_following(page, records, kind) if page else records
