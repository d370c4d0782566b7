"""Publish and unpublish records: the only module that sets states."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import (
    DatabaseError,
    IntegrityError,
    models,
    transaction,
)
from django.utils.translation import gettext as _

from rounds.models import (
    Due,
    Edition,
    Negotiation,
    Publishable,
    State,
)
from rounds.platform.databases import reading
from rounds.publishing.refusals import refusal


@contextmanager
def rehearsal() -> Iterator[None]:
    """Undo everything that is stored within, at its end: for previews."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def set_state(records: Iterable[Publishable], state: State) -> dict[Publishable, str]:
    """Give all of ``records`` the state, in the order that the rules require, or none of them.

    Returns the records that were refused, each with the reason; empty where all were changed.
    """

    def change(record: Publishable) -> str:
        record.state, record.publish_at = state, None
        return _store(record)

    return _all_or_none(records, change)


def schedule(records: Iterable[Publishable], when: dt.datetime | None) -> dict[Publishable, str]:
    """Schedule all of ``records`` for ``when``; None calls their publication off.

    Returns refusals as ``set_state`` does.
    """

    def change(record: Publishable) -> str:
        record.state, record.publish_at = State.READY, when
        return _store(record)

    return _all_or_none(records, change)


class Present(NamedTuple):
    """The edition of now, whether something is due for publication, and what this site covers.

    ``mark`` is None before the first edition. ``negotiation_json`` is a row as JSON.
    """

    mark: UUID | None
    due: bool
    negotiation_json: str | None

    @property
    def negotiation(self) -> Negotiation | None:
        return Negotiation(**json.loads(self.negotiation_json)) if self.negotiation_json else None


# One small query, since every request begins with it. Most need no more than its first two values,
# so the row stays JSON until somebody asks for it. Due is what the server's own clock says: that of
# a web machine may be wrong, and would end embargoes too early.
PRESENT_SQL = f"""
    SELECT (SELECT mark FROM "{Edition._meta.db_table}"),
        EXISTS (SELECT FROM "{Due._meta.db_table}" WHERE at <= statement_timestamp()),
        (SELECT to_jsonb(negotiation) FROM "{Negotiation._meta.db_table}" negotiation
            ORDER BY id LIMIT 1)"""


def load_present() -> Present:
    with reading().cursor() as cursor:
        cursor.execute(PRESENT_SQL)
        return Present(*cursor.fetchone())


def mark_missed(record: Publishable) -> None:
    """Make a draft again of a record that was refused at its time, which it keeps.

    A text from before the database had its rule may refuse even this (decision 0048): it stays as
    it is, and nothing else waits for it.
    """
    with suppress(IntegrityError), transaction.atomic():
        type(record)._default_manager.filter(pk=record.pk).update(state=State.DRAFT)


def _all_or_none(
    records: Iterable[Publishable], change: Callable[[Publishable], str]
) -> dict[Publishable, str]:
    """Apply ``change`` to all of ``records``, again and again until nothing more is accepted."""
    waiting = list(records)
    with transaction.atomic():
        while waiting:
            refused = {
                record: reason for record in waiting if (reason := change(_lock_record(record)))
            }
            if len(refused) == len(waiting):
                transaction.set_rollback(True)
                return refused
            waiting = list(refused)
    return {}


def _lock_record(record: Publishable) -> Publishable:
    """Return the row as it is stored now, locked until the transaction ends."""
    return type(record)._default_manager.select_for_update().get(pk=record.pk)


def _store(record: Publishable) -> str:
    """Store ``record``, or return why not."""
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
        if reason := refusal(error):
            return reason
        raise
    return ""


def drafts_needed(record: Publishable) -> list[Publishable]:
    """Return ``record`` and every draft that must be published with it.

    These are the drafts that it points at, those that these point at, and so on.
    """
    drafts: dict[Publishable, None] = {}

    def follow(draft: Publishable) -> None:
        if draft in drafts or draft.is_published:
            return
        drafts[draft] = None
        for field in draft._meta.fields:
            if isinstance(field, models.ForeignKey) and issubclass(
                field.related_model, Publishable
            ):
                target = getattr(draft, field.name)
                if target is not None:
                    follow(target)

    follow(record)
    return list(drafts)
