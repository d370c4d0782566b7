"""The admin: every page of it, what it takes, and what it refuses in an editor's words."""

import html
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from issues.models import Issue, Measure, Position, Progress, Proposal
from rounds.models import (
    Deadline,
    Negotiation,
    Party,
    Person,
    Round,
    Source,
    Statement,
    StatementLink,
)
from tests import world as worlds
from tests.desk import address, change, fields_of, publish, told
from tests.world import days

MODELS = [
    Negotiation,
    Party,
    Person,
    Source,
    Round,
    Deadline,
    Statement,
    Issue,
    Measure,
    Proposal,
    Position,
    Progress,
]
LISTED = [model for model in MODELS if model is not Negotiation]


def list_filters(client: Client, model: Any) -> list[str]:
    """The addresses that the filters of a list lead to."""
    page = client.get(address(model)).content.decode()
    sidebar = page.partition('id="changelist-filter"')[2]
    return [html.unescape(link) for link in re.findall(r'href="(\?[^"]+)"', sidebar)]


@pytest.mark.parametrize("model", MODELS)
def test_every_column_of_its_table_is_in_the_form(
    admin_client: Client, world: SimpleNamespace, model: Any
) -> None:
    registered: Any = admin.site.get_model_admin(model)
    form = admin_client.get(address(model, model.objects.first())).context["adminform"].form
    columns = registered.resource_class.original_columns
    names = {column.field.name for column in columns if column.field.model is model}
    assert names - set(form.fields) == ({registered.key} if registered.key else set())


@pytest.mark.parametrize("model", MODELS)
def test_every_page_opens(admin_client: Client, world: SimpleNamespace, model: Any) -> None:
    record = model.objects.first()
    pages = [address(model), address(model, record), reverse("admin:index")]
    pages += [address(model, "history", record)]
    if model is not Negotiation:
        pages += [address(model, "add"), address(model, "delete", record)]
    for page in pages:
        assert admin_client.get(page).status_code == 200, page


@pytest.mark.parametrize("model", LISTED)
def test_every_list_filters_and_sorts(
    admin_client: Client, world: SimpleNamespace, model: Any
) -> None:
    desk = admin.site.get_model_admin(model)
    columns = range(1, len(desk.list_display) + 1)
    found = [*list_filters(admin_client, model), *(f"?o=-{column}" for column in columns)]
    assert len(found) >= 4
    for query in [*found, "?q=nothing+like+it"]:
        response = admin_client.get(address(model) + query)
        assert response.status_code == 200, query  # a filter it does not know redirects


