"""The history: triggers keep every version of every record, also of what SQL changes.

``tracked`` gives a model an event table (django-pghistory), in which triggers keep each version
of each row with when, by whom and under which label, and another one for each of its lists
(many-to-many tables). The lists are part of the record: adding a speaker to a statement makes a
new version of the statement.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rounds.models.edition import NoteTime, RaiseEdition
from rounds.models.translation import Translatable
from rounds.platform.triggers import TriggerModel

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

PUBLIC: Final = "state = 'published'"
# The events with which a record became public.
BECAME_PUBLIC: Final = models.Q(state="published", pgh_label__in=("added", "published"))
# SQL for the events after which readers may not see a record, or a name, that they saw before.
NO_LONGER_PUBLIC: Final = "pgh_label IN ('withdrawn', 'deleted')"
NO_LONGER_NAMED: Final = f"({NO_LONGER_PUBLIC} OR (pgh_label = 'corrected' AND basis = 'unnamed'))"
INDEXED: Final = ("corrected", "withdrawn", "deleted", "published")


class EventLabel(models.TextChoices):
    """What happened to a row. ``ADDED`` and ``PUBLISHED`` can make it public."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    PUBLISHED = "published", _("published")
    CORRECTED = "corrected", _("corrected")  # readers could see it before and after
    WITHDRAWN = "withdrawn", _("taken back")
    DELETED = "deleted", _("deleted")


class Versioned(Translatable):
    """A row with a version number. A trigger counts: what Python writes there is ignored."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    changed_at = models.DateTimeField(_("last changed"), null=True, editable=False)

    class Meta:
        abstract = True


@runtime_checkable
class _TrackedModel(Protocol):
    """A model to which pghistory gave an event table. Its own types do not say so."""

    pgh_event_model: type[models.Model]


def event_model(model: type[models.Model]) -> type[models.Model]:
    """Return the model of the events of a model that is ``tracked``, or of one of its lists."""
    assert isinstance(model, _TrackedModel), f"{model} has no history"
    return model.pgh_event_model


class CountVersions(pgtrigger.Trigger):
    """Raise ``version`` with every change of the row, and when ``PartOf`` asks for it.

    ``changed_at`` is when the transaction began: ``PartOf`` sees by it that it asked already.
    """

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    declare = [("asked", "boolean")]
    func = """
        IF TG_OP = 'INSERT' THEN
            NEW.version := 1; NEW.changed_at := now(); RETURN NEW;
        END IF;
        asked := NEW.version > OLD.version;
        NEW.version := OLD.version; NEW.changed_at := OLD.changed_at;
        IF asked OR NEW IS DISTINCT FROM OLD THEN
            NEW.version := OLD.version + 1; NEW.changed_at := now();
        END IF;
        RETURN NEW;"""


class PartOf(pgtrigger.Trigger):
    """Make the change of a row of a list a change of the record that ``field`` points at."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def __init__(self, *, name: str, field: str) -> None:
        self.field = field
        super().__init__(name=name)

    def get_func(self, model: TriggerModel) -> str:
        field = model._meta.get_field(self.field)
        assert isinstance(field, models.ForeignKey), f"{self.field} points at no row"
        table, column = field.related_model._meta.db_table, field.column
        ask = f"""UPDATE "{table}" SET version = version + 1
            WHERE id = %s."{column}" AND changed_at IS DISTINCT FROM now();"""
        return f"""
            IF TG_OP <> 'INSERT' THEN {ask % "OLD"} END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            {ask % "NEW"}
            RETURN NEW;"""


@dataclass(frozen=True, slots=True)
class TrackedList:
    """A list that belongs to a record: ``rows`` is the model behind it.

    ``target`` is the field that names what an entry is; "" where a row says more than one name.
    """

    name: str
    title: "str | StrPromise"
    rows: type[models.Model]
    owner: str
    target: str = ""


_LISTS: list[TrackedList] = []


def lists_of(model: type[models.Model]) -> list[TrackedList]:
    """Return the lists that are kept as part of a model's records."""
    return [
        tracked_list
        for tracked_list in _LISTS
        if tracked_list.rows._meta.get_field(tracked_list.owner).related_model is model
    ]


def tracked(
    *,
    part_of: str = "",
    lists: dict[str, str] | None = None,
    public_when_added: bool = True,
    order: tuple[Any, ...] = (),
) -> Callable[[type[models.Model]], type[models.Model]]:
    """Keep the history of a model and of its lists.

    ``part_of``: the field that points at the record whose list these rows are. ``lists`` names,
    for a many-to-many field whose list belongs to the record at its other end, the column there.
    ``public_when_added``: whether a row is public by itself, or only through a record that names
    it: then triggers of its own raise the edition, which stand in ``.sql`` files. ``order``: the
    order of a long list of them, which gets an index.
    """

    def keep(model: type[models.Model]) -> type[models.Model]:
        pghistory.track(*_trackers(model), meta=_meta(model, order))(model)
        if part_of:
            title = _plural_name(model)
            _keep_list(TrackedList(f"{model._meta.model_name}s", title, model, part_of))
        else:
            pgtrigger.register(CountVersions(name="count_versions"))(model)
            if public_when_added:
                _raise_edition_for(model)
        for field in model._meta.local_many_to_many:
            _track_list(model, field, (lists or {}).get(field.name, ""))
        return model

    return keep


