"""The calendar as calendar programs see it: read back with a second library."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event, EventStatus

from rounds.models import Round
from rounds.platform import clock
from tests import world as worlds
from tests.desk import address, change, desk_of
from tests.nafta.pages.test_pages import double
from tests.world import SECRET, create_editor, day, days


def calendar(client: Client, path: str = "/calendar.ics") -> Calendar:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return IcsCalendarStream.calendar_from_ics(answer.content.decode())


def event(client: Client, key: str, path: str = "/calendar.ics") -> Event:
    """The event whose page or anchor has that key."""
    (found,) = [one for one in calendar(client, path).events if key in str(one.url)]
    return found


class Program:
    """A calendar program that subscribed: of each event it keeps the version that counts.

    As RFC 5546 has it: the higher SEQUENCE, then the later DTSTAMP.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Event] = {}

    def refresh(self, client: Client) -> None:
        found = {str(one.uid): one for one in calendar(client).events}
        for uid, one in found.items():
            old = self.kept.get(uid)
            if old is None or _rank(one) > _rank(old):
                self.kept[uid] = one
        self.kept = {uid: one for uid, one in self.kept.items() if uid in found}

    def on(self, day: dt.date) -> set[str]:
        """What it shows on a day, without what is called off."""
        shown = Calendar()
        shown.events += [one for one in self.kept.values() if one.status != EventStatus.CANCELLED]
        return {str(one.summary) for one in shown.timeline.on_date(day)}


def _rank(one: Event) -> tuple[int, dt.datetime]:
    assert isinstance(one.dtstamp, dt.datetime)
    return one.sequence or 0, one.dtstamp


def test_it_parses_is_called_something_and_names_no_draft(
    client: Client, world: SimpleNamespace
) -> None:
    text = client.get("/calendar.ics").content.decode()
    assert SECRET not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "X-WR-CALNAME:River: Meetings and deadlines" in text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    found = calendar(client)
    assert found.method == "PUBLISH"
    assert len(found.events) == 6
    assert len({one.uid for one in found.events}) == 6


def test_a_meeting_is_whole_days_its_last_one_included(
    client: Client, world: SimpleNamespace
) -> None:
    one = event(client, "round-1")
    assert (one.dtstart, one.dtend) == (day("2010-01-08"), day("2010-01-13"))
    assert one.summary == "Round 1"
    assert one.location == "Ardenport"
    assert one.status == EventStatus.CONFIRMED
    assert one.url == "http://testserver/rounds/round-1/"
    for words in ("Announced for: 8–10 January 2010", "They met", "The Gazette", world.gazette.url):
        assert words in str(one.description)
    assert one.transparency == "TRANSPARENT"


def test_a_cancelled_meeting_stays_the_same_event_and_is_cancelled(
    client: Client, world: SimpleNamespace
) -> None:
    program = Program()
    program.refresh(client)
    assert "Bilateral" in program.on(day("2010-02-01"))
    before = event(client, "bilateral")
    write(world.bilateral, status="cancelled")
    program.refresh(client)
    after = event(client, "bilateral")
    assert program.on(day("2010-02-01")) == set()
    assert (after.uid, after.status) == (before.uid, EventStatus.CANCELLED)
    assert after.dtstart == before.dtstart
    assert after.summary == "Bilateral (cancelled)"
    assert after.sequence > before.sequence  # type: ignore[operator]


def test_a_moved_meeting_stays_the_same_event_on_other_days(
    client: Client, world: SimpleNamespace
) -> None:
    program = Program()
    program.refresh(client)
    before = event(client, "round-2")
    write(world.round2, dates=days("2010-04-04", "2010-04-06"), planned_dates=world.round2.dates)
    program.refresh(client)
    after = event(client, "round-2")
    assert program.on(day("2010-03-05")) == set()
    assert program.on(day("2010-04-06")) == {"Round 2"}
    assert program.on(day("2010-04-07")) == set()
    assert after.uid == before.uid
    assert after.sequence > before.sequence  # type: ignore[operator]
    assert after.last_modified >= before.last_modified  # type: ignore[operator]
    assert "Announced for: 4–8 March 2010" in str(after.description)


