"""What makes records public, and what takes them back: the only module that sets states."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from uuid import UUID

import pghistory
import psycopg
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rounds.models import Due, Edition, Negotiation, Publishable, State, publishable_models
from rounds.platform.databases import reading

# What the triggers refuse, by their names. issues/models adds its own.
REFUSALS: dict[str, Any] = {
    "published_needs_published": _(
        "What is published cannot refer to a draft: publish that one first."
    ),
    "keep_published": _("Something published refers to this: take that back to draft first."),
    "no_cycle": _("These refer to each other in a circle."),
    "unnamed_stays_unnamed": _("Whoever is unnamed has no name here: remove the speakers first."),
    "unnamed_has_no_name": _("Whoever is unnamed has no name here: remove the speakers."),
}


def refusal(error: DatabaseError) -> str:
    """What rule of the record the database holds up, in an editor's words; "" if it is none."""
    cause = error.__cause__
    broken_rule = isinstance(cause, psycopg.IntegrityError | psycopg.errors.RaiseException)
    if not isinstance(cause, psycopg.Error) or not broken_rule:
        return ""
    said = cause.diag.message_primary or str(cause)
    constraints = {
        constraint.name: constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
    }
    words = constraints.get(cause.diag.constraint_name or "") or REFUSALS.get(said.split(":")[0])
    return str(words or _("The database refused it: %(reason)s.") % {"reason": said})


@contextmanager
def rehearsal() -> Iterator[None]:
    """Do all that is within, look at what came of it, and undo it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def set_state(records: Iterable[Publishable], state: State) -> dict[Publishable, str]:
    """Publish or take back all of ``records``, whatever order they need, or none.

    Returns those that refuse, each with the reason; it is empty where all were changed.
    """

    def change(record: Any) -> str:
        record.state, record.publish_at = state, None
        return _stored(record)

    return _all_or_none(records, change)


def schedule(records: Iterable[Publishable], when: dt.datetime | None) -> dict[Publishable, str]:
    """Let all of ``records`` go out at ``when``, or, if that is None, not by themselves.

    As ``set_state``.
    """

    def change(record: Any) -> str:
        record.state, record.publish_at = State.READY, when
        return _stored(record)

    return _all_or_none(records, change)


class Present(NamedTuple):
    """The edition of now, whether anything waits to go out, and what this site covers."""

    mark: UUID | None  # None before the first edition
    due: bool
    row: str | None

    @property
    def negotiation(self) -> Negotiation | None:
        return Negotiation(**json.loads(self.row)) if self.row else None


# One small question, since every request asks it first; most need no more than its first two.
PRESENT = f"""
    SELECT (SELECT mark FROM "{Edition._meta.db_table}"),
        EXISTS (SELECT FROM "{Due._meta.db_table}" WHERE at <= %s),
        (SELECT to_jsonb(one) FROM "{Negotiation._meta.db_table}" one ORDER BY id LIMIT 1)"""


def present() -> Present:
    with reading().cursor() as cursor:
        cursor.execute(PRESENT, [timezone.now()])
        return Present(*cursor.fetchone())


def publish_due(now: dt.datetime) -> list[Publishable]:
    """Publish what was scheduled for ``now`` or before; returns it.

    What the rules refuse by then becomes a draft again, which keeps the time that it missed.
    """
    if not Due.objects.filter(at__lte=now).exists():
        return []  # a replica is the last to hear that it is done
    with transaction.atomic(), pghistory.context(task="timetable"):
        # locked, so that what an editor has called off meanwhile is not among them
        due = [model.objects.due(now).select_for_update() for model in publishable_models()]
        waiting = [one for rows in due for one in rows]
        published: list[Publishable] = []
        while done := [one for one in waiting if not _goes_out(one)]:
            published += done
            waiting = [one for one in waiting if one not in done]
        for record in waiting:
            # A text from before the database had its rule may refuse even this (decision 0048): it
            # stays as it is, and nothing else waits for it.
            with suppress(IntegrityError), transaction.atomic():
                type(record)._default_manager.filter(pk=record.pk).update(state=State.DRAFT)
        Due.objects.filter(at__lte=now).delete()
    return published


def _goes_out(record: Any) -> dict[Publishable, str]:
    """Publish it, with the note that it was scheduled with."""
    scheduled = record.events.latest("pgh_id").pgh_context or {}
    pghistory.context(note=scheduled.get("note", ""))
    return set_state([record], State.PUBLISHED)


def _all_or_none(
    records: Iterable[Publishable], change: Callable[[Any], str]
) -> dict[Publishable, str]:
    waiting = list(records)
    with transaction.atomic():
        while waiting:
            refused = {record: words for record in waiting if (words := change(_locked(record)))}
            if len(refused) == len(waiting):
                transaction.set_rollback(True)
                return refused
            waiting = list(refused)
    return {}


def _locked(record: Publishable) -> Any:
    """The row as it is stored now, and nobody else's until the transaction ends."""
    return type(record)._default_manager.select_for_update().get(pk=record.pk)


def _stored(record: Publishable) -> str:
    """Store ``record``, or say why not."""
    try:
        record.full_clean()
        for field in record._meta.many_to_many:
            if not field.blank and not getattr(record, field.name).exists():
                raise ValidationError(
                    _("“%(field)s” is empty."), params={"field": field.verbose_name}
                )
        with transaction.atomic():
            record.save()
    except ValidationError as error:
        return " ".join(error.messages)
    except DatabaseError as error:
        if words := refusal(error):
            return words
        raise
    return ""


def drafts_needed(record: Publishable) -> list[Publishable]:
    """``record`` and every draft that it, or one of these, points at: what goes out with it."""
    found: dict[Publishable, None] = {}

    def follow(one: Publishable) -> None:
        if one in found or one.is_published:
            return
        found[one] = None
        for field in one._meta.fields:
            if isinstance(field, models.ForeignKey) and issubclass(
                field.related_model, Publishable
            ):
                other = getattr(one, field.name)
                if other is not None:
                    follow(other)

    follow(record)
    return list(found)
