"""The history: every change of every record, whoever makes it and by whatever way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import ProgrammingError, connection, models, transaction
from django.test import Client

from issues.models import (
    EarlierStatus,
    Issue,
    Measure,
    Outcome,
    PartyOutcome,
    Position,
    Progress,
    Proposal,
    Term,
)
from rounds.history.differences import compare_versions, describe_version, load_revisions
from rounds.history.versions import load_versions
from rounds.models import (
    Deadline,
    Due,
    Edition,
    EventLabel,
    LinkCheck,
    Negotiation,
    Party,
    Person,
    Presence,
    Publishable,
    Round,
    Source,
    Statement,
    StatementLink,
    Suggestion,
    Versioned,
    lists_of,
)
from rounds.publishing.gate import editing
from tests import world as worlds
from tests.desk import change, publish
from tests.world import create_world, days

# A field of each record model that holds any words.
WORDS: dict[Any, str] = {
    Negotiation: "standfirst",
    Party: "adjective",
    Person: "role",
    Source: "note",
    Round: "place",
    Deadline: "basis",
    Statement: "summary",
    Issue: "background",
    Measure: "note",
    Proposal: "summary",
    Position: "gist",
    Progress: "summary",
    Outcome: "line",
}
NO_RECORD = {
    Due,
    Edition,
    LinkCheck,
    Presence,
    Suggestion,
}  # what goes on at the desk; readers see none
LISTS = [(model, one) for model in WORDS for one in lists_of(model)]
LIST_IDS = [f"{model.__name__}.{one.name}" for model, one in LISTS]


def fresh(model: Any, w: SimpleNamespace, **fields: Any) -> Any:
    """A record of ``model`` that nothing points at."""
    made: dict[Any, Callable[[], Any]] = {
        Negotiation: lambda: w.negotiation,
        Party: lambda: worlds.create_party(code="new"),
        Person: lambda: worlds.create_person(slug="new"),
        Source: lambda: worlds.create_source(slug="new"),
        Round: lambda: worlds.create_round(slug="new", dates=days("2010-05-01"), **fields),
        Deadline: lambda: worlds.create_deadline(slug="new", dates=days("2010-05-01"), **fields),
        Statement: lambda: worlds.create_statement(slug="new", dates=days("2010-05-01"), **fields),
        Issue: lambda: worlds.create_issue(slug="new", **fields),
        Measure: lambda: worlds.create_measure(slug="new", issue=w.water, **fields),
        Proposal: lambda: worlds.create_proposal(
            slug="new", issue=w.water, dates=days("2010-05-01"), **fields
        ),
        Position: lambda: worlds.create_position(
            issue=w.fish, party=w.corrie, since=days("2010-05-01"), stance="open", **fields
        ),
        Progress: lambda: worlds.create_progress(
            round=w.bilateral, issue=w.fish, level="stuck", **fields
        ),
        Outcome: lambda: worlds.create_outcome(
            slug="new", issue=w.fish, dates=days("2010-05-01"), **fields
        ),
    }
    return made[model]()


def new_row(one: Any, record: Any, w: SimpleNamespace) -> models.Model:
    """Another row for a list of ``record``."""
    if one.rows is StatementLink:
        return worlds.create_link(statement=record, kind="replies-to", other=w.quiet)
    if one.rows is Term:
        return worlds.create_term(proposal=record, measure=w.share, low=7)
    if one.rows is EarlierStatus:
        return EarlierStatus.objects.create(
            proposal=record, status="agreed", dates=days("2010-05-02"), party=w.arden
        )
    if one.rows is PartyOutcome:
        return PartyOutcome.objects.create(outcome=record, party=w.arden, gist="Counts them")
    targets = {Party: w.corrie, Person: w.birch, Source: w.herald, Issue: w.fish}
    target = targets[one.rows._meta.get_field(one.target).related_model]
    row: models.Model = one.rows._default_manager.create(**{one.owner: record, one.target: target})
    return row


def last(record: Any) -> Any:
    return load_revisions(record)[0]


@contextmanager
def elsewhere() -> Iterator[Any]:
    """Another connection, that of somebody with a database shell."""
    settings = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{name: settings[name] for name in names if name in settings}) as shell:
        yield shell


@pytest.fixture
def committed(transactional_db: None) -> SimpleNamespace:
    """The river talks, made in one go; each write after it has a transaction of its own."""
    with transaction.atomic():
        return create_world()


@pytest.fixture
def editor(db: None) -> User:
    return User.objects.create_superuser("ed")


# --- nothing is left out ---


def test_every_model_of_the_record_is_kept() -> None:
    """A new model or list that nobody keeps the history of fails here."""
    kept = {one.rows for _model, one in LISTS}
    for model in apps.get_models():
        events = model._meta.object_name and model._meta.object_name.endswith("Event")
        if model._meta.app_label not in {"rounds", "issues"} or events or model in NO_RECORD:
            continue
        if model._meta.proxy:
            continue
        assert hasattr(model, "pgh_event_model"), model
        assert issubclass(model, Versioned) is (model in WORDS), model
        assert issubclass(model, Versioned) or model in kept, model
        for field in model._meta.local_many_to_many:
            through: Any = field.remote_field.through
            assert any(issubclass(rows, through) for rows in kept), field


@pytest.mark.parametrize("model", WORDS)
def test_what_is_told_of_a_record_has_a_title_each(world: SimpleNamespace, model: Any) -> None:
    """Two fields of one name would hide each other's changes."""
    record = model.objects.first()
    own = [
        field
        for field in model._meta.fields
        if field.name not in {"id", "version", "changed_at", "state", "publish_at", "translations"}
    ]
    ref = (model, record.pk)
    expected = len(own) + len(lists_of(model)) + len(model.translation_keys())
    assert len(describe_version(load_versions([ref])[ref][-1])) == expected