def test_a_meeting_replaced_by_another_is_off_and_leads_there(
    client: Client, world: SimpleNamespace
) -> None:
    before = event(client, "lake-summit")
    later = worlds.create_round(slug="hill-summit", dates=days("2010-05-20"), status="planned")
    write(world.cancelled, status="rescheduled", replaced_by=later)
    off, on = event(client, "lake-summit"), event(client, "hill-summit")
    assert (off.uid, off.status) == (before.uid, EventStatus.CANCELLED)
    assert "Replaced by: Hill summit" in str(off.description)
    assert on.status == EventStatus.TENTATIVE
    assert [one.uid for one in on.related_to] == [off.uid]
    assert [one.uid for one in off.related_to] == [on.uid]


@pytest.mark.parametrize(
    ("status", "first", "expected", "words"),
    [
        ("planned", "2090-05-20", EventStatus.TENTATIVE, "planned"),
        ("planned", "2010-05-20", EventStatus.TENTATIVE, "was due; no outcome recorded"),
        ("under-way", "2010-05-20", EventStatus.CONFIRMED, "under way"),
        ("held", "2010-05-20", EventStatus.CONFIRMED, "held"),
        ("rescheduled", "2010-05-20", EventStatus.CANCELLED, "rescheduled"),
    ],
)
def test_a_meeting_is_no_surer_than_the_record(
    client: Client, db: None, status: str, first: str, expected: EventStatus, words: str
) -> None:
    worlds.create_round(slug="summit", dates=days(first), status=status)
    one = event(client, "summit")
    assert one.status == expected
    assert words in str(one.description)


def test_whatever_changes_what_an_event_says_is_a_later_version(
    client: Client, world: SimpleNamespace
) -> None:
    later = worlds.create_round(slug="hill-summit", dates=days("2010-05-20"), status="planned")
    write(world.cancelled, status="rescheduled", replaced_by=later)

    def leave() -> None:
        world.cancelled.parties.remove(world.corrie)
        write(world.cancelled, note="Corrie was never asked.")

    def seen() -> tuple[Event, Event]:
        return event(client, "lake-summit"), event(client, "hill-summit")

    changes: list[Callable[[], None]] = [
        partial(write, later, name="The summit on the hill"),
        partial(write, world.cancelled.source, title="Another title"),
        partial(world.cancelled.parties.add, world.corrie),
        partial(write, world.corrie, translations={"name_fr": "La Corrie"}),
        leave,
        partial(write, world.cancelled, replaced_by=None),  # of which only one of them has a row
    ]
    before = seen()
    for number, change_it in enumerate(changes):
        change_it()
        after = seen()
        assert _rank(after[0]) > _rank(before[0]), number
        assert after[0].sequence > before[0].sequence, number  # type: ignore[operator]
        assert after[0].last_modified >= before[0].last_modified, number  # type: ignore[operator]
        assert _rank(after[1]) >= _rank(before[1]), number
        if str(after[1]) != str(before[1]):
            assert after[1].sequence > before[1].sequence, number  # type: ignore[operator]
        before = after
    assert before[1].related_to == []


def test_a_day_that_goes_by_without_a_word_is_a_later_version_too(client: Client, db: None) -> None:
    summit = worlds.create_round(slug="summit", dates=days("2010-05-20"), status="planned")
    with clock.set_to(dt.datetime(2010, 5, 20, 12, tzinfo=dt.UTC)):
        ahead = event(client, "summit")
    due = event(client, "summit")
    write(summit, status="held")
    held = event(client, "summit")
    assert ahead.sequence < due.sequence < held.sequence  # type: ignore[operator]


def test_a_draft_makes_no_version(client: Client, world: SimpleNamespace) -> None:
    before = client.get("/calendar.ics").content
    draft = worlds.create_round(
        slug="not-yet",
        dates=days("2010-02-21"),
        status="rescheduled",
        replaced_by=world.round2,
        state="draft",
    )
    write(draft, name="Another name")
    assert client.get("/calendar.ics").content == before


