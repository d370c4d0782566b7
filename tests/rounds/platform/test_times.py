"""Times to go out: entered and read in one way, with their zone, also where clocks change."""

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.expressions import RawSQL
from django.template import Context, Template
from django.utils import timezone, translation

from issues.desk.parsing import DaysField
from rounds.models import State, Statement
from rounds.platform.time_fields import MomentField, MomentWidget
from rounds.platform.times import describe_moment
from tests.desk import address, change, desk_of, fields_in, ticked, told
from tests.world import create_contributor, create_editor, create_statement, days


@pytest.fixture
def toronto() -> Any:
    with timezone.override("America/Toronto"):
        yield


@pytest.fixture
def draft(world: SimpleNamespace) -> Any:
    return create_statement(dates=days("2010-03-07"), state="draft", summary="As it was seen.")


def test_a_page_gives_the_day_of_a_moment_in_the_newsroom(toronto: None) -> None:
    template = Template("{% load times %}{{ moment|day }}")
    night = dt.datetime(2027, 7, 2, 3, 30, tzinfo=dt.UTC)  # of the first of July in Toronto
    with translation.override("fr"):
        assert template.render(Context({"moment": night})) == "1er juillet 2027"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["2027-07-01", "06:00", ""], "2027-07-01T10:00+00:00"),
        (["2027-01-07", "06:00", ""], "2027-01-07T11:00+00:00"),
        (["2027-11-07", "01:30", "1"], "2027-11-07T05:30+00:00"),  # the hour comes twice
        (["2027-11-07", "01:30", "2"], "2027-11-07T06:30+00:00"),
        (["2027-11-07", "02:00", "2"], "2027-11-07T07:00+00:00"),
        (["2100-12-31", "23:59", ""], "2101-01-01T04:59+00:00"),
        (["1900-01-01", "00:00", ""], "1900-01-01T05:00+00:00"),
    ],
)
def test_a_moment_is_of_the_newsrooms_zone(toronto: None, typed: list[str], meant: str) -> None:
    moment = MomentField().clean(typed)
    assert moment == dt.datetime.fromisoformat(meant)
    field = MomentField()
    assert field.clean(MomentWidget().decompress(moment)) == moment


@pytest.mark.parametrize("language", ["en-gb", "fr", "es"])
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["07/01/2027", "06:00"], "invalid"),
        (["1/2/27", "06:00"], "invalid"),
        (["7 Jan 2027", "06:00"], "invalid"),
        (["2027-07-01", "6 pm"], "invalid"),
        (["2027-07-01", ""], "incomplete"),
        (["", "06:00"], "incomplete"),
        (["9999-12-31", "23:59"], "range"),
        (["1899-12-31", "23:59"], "range"),
        (["2101-01-01", "00:00"], "range"),
        (["2027-11-07", "01:30"], "repeated"),
        (["2027-11-07", "01:30", "3"], "repeated"),
        (["2027-03-14", "02:30"], "skipped"),
    ],
)
def test_what_can_be_read_two_ways_is_refused(
    toronto: None, language: str, typed: list[str], code: str
) -> None:
    with translation.override(language), pytest.raises(ValidationError) as refused:
        MomentField().clean(typed)
    assert [error.code for error in refused.value.error_list] == [code]


@pytest.mark.parametrize("language", ["en-gb", "fr", "es"])
@pytest.mark.parametrize("typed", ["07/01/2018", "1/2/18", "1 Feb 2018"])
def test_so_is_a_day_at_the_desk_of_a_round(language: str, typed: str) -> None:
    with translation.override(language), pytest.raises(ValidationError):
        DaysField().clean(typed)


def test_the_skipped_hour_is_refused_with_what_to_enter(toronto: None) -> None:
    with pytest.raises(ValidationError, match=r"from 02:00 to 03:00\. Enter a time before 02:00"):
        MomentField().clean(["2027-03-14", "02:30"])


def test_a_zone_that_skips_a_day_is_no_trap() -> None:
    with (
        timezone.override("Pacific/Apia"),
        pytest.raises(ValidationError, match="from 00:00 to 00:00"),
    ):
        MomentField().clean(["2011-12-30", "12:00"])


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/Toronto", "1 July 2027, 06:00 (Toronto time, UTC−4)"),
        ("Asia/Kolkata", "1 July 2027, 15:30 (Kolkata time, UTC+5:30)"),
        ("UTC", "1 July 2027, 10:00 (UTC)"),
    ],
)
def test_a_time_is_read_with_its_zone(zone: str, words: str) -> None:
    with timezone.override(zone):
        assert describe_moment(dt.datetime(2027, 7, 1, 10, tzinfo=dt.UTC)) == words


