"""The database holds the rules: whatever writes, even raw SQL, is refused."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from issues.models import Measure, Position, Progress, Proposal, Term
from rounds.models import Deadline, Negotiation, Party, Round, Source, Statement, StatementLink
from rounds.platform.triggers import find_refusal_message
from rounds.publishing.refusals import refusal
from tests import world as worlds
from tests.world import days


def refused(write: Callable[[], Any]) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        write()
    return str(caught.value)


def changes(record: Model, **fields: Any) -> Callable[[], Any]:
    """An update past the model's own checks, as a shell or raw SQL would make it."""
    return lambda: type(record)._default_manager.filter(pk=record.pk).update(**fields)


SOURCED = ["round1", "june", "said", "water", "share", "half"]


@pytest.mark.parametrize("name", SOURCED)
def test_a_claim_without_a_source_cannot_be_stored(world: SimpleNamespace, name: str) -> None:
    assert "source_id" in refused(changes(getattr(world, name), source=None))


def test_a_source_that_is_cited_cannot_be_deleted(world: SimpleNamespace) -> None:
    with pytest.raises(DatabaseError):
        world.gazette.delete()


@pytest.mark.parametrize(
    ("name", "fields", "rule"),
    [
        ("cancelled", {"state": "secret"}, "state_known"),
        ("round1", {"status": "perhaps"}, "status_known"),
        ("round1", {"kind": "party"}, "kind_known"),
        ("bilateral", {"status": "cancelled", "summary": "x"}, "outcome_needs_meeting"),
        ("round1", {"status": "cancelled", "summary": ""}, "cancelled_has_no_progress"),
        ("june", {"set_on": days("2010-07-01")}, "set_before_due"),
        ("said", {"dates": days("1066-10-14")}, "dates_plausible"),
        ("half", {"status": "rejected", "settled": days("2010-01-01")}, "settled_after_tabled"),
        ("round2", {"number": 1}, "number_once"),
        ("may", {"outcome": "pending"}, "superseded_has_passed"),
        ("said", {"quotation": "one two three four five six seven eight nine"}, "quotation_short"),
        ("said", {"summary": ""}, "says_something"),
        ("said", {"unnamed_count": 2}, "named_has_no_count"),
        ("whispered", {"attribution": ""}, "unnamed_described"),
        ("whispered", {"unnamed_count": 0}, "somebody_unnamed"),
        ("half", {"status": "agreed"}, "settled_with_day"),
        ("share", {"agreed": 40}, "agreed_with_day_and_source"),
        ("arden", {"colour": 10}, "colour_in_palette"),
        ("herald", {"url": "https://gazette.example/twice"}, "address_once"),
    ],
)
def test_a_rule_of_one_row(
    world: SimpleNamespace, name: str, fields: dict[str, Any], rule: str
) -> None:
    worlds.create_source(url="https://gazette.example/twice")
    assert rule in refused(changes(getattr(world, name), **fields))


def test_a_span_needs_its_first_day(world: SimpleNamespace) -> None:
    no_start = DateRange(None, worlds.day("2010-01-01"))
    assert "dates_begin" in refused(changes(world.said, dates=no_start))


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"statement": None}, "rests_on_evidence"),
        ({"stance": "open-if"}, "condition_with_open_if"),
        ({"stance": "maybe"}, "stance_known"),
        ({"gist": ""}, "has_gist"),
    ],
)
def test_a_rule_of_a_position(world: SimpleNamespace, fields: dict[str, Any], rule: str) -> None:
    position = world.demand
    assert rule in refused(changes(position, **fields))


def test_a_position_rests_on_one_thing_only(world: SimpleNamespace) -> None:
    position = world.demand
    assert "rests_on_evidence" in refused(changes(position, proposal=world.half))


def test_one_position_a_party_an_issue_and_a_day(world: SimpleNamespace) -> None:
    def again() -> None:
        worlds.create_position(
            issue=world.water,
            party=world.arden,
            since=days("2010-01-09", "2010-01-20"),
            stance="open",
        )

    assert "one_a_day" in refused(again)


