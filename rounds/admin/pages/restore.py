"""Going back to an earlier version of a record."""

from dataclasses import dataclass
from typing import Any

from django.db import models

from rounds.history.versions import Version
from rounds.models import TrackedList, Versioned, lists_of

# what a record keeps when it goes back: its identity, its history, and whether readers see it
KEPT_FIELDS = {"id", "slug", "code", "version", "changed_at", "state", "publish_at"}


@dataclass(frozen=True, slots=True)
class ListChange:
    """What has to be done to a list of a record, so that it is as in an earlier version."""

    surplus: list[Any]  # rows that the version did not have
    missing: list[Any]  # rows that were deleted since, not stored yet


def restore(record: Versioned, target: Version) -> None:
    """Give ``record`` the texts and lists of an earlier version; its state stays.

    Records that the version named and that were deleted since are left out. Raises
    ``ValidationError``.
    """
    changes = [compare_list(record, tracked, target) for tracked in lists_of(type(record))]
    for change in changes:
        for row in change.surplus:  # speakers go before the record says that they are unnamed
            row.delete()
    for column in record._meta.fields:
        if column.name not in KEPT_FIELDS:
            setattr(record, column.attname, getattr(target.record, column.attname))
    record.full_clean()
    record.save()
    for change in changes:
        for row in change.missing:
            row.clean_fields()  # an old version may have texts from before texts were cleaned
            row.save(force_insert=True)


def compare_list(record: Versioned, tracked: TrackedList, target: Version) -> ListChange:
    """How the list ``tracked`` of ``record`` differs from what it was in ``target``."""
    model: Any = tracked.rows
    columns = [
        column.attname for column in model._meta.fields if column.name not in {"id", tracked.owner}
    ]

    def values_of(row: models.Model) -> tuple[Any, ...]:
        values = [getattr(row, name) for name in columns]
        return tuple(tuple(value.items()) if isinstance(value, dict) else value for value in values)

    stored = list(model._default_manager.filter(**{tracked.owner: record}))
    wanted = {
        values_of(row): row for row in target.lists.get(tracked.name, []) if references_exist(row)
    }
    present = {values_of(row) for row in stored}
    return ListChange(
        surplus=[row for row in stored if values_of(row) not in wanted],
        missing=[
            model(**{tracked.owner: record}, **{name: getattr(row, name) for name in columns})
            for values, row in wanted.items()
            if values not in present
        ],
    )


def references_exist(row: models.Model) -> bool:
    """Whether all records that ``row`` points at are still stored."""
    keys = [column for column in row._meta.fields if isinstance(column, models.ForeignKey)]
    return all(
        getattr(row, key.attname) is None or key.get_cached_value(row, default=None) is not None
        for key in keys
    )