def test_the_repeated_hour_can_be_chosen_on_the_page(draft: Any, toronto: None) -> None:
    editor = desk_of(create_editor())
    at = {"publish_at_0": "2027-11-07", "publish_at_1": "01:30"}
    answer = change(editor, draft, **at)
    assert any("01:30 comes twice" in words for words in told(answer))
    page = answer.content.decode()
    assert "the first, UTC−4" in page
    assert "the second, UTC−5" in page
    saved = editor.post(
        address(Statement, draft), fields_in(answer) | {"publish_at_2": "2"}, follow=True
    )
    assert "Sunday, 7 November 2027, 01:30 (Toronto time, UTC−5)" in saved.content.decode()
    draft.refresh_from_db()
    assert draft.publish_at == dt.datetime(2027, 11, 7, 6, 30, tzinfo=dt.UTC)
    assert told(change(editor, draft)) == []  # saved again as it stands, it stays
    draft.refresh_from_db()
    assert draft.publish_at == dt.datetime(2027, 11, 7, 6, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59-05:00", "2101-01-02T00:00Z", "1899-12-30Z"])
def test_the_database_holds_no_time_out_of_range(draft: Any, when: str) -> None:
    with pytest.raises(IntegrityError, match="publish_at_plausible"), transaction.atomic():
        Statement.objects.filter(pk=draft.pk).update(publish_at=RawSQL("%s::timestamptz", [when]))


# --- from a list ---


def messages(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


@pytest.mark.parametrize("action", ["publish", "schedule"])
def test_a_list_lets_nothing_out_that_it_has_not_shown(draft: Any, action: str) -> None:
    editor = desk_of(create_editor())
    listed = fields_in(editor.get(address(Statement)))
    assert listed["shown"]
    at = {"when_0": "2099-05-01", "when_1": "18:00"} if action == "schedule" else {}
    chosen = {"action": action, **ticked([draft]), **at}
    change(desk_of(create_contributor()), draft, summary="Words that nobody saw.")
    for seen in (chosen, {**chosen, "shown": []}):
        answer = editor.post(address(Statement), seen, follow=True)
        assert "Words that nobody saw.: It has been changed since" in messages(answer)
    draft.refresh_from_db()
    assert (draft.state, draft.publish_at) == (State.DRAFT, None)


def test_all_that_is_chosen_goes_out_at_one_time(draft: Any) -> None:
    editor = desk_of(create_editor())
    asked = editor.post(address(Statement), {"action": "schedule", **ticked([draft])})
    form = fields_in(asked) | ticked([draft])
    for when, words in (
        (["2001-05-01", "18:00"], "This time is past"),
        (["01/05/2099", "18:00"], "Enter a day as 2031-05-21"),
    ):
        refused = editor.post(address(Statement), form | {"when_0": when[0], "when_1": when[1]})
        assert any(words in one for one in told(refused))
    at = {"when_0": "2099-05-01", "when_1": "18:00"}
    done = editor.post(address(Statement), form | at, follow=True)
    assert "1 entry goes out by itself on Friday, 1 May 2099, 18:00 (UTC)" in messages(done)
    draft.refresh_from_db()
    assert draft.is_scheduled
    entry = LogEntry.objects.get(object_id=str(draft.pk))
    assert entry.get_change_message() == "Changed publish at."
    assert "scheduled for 1 May 2099, 18:00 (UTC)" in done.content.decode()


@pytest.mark.parametrize("action", ["schedule", "back_to_draft"])
def test_all_pages_of_a_list_are_asked_about_and_carried_along(draft: Any, action: str) -> None:
    create_statement(dates=days("2010-03-08"), state="draft")
    chosen = {"action": action, "select_across": "1", "index": "0", **ticked([draft])}
    page = desk_of(create_editor()).post(address(Statement), chosen)
    carried = re.findall(r'name="_selected_action" value="(\d+)"', page.content.decode())
    assert sorted(map(int, carried)) == sorted(one.pk for one in page.context["records"])
    assert len(carried) > 1


def test_no_contributor_schedules_a_list(draft: Any) -> None:
    contributor = desk_of(create_contributor())
    at = {"when_0": "2099-05-01", "when_1": "18:00"}
    chosen = {"action": "schedule", **ticked([draft]), **at}
    assert contributor.post(address(Statement), chosen).status_code == 403
    draft.refresh_from_db()
    assert not draft.is_scheduled
