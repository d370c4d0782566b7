"""Two people on one record: whoever saves later is told, and nobody's work is lost."""

import os
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from issues.models import Issue, Position
from rounds.models import Presence, Statement
from tests.desk import address, change, desk_of, fields_in, fields_of, told
from tests.races import at_once
from tests.world import create_editor, create_position, create_term, create_world, days

RACES = int(os.environ.get("RACES", "12"))
NOTE = "Heard anew."


@pytest.fixture
def eve(world: SimpleNamespace) -> Client:
    return desk_of(create_editor(username="eve"))


@pytest.fixture
def bea(world: SimpleNamespace) -> Client:
    return desk_of(create_editor(username="bea"))


def opened(client: Client, record: Any) -> dict[str, Any]:
    return fields_of(client, address(type(record), record))


def save(client: Client, record: Any, form: dict[str, Any], **typed: Any) -> Any:
    return client.post(address(type(record), record), form | {"correction": NOTE} | typed)


@pytest.mark.slow
def test_the_later_save_is_refused_and_shown_beside_the_other(
    eve: Client, bea: Client, world: SimpleNamespace
) -> None:
    hers = opened(bea, world.said)
    assert told(change(eve, world.said, summary="Eve’s words.", correction=NOTE)) == []
    answer = save(bea, world.said, hers, summary="Bea’s words.")
    assert any("Somebody changed this" in words for words in told(answer))
    page = answer.content.decode()
    for told_of in (
        "eve,",
        "Eve’s words.",
        "Bea’s words.",
        "Half of the water must stay in Arden.",
    ):
        assert told_of in page, told_of
    world.said.refresh_from_db()
    assert world.said.summary == "Eve’s words."


@pytest.mark.slow
def test_saved_again_it_was_seen(eve: Client, bea: Client, world: SimpleNamespace) -> None:
    hers = opened(bea, world.said)
    change(eve, world.said, summary="Eve’s words.", correction=NOTE)
    answer = save(bea, world.said, hers, summary="Bea’s words.")
    shown = fields_in(answer)
    assert shown["summary"] == "Bea’s words."
    assert told(bea.post(address(Statement, world.said), shown)) == []
    world.said.refresh_from_db()
    assert world.said.summary == "Bea’s words."


@pytest.mark.slow
def test_what_was_not_touched_is_as_the_other_left_it(
    eve: Client, bea: Client, world: SimpleNamespace
) -> None:
    hers = opened(bea, world.said)
    theirs = {
        "note": "The wire says Friday.",
        "quotation": "not one drop",
        "dates_0": "2010-01-08",
        "dates_1": "2010-01-10",
        "approximate": "on",
        "basis": "document",
        "speakers": [],
        "other_sources": [],
    }
    assert told(change(eve, world.said, correction=NOTE, **theirs)) == []
    form = fields_in(save(bea, world.said, hers, summary="Bea’s words.", note="Bea’s note."))
    assert told(bea.post(address(Statement, world.said), form)) == []
    said = Statement.objects.get(pk=world.said.pk)
    assert (said.summary, said.note, said.quotation) == (
        "Bea’s words.",
        "Bea’s note.",
        "not one drop",
    )
    assert (said.dates, said.approximate) == (days("2010-01-08", "2010-01-10"), True)
    assert (said.basis, said.source) == ("document", world.gazette)
    assert not said.speakers.exists()
    assert not said.other_sources.exists()


def test_a_change_from_anywhere_counts(eve: Client, world: SimpleNamespace) -> None:
    hers = opened(eve, world.said)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rounds_statement SET summary = 'Raw.' WHERE id = %s", [world.said.pk]
        )
    answer = save(eve, world.said, hers, summary="Eve’s words.")
    assert "somebody unknown" in answer.content.decode()
    world.said.refresh_from_db()
    assert world.said.summary == "Raw."


@pytest.mark.slow
def test_so_does_one_to_the_rows_below(eve: Client, bea: Client, world: SimpleNamespace) -> None:
    hers = opened(bea, world.said)
    create_position(
        issue=world.fish,
        party=world.arden,
        since=days("2010-01-09"),
        stance="opposes",
        statement=world.said,
    )
    assert told(save(bea, world.said, hers, summary="Bea’s words."))
    hers = opened(bea, world.said)
    Position.objects.filter(pk=world.demand.pk).update(gist="Eve’s gist")
    assert told(save(bea, world.said, hers, summary="Bea’s words."))


@pytest.mark.slow
def test_a_form_that_does_not_say_what_it_showed_is_refused(
    eve: Client, world: SimpleNamespace
) -> None:
    form = opened(eve, world.said)
    for forged in ("", "{}", "[]", "nonsense", '{"rounds.statement:1": "x"}', '{"no.model:1": 3}'):
        answer = save(eve, world.said, form, opened=forged, summary="Blind.")
        assert told(answer), forged
    world.said.refresh_from_db()
    assert world.said.summary != "Blind."


def test_who_else_has_it_open_is_told(eve: Client, bea: Client, world: SimpleNamespace) -> None:
    page = address(Issue, world.water)
    assert "has this open" not in eve.get(page).content.decode()
    assert "eve has this open now." in bea.get(page).content.decode()
    place = {"place": f"issues.issue:{world.water.pk}"}
    assert eve.post("/admin/presence/", place).json() == {"others": ["bea has this open now."]}
    bea.post("/admin/presence/", place | {"leaving": "1"})
    assert eve.post("/admin/presence/", place).json() == {"others": []}
    assert eve.post("/admin/presence/", {}).status_code == 400
    assert Client().post("/admin/presence/", place).status_code == 403
    assert Presence.objects.count() == 1


# --- across transactions ---


@pytest.fixture
def record(transactional_db: None) -> SimpleNamespace:
    return create_world()


@pytest.mark.slow
def test_a_change_to_a_list_counts(record: SimpleNamespace) -> None:
    eve = desk_of(create_editor())
    summer = {"proposal": record.half, "measure": record.share, "low": 51, "scope": "in summer"}
    changes = [
        (record.said, lambda: record.said.speakers.add(record.birch)),
        (record.said, lambda: record.fish.statements.add(record.said)),
        (record.denied, record.link.delete),
        (record.half, lambda: create_term(**summer)),
    ]
    for target, act in changes:
        form = opened(eve, target)
        act()
        assert told(save(eve, target, form, note="Mine.")), target
        assert not type(target).objects.filter(pk=target.pk, note="Mine.").exists()


@pytest.mark.slow
def test_races_lose_nothing(record: SimpleNamespace) -> None:
    """Two save one record at once: one is stored, the other comes back with all that was typed."""
    eve, bea = (desk_of(create_editor(username=name)) for name in ("eve", "bea"))
    for number in range(RACES):
        target = [record.said, record.half, record.water, record.whispered][number % 4]
        forms = [opened(client, target) for client in (eve, bea)]
        notes = [f"{name} {number}" for name in ("Eve", "Bea")]
        saves = [
            partial(save, client, target, form, note=note)
            for client, form, note in zip((eve, bea), forms, notes, strict=True)
        ]
        answers = at_once(*saves)
        stored = type(target).objects.get(pk=target.pk).note
        codes = [answer.status_code for answer in answers]
        assert sorted(codes) == [200, 302], codes
        lost = codes.index(200)
        assert stored == notes[1 - lost]
        page = answers[lost].content.decode()
        assert notes[lost] in page
        assert notes[1 - lost] in page
