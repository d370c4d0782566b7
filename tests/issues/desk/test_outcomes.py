"""Outcomes of issues at the round desk: entered, previewed, published, and what is refused."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from issues.models import Outcome, PartyOutcome
from tests import world as worlds
from tests.desk import fields_of
from tests.issues.desk.test_desk import (
    at,
    changes,
    desk_of,
    far,
    fields_of_page,
    press,
    problems,
    publish,
    row,
    said,
    sit,
)
from tests.world import SECRET, days

SOURCE = row("q", 0, source="gazette: the first")


def end(issue: Any, gists: dict[Any, str] | None = None, **typed: str) -> dict[str, str]:
    """An outcome as typed in the grid; ``gists``: how each party came to it."""
    lines = {f"gist_{party.pk}": gist for party, gist in (gists or {}).items()}
    return {f"end-{issue.pk}-{name}": text for name, text in (typed | lines).items()}


def parted(world: SimpleNamespace, **typed: str) -> dict[str, str]:
    """Fish agreed in part, with a line for two of three parties."""
    gists = {world.arden: "Counts its own", world.brume: "Opens its weirs"}
    outcome = {"kind": "agreed-in-part", "line": "Salmon are counted, trout are not"}
    return SOURCE | end(world.fish, gists, **(outcome | typed))


def gists_of(outcome: Outcome) -> dict[str, str]:
    return dict(outcome.parties.values_list("party__code", "gist"))


def outcome_of_fish(world: SimpleNamespace, **fields: Any) -> Outcome:
    """An outcome that was reached on a day of round 2."""
    defaults = {"kind": "agreed-in-part", "line": "Salmon only", "dates": days("2010-03-06")}
    return worlds.create_outcome(
        issue=world.fish, gists={"arden": "Counts its own"}, **(defaults | fields)
    )


def warnings_of(previewed: Any) -> list[tuple[str, str]]:
    assert problems(previewed) == []
    return list(previewed.context["preview"].warnings)


@pytest.mark.slow
def test_an_outcome_is_entered_as_a_draft(admin_client: Client, world: SimpleNamespace) -> None:
    assert problems(sit(admin_client, world.round2, parted(world), "draft")) == []
    outcome = Outcome.objects.get(issue=world.fish)
    assert (outcome.kind, outcome.line) == ("agreed-in-part", "Salmon are counted, trout are not")
    assert outcome.dates == days("2010-03-08")  # the last day of the meeting
    assert (outcome.source, outcome.state) == (world.gazette, "draft")
    assert outcome.slug == "fish-2010-03-08"
    assert gists_of(outcome) == {"arden": "Counts its own", "brume": "Opens its weirs"}


@pytest.mark.slow
def test_it_takes_a_day_and_a_source_of_its_own(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = parted(world, days="2010-03", source="herald")
    assert problems(sit(admin_client, world.round2, typed, "draft")) == []
    outcome = Outcome.objects.get(issue=world.fish)
    assert (outcome.dates, outcome.approximate) == (days("2010-03-01", "2010-03-31"), True)
    assert outcome.source == world.herald


@pytest.mark.slow
def test_the_preview_tells_it_and_stores_nothing(
    admin_client: Client, world: SimpleNamespace
) -> None:
    previewed = sit(admin_client, world.round2, parted(world))
    assert problems(previewed) == []
    (line,) = (line for line in changes(previewed) if line.startswith("Fish:"))
    assert line == (
        "Fish: ◧ agreed in part · Salmon are counted, trout are not · Arden: Counts its own"
        " · Brume: Opens its weirs · 8 March 2010 · The Gazette: The first day"
    )
    _before, after = previewed.context["preview"].tables
    ((_title, cells),) = after.rows
    assert [(cell.stance, is_marked) for cell, is_marked in cells] == [
        ("agreed-in-part", True),
        ("agreed-in-part", True),
        ("not-recorded", False),  # nothing says how Corrie came to it
    ]
    assert not Outcome.objects.filter(issue=world.fish).exists()


@pytest.mark.slow
def test_it_is_published_with_the_entry(admin_client: Client, world: SimpleNamespace) -> None:
    assert publish(admin_client, world.round2, parted(world)).status_code == 302
    outcome = Outcome.objects.get(issue=world.fish)
    assert outcome.is_published
    page = admin_client.get(world.fish.get_absolute_url()).content.decode()
    assert "Salmon are counted, trout are not" in page


def test_what_was_entered_is_shown_and_a_draft_goes_out_with_the_round(
    admin_client: Client, world: SimpleNamespace
) -> None:
    outcome = outcome_of_fish(world, state="draft")
    fields = fields_of(admin_client, desk_of(world.round2))
    shown = end(
        world.fish,
        {world.arden: "Counts its own"},
        kind="agreed-in-part",
        line="Salmon only",
        days="2010-03-06",
    )
    assert fields | shown == fields
    chosen = {"with": [f"issues.outcome:{outcome.pk}"]}
    assert publish(admin_client, world.round2, chosen).status_code == 302
    outcome.refresh_from_db()
    assert outcome.is_published


def test_an_outcome_of_another_day_is_only_told(
    admin_client: Client, world: SimpleNamespace
) -> None:
    outcome_of_fish(world, dates=days("2010-02-01"), kind="given-up")
    fields = fields_of(admin_client, desk_of(world.round2))
    assert f"end-{world.fish.pk}-kind" not in fields  # nothing is selected
    assert "before: given up" in admin_client.get(desk_of(world.round2)).content.decode()
    assert "before: given up" not in admin_client.get(desk_of(world.round1)).content.decode()


@pytest.mark.slow
def test_what_was_entered_is_changed_in_its_place(
    admin_client: Client, world: SimpleNamespace
) -> None:
    source = worlds.create_source()
    outcome = outcome_of_fish(world, state="draft", source=source)
    gists = {world.arden: "", world.corrie: "Pays for the count"}
    typed = SOURCE | end(world.fish, gists, line="Salmon, for a year")
    assert problems(sit(admin_client, world.round2, typed, "draft")) == []
    outcome.refresh_from_db()
    assert (outcome.line, outcome.source) == ("Salmon, for a year", source)
    assert gists_of(outcome) == {"corrie": "Pays for the count"}
    typed = SOURCE | end(world.fish, kind="given-up")
    assert problems(sit(admin_client, world.round2, typed, "draft")) == []
    outcome.refresh_from_db()
    assert (outcome.kind, outcome.source) == ("given-up", world.gazette)


def test_a_change_of_what_readers_see_asks_for_a_note(
    admin_client: Client, world: SimpleNamespace
) -> None:
    outcome_of_fish(world)
    typed = end(world.fish, line="Salmon, for a year")
    assert sit(admin_client, world.round2, typed).context["preview"].note
    refused = sit(admin_client, world.round2, typed, "draft")
    assert "Readers see this already" in problems(refused)[0]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"line": "Salmon"}, "Outcome of Fish: how it ended: Say how it ended."),
        ({"kind": "kept"}, "Outcome of Fish: in one line: Say it in one line."),
        ({"kind": "kept", "line": "x" * 61}, "Outcome of Fish: in one line: Ensure this value"),
        ({"kind": "kept", "line": "No", "days": "soon"}, "Outcome of Fish: date: Give days as"),
        ({"kind": "kept", "line": "No", "source": "Lost"}, "Nothing is called “Lost”."),
        ({"kind": "won", "line": "No"}, "Outcome of Fish: how it ended: Select a valid choice"),
    ],
)
def test_what_is_lacking_is_told_at_its_input_and_nothing_is_lost(
    admin_client: Client, world: SimpleNamespace, typed: dict[str, str], problem: str
) -> None:
    gists = {world.arden: "Counts its own"}
    refused = sit(admin_client, world.round2, SOURCE | end(world.fish, gists, **typed), "draft")
    assert problem in problems(refused)[0]
    fields = fields_of_page(refused)
    kept = end(world.fish, gists, **{name: typed[name] for name in typed if name != "kind"})
    assert fields | kept == fields
    assert not PartyOutcome.objects.filter(outcome__issue=world.fish).exists()


def test_it_needs_a_source(admin_client: Client, world: SimpleNamespace) -> None:
    typed = end(world.fish, kind="kept", line="Nobody counts")
    assert problems(sit(admin_client, world.round2, typed, "draft")) == [
        "Outcome of Fish: source: Name the source, here or for the whole sitting."
    ]


def test_an_issue_has_one_outcome_a_day(admin_client: Client, world: SimpleNamespace) -> None:
    outcome_of_fish(world, dates=days("2010-03-01"))
    refused = sit(admin_client, world.round2, parted(world, days="2010-03-01"), "draft")
    assert problems(refused) == [
        "Outcome of Fish: The record has an outcome of this issue on that day."
    ]


def test_it_is_not_emptied_at_the_desk(admin_client: Client, world: SimpleNamespace) -> None:
    outcome_of_fish(world, state="draft")
    (problem,) = problems(sit(admin_client, world.round2, end(world.fish, kind=""), "draft"))
    assert "is deleted on its own page of the admin" in problem


@pytest.mark.slow
def test_two_editors_of_one_outcome_choose(admin_client: Client, world: SimpleNamespace) -> None:
    outcome = outcome_of_fish(world, state="draft")
    page = desk_of(world.round2)
    fields = fields_of(admin_client, page)
    outcome.line = "Salmon, for a year"
    outcome.save()
    mine = fields | end(world.fish, line="Salmon, for ever") | press("draft")
    answer = admin_client.post(page, mine)
    assert answer.status_code == 409
    (conflict,) = answer.context["desk"].choices
    assert (conflict.title, conflict.was) == (
        "Outcome of Fish",
        "agreed in part · Salmon only · 2010-03-06 · Counts its own",
    )
    chosen = fields_of_page(answer) | {f"choose-{conflict.prefix}": "mine"} | press("draft")
    assert admin_client.post(page, chosen).status_code == 302
    outcome.refresh_from_db()
    assert outcome.line == "Salmon, for ever"


@pytest.mark.slow
def test_what_only_another_editor_changed_is_taken_over(
    admin_client: Client, world: SimpleNamespace
) -> None:
    outcome = outcome_of_fish(world, state="draft")
    page = desk_of(world.round2)
    fields = fields_of(admin_client, page)
    outcome.parties.update(gist="Counts all of them")
    outcome.note = "Heard twice."  # a test is a single moment: a line alone makes no new version
    outcome.save()
    answer = admin_client.post(page, fields | said(issues="water") | SOURCE | press("draft"))
    assert answer.status_code == 409
    shown = fields_of_page(answer)
    assert shown | end(world.fish, {world.arden: "Counts all of them"}) == shown


# What it warns of


def test_an_end_without_an_outcome(admin_client: Client, world: SimpleNamespace) -> None:
    Outcome.objects.filter(issue=world.water).delete()
    closed = SOURCE | far(world.water, level="closed")
    assert warnings_of(sit(admin_client, world.round2, closed)) == [
        (
            "Water",
            "“Water” is marked as “closed” at the meeting “Round 2”, but it has no outcome."
            " Enter how it ended.",
        )
    ]
    outcome = end(world.water, kind="kept", line="The dam stays")
    assert warnings_of(sit(admin_client, world.round2, closed | outcome)) == []


def test_a_position_after_the_end_is_told_once(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = SOURCE | said(issues="fish", parties="arden", speakers="alder")
    typed |= at(world.fish, world.arden, stance="opposes", gist="No")
    typed |= end(world.fish, kind="kept", line="Nobody counts", days="2010-03-05")
    assert warnings_of(sit(admin_client, world.round2, typed)) == [
        (
            "Arden on Fish",
            "The position “Arden · Fish: opposes” (8 March 2010) was taken after the issue had"
            " ended: kept as it was, 5 March 2010. Readers see the outcome in its place.",
        )
    ]


def test_a_day_outside_of_the_meeting(admin_client: Client, world: SimpleNamespace) -> None:
    (warning,) = warnings_of(sit(admin_client, world.round2, parted(world, days="2010-03-20")))
    assert warning == (
        "Fish",
        "This date, 20 March 2010, is outside the meeting “Round 2” (4–8 March 2010).",
    )


def test_drafts_of_others_stay_out_of_the_preview(
    admin_client: Client, world: SimpleNamespace
) -> None:
    """The world has a draft of an outcome, which the round does not publish unless it is ticked."""
    assert Outcome.objects.filter(line=SECRET, state="draft").exists()
    previewed = sit(admin_client, world.round2, parted(world))
    assert not [line for line in changes(previewed) if SECRET in line]
