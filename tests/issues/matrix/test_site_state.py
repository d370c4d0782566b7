"""The state of the record on a day: loaded once, and only as far as a page needs it."""

import datetime as dt
from dataclasses import FrozenInstanceError
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from issues.matrix.site_state import SiteState
from rounds.history.as_of import AsOf
from rounds.models import Round
from rounds.public.params import AsOfForm
from tests import world as worlds
from tests.world import day, days


def load(as_of: str = "", **narrowing: Any) -> SiteState:
    form = AsOfForm({"as_of": as_of})
    assert form.is_valid()
    return SiteState.load(form.effective_as_of, form.rounds, **narrowing)


def stances(state: SiteState) -> dict[str, list[str]]:
    return {row.key: [cell.stance.value for cell in row.cells] for row in state.matrix}


def test_nothing_is_read_before_it_is_asked_for_and_then_once(
    world: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        state = load("2010-03-08")
    with django_assert_num_queries(4):  # issues, parties, positions, outcomes, and no rounds
        assert state.plain_matrix == state.plain_matrix
        assert len(state.parties) == 3
    with django_assert_num_queries(1):
        assert state.matrix
        assert state.previous == world.round1
        assert state.rounds_begun[-1] == world.round2


def test_a_round_in_the_address_is_looked_for_among_the_rounds_that_the_state_has(
    world: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        state = load("round-1")
        assert state.day == day("2010-01-12")
        assert world.round1 in state.rounds


@pytest.mark.parametrize(
    ("as_of", "previous", "news_after", "changed"),
    [
        ("2010-01-07", None, None, 0),
        ("round-1", None, dt.date.min, 3),  # at the first round everything is new
        ("2010-02-28", None, dt.date.min, 3),
        ("round-2", "round-1", day("2010-01-12"), 1),
    ],
)
def test_news_is_what_came_after_the_round_before(
    world: SimpleNamespace,
    as_of: str,
    previous: str | None,
    news_after: dt.date | None,
    changed: int,
) -> None:
    state = load(as_of)
    assert (state.previous and state.previous.slug) == previous
    assert state.news_after == news_after
    assert sum(cell.stance_changed for row in state.matrix for cell in row.cells) == changed
    assert not any(cell.is_new for row in state.plain_matrix for cell in row.cells)


def test_at_the_end_of_a_meeting_news_is_counted_from_the_meeting_before(
    world: SimpleNamespace,
) -> None:
    rounds = list(Round.objects.published().with_names().in_order())
    talks = worlds.create_round(slug="talks", kind="bilateral", dates=days("2010-02-20"))
    state = SiteState.at_end_of(talks, [*rounds, talks])
    assert (state.as_of.query, state.previous) == ("?as_of=talks", world.bilateral)
    assert load("2010-02-20").previous is None  # the round before is the first


def test_issues_and_parties_narrow_what_is_read(world: SimpleNamespace) -> None:
    assert stances(load("round-2")) == {
        "water": ["demands", "open-if", "not-recorded"],
        "fish": ["not-recorded", "will-not-say", "not-recorded"],
    }
    narrow = load("round-2", issues=[world.water], parties=[world.brume])
    assert stances(narrow) == {"water": ["open-if"]}
    assert {position.party_id for position in narrow.positions} == {world.brume.pk}
    assert stances(load("round-1", parties=[])) == {"water": [], "fish": []}


def test_drafts_count_only_where_they_are_given(world: SimpleNamespace) -> None:
    draft = worlds.create_position(
        issue=world.fish,
        party=world.arden,
        since=days("2010-03-05"),
        stance="opposes",
        state="draft",
    )
    as_of = AsOf(day("2010-03-08"))
    assert stances(SiteState.load(as_of, ()))["fish"][0] == "not-recorded"
    assert stances(SiteState.load(as_of, (), drafts=[draft]))["fish"][0] == "opposes"


def test_a_state_cannot_be_changed(world: SimpleNamespace) -> None:
    with pytest.raises(FrozenInstanceError):
        load().as_of = AsOf(day("2010-01-01"))  # type: ignore[misc]


def test_a_page_that_is_not_there_offers_an_earlier_state_of_the_site(
    client: Client, world: SimpleNamespace
) -> None:
    page = client.get("/issues/never/")
    assert page.status_code == 404
    assert 'name="known"' in page.content.decode()
    assert 'name="known"' not in client.get("/never/").content.decode()
