"""Two people on one record: whoever saves later is told what the other did, and loses nothing.

A page says which versions of which records it showed; what is posted from it is compared, behind
locks, with what is stored by then.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from rounds.history.differences import Change, differences
from rounds.history.versions import Version, versions
from rounds.models import Label, Versioned

Shown = dict[str, int]  # "rounds.statement:12": the version a page showed


@dataclass(frozen=True, slots=True)
class Collision:
    """What became of one record since a page showed it."""

    title: str
    kind: str
    who: str
    at: Any
    label: str
    note: str
    changes: list[Change]
    key: str


def shown(records: Iterable[Versioned]) -> Shown:
    return {f"{one._meta.label_lower}:{one.pk}": one.version for one in records}


def current(records: Iterable[Versioned]) -> list[Versioned]:
    """``records`` as they are stored now, in the order in which ``locked`` has them."""
    return [record for rows in _rows_of(records) for record in rows]


def locked(records: Iterable[Versioned]) -> list[Versioned]:
    """As ``current``, and nobody else's until the transaction ends, which the caller has begun."""
    return [record for rows in _rows_of(records) for record in rows.select_for_update()]


def _rows_of(records: Iterable[Versioned]) -> Iterator[models.QuerySet[Any]]:
    """A query for the rows of each model, in one order for all, so that no two lock crosswise."""
    by_model: dict[type[Versioned], list[int]] = {}
    for record in records:
        by_model.setdefault(type(record), []).append(record.pk)
    for model in sorted(by_model, key=lambda model: model._meta.label):
        yield model._default_manager.filter(pk__in=by_model[model]).order_by("pk")


def write(versions_shown: Shown) -> str:
    return json.dumps(versions_shown, separators=(",", ":"), sort_keys=True)


def read(text: str) -> Shown:
    """The inverse of ``write``; what makes no sense shows nothing."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {str(key): number for key, number in told.items() if isinstance(number, int)}


def collisions(then: Shown, now: Shown) -> list[Collision]:
    """What others changed, added or removed between two moments, the latest first."""
    keys = {key for key in {*then, *now} if then.get(key) != now.get(key)}
    refs = {ref: key for key in keys if (ref := _ref(key))}
    found = [
        _collision(refs[ref], own, then.get(refs[ref], 0))
        for ref, own in versions(refs).items()
        if own
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _ref(key: str) -> tuple[Any, int] | None:
    label, _colon, pk = key.partition(":")
    models = [model for model in apps.get_models() if issubclass(model, Versioned)]
    known = {model._meta.label_lower: model for model in models}
    return (known[label], int(pk)) if label in known and is_number(pk) else None


def is_number(text: str) -> bool:
    """Whether ``text`` can be the number of a row."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _collision(key: str, own: list[Version], number: int) -> Collision:
    last = own[-1]
    before = next((one for one in reversed(own) if one.number <= number), None)
    model = type(last.record)
    return Collision(
        title=str(last.record),
        kind=str(capfirst(model._meta.verbose_name)),
        who=last.who or _("somebody unknown"),
        at=last.at,
        label=str(Label(last.label).label),
        note=last.note,
        changes=[] if last.label == Label.DELETED else differences(before, last),
        key=key,
    )
