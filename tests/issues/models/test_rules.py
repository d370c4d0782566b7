"""What issues ask of the rounds and statements that they point at, whoever writes."""

from types import SimpleNamespace
from typing import Any

import pytest

from rounds.models import Round, Statement
from tests import world as worlds
from tests.rounds.models.test_models import changes, refused
from tests.world import days


@pytest.fixture
def meeting(world: SimpleNamespace) -> Round:
    """A published meeting that nothing points at."""
    return worlds.create_round(slug="round-9", number=9, dates=days("2010-03-08", "2010-03-09"))


def point_at(meeting: Round, world: SimpleNamespace, name: str, **fields: Any) -> Any:
    if name == "progress":
        return worlds.create_progress(round=meeting, issue=world.fish, level="tabled", **fields)
    return worlds.create_proposal(
        round=meeting, issue=world.fish, dates=days("2010-03-08"), parties=[world.arden], **fields
    )


@pytest.mark.parametrize("name", ["proposal", "progress"])
def test_a_round_stays_published_while_its_outcome_is(
    world: SimpleNamespace, meeting: Round, name: str
) -> None:
    pointer = point_at(meeting, world, name)
    reason = f"keep_published: issues_{name}.round_id"
    assert reason in refused(changes(meeting, state="draft"))
    assert reason in refused(changes(meeting, state="ready"))
    changes(pointer, state="draft")()
    changes(meeting, state="draft")()
    assert Round.objects.get(pk=meeting.pk).state == "draft"


def test_a_statement_stays_published_while_a_position_rests_on_it(world: SimpleNamespace) -> None:
    statement = worlds.create_statement(dates=days("2010-03-08"), parties=[world.corrie])
    position = worlds.create_position(
        issue=world.fish,
        party=world.corrie,
        since=days("2010-03-08"),
        stance="opposes",
        statement=statement,
    )
    reason = "keep_published: issues_position.statement_id"
    assert reason in refused(changes(statement, state="draft"))
    changes(position, state="draft")()
    changes(statement, state="draft")()
    assert Statement.objects.get(pk=statement.pk).state == "draft"


@pytest.mark.parametrize("status", ["cancelled", "rescheduled"])
def test_a_meeting_with_progress_cannot_be_called_off(
    world: SimpleNamespace, meeting: Round, status: str
) -> None:
    progress = point_at(meeting, world, "progress", state="draft")  # a draft counts too
    assert "cancelled_has_no_progress" in refused(changes(meeting, status=status, summary=""))
    progress.delete()
    changes(meeting, status=status, summary="")()
    assert Round.objects.get(pk=meeting.pk).status == status
