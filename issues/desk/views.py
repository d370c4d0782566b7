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

from issues.desk.conflicts import Conflict, Meanwhile, choices_made, meanwhile, undecided
from issues.desk.desk_form import ROWS_AT_MOST, DeskForm, Seen
from issues.desk.preview import Preview, in_words, matrix_of, side_by_side, warnings_of
from issues.desk.reference_forms import key_of
from issues.desk.save import RejectedError, Writer, Written, only_published, publish
from issues.desk.state import Board
from issues.desk.vocabulary import vocabulary_of
from issues.models import Level, Position, Progress, Proposal, Stance
from rounds.admin.record_views import presence
from rounds.models import Presence, Publishable, Round, Source, Statement
from rounds.platform.text_fields import without_invisible_characters
from rounds.publishing.edit_conflicts import lock_records
from rounds.publishing.gate import Refused, gate, may_publish
from rounds.publishing.states import rehearsal

MORE_ROWS = {"q": 1, "n": 1, "s": 5, "p": 3}  # of sources, people, statements and proposals
WRITES = (Statement, Proposal, Position, Progress, Source)
STORED = "stored"  # tells the script of the next page to forget what was typed
ASIDE = ("csrfmiddlewaretoken", "action", "previewed", "correction", "conflict", "choose-")


def may_enter(request: HttpRequest) -> bool:
    return all(
        request.user.has_perm(f"{model._meta.app_label}.add_{model._meta.model_name}")
        for model in WRITES
    )


def change_url(record: Publishable) -> str:
    """The page of the admin on which a record is changed."""
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
    return reverse(name, args=[record.pk])


def round_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """One screen for all that a round brought."""
    if not may_enter(request):
        raise PermissionDenied
    meeting = get_object_or_404(Round, pk=pk)
    if request.method != "POST":
        return Desk(request, Board(meeting)).page()
    try:
        return _answered(request, meeting)
    except OperationalError:  # two at the same moment, each waiting for what the other holds
        desk = Desk(request, Board(meeting), request.POST.copy())
        desk.problem = _("Somebody else saved at the same moment. Nothing is stored: try again.")
        return desk.page(409)


def _answered(request: HttpRequest, meeting: Round) -> HttpResponse:
    with transaction.atomic():
        own = get_object_or_404(Round.objects.select_for_update(), pk=meeting.pk)
        data = without_invisible_characters(request.POST)
        # JSON: a line break in place of an “_x000D_” within it could not be read
        data["seen"] = request.POST.get("seen", "")
        return Desk(request, Board(own), data).answer()