def test_a_search_of_any_number_of_words_asks_no_longer_query(
    admin_client: Client, world: SimpleNamespace
) -> None:
    def longest_query(words: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(f"{address(Statement)}?q={'+'.join(['ab'] * words)}")
        return max(len(query["sql"]) for query in captured)

    assert longest_query(10) < longest_query(100) == longest_query(1_000)


@pytest.mark.parametrize(
    ("model", "words", "wanted"),
    [
        (Person, "birch", "birch"),
        (Source, "herald", "herald"),
        (Round, "ardenport", "round1"),
        (Deadline, "by-may", "may"),
        (Statement, "half arden", "said"),
        (Statement, "not a drop", "said"),
        (Statement, "alder water", "said"),
        (Statement, "unnamed-on-water", "whispered"),
        (Issue, "salmon", "fish"),
        (Measure, "share", "share"),
        (Proposal, "third water", "third"),
        (Proposal, "half-the-water", "half"),
    ],
)
def test_search_finds_what_an_editor_types(
    admin_client: Client, world: SimpleNamespace, model: Any, words: str, wanted: str
) -> None:
    response = admin_client.get(address(model), {"q": words})
    assert getattr(world, wanted) in response.context["cl"].result_list


@pytest.mark.parametrize("model", [Position, Progress])
@pytest.mark.parametrize("words", ["water", "fish"])
def test_search_finds_the_reading_by_issue(
    admin_client: Client, world: SimpleNamespace, model: Any, words: str
) -> None:
    rows = admin_client.get(address(model), {"q": words}).context["cl"].result_list
    assert rows
    assert all(row.issue.slug == words for row in rows if worlds.SECRET not in row.issue.slug)


def double(world: SimpleNamespace) -> None:
    for number in range(3, 9):
        day = days(f"2010-04-{number:02}")
        source = worlds.create_source(published=day)
        person = worlds.create_person(slug=f"person-{number}", party=world.arden)
        met = worlds.create_round(slug=f"round-{number}", dates=day, host=world.brume)
        worlds.create_deadline(slug=f"by-{number}", dates=day, parties=[world.arden])
        issue = worlds.create_issue(slug=f"issue-{number}")
        worlds.create_measure(slug=f"measure-{number}", issue=issue)
        worlds.create_statement(dates=day, speakers=[person], round=met, source=source)
        offer = worlds.create_proposal(issue=issue, dates=day, round=met, parties=[world.arden])
        for party, basis in ((world.arden, {"proposal": offer}), (world.brume, {})):
            worlds.create_position(issue=issue, party=party, since=day, stance="open", **basis)
        worlds.create_progress(round=met, issue=issue, level="stuck")


@pytest.mark.slow
def test_a_list_asks_as_often_for_twice_the_rows(
    admin_client: Client, world: SimpleNamespace
) -> None:
    def queries() -> dict[str, int]:
        asked = {}
        for model in LISTED:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                admin_client.get(address(model))
            asked[model.__name__] = len(captured)
        return asked

    admin_client.get("/admin/")  # the first page notes when the login began
    before = queries()
    double(world)
    assert queries() == before
    assert max(before.values()) <= 15


@pytest.mark.parametrize(
    "model", [Round, Deadline, Statement, Issue, Measure, Proposal, Position, Progress]
)
def test_a_list_begins_with_drafts_and_what_was_entered_last(
    admin_client: Client, world: SimpleNamespace, model: Any
) -> None:
    rows = admin_client.get(address(model)).context["cl"].result_list
    order = [(row.state == "published", -row.pk) for row in rows]
    assert order == sorted(order)
    assert {is_published for is_published, _pk in order} == {True, False}


def test_a_list_is_sorted_by_day_where_asked(admin_client: Client, world: SimpleNamespace) -> None:
    rows = admin_client.get(address(Round), {"o": "-2"}).context["cl"].result_list
    spans = [row.dates.lower for row in rows]
    assert spans == sorted(spans, reverse=True)
    assert rows[0].state == "published"


@pytest.mark.parametrize(
    ("model", "field", "term", "text"),
    [
        ("position", "statement", "half", "Half of the water must stay in Arden. · 9 January 2010"),
        ("proposal", "responds_to", "third", "A third, reviewed each year · 5 March 2010"),
        ("proposal", "source", "first", "The Gazette: The first day · 10 January 2010"),
        ("position", "issue", worlds.SECRET, f"{worlds.SECRET} · draft"),
    ],
)
def test_suggestions_tell_enough_to_choose(
    admin_client: Client, world: SimpleNamespace, model: str, field: str, term: str, text: str
) -> None:
    query = {"app_label": "issues", "model_name": model, "field_name": field, "term": term}
    found = admin_client.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [one["text"] for one in found] == [text]


@pytest.mark.parametrize("term", ["blackwell's pena", "Blackwell’s Peña", "BLACKWELL‘S PENA"])
def test_lists_and_pickers_find_any_apostrophe_and_accent(
    admin_client: Client, world: SimpleNamespace, term: str
) -> None:
    source = worlds.create_source(title="Blackwell’s Peña letter")
    query = {"app_label": "issues", "model_name": "proposal", "field_name": "source"}
    url = reverse("admin:autocomplete")
    found = admin_client.get(url, {**query, "term": term}).json()["results"]
    assert [one["id"] for one in found] == [str(source.pk)]
    page = admin_client.get(reverse("admin:rounds_source_changelist"), {"q": term}).content.decode()
    assert "Blackwell’s Peña letter" in page


def test_what_is_chosen_reads_as_it_was_suggested(
    admin_client: Client, world: SimpleNamespace
) -> None:
    page = admin_client.get(address(Proposal, world.third)).content.decode()
    assert "Half of the water · 10 January 2010" in page


@pytest.mark.slow
def test_only_what_readers_see_has_a_link_to_its_page(
    admin_client: Client, world: SimpleNamespace
) -> None:
    for record in [
        world.round1,
        world.june,
        world.said,
        world.half,
        world.water,
        world.share,
        world.gazette,
        world.alder,
        Position.objects.filter(state="published").first(),
        Progress.objects.filter(state="published").first(),
        *(
            model.objects.filter(slug=worlds.SECRET).get()
            for model in (Round, Deadline, Statement, Proposal, Issue, Measure, Source, Person)
        ),
    ]:
        page = admin_client.get(address(type(record), record))
        link = re.search(r'href="([^"]+)" class="viewsitelink"', page.content.decode())
        secret = getattr(record, "slug", "") == worlds.SECRET
        assert bool(link) is not secret, record
        if link:
            there = admin_client.get(link[1], follow=True)
            assert there.status_code == 200, record


def test_a_key_is_typed_once(admin_client: Client, world: SimpleNamespace) -> None:
    assert 'name="slug"' in admin_client.get(address(Round, "add")).content.decode()
    assert 'name="slug"' not in admin_client.get(address(Round, world.round1)).content.decode()


@pytest.mark.parametrize("model", [Proposal, Measure])
def test_a_key_begins_empty_where_it_follows_the_title(admin_client: Client, model: Any) -> None:
    """Django's script fills only an empty key."""
    assert 'name="slug" value' not in admin_client.get(address(model, "add")).content.decode()


# What is refused, and how


def test_an_address_without_a_scheme_is_https(admin_client: Client, db: None) -> None:
    fields = fields_of(admin_client, address(Source, "add"))
    fields |= {"publisher": "The Gazette", "title": "x", "url": "gazette.example/x"}
    assert told(admin_client.post(address(Source, "add"), fields)) == []
    assert Source.objects.get().url == "https://gazette.example/x"


def test_a_speaker_who_turns_out_unnamed_goes(admin_client: Client, world: SimpleNamespace) -> None:
    saved = change(
        admin_client,
        world.said,
        speakers=[],
        basis="unnamed",
        attribution="an official",
        correction="The official had not agreed to be named.",
    )
    assert told(saved) == []
    world.said.refresh_from_db()
    assert world.said.basis == "unnamed"
    assert not world.said.speakers.exists()


def test_an_unnamed_speaker_has_no_name(admin_client: Client, world: SimpleNamespace) -> None:
    response = change(admin_client, world.said, basis="unnamed", attribution="an official")
    assert any("has no name here" in words for words in told(response))
    assert world.said.speakers.exists()


@pytest.mark.parametrize(
    ("basis", "problem"), [("on-record", "needs a speaker with a name"), ("reporting", "")]
)
def test_on_the_record_needs_a_name(
    admin_client: Client, world: SimpleNamespace, basis: str, problem: str
) -> None:
    note = "She had not said it herself."
    saved = change(admin_client, world.said, speakers=[], basis=basis, correction=note)
    assert problem in " ".join(told(saved))
    assert world.said.speakers.exists() == bool(problem)


def test_a_statement_is_not_linked_to_itself(admin_client: Client, world: SimpleNamespace) -> None:
    response = change(
        admin_client,
        world.said,
        rows={"links": [{"kind": "replies-to", "other": world.said.pk}]},
    )
    assert told(response) == ["A statement cannot be linked to itself."]


def test_a_link_is_made_once(admin_client: Client, world: SimpleNamespace) -> None:
    again = {"kind": "contradicts", "other": world.whispered.pk}
    response = change(admin_client, world.denied, rows={"links": [again]})
    assert "Another row says the same." in told(response)
    response = change(admin_client, world.said, rows={"links": [again, again]})
    assert "Another row says the same." in told(response)
    assert StatementLink.objects.filter(other=world.whispered).count() == 1


def test_several_are_published_together_whatever_their_order(
    admin_client: Client, world: SimpleNamespace
) -> None:
    last = None
    chain = []
    for number in range(4):  # each made before the one that points at it, and listed after it
        last = worlds.create_deadline(
            slug=f"d{number}",
            dates=days(f"2011-0{9 - number}-01"),
            state="draft",
            outcome="moved" if last else "pending",
            superseded_by=last,
        )
        chain.append(last)
    for order in ("1", "-1"):
        assert "4 entries: published." in publish(admin_client, chain, order=order)
        assert set(Deadline.objects.filter(pk__in=[d.pk for d in chain]).values_list("state")) == {
            ("published",)
        }
        assert "4 entries: draft." in publish(
            admin_client, chain, action="back_to_draft", order=order, correction="Too early."
        )
    assert LogEntry.objects.filter(object_id=str(chain[0].pk)).count() == 4


def test_all_are_published_or_none_and_each_refusal_is_told(
    admin_client: Client, world: SimpleNamespace
) -> None:
    drafts = Statement.objects.get(slug=worlds.SECRET)
    hidden = Round.objects.get(slug=worlds.SECRET)
    blocked = [
        worlds.create_statement(
            dates=days("2010-02-10"), round=hidden, state="draft", summary=words
        )
        for words in ("One", "Two")
    ]
    messages = publish(admin_client, [drafts, *blocked])
    assert next(words for words in messages if "is still a draft" in words).startswith("One:")
    assert len(messages) == 3
    assert messages[-1] == "Nothing was changed."
    assert not Statement.objects.filter(pk=drafts.pk, state="published").exists()


def test_the_refusal_of_the_database_is_told_after_an_action(
    admin_client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Round, "clean", lambda self: None)
    messages = publish(
        admin_client, [world.round1, world.bilateral], action="back_to_draft", correction="Oops."
    )
    assert "Something published refers to this" in messages[0]
    assert messages[-1] == "Nothing was changed."


def test_what_only_the_database_refuses_is_told_and_nothing_typed_is_lost(
    admin_client: Client, world: SimpleNamespace
) -> None:
    """The round goes to the database before the row that it deletes does."""
    off = {"status": "cancelled", "summary": "", "place": "Typed"}
    response = change(admin_client, world.round1, **off, **{"progress-0-DELETE": "on"})
    assert "delete its progress" in told(response)[0]
    assert 'value="Typed"' in response.content.decode()
    world.round1.refresh_from_db()
    assert world.round1.status == "held"
    assert world.round1.progress.exists()


def test_an_error_of_the_hidden_half_of_a_row_is_told(
    admin_client: Client, world: SimpleNamespace
) -> None:
    response = change(admin_client, world.round1, status="cancelled", summary="")
    assert told(response) == ["This meeting was not held: it has no outcome."]


def test_a_rule_of_the_database_alone_is_told_in_its_words(
    admin_client: Client, world: SimpleNamespace
) -> None:
    """The rows of a round have no input for this rule's other column."""
    row = {
        "title": "Typed",
        "issue": world.water.pk,
        "parties": [world.arden.pk],
        "dates_0": "2010-01-09",
        "basis": "unnamed",
        "source": world.gazette.pk,
        "state": "draft",
        "status": "tabled",
    }
    response = change(admin_client, world.round1, rows={"proposals": [row]})
    assert told(response) == ["Say how the source describes whoever is unnamed."]


def test_a_fault_that_is_no_rule_is_not_hidden(
    admin_client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        Round.objects.raw("SELECT nothing FROM nowhere")[0]

    monkeypatch.setattr(Round, "clean", broken)
    with pytest.raises(Exception, match="nowhere"):
        change(admin_client, world.round1)
