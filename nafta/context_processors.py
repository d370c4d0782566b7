from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from rounds.models import Negotiation


def site(request: HttpRequest) -> dict[str, Any]:
    """The negotiation that this site covers, read only where a template names it."""
    known = getattr(request, "negotiation", None)
    return {"negotiation": known or SimpleLazyObject(Negotiation.objects.first)}
