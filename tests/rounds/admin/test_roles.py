"""Contributors write drafts; editors publish. No request of the first changes what is seen."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from issues.models import Issue, Position, Progress, Proposal
from rounds.models import (
    Deadline,
    Person,
    Round,
    Source,
    State,
    Statement,
    Suggestion,
    Versioned,
    publishable_models,
)
from tests.desk import address, change, desk_of, enter, fields_in, fields_of, ticked, told
from tests.world import (
    create_contributor,
    create_editor,
    create_outcome,
    create_person,
    create_source,
    create_statement,
    days,
)

RECORDS: list[Any] = [model for model in apps.get_models() if issubclass(model, Versioned)]


@pytest.fixture
def world(world: SimpleNamespace) -> SimpleNamespace:
    create_outcome(issue=world.fish, dates=days("2010-04-01"))
    return world


@pytest.fixture
def contributor(world: SimpleNamespace) -> Client:
    return desk_of(create_contributor())


@pytest.fixture
def editor(world: SimpleNamespace) -> Client:
    return desk_of(create_editor())


def seen_by_readers() -> dict[str, Any]:
    """Every public row with its lists, and every party, person and source that readers see."""
    rows = {
        f"{model._meta.label}:{row.pk}": [
            {field.name: getattr(row, field.attname) for field in model._meta.fields},
            {
                field.name: sorted(getattr(row, field.name).values_list("pk", flat=True))
                for field in model._meta.many_to_many
            },
        ]
        for model in RECORDS
        for row in model.objects.published()
    }
    assert len(rows) > 30
    return rows


def public(world: SimpleNamespace) -> list[Any]:
    """One published record of each kind, and of what they name."""
    some = [model.objects.published().first() for model in RECORDS]
    assert all(some)
    return some


def test_a_contributor_writes_drafts(contributor: Client, world: SimpleNamespace) -> None:
    page = address(Statement, "add")
    typed: Any = {"summary": "Overheard.", "dates_0": "2010-03-07", "basis": "reporting"}
    entered = enter(contributor, page, source=world.gazette.pk, **typed)
    assert told(entered) == []
    overheard = Statement.objects.get(summary="Overheard.")
    assert overheard.state == State.DRAFT
    assert told(change(contributor, overheard, summary="Overheard twice.", state="ready")) == []
    overheard.refresh_from_db()
    assert (overheard.summary, overheard.state) == ("Overheard twice.", State.READY)


def test_the_form_offers_a_contributor_no_publication(
    contributor: Client, editor: Client, world: SimpleNamespace
) -> None:
    draft = create_statement(dates=days("2010-03-07"), state="draft")
    for client, offered in ((contributor, False), (editor, True)):
        page = client.get(address(Statement, draft)).content.decode()
        assert ('<option value="published"' in page) is offered
        assert ('name="publish_at_0"' in page) is offered


@pytest.mark.parametrize(
    "forged",
    [{"state": "published"}, {"publish_at_0": "2000-01-01", "publish_at_1": "00:00"}],
)
def test_a_forged_state_is_not_stored(
    contributor: Client, world: SimpleNamespace, forged: dict[str, str]
) -> None:
    draft = create_statement(dates=days("2010-03-07"), state="draft")
    change(contributor, draft, **forged)
    draft.refresh_from_db()
    assert (draft.state, draft.publish_at) == (State.DRAFT, None)


def test_what_readers_see_is_only_looked_at(contributor: Client, world: SimpleNamespace) -> None:
    for record in public(world):
        page = contributor.get(address(type(record), record))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode(), record


@pytest.mark.slow
def test_no_request_of_a_contributor_changes_what_readers_see(
    contributor: Client, editor: Client, world: SimpleNamespace
) -> None:
    """Each page of the desk is sent what an editor's form of it would send, forged."""
    before = seen_by_readers()
    sent = 0
    for record in public(world):
        model = type(record)
        form = fields_of(editor, address(model, record))
        shotgun = {"state": "published", "note": "forged", "correction": "forged", "post": "yes"}
        own = address(model, record).removesuffix("change/")
        for page in ("change/", "delete/", "revert/1/", "history/", "preview/", "desk/"):
            for fields in (form, form | shotgun, {"opened": form.get("opened", ""), **shotgun}):
                contributor.post(own + page, fields)
                sent += 1
        for action in ("publish", "back_to_draft", "delete_selected"):
            pks = list(model.objects.values_list("pk", flat=True))
            chosen = {"action": action, "_selected_action": pks} | shotgun
            contributor.post(address(model), chosen)
            sent += 1
    for draft in [one for model in publishable_models() for one in model.objects.waiting()]:
        form = fields_of(contributor, address(type(draft), draft))
        inlines = {name: "published" for name in form if name.endswith("-state")}
        contributor.post(address(type(draft), draft), form | inlines | {"state": "published"})
        sent += 1
    assert sent > 200
    assert seen_by_readers() == before


