"""Too many wrong passwords: what is counted, and the page that says so."""

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
