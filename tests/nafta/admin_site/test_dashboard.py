"""The front page of the desk: what needs somebody, for whom, and at what cost."""

import datetime as dt
import html
import re
from types import SimpleNamespace
from typing import Any

import pgtrigger
import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from issues.models import Position, Progress
from rounds.models import LinkCheck, Round, Source, Statement
from tests import world as worlds
from tests.desk import address
from tests.world import days

FRONT = "/admin/"


def block(client: Client, key: str) -> Any:
    found = [one for one in client.get(FRONT).context["blocks"] if one.key == key]
    return found[0] if found else None


def titles(client: Client, key: str) -> list[str]:
    one = block(client, key)
    return [entry.title for entry in one.entries] if one else []


def test_drafts_wait_by_kind_with_what_was_changed_last_first(
    admin_client: Client, world: SimpleNamespace
) -> None:
    before = block(admin_client, "drafts")
    assert {whole.title: whole.count for whole in before.lists} == {
        "Rounds": 2,
        "Statements": 2,
        "Proposals": 1,
        "Positions": 3,
        "Progress": 2,
        "Outcomes": 1,
        "Deadlines": 1,
        "Issues": 1,
        "Measures": 1,
    }
    assert before.count == 14
    for whole in before.lists:
        rows = admin_client.get(whole.url).context["cl"].result_list
        assert len(rows) == whole.count, whole
        assert {row.state for row in rows} == {"draft"}
    changed = Statement.objects.get(slug=worlds.SECRET)
    with pgtrigger.ignore("rounds.Statement:count_versions"):  # a test is a single moment
        later = timezone.now() + dt.timedelta(minutes=1)
        Statement.objects.filter(pk=changed.pk).update(changed_at=later, summary="Changed just now")
    first = block(admin_client, "drafts").entries[0]
    assert (first.title, first.detail) == ("Changed just now", "statement")
    assert first.url == address(Statement, changed)


@pytest.mark.slow
def test_what_is_ready_and_what_is_scheduled_have_their_own_place(
    admin_client: Client, world: SimpleNamespace
) -> None:
    soon = timezone.now() + dt.timedelta(days=1)
    late = timezone.now() - dt.timedelta(days=1)
    entries: dict[str, dict[str, Any]] = {
        "Ready": {"state": "ready"},
        "Going out": {"state": "ready", "publish_at": soon},
        "Stuck": {"state": "draft", "publish_at": late},
    }
    for summary, fields in entries.items():
        worlds.create_statement(dates=days("2010-01-09"), summary=summary, **fields)
    assert titles(admin_client, "ready") == ["Ready"]
    assert titles(admin_client, "scheduled") == ["Going out", worlds.SECRET, worlds.SECRET]
    assert titles(admin_client, "missed") == ["Stuck"]
    assert "scheduled for" in block(admin_client, "scheduled").entries[0].detail
    assert block(admin_client, "drafts").count == 14
    for key in ("ready", "scheduled", "missed"):
        wholes = block(admin_client, key).lists
        pages = [admin_client.get(whole.url).context["cl"].result_list for whole in wholes]
        found = [str(row) for rows in pages for row in rows]
        assert sorted(found) == sorted(titles(admin_client, key))


def test_meetings_and_deadlines_whose_day_has_passed_wait(
    admin_client: Client, world: SimpleNamespace
) -> None:
    today = timezone.localdate()
    yesterday = (today - dt.timedelta(days=1)).isoformat()
    worlds.create_round(slug="planned", dates=days("2010-05-01"), status="planned")
    worlds.create_round(slug="still-on", dates=days("2010-05-01", yesterday), status="under-way")
    worlds.create_round(slug="begun", dates=days("2010-05-01", "open"), status="planned")
    worlds.create_round(slug="today", dates=days(yesterday, today.isoformat()), status="planned")
    worlds.create_round(slug="endless", dates=days("2010-05-01", "open"), status="under-way")
    worlds.create_deadline(slug="due-today", dates=days(today.isoformat()))
    assert set(titles(admin_client, "rounds")) == {"Planned", "Still on", "Begun"}
    assert titles(admin_client, "deadlines") == ["By june"]
    world.june.outcome = "met"
    world.june.save()
    assert titles(admin_client, "deadlines") == []


def awaited(client: Client) -> dict[str, str]:
    one = block(client, "awaited")
    return {entry.title: entry.detail for entry in one.entries} if one else {}


