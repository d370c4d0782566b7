"""Each column of each model: what readers see of it makes an edition, what they do not see none."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from issues.models import Measure
from rounds.models import (
    Edition,
    Negotiation,
    Party,
    Person,
    Publishable,
    Source,
    State,
    Statement,
    lists_of,
    publishable_models,
)
from rounds.models.tracking import Versioned
from rounds.platform.dates import SpanField
from tests.races import overlapping
from tests.world import (
    SECRET,
    create_issue,
    create_outcome,
    create_person,
    create_source,
    create_statement,
    create_world,
    days,
)

FIXED = {"slug", "code"}  # part of addresses, so the database lets nobody change them
ALWAYS_PUBLIC = (Negotiation, Party)
DAY = days("2010-07-30")
# What a column may hold, by the class of its field.
VALUES: list[tuple[Any, list[Any]]] = [
    (models.BooleanField, [True, False]),
    (SpanField, [days("2010-01-02"), DAY, None]),
    (models.DateTimeField, ["2098-01-01T00:00Z", None]),
    (models.DateField, ["2010-03-01"]),
    ((models.IntegerField, models.DecimalField), [7, 40, None]),
    (models.URLField, ["https://changed.example/", ""]),
    (models.Field, ["Otherwise", "fr", ""]),
]
# Columns that the database lets nobody change without others.
UNNAMED = {"basis": "unnamed", "attribution": "two people"}
TOGETHER: dict[str, dict[str, Any]] = {
    "unnamed_count": UNNAMED,
    "unnamed_why": UNNAMED,
    "status": {"settled": DAY},
    "settled": {"status": "withdrawn"},
    "proposal": {"statement": None},
    "condition": {"stance": "open-if"},
    "replaced_by": {"status": "rescheduled"},
    "superseded_by": {"outcome": "moved"},
}
MODELS = [*ALWAYS_PUBLIC, Person, Source, *publishable_models()]


def raises_edition(change: Callable[[], object]) -> bool:
    """Whether the end of a transaction with ``change`` raises the edition. Nothing is kept of it.

    Raises ``DatabaseError`` where the database refuses the change.
    """
    with transaction.atomic():
        run("SET CONSTRAINTS ALL IMMEDIATE")  # what came before is over
        run("SELECT set_config('rounds.raised', '', TRUE)")
        before = Edition.objects.values().first()
        change()
        after = Edition.objects.values().first()
        transaction.set_rollback(True)
    return before != after


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def columns(model: type[models.Model]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in FIXED
    ]


def other_values(record: Any, field: Any) -> list[Any]:
    """Values that the column might take instead; the database may refuse some of them."""
    if field.name == "state":  # a draft that is published is seen, so it is asked to be
        values: list[Any] = [State.DRAFT if record.is_published else State.READY]
    elif isinstance(field, models.ForeignKey):
        values = [*field.related_model._default_manager.values_list("pk", flat=True), None]
    elif isinstance(field, models.JSONField):
        values = [{f"{record.translated[0]}_fr": "Autrement"}]
    elif field.choices:
        values = [value for value, _label in field.choices]
    else:
        values = next(values for kind, values in VALUES if isinstance(field, kind))
    return [value for value in values if value != getattr(record, field.attname)]


def changes(record: Any, field: Any) -> Iterator[dict[str, Any]]:
    """Ways to change a column: alone, or with those that the database asks for with it."""
    for value in other_values(record, field):
        yield {field.attname: value}
        if field.name in TOGETHER:
            names = {each.name: each.attname for each in type(record)._meta.concrete_fields}
            others = TOGETHER[field.name].items()
            yield {field.attname: value} | {names[n]: v for n, v in others if n in names}


def changes_of_columns(record: models.Model) -> Iterator[tuple[str, bool]]:
    """Each column that can be changed, and whether that raises the edition."""
    rows = type(record)._default_manager.filter(pk=record.pk)
    for field in columns(type(record)):
        for values in changes(record, field):
            try:
                yield field.name, raises_edition(partial(rows.update, **values))
            except DatabaseError:
                continue
            break


def records_of(model: Any, *, public: bool) -> list[models.Model]:
    """One record that readers see, or do not see."""
    public_rows = model.objects.published().order_by("pk")
    if public:
        return list(public_rows)
    return list(model.objects.exclude(pk__in=public_rows.values("pk")).order_by("pk"))


def accepted_changes(records: list[Any]) -> dict[str, bool]:
    """Whether a change of a column raises the edition, with the first record that allows one."""
    raised: dict[str, bool] = {}
    for record in records:
        for name, answer in changes_of_columns(record):
            assert raised.setdefault(name, answer) is answer
        if len(raised) == len(columns(type(record))):
            break
    return raised


def agree_measures() -> None:
    """Give all an agreed value: it has three columns, none without the others."""
    source = Source.objects.get(slug="gazette")
    Measure.objects.update(agreed=1, agreed_on="2010-03-02", agreed_source=source)


@pytest.fixture
def world(world: SimpleNamespace) -> SimpleNamespace:
    create_outcome(issue=world.fish, dates=days("2010-04-01"))
    return world


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_change_of_what_readers_see_makes_an_edition(world: SimpleNamespace, model: Any) -> None:
    create_issue(slug="salt")  # one that nothing published names, which may be taken back
    agree_measures()
    raised = accepted_changes(records_of(model, public=True))
    assert set(raised.values()) == {True}
    untried = {field.name for field in columns(model)} - raised.keys()
    assert untried == ({"publish_at"} if issubclass(model, Publishable) else set())


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [model for model in MODELS if model not in ALWAYS_PUBLIC],
    ids=lambda model: model.__name__,
)
def test_a_change_of_what_only_drafts_name_makes_none(world: SimpleNamespace, model: Any) -> None:
    agree_measures()
    raised = accepted_changes(records_of(model, public=False))
    assert set(raised.values()) == {False}
    assert {field.name for field in columns(model)} == raised.keys()


def test_every_model_with_versions_is_tried() -> None:
    assert set(MODELS) == {
        model for model in Versioned.__subclasses__() if not model._meta.abstract
    } | set(publishable_models())


@pytest.mark.parametrize("model", publishable_models(), ids=lambda model: model.__name__)
def test_a_list_is_seen_as_its_record_is(world: SimpleNamespace, model: Any) -> None:
    for tracked_list, public in itertools.product(lists_of(model), (True, False)):
        owners = records_of(model, public=public)
        rows = tracked_list.rows._default_manager.filter(**{f"{tracked_list.owner}__in": owners})
        if rows.exists():
            assert raises_edition(rows.all().delete) is public, tracked_list.name


CITATIONS = [
    relation.field
    for relation in Source._meta.related_objects
    if issubclass(relation.related_model, Publishable)
]


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize(
    "field", CITATIONS, ids=lambda field: f"{field.model.__name__}.{field.name}"
)
def test_a_source_is_seen_by_whatever_cites_it(
    world: SimpleNamespace, field: Any, public: bool
) -> None:
    source = create_source()
    agree_measures()
    record = records_of(field.model, public=public)[0]
    if field.many_to_many:
        getattr(record, field.name).add(source)
    else:
        field.model.objects.filter(pk=record.pk).update(**{field.name: source})
    rows = Source.objects.filter(pk=source.pk)
    assert raises_edition(lambda: rows.update(title="Otherwise")) is public


def test_a_save_that_changes_nothing_makes_none(world: SimpleNamespace) -> None:
    assert not raises_edition(world.alder.save)
    assert not raises_edition(world.gazette.save)


@pytest.fixture
def without_search(transactional_db: None) -> Iterator[None]:
    """Its triggers let two transactions wait for each other as well, which would hide ours."""
    run("ALTER TABLE rounds_person DISABLE TRIGGER search")
    yield
    run("ALTER TABLE rounds_person ENABLE TRIGGER search")


@pytest.mark.slow
@pytest.mark.parametrize("publishes_first", [True, False])
def test_a_name_changed_while_its_first_record_is_published_is_seen(
    without_search: None, publishes_first: bool
) -> None:
    """No edition in which the record is published has the person by the old name at its end."""
    create_world()
    person = create_person(slug="cy-cedar")
    draft = create_statement(
        slug=f"{SECRET}-9", dates=days("2010-03-07"), speakers=[person], state="draft"
    )

    def publish() -> None:
        Statement.objects.filter(pk=draft.pk).update(state=State.PUBLISHED)
        run("SET CONSTRAINTS ALL IMMEDIATE")

    def rename() -> None:
        Person.objects.filter(pk=person.pk).update(name="Cy Cedar-Smith")
        run("SET CONSTRAINTS ALL IMMEDIATE")

    def seen_after(act: Callable[[], None]) -> tuple[int, str]:
        with transaction.atomic():
            act()
        return Edition.objects.get().number, Person.objects.get(pk=person.pk).name

    before = Edition.objects.get().number
    first, second = (publish, rename) if publishes_first else (rename, publish)
    after = overlapping(first, lambda: seen_after(second))
    assert after == (before + (2 if publishes_first else 1), "Cy Cedar-Smith")
