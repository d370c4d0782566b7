"""Lockout after wrong passwords, for django-axes: what is counted, and the page that says so."""

from ipaddress import ip_address

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessBase
from django.conf import settings
from django.contrib import admin
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from nafta.operations.client_address import address_of


def lockout_parameters(
    request: HttpRequest | AccessBase, credentials: dict[str, str] | None = None
) -> list[str | list[str]]:
    """What five failed logins lock: the account and the address, each by itself.

    Many share the address of the office. There an account is locked only as it is used from there:
    neither a colleague's typing nor an attack from elsewhere locks out anybody in the office.
    """
    # axes hands over an attempt that it has stored where it looks for those that have expired
    text = address_of(request) if isinstance(request, HttpRequest) else request.ip_address
    address = ip_address(text) if text else None
    if address and any(address in office for office in settings.OFFICE_ADDRESSES):
        return [["username", "ip_address"]]
    return ["username", "ip_address"]


def render_lockout(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, str] | None = None,
) -> HttpResponse:
    """The page that says until when it is locked; the same for every name, so it reveals none.

    django-axes passes all three arguments by position.
    """
    handler = AxesProxyHandler.get_implementation()
    attempts = handler.get_user_attempts(request, credentials)
    times = [rows.aggregate(last=Max("attempt_time"))["last"] for rows in attempts]
    until = max(filter(None, times), default=timezone.now()) + settings.AXES_COOLOFF_TIME
    wait_seconds = max(1, int((until - timezone.now()).total_seconds()))
    context = {**admin.site.each_context(request), "until": until}
    page = render_to_string("admin/locked.html", context, request)
    return HttpResponse(page, status=429, headers={"Retry-After": str(wait_seconds)})
