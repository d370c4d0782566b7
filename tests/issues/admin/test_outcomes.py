"""Outcomes of issues and earlier statuses of proposals on the pages of the admin."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from issues.models import EarlierStatus, Outcome, PartyOutcome, Position, Progress
from tests import world as worlds
from tests.desk import address, change, desk_of, enter, fields_of, publish, told
from tests.world import SECRET, create_contributor, days

ADD = address(Outcome, "add")


def typed(world: SimpleNamespace, **fields: Any) -> dict[str, Any]:
    """An outcome of fish as typed into its page."""
    entry = {"issue": world.fish.pk, "kind": "kept", "line": "Nobody counts", "state": "draft"}
    return entry | {"dates_0": "2010-03-08", "source": world.gazette.pk} | fields


def warned(client: Client, saved: Any) -> list[str]:
    """The warnings on the page that follows a save."""
    assert told(saved) == []
    page = client.get(saved["Location"])
    return [str(one) for one in page.context["messages"] if one.level_tag == "warning"]


def test_a_new_outcome_has_a_row_for_each_party(
    admin_client: Client, world: SimpleNamespace
) -> None:
    fields = fields_of(admin_client, ADD)
    rows = [fields[f"parties-{number}-party"] for number in range(3)]
    assert rows == [str(party.pk) for party in (world.arden, world.brume, world.corrie)]
    saved = enter(admin_client, ADD, **typed(world) | {"parties-1-gist": "Keeps its weirs"})
    assert told(saved) == []
    outcome = Outcome.objects.get(issue=world.fish)
    assert outcome.slug == "fish-2010-03-08"
    gists = outcome.parties.values_list("party__code", "gist")
    assert list(gists) == [("brume", "Keeps its weirs")]  # what was left empty is not stored
    assert "parties-1-party" not in fields_of(admin_client, address(Outcome, outcome))


def test_lines_and_gists_are_translated_and_end_at_60_characters(
    admin_client: Client, world: SimpleNamespace
) -> None:
    translated = {"line_fr": "Personne ne compte", "parties-0-gist_fr": "Compte les siens"}
    own = {"parties-0-gist": "Counts its own"}
    assert told(enter(admin_client, ADD, **typed(world) | own | translated)) == []
    row = PartyOutcome.objects.get(outcome__issue=world.fish)
    assert row.outcome.translations == {"line_fr": "Personne ne compte"}
    assert row.translations == {"gist_fr": "Compte les siens"}
    page = admin_client.get(ADD).content.decode()
    names = ["line", "line_es", "line_fr", "parties-0-gist", "parties-0-gist_fr"]
    for name in names:
        (box,) = (part for part in page.split("<input")[1:] if f'name="{name}"' in part)
        assert 'maxlength="60"' in box.partition(">")[0], name
    too_long = typed(world, line_fr="x" * 61, dates_0="2010-03-09")
    assert "at most 60 characters" in told(enter(admin_client, ADD, **too_long))[0]


def test_a_gist_is_told_where_it_lacks(admin_client: Client, world: SimpleNamespace) -> None:
    rows = {"parties": [{"party": world.arden.pk, "gist": ""}]}
    assert told(enter(admin_client, ADD, rows=rows, **typed(world))) == ["This field is required."]


@pytest.mark.slow
def test_it_is_entered_on_the_page_of_its_issue(
    admin_client: Client, world: SimpleNamespace
) -> None:
    row = {"kind": "moved", "line": "To the lake", "dates_0": "2010-03-08", "state": "draft"}
    rows = {"outcomes": [row | {"source": world.gazette.pk}]}
    assert told(change(admin_client, world.fish, rows=rows)) == []
    outcome = Outcome.objects.get(issue=world.fish)
    assert outcome.slug == "fish-2010-03-08"
    page = admin_client.get(address(type(world.fish), world.fish)).content.decode()
    assert address(Outcome, outcome) in page  # where the lines of the parties are


def test_it_is_found_in_lists_and_pickers(admin_client: Client, world: SimpleNamespace) -> None:
    outcome = worlds.create_outcome(
        issue=world.fish, dates=days("2010-03-08"), kind="moved", gists={"arden": "Counts"}
    )
    for query in (
        "?q=fish",
        "?q=counts",
        "?kind__exact=moved",
        f"?issue__id__exact={world.fish.pk}",
    ):
        rows = admin_client.get(address(Outcome) + query).context["cl"].result_list
        assert list(rows) == [outcome], query


def test_it_is_published_after_its_issue(admin_client: Client, world: SimpleNamespace) -> None:
    issue = worlds.create_issue(slug="tolls", state="draft")
    outcome = worlds.create_outcome(issue=issue, dates=days("2010-03-08"), state="draft")
    assert publish(admin_client, [outcome])[0] == (
        f"{outcome}: “Tolls” is still a draft: publish it first."
    )
    assert publish(admin_client, [issue]) == ["1 entry: published."]
    assert publish(admin_client, [outcome]) == ["1 entry: published."]


@pytest.mark.slow
def test_an_editor_previews_a_draft(admin_client: Client, world: SimpleNamespace) -> None:
    outcome = worlds.create_outcome(
        issue=world.fish, dates=days("2010-03-08"), line="Nobody counts", state="draft"
    )
    preview = admin_client.get(reverse("admin:issues_outcome_preview", args=[outcome.pk]))
    assert "Nobody counts" in preview.content.decode()
    outcome.refresh_from_db()
    assert not outcome.is_published


def test_a_published_outcome_is_changed_with_a_note_and_has_a_history(
    admin_client: Client, world: SimpleNamespace
) -> None:
    outcome = worlds.create_outcome(issue=world.fish, dates=days("2010-03-08"), line="As it was")
    assert (
        "Readers have seen this before"
        in told(change(admin_client, outcome, line="Salmon only"))[0]
    )
    saved = change(admin_client, outcome, line="Salmon only", correction="It was misheard.")
    assert told(saved) == []
    page = reverse("admin:issues_outcome_history", args=[outcome.pk])
    history = admin_client.get(page).content.decode()
    assert "As it was" in history
    assert "It was misheard." in history


def test_a_contributor_writes_drafts(client: Client, world: SimpleNamespace) -> None:
    cas = desk_of(create_contributor())
    assert told(enter(cas, ADD, **typed(world))) == []
    refused = enter(cas, ADD, **typed(world, dates_0="2010-03-07", state="published"))
    assert "published is not one of the available choices" in told(refused)[0]


def test_a_draft_is_deleted(admin_client: Client, world: SimpleNamespace) -> None:
    outcome = Outcome.objects.get(line=SECRET)
    page = reverse("admin:issues_outcome_delete", args=[outcome.pk])
    asked = fields_of(admin_client, page)
    assert admin_client.post(page, asked | {"post": "yes"}).status_code == 302
    assert not PartyOutcome.objects.filter(gist=SECRET).exists()


def test_a_proposal_has_its_earlier_statuses(admin_client: Client, world: SimpleNamespace) -> None:
    row = {"status": "agreed", "dates_0": "2010-03-06", "party": world.arden.pk}
    late = {"earlier_statuses": [row | {"dates_0": "2010-01-06"}]}
    note = {"correction": "Arden had agreed before."}
    assert told(change(admin_client, world.third, rows=late, **note)) == [
        "An earlier status lies between the day it was tabled and the day since its status of now."
    ]
    rows = {"earlier_statuses": [row | {"note_fr": "Par écrit"}]}
    assert told(change(admin_client, world.third, rows=rows, **note)) == []
    status = EarlierStatus.objects.get(proposal=world.third)
    assert (status.status, status.party, status.dates) == (
        "agreed",
        world.arden,
        days("2010-03-06"),
    )
    assert status.translations == {"note_fr": "Par écrit"}


# What saving warns of


@pytest.fixture
def water(world: SimpleNamespace) -> Any:
    """The issue that both rounds got somewhere with, without the draft of its outcome."""
    Outcome.objects.filter(issue=world.water).delete()
    return world.water


def level_at_round_2(world: SimpleNamespace, level: str) -> Progress:
    progress = Progress.objects.get(issue=world.water, round=world.round2)
    progress.level = level
    progress.save()
    return progress


def test_an_end_without_an_outcome(
    admin_client: Client, world: SimpleNamespace, water: Any
) -> None:
    warning = (
        "“Water” is marked as “dropped” at the meeting “Round 2”, but it has no outcome."
        " Enter how it ended."
    )
    progress = level_at_round_2(world, "dropped")
    for record in (progress, water):
        saved = change(admin_client, record, note="Checked.", correction="A note.")
        assert warned(admin_client, saved) == [warning]
    worlds.create_outcome(issue=water, dates=days("2010-03-08"), kind="given-up")
    saved = change(admin_client, progress, note="Again.", correction="A note.")
    assert warned(admin_client, saved) == []


@pytest.mark.slow
def test_an_outcome_before_the_issue_was_reopened(
    admin_client: Client, world: SimpleNamespace, water: Any
) -> None:
    outcome = worlds.create_outcome(issue=water, dates=days("2010-02-28"), state="draft")
    Position.objects.filter(issue=water).delete()
    assert warned(admin_client, change(admin_client, outcome, line="Half stays")) == []
    level_at_round_2(world, "reopened")
    assert warned(admin_client, change(admin_client, outcome, line="A third stays")) == [
        "“Water” was reopened at the meeting “Round 2” (4–8 March 2010), after this outcome"
        " (28 February 2010). If it ended again, enter another outcome."
    ]
    worlds.create_outcome(issue=water, dates=days("2010-03-08"))
    assert warned(admin_client, change(admin_client, outcome, line="Half stays")) == []


@pytest.mark.slow
def test_a_position_after_the_outcome(
    admin_client: Client, world: SimpleNamespace, water: Any
) -> None:
    outcome = worlds.create_outcome(
        issue=water, dates=days("2010-02-01"), kind="given-up", state="draft"
    )
    Position.objects.filter(issue=water, state="draft").delete()
    text = (
        "The position “Brume · Water: open if…” (early March 2010) was taken after the issue had"
        " ended: given up, 1 February 2010. Readers see the outcome in its place."
    )
    assert warned(admin_client, change(admin_client, outcome, line="Half stays")) == [text]
    position = Position.objects.published().get(issue=water, stance="open-if")
    saved = change(admin_client, position, gist="Would talk now", correction="A note.")
    assert warned(admin_client, saved) == [text]
