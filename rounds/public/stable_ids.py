"""What programs outside this site know a record by: feed readers, calendars."""

import uuid

from rounds.models import Negotiation, Publishable


def lasting_id(record: Publishable, negotiation: Negotiation | None) -> uuid.UUID:
    """The same for as long as the record has its key, whatever else of it or the site changes.

    Two sites may both have a "round-1", and somebody may follow both.
    """
    (key,) = record.natural_key()
    space = negotiation.slug if negotiation else ""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{space} {record._meta.label} {key}")
