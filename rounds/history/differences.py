"""What changed between two versions of a record, in words."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rounds.history.versions import Ref, Version, records_named, versions
from rounds.models import Publishable, TrackedList, lists_of
from rounds.platform.dates import day, describe

NOT_TOLD = {"id", "version", "changed_at", "state", "publish_at", "translations"}


@dataclass(frozen=True, slots=True)
class Change:
    """What a field said before and after, in words."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A version, and how it differs from the one before."""

    version: Version
    changes: list[Change]


# --- what changed, in words ---


def differences(before: Version | None, after: Version, *, public: bool = False) -> list[Change]:
    """What ``after`` says that ``before`` did not, field by field, as ``public`` may read it."""
    unseen = after.unseen if public else None
    then, now = (told(one, unseen=unseen) if one else {} for one in (before, after))
    # two sources may bear one title: where the words are equal, the keys tell
    exact_then, exact_now = (
        told(one, unseen=unseen, keys=True) if one else {} for one in (before, after)
    )
    changes: list[Change] = []
    for title, text in now.items():
        if text != then.get(title, ""):
            changes.append(Change(title, then.get(title, ""), text))
        elif exact_now[title] != exact_then.get(title, ""):
            changes.append(Change(title, exact_then.get(title, ""), exact_now[title]))
    return changes


def told(version: Version, *, unseen: set[Ref] | None = None, keys: bool = False) -> dict[str, str]:
    """All that a version says, by the title of the field; ``keys`` stand beside names if asked.

    Readers, for whom ``unseen`` is given, are told neither of rows that name any of these, nor the
    names of what is a draft or was taken back.
    """
    record, public = version.record, unseen is not None
    texts = {
        _title(one.verbose_name): words(record, one, public=public, keys=keys)
        for one in record._meta.fields
        if one.name not in NOT_TOLD
    } | translated_words(record)
    for one in lists_of(type(record)):
        rows = [
            row
            for row in version.lists.get(one.name, [])
            if not unseen or unseen.isdisjoint(records_named(one, row))
        ]
        entries = sorted(_entry(one, row, public, keys) for row in rows)
        texts[_title(one.title)] = pgettext("between clauses", "; ").join(entries)
    return texts


def translated_words(record: Any) -> dict[str, str]:
    """What the translations of a record say, each by the title of its field and its language."""
    titles = record.translation_titles()
    return {title: record.translations.get(name, "") for name, title in titles.items()}


def _title(words: Any) -> str:
    return str(capfirst(words))


def _entry(one: TrackedList, row: Any, public: bool, keys: bool) -> str:
    """What a row of a list says: the name of what it points at, or all its own words."""
    names = (
        [one.target]
        if one.target
        else [column.name for column in row._meta.fields if column.name not in {"id", one.owner}]
    )
    said = [words(row, row._meta.get_field(name), public=public, keys=keys) for name in names]
    return " · ".join(text for text in said if text)


def words(
    record: Any, column: "models.Field[Any, Any]", *, public: bool = False, keys: bool = False
) -> str:
    """What a field of a record says, "" if it is empty."""
    value = getattr(record, column.attname)
    if value is None or value == "":
        return ""
    if isinstance(column, models.JSONField):
        return " · ".join(value.values())
    if isinstance(column, models.ForeignKey):
        return _name(column.get_cached_value(record, default=None), public, keys)
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return _plain(value)


def _name(other: Any, public: bool, keys: bool) -> str:
    if other is None:
        return _("an entry since deleted")
    if public and isinstance(other, Publishable) and not other.is_published:
        return _("an entry since taken back")
    key = getattr(other, "slug", "") or getattr(other, "code", "")
    return f"{other} ({key})" if keys and key else str(other)


def _plain(value: Any) -> str:
    if isinstance(value, DateRange):
        return describe(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return number_format(value.normalize())
    return day(value) if isinstance(value, dt.date) else str(value)


# --- for whoever edits ---


def revisions(record: models.Model) -> list[Revision]:
    """Each version of a record with what it changed, newest first."""
    ref = (type(record), record.pk)
    own = versions([ref])[ref]
    pairs = zip([None, *own], own, strict=False)
    return [Revision(after, differences(before, after)) for before, after in pairs][::-1]


def since(record: Any, number: int) -> list[Revision]:
    """What others did to a record after its version ``number``, newest first."""
    return [one for one in revisions(record) if one.version.number > number]
