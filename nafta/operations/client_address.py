"""The address that a request came from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


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
