"""The round desk: a round's outcome entered on one screen, without script."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from issues.models import Issue, Position, Progress, Proposal
from rounds.models import Person, Round, Source, Statement
from tests import world as worlds
from tests.desk import fields_of
from tests.world import SECRET, days

ALL = (Source, Person, Statement, Proposal, Position, Progress)


def desk_of(meeting: Round) -> str:
    return reverse("admin:rounds_round_desk", args=[meeting.pk])


def at(issue: Any, party: Any, **typed: str) -> dict[str, str]:
    """A cell of the grid as typed."""
    return {f"at-{issue.pk}-{party.pk}-{name}": text for name, text in typed.items()}


def far(issue: Any, **typed: str) -> dict[str, str]:
    return {f"far-{issue.pk}-{name}": text for name, text in typed.items()}


def row(kind: str, number: int, **typed: str) -> dict[str, str]:
    return {f"{kind}-{number}-{name}": text for name, text in typed.items()}


def said(number: int = 0, **typed: str) -> dict[str, str]:
    return row("s", number, **({"summary": f"Said {number}", "speakers": "birch"} | typed))


def sit(client: Client, meeting: Round, typed: dict[str, str], action: str = "preview") -> Any:
    """Open the desk, type, and press a button."""
    return client.post(
        desk_of(meeting), fields_of(client, desk_of(meeting)) | typed | press(action)
    )


def press(action: str) -> dict[str, str]:
    return {"action": action}


def publish(client: Client, meeting: Round, typed: dict[str, str]) -> Any:
    """Look at the preview, then publish it."""
    fields = fields_of(client, desk_of(meeting)) | typed
    previewed = client.post(desk_of(meeting), fields | press("preview"))
    assert problems(previewed) == []
    fields |= {"previewed": previewed.context["digest"]}
    return client.post(desk_of(meeting), fields | press("publish"))


def problems(response: Any) -> list[str]:
    """What the page says is wrong, each with its place."""
    if response.status_code == 302:
        return []
    told = [f"{where}: {words}" for where, _target, words in response.context["errors"]]
    return told + ([desk.problem] if (desk := response.context["desk"]).problem else [])


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in ALL}


def changes(response: Any) -> list[str]:
    """The preview in plain words."""
    text = (
        response.content.decode().partition('<section class="preview"')[2].partition("</section")[0]
    )
    lines = re.findall(r"<li>(.*?)</li>", text, re.DOTALL)
    plain = [
        re.sub(r"<span class=\"visually-hidden\">.*?</span>|<[^>]+>", "", one) for one in lines
    ]
    return [" ".join(one.replace("&#x27;", "’").split()) for one in plain]


# What the desk shows


def test_it_is_filled_with_where_each_party_stood(
    admin_client: Client, world: SimpleNamespace
) -> None:
    fields = fields_of(admin_client, desk_of(world.round2))
    assert fields | at(world.water, world.arden, stance="demands", gist="") == fields
    assert fields | at(world.fish, world.brume, stance="will-not-say") == fields
    assert f"at-{world.fish.pk}-{world.arden.pk}-stance" not in fields  # nothing is selected
    page = admin_client.get(desk_of(world.round2)).content.decode()
    assert "Half must stay" in page
    assert "before: tabled" in page


def test_what_was_entered_of_the_round_is_shown_as_entered(
    admin_client: Client, world: SimpleNamespace
) -> None:
    fields = fields_of(admin_client, desk_of(world.round2))
    entered = at(
        world.water,
        world.brume,
        stance="open-if",
        gist="Would talk",
        condition="the dam goes",
        evidence="Brume would talk if the dam goes.",
    )
    assert fields | entered == fields
    assert fields | far(world.water, level="advancing", summary="Numbers crossed.") == fields
    page = admin_client.get(desk_of(world.round2)).content.decode()
    assert "before: red line" in page


def test_the_desk_of_an_early_round_knows_nothing_of_later_ones(
    admin_client: Client, world: SimpleNamespace
) -> None:
    fields = fields_of(admin_client, desk_of(world.round1))
    assert fields | at(world.water, world.brume, stance="red-line", gist="Never half") == fields
    assert "Would talk" not in admin_client.get(desk_of(world.round1)).content.decode()


def test_it_is_reached_from_the_round_and_from_the_list(
    admin_client: Client, world: SimpleNamespace
) -> None:
    for name, args in (("change", [world.round2.pk]), ("changelist", [])):
        page = admin_client.get(reverse(f"admin:rounds_round_{name}", args=args))
        assert f'href="{desk_of(world.round2)}"' in page.content.decode()


# Entering


def test_a_round_is_entered_as_drafts(admin_client: Client, world: SimpleNamespace) -> None:
    typed = (
        row("q", 0, source="https://www.gazette.example/evening/?utm_source=x")
        | row("q", 0, publisher="The Gazette", title="The last evening", published="2010-03-09")
        | said(0, summary="Count them yearly.", speakers="bo birch; alder", issues="fish")
        | said(1, summary="A new face.", speakers="Cy Cole", parties="Corrie", issues="water,fish")
        | row("n", 0, name="Cy Cole", role="Envoy", party="corrie")
        | row(
            "p",
            0,
            title="Two fifths",
            issue="wat",
            parties="arden",
            numbers="share between 40 and 45",
        )
        | at(
            world.fish,
            world.arden,
            stance="open-if",
            gist="Yearly",
            condition="Brume pays",
            evidence="s1",
        )
        | at(world.fish, world.corrie, stance="opposes", gist="Not at all")
        | at(world.water, world.arden, stance="supports", gist="Two fifths would do")
        | far(world.fish, level="stuck", summary="No numbers.")
    )
    response = sit(admin_client, world.round2, typed, "draft")
    assert problems(response) == []
    source = Source.objects.get(title="The last evening")
    assert source.published == days("2010-03-09")
    first, second = Statement.objects.filter(source=source).order_by("pk")
    assert (first.round, first.state, first.dates) == (world.round2, "draft", days("2010-03-08"))
    assert set(first.speakers.all()) == {world.birch, world.alder}
    assert set(first.parties.all()) == {world.arden, world.brume}  # those of its speakers
    assert [one.name for one in second.speakers.all()] == ["Cy Cole"]
    assert set(second.issues.all()) == {world.water, world.fish}
    proposal = Proposal.objects.get(source=source)
    term = proposal.terms.get()
    assert (term.measure, term.comparator, term.low, term.high) == (world.share, "between", 40, 45)
    held = {one.gist: one for one in Position.objects.filter(since__startswith="2010-03-08")}
    assert held["Yearly"].statement == first
    assert held["Yearly"].condition == "Brume pays"
    assert held["Not at all"].statement == second  # the only one that speaks for Corrie on fish
    assert held["Two fifths would do"].proposal == proposal
    assert {one.state for one in held.values()} == {"draft"}
    noted = Progress.objects.get(summary="No numbers.")
    assert (noted.source, noted.state, noted.round) == (source, "draft", world.round2)


def test_it_is_published_together(admin_client: Client, world: SimpleNamespace) -> None:
    typed = (
        row("q", 0, source="gazette: the first")
        | said(issues="fish", speakers="alder")
        | at(world.fish, world.arden, stance="supports", gist="Count them")
    )
    typed |= {"round-summary": "Fish moved, too.", "correction": "Entered late."}
    assert problems(publish(admin_client, world.round2, typed)) == []
    held = Position.objects.get(gist="Count them")
    assert (held.state, held.statement.state) == ("published", "published")
    assert held.statement.source == world.gazette
    world.round2.refresh_from_db()
    assert world.round2.summary == "Fish moved, too."
    assert "Count them" in Client().get("/issues/fish/").content.decode()