def test_days_that_nobody_knows_do_not_look_known(client: Client, world: SimpleNamespace) -> None:
    worlds.create_round(
        slug="hut", dates=days("2010-05-01", "2010-05-31"), approximate=True, status="planned"
    )
    one = event(client, "hut")
    assert one.status == EventStatus.TENTATIVE
    assert one.summary == "Hut: May 2010, the day is not known"
    assert (one.dtstart, one.dtend) == (day("2010-05-01"), day("2010-06-01"))


def test_what_has_no_end_is_given_none(client: Client, world: SimpleNamespace) -> None:
    worlds.create_round(
        slug="on-and-on",
        kind="permanent-round",
        dates=days("2010-05-01", "open"),
        status="under-way",
    )
    one = event(client, "on-and-on")
    assert one.summary == "On and on begins"
    assert (one.dtstart, one.dtend) == (day("2010-05-01"), day("2010-05-02"))


def test_a_deadline_tells_what_became_of_it(client: Client, world: SimpleNamespace) -> None:
    moved, ahead = event(client, "deadline-by-may"), event(client, "deadline-by-june")
    assert moved.status == EventStatus.CANCELLED
    assert str(moved.summary).startswith("Deadline: By may (moved)")
    assert "Superseded by: By june" in str(moved.description)
    assert ahead.status == EventStatus.CONFIRMED
    assert ahead.summary == "Deadline: By june (was due; no outcome recorded)"
    assert [one.uid for one in moved.related_to] == [ahead.uid]


def test_what_is_taken_back_is_gone(client: Client, world: SimpleNamespace) -> None:
    program = Program()
    program.refresh(client)
    editor = desk_of(create_editor())
    chosen = {"action": "back_to_draft", "_selected_action": [world.bilateral.pk]}
    editor.post(address(Round), chosen | {"correction": "Never planned."})
    program.refresh(client)
    assert program.on(day("2010-02-01")) == set()
    assert "ilateral" not in client.get("/calendar.ics").content.decode()


def test_a_correction_at_the_desk_is_a_later_version(
    client: Client, world: SimpleNamespace
) -> None:
    before = event(client, "round-1")
    editor = desk_of(create_editor())
    change(editor, world.round1, place="Ardenhaven", correction="It moved next door.")
    after = event(client, "round-1")
    assert (after.uid, after.location) == (before.uid, "Ardenhaven")
    assert after.sequence > before.sequence  # type: ignore[operator]


def test_a_party_has_its_own(client: Client, world: SimpleNamespace) -> None:
    found = calendar(client, "/parties/corrie/calendar.ics")
    assert {str(one.summary) for one in found.events} == {"Round 1", "Round 2"}
    assert client.get("/parties/nobody/calendar.ics").status_code == 404


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ("/rounds/", "/calendar.ics"),
        ("/about/", "/calendar.ics"),
        ("/fr/parties/corrie/", "/fr/parties/corrie/calendar.ics"),
    ],
)
def test_a_page_says_whether_to_subscribe_or_to_take_the_file(
    client: Client, world: SimpleNamespace, page: str, path: str
) -> None:
    text = client.get(page).content.decode()
    subscribe = "S’abonner au calendrier" if "/fr/" in page else "Subscribe to the calendar"
    assert f'<a href="webcal://testserver{path}">{subscribe}</a>' in text
    assert f'<a href="{path}" download>' in text


def test_who_has_the_latest_is_told_so(client: Client, world: SimpleNamespace) -> None:
    first = client.get("/calendar.ics")
    again = client.get("/calendar.ics", HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304


def test_each_language_has_its_words_for_the_same_events(
    client: Client, world: SimpleNamespace
) -> None:
    Round.objects.filter(pk=world.round1.pk).update(translations={"name_fr": "Premier tour"})
    assert event(client, "round-1", "/fr/calendar.ics").uid == event(client, "round-1").uid
    assert event(client, "round-1", "/fr/calendar.ics").url.endswith("/fr/rounds/round-1/")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "path", ["/calendar.ics", "/calendar.ics?known=2010-01-01", "/parties/arden/calendar.ics"]
)
def test_it_asks_little_and_no_more_with_twice_the_rows(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    before = _queries(client, path)
    double(world)
    assert _queries(client, path) == before <= 10


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_an_empty_site_has_an_empty_calendar(client: Client, db: None) -> None:
    assert calendar(client).events == []


def write(record: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()
