"""The client's IP address, and the address by which limits count it."""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
PREFIX_BITS = 64  # one household or office has a /64 of IPv6, and all the addresses in it


def counted_address(request: HttpRequest) -> str | None:
    """The client's IP address as limits count it, or None: of IPv6 the first of its /64.

    Who has one address of a /64 has 2**64 of them, and could try from each.
    """
    address = _find_address(request)
    return str(counted_network(address).network_address) if address else None


def counted_network(address: Address) -> Network:
    """The addresses that limits count as one: of IPv6 the /64, of IPv4 the address alone."""
    bits = PREFIX_BITS if isinstance(address, IPv6Address) else address.max_prefixlen
    return ip_network((address, bits), strict=False)


def _find_address(request: HttpRequest) -> Address | None:
    """The client's address as the first of our ``PROXIES`` saw it.

    Each proxy appends the address of its client to X-Forwarded-For. What stands before the entries
    of our own proxies was sent by the client, who may have made it up.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = forwarded[-min(settings.PROXIES, len(forwarded))] if settings.PROXIES else ""
    for text in (seen, request.META.get("REMOTE_ADDR", "")):
        try:
            address = ip_address(text.strip())
        except ValueError:
            continue
        # a server that listens for both kinds sees 192.0.2.1 as ::ffff:192.0.2.1
        return getattr(address, "ipv4_mapped", None) or address
    return None
