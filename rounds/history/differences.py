"""What changed between two versions of a record, field by field, as people read it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rounds.history.versions import Ref, Version, load_versions, records_named
from rounds.models import Publishable, TrackedList, Translatable, lists_of
from rounds.platform.dates import day, describe

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# Fields that are no news by themselves: numbers, times, what a page says elsewhere.
LEFT_OUT = {"id", "version", "changed_at", "state", "publish_at", "translations"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a field said before and after, as people read it."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A version, and how it differs from the one before."""

    version: Version
    changes: list[FieldChange]


def load_revisions(record: models.Model) -> list[Revision]:
    """Return each version of ``record`` with what it changed, newest first."""
    ref = (type(record), record.pk)
    versions = load_versions([ref])[ref]
    pairs = zip([None, *versions], versions, strict=False)
    return [Revision(after, compare_versions(before, after)) for before, after in pairs][::-1]


def compare_versions(
    before: Version | None, after: Version, *, public: bool = False
) -> list[FieldChange]:
    """Return what ``after`` says that ``before`` did not, field by field.

    ``public``: only what readers may know of it.
    """
    unseen = after.unseen if public else None
    old = describe_version(before, unseen=unseen) if before else {}
    new = describe_version(after, unseen=unseen)
    # Two sources may have the same title. Where the texts are equal, compare the keys too.
    old_with_keys = describe_version(before, unseen=unseen, keys=True) if before else {}
    new_with_keys = describe_version(after, unseen=unseen, keys=True)
    changes: list[FieldChange] = []
    for title, text in new.items():
        if text != old.get(title, ""):
            changes.append(FieldChange(title, old.get(title, ""), text))
        elif new_with_keys[title] != old_with_keys.get(title, ""):
            changes.append(FieldChange(title, old_with_keys.get(title, ""), new_with_keys[title]))
    return changes


def describe_version(
    version: Version, *, unseen: set[Ref] | None = None, keys: bool = False
) -> dict[str, str]:
    """Return all that a version says, by the title of the field; ``keys`` adds those of names.

    For readers, ``unseen`` has the records that they must not hear of: rows of lists that name one
    of these are left out, and so are the names of drafts and of what was unpublished.
    """
    record, public = version.record, unseen is not None
    texts = {
        _title(field.verbose_name): describe_value(record, field, public=public, keys=keys)
        for field in record._meta.fields
        if field.name not in LEFT_OUT
    } | _describe_translations(record)
    for tracked_list in lists_of(type(record)):
        rows = [
            row
            for row in version.lists.get(tracked_list.name, [])
            if not unseen or unseen.isdisjoint(records_named(tracked_list, row))
        ]
        entries = sorted(_describe_entry(tracked_list, row, public, keys) for row in rows)
        texts[_title(tracked_list.title)] = pgettext("between clauses", "; ").join(entries)
    return texts


def _describe_translations(record: Translatable) -> dict[str, str]:
    """Return a record's translations, each by the title of its field and its language."""
    titles = record.translation_titles()
    return {title: record.translations.get(name, "") for name, title in titles.items()}


def _title(verbose_name: "str | StrPromise") -> str:
    return str(capfirst(verbose_name))


def _describe_entry(tracked_list: TrackedList, row: models.Model, public: bool, keys: bool) -> str:
    """Return the name of what a row of a list points at, or all that the row says itself."""
    own_fields = {field.name for field in row._meta.fields} - {"id", tracked_list.owner}
    names = {tracked_list.target} if tracked_list.target else own_fields
    values = [
        describe_value(row, field, public=public, keys=keys)
        for field in row._meta.fields
        if field.name in names
    ]
    return " · ".join(text for text in values if text)


def describe_value(
    record: models.Model,
    field: "models.Field[Any, Any]",
    *,
    public: bool = False,
    keys: bool = False,
) -> str:
    """Return what a field of a record says, "" if it is empty."""
    value = getattr(record, field.attname)
    if value is None or value == "":
        return ""
    if isinstance(field, models.JSONField):
        return " · ".join(value.values())
    if isinstance(field, models.ForeignKey):
        return _describe_target(field.get_cached_value(record, default=None), public, keys)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _describe_plain(value)


def _describe_target(target: models.Model | None, public: bool, keys: bool) -> str:
    if target is None:
        return _("an entry since deleted")
    if public and isinstance(target, Publishable) and not target.is_published:
        return _("an entry since taken back")
    key = getattr(target, "slug", "") or getattr(target, "code", "")
    return f"{target} ({key})" if keys and key else str(target)


def _describe_plain(value: object) -> str:
    if isinstance(value, DateRange):
        return describe(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return number_format(value.normalize())
    return day(value) if isinstance(value, dt.date) else str(value)