def _plural_name(model: type[models.Model]) -> "str | StrPromise":
    name = model._meta.verbose_name_plural
    assert name is not None, "Django makes one where the model gives none"
    return name


def _raise_edition_for(model: type[models.Model]) -> None:
    """Let a change of what readers see of ``model`` raise the edition.

    A list needs no trigger: a change of it is a change of its record.
    """
    has_state = any(field.name == "state" for field in model._meta.fields)
    seen = f"{{row}}.{PUBLIC}" if has_state else "TRUE"
    trigger = RaiseEdition(name="raise_edition", seen=seen)
    pgtrigger.register(trigger)(model)
    if has_state:
        pgtrigger.register(NoteTime(name="note_time"))(model)


def _keep_list(tracked_list: TrackedList) -> None:
    _LISTS.append(tracked_list)
    pgtrigger.register(PartOf(name="part_of", field=tracked_list.owner))(tracked_list.rows)


def _trackers(model: type[models.Model]) -> list[pghistory.RowEvent]:
    """Return the events of a model with their labels. With states, these say what readers saw."""
    added = pghistory.InsertEvent(EventLabel.ADDED.value)
    deleted = pghistory.DeleteEvent(EventLabel.DELETED.value)
    if not issubclass(model, Versioned):
        return [added, pghistory.UpdateEvent(EventLabel.CHANGED.value), deleted]
    changed = "OLD.version <> NEW.version"
    if not any(field.name == "state" for field in model._meta.fields):
        return [added, _update(EventLabel.CHANGED, changed), deleted]
    was, is_now = f"OLD.{PUBLIC}", f"NEW.{PUBLIC}"
    return [
        added,
        _update(EventLabel.CHANGED, f"{changed} AND NOT {was} AND NOT {is_now}"),
        _update(EventLabel.PUBLISHED, f"NOT {was} AND {is_now}"),
        _update(EventLabel.CORRECTED, f"{changed} AND {was} AND {is_now}"),
        _update(EventLabel.WITHDRAWN, f"{was} AND NOT {is_now}"),
        deleted,
    ]


def _update(label: EventLabel, condition: str) -> pghistory.UpdateEvent:
    return pghistory.UpdateEvent(label.value, condition=pgtrigger.Condition(condition))


def _meta(model: type[models.Model], order: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Options of an event table: no permissions, and indexes for how events are looked up."""
    name = model._meta.model_name
    names = {field.name for field in model._meta.fields}
    indexes = [models.Index(fields=["pgh_created_at"])]
    if "version" in names:
        indexes.append(models.Index(fields=["pgh_context_id"]))
    if model._meta.proxy:  # a list: its events name a row by its number alone
        indexes.append(models.Index(fields=["id"]))
    if "version" in names and "state" not in names:
        noticed = models.Q(pgh_label__in=("changed", "deleted"))
        indexes.append(
            models.Index(fields=["-pgh_created_at"], condition=noticed, name=f"{name}_event_seen")
        )
    if "dates" in names:
        order = F("dates__startswith").desc(), F("pgh_obj_id").desc(), F("pgh_created_at")
    if order:
        indexes.append(models.Index(*order, name=f"{name}_event_in_order"))
    if "state" in names:
        seen = models.Q(pgh_label__in=INDEXED)
        indexes.append(
            models.Index(fields=["-pgh_created_at"], condition=seen, name=f"{name}_event_seen")
        )
        indexes.append(
            models.Index(
                fields=["-pgh_created_at", "-pgh_obj_id"],
                condition=BECAME_PUBLIC,
                name=f"{name}_event_shown",
            )
        )
        lost = models.Q(pgh_label__in=("withdrawn", "deleted"))
        if "basis" in names:
            lost |= models.Q(pgh_label="corrected", basis="unnamed")
        indexes.append(
            models.Index(fields=["pgh_obj_id"], condition=lost, name=f"{name}_event_lost")
        )
    if "slug" in names:
        indexes.append(models.Index(fields=["slug"], name=f"{name}_event_slug"))
        gone = models.Q(pgh_label=EventLabel.DELETED.value)
        indexes.append(models.Index(fields=["slug"], condition=gone, name=f"{name}_event_gone"))
    return {"default_permissions": (), "indexes": indexes}


def _track_list(
    model: type[models.Model], field: "models.ManyToManyField[Any, Any]", other_end: str
) -> None:
    """Track the table behind a many-to-many field, through a proxy model that has its triggers."""
    through = field.remote_field.through
    assert through is not None, "Django makes a table where the model names none"
    name = f"{model.__name__}{field.name.title().replace('_', '')}"
    options = {"proxy": True, "app_label": model._meta.app_label, "default_permissions": ()}
    proxy: Any = type(
        name, (through,), {"__module__": model.__module__, "Meta": type("Meta", (), options)}
    )
    pghistory.track(*_trackers(proxy), obj_field=None, meta=_meta(proxy))(proxy)
    to_model, to_related = field.m2m_field_name(), field.m2m_reverse_field_name()
    if other_end:
        title = _plural_name(model)
        _keep_list(TrackedList(f"{model._meta.model_name}s", title, proxy, to_related, to_model))
    else:
        _keep_list(TrackedList(field.name, field.verbose_name, proxy, to_model, to_related))
