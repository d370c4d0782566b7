"""``?known=``: a page as this site had published it by a moment.

``supports_known`` around a view is all that a page needs; the view is handed an ``AsPublished`` and
gives it to its template. Queries, the page's today and links to other pages that support it stay at
that moment (docs/decisions/0021); what was unpublished since answers 410 and says so.
"""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from rounds.history.past_queries import reading_past
from rounds.history.point_in_time import Past, find_first_publication, load_past
from rounds.platform import dates

P = ParamSpec("P")
LINK = re.compile(r'(<a\b[^>]*?\bhref=")(/[^"#?]*)(\?[^"#]*)?')
FUTURE = "future"  # a refusal that ends at that moment, though nothing is published
SPACE_FOR_PLUS = re.compile(r" (\d\d:?\d\d)$")  # in an address, an unescaped plus is a space


@dataclass(frozen=True, slots=True)
class PublicationMoment:
    """A moment of this site's publishing, as ``text`` in the address asks for it."""

    text: str
    at: dt.datetime  # in the site's time zone
    entries_hidden: int = 0  # records that readers saw then and that are left out now

    @property
    def is_day(self) -> bool:
        """Whether a day was asked for, at its end."""
        return _day(self.text) is not None and self.at.time() == dt.time.max

    @property
    def label(self) -> str:
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
        """The value of an ``<input type="datetime-local">``."""
        return f"{self.at:%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True)
class AsPublished:
    """Which state of the site's publishing a page shows. A view hands it to its template."""

    moment: PublicationMoment | None = None  # None: the present
    refusal: str = ""  # why ``?known=`` was not followed and the present is shown
    now_query: str = ""  # what follows the path of the same page at present: "?as_of=round-5"


def supports_known(
    view: Callable[Concatenate[HttpRequest, AsPublished, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let a page be asked for with ``?known=``; the view's second argument says what it shows."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        def render_page(as_published: AsPublished) -> HttpResponse:
            return _page_or_404(
                request, as_published, partial(view, request, as_published, *args, **kwargs)
            )

        text = request.GET.get("known", "").strip()
        if not text:
            return render_page(AsPublished())
        present = AsPublished(now_query=_without_known(request))
        try:
            then = _past(moment(text))
        except ValidationError as error:
            response = render_page(replace(present, refusal=str(error.message)))
            if response.status_code != 404:
                response.status_code = 400
            if error.code == FUTURE:
                response.headers["Cache-Control"] = "no-store"
            return response
        at = PublicationMoment(text, timezone.localtime(then.at), then.entries_hidden)
        return _page_of_past(request, then, replace(present, moment=at), render_page)

    answer.supports_known = True  # type: ignore[attr-defined]
    return answer


def _page_or_404(
    request: HttpRequest, as_published: AsPublished, page: Callable[[], HttpResponse]
) -> HttpResponse:
    """The page; where there is none, one that says so and offers an earlier state of the site."""
    try:
        return page()
    except Http404 as error:
        context = {"as_published": as_published, "exception": error}
        return render(request, "404.html", context, status=404)


def _page_of_past(
    request: HttpRequest,
    then: Past,
    as_published: AsPublished,
    render_page: Callable[[AsPublished], HttpResponse],
) -> HttpResponse:
    request.negotiation = then.negotiation  # type: ignore[attr-defined]  # the page cache sets it
    with reading_past(then):
        response = render_page(as_published)
    if response.status_code in {404, 410}:
        present = render_page(replace(as_published, moment=None))
        if present.status_code == 410:  # what was unpublished since is not shown again
            return present
    if response.headers["Content-Type"].startswith("text/html"):  # a file has no links
        _keep_moment_in_links(response, as_published)
    # there are as many of these pages as moments, and each link on one leads to the next
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _past(when: dt.datetime) -> Past:
    """What readers could see then. Raises ``ValidationError`` with a sentence for the page."""
    if when > timezone.now():
        message = _("Nobody knows yet what this site will have published by then.")
        raise ValidationError(message, code=FUTURE)
    then = load_past(when)
    if then is None:
        raise ValidationError(_too_early())
    return then


def moment(text: str) -> dt.datetime:
    """``2031-05-21``, the end of that day, or ``2031-05-21T14:30``, with a zone or in ours."""
    try:
        if day := _day(text):
            if day == timezone.localdate():  # as far as it has got
                return timezone.now()
            midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min)
            return timezone.make_aware(midnight) - dt.timedelta(microseconds=1)
        when = dt.datetime.fromisoformat(SPACE_FOR_PLUS.sub(r"+\1", text))
        return (when if timezone.is_aware(when) else timezone.make_aware(when)).astimezone(dt.UTC)
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
    first = find_first_publication()
    if first is None:
        return ""
    seconds = first.replace(microsecond=0) + dt.timedelta(seconds=1)
    return PublicationMoment("", timezone.localtime(seconds)).label


def _too_early() -> str:
    if since := history_since():
        return _("This site first published something on %(moment)s.") % {"moment": since}
    return _("This site has published nothing yet.")


def _without_known(request: HttpRequest) -> str:
    """What follows the path of the same page at present."""
    query = request.GET.copy()
    del query["known"]
    return f"?{query.urlencode()}"


def _keep_moment_in_links(response: HttpResponse, as_published: AsPublished) -> None:
    """Add the moment to every link in a page that leads to a page that supports it."""
    assert as_published.moment
    parameter = urlencode({"known": as_published.moment.text})

    def with_known(link: re.Match[str]) -> str:
        before, path, query = link.groups(default="")
        if "known=" in query or not _supports_known(path):
            return link[0]
        return f"{before}{path}{query}&amp;{parameter}" if query else f"{before}{path}?{parameter}"

    response.content = LINK.sub(with_known, response.content.decode()).encode()


def _supports_known(path: str) -> bool:
    try:
        return hasattr(resolve(path).func, "supports_known")
    except Resolver404:
        return False
