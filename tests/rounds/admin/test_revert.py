"""Going back to an earlier version: one button, and first a look at what it changes."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from rounds.history.differences import load_revisions
from rounds.models import Statement
from tests.desk import address, change, desk_of, fields_of
from tests.world import create_contributor, create_editor, create_statement, create_world, days

NOTE = {"correction": "As it was."}


@pytest.fixture
def world(transactional_db: None) -> SimpleNamespace:
    """Lists raise a version once in each transaction, so these tests need several."""
    return create_world()


@pytest.fixture
def editor(world: SimpleNamespace) -> Client:
    return desk_of(create_editor())


def version(record: Any) -> int:
    """The number of the last one, as the database counts."""
    number: int = type(record).objects.get(pk=record.pk).version
    return number


def revert(record: Any, number: int) -> str:
    return address(type(record), record).removesuffix("change/") + f"revert/{number}/"


def test_the_history_tells_who_changed_what(editor: Client, world: SimpleNamespace) -> None:
    first = version(world.said)
    change(editor, world.said, summary="A third must stay.", correction="It was a third.")
    page = editor.get(address(Statement, "history", world.said)).content.decode()
    for told in ("eve", "A third must stay.", "Half of the water must stay", "It was a third."):
        assert told in page, told
    assert f"Go back to version {first}" in page
    assert f"Go back to version {first + 1}" not in page


@pytest.mark.slow
def test_going_back_restores_words_and_lists(editor: Client, world: SimpleNamespace) -> None:
    first = version(world.said)
    change(
        editor,
        world.said,
        summary="An official said a third.",
        speakers=[],
        parties=[world.brume.pk],
        basis="unnamed",
        attribution="an official",
        other_sources=[],
        **NOTE,
    )
    where = revert(world.said, first)
    form = fields_of(editor, where)
    page = editor.get(where).content.decode()
    for told in ("What this changes", "Ada Alder", "An official said a third."):
        assert told in page, told
    assert editor.post(where, form | NOTE).status_code == 302
    said = Statement.objects.get(pk=world.said.pk)
    assert (said.summary, said.basis) == (world.said.summary, "on-record")
    assert list(said.speakers.all()) == [world.alder]
    assert list(said.parties.all()) == [world.arden]
    assert list(said.other_sources.all()) == [world.herald]
    assert set(said.issues.values_list("slug", flat=True)) >= {"water"}
    assert load_revisions(said)[0].version.note == NOTE["correction"]


def test_going_back_restores_the_rows_below(editor: Client, world: SimpleNamespace) -> None:
    term = world.half.terms.get()
    first = version(world.half)
    term.low = 60
    term.save()
    world.half.terms.create(measure=world.share, scope="in June", comparator="about", low=5)
    where = revert(world.half, first)
    assert editor.post(where, fields_of(editor, where) | NOTE).status_code == 302
    assert [(one.low, one.scope) for one in world.half.terms.all()] == [(50, "")]


def test_readers_are_told(editor: Client, world: SimpleNamespace) -> None:
    change(editor, world.said, summary="A third must stay.", **NOTE)
    where = revert(world.said, 1)
    answer = editor.post(where, fields_of(editor, where))
    assert "tell them in a note" in answer.content.decode()
    assert Statement.objects.get(pk=world.said.pk).summary == "A third must stay."


@pytest.mark.slow
def test_a_change_meanwhile_is_not_undone_unseen(editor: Client, world: SimpleNamespace) -> None:
    change(editor, world.said, summary="A third must stay.", **NOTE)
    where = revert(world.said, 1)
    form = fields_of(editor, where)
    Statement.objects.filter(pk=world.said.pk).update(summary="A quarter.")
    answer = editor.post(where, form | NOTE)
    assert "look again" in answer.content.decode()
    assert Statement.objects.get(pk=world.said.pk).summary == "A quarter."


def test_what_is_gone_since_is_left_out(editor: Client, world: SimpleNamespace) -> None:
    draft = create_statement(dates=days("2010-03-07"), state="draft", speakers=[world.birch])
    first = version(draft)
    draft.speakers.clear()
    world.denied.speakers.clear()
    world.birch.statements.clear()
    world.birch.delete()
    where = revert(draft, first)
    assert editor.post(where, fields_of(editor, where)).status_code in {200, 302}
    assert not draft.speakers.exists()


def test_a_contributor_goes_back_on_drafts_only(world: SimpleNamespace) -> None:
    contributor = desk_of(create_contributor())
    draft = create_statement(dates=days("2010-03-07"), state="draft", summary="First.")
    change(contributor, draft, summary="Second.")
    where = revert(draft, 1)
    assert contributor.post(where, fields_of(contributor, where)).status_code == 302
    assert Statement.objects.get(pk=draft.pk).summary == "First."
    assert contributor.get(revert(world.said, 1)).status_code == 403


def test_no_version_no_page(editor: Client, world: SimpleNamespace) -> None:
    assert editor.get(revert(world.said, 99)).status_code == 404
