"""Who comes in at the desk, from where, and for how long.

django-axes counts the bad tries; the functions here tell it by what, and tell the editor.
"""

import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import SESSION_KEY, logout
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

BEGAN, SEEN = "began", "seen"  # of a login: when it began, and when it was last used
MINUTE = 60  # seconds within which the second is not stored again
UNATTENDED = "/presence/"  # what an open page asks by itself, with nobody at it


def address_of(request: HttpRequest) -> str | None:
    """Where a request comes from, as the last of our proxies has seen it. Never what it claims."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = told[-min(settings.PROXIES, len(told))] if settings.PROXIES else ""
    for address in (seen, request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ip_address(address.strip()))
        except ValueError:
            continue
    return None


def counted_by(request: Any, credentials: Any = None) -> list[Any]:
    """What five bad tries lock: the account and the address, each by itself.

    In the office, whose address many share, the account as it is used there: neither a colleague's
    typing nor an attack on the account from elsewhere keeps anybody there out.
    """
    stored = not isinstance(request, HttpRequest)  # a try that was counted before
    address = request.ip_address if stored else address_of(request)
    here = ip_address(address) if address else None
    if here and any(here in office for office in settings.OFFICE_ADDRESSES):
        return [["username", "ip_address"]]
    return ["username", "ip_address"]


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """That it is locked, and until when. The same for every name, so that it gives none away."""
    handler = AxesProxyHandler.get_implementation()
    tries = handler.get_user_attempts(request, credentials)
    last = [one.aggregate(last=Max("attempt_time"))["last"] for one in tries]
    until = max(filter(None, last), default=timezone.now()) + settings.AXES_COOLOFF_TIME
    wait = max(1, int((until - timezone.now()).total_seconds()))
    context = {**admin.site.each_context(request), "until": until}
    page = render_to_string("admin/locked.html", context, request)
    return HttpResponse(page, status=429, headers={"Retry-After": str(wait)})


class SessionLimits:
    """Ends a login after ``SESSION_HOURS``, and when nobody has used it for a while."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and "/admin/" in request.path_info:
            self._look(request, int(time.time()))
        return self.get_response(request)

    def _look(self, request: HttpRequest, now: int) -> None:
        session = request.session
        if SESSION_KEY not in session:
            return
        began, seen = session.setdefault(BEGAN, now), session.setdefault(SEEN, now)
        if now - began >= settings.SESSION_COOKIE_AGE or now - seen >= settings.SESSION_IDLE:
            logout(request)
        elif now - seen >= MINUTE and not request.path_info.endswith(UNATTENDED):
            session[SEEN] = now


class Typed:
    """What was typed into a form that was sent after its login had ended.

    The pages on the way back in carry it along, under names of its own; nothing of it is stored.
    """

    PREFIX = "typed-"
    ASIDE = ("csrfmiddlewaretoken",)

    def __init__(self, fields: list[tuple[str, str]], files: bool) -> None:
        self.fields = fields
        self.files = files  # which no page can hand back

    def __bool__(self) -> bool:
        return bool(self.fields)

    def named(self) -> list[tuple[str, str]]:
        """The fields under the names by which they are carried along."""
        return [(f"{self.PREFIX}{name}", value) for name, value in self.fields]

    @classmethod
    def sent(cls, request: HttpRequest) -> "Typed":
        """What a form has just sent."""
        fields = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in cls.ASIDE
        ]
        return cls(fields, bool(request.FILES))

    @classmethod
    def carried(cls, request: HttpRequest) -> "Typed":
        """What the login, or the page after it, has carried along."""
        fields = [
            (name.removeprefix(cls.PREFIX), value)
            for name, values in request.POST.lists()
            for value in values
            if name.startswith(cls.PREFIX)
        ]
        return cls(fields, "files" in request.POST)
