"""The page of the round desk."""

import hashlib
from contextlib import suppress
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from issues.desk.conflicts import (
    CellConflict,
    ConcurrentChanges,
    PageSnapshot,
    apply_choices,
    find_concurrent_changes,
    key_of,
    list_undecided,
    with_texts,
)
from issues.desk.forms.base import ROWS_AT_MOST
from issues.desk.forms.desk import DeskForm
from issues.desk.preview import (
    DeskPreview,
    compare_matrices,
    describe_changes,
    find_warnings,
    load_matrix,
)
from issues.desk.save import (
    RejectedError,
    SavedRecords,
    publish,
    refuse_changes_of_public,
    save_entry,
)
from issues.desk.state import DeskState
from issues.desk.vocabulary import build_vocabulary
from issues.models import Level, Outcome, OutcomeKind, Position, Progress, Proposal, Stance
from rounds.admin.pages.record_views import note_presence
from rounds.models import Presence, Publishable, Round, Source, Statement
from rounds.platform.text_fields import without_invisible_characters
from rounds.publishing.edit_conflicts import lock_shown
from rounds.publishing.gate import Refused, gate, may_publish
from rounds.publishing.states import rehearsal

ADDED_ROWS = {"q": 1, "n": 1, "s": 5, "p": 3}  # of sources, people, statements and proposals
WRITTEN_MODELS = (Statement, Proposal, Position, Progress, Outcome, Source)
STORED = "stored"  # tells the script of the next page to forget what was typed
# inputs and the beginnings of inputs that do not count as typed
NOT_TYPED = ("csrfmiddlewaretoken", "action", "previewed", "correction", "conflict", "choose-")


def may_enter(request: HttpRequest) -> bool:
    """Whether the user may add all that the desk writes."""
    return all(
        request.user.has_perm(f"{model._meta.app_label}.add_{model._meta.model_name}")
        for model in WRITTEN_MODELS
    )


def change_url(record: Publishable) -> str:
    """The page of the admin on which a record is changed."""
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
    return reverse(name, args=[record.pk])


def round_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """The page on which all that a round brought is entered."""
    if not may_enter(request):
        raise PermissionDenied
    meeting = get_object_or_404(Round, pk=pk)
    if request.method != "POST":
        return DeskPage(request, DeskState(meeting)).render()
    data = cleaned_data(request)
    try:
        with transaction.atomic():
            return _answer(request, meeting, data)
    except OperationalError:  # two at the same moment, each waiting for what the other holds
        page = DeskPage(request, DeskState(meeting), data)
        page.problem = _("Somebody else saved at the same moment. Nothing is stored: try again.")
        return page.render(409)


def cleaned_data(request: HttpRequest) -> QueryDict:
    """What was posted, without the invisible characters of a paste."""
    data = without_invisible_characters(request.POST)
    # JSON: a line break in place of an “_x000D_” within it could not be read
    data["seen"] = request.POST.get("seen", "")
    return data


def _answer(request: HttpRequest, meeting: Round, data: QueryDict) -> HttpResponse:
    """The page after a press of one of its buttons."""
    action = data.get("action") or "preview"
    locked_round = get_object_or_404(Round.objects.select_for_update(), pk=meeting.pk)
    if action in {"rows", "restore"}:  # more empty rows, or what a browser had kept
        typed = with_more_rows(data) if action == "rows" else data
        return DeskPage(request, DeskState(locked_round), typed).render()
    # Locked before they are read. If the versions read are those that the page had shown, all
    # that the desk shows is locked; if not, nothing is stored.
    lock_shown(PageSnapshot.parse(data.get("seen", "")).versions)
    page = DeskPage(request, DeskState(locked_round), data)
    page.compare()
    if page.changes or page.undecided:
        return page.render(409)
    if action == "publish" and not page.may_publish:
        page.problem = _("You may write drafts, not publish. Nothing is stored.")
        return page.render(403)
    if not page.is_complete():
        return page.render()
    if action not in {"draft", "publish"} or (action == "publish" and page.is_unseen()):
        return page.render_preview()
    return page.store(is_publishing=action == "publish")