def test_a_party_is_awaited_once_a_round_was_held_since_the_issue_was_opened(
    admin_client: Client, world: SimpleNamespace
) -> None:
    assert awaited(admin_client) == {"Water": "Corrie", "Fish": "Arden, Corrie"}
    worlds.create_position(
        issue=world.fish, party=world.arden, since=days("2010-04-01"), stance="no-position"
    )
    late = worlds.create_issue(slug="late")
    worlds.create_position(
        issue=late, party=world.arden, since=days("2010-03-05"), stance="demands"
    )
    worlds.create_issue(slug="unopened")
    assert awaited(admin_client) == {"Water": "Corrie", "Fish": "Corrie"}
    worlds.create_round(slug="round-3", dates=days("2010-05-01"), status="cancelled")
    worlds.create_round(slug="aside", dates=days("2010-05-01"), kind="bilateral")
    assert "Late" not in awaited(admin_client)
    worlds.create_round(slug="round-4", dates=days("2010-05-02"))
    assert awaited(admin_client)["Late"] == "Brume, Corrie"


def test_an_awaited_party_has_its_name_in_the_language_of_the_page(
    admin_client: Client, world: SimpleNamespace
) -> None:
    world.corrie.translations = {"name_fr": "La Corrie"}
    world.corrie.save()
    page = admin_client.get("/fr/admin/").content.decode()
    assert "Arden, La Corrie" in page


def test_an_awaited_position_is_begun_with_its_issue_and_party(
    admin_client: Client, world: SimpleNamespace
) -> None:
    entry = next(one for one in block(admin_client, "awaited").entries if one.title == "Water")
    page = admin_client.get(entry.url).content.decode()
    assert f'<option value="{world.water.pk}" selected>' in page
    assert f'<option value="{world.corrie.pk}" selected>' in page


def test_the_latest_position_that_rests_on_somebody_unnamed_waits(
    admin_client: Client, world: SimpleNamespace
) -> None:
    assert titles(admin_client, "unnamed") == ["Brume · Water: open if…"]
    worlds.create_position(
        issue=world.water,
        party=world.brume,
        since=days("2010-03-06"),
        stance="opposes",
        statement=world.denied,
    )
    assert titles(admin_client, "unnamed") == []


def test_published_statements_of_no_issue_wait(
    admin_client: Client, world: SimpleNamespace
) -> None:
    assert titles(admin_client, "unlinked") == ["The dam stays shut."]
    world.water.statements.add(world.quiet)
    assert titles(admin_client, "unlinked") == []


def test_sources_wait_for_a_copy_and_for_a_living_link(
    admin_client: Client, world: SimpleNamespace
) -> None:
    Source.objects.update(archive_url="https://archive.ph/AbC1d")
    worlds.create_source(url="", title="On paper")
    lonely = worlds.create_source(title="Alone")
    assert titles(admin_client, "unarchived") == ["The Gazette: Alone"]
    assert titles(admin_client, "dead") == []
    LinkCheck.objects.create(
        address=lonely.url, state="dead", answer="404 Not Found", checked_at=timezone.now()
    )
    (entry,) = block(admin_client, "dead").entries
    assert (entry.title, entry.detail) == ("The Gazette: Alone", "404 Not Found")


def plenty(world: SimpleNamespace) -> None:
    """More than a block shows of everything that waits."""
    soon = timezone.now() + dt.timedelta(days=1)
    for number in range(8):
        day = days(f"2010-04-{number + 1:02}")
        source = worlds.create_source()
        LinkCheck.objects.create(
            address=source.url, state="dead", answer="410 Gone", checked_at=timezone.now()
        )
        issue = worlds.create_issue(slug=f"issue-{number}-{source.pk}", source=source)
        whisper = worlds.create_statement(
            dates=days("2010-01-09"), basis="unnamed", attribution="an official", source=source
        )
        worlds.create_position(
            issue=issue,
            party=world.arden,
            since=days("2010-01-09"),
            stance="open",
            statement=whisper,
        )
        for state, when in (("ready", None), ("draft", soon), ("ready", soon), ("draft", None)):
            worlds.create_statement(dates=day, source=source, state=state, publish_at=when)
            worlds.create_proposal(
                dates=day, source=source, state=state, publish_at=when, issue=issue
            )
        late = worlds.create_round(
            slug=f"late-{source.pk}", dates=day, status="planned", source=source
        )
        worlds.create_progress(round=late, issue=issue, level="tabled", state="draft")
        worlds.create_deadline(slug=f"due-{source.pk}", dates=day, source=source)


