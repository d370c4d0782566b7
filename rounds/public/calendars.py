"""Meetings and deadlines as iCalendar files (RFC 5545) for calendar programs.

``build_events()`` makes rows, ``render_ics()`` a file of them. A record is the same event for ever
(UID); each change of its texts or days is a later version of that event (SEQUENCE).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import icalendar
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rounds.history.revision_counts import count_revisions
from rounds.models import Deadline, DeadlineOutcome, Negotiation, Round, RoundStatus
from rounds.platform.plain_text import printable
from rounds.platform.translated_text import local
from rounds.public.deadlines import deadline_items
from rounds.public.stable_ids import build_stable_id
from rounds.public.timeline import DeadlineItem, MeetingItem, round_items

ONE_DAY = dt.timedelta(days=1)
REFRESH_INTERVAL = dt.timedelta(hours=1)  # after which a program should fetch the file again
CalendarRecord = Any  # a round or deadline, with what the QuerySet added
CalendarItem = MeetingItem | DeadlineItem
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
RELATED_RECORDS = {  # whose changes change an event, too
    Round: ("source", "parties", "replaced_by", "replaces"),
    Deadline: ("source", "parties", "superseded_by", "supersedes"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """A meeting or a deadline as an event of whole days; ``last`` is its last day, included."""

    uid: str
    sequence: int
    created: dt.datetime
    updated: dt.datetime
    first: dt.date
    last: dt.date
    status: str
    title: str
    lines: list[str]  # of the description
    category: str
    location: str
    url: str
    related: list[str]  # UIDs of the events that replaced it, and that it replaced


def build_events(
    rounds: Iterable[Round], deadlines: Iterable[Deadline], negotiation: Negotiation | None
) -> list[CalendarEvent]:
    """Make events of records read ``with_names().with_publication_times()``, earliest first."""
    meetings, dates = list(rounds), list(deadlines)
    related = _related(meetings, "replaced_by", negotiation)
    related |= _related(dates, "superseded_by", negotiation)
    pairs: list[tuple[CalendarRecord, CalendarItem]] = [
        *zip(meetings, round_items(meetings), strict=True),
        *zip(dates, deadline_items(dates), strict=True),
    ]
    revisions = count_revisions(
        [(type(record), record.pk) for record, _item in pairs], RELATED_RECORDS
    )
    events = []
    for record, item in pairs:
        uid = str(build_stable_id(record, negotiation))
        revision = revisions[type(record), record.pk]
        overdue = record.overdue_since  # a change by the calendar alone, which no row records
        events.append(
            CalendarEvent(
                uid=uid,
                sequence=2 * (record.version + revision.number) + bool(overdue),
                created=record.published_at,
                updated=max(filter(None, [revision.last, overdue])),
                first=item.first,
                last=item.last or item.first,  # without a known end: the day it begins
                status=_status(item),
                title=_title(item),
                lines=list(_lines(record, item)),
                category=capfirst(item.label),
                location=item.venue if isinstance(item, MeetingItem) else "",
                url=item.url,
                related=related[uid],
            )
        )
    return sorted(events, key=lambda event: (event.first, event.uid))


def _related(
    records: Iterable[CalendarRecord], relation: str, negotiation: Negotiation | None
) -> defaultdict[str, list[str]]:
    """Return, by UID, the UIDs of the events before and after it in a chain of replacements."""
    related: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        if replacement := getattr(record, relation):
            old, new = (str(build_stable_id(each, negotiation)) for each in (record, replacement))
            related[old].append(new)
            related[new].append(old)
    return related


def _status(item: CalendarItem) -> str:
    if isinstance(item, MeetingItem):
        if item.is_off:
            return CANCELLED
        return TENTATIVE if item.status == RoundStatus.PLANNED else CONFIRMED
    if item.status == DeadlineOutcome.MOVED:
        return CANCELLED
    return TENTATIVE if item.approximate else CONFIRMED


def _status_label(item: CalendarItem) -> str:
    """Return the status in words, of a moved deadline without whether it was moved early.

    That changes on the day it falls due, with no row: no program would learn of it.
    """
    if item.status == DeadlineOutcome.MOVED:
        return str(DeadlineOutcome.MOVED.label)
    return item.status_label


def _title(item: CalendarItem) -> str:
    """Return the title. It says that an event is off or unsure: programs may not show a status."""
    name = item.title
    if isinstance(item, DeadlineItem):
        name = _("Deadline: %(name)s") % {"name": name}
    elif item.last is None:
        name = _("%(name)s begins") % {"name": name}
    fields = {"name": name, "status": _status_label(item), "when": item.when}
    if _status(item) == CANCELLED or isinstance(item, DeadlineItem):
        name = _("%(name)s (%(status)s)") % fields
    if item.approximate:
        name = _("%(name)s: %(when)s, the day is not known") % (fields | {"name": name})
    return name


def _lines(record: CalendarRecord, item: CalendarItem) -> Iterator[str]:
    yield f"{capfirst(item.label)} · {item.when} · {_status_label(item)}"
    if isinstance(item, MeetingItem) and item.announced_when:
        yield _("Announced for: %(when)s") % {"when": item.announced_when}
    if item.replacement_title:
        is_deadline = isinstance(item, DeadlineItem)
        sentence = _("Superseded by: %(title)s") if is_deadline else _("Replaced by: %(title)s")
        yield sentence % {"title": item.replacement_title}
    if item.parties:
        yield ", ".join(local(party, "name") for party in item.parties)
    yield from filter(None, [item.attribution, item.text, item.note])
    yield _("Source: %(source)s") % {"source": record.source}
    if record.source.url:
        yield record.source.url


def render_ics(events: Iterable[CalendarEvent], *, name: str, base: str, url: str) -> bytes:
    """Return the calendar as a file. ``base`` is the site's address, of which urls are paths."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{name}//{(get_language() or '').upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", icalendar.vText(name))
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(REFRESH_INTERVAL))
    calendar.add("source", urljoin(base, url), parameters={"VALUE": "URI"})
    for event in events:
        calendar.add_component(_component(event, base))
    file: bytes = calendar.to_ical()
    return file


def _component(event: CalendarEvent, base: str) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", event.updated)  # not now: the same events make the same file
    component.add("created", event.created)
    component.add("last-modified", event.updated)
    component.add("dtstart", event.first)
    component.add("dtend", event.last + ONE_DAY)
    component.add("summary", printable(event.title))
    component.add("status", event.status)
    component.add("transp", "TRANSPARENT")  # who only follows the talks is not busy
    component.add("categories", [event.category])
    component.add("description", printable("\n".join(event.lines)))
    component.add("url", urljoin(base, event.url))
    if event.location:
        component.add("location", printable(event.location))
    for uid in event.related:
        component.add("related-to", uid, parameters={"RELTYPE": "SIBLING"})
    return component
