"""The editors' desk: the admin with a front page that says what needs somebody."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import FORMFIELD_FOR_DBFIELD_DEFAULTS
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nafta.admin_site import dashboard
from nafta.admin_site.auth_views import Entrance
from nafta.admin_site.sessions import Typed
from rounds.admin.autocomplete import Suggestions
from rounds.admin.record_views import presence_view
from rounds.platform.dates import DayField
from rounds.platform.time_fields import DayInput, MomentField
from rounds.publishing.gate import Refused, editing

# The lists as an editor uses them, by the names of their models, under one heading each.
SHELVES = (
    (
        _("What happened and what was said"),
        ("Round", "Statement", "Proposal", "Position", "Progress", "Deadline"),
    ),
    (
        _("What it is about, and who says so"),
        ("Issue", "Measure", "Person", "Party", "Source", "Negotiation"),
    ),
)
ORDER = [name for _heading, names in SHELVES for name in names]
READING = ("GET", "HEAD", "OPTIONS")
ROWS = 100  # entries on a page of its own


# Days and times are entered in one form on every page, those of other apps' models too.
FIELDS: dict[Any, dict[str, Any]] = {
    models.DateTimeField: {"form_class": MomentField},
    models.DateField: {"form_class": DayField, "widget": DayInput},
}
FORMFIELD_FOR_DBFIELD_DEFAULTS.update(FIELDS)


class Desk(Entrance):
    site_header = _("The editors’ desk")
    site_title = _("The editors’ desk")
    index_title = _("Front page")
    enable_nav_sidebar = False  # the lists need its room

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """As Django's; whatever a page of the desk writes goes through the gate."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method in READING:
                return guarded(request, *args, **kwargs)
            if not self.has_permission(request) and request.path != self.place("logout"):
                return self.way_in(request, Typed.sent(request), request.get_full_path())
            try:
                with editing(request.user, request.POST.get("correction", "")):
                    return guarded(request, *args, **kwargs)
            except Refused as error:
                if error.code == "permission":
                    raise PermissionDenied(error.message) from error
                messages.error(request, error.message)
                return HttpResponseRedirect(request.get_full_path())

        return gated

    def get_urls(self) -> list[URLResolver | URLPattern]:
        waiting = path("waiting/<slug:key>/", self.admin_view(self.waiting), name="waiting")
        presence = path("presence/", self.admin_view(presence_view), name="presence")
        return [waiting, presence, *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        blocks = dashboard.panel(self, request, timezone.localdate())
        context = {
            "blocks": [block for block in blocks if block.count],
            "empty": [block for block in blocks if not block.count],
            "shelves": self.shelves(request),
            **(extra_context or {}),
        }
        return super().index(request, context)

    def shelves(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The lists of both apps of the record in an editor's order, then those of the others."""
        apps = self.get_app_list(request)
        listed = {model["object_name"]: model for app in apps for model in app["models"]}
        shelves = [
            {"name": name, "models": [listed[one] for one in names if one in listed]}
            for name, names in SHELVES
        ]
        others = [
            {"name": app["name"], "models": models}
            for app in apps
            if (models := [one for one in app["models"] if one["object_name"] not in ORDER])
        ]
        return [shelf for shelf in (*shelves, *others) if shelf["models"]]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(
                key=lambda one: [*ORDER, one["object_name"]].index(one["object_name"])
            )
        return apps

    def waiting(self, request: HttpRequest, key: str) -> HttpResponse:
        """All that one block of the front page begins to list."""
        matter = next((one for one in dashboard.MATTERS if one.key == key), None)
        if matter is None:
            raise Http404("Nothing waits under this name.")
        if not dashboard.may_see(self, request, matter.model):
            raise PermissionDenied
        rows = Paginator(matter.rows(timezone.localdate()), ROWS)
        page = rows.get_page(request.GET.get("p"))
        context = {
            **self.each_context(request),
            "title": matter.title,
            "words": matter.words,
            "page": page,
            "entries": matter.entries(page),
        }
        return TemplateResponse(request, "admin/waiting.html", context)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return Suggestions.as_view(admin_site=self)(request)  # type: ignore[return-value]