@pytest.mark.parametrize(
    "fields", [{"comparator": "between"}, {"high": 60}, {"comparator": "between", "high": 10}]
)
def test_only_between_has_two_numbers(world: SimpleNamespace, fields: dict[str, Any]) -> None:
    term = Term.objects.get(proposal=world.half, measure=world.share, low=50)
    assert "high_only_between" in refused(changes(term, **fields))


def test_one_negotiation_a_site(world: SimpleNamespace) -> None:
    assert "only_one" in refused(lambda: worlds.create_negotiation(slug="lake"))


def test_progress_once_a_round(world: SimpleNamespace) -> None:
    def again() -> None:
        worlds.create_progress(round=world.round1, issue=world.water, level="stuck")

    assert "once_a_round" in refused(again)


def test_a_meeting_that_was_not_held_has_no_progress(world: SimpleNamespace) -> None:
    def note() -> None:
        worlds.create_progress(round=world.cancelled, issue=world.water, level="stuck")

    assert "progress_needs_meeting" in refused(note)


def test_evidence_and_numbers_are_of_the_same_issue(world: SimpleNamespace) -> None:
    proposal = worlds.create_proposal(issue=world.fish, dates=days("2010-01-09"))
    position = world.demand
    rests = changes(position, statement=None, proposal=proposal)
    assert "rests_on_its_own_issue" in refused(rests)
    assert "counts_its_own_issue" in refused(
        lambda: worlds.create_term(proposal=proposal, measure=world.share, low=1)
    )


def test_a_position_is_not_older_than_its_evidence(world: SimpleNamespace) -> None:
    position = world.demand
    position.since = days("2010-01-08")
    with pytest.raises(ValidationError, match="only said or tabled later"):
        position.full_clean()


def test_a_link_is_to_another_statement_and_made_once(world: SimpleNamespace) -> None:
    def link(other: Statement) -> Callable[[], Any]:
        return lambda: worlds.create_link(statement=world.denied, kind="contradicts", other=other)

    assert "not_itself" in refused(link(world.denied))
    assert "once" in refused(link(world.whispered))


def test_an_unnamed_speaker_has_no_name(world: SimpleNamespace) -> None:
    assert "unnamed_has_no_name" in refused(lambda: world.whispered.speakers.add(world.birch))
    assert "unnamed_stays_unnamed" in refused(
        changes(world.said, basis="unnamed", attribution="an official")
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("round1", {"slug": "first-round"}),
        ("said", {"slug": "other"}),
        ("half", {"slug": "other"}),
        ("water", {"slug": "other"}),
        ("alder", {"slug": "other"}),
        ("gazette", {"slug": "other"}),
        ("arden", {"code": "other"}),
    ],
)
def test_an_address_never_changes(
    world: SimpleNamespace, name: str, fields: dict[str, Any]
) -> None:
    assert "Cannot update" in refused(changes(getattr(world, name), **fields))


def test_nothing_replaces_itself_in_a_circle(world: SimpleNamespace) -> None:
    assert "no_cycle" in refused(changes(world.june, outcome="moved", superseded_by=world.may))
    assert "no_cycle" in refused(changes(world.half, responds_to=world.third))
    first = worlds.create_round(slug="a", dates=days("2010-05-01"), status="cancelled")
    second = worlds.create_round(
        slug="b", dates=days("2010-05-01"), status="cancelled", replaced_by=first
    )
    assert "no_cycle" in refused(changes(first, replaced_by=second))
    world.june.outcome, world.june.superseded_by = "moved", world.may
    with pytest.raises(ValidationError, match="in a circle"):
        world.june.full_clean()


DRAFTS: list[tuple[type[Model], str, str]] = [
    (Statement, "said", "round"),
    (Proposal, "half", "round"),
    (Proposal, "half", "issue"),
    (Proposal, "third", "responds_to"),
    (Measure, "share", "issue"),
    (Round, "cancelled", "replaced_by"),
    (Deadline, "may", "superseded_by"),
]


