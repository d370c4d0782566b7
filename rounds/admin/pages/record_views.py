"""Pages of the admin about a record: history, revert, preview, and who else has it open."""

import copy
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, resolve, reverse
from django.utils.translation import gettext as _

from rounds.admin.pages.restore import restore
from rounds.history.differences import compare_versions, load_revisions
from rounds.history.versions import Version, load_versions
from rounds.models import Presence, Publishable, State, Versioned
from rounds.publishing.edit_conflicts import (
    format_versions,
    lock_records,
    parse_versions,
    versions_of,
)
from rounds.publishing.gate import Refused, gate, needs_note
from rounds.publishing.refusals import refusal
from rounds.publishing.states import drafts_needed, rehearsal, set_state


class RecordViewsMixin(admin.ModelAdmin):
    """The pages of a record beside the one on which it is changed."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        guarded = self.admin_site.admin_view
        pages: dict[str, tuple[Any, str]] = {
            "<path:object_id>/revert/<int:number>/": (self.revert_view, "revert")
        }
        if issubclass(self.model, Publishable):
            pages["<path:object_id>/preview/"] = (self.preview_view, "preview")
        urls = [
            path(route, guarded(view), name=f"{name}_{page}")
            for route, (view, page) in pages.items()
        ]
        return [*urls, *super().get_urls()]

    def page_context(self, request: HttpRequest, obj: Versioned, title: str) -> dict[str, Any]:
        """The context that the templates of these pages share."""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "object_id": str(obj.pk),
            "title": title,
            "media": self.media,
            "change_url": self.page_url("change", obj.pk),
            "history_url": self.page_url("history", obj.pk),
        }

    def page_url(self, page: str, *args: int) -> str:
        """The address of a page of this model in the admin: "change", "history", "changelist"."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[quote(arg) for arg in args], current_app=self.admin_site.name)

    def get_record(self, request: HttpRequest, object_id: str) -> Any:
        """The record, if it exists and the user may see it. Raises 404 or 403."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        return obj

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every version, newest first."""
        obj = self.get_record(request, object_id)
        context = {
            **self.page_context(request, obj, _("History")),
            "revisions": load_revisions(obj),
            "may_revert": self.has_change_permission(request, obj),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/rounds/history.html", context)

    # --- going back to an earlier version ---

    def revert_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """What going back to version ``number`` would change; on POST it goes back."""
        obj = self.get_record(request, object_id)
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        history = load_versions([(self.model, obj.pk)])[self.model, obj.pk]
        target = next((version for version in history if version.number == number), None)
        if target is None:
            raise Http404
        error = ""
        if request.method == "POST":
            error = self._revert(request, obj, target)
            if not error:
                self.message_user(request, _("This is version %d again.") % number)
                return HttpResponseRedirect(self.page_url("change", obj.pk))
        context = {
            **self.page_context(request, obj, _("Go back to version %d") % number),
            "target": target,
            "changes": compare_versions(history[-1], target),
            "public": needs_note([obj]),
            "opened": format_versions(versions_of([obj])),
            "error": error,
            "correction": request.POST.get("correction", ""),
        }
        return TemplateResponse(request, "admin/rounds/revert.html", context)

    def _revert(self, request: HttpRequest, obj: Versioned, target: Version) -> str:
        """Go back to ``target``, or return why that is refused."""
        try:
            with transaction.atomic():
                (now,) = lock_records([obj])
                if versions_of([now]) != parse_versions(request.POST.get("opened", "")):
                    return _("Somebody changed this meanwhile: look again at what would change.")
                restore(now, target)
                gate(request.user, request.POST.get("correction", ""))
        except (ValidationError, Refused) as error:
            return " ".join(error.messages)
        except DatabaseError as error:
            if message := refusal(error):
                return message
            raise
        return ""

    # --- preview ---

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page of readers as it would be with this and the drafts that it needs published."""
        obj = self.get_record(request, object_id)
        address = urlsplit(obj.get_absolute_url())
        with rehearsal():
            refused = set_state(drafts_needed(obj), State.PUBLISHED)
            if not refused:
                response = self._render_public(request, obj, address.path, address.query)
                response["Cache-Control"] = "private, no-store"
                return response
        for record, reason in refused.items():
            self.message_user(request, f"{record}: {reason}", messages.ERROR)
        return HttpResponseRedirect(self.page_url("change", obj.pk))

    def _render_public(
        self, request: HttpRequest, obj: Publishable, public_path: str, query: str
    ) -> HttpResponse:
        """The page at ``public_path``, for a copy of ``request`` that asks for it."""
        match = resolve(public_path)
        visit: Any = copy.copy(request)
        visit.method, visit.GET, visit.POST = "GET", QueryDict(query), QueryDict()
        visit.path = visit.path_info = public_path
        visit.resolver_match, visit.preview = match, self.page_url("change", obj.pk)
        response: HttpResponse = match.func(visit, *match.args, **match.kwargs)
        return response

    # --- who has it open ---

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Versioned | None = None,
    ) -> HttpResponse:
        """As Django's, with who else has the page open and the way to the preview."""
        if obj is not None:
            context |= note_presence(request, f"{self.opts.label_lower}:{obj.pk}")
            if isinstance(obj, Publishable) and not obj.is_published:
                context["preview_url"] = self.page_url("preview", obj.pk)
        page = super().render_change_form(request, context, add, change, form_url, obj)
        if add:  # what stands first has the focus: what is to be typed, not a button
            context["save_on_top"] = False  # only now: Django has just set it
        return page


def note_presence(request: HttpRequest, page_key: str) -> dict[str, Any]:
    """Note that the user has a page open; the context that says who else has."""
    Presence.objects.record_visit(request.user, page_key)
    visits = list(Presence.objects.list_others(request.user, page_key))
    return {"page_key": page_key, "visits": visits}


def presence_view(request: HttpRequest) -> JsonResponse:
    """Who else has a page open. An open page asks three times a minute, and once when left."""
    assert request.user.is_authenticated, "the admin lets nobody else in"
    # a longer key or a NUL does not fit into the column
    page_key = request.POST.get("place", "").replace("\0", "")[:120]
    if not page_key:
        return JsonResponse({"others": []}, status=400)
    if request.POST.get("leaving"):
        Presence.objects.filter(user=request.user, place=page_key).delete()
        return JsonResponse({"others": []})
    Presence.objects.record_visit(request.user, page_key)
    present = Presence.objects.list_others(request.user, page_key)
    return JsonResponse({"others": [presence.description for presence in present]})
