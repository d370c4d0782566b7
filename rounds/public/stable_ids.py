"""Permanent identifiers of records, for feed entries and calendar events."""

import uuid

from rounds.models import Negotiation, Publishable


def build_stable_id(record: Publishable, negotiation: Negotiation | None) -> uuid.UUID:
    """Return an identifier that stays the same for as long as the record keeps its key.

    It holds the negotiation's key, too: a reader may follow two sites that both have a "round-1".
    """
    (key,) = record.natural_key()
    site = negotiation.slug if negotiation else ""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{site} {record._meta.label} {key}")