# --- every way to write ---


def saved(record: Any, field: str) -> None:
    setattr(record, field, "New words")
    record.save()


def updated(record: Any, field: str) -> None:
    type(record).objects.filter(pk=record.pk).update(**{field: "New words"})


def updated_in_bulk(record: Any, field: str) -> None:
    setattr(record, field, "New words")
    type(record).objects.bulk_update([record], [field])


def written_in_sql(record: Any, field: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{record._meta.db_table}" SET "{field}" = %s WHERE id = %s',
            ["New words", record.pk],
        )


@pytest.mark.parametrize("model", WORDS)
@pytest.mark.parametrize("write", [saved, updated, updated_in_bulk, written_in_sql])
def test_a_change_is_kept_with_its_author(
    world: SimpleNamespace, editor: User, model: Any, write: Callable[[Any, str], None]
) -> None:
    record = fresh(model, world)
    field = WORDS[model]
    old = getattr(record, field)
    with editing(editor, "They told us."):
        write(record, field)
    revision = last(record)
    (told_of,) = revision.changes
    assert (told_of.before, told_of.after) == (old, "New words")
    assert (revision.version.who, revision.version.author) == ("ed", editor.pk)
    assert revision.version.note == "They told us."
    assert revision.version.number == 2


@pytest.mark.parametrize("model", WORDS)
def test_a_deletion_is_kept(world: SimpleNamespace, editor: User, model: Any) -> None:
    record = fresh(model, world)
    ref = (model, record.pk)
    with editing(editor, "It was there twice."):
        type(record).objects.filter(pk=record.pk).delete()
    own = load_versions([ref])[ref]
    assert own[-1].label == EventLabel.DELETED
    assert own[-1].who == "ed"
    assert getattr(own[-1].record, WORDS[model]) == getattr(record, WORDS[model])


@pytest.mark.parametrize("model", WORDS)
def test_what_is_created_in_bulk_is_kept(world: SimpleNamespace, editor: User, model: Any) -> None:
    record = fresh(model, world)
    ref = (model, record.pk)
    model.objects.filter(pk=record.pk).delete()
    with editing(editor):
        model.objects.bulk_create([record])
    (first,) = [one for one in load_versions([ref])[ref] if one.context]
    assert (first.label, first.who, first.number) == ("added", "ed", 1)


