"""Edit conflicts: two editors change one record at the same time.

A page of the admin says which versions of which records it showed. What is posted from it is
compared with what is stored by then, while the rows are locked. Who saves later is shown what the
other editor did, and loses nothing of what they typed.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from rounds.history.differences import FieldChange, compare_versions
from rounds.history.versions import Version, load_versions
from rounds.models import EventLabel, Versioned

ShownVersions = dict[str, int]  # "rounds.statement:12": the version that a page showed
MAX_ROW_NUMBER_DIGITS = 18  # of a PostgreSQL bigint, rounded down


@dataclass(frozen=True, slots=True)
class EditConflict:
    """What became of a record since a page showed it: its last change, by whom and when."""

    title: str
    kind: str
    who: str
    at: Any
    label: str
    note: str
    changes: list[FieldChange]
    key: str


def versions_of(records: Iterable[Versioned]) -> ShownVersions:
    return {f"{record._meta.label_lower}:{record.pk}": record.version for record in records}


def load_records(records: Iterable[Versioned]) -> list[Versioned]:
    """Return ``records`` as they are stored now, in the order of ``lock_records``."""
    return [record for rows in _rows_of(records) for record in rows]


def lock_records(records: Iterable[Versioned]) -> list[Versioned]:
    """As ``load_records``, locked until the end of the transaction, which the caller has begun."""
    return [record for rows in _rows_of(records) for record in rows.select_for_update()]


def lock_shown(shown: ShownVersions) -> None:
    """Lock the records that a page showed, as ``lock_records`` does."""
    lock_records(model(pk=pk) for model, pk in filter(None, map(_ref, shown)))


def _rows_of(records: Iterable[Versioned]) -> Iterator[models.QuerySet[Any]]:
    """A query for the rows of each model, always in the same order: so locks cannot cross."""
    by_model: dict[type[Versioned], list[int]] = {}
    for record in records:
        by_model.setdefault(type(record), []).append(record.pk)
    for model in sorted(by_model, key=lambda model: model._meta.label):
        yield model._default_manager.filter(pk__in=by_model[model]).order_by("pk")


def format_versions(shown: ShownVersions) -> str:
    """Return ``shown`` as JSON, for a hidden input."""
    return json.dumps(shown, separators=(",", ":"), sort_keys=True)


def parse_versions(text: str) -> ShownVersions:
    """The inverse of ``format_versions``. Text that is no such JSON counts as nothing shown."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return clean_versions(data)


def clean_versions(data: object) -> ShownVersions:
    """The versions in decoded JSON; what has another shape counts as nothing shown."""
    if not isinstance(data, dict):
        return {}
    return {str(key): number for key, number in data.items() if isinstance(number, int)}


def find_edit_conflicts(then: ShownVersions, now: ShownVersions) -> list[EditConflict]:
    """Return what others changed, added or removed between two moments, the latest first."""
    keys = {key for key in {*then, *now} if then.get(key) != now.get(key)}
    refs = {ref: key for key in keys if (ref := _ref(key))}
    conflicts = [
        _edit_conflict(refs[ref], versions, then.get(refs[ref], 0))
        for ref, versions in load_versions(refs).items()
        if versions
    ]
    return sorted(conflicts, key=lambda conflict: conflict.at, reverse=True)


def _ref(key: str) -> tuple[Any, int] | None:
    """The row that "rounds.statement:12" names, None if there can be no such row."""
    label, _colon, pk = key.partition(":")
    versioned = {
        model._meta.label_lower: model
        for model in apps.get_models()
        if issubclass(model, Versioned)
    }
    return (versioned[label], int(pk)) if label in versioned and is_row_number(pk) else None


def is_row_number(text: str) -> bool:
    """Whether ``text`` can be the primary key of a row."""
    return text.isascii() and text.isdecimal() and len(text) <= MAX_ROW_NUMBER_DIGITS


def _edit_conflict(key: str, versions: list[Version], number: int) -> EditConflict:
    """How the record with these versions differs from its version ``number``."""
    last = versions[-1]
    before = next((version for version in reversed(versions) if version.number <= number), None)
    return EditConflict(
        title=str(last.record),
        kind=str(capfirst(type(last.record)._meta.verbose_name)),
        who=last.who or _("somebody unknown"),
        at=last.at,
        label=last.label_text,
        note=last.note,
        changes=[] if last.label == EventLabel.DELETED else compare_versions(before, last),
        key=key,
    )
