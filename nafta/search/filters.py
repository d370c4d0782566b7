"""Of the record, what was asked for: the same words in pages, files and the API."""

from dataclasses import replace
from typing import Any

from nafta.search.backend import Search
from nafta.search.filter_choices import CHOICES
from rounds.platform.clock import is_set
from rounds.platform.cursors import Cursor
from rounds.public.timeline import Kind, filter_following


def narrowed(records: Any, kind: str, filters: dict[str, Any], most: int | None = None) -> Any:
    """Records of one ``kind`` of the timeline, as ``NarrowingForm.filters`` has it.

    Keys are texts; ``before`` and ``after`` are days, ``q`` is what
    ``nafta.search.query_parser.read`` made of words, ``page`` a ``Cursor``. What a kind of record
    cannot have, none of it has.

    The index of search has each choice of each record, as it has words, and tells which fit; of the
    past it knows nothing. Of statements, which are many, it tells the latest ``most``.
    """
    page: Cursor | None = filters.get("page")
    asked = Search.of({name: value for name, value in filters.items() if name != "kind"})
    if not asked.narrows:
        pass
    elif kind != Kind.STATEMENT and not is_set():
        records = records.filter(pk__in=asked.every(records.model._meta.model_name))
    elif most and not is_set():
        behind = page and (page if page.part == kind else replace(page, pk=0))
        records = records.filter(pk__in=asked.latest(most, behind))
    else:
        for name, word in CHOICES.items():
            if value := filters.get(name):
                records = getattr(records, word)(value)
    if before := filters.get("before"):
        records = records.filter(dates__startswith__lt=before)
    if after := filters.get("after"):
        records = records.filter(dates__startswith__gt=after)
    return filter_following(page, records, kind) if page else records
