"""The client's IP address."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """The client's IP address as the first of our ``PROXIES`` saw it, or None.

    Each proxy appends the address of its client to X-Forwarded-For. What stands before the entries
    of our own proxies was sent by the client, who may have made it up.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = forwarded[-min(settings.PROXIES, len(forwarded))] if settings.PROXIES else ""
    for address in (seen, request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ip_address(address.strip()))
        except ValueError:
            continue
    return None
