"""The gate: every change of what readers see passes here, and what may not be is refused.

The gate asks the database what was written, not the form what it meant to write. So it holds for a
form, a bulk action, an import and a forged request alike.
"""

from collections.abc import Iterable, Iterator
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
from rounds.history.references import find_ever_public, find_public, find_scheduled
from rounds.history.versions import Ref, Version, load_versions
from rounds.models import (
    EventLabel,
    Publishable,
    State,
    Versioned,
    event_model,
    publishable_models,
    reference_models,
)
from rounds.platform.plain_text import TextError, clean, printable, too_long

PUBLISH = "rounds.publish"
MAX_NOTE_CHARS = 500  # of a note to readers, as in the forms
# Labels of events after which readers see something else than before.
PUBLIC_LABELS = (EventLabel.PUBLISHED, EventLabel.CORRECTED, EventLabel.WITHDRAWN)


class Refused(ValidationError):  # noqa: N818 - it is an answer, not a fault
    """A change was refused; nothing of it was stored.

    ``code`` is "permission", "note" (readers need one) or "second" (another editor must approve).
    ``refs`` are the records because of which it was, empty where the note itself is at fault.
    """

    code: str

    def __init__(self, message: Any, code: str, refs: Iterable[Ref] = ()) -> None:
        super().__init__(message, code=code)
        self.refs = set(refs)


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


def needs_note(records: Iterable[Versioned]) -> bool:
    """Whether readers see any of ``records``, and are to be told why one is changed."""
    stateless = []
    for record in records:
        if not isinstance(record, Publishable):
            stateless.append((type(record), record.pk))
        elif record.is_published:
            return True
    return bool(find_public(stateless))


def may_publish(user: User | AnonymousUser) -> bool:
    return user.has_perm(PUBLISH)


def gate(user: User | AnonymousUser, note: str = "") -> None:
    """Raise ``Refused`` unless ``user`` may do what was done so far; call it within ``editing``."""
    with pghistory.context() as context:
        _refuse_changes(user, note, context.id)


def _refuse_changes(user: User | AnonymousUser, note: str, context: UUID) -> None:
    """Raise ``Refused`` if ``user`` may not change what the events of ``context`` changed."""
    changed = _public_changes(context)
    references = _changed_references(context)
    if not may_publish(user):
        if seen := {*changed, *find_public(references), *find_scheduled(references)}:
            raise Refused(
                _("Only an editor may publish, or change what readers see or are about to."),
                code="permission",
                refs=seen,
            )
        return
    if not changed and not references:
        return
    note = clean_note(note)
    versions_by_ref = load_versions(changed)
    rewritten = _rewritten_references(references, context)
    seen = find_public(rewritten)
    seen |= {ref for ref in changed if _readers_saw_before(versions_by_ref[ref], context)}
    if seen and not note:
        raise Refused(
            _("Readers have seen this before: tell them in a note what has changed, and why."),
            code="note",
            refs=seen,
        )
    if not settings.SECOND_EDITOR:
        return
    unapproved = {ref for ref in changed if _is_own_approval(user, versions_by_ref[ref])}
    unapproved |= {ref for ref in _find_guarded(rewritten) if rewritten[ref].author == user.pk}
    if unapproved:
        raise Refused(
            _("A second editor must approve this: the last words of it are yours."),
            code="second",
            refs=unapproved,
        )


def _find_guarded(references: Iterable[Ref]) -> set[Ref]:
    """Return those of ``references`` that only two editors may change.

    These are what readers see, have seen or are about to see. What they have seen stays guarded
    when the record that names it is unpublished: else one editor could unpublish that, change
    what it names, and publish it again.
    """
    references = list(references)
    return find_ever_public(references) | find_scheduled(references)


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


def _changed_references(context: UUID) -> list[Ref]:
    """Return the parties, people, sources and so on written in ``context`` that existed before."""
    models = {model._meta.label: model for model in reference_models()}
    first, *remaining = (
        _events(model, context)
        .exclude(pgh_obj_id__in=_added(model, context))
        .order_by()
        .values_list(Value(label), "pgh_obj_id")
        for label, model in models.items()
    )
    return [(models[label], pk) for label, pk in first.union(*remaining)]


def _added(model: type[Model], context: UUID) -> QuerySet:
    return _events(model, context).filter(pgh_label=EventLabel.ADDED).values("pgh_obj_id")


def _rewritten_references(references: list[Ref], context: UUID) -> dict[Ref, Version]:
    """Return those of ``references`` that read otherwise after ``context``, each as it is now."""
    rewritten = {}
    for ref, versions in load_versions(references).items():
        earlier = (version for version in reversed(versions) if not _is_of(version, context))
        before = next(earlier, None)
        after = versions[-1]
        if after.label == EventLabel.DELETED or compare_versions(before, after):
            rewritten[ref] = after
    return rewritten


def _is_of(version: Version, context: UUID) -> bool:
    return version.context_id == str(context)


def _events(model: type[Model], context: UUID) -> QuerySet:
    return event_model(model)._default_manager.filter(pgh_context_id=context)


def _readers_saw_before(versions: list[Version], context: UUID) -> bool:
    """Whether readers saw the record before this change and will notice the change."""
    earlier = [version for version in versions if not _is_of(version, context)]
    seen = [version for version in earlier if version.public]
    after = versions[-1]
    if after.public or after.scheduled:
        return bool(seen) and bool(compare_versions(seen[-1], after, public=True))
    return bool(earlier) and earlier[-1].public


def _is_own_approval(user: User | AnonymousUser, versions: list[Version]) -> bool:
    """Whether ``user``, who lets this be published, wrote its last change."""
    if not (versions[-1].public or versions[-1].scheduled):
        return False  # to unpublish something needs no approval
    for before, after in zip([None, *versions][-2::-1], versions[::-1], strict=False):
        if before is None or compare_versions(before, after):  # not only its state was changed
            return after.author == user.pk
    return False
