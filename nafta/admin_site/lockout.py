"""Lockout after wrong passwords, for django-axes: what is counted, and the page that says so."""

import json
import secrets
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_parameters, get_client_username
from axes.models import AccessAttempt, AccessBase
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from nafta.admin_site.known_browsers import find_browser_token
from nafta.operations.limits.client_address import counted_address, counted_network
from nafta.operations.metrics import LOCKED_LOGINS


def lockout_parameters(
    request: HttpRequest | AccessBase, credentials: dict[str, str] | None = None
) -> list[str | list[str]]:
    """What five failed logins lock: the account and the address, each by itself.

    A browser from which the user has logged in before counts by itself. Many share the address of
    the office: there an account is locked only as it is used from there, so that neither a
    colleague's typing nor an attack from elsewhere locks out anybody in the office.
    """
    if isinstance(request, HttpRequest) and _browser_token(request, credentials):
        return [["username", "user_agent"]]
    # axes hands over an attempt that it has stored where it looks for those that have expired
    text = counted_address(request) if isinstance(request, HttpRequest) else request.ip_address
    if text and _is_office(ip_address(text)):
        return [["username", "ip_address"]]
    return ["username", "ip_address"]


def _is_office(address: IPv4Address | IPv6Address) -> bool:
    """Whether the network that is counted at ``address`` has addresses of an office."""
    network = counted_network(address)
    return any(
        office.version == network.version and office.overlaps(network)
        for office in settings.OFFICE_ADDRESSES
    )


def render_lockout(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, str] | None = None,
) -> HttpResponse:
    """The page that says until when it is locked; the same for every name, so it reveals none.

    django-axes passes all three arguments by position.
    """
    LOCKED_LOGINS.inc()
    handler = AxesProxyHandler.get_implementation()
    attempts = handler.get_user_attempts(request, credentials)
    times = [rows.aggregate(last=Max("attempt_time"))["last"] for rows in attempts]
    until = max(filter(None, times), default=timezone.now()) + settings.AXES_COOLOFF_TIME
    wait_seconds = max(1, int((until - timezone.now()).total_seconds()))
    context = {**admin.site.each_context(request), "until": until}
    page = render_to_string("admin/locked.html", context, request)
    return HttpResponse(page, status=429, headers={"Retry-After": str(wait_seconds)})


def _browser_token(request: HttpRequest, credentials: dict[str, str] | None) -> str:
    return find_browser_token(request, get_client_username(request, credentials))


class CountFirstHandler(AxesDatabaseHandler):
    """Counts a try before its password is looked at.

    axes counts a wrong password once it has been looked at, a quarter of a second later. Until
    then as many are looked at as there are threads. Here each try is first stored as a failure, in
    a row of its own; that row goes away when the try has failed, and is counted by axes, or when
    somebody has logged in. If the process dies in between, it counts as a failure.
    """

    def is_allowed(self, request: Any, credentials: dict[str, str] | None = None) -> bool:
        """Whether the password may be looked at; if so, the try is counted."""
        if token := _browser_token(request, credentials):
            request.axes_user_agent = f"known browser {token}"
        with transaction.atomic():
            self._lock_counts(request, credentials)
            if not super().is_allowed(request, credentials):
                return False
            request.counted_try = AccessAttempt.objects.create(
                username=get_client_username(request, credentials),
                ip_address=request.axes_ip_address,
                user_agent=f"in progress {secrets.token_hex(16)}",  # no two in one row
                path_info=request.axes_user_agent,  # for get_failures
                failures_since_start=1,
            )
        return True

    def get_failures(self, request: Any, credentials: dict[str, str] | None = None) -> int:
        """As in axes, with the tries in progress from a known browser, which is counted by name."""
        failures: int = super().get_failures(request, credentials)
        if _browser_token(request, credentials):
            failures += AccessAttempt.objects.filter(path_info=request.axes_user_agent).count()
        return failures

    def user_login_failed(
        self, sender: Any, credentials: dict[str, str], request: Any = None, **kwargs: Any
    ) -> None:
        """As in axes, in place of the row that was stored before."""
        with transaction.atomic():
            self._lock_counts(request, credentials)
            self._take_back(request)
            super().user_login_failed(sender, credentials, request, **kwargs)

    def user_logged_in(self, sender: Any, request: Any, user: User, **kwargs: Any) -> None:
        self._take_back(request)
        super().user_logged_in(sender, request, user, **kwargs)

    def _take_back(self, request: Any) -> None:
        if counted := getattr(request, "counted_try", None):
            AccessAttempt.objects.filter(pk=counted.pk).delete()

    def _lock_counts(self, request: Any, credentials: dict[str, str] | None) -> None:
        """Let tries that share a count wait for each other, until the transaction ends."""
        counts = get_client_parameters(
            get_client_username(request, credentials),
            request.axes_ip_address,
            request.axes_user_agent,
            request,
            credentials,
        )
        with connection.cursor() as cursor:
            for key in sorted(json.dumps(count, sort_keys=True) for count in counts):
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
