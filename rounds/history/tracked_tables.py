"""The tables whose history is kept, as the models describe them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model
from pghistory.models import Event

from rounds.models import Publishable, lists_of


@dataclass(frozen=True, slots=True)
class Pointer:
    """A foreign key. ``needed``: without what it points at, its row cannot be shown."""

    column: str
    table: str
    needed: bool


@dataclass(frozen=True, slots=True)
class TrackedTable:
    """A table whose history is kept.

    ``key`` is the column of ``events`` that holds the number of the row. ``owner``, for the table
    of a list, points at the record that the rows are part of.
    """

    name: str
    model: Any
    events: str
    key: str
    columns: tuple[str, ...]
    pointers: tuple[Pointer, ...]
    owner: Pointer | None

    @property
    def has_state(self) -> bool:
        return issubclass(self.model, Publishable)

    @property
    def is_list(self) -> bool:
        """Whether its rows are part of a record and go with it."""
        return self.owner is not None


@cache
def tracked_tables() -> dict[str, TrackedTable]:
    """Return every table whose history is kept, by name, each after those that it needs."""
    owners = {
        tracked_list.rows: tracked_list.owner
        for model in apps.get_models()
        for tracked_list in lists_of(model)
    }
    tables = {
        table.name: table
        for model in apps.get_models()
        if issubclass(model, Event)
        for table in [_tracked_table(model, owners)]
    }
    needs = {
        name: {pointer.table for pointer in table.pointers if pointer.needed}
        for name, table in tables.items()
    }
    return {name: tables[name] for name in TopologicalSorter(needs).static_order()}


def _tracked_table(event: type[Event], owners: Mapping[type[Model], str]) -> TrackedTable:
    model: Any = event.pgh_tracked_model  # pghistory declares it as None
    columns = {field.column for field in event._meta.concrete_fields}
    rests_on = getattr(model, "rests_on", ())
    pointers = {
        field.name: Pointer(
            field.column,
            field.related_model._meta.db_table,
            needed=not field.null or field.name in rests_on,
        )
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey)
    }
    return TrackedTable(
        name=model._meta.db_table,
        model=model,
        events=event._meta.db_table,
        key="pgh_obj_id" if "pgh_obj_id" in columns else "id",
        columns=tuple(field.column for field in model._meta.concrete_fields),
        pointers=tuple(pointers.values()),
        owner=pointers[owners[model]] if model in owners else None,
    )
