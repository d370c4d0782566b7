"""``?known=``: a page as this site had published it by a moment.

``two_clocks`` around a view is all that a page needs. Queries, the page's today, and links to
other pages that can do the same stay at that moment; what was taken back since says so.
"""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from rounds.history.point_in_time import Past, first_publication, known, past
from rounds.platform import dates

View = Callable[..., HttpResponse]
Page = Callable[[], HttpResponse]
LINK = re.compile(r'(<a\b[^>]*?\bhref=")(/[^"#?]*)(\?[^"#]*)?')
SPACE_FOR_PLUS = re.compile(r" (\d\d:?\d\d)$")  # in an address, an unescaped plus is a space


@dataclass(frozen=True, slots=True)
class Known:
    """What templates tell of the moment: ``text`` is how it was asked for."""

    text: str
    at: dt.datetime  # in the site's time zone
    entries_hidden: int = 0

    @property
    def is_day(self) -> bool:
        """Whether a day was asked for, at its end."""
        return _day(self.text) is not None and self.at.time() == dt.time.max

    @property
    def words(self) -> str:
        day = dates.day(self.at)
        if self.is_day:
            return _("the end of %(day)s") % {"day": day}
        time = f"{self.at:%H:%M:%S}" if self.at.second else f"{self.at:%H:%M}"
        return _("%(day)s, %(time)s %(zone)s") % {
            "day": day,
            "time": time,
            "zone": self.at.tzname(),
        }

    @property
    def minute(self) -> str:
        """As a field for days and times takes it."""
        return f"{self.at:%Y-%m-%dT%H:%M}"


def two_clocks(view: View) -> View:
    """Let a page be asked for with ``?known=``."""

    @wraps(view)
    def answer(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        page: Page = partial(view, request, *args, **kwargs)
        request.has_two_clocks = True
        if not asks_for_the_past(answer, request):
            return page()
        text = request.GET["known"].strip()
        request.now = _without_known(request)
        try:
            then, request.known = _asked(text)
        except ValidationError as error:
            request.known_refused = error.message
            response = page()
            response.status_code = 400
            return response
        return _as_known(request, page, then)

    answer.two_clocks = True  # type: ignore[attr-defined]
    return answer


def asks_for_the_past(view: Any, request: HttpRequest) -> bool:
    """Whether a page of a moment is asked for, at a view that has such pages."""
    return hasattr(view, "two_clocks") and bool(request.GET.get("known", "").strip())


def _asked(text: str) -> tuple[Past, Known]:
    """The moment asked for, for queries and for templates. A wrong wish raises, with a sentence."""
    when = moment(text)
    if when > timezone.now():
        raise ValidationError(_("Nobody knows yet what this site will have published by then."))
    then = past(when)
    if then is None:
        raise ValidationError(_too_early())
    return then, Known(text, timezone.localtime(when), then.entries_hidden)


def _as_known(request: Any, page: Page, then: Past) -> HttpResponse:
    text = request.known.text
    request.negotiation = then.negotiation
    with known(then):
        try:
            response = page()
        except Http404:
            response = render(request, "404.html", status=404)
    if response.status_code in {404, 410} and (gone := _gone_now(request, page)):
        return gone
    _stay(response, text)
    response["X-Robots-Tag"] = "noindex"  # there are as many of these pages as moments
    return response


def moment(text: str) -> dt.datetime:
    """``2031-05-21``, the end of that day, or ``2031-05-21T14:30``, with a zone or in ours."""
    try:
        if day := _day(text):
            if day == timezone.localdate():  # as far as it has got
                return timezone.now()
            midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min)
            return timezone.make_aware(midnight) - dt.timedelta(microseconds=1)
        said = dt.datetime.fromisoformat(SPACE_FOR_PLUS.sub(r"+\1", text))
        return (said if timezone.is_aware(said) else timezone.make_aware(said)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise ValidationError(
            _(
                "“known” needs a day, such as 2031-05-21, or a day and a "
                "time, such as 2031-05-21T14:30."
            )
        ) from error


def _day(text: str) -> dt.date | None:
    with suppress(ValueError):
        return dt.date.fromisoformat(text)
    return None


def history_since() -> str:
    """When the first publication was, in words; "" before it."""
    first = first_publication()
    if first is None:
        return ""
    seconds = first.replace(microsecond=0) + dt.timedelta(seconds=1)
    return Known("", timezone.localtime(seconds)).words


def _too_early() -> str:
    if since := history_since():
        return _("This site first published something on %(moment)s.") % {"moment": since}
    return _("This site has published nothing yet.")


def _without_known(request: HttpRequest) -> str:
    """What follows the path where the page says what it says now."""
    query = request.GET.copy()
    del query["known"]
    return f"?{query.urlencode()}"


def _gone_now(request: Any, page: Page) -> HttpResponse | None:
    """The page that says what was taken back since, whichever moment was asked for."""
    del request.known
    with suppress(Http404):
        response = page()
        return response if response.status_code == 410 else None
    return None


def _stay(response: HttpResponse, text: str) -> None:
    """Keep to the moment in every link to a page that can be asked for it."""
    wish = urlencode({"known": text})
    if not response.headers["Content-Type"].startswith("text/html"):
        return  # a file has no links to follow

    def kept(link: re.Match[str]) -> str:
        before, path, query = link.groups(default="")
        if "known=" in query or not _has_two_clocks(path):
            return link[0]
        return f"{before}{path}{query}&amp;{wish}" if query else f"{before}{path}?{wish}"

    if response.headers["Content-Type"].startswith("text/html"):  # and no file of a page's rows
        response.content = LINK.sub(kept, response.content.decode()).encode()


def _has_two_clocks(path: str) -> bool:
    try:
        return hasattr(resolve(path).func, "two_clocks")
    except Resolver404:
        return False
