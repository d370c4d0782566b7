"""What goes out when, all or nothing, and what it will look like."""

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from issues.models import Position
from rounds.models import Round, State, Statement
from rounds.publishing.due import publish_due
from rounds.publishing.states import rehearsal, schedule, set_state
from tests.desk import address, change, desk_of, told
from tests.world import (
    SECRET,
    create_contributor,
    create_editor,
    create_position,
    create_round,
    create_statement,
    days,
)

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def editor(world: SimpleNamespace) -> Client:
    return desk_of(create_editor())


@pytest.fixture
def embargoed(world: SimpleNamespace) -> Any:
    draft = create_statement(dates=days("2010-03-07"), state="draft", summary="Under embargo.")
    assert schedule([draft], timezone.now() + HOUR) == {}
    return draft


def come(model: Any) -> None:
    """Let the time of all that is scheduled come: a second ago by the clock of both machines."""
    model.objects.scheduled().update(publish_at=timezone.now() - dt.timedelta(seconds=1))


def test_what_is_scheduled_appears_at_its_time_and_not_before(
    client: Client, embargoed: Any
) -> None:
    assert client.get(embargoed.get_absolute_url()).status_code == 404
    for page in ("/", "/timeline/"):
        assert "Under embargo." not in client.get(page).content.decode()
    come(Statement)
    assert embargoed in publish_due().published
    assert "Under embargo." in client.get("/timeline/").content.decode()
    assert client.get(embargoed.get_absolute_url()).status_code == 200
    last = embargoed.events.latest("pgh_id")
    assert last.pgh_label == "published"
    assert last.pgh_context["task"] == "timetable"


def test_a_time_is_given_in_the_form(editor: Client, world: SimpleNamespace) -> None:
    draft = create_statement(dates=days("2010-03-07"), state="draft")
    at = {"publish_at_0": "2099-05-01", "publish_at_1": "18:00"}
    assert told(change(editor, draft, **at)) == []
    draft.refresh_from_db()
    assert draft.state == State.READY
    assert draft.publish_at == dt.datetime(2099, 5, 1, 18, tzinfo=dt.UTC)
    assert "scheduled for" in draft.state_label


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"publish_at_0": "2001-05-01", "publish_at_1": "18:00"}, "This time is past"),
        (
            {"state": "published", "publish_at_0": "2099-05-01", "publish_at_1": "18:00"},
            "not both",
        ),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(
    editor: Client, world: SimpleNamespace, typed: dict[str, str], words: str
) -> None:
    draft = create_statement(dates=days("2010-03-07"), state="draft")
    assert any(words in one for one in told(change(editor, draft, **typed)))


def test_what_rests_on_a_draft_is_scheduled_no_earlier(world: SimpleNamespace) -> None:
    draft = create_statement(dates=days("2010-03-07"), state="draft")
    resting = create_position(
        issue=world.fish,
        party=world.arden,
        since=days("2010-03-07"),
        stance="open",
        statement=draft,
        state="draft",
    )
    soon = timezone.now() + HOUR
    assert "not out by then" in schedule([resting], soon)[resting]
    assert schedule([resting, draft], soon) == {}
    for model in (Statement, Position):
        come(model)
    assert {type(record) for record in publish_due().published} == {Statement, Position}


def test_what_could_not_go_out_is_a_draft_that_keeps_its_time(
    client: Client, world: SimpleNamespace, embargoed: Any
) -> None:
    off = create_round(slug="not-yet", dates=days("2010-03-07"), state="draft", status="held")
    Statement.objects.filter(pk=embargoed.pk).update(round=off)
    come(Statement)
    assert embargoed not in publish_due().published
    assert client.get("/").status_code == 200
    embargoed.refresh_from_db()
    assert (embargoed.state, embargoed.publish_at is None) == (State.DRAFT, False)
    assert "could not go out" in embargoed.state_label
    assert list(Statement.objects.missed()) == [embargoed]


