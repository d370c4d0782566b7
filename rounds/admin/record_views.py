"""Pages of the desk about one record: its history, going back, a preview, who has it open."""

import copy
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, models, transaction
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

from rounds.history.differences import compare_versions, load_revisions
from rounds.history.versions import Version, load_versions
from rounds.models import Presence, Publishable, State, lists_of
from rounds.publishing.edit_conflicts import (
    format_versions,
    lock_records,
    parse_versions,
    versions_of,
)
from rounds.publishing.gate import Refused, gate
from rounds.publishing.refusals import refusal
from rounds.publishing.states import drafts_needed, rehearsal, set_state

STAYS = {"id", "slug", "code", "version", "changed_at", "state", "publish_at"}


class RecordPages(admin.ModelAdmin):
    """What every record of the desk has beside the page on which it is changed."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        guarded = self.admin_site.admin_view
        pages: dict[str, tuple[Any, str]] = {
            "<path:object_id>/revert/<int:number>/": (self.revert_view, "revert")
        }
        if issubclass(self.model, Publishable):
            pages["<path:object_id>/preview/"] = (self.preview_view, "preview")
        own = [
            path(where, guarded(view), name=f"{name}_{page}")
            for where, (view, page) in pages.items()
        ]
        return [*own, *super().get_urls()]

    def page(self, request: HttpRequest, obj: Any, title: str) -> dict[str, Any]:
        """What the templates of these pages need."""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "object_id": str(obj.pk),
            "title": title,
            "media": self.media,
            "change_url": self.address("change", obj.pk),
            "history_url": self.address("history", obj.pk),
        }

    def address(self, page: str, *args: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[quote(one) for one in args], current_app=self.admin_site.name)

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The record, for somebody who may see it."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        return obj

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Every version, newest first, as the database kept it."""
        obj = self.found(request, object_id)
        context = {
            **self.page(request, obj, _("History")),
            "revisions": load_revisions(obj),
            "may_revert": self.has_change_permission(request, obj),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/rounds/history.html", context)

    # --- going back to an earlier version ---

    def revert_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """What going back would change; and, when posted, going back."""
        obj = self.found(request, object_id)
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        own = load_versions([(self.model, obj.pk)])[self.model, obj.pk]
        target = next((one for one in own if one.number == number), None)
        if target is None:
            raise Http404
        error = ""
        if request.method == "POST":
            error = self._revert(request, obj, target)
            if not error:
                self.message_user(request, _("This is version %d again.") % number)
                return HttpResponseRedirect(self.address("change", obj.pk))
        context = {
            **self.page(request, obj, _("Go back to version %d") % number),
            "target": target,
            "changes": compare_versions(own[-1], target),
            "public": isinstance(obj, Publishable) and obj.is_published,
            "opened": format_versions(versions_of([obj])),
            "error": error,
            "correction": request.POST.get("correction", ""),
        }
        return TemplateResponse(request, "admin/rounds/revert.html", context)

    def _revert(self, request: HttpRequest, obj: Any, target: Version) -> str:
        """Go back, all the way or not at all; returns why not."""
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
            if words := refusal(error):
                return words
            raise
        return ""

    # --- preview ---

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page that readers would find, if this and the drafts that it needs were published."""
        obj = self.found(request, object_id)
        address = urlsplit(obj.get_absolute_url())
        with rehearsal():
            refused = set_state(drafts_needed(obj), State.PUBLISHED)
            if not refused:
                response = self._read(request, obj, address.path, address.query)
                response["Cache-Control"] = "private, no-store"
                return response
        for record, words in refused.items():
            self.message_user(request, f"{record}: {words}", messages.ERROR)
        return HttpResponseRedirect(self.address("change", obj.pk))

    def _read(self, request: HttpRequest, obj: Any, where: str, query: str) -> HttpResponse:
        match = resolve(where)
        visit: Any = copy.copy(request)
        visit.method, visit.GET, visit.POST = "GET", QueryDict(query), QueryDict()
        visit.path = visit.path_info = where
        visit.resolver_match, visit.preview = match, self.address("change", obj.pk)
        response: HttpResponse = match.func(visit, *match.args, **match.kwargs)
        return response

    # --- who has it open ---

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """As Django's, which names all but the first two."""
        if (obj := kwargs.get("obj")) is not None:
            place = f"{self.opts.label_lower}:{obj.pk}"
            context |= presence(request, place)
            if isinstance(obj, Publishable) and not obj.is_published:
                context["preview_url"] = self.address("preview", obj.pk)
        page: Any = super().render_change_form(request, context, **kwargs)
        if kwargs.get("add"):  # what stands first has the focus: what is to be typed, not a button
            page.context_data["save_on_top"] = False
        return page


def presence(request: Any, place: str) -> dict[str, Any]:
    """Note that ``request.user`` has ``place`` open, and say who else has: for a template."""
    Presence.objects.record_visit(request.user, place)
    return {"place": place, "others": list(Presence.objects.list_others(request.user, place))}


def presence_view(request: Any) -> JsonResponse:
    """Asked by a page that is open, three times a minute, and once when it is left."""
    place = request.POST.get("place", "").replace("\0", "")[:120]
    if not place:
        return JsonResponse({"others": []}, status=400)
    if request.POST.get("leaving"):
        Presence.objects.filter(user=request.user, place=place).delete()
        return JsonResponse({"others": []})
    Presence.objects.record_visit(request.user, place)
    others = Presence.objects.list_others(request.user, place)
    return JsonResponse({"others": [presence.description for presence in others]})


def restore(record: Any, target: Version) -> None:
    """Give ``record`` the words and lists of an earlier version; its state stays.

    What the version named and is gone since is left out. Raises ``ValidationError``.
    """
    kept = {one.name: rows_of(record, one, target) for one in lists_of(type(record))}
    for one in lists_of(type(record)):  # who is unnamed goes before the record says so
        for row in kept[one.name].pop("surplus"):
            row.delete()
    for column in record._meta.fields:
        if column.name not in STAYS:
            setattr(record, column.attname, getattr(target.record, column.attname))
    record.full_clean()
    record.save()
    for rows in kept.values():
        for row in rows["missing"]:
            row.clean_fields()
            row.save(force_insert=True)


def rows_of(record: Any, one: Any, target: Version) -> dict[str, list[Any]]:
    """The rows of a list that ``target`` did not have, and those that are missing since."""
    columns = [
        column.attname for column in one.rows._meta.fields if column.name not in {"id", one.owner}
    ]

    def said(row: Any) -> tuple[Any, ...]:
        values = [getattr(row, name) for name in columns]
        return tuple(tuple(one.items()) if isinstance(one, dict) else one for one in values)

    stored = list(one.rows._default_manager.filter(**{one.owner: record}))
    wanted = {said(row): row for row in target.lists.get(one.name, []) if _complete(row)}
    there = {said(row) for row in stored}
    missing = [
        one.rows(**{one.owner: record}, **{name: getattr(row, name) for name in columns})
        for words, row in wanted.items()
        if words not in there
    ]
    return {"surplus": [row for row in stored if said(row) not in wanted], "missing": missing}


def _complete(row: Any) -> bool:
    """Whether all that a row points at is still there."""
    keys = [one for one in row._meta.fields if isinstance(one, models.ForeignKey)]
    return all(
        getattr(row, key.attname) is None or key.get_cached_value(row, default=None) is not None
        for key in keys
    )
