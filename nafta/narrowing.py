"""Of the record, what was asked for: the same words in pages, files and the API."""

from typing import Any

from nafta.choices import CHOICES
from nafta.search import Search
from rounds.timeline import following


def narrowed(records: Any, kind: str, wishes: dict[str, Any]) -> Any:
    """Records of one ``kind`` of the timeline, as ``NarrowingForm.wishes`` has it.

    Keys are texts; ``before`` and ``after`` are days, ``q`` is what ``nafta.reading.read`` made of
    words, ``page`` a ``Cursor``. What a kind of record cannot have, none of it has.
    """
    for name, word in CHOICES.items():
        if wish := wishes.get(name):
            records = getattr(records, word)(wish)
    if before := wishes.get("before"):
        records = records.filter(dates__startswith__lt=before)
    if after := wishes.get("after"):
        records = records.filter(dates__startswith__gt=after)
    if query := wishes.get("q"):
        records = records.filter(pk__in=Search(query=query).ids(records.model._meta.model_name))
    if page := wishes.get("page"):
        records = following(page, records, kind)
    return records