def test_a_row_below_a_draft_cannot_be_published_with_it(
    contributor: Client, world: SimpleNamespace
) -> None:
    draft = create_statement(dates=days("2010-03-07"), state="draft")
    row = {
        "issue": world.fish.pk,
        "party": world.arden.pk,
        "stance": "opposes",
        "gist": "Forged",
        "since_0": "2010-03-07",
        "state": "published",
    }
    enter(contributor, address(Statement, draft), rows={"positions": [row]})
    assert not Position.objects.filter(gist="Forged", state=State.PUBLISHED).exists()


def test_a_contributor_may_name_new_sources_and_people(
    contributor: Client, world: SimpleNamespace
) -> None:
    unseen = create_source(title="Not yet cited")
    assert told(change(contributor, unseen, title="Cited soon")) == []
    entered = enter(contributor, address(Person, "add"), name="New Name", slug="new-name")
    assert told(entered) == []
    assert change(contributor, unseen).status_code == 302
    assert contributor.post(address(Source, world.gazette), {"title": "x"}).status_code == 403


def test_an_editor_publishes_what_a_contributor_wrote(
    contributor: Client, editor: Client, world: SimpleNamespace
) -> None:
    draft = create_statement(dates=days("2010-03-07"), state="draft")
    assert told(change(editor, draft, state="published")) == []
    draft.refresh_from_db()
    assert draft.is_published


def test_what_readers_have_seen_changes_only_with_a_note(
    editor: Client, world: SimpleNamespace
) -> None:
    refused = change(editor, world.said, summary="Two thirds must stay.")
    assert any("tell them in a note" in words for words in told(refused))
    assert "Two thirds must stay." in refused.content.decode()
    world.said.refresh_from_db()
    assert world.said.summary == "Half of the water must stay in Arden."
    noted = change(
        editor, world.said, summary="Two thirds must stay.", correction="It was two thirds."
    )
    assert told(noted) == []
    assert world.said.events.latest("pgh_id").pgh_context["note"] == "It was two thirds."


def test_a_note_may_hold_anything_that_can_be_typed(editor: Client, world: SimpleNamespace) -> None:
    """What can only be pasted is refused with its place, and then nothing is changed."""
    chosen = {"action": "back_to_draft", "_selected_action": [world.quiet.pk]}
    for note, where in {"Never\0 said.": "U+0000, after “Never”", "\u202eNever": "U+202E"}.items():
        refused = editor.post(address(Statement), chosen | {"correction": note}, follow=True)
        assert where in " ".join(str(one) for one in refused.context["messages"])
        world.quiet.refresh_from_db()
        assert world.quiet.is_published
    editor.post(address(Statement), chosen | {"correction": "Never\u200b said. <b>&"})
    world.quiet.refresh_from_db()
    assert not world.quiet.is_published
    assert world.quiet.events.latest("pgh_id").pgh_context["note"] == "Never said. <b>&"


@pytest.mark.slow
def test_saving_without_a_change_needs_no_note(editor: Client, world: SimpleNamespace) -> None:
    for record in public(world):
        assert told(change(editor, record)) == [], record


def test_what_an_editor_has_scheduled_is_no_contributors_any_more(
    contributor: Client, editor: Client, world: SimpleNamespace
) -> None:
    draft = create_statement(dates=days("2010-03-07"), state="draft", summary="Looked over.")
    at = {"publish_at_0": "2099-05-01", "publish_at_1": "18:00"}
    assert told(change(editor, draft, **at)) == []
    answer = change(contributor, draft, summary="Slipped in.", state="ready")
    assert answer.status_code == 403 or told(answer)
    draft.refresh_from_db()
    assert draft.summary == "Looked over."
    assert draft.is_scheduled