def test_a_shell_of_the_database_is_no_way_around(committed: SimpleNamespace) -> None:
    records = [fresh(model, committed) for model in WORDS]
    with elsewhere() as shell:
        for record in records:
            shell.execute(
                f'UPDATE "{record._meta.db_table}" SET "{WORDS[type(record)]}" = %s WHERE id = %s',
                ["New words", record.pk],
            )
    for record in records:
        (told_of,) = last(record).changes
        assert told_of.after == "New words", record
        assert last(record).version.who == ""


@pytest.mark.parametrize(("model", "one"), LISTS, ids=LIST_IDS)
def test_a_list_is_part_of_its_record(committed: SimpleNamespace, model: Any, one: Any) -> None:
    record = fresh(model, committed)
    editor = User.objects.create_superuser("ed")
    before = last(record).version.number
    with editing(editor, "One more."):
        row = new_row(one, record, committed)
    added = last(record)
    assert [change.title.lower() for change in added.changes] == [str(one.title).lower()]
    assert added.version.who == "ed"
    assert added.version.number == before + 1
    with elsewhere() as shell:
        table = one.rows._meta.db_table
        shell.execute(f'DELETE FROM "{table}" WHERE id = %s', [row.pk])
    removed = last(record)
    (change_back,) = removed.changes
    assert (change_back.before, change_back.after) == (
        added.changes[0].after,
        added.changes[0].before,
    )
    assert removed.version.number == before + 2


def test_a_row_that_says_more_than_a_name_is_told_whole(committed: SimpleNamespace) -> None:
    link = committed.link
    link.note = "By an hour."
    link.save()
    (told_of,) = last(committed.denied).changes
    assert told_of.before == "contradicts · Brume would talk if the dam goes."
    assert told_of.after == "contradicts · Brume would talk if the dam goes. · By an hour."


# --- every way through the desk and the files ---


def test_a_form_is_kept_with_its_lists_and_rows_as_one(
    admin_client: Client, committed: SimpleNamespace
) -> None:
    w = committed
    count = len(load_revisions(w.said))
    response = change(
        admin_client,
        w.said,
        rows={"links": [{"kind": "replies-to", "other": w.quiet.pk}]},
        summary="Half must stay.",
        speakers=[w.alder.pk, w.birch.pk],
        correction="Both spoke.",
    )
    assert response.status_code == 302
    own = load_revisions(w.said)
    new = own[: len(own) - count]
    assert {one.version.who for one in new} == {"admin"}
    assert {one.version.note for one in new} == {"Both spoke."}
    assert len({one.version.context_id for one in new}) == 1
    assert {told_of.title for one in new for told_of in one.changes} == {
        "Summary",
        "Speakers",
        "Links between statements",
    }


def test_the_terms_below_a_proposal_are_kept_as_its_own(
    admin_client: Client, committed: SimpleNamespace
) -> None:
    term = committed.half.terms.get()
    fields = {f"terms-{0}-low": "55", "correction": "It was 55."}
    assert change(admin_client, committed.half, **fields).status_code == 302
    term.refresh_from_db()
    (told_of,) = last(committed.half).changes
    assert told_of.title == "Terms"
    assert "50" in told_of.before
    assert "55" in told_of.after


def test_an_action_is_kept_for_each_record(admin_client: Client, world: SimpleNamespace) -> None:
    drafts = [
        worlds.create_round(slug=f"d{n}", dates=days("2010-06-01"), state="draft") for n in "ab"
    ]
    publish(admin_client, drafts)
    for record in drafts:
        assert last(record).version.label == EventLabel.PUBLISHED
        assert last(record).version.who == "admin"


# --- a history to be trusted ---


