"""The gate: every change of what readers see passes here, and what may not be is refused.

The gate asks the database what was written, not the form what it meant to write. So it holds for a
form, a bulk action, an import and a forged request alike.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q, QuerySet, Value
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pghistory.middleware import HistoryMiddleware

from rounds.history.differences import compare_versions
from rounds.history.versions import Ref, Version, load_versions
from rounds.models import (
    EventLabel,
    Negotiation,
    Party,
    Person,
    Publishable,
    PublishableQuerySet,
    Source,
    State,
    event_model,
    publishable_models,
)
from rounds.platform.plain_text import TextError, clean, printable, too_long

PUBLISH = "rounds.publish"
MAX_NOTE_CHARS = 500  # of a note to readers, as in the forms
# Labels of events after which readers see something else than before.
PUBLIC_LABELS = (EventLabel.PUBLISHED, EventLabel.CORRECTED, EventLabel.WITHDRAWN)


class Refused(ValidationError):  # noqa: N818 - it is an answer, not a fault
    """A change was refused; nothing of it was stored.

    ``code`` is "permission", "note" (readers need one) or "second" (another editor must approve).
    """

    code: str


class AuthorMiddleware(HistoryMiddleware):
    """Write the user's name into every event of a request: it stays when the account is deleted."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request)
        return context | {"name": str(request.user)} if request.user.is_authenticated else context


@contextmanager
def editing(user: User | AnonymousUser, note: str = "") -> Iterator[None]:
    """Store all changes within as one change by ``user``, or none of them. Raises ``Refused``.

    ``note`` says to readers why something that they have seen was changed.
    """
    with suppress(Refused):  # nothing that readers see is stored with a note that is refused
        note = clean_note(note)
    author = {"user": user.pk, "name": str(user), "note": printable(note)}
    with transaction.atomic(), pghistory.context(**author) as context:
        yield
        _refuse_changes(user, note, context.id)


def may_publish(user: User | AnonymousUser) -> bool:
    return user.has_perm(PUBLISH)


def gate(user: User | AnonymousUser, note: str = "") -> None:
    """Raise ``Refused`` unless ``user`` may do what was done so far; call it within ``editing``."""
    with pghistory.context() as context:
        _refuse_changes(user, note, context.id)


def _refuse_changes(user: User | AnonymousUser, note: str, context: UUID) -> None:
    """Raise ``Refused`` if ``user`` may not change what the events of ``context`` changed."""
    changed = _public_changes(context)
    if not may_publish(user):
        if changed or _public_references_changed(context):
            raise Refused(
                _("Only an editor may publish, or change what readers see or are about to."),
                code="permission",
            )
        return
    if not changed:
        return
    note = clean_note(note)
    versions_by_ref = load_versions(changed)
    if not note and any(
        _readers_saw_before(versions, context) for versions in versions_by_ref.values()
    ):
        raise Refused(
            _("Readers have seen this before: tell them in a note what has changed, and why."),
            code="note",
        )
    if settings.SECOND_EDITOR:
        for versions in versions_by_ref.values():
            _refuse_own_approval(user, versions)


def clean_note(note: str) -> str:
    """Return a note to readers as it is stored. Raises ``Refused`` if it cannot be."""
    try:
        note = clean(note, has_lines=True)
    except TextError as error:
        raise Refused(str(error), code="note") from error
    if len(note) > MAX_NOTE_CHARS:
        raise Refused(too_long(len(note), MAX_NOTE_CHARS), code="note")
    return note


def _public_changes(context: UUID) -> list[Ref]:
    """Return the records written in ``context`` that readers see, saw or are to see."""
    public = Q(pgh_label__in=PUBLIC_LABELS) | Q(state=State.PUBLISHED)
    scheduled = Q(state=State.READY, publish_at__isnull=False)
    models = {model._meta.label: model for model in publishable_models()}
    first, *remaining = (
        _events(model, context)
        .filter(public | scheduled)
        .order_by()
        .values_list(Value(label), "pgh_obj_id")
        for label, model in models.items()
    )
    return [(models[label], pk) for label, pk in first.union(*remaining)]


def _public_references_changed(context: UUID) -> bool:
    """Whether a party, a person or a source that readers see, or are about to, was changed."""
    for model in (Negotiation, Party, Person, Source):
        events = _events(model, context).exclude(pgh_label=EventLabel.ADDED)
        changed = list(events.values_list("pgh_obj_id", flat=True))
        if not changed:
            continue
        if model._default_manager.published().filter(pk__in=changed).exists():
            return True
        if any(_is_named_by_scheduled(model, pk) for pk in changed):
            return True
    return False


def _is_named_by_scheduled(model: type[Model], pk: int) -> bool:
    """Whether a scheduled record names the row ``pk``."""
    return any(
        PublishableQuerySet(relation.related_model)
        .scheduled()
        .filter(**{relation.field.name: pk})
        .exists()
        for relation in model._meta.related_objects
        if issubclass(relation.related_model, Publishable)
    )


def _events(model: type[Model], context: UUID) -> QuerySet:
    return event_model(model)._default_manager.filter(pgh_context_id=context)


def _readers_saw_before(versions: list[Version], context: UUID) -> bool:
    """Whether readers saw the record before this change and will notice the change."""
    earlier = [version for version in versions if version.context_id != str(context)]
    seen = [version for version in earlier if version.public]
    after = versions[-1]
    if after.public or after.scheduled:
        return bool(seen) and bool(compare_versions(seen[-1], after, public=True))
    return bool(earlier) and earlier[-1].public


def _refuse_own_approval(user: User | AnonymousUser, versions: list[Version]) -> None:
    """Raise ``Refused`` if ``user``, who lets this be published, wrote its last change."""
    if not (versions[-1].public or versions[-1].scheduled):
        return  # to unpublish something needs no approval
    for before, after in zip([None, *versions][-2::-1], versions[::-1], strict=False):
        if before is None or compare_versions(before, after):  # not only its state was changed
            if after.author == user.pk:
                raise Refused(
                    _("A second editor must approve this: the last words of it are yours."),
                    code="second",
                )
            return
