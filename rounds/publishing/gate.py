"""Who writes, and the gate that every change of what readers see goes through.

The gate asks the database what was written, not the form what it meant to write: so it holds for
a form, a bulk action, an import and a forged request alike.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Value
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pghistory.middleware import HistoryMiddleware

from rounds.history.differences import differences
from rounds.history.versions import Version, versions
from rounds.models import (
    Label,
    Negotiation,
    Party,
    Person,
    Publishable,
    Source,
    State,
    publishable_models,
)
from rounds.platform.plain_text import TextError, clean, printable, too_long

PUBLISH = "rounds.publish"
NOTE_CHARS = 500  # of a note to readers, as in the forms
WENT_PUBLIC = (Label.PUBLISHED, Label.CORRECTED, Label.WITHDRAWN)


class Refused(ValidationError):  # noqa: N818 - it is an answer, not a fault
    """What somebody wrote may not stand; nothing of it was stored.

    ``code`` is "permission", "note" (readers need one) or "second" (another editor must look).
    """

    code: str


class AuthorMiddleware(HistoryMiddleware):
    """Every event of a request names who made it, in words that outlive the account."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request)
        return context | {"name": str(request.user)} if request.user.is_authenticated else context


@contextmanager
def editing(user: Any, note: str = "") -> Iterator[None]:
    """One change of the record by ``user``: all of it, or nothing and ``Refused``.

    ``note`` tells readers why something they have seen reads otherwise.
    """
    with suppress(Refused):  # nothing that readers see is stored with a note that is refused
        note = cleaned_note(note)
    author = {"user": user.pk, "name": str(user), "note": printable(note)}
    with transaction.atomic(), pghistory.context(**author) as context:
        yield
        _look(user, note, context.id)


def may_publish(user: Any) -> bool:
    return bool(user.has_perm(PUBLISH))


def gate(user: Any, note: str = "") -> None:
    """Raise ``Refused`` now unless ``user`` may do what was done so far, within ``editing``."""
    with pghistory.context() as context:
        _look(user, note, context.id)


def _look(user: Any, note: str, context: Any) -> None:
    touched = _public_changes(context)
    if not may_publish(user):
        if touched or _public_references_changed(context):
            raise Refused(
                _("Only an editor may publish, or change what readers see or are about to."),
                code="permission",
            )
        return
    if not touched:
        return
    note = cleaned_note(note)
    own = versions(touched)
    if not note and any(_readers_saw_before(one, context) for one in own.values()):
        raise Refused(
            _("Readers have seen this before: tell them in a note what has changed, and why."),
            code="note",
        )
    if settings.SECOND_EDITOR:
        for one in own.values():
            _refuse_alone(user, one)


def cleaned_note(note: str) -> str:
    """What readers are told of a change. Raises ``Refused`` if it cannot be stored."""
    try:
        note = clean(note, has_lines=True)
    except TextError as error:
        raise Refused(str(error), code="note") from error
    if len(note) > NOTE_CHARS:
        raise Refused(too_long(len(note), NOTE_CHARS), code="note")
    return note


def _public_changes(context: Any) -> list[Any]:
    """What readers see, saw or will see by itself, and was written in this context."""
    public = Q(pgh_label__in=WENT_PUBLIC) | Q(state=State.PUBLISHED)
    scheduled = Q(state=State.READY, publish_at__isnull=False)
    models = {model._meta.label: model for model in publishable_models()}
    first, *others = (
        _events(model, context)
        .filter(public | scheduled)
        .order_by()
        .values_list(Value(label), "pgh_obj_id")
        for label, model in models.items()
    )
    return [(models[label], pk) for label, pk in first.union(*others)]


def _public_references_changed(context: Any) -> bool:
    """Whether a party, a person or a source that readers see, or are about to, was changed."""
    for model in (Negotiation, Party, Person, Source):
        events = _events(model, context).exclude(pgh_label=Label.ADDED)
        changed = list(events.values_list("pgh_obj_id", flat=True))
        if not changed:
            continue
        if model._default_manager.published().filter(pk__in=changed).exists():
            return True
        if any(_is_named_by_scheduled(model, pk) for pk in changed):
            return True
    return False


def _is_named_by_scheduled(model: Any, pk: int) -> bool:
    """Whether something that goes out by itself names the row ``pk``."""
    return any(
        relation.related_model.objects.scheduled().filter(**{relation.field.name: pk}).exists()
        for relation in model._meta.related_objects
        if issubclass(relation.related_model, Publishable)
    )


def _events(model: Any, context: Any) -> Any:
    return model.pgh_event_model._default_manager.filter(pgh_context_id=context)


def _readers_saw_before(own: list[Version], context: Any) -> bool:
    """Whether readers saw it before this change, and notice that it was changed."""
    before = [one for one in own if one.context_id != str(context)]
    seen, after = [one for one in before if one.public], own[-1]
    if after.public or after.scheduled:
        return bool(seen) and bool(differences(seen[-1], after, public=True))
    return bool(before) and before[-1].public


def _refuse_alone(user: Any, own: list[Version]) -> None:
    """Raise ``Refused`` if whoever wrote the last words of this is who lets it go out."""
    if not (own[-1].public or own[-1].scheduled):
        return  # taking something back waits for nobody
    for before, after in zip([None, *own][-2::-1], own[::-1], strict=False):
        if before is None or differences(before, after):
            if after.author == user.pk:
                raise Refused(
                    _("A second editor must approve this: the last words of it are yours."),
                    code="second",
                )
            return
