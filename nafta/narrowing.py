"""Of the record, what was asked for: the same words in pages, files and the API."""

from dataclasses import replace
from typing import Any

from nafta.choices import CHOICES
from nafta.search import Search
from rounds.clock import is_set
from rounds.cursors import Cursor
from rounds.timeline import Kind, following

EVERY = 1_000_000_000  # more than there are


def narrowed(records: Any, kind: str, wishes: dict[str, Any], most: int | None = None) -> Any:
    """Records of one ``kind`` of the timeline, as ``NarrowingForm.wishes`` has it.

    Keys are texts; ``before`` and ``after`` are days, ``q`` is what ``nafta.reading.read`` made of
    words, ``page`` a ``Cursor``. What a kind of record cannot have, none of it has.

    Where only the latest ``most`` are wanted, the index of search tells which these are, as it has
    each choice of each statement; of the past it knows nothing.
    """
    page: Cursor | None = wishes.get("page")
    asked = Search.of({name: wish for name, wish in wishes.items() if name != "kind"})
    table = records.model._meta.model_name
    if most and asked.narrows and kind == Kind.STATEMENT and not is_set():
        behind = page and (page if page.part == kind else replace(page, pk=0))
        records = records.filter(pk__in=asked.latest(table, most, behind))
    elif asked.query.every:
        records = records.filter(pk__in=asked.latest(table, EVERY))
    else:
        for name, word in CHOICES.items():
            if wish := wishes.get(name):
                records = getattr(records, word)(wish)
    if before := wishes.get("before"):
        records = records.filter(dates__startswith__lt=before)
    if after := wishes.get("after"):
        records = records.filter(dates__startswith__gt=after)
    return following(page, records, kind) if page else records