def with_more_rows(data: QueryDict) -> QueryDict:
    """``data`` with more empty rows of each kind."""
    totals = {}
    for prefix, added in ADDED_ROWS.items():
        name = f"{prefix}-TOTAL_FORMS"
        with suppress(ValueError):
            totals[name] = str(min(int(data.get(name, "")) + added, ROWS_AT_MOST))
    return with_texts(data, totals)


def digest_of(data: QueryDict) -> str:
    """A hash of what was typed: it is another once something was typed since a preview."""
    typed = sorted(
        (name, " ".join("\n".join(data.getlist(name)).split()))
        for name in data
        if str(data.get(name, "")).strip() and not name.startswith(NOT_TYPED)
    )
    return hashlib.sha256(repr(typed).encode()).hexdigest()


class DeskPage:
    """The page for one request: what was typed, and what the answer says about it.

    Until ``compare`` was called the page compares with what the browser says it had shown; until
    ``is_complete`` was called it shows what was typed without errors.
    """

    def __init__(
        self, request: HttpRequest, state: DeskState, data: QueryDict | None = None
    ) -> None:
        self.request = request
        self.state = state
        self.data = data
        self.may_publish = may_publish(request.user)
        self.changes = ConcurrentChanges()
        self.undecided: list[str] = []  # prefixes of conflicts without a choice
        self.is_compared = data is None
        self.checked_entry: DeskForm | None = None
        self.preview: DeskPreview | None = None
        self.problem = ""

    def posted(self, name: str) -> str:
        return str(self.data.get(name, "")) if self.data else ""

    @property
    def opened(self) -> PageSnapshot:
        """What the page had shown from which something was posted."""
        return PageSnapshot.parse(self.posted("seen"))

    @property
    def entry(self) -> DeskForm:
        if self.checked_entry is None:
            return DeskForm(self.state, self.data, self.snapshot.texts, is_checked=False)
        return self.checked_entry

    @property
    def digest(self) -> str:
        return digest_of(self.data or QueryDict())

    def compare(self) -> None:
        """Find what others changed since the page was opened, and take it over where it can be."""
        assert self.data is not None
        opened = self.opened
        taken_over, self.undecided = apply_choices(opened.texts, self.data)
        self.data = with_texts(self.data, taken_over)
        self.changes = find_concurrent_changes(self.state, opened, self.data)
        self.data = with_texts(self.data, self.changes.taken_over)
        self.is_compared = True
        if self.undecided:
            self.problem = _("Choose between yours and theirs where both changed the same.")

    def is_complete(self) -> bool:
        """Check what was typed; whether it can be stored."""
        self.checked_entry = DeskForm(self.state, self.data)
        is_valid = self.checked_entry.is_valid()
        if is_valid and self.checked_entry.is_empty:
            self.problem = _("Nothing was changed yet.")
        return is_valid and not self.problem

    def is_unseen(self) -> bool:
        """Whether something was typed since the preview, which may not be published."""
        unseen = self.posted("previewed") != self.digest
        if unseen:
            self.problem = _("Something was typed since the preview: look once more.")
        return unseen

    def render_preview(self) -> HttpResponse:
        """Do all of it, describe what it did, and undo it."""
        entry, state = self.entry, self.state
        moved = (form.cell.issue for form in entry.changed_cells)
        ended = (form.row.issue for form in entry.changed_issue_outcomes)
        issues = list(dict.fromkeys((*moved, *ended)))
        before = load_matrix(state, issues)
        with suppress(RejectedError), rehearsal():
            saved = save_entry(entry)
            preview = describe_changes(state, saved)
            preview.warnings = find_warnings(state, saved, entry.with_drafts)
            if issues:
                after = load_matrix(
                    state,
                    issues,
                    [item.position for item in saved.positions],
                    [outcome for _was, outcome in saved.outcomes],
                )
                preview.tables = compare_matrices(before, after)
            if self.may_publish:
                self._rehearse_publication(preview, saved)
            else:
                refuse_changes_of_public(saved)
            self.preview = preview
        return self.render()

    def _rehearse_publication(self, preview: DeskPreview, saved: SavedRecords) -> None:
        preview.drafts = list(self.entry.with_drafts)
        preview.refused = publish(self.entry, saved)
        try:
            gate(self.request.user, self._note)
        except Refused as error:
            if error.code == "note":
                preview.note = str(error.message)
            elif not preview.refused:
                preview.refused = [str(error.message)]

    @property
    def _note(self) -> str:
        return str(self.entry.note.cleaned_data.get("correction", ""))

    def store(self, *, is_publishing: bool) -> HttpResponse:
        """Store all of it, or nothing: then the page comes back with what refused it."""
        try:
            with transaction.atomic():
                saved = save_entry(self.entry)
                if is_publishing:
                    self.problem = " ".join(publish(self.entry, saved))
                    if self.problem:
                        raise RejectedError
                else:
                    refuse_changes_of_public(saved)
                gate(self.request.user, self._note)
                self._log()
        except RejectedError:
            return self.render()
        except Refused as error:
            if error.code == "note":
                self.entry.note.add_error("correction", error)
            else:
                self.problem = str(error.message)
            return self.render()
        return self._redirect_stored(saved, is_publishing=is_publishing)

    def _log(self) -> None:
        change = [{"changed": {"fields": [str(_("the round desk"))]}}]
        rounds = Round.objects.filter(pk=self.state.round.pk)
        LogEntry.objects.log_actions(
            self.request.user.pk or 0, rounds, CHANGE, change, single_object=True
        )

    def _redirect_stored(self, saved: SavedRecords, *, is_publishing: bool) -> HttpResponse:
        count = len(saved.records) + (len(self.entry.with_drafts) if is_publishing else 0)
        message = (
            ngettext("%(count)d entry published.", "%(count)d entries published.", count)
            if is_publishing
            else ngettext(
                "%(count)d entry saved as a draft.", "%(count)d entries saved as drafts.", count
            )
        )
        messages.success(self.request, message % {"count": count})
        return HttpResponseRedirect(f"{self.request.path}#{STORED}")

    @property
    def snapshot(self) -> PageSnapshot:
        """What the page shows, for the next comparison; as it was where none was made."""
        return PageSnapshot.of(self.state) if self.is_compared else self.opened

    @property
    def choices(self) -> list[CellConflict]:
        """What the editor has to choose."""
        if self.data is None:
            return []
        new = {conflict.prefix for conflict in self.changes.conflicts}
        prefixes = self.undecided if self.is_compared else self.data.getlist("conflict")
        earlier = [prefix for prefix in prefixes if prefix not in new]
        return [*self.changes.conflicts, *list_undecided(self.state, earlier, self.data)]

    def _presence(self) -> dict[str, Any]:
        """Who else has this desk open."""
        page_key = f"rounds.round.desk:{self.state.round.pk}"
        if self.data is None:
            return note_presence(self.request, page_key)
        visits = Presence.objects.list_others(self.request.user, page_key)
        return {"page_key": page_key, "visits": visits}

    def render(self, status: int = 200) -> HttpResponse:
        state, entry = self.state, self.entry
        context = {
            **admin.site.each_context(self.request),
            **self._presence(),
            "title": _("Desk: %(round)s") % {"round": state.round},
            "opts": Round._meta,
            "desk": self,
            "state": state,
            "entry": entry,
            "errors": list(entry.errors()) if self.checked_entry else [],
            "seen": self.snapshot.format(),
            "stances": Stance,
            "levels": Level,
            "kinds": OutcomeKind,
            "vocabulary": build_vocabulary(state),
            "entered": [
                (record, change_url(record)) for record in (*state.statements, *state.proposals)
            ],
            "drafts": [(key_of(record), record, change_url(record)) for record in state.drafts],
            "preview": self.preview,
            "digest": self.digest if self.preview else "",
        }
        response = TemplateResponse(self.request, "admin/issues/desk.html", context, status=status)
        return response.render()  # within the transaction that it speaks of
