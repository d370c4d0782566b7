"""What readers rely on although it has no state: sources, people, parties, the negotiation.

With a second editor required, none of it is changed by one editor alone, whichever way is tried.
Each write here has a transaction of its own, as on a server.
"""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rounds.history.corrections import load_corrections
from rounds.models import Negotiation, Party, Person, Source, Statement, Suggestion
from tests.desk import address, change, desk_of, fields_in, fields_of, told
from tests.sheets import csv_file, upload
from tests.world import (
    create_contributor,
    create_editor,
    create_person,
    create_source,
    create_statement,
    create_world,
    days,
)

WHY = "It was wrong."
ELSEWHERE = "https://example.org/elsewhere"
# Every field that readers see, with another value for it.
OTHER_VALUES: dict[type[Any], dict[str, str]] = {
    Source: {
        "url": ELSEWHERE,
        "archive_url": "https://web.archive.org/web/2031/https://example.org/elsewhere",
        "title": "Another title",
        "publisher": "Another paper",
        "language": "fr",
        "note": "Another note",
    },
    Person: {
        "name": "Another Name",
        "role": "another role",
        "organisation": "another organisation",
        "party": "",
    },
    Party: {"name": "Another party", "adjective": "another", "other_names": "also another"},
    Negotiation: {"title": "Other talks", "short_name": "Others", "standfirst": "Of others."},
}


@pytest.fixture
def committed(transactional_db: None) -> SimpleNamespace:
    with transaction.atomic():
        return create_world()


@pytest.fixture
def second(settings: Any) -> None:
    settings.SECOND_EDITOR = True


@pytest.fixture
def eve(committed: SimpleNamespace) -> Client:
    return desk_of(create_editor())


@pytest.fixture
def bea(committed: SimpleNamespace) -> Client:
    return desk_of(create_editor(username="bea"))


def shown(committed: SimpleNamespace) -> dict[type[Any], Any]:
    """A record of each kind that readers see."""
    return {
        Source: committed.gazette,
        Person: committed.alder,
        Party: committed.arden,
        Negotiation: committed.negotiation,
    }


def stored() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in OTHER_VALUES]


def asks_for_second(response: Any) -> bool:
    return any("second editor" in error for error in told(response))


@pytest.mark.usefixtures("second")
class TestSecondEditor:
    @pytest.mark.parametrize("model", OTHER_VALUES)
    def test_one_editor_alone_changes_no_field(
        self, eve: Client, committed: SimpleNamespace, model: type[Any]
    ) -> None:
        record, before = shown(committed)[model], stored()
        page = address(model, record)
        form = fields_of(eve, page) | {"correction": WHY}
        for name, value in OTHER_VALUES[model].items():
            answer = eve.post(page, form | {name: value})
            assert asks_for_second(answer), name
            back = fields_in(answer)
            assert (back.get(name, ""), back["correction"]) == (value, WHY)
            assert 'name="_suggest"' in answer.content.decode()
        assert stored() == before

    @pytest.mark.parametrize("model", OTHER_VALUES)
    def test_two_editors_change_it(
        self, eve: Client, bea: Client, committed: SimpleNamespace, model: type[Any]
    ) -> None:
        record, before = shown(committed)[model], stored()
        name, value = next(iter(OTHER_VALUES[model].items()))
        page = address(model, record)
        left = change(eve, record, **{name: value}, correction=WHY, _suggest="1")
        assert (left.status_code, stored()) == (302, before)
        waiting = f"{page}?suggestion={Suggestion.objects.get().pk}"
        assert waiting in bea.get(reverse("admin:index")).content.decode()
        assert asks_for_second(eve.post(waiting, fields_in(eve.get(waiting))))
        assert stored() == before
        assert told(bea.post(waiting, fields_in(bea.get(waiting)))) == []
        record.refresh_from_db()
        assert getattr(record, name) == value
        history = bea.get(address(model, "history", record)).content.decode()
        assert "eve, approved by bea" in history
        (correction,), _older = load_corrections()
        assert (correction.note, correction.url) == (WHY, record.get_absolute_url())
        assert not Suggestion.objects.exists()

    def test_nor_by_a_spreadsheet(self, eve: Client, committed: SimpleNamespace) -> None:
        before = stored()
        rows = [{"slug": committed.alder.slug, "role": "another"}]
        page = upload(eve, Person, csv_file(rows))
        (cause,) = page.context["preview"].causes
        assert "A second editor must approve this" in cause.text
        confirmed = {"sheet": page.context["sheet"], "correction": WHY}
        confirmed["seen"] = page.context["preview"].fingerprint
        eve.post(address(Person, "process_import"), confirmed)
        assert stored() == before

    def test_nor_by_going_back(self, eve: Client, committed: SimpleNamespace) -> None:
        Source.objects.filter(pk=committed.gazette.pk).update(title="A better title")
        before = stored()
        page = f"/admin/rounds/source/{committed.gazette.pk}/revert/1/"
        answer = eve.post(page, {"opened": opened(eve, page), "correction": WHY})
        assert "A second editor must approve this" in answer.content.decode()
        assert stored() == before

    def test_nor_by_deletion(self, admin_client: Client, committed: SimpleNamespace) -> None:
        """The negotiation could be entered again with another title, and so could a party."""
        before = stored()
        for model in (Negotiation, Party):
            record = shown(committed)[model]
            page = address(model, "delete", record)
            form = fields_of(admin_client, page) | {"correction": WHY}
            admin_client.post(page, form)
            chosen = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes"}
            admin_client.post(address(model), chosen | {"correction": WHY})
        assert stored() == before

    def test_nor_while_what_names_it_is_unpublished(
        self, eve: Client, committed: SimpleNamespace
    ) -> None:
        source = create_source(title="A letter", url="https://example.org/letter")
        citing = create_statement(dates=days("2010-03-07"), source=source)
        assert told(change(eve, citing, state="draft", correction=WHY)) == []
        assert asks_for_second(change(eve, source, url=ELSEWHERE))
        assert told(change(eve, citing, state="published")) == []
        source.refresh_from_db()
        assert source.url == "https://example.org/letter"

    def test_nor_while_what_names_it_is_scheduled(
        self, eve: Client, committed: SimpleNamespace
    ) -> None:
        quiet = create_person(slug="quiet-one")
        draft = create_statement(dates=days("2010-03-07"), state="draft", speakers=[quiet])
        soon = timezone.now() + dt.timedelta(days=1)
        Statement.objects.filter(pk=draft.pk).update(state="ready", publish_at=soon)
        assert asks_for_second(change(eve, quiet, name="Somebody Else"))

    def test_what_only_drafts_name_is_free(self, eve: Client, committed: SimpleNamespace) -> None:
        quiet = create_person(slug="quiet-one")
        letter = create_source(title="A letter")
        create_statement(dates=days("2010-03-07"), state="draft", speakers=[quiet], source=letter)
        assert told(change(eve, quiet, name="Somebody Else")) == []
        assert told(change(eve, letter, title="A later letter")) == []
        (corrections, _older) = load_corrections()
        assert corrections == []

    def test_a_contributor_leaves_no_suggestion_about_it(self, committed: SimpleNamespace) -> None:
        contributor = desk_of(create_contributor())
        before = stored()
        form = fields_of(desk_of(create_editor()), address(Source, committed.gazette))
        answer = contributor.post(
            address(Source, committed.gazette),
            form | {"url": ELSEWHERE, "_suggest": "1", "correction": WHY},
        )
        assert answer.status_code == 403
        assert (stored(), Suggestion.objects.exists()) == (before, False)


