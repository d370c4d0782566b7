"""Of the record, what was asked for: the same words in pages, files and the API."""

from typing import Any


def narrowed(records: Any, kind: str, wishes: dict[str, Any]) -> Any:
    """Records of one ``kind`` of the timeline, as ``TimelineForm.wishes`` has it."""
    if party := wishes.get("party"):
        records = records.for_party(party)
    if slug := wishes.get("round"):
        records = records.at_round(slug)
    if issue := wishes.get("issue"):
        records = records.touching(issue)
    if year := wishes.get("year"):
        records = records.in_year(int(year))
    if after := wishes.get("after"):
        records = after.after(records, kind)
    return records