@pytest.mark.slow
def test_every_list_says_as_much_as_its_count(admin_client: Client, world: SimpleNamespace) -> None:
    plenty(world)
    blocks = admin_client.get(FRONT).context["blocks"]
    assert len(blocks) == 11
    for one in blocks:
        assert len(one.entries) == 5
        assert sum(whole.count for whole in one.lists) == one.count > 5
        for whole in one.lists:
            page = admin_client.get(whole.url)
            assert page.status_code == 200, whole.url
            if "cl" in page.context:
                assert page.context["cl"].result_count == whole.count, one.key
            else:
                assert len(page.context["entries"]) == whole.count, one.key
        for entry in one.entries:
            assert admin_client.get(entry.url).status_code == 200, entry


@pytest.mark.slow
def test_the_front_page_asks_no_more_of_a_larger_record(
    admin_client: Client, world: SimpleNamespace
) -> None:
    plenty(world)
    admin_client.get(FRONT)  # the first notes when the login began
    counts = []
    for _again in range(2):
        with CaptureQueriesContext(connection) as asked:
            admin_client.get(FRONT)
        counts.append(len(asked))
        plenty(world)
    assert counts[0] == counts[1] <= 30


def test_a_long_list_has_pages(admin_client: Client, world: SimpleNamespace) -> None:
    for number in range(101):
        worlds.create_deadline(slug=f"d{number}", dates=days("2010-02-01"))
    page = reverse("admin:waiting", args=["deadlines"])
    assert len(admin_client.get(page).context["entries"]) == 100
    assert "?p=2" in admin_client.get(page).content.decode()
    assert len(admin_client.get(page, {"p": 2}).context["entries"]) == 2
    assert admin_client.get(page, {"p": "x"}).status_code == 200


def test_where_nothing_waits_it_says_so_in_a_line(admin_client: Client, db: None) -> None:
    page = admin_client.get(FRONT)
    assert page.context["blocks"] == []
    text = html.unescape(re.sub(r"\s+", " ", page.content.decode()))
    assert (
        "Nothing waits: ready for an editor, missed their time, scheduled, drafts, meetings" in text
    )


def member(client: Client, *, group: str = "", sees: tuple[str, ...] = ()) -> Client:
    user = User.objects.create_user("sam", is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    user.user_permissions.set(Permission.objects.filter(codename__in=sees))
    client.force_login(user)
    return client


def test_only_what_a_user_may_see_is_told(client: Client, world: SimpleNamespace) -> None:
    plenty(world)
    sam = member(client, sees=("view_deadline",))
    blocks = sam.get(FRONT).context["blocks"]
    assert {one.key for one in blocks} == {"drafts", "scheduled", "deadlines"}
    assert {whole.title for one in blocks for whole in one.lists} == {"Deadlines", "All"}
    assert sam.get(reverse("admin:waiting", args=["deadlines"])).status_code == 200
    assert sam.get(reverse("admin:waiting", args=["unnamed"])).status_code == 403
    assert sam.get(reverse("admin:waiting", args=["nothing"])).status_code == 404


def test_whoever_may_see_nothing_is_told_nothing(client: Client, world: SimpleNamespace) -> None:
    page = member(client).get(FRONT)
    assert (page.context["blocks"], page.context["empty"]) == ([], [])
    assert worlds.SECRET not in page.content.decode()


def test_nobody_else_sees_what_waits(client: Client, world: SimpleNamespace) -> None:
    for page in (FRONT, reverse("admin:waiting", args=["awaited"])):
        assert client.get(page).status_code == 302


def test_the_lists_stand_as_an_editor_uses_them(client: Client, world: SimpleNamespace) -> None:
    shelves = member(client, group="Contributors").get(FRONT).context["shelves"]
    assert [model["object_name"] for shelf in shelves for model in shelf["models"]] == [
        *("Round", "Statement", "Proposal", "Position", "Progress", "Outcome", "Deadline"),
        *("Issue", "Measure", "Person", "Party", "Source", "Negotiation"),
    ]


@pytest.mark.parametrize("app", ["rounds", "issues"])
def test_the_list_of_an_app_opens(admin_client: Client, app: str) -> None:
    assert admin_client.get(reverse("admin:app_list", args=[app])).status_code == 200


def test_a_draft_waits_nowhere_but_among_drafts(
    admin_client: Client, world: SimpleNamespace
) -> None:
    """The rest of the page is about what readers see."""
    for model in (Position, Progress, Round, Statement):
        assert model.objects.exclude(state="published").exists()
    for one in admin_client.get(FRONT).context["blocks"]:
        if one.key not in {"drafts", "scheduled", "unarchived"}:
            assert all(worlds.SECRET not in entry.title for entry in one.entries), one.key