class TestSecondEditor:
    """With the setting on, whoever wrote the last words is not who publishes them."""

    @pytest.fixture(autouse=True)
    def second(self, settings: Any) -> None:
        settings.SECOND_EDITOR = True

    @pytest.mark.slow
    def test_one_editor_alone_does_not_publish(
        self, editor: Client, world: SimpleNamespace
    ) -> None:
        draft = create_statement(dates=days("2010-03-07"), state="draft")
        refused = change(editor, draft, summary="Written by Eve.", state="published")
        assert any("second editor" in words for words in told(refused))
        assert "Written by Eve." in refused.content.decode()
        assert told(change(editor, draft, summary="Written by Eve.", state="ready")) == []
        assert any(
            "second editor" in words for words in told(change(editor, draft, state="published"))
        )
        other = desk_of(create_editor(username="bea"))
        assert told(change(other, draft, state="published")) == []
        draft.refresh_from_db()
        assert draft.is_published

    def test_nor_by_an_action(self, editor: Client, world: SimpleNamespace) -> None:
        draft = create_statement(dates=days("2010-03-07"), state="draft")
        change(editor, draft, summary="Written by Eve.")
        chosen = {"action": "publish", **ticked([draft])}
        answer = editor.post(address(Statement), chosen, follow=True)
        assert "second editor" in answer.content.decode()
        draft.refresh_from_db()
        assert not draft.is_published

    @pytest.mark.slow
    def test_nor_by_a_time(self, editor: Client, world: SimpleNamespace) -> None:
        draft = create_statement(dates=days("2010-03-07"), state="draft")
        at = {"publish_at_0": "2099-05-01", "publish_at_1": "18:00"}
        refused = change(editor, draft, summary="Written by Eve.", **at)
        assert any("second editor" in words for words in told(refused))
        assert told(change(editor, draft, summary="Written by Eve.")) == []
        assert told(change(editor, draft, **at))
        other = desk_of(create_editor(username="bea"))
        assert told(change(other, draft, **at)) == []
        assert told(change(editor, draft, summary="Slipped in."))

    def test_nor_by_a_time_for_a_list(self, editor: Client, world: SimpleNamespace) -> None:
        draft = create_statement(dates=days("2010-03-07"), state="draft")
        change(editor, draft, summary="Written by Eve.")
        editor.get(address(Statement))  # its messages are read
        at = {"when_0": "2099-05-01", "when_1": "18:00"}
        chosen = {"action": "schedule", **ticked([draft]), **at}
        answer = editor.post(address(Statement), chosen, follow=True)
        (message,) = map(str, answer.context["messages"])
        assert "second editor" in message
        draft.refresh_from_db()
        assert not draft.is_scheduled

    def test_anybody_takes_back_alone(self, editor: Client, world: SimpleNamespace) -> None:
        gone = {"state": "draft", "correction": "It was never said."}
        assert told(change(editor, world.quiet, **gone)) == []


def test_nobody_outside_the_desk_opens_it(client: Client, world: SimpleNamespace) -> None:
    for model in (Round, Statement, Proposal, Issue, Deadline, Progress):
        record = model.objects.first()
        for page in ("change", "history", "delete", "preview"):
            answer = client.get(address(model, page, record))
            assert answer.status_code == 302
            assert answer["Location"].startswith(reverse("admin:login"))
    assert admin.site.urls