@pytest.mark.parametrize(("model", "name", "field"), DRAFTS)
def test_what_is_published_points_at_no_draft(
    world: SimpleNamespace, model: type[Model], name: str, field: str
) -> None:
    record = getattr(world, name)
    target: Any = model._meta.get_field(field).related_model
    draft = target._default_manager.get(slug=worlds.SECRET)
    assert "published_needs_published" in refused(changes(record, **{field: draft}))
    setattr(record, field, draft)
    with pytest.raises(ValidationError, match="still a draft"):
        record.full_clean()


@pytest.mark.parametrize("name", ["round1", "round2", "june", "water", "said", "whispered", "half"])
def test_what_published_records_point_at_stays_published(world: SimpleNamespace, name: str) -> None:
    record = getattr(world, name)
    assert "keep_published" in refused(changes(record, state="draft"))
    record.state = "draft"
    with pytest.raises(ValidationError, match="take it back first"):
        record.full_clean()


def test_natural_keys_find_their_rows(world: SimpleNamespace) -> None:
    models: list[Any] = [
        Negotiation,
        Party,
        Source,
        Round,
        Deadline,
        Statement,
        StatementLink,
        Measure,
        Proposal,
        Term,
        Position,
        Progress,
    ]
    for model in models:
        rows = list(model.objects.all())
        assert rows
        for row in rows:
            assert model.objects.get_by_natural_key(*row.natural_key()) == row


def test_an_editor_reads_at_which_field_a_rule_broke(world: SimpleNamespace) -> None:
    position = Position(
        issue=world.water, party=world.corrie, since=days("2010-01-01"), stance="open-if", gist="x"
    )
    with pytest.raises(ValidationError) as caught:
        position.full_clean()
    assert set(caught.value.message_dict) == {"proposal", "stance"}


NINE_WORDS = "one two three four five six seven eight nine"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("said", {"quotation": NINE_WORDS, "summary": ""}),
        ("said", {"quotation": NINE_WORDS, "note": "No\0text of PostgreSQL's"}),
        ("round1", {"status": "perhaps", "kind": "party"}),
        ("june", {"set_on": days("2010-07-01")}),
    ],
)
def test_every_check_that_a_record_breaks_is_reported(
    world: SimpleNamespace, name: str, fields: dict[str, Any]
) -> None:
    record = getattr(world, name)
    record.validate_constraints()
    for field, value in fields.items():
        setattr(record, field, value)
    with pytest.raises(ValidationError) as each_by_itself:
        Model.validate_constraints(record)
    with pytest.raises(ValidationError) as together:
        record.validate_constraints()
    assert sorted(together.value.messages) == sorted(each_by_itself.value.messages)


def test_one_query_checks_a_record_that_breaks_nothing(
    world: SimpleNamespace,
) -> None:
    with CaptureQueriesContext(connection) as queries:
        world.said.validate_constraints()
    assert sum("_check" in query["sql"] for query in queries) == 1


def test_an_editor_reads_a_sentence_for_whatever_a_trigger_refuses(world: SimpleNamespace) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE prosrc LIKE '%check_violation%'")
        sources = [source for (source,) in cursor.fetchall()]
    codes = {code for source in sources for code in re.findall(r"MESSAGE =\s+'(\w+)", source)}
    assert len(codes) == 10
    assert {code for code in codes if not find_refusal_message(code)} == set()
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        changes(world.said, state="draft")()
    assert refusal(caught.value) == (
        "Something published refers to this: take that back to draft first."
    )


def test_of_a_constraint_an_editor_reads_its_message(world: SimpleNamespace) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        changes(world.said, quotation="one two three four five six seven eight nine")()
    assert refusal(caught.value) == "A quotation has at most eight words."


@pytest.mark.django_db
def test_what_is_no_rule_of_the_record_is_no_refusal() -> None:
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT nothing_called_so")
    assert refusal(caught.value) == ""
