"""The editors' desk: the site of the admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from rounds.admin_views import presence_view
from rounds.editing import Refused, editing

READING = ("GET", "HEAD", "OPTIONS")


class Desk(AdminSite):
    site_header = _("The editors’ desk")
    site_title = _("The editors’ desk")
    index_title = _("What is in the record")
    enable_nav_sidebar = False  # the lists need its room

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """As Django's; whatever a page of the desk writes goes through the gate."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method in READING or not request.user.is_authenticated:
                return guarded(request, *args, **kwargs)
            try:
                with editing(request.user, request.POST.get("correction", "")):
                    return guarded(request, *args, **kwargs)
            except Refused as error:
                if error.code == "permission":
                    raise PermissionDenied(error.message) from error
                messages.error(request, error.message)
                return HttpResponseRedirect(request.get_full_path())

        return gated

    def get_urls(self) -> list[Any]:
        own = path("presence/", self.admin_view(presence_view), name="presence")
        return [own, *super().get_urls()]