class TestSuggestions:
    """With a second editor required, a correction waits until one has looked at it."""

    @pytest.fixture(autouse=True)
    def second(self, settings: Any) -> None:
        settings.SECOND_EDITOR = True

    def suggest(self, editor: Client, record: Any, **typed: Any) -> str:
        """What the change page says after leaving it; and the address of the suggestion."""
        left = change(editor, record, _suggest="1", correction="Misheard.", **typed)
        assert left.status_code == 302
        page = address(type(record), record)
        return f"{page}?suggestion={Suggestion.objects.latest('pk').pk}"

    @pytest.mark.slow
    def test_a_correction_is_left_for_another_editor(
        self, editor: Client, world: SimpleNamespace
    ) -> None:
        typed = {"summary": "A third must stay.", "correction": "Misheard."}
        refused = change(editor, world.said, **typed)
        assert any("second editor" in words for words in told(refused))
        assert 'name="_suggest"' in refused.content.decode()
        before = seen_by_readers()
        suggested: Any = {"summary": "A third must stay.", "speakers": [], "basis": "reporting"}
        where = self.suggest(editor, world.said, **suggested)
        assert seen_by_readers() == before
        other = desk_of(create_editor(username="bea"))
        assert where in other.get(reverse("admin:index")).content.decode()
        shown = other.get(where)
        assert "eve suggests this." in shown.content.decode()
        assert other.post(where, fields_in(shown)).status_code == 302
        world.said.refresh_from_db()
        assert world.said.summary == "A third must stay."
        assert not world.said.speakers.exists()
        assert not Suggestion.objects.exists()
        history = other.get(address(Statement, "history", world.said)).content.decode()
        assert "eve, approved by bea" in history
        assert "Misheard." in history

    def test_its_author_does_not_approve_it(self, editor: Client, world: SimpleNamespace) -> None:
        where = self.suggest(editor, world.said, summary="A third must stay.")
        answer = editor.post(where, fields_in(editor.get(where)))
        assert any("second editor" in words for words in told(answer))

    def test_nor_does_another_who_changes_it(self, editor: Client, world: SimpleNamespace) -> None:
        where = self.suggest(editor, world.said, summary="A third must stay.")
        other = desk_of(create_editor(username="bea"))
        form = fields_in(other.get(where)) | {"summary": "A quarter must stay."}
        assert any("second editor" in words for words in told(other.post(where, form)))
        world.said.refresh_from_db()
        assert world.said.summary == "Half of the water must stay in Arden."

    def test_a_contributor_approves_nothing(self, editor: Client, world: SimpleNamespace) -> None:
        where = self.suggest(editor, world.said, summary="A third must stay.")
        form = fields_in(editor.get(where))
        contributor = desk_of(create_contributor())
        assert contributor.get(where).status_code == 403
        assert contributor.post(where, form).status_code == 403

    def test_what_has_changed_since_is_shown_and_not_undone_unseen(
        self, editor: Client, world: SimpleNamespace
    ) -> None:
        where = self.suggest(editor, world.said, summary="A third must stay.")
        type(world.said).objects.filter(pk=world.said.pk).update(quotation="not one drop")
        other = desk_of(create_editor(username="bea"))
        shown = other.get(where)
        assert "not one drop" in shown.content.decode()
        form = fields_in(shown) | {"quotation": "not a drop less"}
        assert any("second editor" in words for words in told(other.post(where, form)))
        world.said.refresh_from_db()
        assert world.said.quotation == "not one drop"

    def test_a_contributor_does_not_end_it(self, editor: Client, world: SimpleNamespace) -> None:
        draft = create_statement(dates=days("2010-03-07"), state="draft")
        where = self.suggest(editor, draft, state="published")
        contributor = desk_of(create_contributor())
        contributor.post(where, fields_of(contributor, address(Statement, draft)))
        assert Suggestion.objects.exists()


def test_another_source_of_the_same_name_is_a_change(
    editor: Client, world: SimpleNamespace
) -> None:
    twin = create_source(publisher=world.gazette.publisher, title=world.gazette.title)
    assert any("note" in words for words in told(change(editor, world.said, source=twin.pk)))


@pytest.mark.parametrize("state", ["ready", "draft"])
def test_a_time_that_an_editor_gave_is_no_door(
    contributor: Client, world: SimpleNamespace, state: str
) -> None:
    """Neither one to come nor one that was missed lets a contributor's words out."""
    for when in (dt.datetime(2099, 5, 1, tzinfo=dt.UTC), dt.datetime(2001, 5, 1, tzinfo=dt.UTC)):
        draft = create_statement(dates=days("2010-03-07"), state="draft", speakers=[world.birch])
        Statement.objects.filter(pk=draft.pk).update(state=state, publish_at=when)
        change(contributor, draft, summary="Slipped in.", state="ready")
        draft.refresh_from_db()
        assert not (draft.is_scheduled and draft.summary == "Slipped in.")


def test_whom_a_scheduled_record_names_is_not_renamed(
    contributor: Client, world: SimpleNamespace
) -> None:
    quiet = create_person(slug="quiet-one")
    draft = create_statement(dates=days("2010-03-07"), state="draft", speakers=[quiet])
    Statement.objects.filter(pk=draft.pk).update(
        state="ready", publish_at=dt.datetime(2099, 5, 1, tzinfo=dt.UTC)
    )
    change(contributor, quiet, name="Somebody Else")
    quiet.refresh_from_db()
    assert quiet.name == "Quiet One"


@pytest.mark.slow
def test_odd_requests_get_an_answer(editor: Client, world: SimpleNamespace) -> None:
    page = address(Statement, world.said)
    form = fields_of(editor, page)
    shown = ['{"auth.user:1":1}', '{"rounds.statementlink:1":1}', "[" * 200_000]
    shown += ['{"rounds.statement:%s":1}' % ("9" * length) for length in (30, 5_000)]
    for opened in shown:
        assert editor.post(page, form | {"opened": opened}).status_code == 200
    for place in ("\0", "x" * 500):
        assert editor.post("/admin/presence/", {"place": place}).status_code in {200, 400}
    for number in ("9" * 5_000, "-1", "\0"):
        assert editor.get(page, {"suggestion": number}).status_code == 200
    assert editor.get(address(Source), {"link": "\0"}).status_code in {200, 302}
