"""Lockout after wrong passwords, for django-axes: what is counted, and the page that says so."""

from ipaddress import ip_address
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import admin
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from nafta.operations.client_address import address_of


def lockout_parameters(request: Any, credentials: Any = None) -> list[Any]:
    """What five failed logins lock: the account and the address, each by itself.

    Many share the address of the office. There an account is locked only as it is used from there:
    neither a colleague's typing nor an attack from elsewhere locks out anybody in the office.
    """
    is_attempt = not isinstance(request, HttpRequest)  # one of axes, counted before
    text = request.ip_address if is_attempt else address_of(request)
    address = ip_address(text) if text else None
    if address and any(address in office for office in settings.OFFICE_ADDRESSES):
        return [["username", "ip_address"]]
    return ["username", "ip_address"]


def render_lockout(
    request: HttpRequest, response: Any = None, credentials: Any = None
) -> HttpResponse:
    """The page that says until when it is locked; the same for every name, so it reveals none."""
    handler = AxesProxyHandler.get_implementation()
    attempts = handler.get_user_attempts(request, credentials)
    times = [rows.aggregate(last=Max("attempt_time"))["last"] for rows in attempts]
    until = max(filter(None, times), default=timezone.now()) + settings.AXES_COOLOFF_TIME
    wait_seconds = max(1, int((until - timezone.now()).total_seconds()))
    context = {**admin.site.each_context(request), "until": until}
    page = render_to_string("admin/locked.html", context, request)
    return HttpResponse(page, status=429, headers={"Retry-After": str(wait_seconds)})
