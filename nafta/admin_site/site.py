"""The site of the editors: the admin, with a front page that lists what waits for them."""

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
from nafta.admin_site.auth_views import LoginSite
from nafta.admin_site.sessions import ResubmittedForm
from rounds.admin.autocomplete import RecordAutocompleteView
from rounds.admin.pages.record_views import presence_view
from rounds.platform.dates import DayField
from rounds.platform.time_fields import DayInput, MomentField
from rounds.publishing.gate import Refused, editing

# The lists in the order in which editors use them, by the names of their models.
SHELVES = (
    (
        _("What happened and what was said"),
        ("Round", "Statement", "Proposal", "Position", "Progress", "Outcome", "Deadline"),
    ),
    (
        _("What it is about, and who says so"),
        ("Issue", "Measure", "Person", "Party", "Source", "Negotiation"),
    ),
)
MODEL_ORDER = [name for _heading, names in SHELVES for name in names]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ENTRIES_PER_PAGE = 100  # of a waiting list


# Days and times have the same inputs on every page, those of other apps' models too.
DAY_FIELDS: dict[Any, dict[str, Any]] = {
    models.DateTimeField: {"form_class": MomentField},
    models.DateField: {"form_class": DayField, "widget": DayInput},
}
FORMFIELD_FOR_DBFIELD_DEFAULTS.update(DAY_FIELDS)


class EditorsSite(LoginSite):
    """The admin of this site."""

    site_header = _("The editors’ desk")
    site_title = _("The editors’ desk")
    index_title = _("Front page")
    enable_nav_sidebar = False  # the lists need its room

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """As Django's; all that a page writes goes through the gate, in one transaction."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def gated(request: HttpRequest, *args: object, **kwargs: object) -> Any:
            if request.method in SAFE_METHODS:
                return guarded(request, *args, **kwargs)
            # a Log out button that is pressed too late has nothing to hand back
            if not self.has_permission(request) and request.path != self.page_url("logout"):
                typed = ResubmittedForm.from_form(request)
                return self.render_next_step(request, typed, request.get_full_path())
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
        blocks = dashboard.load_blocks(self, request, timezone.localdate())
        context = {
            "blocks": [block for block in blocks if block.count],
            "empty": [block for block in blocks if not block.count],
            "shelves": self.list_shelves(request),
            **(extra_context or {}),
        }
        return super().index(request, context)

    def list_shelves(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The lists of the record in the order of ``SHELVES``, then those of other apps."""
        apps = self.get_app_list(request)
        listed = {model["object_name"]: model for app in apps for model in app["models"]}
        shelves = [
            {"name": name, "models": [listed[model] for model in names if model in listed]}
            for name, names in SHELVES
        ]
        shelves += [{"name": app["name"], "models": _unordered(app["models"])} for app in apps]
        return [shelf for shelf in shelves if shelf["models"]]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=_model_rank)
        return apps

    def waiting(self, request: HttpRequest, key: str) -> HttpResponse:
        """All entries of a waiting list, of which the front page shows the first."""
        waiting_list = next((item for item in dashboard.WAITING_LISTS if item.key == key), None)
        if waiting_list is None:
            raise Http404("Nothing waits under this name.")
        if not dashboard.may_see(self, request, waiting_list.model):
            raise PermissionDenied
        rows = Paginator(waiting_list.rows(timezone.localdate()), ENTRIES_PER_PAGE)
        page = rows.get_page(request.GET.get("p"))
        context = {
            **self.each_context(request),
            "title": waiting_list.title,
            "description": waiting_list.description,
            "page": page,
            "entries": waiting_list.entries(page),
        }
        return TemplateResponse(request, "admin/waiting.html", context)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return RecordAutocompleteView.as_view(admin_site=self)(request)  # type: ignore[return-value]


def _model_rank(model: dict[str, Any]) -> int:
    """Where the list of ``model`` stands among the others; those of other apps come last."""
    name = model["object_name"]
    return MODEL_ORDER.index(name) if name in MODEL_ORDER else len(MODEL_ORDER)


def _unordered(app_models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [model for model in app_models if model["object_name"] not in MODEL_ORDER]
