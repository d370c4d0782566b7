"""Whether, and since when, readers see what has no state: parties, people, sources and so on.

A party and the negotiation are public as soon as anything is published; a person or a source is
public as long as a published record names it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Exists, F, Min, OuterRef, Subquery
from django.db.models.functions import Greatest

from rounds.history.versions import Ref
from rounds.models import (
    AlwaysPublicQuerySet,
    Publishable,
    PublishableQuerySet,
    State,
    event_model,
    lists_of,
    publishable_models,
)

Rows = models.QuerySet[Any]
Since = dict[int, dt.datetime]  # since when readers see a row, by its number


class NamingField(NamedTuple):
    """A foreign key by which a record, or a row of one of its lists, names a reference.

    ``owner`` is the field of the row that points at its record; "" where the record itself has
    the key.
    """

    record: type[Publishable]
    rows: type[models.Model]
    name: str
    owner: str = ""


def find_public(refs: Iterable[Ref]) -> set[Ref]:
    """Return those of ``refs`` that readers see; a deleted one counts where all are public."""
    return _collect(refs, _public_numbers)


def find_scheduled(refs: Iterable[Ref]) -> set[Ref]:
    """Return those of ``refs`` that a record names which is to be published by itself."""
    return _collect(refs, _scheduled_numbers)


def find_ever_public(refs: Iterable[Ref]) -> set[Ref]:
    """Return those of ``refs`` that readers see, or have seen before what named it was removed."""
    return find_public(refs) | _collect(refs, _once_named_numbers)


def load_public_since(refs: Iterable[Ref]) -> dict[Ref, dt.datetime]:
    """Return since when readers have seen each of ``refs`` that they see.

    Only what names it publicly now counts: another record that was taken back is not hinted at.
    """
    return {
        (model, pk): since
        for model, pks in _by_model(refs).items()
        for pk, since in _public_since(model, pks).items()
    }


def _collect(
    refs: Iterable[Ref], find: Callable[[type[models.Model], list[int]], Iterable[int]]
) -> set[Ref]:
    return {(model, pk) for model, pks in _by_model(refs).items() for pk in find(model, pks)}


def _by_model(refs: Iterable[Ref]) -> dict[type[models.Model], list[int]]:
    by_model: dict[type[models.Model], list[int]] = defaultdict(list)
    for model, pk in refs:
        by_model[model].append(pk)
    return by_model


def is_always_public(model: type[models.Model]) -> bool:
    """Whether rows of ``model`` need no record that names them."""
    return isinstance(model._default_manager.all(), AlwaysPublicQuerySet)


def _public_numbers(model: type[models.Model], pks: list[int]) -> Iterable[int]:
    if is_always_public(model):
        return pks if _is_anything_published() else []
    rows: Any = model._default_manager
    return list(rows.published().filter(pk__in=pks).order_by().values_list("pk", flat=True))


def _is_anything_published() -> bool:
    return any(PublishableQuerySet(model).published().exists() for model in publishable_models())


def _scheduled_numbers(model: type[models.Model], pks: list[int]) -> set[int]:
    return {pk for (pk,) in _union(_scheduled(field, pks) for field in _naming_fields(model))}


def _scheduled(field: NamingField, pks: list[int]) -> Rows:
    scheduled = PublishableQuerySet(field.record).scheduled().values("pk")
    rows: Rows = field.rows._default_manager.filter(
        **{f"{field.owner or 'pk'}__in": scheduled, f"{field.name}__in": pks}
    )
    return rows.order_by().values_list(field.name)


def _once_named_numbers(model: type[models.Model], pks: list[int]) -> set[int]:
    return {pk for (pk,) in _union(_once_named(field, pks) for field in _naming_fields(model))}


def _once_named(field: NamingField, pks: list[int]) -> Rows:
    events: Rows = event_model(field.rows)._default_manager.filter(**{f"{field.name}__in": pks})
    if field.owner:
        public = event_model(field.record)._default_manager.filter(state=State.PUBLISHED)
        events = events.filter(**{f"{field.owner}__in": public.values("pgh_obj_id")})
    else:
        events = events.filter(state=State.PUBLISHED)
    return events.order_by().values_list(field.name).distinct()


def _union(parts: Iterable[Rows]) -> Iterable[Any]:
    """Return the rows of all queries, asked in one."""
    queries = list(parts)
    return queries[0].union(*queries[1:], all=True) if queries else []


def _naming_fields(model: type[models.Model]) -> Iterator[NamingField]:
    """Yield every foreign key of a record, or of one of its lists, that points at ``model``."""
    for record in publishable_models():
        for name in _keys_to(model, record):
            yield NamingField(record, record, name)
        for tracked_list in lists_of(record):
            for name in _keys_to(model, tracked_list.rows):
                yield NamingField(record, tracked_list.rows, name, tracked_list.owner)


def _keys_to(model: type[models.Model], rows: type[models.Model]) -> list[str]:
    return [
        field.name
        for field in rows._meta.fields
        if isinstance(field, models.ForeignKey) and field.related_model is model
    ]


def _public_since(model: type[models.Model], pks: list[int]) -> Since:
    if is_always_public(model):
        since = _first_publication()
        return dict.fromkeys(pks, since) if since else {}
    earliest: Since = {}
    for pk, since in _union(_named_since(field, pks) for field in _naming_fields(model)):
        earliest[pk] = min(since, earliest.get(pk, since))
    return earliest


def _first_publication() -> dt.datetime | None:
    """Return when the first of all published records became public."""
    times = [
        event_model(model)
        ._default_manager.filter(state=State.PUBLISHED, pgh_obj__state=State.PUBLISHED)
        .order_by("pgh_created_at")  # whose index ends the search at the first
        .values_list("pgh_created_at", flat=True)
        .first()
        for model in publishable_models()
    ]
    return min(filter(None, times), default=None)


def _named_since(field: NamingField, pks: list[int]) -> Rows:
    """Return since when published records have named each row by ``field``."""
    events: Rows = event_model(field.rows)._default_manager.filter(**{f"{field.name}__in": pks})
    if not field.owner:
        named = events.filter(
            **{f"pgh_obj__{field.name}": F(field.name)},
            state=State.PUBLISHED,
            pgh_obj__state=State.PUBLISHED,
        )
        times: Rows = named.values_list(field.name).annotate(since=Min("pgh_created_at"))
        return times.order_by()
    still_named = field.rows._default_manager.filter(
        **{name: OuterRef(f"{name}_id") for name in (field.name, field.owner)}
    )
    publications = event_model(field.record)._default_manager.filter(
        pgh_obj=OuterRef(f"{field.owner}_id"), state=State.PUBLISHED
    )
    first = publications.order_by("pgh_id").values("pgh_created_at")[:1]
    named = events.filter(Exists(still_named), **{f"{field.owner}__state": State.PUBLISHED})
    since = Greatest("pgh_created_at", Subquery(first))
    times = named.values_list(field.name).annotate(since=Min(since))
    return times.order_by()
