"""Meetings and deadlines for people's own calendars.

Rows first, ``events()``, then the file, ``ics()``. The way a calendar program sees it: a record is
one event for ever (UID), each change of what it says a later version of that event (SEQUENCE).
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
from rounds.public.stable_ids import lasting_id
from rounds.public.timeline import Item, deadline_items, round_items

DAY = dt.timedelta(days=1)
REFRESH = dt.timedelta(hours=1)  # how often a program may ask again
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
MADE_OF = {
    Round: ("source", "parties", "replaced_by", "replaces"),
    Deadline: ("source", "parties", "superseded_by", "supersedes"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A meeting or a deadline as an event of whole days. ``last`` is its last day."""

    uid: str
    sequence: int
    created: dt.datetime
    updated: dt.datetime
    first: dt.date
    last: dt.date
    status: str
    title: str
    lines: list[str]  # what else there is to know
    kind: str
    place: str
    url: str
    related: list[str]  # the UIDs of what replaced it, and of what it replaced


def events(
    rounds: Iterable[Round], deadlines: Iterable[Deadline], negotiation: Negotiation | None
) -> list[Event]:
    """The events of records read ``with_names().with_publication_times()``, earliest first."""
    meetings, dates = list(rounds), list(deadlines)
    related = _related(meetings, "replaced_by", negotiation)
    related |= _related(dates, "superseded_by", negotiation)
    pairs: list[tuple[Any, Item]] = [
        *zip(meetings, round_items(meetings), strict=True),
        *zip(dates, deadline_items(dates), strict=True),
    ]
    told = count_revisions([(type(record), record.pk) for record, _item in pairs], MADE_OF)
    found = []
    for record, item in pairs:
        uid = str(lasting_id(record, negotiation))
        changed = told[type(record), record.pk]
        overdue = record.overdue_since  # by the calendar alone: no row tells of that change
        found.append(
            Event(
                uid=uid,
                sequence=2 * (record.version + changed.number) + bool(overdue),
                created=record.published_at,
                updated=max(filter(None, [changed.last, overdue])),
                first=item.first,
                last=item.last or item.first,  # nobody knows its end: an event of the day it begins
                status=_status(record, item),
                title=_title(record, item),
                lines=list(_lines(record, item)),
                kind=capfirst(item.label),
                place=item.place,
                url=item.url,
                related=related[uid],
            )
        )
    return sorted(found, key=lambda one: (one.first, one.uid))


def _related(
    records: Iterable[Any], field: str, negotiation: Negotiation | None
) -> defaultdict[str, list[str]]:
    """For each event the UIDs of those before and after it in a chain."""
    related: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        if later := getattr(record, field):
            old, new = (str(lasting_id(one, negotiation)) for one in (record, later))
            related[old].append(new)
            related[new].append(old)
    return related


def _status(record: Any, item: Item) -> str:
    if getattr(record, "is_off", False) or item.status == DeadlineOutcome.MOVED:
        return CANCELLED
    if isinstance(record, Round):
        return TENTATIVE if record.status == RoundStatus.PLANNED else CONFIRMED
    return TENTATIVE if item.approximate else CONFIRMED


def _status_words(item: Item) -> str:
    """What became of it. That the day of a moved deadline has passed no program would be told of:
    no row changes with it.
    """
    if item.status == DeadlineOutcome.MOVED:
        return str(DeadlineOutcome.MOVED.label)
    return item.status_label


def _title(record: Any, item: Item) -> str:
    """What a calendar shows. It says itself what a program may not: that it is off, or unsure."""
    name = item.title
    if isinstance(record, Deadline):
        name = _("Deadline: %(name)s") % {"name": name}
    elif item.last is None:
        name = _("%(name)s begins") % {"name": name}
    fields = {"name": name, "status": _status_words(item), "when": item.when}
    if _status(record, item) == CANCELLED or isinstance(record, Deadline):
        name = _("%(name)s (%(status)s)") % fields
    if item.approximate:
        name = _("%(name)s: %(when)s, the day is not known") % (fields | {"name": name})
    return name


def _lines(record: Any, item: Item) -> Iterator[str]:
    yield f"{capfirst(item.label)} · {item.when} · {_status_words(item)}"
    if item.was:
        yield _("Announced for: %(when)s") % {"when": item.was}
    if item.next_title:
        sentence = _("Superseded by: %(title)s") if item.set_on else _("Replaced by: %(title)s")
        yield sentence % {"title": item.next_title}
    if item.parties:
        yield ", ".join(local(one, "name") for one in item.parties)
    yield from filter(None, [item.attribution, item.text, item.note])
    yield _("Source: %(source)s") % {"source": record.source}
    if record.source.url:
        yield record.source.url


def ics(events: Iterable[Event], *, name: str, base: str, url: str) -> bytes:
    """The calendar as a file; ``base`` is the address that those of the events begin with."""
    rows = list(events)
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{name}//{(get_language() or '').upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", icalendar.vText(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(REFRESH))
    calendar.add("source", urljoin(base, url), parameters={"VALUE": "URI"})
    for one in rows:
        calendar.add_component(_component(one, base))
    file: bytes = calendar.to_ical()
    return file


def _component(one: Event, base: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    event.add("dtstamp", one.updated)  # not the time of asking: the same file stays the same
    event.add("created", one.created)
    event.add("last-modified", one.updated)
    event.add("dtstart", one.first)
    event.add("dtend", one.last + DAY)
    event.add("summary", printable(one.title))
    event.add("status", one.status)
    event.add("transp", "TRANSPARENT")  # it takes nobody's time who only follows the talks
    event.add("categories", [one.kind])
    event.add("description", printable("\n".join(one.lines)))
    event.add("url", urljoin(base, one.url))
    if one.place:
        event.add("location", printable(one.place))
    for uid in one.related:
        event.add("related-to", uid, parameters={"RELTYPE": "SIBLING"})
    return event
