"""Two at one desk: nobody overwrites in silence, nobody loses what was typed, nothing breaks.

``RACES=50`` runs fifty of them.
"""

import os
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from issues.models import Position
from rounds.models import Statement
from tests.desk import address, fields_of
from tests.issues.desk.test_desk import at, desk_of, fields_of_page, press, row, said
from tests.world import create_world

RACES = int(os.environ.get("RACES", "8"))


@pytest.fixture
def desks(transactional_db: None) -> tuple[SimpleNamespace, Client, Client]:
    """A world, and two editors at it, each in a browser of their own."""
    world = create_world()
    clients = []
    for name in ("ann", "bob"):
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.create_superuser(name))
        clients.append(client)
    return world, clients[0], clients[1]


def at_once(*requests: Any) -> list[Any]:
    """Their answers, all asked in the same moment."""
    answers: dict[int, Any] = {}
    start = threading.Barrier(len(requests))

    def ask(number: int, client: Client, page: str, fields: dict[str, Any]) -> None:
        start.wait()
        try:
            answers[number] = client.post(page, fields)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=ask, args=(number, *request))
        for number, request in enumerate(requests)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(requests))]


def typed_by(world: SimpleNamespace, who: str, issue: Any) -> dict[str, str]:
    return (
        row("q", 0, source="gazette: the first")
        | said(issues=issue.name, speakers="alder", summary=f"Said to {who}")
        | at(issue, world.arden, stance="opposes", gist=f"As {who} heard")
    )


def told(page: Any) -> str:
    return str(page.content.decode())


@pytest.mark.parametrize("race", range(RACES))
def test_two_saves_of_one_desk(desks: Any, race: int) -> None:
    """In every second race both change the same cell."""
    world, ann, bob = desks
    page = desk_of(world.round2)
    same = race % 2 == 0
    issues = {"ann": world.fish, "bob": world.fish if same else world.water}
    people = {"ann": ann, "bob": bob}
    fields = {
        who: fields_of(client, page) | typed_by(world, who, issues[who]) | press("draft")
        for who, client in people.items()
    }
    answers = dict(
        zip(people, at_once(*((people[who], page, fields[who]) for who in people)), strict=True)
    )
    codes = {who: answer.status_code for who, answer in answers.items()}
    assert sorted(codes.values()) == [302, 409]
    winner, loser = sorted(codes, key=lambda who: codes[who])

    # nothing of the loser's is stored, nothing of the winner's is overwritten
    assert Statement.objects.filter(summary__startswith="Said to").count() == 1
    assert Position.objects.get(gist__endswith="heard").gist == f"As {winner} heard"
    # everything that the loser typed is still there, beside what the winner did
    back = fields_of_page(answers[loser])
    mine = typed_by(world, loser, issues[loser])
    assert {name: back[name].strip() for name in mine} == mine
    assert f"As {winner} heard" in told(answers[loser])
    assert f"<p>{winner}, " in told(answers[loser])

    again = back | press("draft")
    if same:
        undecided = people[loser].post(page, again)
        assert undecided.status_code == 409
        assert {name: fields_of_page(undecided)[name].strip() for name in mine} == mine
        again |= {f"choose-at-{world.fish.pk}-{world.arden.pk}": "mine"}
    assert people[loser].post(page, again).status_code == 302
    assert Statement.objects.filter(summary__startswith="Said to").count() == 2
    gists = set(Position.objects.filter(gist__endswith="heard").values_list("gist", flat=True))
    assert gists == ({f"As {loser} heard"} if same else {"As ann heard", "As bob heard"})


def test_theirs_can_be_taken(desks: Any) -> None:
    world, ann, bob = desks
    page = desk_of(world.round2)
    opened = fields_of(bob, page) | typed_by(world, "bob", world.fish)
    taken = fields_of(ann, page) | typed_by(world, "ann", world.fish) | press("draft")
    assert ann.post(page, taken).status_code == 302
    response = bob.post(page, opened | press("preview"))
    assert response.status_code == 409
    choice = {f"choose-at-{world.fish.pk}-{world.arden.pk}": "theirs"}
    saved = bob.post(page, fields_of_page(response) | choice | press("draft"))
    assert saved.status_code == 302
    assert Position.objects.get(gist__endswith="heard").gist == "As ann heard"
    assert Statement.objects.filter(summary="Said to bob").exists()


def test_what_only_they_changed_is_shown_as_theirs(desks: Any) -> None:
    world, ann, bob = desks
    page = desk_of(world.round2)
    opened = fields_of(bob, page)
    theirs = fields_of(ann, page) | {"round-summary": "Both moved.", "correction": "New."}
    previewed = ann.post(page, theirs | press("preview"))
    digest = {"previewed": previewed.context["digest"]}
    assert ann.post(page, theirs | digest | press("publish")).status_code == 302
    response = bob.post(page, opened | typed_by(world, "bob", world.fish) | press("draft"))
    assert response.status_code == 409
    assert fields_of_page(response)["round-summary"].strip() == "Both moved."
    assert bob.post(page, fields_of_page(response) | press("draft")).status_code == 302
    world.round2.refresh_from_db()
    assert world.round2.summary == "Both moved."


def test_more_rows_do_not_hide_what_others_did(desks: Any) -> None:
    """The button for rows compares nothing, so it must not count as having seen it."""
    world, ann, bob = desks
    page = desk_of(world.round2)
    opened = fields_of(bob, page) | typed_by(world, "bob", world.fish)
    taken = fields_of(ann, page) | typed_by(world, "ann", world.fish) | press("draft")
    assert ann.post(page, taken).status_code == 302
    more = fields_of_page(bob.post(page, opened | press("rows")))
    assert bob.post(page, more | press("draft")).status_code == 409


@pytest.mark.parametrize("race", range(max(2, RACES // 4)))
def test_a_desk_and_the_page_of_a_position(desks: Any, race: int) -> None:
    world, ann, bob = desks
    position = Position.objects.get(gist="Would talk")
    page, own = desk_of(world.round2), address(Position, position)
    note = {"correction": "A slip."}
    desk = fields_of(ann, page) | at(world.water, world.brume, gist="From the desk") | note
    desk |= {"previewed": ann.post(page, desk | press("preview")).context["digest"]}
    form = fields_of(bob, own) | {"gist": "From its page"} | note
    answers = at_once((ann, page, desk | press("publish")), (bob, own, form))
    codes = [answer.status_code for answer in answers]
    assert codes in ([302, 200], [409, 302])
    position.refresh_from_db()
    assert position.gist == ("From the desk" if codes[0] == 302 else "From its page")
    lost = fields_of_page(answers[codes.index(200 if codes[0] == 302 else 409)])
    typed = form["gist"] if codes[0] == 302 else "From the desk"
    assert typed in lost.values()