class TestNote:
    """Without a second editor: readers are told why."""

    @pytest.mark.parametrize("model", OTHER_VALUES)
    def test_readers_are_told_in_a_note(
        self, eve: Client, client: Client, committed: SimpleNamespace, model: type[Any]
    ) -> None:
        record, before = shown(committed)[model], stored()
        name, value = next(iter(OTHER_VALUES[model].items()))
        refused = change(eve, record, **{name: value})
        assert any("note" in error for error in told(refused))
        assert fields_in(refused)[name] == value
        assert stored() == before
        assert told(change(eve, record, **{name: value}, correction=WHY)) == []
        page = client.get("/corrections/").content.decode()
        assert WHY in page
        assert value in page

    def test_a_spreadsheet_asks_for_it(self, eve: Client, committed: SimpleNamespace) -> None:
        rows = [{"slug": committed.alder.slug, "role": "another"}]
        page = upload(eve, Person, csv_file(rows))
        assert page.context["preview"].needs_note

    def test_going_back_asks_for_it(self, eve: Client, committed: SimpleNamespace) -> None:
        Source.objects.filter(pk=committed.gazette.pk).update(title="A better title")
        page = f"/admin/rounds/source/{committed.gazette.pk}/revert/1/"
        assert 'name="correction"' in eve.get(page).content.decode()
        assert eve.post(page, {"opened": opened(eve, page)}).status_code == 200
        answer = eve.post(page, {"opened": opened(eve, page), "correction": WHY})
        assert answer.status_code == 302

    def test_before_anything_is_published_there_is_nobody_to_tell(
        self, transactional_db: None
    ) -> None:
        eve = desk_of(create_editor())
        party = Party.objects.create(code="ar", name="Arden", adjective="Ardenn")
        assert told(change(eve, party, adjective="Ardennais")) == []
        assert load_corrections()[0] == []

    def test_a_change_that_readers_never_saw_is_no_correction_later(
        self, eve: Client, committed: SimpleNamespace
    ) -> None:
        quiet = create_person(slug="quiet-one")
        draft = create_statement(dates=days("2010-03-07"), state="draft", speakers=[quiet])
        assert told(change(eve, quiet, name="Somebody Else")) == []
        Statement.objects.filter(pk=draft.pk).update(state="published")
        assert load_corrections()[0] == []
        assert told(change(eve, quiet, role="envoy", correction=WHY)) == []
        ((correction,), _older) = load_corrections()
        assert [change.title for change in correction.changes] == ["Role"]
        Statement.objects.filter(pk=draft.pk).update(state="draft")
        assert [entry.title for entry in load_corrections()[0] if entry.kind == "Person"] == []


def opened(client: Client, page: str) -> str:
    return str(client.get(page).context["opened"])
