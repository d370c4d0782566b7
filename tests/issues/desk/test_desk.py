"""The round desk: a round's outcome entered on one screen, without script."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from issues.desk.state import DeskState
from issues.desk.vocabulary import build_vocabulary
from issues.models import Position, Progress, Proposal
from rounds.history.versions import load_versions
from rounds.models import Party, Person, Round, Source, Statement
from tests import world as worlds
from tests.desk import address as change_page
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


def publish(client: Client, meeting: Round, typed: dict[str, Any]) -> Any:
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
    assert (term.measure, str(term)) == (world.share, "between 40.0000")
    assert term.high == 45
    held = {one.gist: one for one in Position.objects.filter(since__startswith="2010-03-08")}
    assert held["Yearly"].statement == first
    assert held["Yearly"].condition == "Brume pays"
    assert held["Not at all"].statement == second  # the only one that speaks for Corrie on fish
    assert held["Two fifths would do"].proposal == proposal
    assert {one.state for one in held.values()} == {"draft"}
    noted = Progress.objects.get(summary="No numbers.")
    assert (noted.source, noted.state, noted.round) == (source, "draft", world.round2)


@pytest.mark.slow
def test_it_is_published_together(admin_client: Client, world: SimpleNamespace) -> None:
    typed = (
        row("q", 0, source="gazette: the first")
        | said(issues="fish", speakers="alder")
        | at(world.fish, world.arden, stance="supports", gist="Count them")
    )
    typed |= {"round-summary": "Fish moved, too.", "correction": "Entered late."}
    assert problems(publish(admin_client, world.round2, typed)) == []
    held: Any = Position.objects.get(gist="Count them")
    assert (held.state, held.statement.state) == ("published", "published")
    entered = [(Position, held.pk), (Statement, held.statement_id), (Round, world.round2.pk)]
    for own in load_versions(entered).values():
        assert own[-1].who == "admin"
    assert held.statement.source == world.gazette
    world.round2.refresh_from_db()
    assert world.round2.summary == "Fish moved, too."
    assert "Count them" in Client().get("/issues/fish/").content.decode()


def test_the_preview_says_it_in_words_and_stores_nothing(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = (
        row("q", 0, source="gazette", publisher="")
        | row("q", 0, source="https://gazette.example/new", publisher="The Gazette", title="New")
        | said(issues="water", speakers="alder")
        | at(world.water, world.arden, stance="open-if", gist="Less", condition="rain comes")
        | far(world.water, level="stuck")
    )
    before = counts()
    response = sit(admin_client, world.round2, typed)
    assert problems(response) == []
    told = changes(response)
    assert told[0].startswith("Arden on Water: demands → ◐ open if rain comes · Less · rests on S1")
    assert "Water: advancing → stuck" in told[1]
    assert any(line.startswith("S1: Said 0 · Ada Alder · for Arden · on Water") for line in told)
    assert any(line.startswith("source: The Gazette: New") for line in told)
    before_table, after_table = response.context["preview"].tables
    assert before_table.rows[0][1][0][0].stance == "demands"
    assert [marked for _cell, marked in after_table.rows[0][1]] == [True, False, False]
    assert counts() == before
    world.demand.refresh_from_db()
    assert world.demand.stance == "demands"


@pytest.mark.parametrize(
    ("gist", "change"), [("Still half", "shifted"), ("half must stay", "restated")]
)
def test_the_same_stance_again_is_a_change_without_another_stance(
    admin_client: Client, world: SimpleNamespace, gist: str, change: str
) -> None:
    typed = row("q", 0, source="gazette: the first") | said(issues="water", speakers="alder")
    typed |= at(world.water, world.arden, gist=gist)
    response = sit(admin_client, world.round2, typed)
    assert f"Arden on Water: demands → ▲ {change}" in changes(response)[0]
    before, after = (table.rows[0][1][0][0] for table in response.context["preview"].tables)
    assert (before.gist, after.gist) == ("Half must stay", gist)
    assert before.since == after.since
    assert problems(sit(admin_client, world.round2, typed, "draft")) == []
    assert Position.objects.get(gist=gist).stance == "demands"


def test_what_was_entered_is_changed_in_its_place(
    admin_client: Client, world: SimpleNamespace
) -> None:
    entered = Position.objects.get(gist="Would talk")
    typed = at(world.water, world.brume, gist="Would talk now") | {"correction": "Clearer words."}
    assert problems(publish(admin_client, world.round2, typed)) == []
    changed = Position.objects.get(gist="Would talk now")
    assert (changed.pk, changed.since) == (entered.pk, entered.since)


def test_other_evidence_of_another_day_makes_another_position(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = (
        row("q", 0, source="gazette: the first")
        | said(issues="water", speakers="birch", days="2010-03-07")
        | at(world.water, world.brume, gist="Will talk", evidence="S1")
    )
    assert problems(sit(admin_client, world.round2, typed, "draft")) == []
    assert Position.objects.get(gist="Would talk").state == "published"
    assert Position.objects.get(gist="Will talk").since == days("2010-03-07")


def test_it_rests_on_what_the_record_has_already(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = at(world.fish, world.brume, stance="opposes", gist="No", evidence="no dam")
    assert problems(sit(admin_client, world.round2, typed, "draft")) == []
    assert Position.objects.get(gist="No").statement == world.denied


@pytest.mark.slow
def test_a_pasted_address_finds_its_source(admin_client: Client, world: SimpleNamespace) -> None:
    address = str(world.gazette.url).replace("https://", "http://www.") + "/?utm_source=mail#top"
    for words in (address, "gazette: the first", "the first day"):
        typed = row("q", 0, source=words) | said(summary=f"By {words}")
        assert problems(sit(admin_client, world.round2, typed, "draft")) == []
        assert Statement.objects.get(summary=f"By {words}").source == world.gazette


def test_a_new_address_tells_its_publisher(admin_client: Client, world: SimpleNamespace) -> None:
    typed = row("q", 0, source="https://gazette.example/evening", title="Evening") | said()
    assert problems(sit(admin_client, world.round2, typed, "draft")) == []
    assert Source.objects.get(title="Evening").publisher == "The Gazette"
    typed = row("q", 0, source="https://unheard.example/evening", title="Evening") | said()
    assert (
        "Source 1: publisher: A new source needs"
        in problems(sit(admin_client, world.round2, typed, "draft"))[0]
    )


def test_several_rows_that_fit_are_a_question(admin_client: Client, world: SimpleNamespace) -> None:
    typed = (
        row("q", 0, source="gazette: the first")
        | said(0, issues="fish", speakers="alder")
        | said(1, issues="fish", speakers="alder")
        | at(world.fish, world.arden, stance="opposes", gist="No")
    )
    told = problems(sit(admin_client, world.round2, typed))
    assert told == ["Arden on Fish: rests on: It may rest on any of S1; S2: say which."]


def test_a_row_takes_what_it_leaves_blank_from_the_sitting(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = (
        row("q", 0, source="gazette: the first")
        | {"sitting-days": "2010-03", "sitting-basis": "unnamed"}
        | {"sitting-attribution": "an aide"}
        | said(0, speakers="", parties="brume")
        | said(1, speakers="birch", basis="on-record", days="2010-03-05 to 2010-03-06")
        | said(2, speakers="", parties="-", source="herald")
    )
    assert problems(sit(admin_client, world.round2, typed, "draft")) == []
    first, second, third = Statement.objects.order_by("-pk")[:3][::-1]
    assert (first.dates, first.approximate) == (days("2010-03-01", "2010-03-31"), True)
    assert (first.basis, first.attribution) == ("unnamed", "an aide")
    assert (second.dates, second.attribution) == (days("2010-03-05", "2010-03-06"), "")
    assert (third.source, third.parties.count()) == (world.herald, 0)


@pytest.mark.parametrize(
    ("typed", "basis", "parties"),
    [
        ({"speakers": "birch"}, "on-record", ["brume"]),
        ({"speakers": "birch; alder"}, "on-record", ["brume", "arden"]),
        ({"speakers": "", "parties": "brume"}, "reporting", ["brume"]),
        ({"speakers": "", "attribution": "an aide"}, "unnamed", []),
        ({"speakers": "", "basis": "document", "parties": "arden"}, "document", ["arden"]),
    ],
)
def test_a_row_speaks_for_its_speaker_and_on_the_record_only_with_one(
    admin_client: Client,
    world: SimpleNamespace,
    typed: dict[str, str],
    basis: str,
    parties: list[str],
) -> None:
    """Whatever the row above it says."""
    above = said(0, speakers="alder", summary="Another matter altogether.")
    entry = row("q", 0, source="gazette: the first") | above | said(1, **typed)
    assert problems(sit(admin_client, world.round2, entry, "draft")) == []
    record = Statement.objects.get(summary="Said 1")
    assert record.basis == basis
    assert {party.code for party in record.parties.all()} == set(parties)


# What is doubtful


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "warning"),
    [
        (
            said(speakers="alder", parties="brume"),
            "S1: Ada Alder belongs to a party (Arden) for which this",
        ),
        (said(speakers=""), "S1: No speaker is named. The basis is “reporting”."),
        (said(days="2081-03-05"), "S1: This date has not come yet: 5 March 2081."),
        (said(days="2010-04-01"), "S1: This date, 1 April 2010, is outside the meeting “Round 2”"),
        (said(summary="No dam was ever spoken of!"), "S1: The record has almost the same words"),
    ],
)
def test_the_preview_warns_and_stores_if_told_to(
    admin_client: Client, world: SimpleNamespace, typed: dict[str, str], warning: str
) -> None:
    entry = row("q", 0, source="gazette: the first") | typed
    previewed = sit(admin_client, world.round2, entry)
    assert problems(previewed) == []
    assert [line for line in changes(previewed) if line.startswith(warning)]
    assert problems(sit(admin_client, world.round2, entry, "draft")) == []


def test_the_preview_warns_of_evidence_of_another_party_and_issue(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = row("q", 0, source="gazette: the first") | said(speakers="alder", issues="fish")
    typed |= at(world.water, world.corrie, stance="supports", gist="Yes", evidence="S1")
    warnings = sit(admin_client, world.round2, typed).context["preview"].warnings
    assert warnings == [
        (
            "Corrie on Water",
            "The position “Corrie · Water: supports” rests on a statement made for "
            "another party (Arden): “Said 0”.",
        ),
        ("Corrie on Water", "S1 did not name this issue. The issue is added to that row."),
    ]


def test_the_preview_warns_of_each_row(admin_client: Client, world: SimpleNamespace) -> None:
    typed = row("q", 0, source="gazette: the first") | said(speakers="") | said(1, speakers="")
    warnings = sit(admin_client, world.round2, typed).context["preview"].warnings
    assert [label for label, text in warnings if text.startswith("No speaker")] == ["S1", "S2"]


LOWEST = "is on an issue of the front page and rests only on sources of the lowest rank"


def test_the_preview_warns_once_of_what_rests_on_the_lowest_rank(
    admin_client: Client, world: SimpleNamespace
) -> None:
    Source.objects.filter(pk=world.gazette.pk).update(rank="other")
    typed = row("q", 0, source="gazette: the first") | said(issues="water", speakers="birch")
    typed |= at(world.water, world.brume, stance="opposes", gist="Not now", evidence="S1")
    typed |= far(world.water, level="stuck", summary="No way on.")
    warnings = sit(admin_client, world.round2, typed).context["preview"].warnings
    assert [label for label, text in warnings if LOWEST in text] == [
        "Brume on Water",
        "Water",
    ]
    assert all(text.count(f": {world.gazette}. Cite") for _label, text in warnings)


def test_the_preview_warns_of_no_rank_where_a_source_is_better_or_no_issue_is_in_front(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = row("q", 0, source="gazette: the first") | said(issues="water", speakers="birch")
    assert sit(admin_client, world.round2, typed).context["preview"].warnings == []
    Source.objects.filter(pk=world.gazette.pk).update(rank="other")
    typed = row("q", 0, source="gazette: the first") | said(issues="fish", speakers="birch")
    assert sit(admin_client, world.round2, typed).context["preview"].warnings == []


def test_what_is_sound_is_stored_without_a_warning(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = row("q", 0, source="gazette: the first") | said(issues="water", speakers="birch")
    typed |= at(world.water, world.brume, stance="opposes", gist="Not now", evidence="S1")
    assert sit(admin_client, world.round2, typed).context["preview"].warnings == []


# What is refused


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (said(speakers="nobody"), "S1: speakers: Nothing is called “nobody”."),
        (said(speakers="freeland; b"), "Nothing is called “freeland”"),
        (said(speakers=SECRET, issues="aqua"), "S1: issues it touches: Nothing is called “aqua”."),
        (said(summary=""), "S1: what was said: This field is required."),
        (said(quotation="one two three four five six seven eight nine"), "at most eight words"),
        (said(basis="unnamed"), "Whoever is unnamed has no name here"),
        (said(basis="on-record", speakers=""), "“On the record” needs a speaker with a name."),
        (said(basis="unnamed", speakers=""), "Say how the source describes whoever is unnamed."),
        (said(unnamed_count="2"), "Only unnamed sources have a number or a reason."),
        (said(days="yesterday"), "S1: date: Give days as 2031-05-21"),
        (said(days="2010-03-08 to 2010-03-01"), "is before the first"),
        (said(days="1066-10-14"), "Give days between the years 1900 and 2100."),
        ({"sitting-days": ""}, "The sitting: date: This field is required."),
        (row("p", 0, title="Dams"), "P1: issue: This field is required."),
        (row("p", 0, title="Dams", issue="water", parties="-"), "Say who tabled it."),
        (
            row("p", 0, title="Dams", issue="water", parties="arden", numbers="many"),
            "P1: its numbers: “many” is no number of a proposal.",
        ),
        (
            row("p", 0, title="Dams", issue="fish", parties="arden", numbers="share at least 5"),
            "Nothing is called “share”",
        ),
        (
            row(
                "p",
                0,
                title="Dams",
                issue="water",
                parties="arden",
                numbers="share between 5 and 4",
            ),
            "“between” needs a higher second value",
        ),
        ({"round-status": "cancelled"}, "The round: outcome: A meeting that was not held"),
        (row("n", 0, role="Envoy"), "New person 1: name: This field is required."),
    ],
)
def test_a_rule_is_told_at_its_row_and_nothing_is_lost(
    admin_client: Client, world: SimpleNamespace, typed: dict[str, str], words: str
) -> None:
    typed = row("q", 0, source="gazette: the first") | said(2, summary="Kept as typed") | typed
    before = counts()
    for action in ("preview", "draft"):
        response = sit(admin_client, world.round2, typed, action)
        assert response.status_code == 200
        assert words in "\n".join(problems(response))
        fields = fields_of_page(response)
        assert {name: fields.get(name, "").strip() for name in typed} == typed
        assert counts() == before


def fields_of_page(response: Any) -> dict[str, Any]:
    """What a browser would send from the page that came back."""
    return fields_of(SimpleNamespace(get=lambda _page: response), "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ({"stance": "opposes"}, "gist: Say it in one line."),
        ({"stance": "opposes", "gist": "x" * 161}, "at most 160 characters"),
        ({"stance": "open-if", "gist": "Yes"}, "“open if…” needs its condition"),
        ({"stance": "opposes", "gist": "No", "condition": "rain"}, "no other stance has one"),
        ({"stance": "loves", "gist": "No"}, "Select a valid choice."),
        ({"stance": "opposes", "gist": "No"}, "Say which statement or proposal it rests on"),
        ({"stance": "opposes", "gist": "No", "evidence": "S9"}, "Nothing is called “S9”."),
        ({"stance": "opposes", "gist": "No", "evidence": "a third"}, "This proposal is on another"),
        ({"stance": "", "gist": "No", "evidence": "no dam"}, "Choose a stance."),
    ],
)
def test_a_cell_says_what_it_lacks(
    admin_client: Client, world: SimpleNamespace, cell: dict[str, str], words: str
) -> None:
    before = counts()
    response = sit(admin_client, world.round2, at(world.fish, world.brume, **cell), "draft")
    assert response.status_code == 200
    told = problems(response)
    assert words in "\n".join(told)
    assert all(one.startswith("Brume on Fish") for one in told)
    fields = fields_of_page(response)
    assert fields | at(world.fish, world.brume, **{"stance": "", **cell}) == fields or cell[
        "stance"
    ] in {"loves", ""}
    assert counts() == before


def test_a_row_to_be_put_right_is_told_once(admin_client: Client, world: SimpleNamespace) -> None:
    """Not at the cell as well that would rest on it."""
    typed = row("q", 0, source="nobody wrote this") | said(issues="fish", speakers="nobody")
    typed |= at(world.fish, world.arden, stance="opposes", gist="No") | far(
        world.fish, level="stuck"
    )
    told = problems(sit(admin_client, world.round2, typed))
    assert [one.split(":")[0] for one in told] == ["Source 1", "Source 1", "S1"]


def test_one_bad_cell_keeps_everything_out(admin_client: Client, world: SimpleNamespace) -> None:
    typed = (
        row("q", 0, source="https://gazette.example/new", publisher="The Gazette", title="New")
        | row("n", 0, name="Cy Cole")
        | said(issues="fish", speakers="alder")
        | at(world.fish, world.arden, stance="opposes", gist="No")
        | at(world.fish, world.brume, stance="supports", gist="Yes", evidence="third")
    )
    before = counts()
    for action in ("preview", "draft", "publish"):
        response = sit(admin_client, world.round2, typed, action)
        assert "This proposal is on another issue." in problems(response)[0]
        assert counts() == before


def test_another_stance_drops_the_condition_and_says_so(
    admin_client: Client, world: SimpleNamespace
) -> None:
    """Also without script, where the condition stays in its input."""
    typed = at(world.water, world.brume, stance="opposes") | {"correction": "Misread."}
    previewed = sit(admin_client, world.round2, typed)
    assert problems(previewed) == []
    assert "its condition is dropped: the dam goes" in changes(previewed)[0]
    assert problems(publish(admin_client, world.round2, typed)) == []
    changed = Position.objects.get(gist="Would talk")
    assert (changed.stance, changed.condition) == ("opposes", "")


@pytest.mark.slow
def test_a_day_that_is_taken_is_told_at_the_cell(
    admin_client: Client, world: SimpleNamespace
) -> None:
    said_then = worlds.create_statement(
        dates=days("2010-03-01", "2010-03-02"), round=world.round2, parties=[world.brume]
    )
    typed = at(world.water, world.brume, gist="No", evidence=said_then.slug)
    response = sit(admin_client, world.round2, typed | {"correction": "x"})
    assert problems(response) == []  # the same first day: it is the same position
    worlds.create_position(
        issue=world.water, party=world.brume, since=days("2010-03-05"), stance="opposes"
    )
    later = worlds.create_statement(dates=days("2010-03-01"), round=world.round2)
    typed = at(world.water, world.brume, gist="No", evidence=later.slug)
    told = problems(sit(admin_client, world.round2, typed))
    assert "The record has a position of this party on this issue from that day." in told[0]


@pytest.mark.slow
def test_nonsense_in_the_request_is_no_500(admin_client: Client, world: SimpleNamespace) -> None:
    page = desk_of(world.round2)
    for post in (
        {},
        {"action": "publish"},
        fields_of(admin_client, page) | {"round-status": "dreamt", "action": "publish"},
        {"action": "rows", "s-TOTAL_FORMS": "many"},
        {"seen": "[]", "s-TOTAL_FORMS": "100000", "s-INITIAL_FORMS": "0"},
        {"seen": '{"texts": [], "versions": {"x": "y"}}', "conflict": "nowhere"},
        fields_of(admin_client, page) | {"with": "rounds.round:0", "s-0-summary": "\x00"},
    ):
        assert admin_client.post(page, post).status_code in {200, 409}
    assert admin_client.get(desk_of(Round(pk=0))).status_code == 404


# Rows without script


def test_more_rows_keep_what_was_typed(admin_client: Client, world: SimpleNamespace) -> None:
    typed = said(2, summary="Third") | at(world.fish, world.arden, stance="opposes")
    fields = fields_of_page(sit(admin_client, world.round2, typed, "rows"))
    assert fields["s-2-summary"].strip() == "Third"
    assert fields[f"at-{world.fish.pk}-{world.arden.pk}-stance"] == "opposes"
    assert int(fields["s-TOTAL_FORMS"]) == 8
    assert "s-7-summary" in fields


def test_what_a_browser_kept_comes_back_as_typed(
    admin_client: Client, world: SimpleNamespace
) -> None:
    """Unjudged, with what the page had shown then: a change made meanwhile is still told."""
    typed = said(4, summary="Fifth", speakers="nobody") | {"s-TOTAL_FORMS": "5"}
    kept = fields_of(admin_client, desk_of(world.round2)) | typed
    kept |= at(world.water, world.brume, gist="Talks")
    Position.objects.filter(gist="Would talk").update(gist="Would listen")
    restored = admin_client.post(desk_of(world.round2), kept | press("restore"))
    assert problems(restored) == []
    fields = fields_of_page(restored)
    assert {name: fields[name].strip() for name in typed} == typed
    assert admin_client.post(desk_of(world.round2), fields | press("preview")).status_code == 409


def test_what_the_round_has_is_shown_with_the_page_that_changes_it(
    admin_client: Client, world: SimpleNamespace
) -> None:
    page = admin_client.get(desk_of(world.round2)).content.decode()
    draft = Statement.objects.get(slug=SECRET)
    for record in (world.denied, world.third, draft):
        assert f'<a href="{change_page(type(record), record)}">{record}</a>' in page


# Drafts, publication, permission


@pytest.fixture
def contributor(client: Client, db: None) -> Client:
    """Logged in as somebody who writes drafts."""
    user = User.objects.create_user("cato", is_staff=True)
    user.groups.add(Group.objects.get(name="Contributors"))
    client.force_login(user)
    return client


def entry(world: SimpleNamespace) -> dict[str, str]:
    return (
        row("q", 0, source="gazette: the first")
        | said(issues="fish", speakers="alder")
        | at(world.fish, world.arden, stance="supports", gist="Count them")
    )


@pytest.mark.slow
def test_a_contributor_writes_drafts_and_publishes_by_no_request(
    contributor: Client, world: SimpleNamespace
) -> None:
    page = desk_of(world.round2)
    fields = fields_of(contributor, page) | entry(world)
    previewed = contributor.post(page, fields | press("preview"))
    assert problems(previewed) == []
    assert 'value="publish"' not in previewed.content.decode()
    forged = fields | press("publish") | {"previewed": digest_of(previewed)}
    response = contributor.post(page, forged)
    assert response.status_code == 403
    assert fields_of_page(response)["s-0-summary"].strip() == "Said 0"  # not lost
    assert not Position.objects.filter(gist="Count them").exists()
    assert contributor.post(page, fields | press("draft")).status_code == 302
    assert Position.objects.get(gist="Count them").state == "draft"
    assert "Count them" not in Client().get("/issues/fish/").content.decode()


def digest_of(response: Any) -> str:
    return str(response.context["digest"])


@pytest.mark.parametrize("action", ["preview", "draft"])
def test_a_contributor_changes_nothing_that_readers_see(
    contributor: Client, world: SimpleNamespace, action: str
) -> None:
    typed = {"round-summary": "All is well."} | at(world.water, world.brume, gist="Talks")
    told = problems(sit(contributor, world.round2, typed | {"correction": "x"}, action))
    assert len([one for one in told if "Readers see this already" in one]) == 2
    world.round2.refresh_from_db()
    assert world.round2.summary == "Water moved, fish did not."


def test_a_stranger_has_no_desk(client: Client, world: SimpleNamespace) -> None:
    assert client.get(desk_of(world.round2)).status_code == 302
    client.force_login(User.objects.create_user("guest", is_staff=True))
    assert client.get(desk_of(world.round2)).status_code == 403


@pytest.mark.slow
def test_it_is_published_only_as_previewed(admin_client: Client, world: SimpleNamespace) -> None:
    page = desk_of(world.round2)
    fields = fields_of(admin_client, page) | entry(world)
    previewed = admin_client.post(page, fields | press("preview"))
    digest = {"previewed": digest_of(previewed)}
    changed = fields | digest | said(issues="fish", speakers="alder", summary="Otherwise")
    response = admin_client.post(page, changed | press("publish"))
    assert problems(response) == ["Something was typed since the preview: look once more."]
    assert not Position.objects.filter(gist="Count them").exists()
    again = fields_of_page(response) | press("publish")
    assert admin_client.post(page, again).status_code == 302
    assert Statement.objects.get(summary="Otherwise").state == "published"


@pytest.mark.slow
def test_a_change_of_what_readers_saw_asks_for_a_note(
    admin_client: Client, world: SimpleNamespace
) -> None:
    page = desk_of(world.round2)
    typed = at(world.water, world.brume, gist="Would talk now")
    previewed = sit(admin_client, world.round2, typed)
    assert "tell them in a note" in previewed.context["preview"].note
    fields = fields_of_page(previewed) | press("publish")
    response = admin_client.post(page, fields)
    assert "note to readers: Readers have seen this before" in problems(response)[0]
    assert Position.objects.filter(gist="Would talk").exists()
    noted = fields | {"correction": "We had misread it."}
    assert admin_client.post(page, noted).status_code == 302
    assert "We had misread it." in [
        version.note
        for own in load_versions([(Position, _brume(world))]).values()
        for version in own
    ]


def _brume(world: SimpleNamespace) -> int:
    return int(Position.objects.get(gist="Would talk now").pk)


def test_drafts_of_the_round_go_out_with_it(admin_client: Client, world: SimpleNamespace) -> None:
    page = desk_of(world.round2)
    labels = re.findall(r'name="with" value="([^"]+)"', admin_client.get(page).content.decode())
    hidden = [f"issues.position:{Position.objects.get(since__startswith='2010-03-07').pk}"]
    hidden += [f"rounds.statement:{Statement.objects.get(slug=SECRET).pk}"]
    assert set(hidden) < set(labels)
    fields = fields_of(admin_client, page) | {"with": hidden}
    response = admin_client.post(page, fields | press("preview"))
    assert problems(response) == []
    response = admin_client.post(
        page, fields | press("publish") | {"previewed": digest_of(response)}
    )
    assert response.status_code == 302
    assert Statement.objects.get(slug=SECRET).state == "published"


@pytest.mark.slow
def test_a_position_on_a_draft_that_stays_is_not_published(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = at(world.fish, world.arden, stance="opposes", gist="No", evidence=SECRET)
    draft = Statement.objects.get(slug=SECRET)
    Proposal.objects.filter(slug=SECRET).delete()
    previewed = sit(admin_client, world.round2, typed)
    assert problems(previewed) == []
    assert "is still a draft: publish it first." in previewed.context["preview"].refused[0]
    assert 'value="publish"' not in previewed.content.decode()
    typed |= {"with": f"rounds.statement:{draft.pk}"}
    assert sit(admin_client, world.round2, typed).context["preview"].refused == []


def test_the_round_itself_goes_out_unless_it_is_unticked(
    admin_client: Client, world: SimpleNamespace
) -> None:
    meeting = worlds.create_round(slug="round-3", dates=days("2010-05-01"), state="draft")
    assert problems(publish(admin_client, meeting, entry(world))) == []
    meeting.refresh_from_db()
    assert meeting.state == "published"


@pytest.mark.slow
def test_where_a_second_editor_must_approve_the_first_keeps_a_draft(
    admin_client: Client, world: SimpleNamespace, settings: Any
) -> None:
    settings.SECOND_EDITOR = True
    previewed = sit(admin_client, world.round2, entry(world))
    assert "A second editor must approve this" in previewed.context["preview"].refused[0]
    forged = fields_of_page(previewed) | press("publish")
    refused = admin_client.post(desk_of(world.round2), forged)
    assert "A second editor must approve this" in problems(refused)[0]
    assert not Position.objects.filter(gist="Count them").exists()
    assert problems(sit(admin_client, world.round2, entry(world), "draft")) == []

    second = Client()
    second.force_login(User.objects.create_superuser("second"))
    drafts = [Position.objects.get(gist="Count them"), Statement.objects.get(summary="Said 0")]
    labels = {"with": [f"{one._meta.label_lower}:{one.pk}" for one in drafts]}
    assert problems(publish(second, world.round2, labels)) == []
    assert Position.objects.get(gist="Count them").state == "published"


def test_a_leftover_in_a_stored_text_is_no_change_by_somebody_else(
    admin_client: Client, world: SimpleNamespace
) -> None:
    """The record may hold “_x000D_”; what a page posts is cleaned of it."""
    Round.objects.filter(pk=world.round2.pk).update(summary="They met._x000D_\nNo deal.")
    number = Round.objects.get(pk=world.round2.pk).version
    typed = row("q", 0, source="gazette: the first") | said(issues="water")
    assert sit(admin_client, world.round2, typed, "draft").status_code == 302
    assert Statement.objects.filter(summary="Said 0").exists()
    assert Round.objects.get(pk=world.round2.pk).version == number


def test_a_party_has_its_other_names_at_the_desk(world: SimpleNamespace) -> None:
    Party.objects.filter(pk=world.arden.pk).update(
        other_names="The Ardens, A. R. D.", translations={"other_names_fr": "Terre d’Arden; TA"}
    )
    state = DeskState(world.round2)
    for name in ("the ardens", "A. R. D.", "Terre d’Arden", "ta"):
        assert state.party_finder.find(name) == world.arden
    (column,) = (names for names in build_vocabulary(state)["columns"] if "arden" in names)
    assert {"The Ardens", "A. R. D.", "Terre d’Arden", "TA"} <= set(column)