@pytest.mark.parametrize("write", ["UPDATE {} SET pgh_label = 'added'", "DELETE FROM {}"])
def test_what_was_kept_is_never_changed(world: SimpleNamespace, write: str) -> None:
    kept = [model.pgh_event_model for model in WORDS] + [
        one.rows.pgh_event_model  # type: ignore[attr-defined]
        for _model, one in LISTS
    ]
    for model in kept:
        if not model._default_manager.exists():
            continue
        table = f'"{model._meta.db_table}"'
        with (
            pytest.raises(ProgrammingError, match="pgtrigger"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(write.format(table))


def test_what_is_undone_leaves_no_trace(world: SimpleNamespace) -> None:
    count = len(load_revisions(world.said))
    with transaction.atomic():
        updated(world.said, "summary")
        assert len(load_revisions(world.said)) == count + 1
        transaction.set_rollback(True)
    assert len(load_revisions(world.said)) == count


def test_versions_count_up_by_one_and_nobody_sets_them(world: SimpleNamespace) -> None:
    for number in range(2, 5):
        Statement.objects.filter(pk=world.quiet.pk).update(
            summary=f"Version {number}", version=99 if number == 3 else 1
        )
    updated(world.quiet, "summary")
    updated(world.quiet, "summary")  # the same again is no change
    world.quiet.refresh_from_db()
    assert world.quiet.version == 5
    assert [one.version.number for one in load_revisions(world.quiet)] == [5, 4, 3, 2, 1]


def test_differences_are_in_words(world: SimpleNamespace, editor: User) -> None:
    with editing(editor, "All of it."):
        world.demand.since = days("2010-01-09", "2010-01-11")
        world.demand.approximate = True
        world.demand.stance = "open-if"
        world.demand.condition = "the dam goes"
        world.demand.party = world.corrie
        world.demand.save()
        world.share.status_quo = None
        world.share.save()
    assert {one.title: (one.before, one.after) for one in last(world.demand).changes} == {
        "Since": ("9 January 2010", "9–11 January 2010"),
        "Since some day between": ("no", "yes"),
        "Stance": ("demands", "open if…"),
        "Condition": ("", "the dam goes"),
        "Party": ("Arden", "Corrie"),
    }
    (told_of,) = last(world.share).changes
    assert (told_of.before, told_of.after) == ("30", "")


def test_a_name_that_is_gone_is_told_as_gone(world: SimpleNamespace) -> None:
    updated(world.quiet, "summary")
    other = worlds.create_round(slug="other", dates=days("2010-01-11"))
    Statement.objects.filter(pk=world.quiet.pk).update(round=other)
    Statement.objects.filter(pk=world.quiet.pk).update(round=None)
    other.delete()
    assert last(world.quiet).changes[0].before == "an entry since deleted"


@pytest.mark.parametrize("model", [one for one in WORDS if issubclass(one, Publishable)])
def test_labels_say_what_readers_saw(world: SimpleNamespace, model: Any) -> None:
    record = fresh(model, world, state="draft")
    rows = model.objects.filter(pk=record.pk)
    for values in (
        {WORDS[model]: "a"},
        {"state": "ready"},
        {"state": "published"},
        {WORDS[model]: "b"},
        {"state": "draft", WORDS[model]: "c"},
        {"state": "published"},
    ):
        rows.update(**values)
    rows.delete()
    ref = (model, record.pk)
    assert [one.label for one in load_versions([ref])[ref]] == [
        "added",
        "changed",
        "changed",
        "published",
        "corrected",
        "withdrawn",
        "published",
        "deleted",
    ]


def test_it_asks_as_often_about_many_records(
    world: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    refs: list[Any] = [(Statement, pk) for pk in Statement.objects.values_list("pk", flat=True)]
    refs += [(Proposal, pk) for pk in Proposal.objects.values_list("pk", flat=True)]
    for some in (refs[:1], refs):
        with django_assert_num_queries(4):
            load_versions(some)


def test_nothing_changed_is_nothing_told(world: SimpleNamespace) -> None:
    ref = (Statement, world.said.pk)
    (only,) = load_versions([ref])[ref]
    assert compare_versions(only, only) == []