def test_all_are_published_or_none(world: SimpleNamespace) -> None:
    draft = create_round(slug="r9", dates=days("2010-03-07"), state="draft")
    said = create_statement(dates=days("2010-03-07"), state="draft", round=draft)
    other = create_statement(dates=days("2010-03-07"), state="draft")
    assert list(set_state([other, said], State.PUBLISHED)) == [said]
    assert not Statement.objects.published().filter(pk__in=[said.pk, other.pk]).exists()
    assert set_state([said, other, draft], State.PUBLISHED) == {}
    assert Round.objects.get(pk=draft.pk).is_published


def test_a_rehearsal_leaves_nothing(world: SimpleNamespace) -> None:
    draft: Any = create_statement(dates=days("2010-03-07"), state="draft")
    events = draft.events.count()
    with rehearsal():
        assert set_state([draft], State.PUBLISHED) == {}
        assert Statement.objects.published().filter(pk=draft.pk).exists()
    draft.refresh_from_db()
    assert not draft.is_published
    assert draft.events.count() == events


def drafts(world: SimpleNamespace) -> list[Any]:
    kinds: list[Any] = [Statement, Round, Position, type(world.half), type(world.june)]
    return [model.objects.filter(state=State.DRAFT).first() for model in kinds]


def test_a_preview_is_the_page_that_readers_will_find(
    client: Client, editor: Client, world: SimpleNamespace
) -> None:
    draft = create_round(slug="r9", name="The ninth", dates=days("2010-03-09"), state="draft")
    said = create_statement(
        dates=days("2010-03-09"), state="draft", round=draft, summary="Said there."
    )
    shown = editor.get(address(Statement, "preview", said))
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    bar = '<p class="preview-bar">'
    page = shown.content.decode()
    assert bar in page
    assert set_state([said, draft], State.PUBLISHED) == {}
    published = client.get(said.get_absolute_url()).content.decode()
    assert content(page) == content(published)


def content(page: str) -> list[str]:
    """The lines of a page's own part; a citation names the moment in which it was read."""
    own = page[page.index("<main") : page.index("</main>")]
    lines = re.sub(r"known=[\w:%.-]+", "", own).splitlines()
    return [line.strip() for line in lines if line.strip()]


def test_every_kind_of_draft_has_a_preview_and_stays_a_draft(
    client: Client, world: SimpleNamespace
) -> None:
    contributor = desk_of(create_contributor())
    for draft in drafts(world):
        where = address(type(draft), "preview", draft)
        answer = contributor.get(where)
        assert answer.status_code == 200, draft
        assert SECRET in answer.content.decode()
        assert client.get(where).status_code == 302
        draft.refresh_from_db()
        assert not draft.is_published


def test_a_draft_that_cannot_be_published_says_why(editor: Client, world: SimpleNamespace) -> None:
    draft = create_statement(
        dates=days("2010-03-07"), state="draft", basis="unnamed", attribution="an aide"
    )
    Statement.objects.filter(pk=draft.pk).update(language="x" * 10)
    Round.objects.filter(slug=SECRET).update(name="")
    draft.round = Round.objects.get(slug=SECRET)
    draft.save()
    answer = editor.get(address(Statement, "preview", draft), follow=True)
    assert "cannot be blank" in answer.content.decode()


def test_what_readers_saw_goes_out_again_with_the_note_it_was_scheduled_with(
    client: Client, editor: Client, world: SimpleNamespace
) -> None:
    assert told(change(editor, world.quiet, state="draft", correction="It was in doubt.")) == []
    again = {"publish_at_0": "2099-05-01", "publish_at_1": "18:00", "summary": "It opens in May."}
    refused = change(editor, world.quiet, **again)
    assert any("note" in words for words in told(refused))
    assert told(change(editor, world.quiet, **again, correction="It is certain now.")) == []
    come(Statement)
    publish_due()
    assert "It is certain now." in client.get("/corrections/").content.decode()