class Desk:
    """One request of the page."""

    def __init__(self, request: HttpRequest, board: Board, data: QueryDict | None = None) -> None:
        self.request = request
        self.board = board
        self.data = data
        self.may_publish = may_publish(request.user)
        self.meanwhile = Meanwhile([], [])
        self.undecided: list[str] = []
        self.checked = False  # whether what was typed makes sense
        self.compared = data is None  # with what others did since the page was opened
        self.preview: Preview | None = None
        self.problem = ""

    @property
    def action(self) -> str:
        return self._posted("action") or "preview"

    def _posted(self, name: str) -> str:
        return str(self.data.get(name, "")) if self.data else ""

    def answer(self) -> HttpResponse:
        if self.action in {"rows", "restore"}:
            return self._as_typed()
        if not self._compare():
            return self.page(409)
        if self.action == "publish" and not self.may_publish:
            self.problem = _("You may write drafts, not publish. Nothing is stored.")
            return self.page(403)
        if not self._is_complete():
            return self.page()
        if self.action not in {"draft", "publish"} or self._is_unseen():
            return self._previewed()
        return self._stored()

    def _compare(self) -> bool:
        """Whether nobody else changed anything that the page had shown, or all that is settled."""
        assert self.data is not None
        seen = Seen.read(self._posted("seen"))
        lock_records(self.board.records)
        self.board = Board(self.board.round)
        self.undecided = choices_made(seen.texts, self.data)
        self.meanwhile = meanwhile(self.board, seen, self.data)
        self.compared = True
        if self.undecided:
            self.problem = _("Choose between yours and theirs where both changed the same.")
        return not self.meanwhile and not self.undecided

    def _is_complete(self) -> bool:
        self.entry = DeskForm(self.board, self.data)
        self.checked = True
        valid = self.entry.is_valid()
        if valid and self.entry.is_empty:
            self.problem = _("Nothing was changed yet.")
        return valid and not self.problem

    def _is_unseen(self) -> bool:
        """Whether this is to be published and was not previewed as it is now."""
        unseen = self.action == "publish" and self._posted("previewed") != self.digest
        if unseen:
            self.problem = _("Something was typed since the preview: look once more.")
        return unseen

    def _as_typed(self) -> HttpResponse:
        """The page with what was typed, unjudged: more rows, or what a browser had kept."""
        assert self.data is not None
        rows = MORE_ROWS if self.action == "rows" else {}
        for prefix, more in rows.items():
            with suppress(ValueError):
                total = int(self._posted(f"{prefix}-TOTAL_FORMS"))
                self.data[f"{prefix}-TOTAL_FORMS"] = str(min(total + more, ROWS_AT_MOST))
        return self.page()

    @property
    def digest(self) -> str:
        """What tells whether anything was typed since a preview."""
        assert self.data is not None
        data = self.data
        typed = sorted(
            (name, " ".join("\n".join(data.getlist(name)).split()))
            for name in data
            if self._posted(name).strip() and not name.startswith(ASIDE)
        )
        return hashlib.sha256(repr(typed).encode()).hexdigest()

    @property
    def note(self) -> str:
        return str(self.entry.note.cleaned_data.get("correction", ""))

    def _previewed(self) -> HttpResponse:
        """Do all of it, say what it did, and undo it."""
        entry, board = self.entry, self.board
        issues = list(dict.fromkeys(form.place.issue for form in entry.changed_places))
        before = matrix_of(board, issues, [])
        with suppress(RejectedError), rehearsal():
            written = Writer(entry).write()
            preview = in_words(board, written)
            preview.warnings = warnings_of(board, written, entry.with_drafts)
            if issues:
                after = matrix_of(board, issues, [move.position for move in written.moves])
                preview.tables = side_by_side(before, after)
            if self.may_publish:
                self._rehearse_publication(preview, written)
            else:
                only_published(written)
            self.preview = preview
        return self.page()

    def _rehearse_publication(self, preview: Preview, written: Written) -> None:
        preview.drafts = list(self.entry.with_drafts)
        preview.refused = publish(self.entry, written)
        try:
            gate(self.request.user, self.note)
        except Refused as error:
            if error.code == "note":
                preview.note = str(error.message)
            elif not preview.refused:
                preview.refused = [str(error.message)]

    def _stored(self) -> HttpResponse:
        """All of it, or nothing and the page as it was typed, with what refused it."""
        try:
            with transaction.atomic():
                written = Writer(self.entry).write()
                if self.action == "publish":
                    self.problem = " ".join(publish(self.entry, written))
                    if self.problem:
                        raise RejectedError
                else:
                    only_published(written)
                gate(self.request.user, self.note)
                self._log()
        except RejectedError:
            return self.page()
        except Refused as error:
            if error.code == "note":
                self.entry.note.add_error("correction", error)
            else:
                self.problem = str(error.message)
            return self.page()
        return self._done(written)

    def _log(self) -> None:
        told = [{"changed": {"fields": [str(_("the round desk"))]}}]
        own = Round.objects.filter(pk=self.board.round.pk)
        LogEntry.objects.log_actions(
            self.request.user.pk or 0, own, CHANGE, told, single_object=True
        )

    def _done(self, written: Written) -> HttpResponse:
        publishing = self.action == "publish"
        count = len(written.records) + (len(self.entry.with_drafts) if publishing else 0)
        words = (
            ngettext("%(count)d entry published.", "%(count)d entries published.", count)
            if publishing
            else ngettext(
                "%(count)d entry saved as a draft.", "%(count)d entries saved as drafts.", count
            )
        )
        messages.success(self.request, words % {"count": count})
        return HttpResponseRedirect(f"{self.request.path}#{STORED}")

    @property
    def seen(self) -> Seen:
        """What the page shows, for the next comparison; as it was where none was made."""
        return Seen.of(self.board) if self.compared else Seen.read(self._posted("seen"))

    @property
    def choices(self) -> list[Conflict]:
        """What the editor has to choose."""
        if self.data is None:
            return []
        told = {conflict.prefix for conflict in self.meanwhile.conflicts}
        asked = self.undecided if self.compared else self.data.getlist("conflict")
        earlier = [prefix for prefix in asked if prefix not in told]
        return [*self.meanwhile.conflicts, *undecided(self.board, earlier, self.data)]

    def _presence(self) -> dict[str, Any]:
        """Who else has this desk open."""
        place = f"rounds.round.desk:{self.board.round.pk}"
        if self.data is None:
            return presence(self.request, place)
        return {"place": place, "others": Presence.objects.list_others(self.request.user, place)}

    def page(self, status: int = 200) -> HttpResponse:
        if not hasattr(self, "entry"):
            self.entry = DeskForm(self.board, self.data, self.seen.texts)
        if self.data is not None and not self.checked:
            self.entry.hush()
        board = self.board
        context = {
            **admin.site.each_context(self.request),
            **self._presence(),
            "title": _("Desk: %(round)s") % {"round": board.round},
            "opts": Round._meta,
            "desk": self,
            "board": board,
            "entry": self.entry,
            "errors": list(self.entry.errors()) if self.checked else [],
            "seen": self.seen.write(),
            "stances": Stance,
            "levels": Level,
            "vocabulary": vocabulary_of(board),
            "entered": [
                (record, change_url(record)) for record in (*board.statements, *board.proposals)
            ],
            "drafts": [(key_of(record), record, change_url(record)) for record in board.drafts],
            "preview": self.preview,
            "digest": self.digest if self.preview else "",
        }
        response = TemplateResponse(self.request, "admin/issues/desk.html", context, status=status)
        return response.render()  # within the transaction that it speaks of
