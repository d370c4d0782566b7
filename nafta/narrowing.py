"""Of the record, what was asked for: the same words in pages, files and the API."""

from typing import Any

from nafta.search import Search

ATTRIBUTED = ("statement", "proposal")


def narrowed(records: Any, kind: str, wishes: dict[str, Any]) -> Any:
    """Records of one ``kind`` of the timeline, as ``NarrowingForm.wishes`` has it.

    Keys are texts; ``before`` and ``after`` are days, ``q`` is what ``nafta.reading.read`` made of
    words, ``page`` a ``Cursor``. What a kind of record cannot have, none of it has.
    """
    records = _related(records, kind, wishes)
    if year := wishes.get("year"):
        records = records.in_year(int(year))
    if before := wishes.get("before"):
        records = records.filter(dates__startswith__lt=before)
    if after := wishes.get("after"):
        records = records.filter(dates__startswith__gt=after)
    if query := wishes.get("q"):
        records = records.filter(pk__in=Search(query=query).ids(records.model._meta.model_name))
    if page := wishes.get("page"):
        records = page.after(records, kind)
    return records


def _related(records: Any, kind: str, wishes: dict[str, Any]) -> Any:
    if party := wishes.get("party"):
        records = records.for_party(party)
    if slug := wishes.get("round"):
        records = records.at_round(slug)
    if issue := wishes.get("issue"):
        records = records.touching(issue)
    if person := wishes.get("person"):
        said = kind == "statement"
        records = records.filter(speakers__slug=person) if said else records.none()
    if basis := wishes.get("basis"):
        records = records.filter(basis=basis) if kind in ATTRIBUTED else records.none()
    if source := wishes.get("source"):
        rows = records.model.objects.order_by().values("pk")
        first, others = rows.filter(source__slug=source), rows.filter(other_sources__slug=source)
        records = records.filter(pk__in=first.union(others))
    return records
