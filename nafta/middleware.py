"""What happens at every request, before any page is made."""

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.db.models import Exists, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone
from django.utils.translation import get_language

from rounds.models import Negotiation
from rounds.publication import publish_due, publishable_models


class Timetable:
    """Whoever asks for a page after the time of an embargo finds what was to go out then.

    One query tells whether anything is due and which negotiation this site covers. For a page of
    the past, ``?known=``, nothing can be due; what it covered then is read with the rest.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"} and not request.GET.get("known"):
            now = timezone.now()
            waits = [Q(Exists(model.objects.due(now))) for model in publishable_models()]
            found = Negotiation.objects.annotate(due=reduce(or_, waits)).first()
            if found and found.due:
                publish_due(now)
            request.negotiation = found  # type: ignore[attr-defined]
        return self.get_response(request)


class LanguageOfAddress(LocaleMiddleware):
    """The address alone tells the language: no answer varies with what a browser prefers."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", get_language() or "")
        return response
