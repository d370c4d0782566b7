"""The ModelAdmin of records that are drafts first: states, schedules and actions."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, F, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rounds.admin.base import RecordAdmin
from rounds.admin.forms import ScheduleForm
from rounds.models import DatedClaim, Publishable, State, Versioned
from rounds.platform.times import describe_weekday_moment
from rounds.publishing.edit_conflicts import lock_records
from rounds.publishing.gate import gate
from rounds.publishing.states import schedule as schedule_records
from rounds.publishing.states import set_state

# what is still to be done comes first, and of that what was changed last
DRAFTS_FIRST: tuple[Any, ...] = (
    Case(When(state=State.PUBLISHED, then=1), default=0).asc(),
    F("changed_at").desc(nulls_last=True),
    "-pk",
)


def version_of(record: Versioned) -> str:
    """The number of a record and its version, as a list shows it: “12:3”."""
    return f"{record.pk}:{record.version}"


class PublishableAdmin(RecordAdmin):
    """A record with states: lists show them, and actions change them or say why they refuse."""

    actions: Any = ("publish", "schedule", "back_to_draft", "delete_selected")
    ordering = DRAFTS_FIRST

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*super().get_list_filter(request), ("publish_at", admin.EmptyFieldListFilter))

    def response_add(
        self, request: HttpRequest, obj: Publishable, post_url_continue: str | None = None
    ) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        self.show_schedule(request, obj)
        return response

    def response_change(self, request: HttpRequest, obj: Publishable) -> HttpResponse:
        response = super().response_change(request, obj)
        self.show_schedule(request, obj)
        return response

    def show_schedule(self, request: HttpRequest, obj: Publishable) -> None:
        """Repeat the time of publication in a message, for the user who has just entered it."""
        if obj.publish_at and obj.is_scheduled:
            message = _("“%(title)s” goes out by itself on %(moment)s.")
            values = {"title": obj, "moment": describe_weekday_moment(obj.publish_at)}
            self.message_user(request, message % values, messages.WARNING)

    @admin.display(description=_("state"), ordering="state")
    def stands(self, record: Publishable) -> str:
        """The state of ``record``, and when it is published by itself."""
        return record.state_label

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Publish the chosen records, if they are as the list has shown them."""
        records = self._lock_seen(request, queryset.exclude(state=State.PUBLISHED))
        if records is not None:
            self._set_state(request, records, State.PUBLISHED)

    @admin.action(description=_("Publish at a time"), permissions=["change"])
    def schedule(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Ask for a time, and then let the chosen records be published at it."""
        queryset = queryset.exclude(state=State.PUBLISHED)
        if not queryset.exists():
            self.message_user(request, _("Nothing was changed."), messages.WARNING)
            return None
        form = ScheduleForm(request.POST if "when_0" in request.POST else None)
        if not form.is_valid():
            context = self._action_context(request, queryset, _("Publish at a time"))
            context |= {"form": form, "shown": request.POST.getlist("shown")}
            context["media"] += form.media
            return TemplateResponse(request, "admin/rounds/schedule.html", context)
        records = self._lock_seen(request, queryset)
        when = form.cleaned_data["when"]
        if records is not None and not self._report_refused(
            request, schedule_records(records, when)
        ):
            gate(request.user, request.POST.get("correction", ""))  # before a message is shown
            for record in records:
                self.log_change(request, record, [{"changed": {"fields": [str(_("publish at"))]}}])
            message = ngettext(
                "%(count)d entry goes out by itself on %(moment)s.",
                "%(count)d entries go out by themselves on %(moment)s.",
                len(records),
            )
            values = {"count": len(records), "moment": describe_weekday_moment(when)}
            self.message_user(request, message % values, messages.WARNING)
        return None

    @admin.action(description=_("Take back to draft"), permissions=["change"])
    def back_to_draft(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> TemplateResponse | None:
        """Ask for a note to readers where they have seen a record, and then take all back."""
        if request.POST.get("correction", "").strip() or not queryset.published().exists():  # type: ignore[attr-defined]
            self._set_state(request, list(queryset.exclude(state=State.DRAFT)), State.DRAFT)
            return None
        context = self._action_context(request, queryset, _("Take back to draft"))
        context["asked"] = "correction" in request.POST
        return TemplateResponse(request, "admin/rounds/take_back.html", context)

    def _action_context(
        self, request: HttpRequest, queryset: QuerySet[Any], title: str | Promise
    ) -> dict[str, Any]:
        """The context of a page that asks something before an action is done."""
        records = list(queryset)
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "records": records,
            # not only what was ticked: all pages of the list may have been chosen
            "selected": [record.pk for record in records],
            "media": self.media,
        }

    def action_checkbox(self, obj: Publishable) -> SafeString:
        """As Django's, with the version that the list shows: only that one is published."""
        version = format_html('<input type="hidden" name="shown" value="{}">', version_of(obj))
        return format_html("{}{}", super().action_checkbox(obj), version)

    def _lock_seen(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any] | None:
        """The records, locked, if the list has shown all of them as they are; else None."""
        records = lock_records(queryset)
        versions_shown = set(request.POST.getlist("shown"))
        unseen = [record for record in records if version_of(record) not in versions_shown]
        message = _(
            "It has been changed since the list was shown, or it is on another page of the list. "
            "Check it and try again."
        )
        return None if self._report_refused(request, dict.fromkeys(unseen, message)) else records

    def _report_refused(self, request: HttpRequest, refused: Mapping[Any, str | Promise]) -> bool:
        """Report each record that refuses, with the reason; whether any does."""
        for record, reason in refused.items():
            self.message_user(request, f"{record}: {reason}", messages.ERROR)
        if refused:
            self.message_user(request, _("Nothing was changed."), messages.WARNING)
        return bool(refused)

    def _set_state(self, request: HttpRequest, records: list[Any], state: State) -> None:
        """Change them all or none, in whatever order they allow."""
        if self._report_refused(request, set_state(records, state)):
            return
        gate(request.user, request.POST.get("correction", ""))  # before a message is shown
        for record in records:
            self.log_change(request, record, [{"changed": {"fields": [str(_("state"))]}}])
        message = ngettext(
            "%(count)d entry: %(state)s.", "%(count)d entries: %(state)s.", len(records)
        )
        self.message_user(request, message % {"count": len(records), "state": state.label})


class DatedAdmin(PublishableAdmin):
    """A record with days."""

    @admin.display(description=_("when"), ordering="dates")
    def when(self, record: DatedClaim) -> str:
        return record.when


PUBLICATION: tuple[Any, Any] = (_("Publication"), {"fields": ("state", "publish_at", "note")})
PUBLICATION_WITH_KEY: tuple[Any, Any] = (
    _("Publication"),
    {"fields": ("state", "publish_at", "note", "slug")},
)
SOURCES: tuple[Any, Any] = (_("How we know"), {"fields": ("source", "other_sources")})
ATTRIBUTION: tuple[Any, Any] = (
    _("Attribution"),
    {"fields": (("basis", "attribution"), ("unnamed_count", "unnamed_why"))},
)
