"""The search while two people change the record: nothing taken back stays in the index."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from nafta.search.models import SearchDocument
from rounds.models import Statement
from tests import world as worlds
from tests.races import overlapping
from tests.world import days

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def record() -> SimpleNamespace:
    worlds.create_negotiation()
    speaker = worlds.create_person(slug="otto-otter")
    said = [
        worlds.create_statement(slug=slug, dates=days("2010-03-07"), speakers=[speaker])
        for slug in ("otters", "eels")
    ]
    beside = worlds.create_statement(slug="beside", dates=days("2010-03-07"))
    issue = worlds.create_issue(slug="fish")
    return SimpleNamespace(speaker=speaker, said=said, beside=beside, issue=issue)


def withdraw(record: Any) -> None:
    with transaction.atomic():
        type(record).objects.filter(pk=record.pk).update(state="draft")


def keys() -> list[tuple[Any, ...]]:
    return list(SearchDocument.objects.order_by("kind", "key").values_list("kind", "key", "keys"))


def made_anew() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_refresh_all()")
    return keys()


def test_a_statement_taken_back_while_another_is_linked_to_it(record: SimpleNamespace) -> None:
    otters = record.said[0]
    link = partial(worlds.create_link, statement=record.beside, kind="contradicts", other=otters)
    overlapping(partial(withdraw, otters), link)
    assert Statement.objects.get(pk=otters.pk).state == "draft"
    assert not SearchDocument.objects.filter(kind="statement", key="otters").exists()
    assert "link contradicts" not in SearchDocument.objects.get(kind="statement", key="beside").keys
    assert keys() == made_anew()


def test_a_link_made_while_its_other_end_is_taken_back(record: SimpleNamespace) -> None:
    otters = record.said[0]
    link = partial(worlds.create_link, statement=record.beside, kind="contradicts", other=otters)
    overlapping(link, partial(withdraw, otters))
    assert keys() == made_anew()


def test_an_issue_taken_back_while_a_statement_is_linked_to_it(record: SimpleNamespace) -> None:
    overlapping(partial(withdraw, record.issue), partial(record.beside.issues.add, record.issue))
    assert "issue fish" not in SearchDocument.objects.get(kind="statement", key="beside").keys
    assert keys() == made_anew()


def test_both_statements_of_a_person_taken_back_at_once(
    client: Client, record: SimpleNamespace
) -> None:
    overlapping(*(partial(withdraw, one) for one in record.said))
    assert not SearchDocument.objects.filter(kind="person").exists()
    assert record.speaker.name not in client.get("/people/").content.decode()
    assert keys() == made_anew()


def test_all_that_was_said_of_an_issue_at_a_round_taken_back_at_once(
    record: SimpleNamespace,
) -> None:
    meeting = worlds.create_round(slug="round-1", dates=days("2010-03-05", "2010-03-08"))
    for one in record.said:
        Statement.objects.filter(pk=one.pk).update(round=meeting)
        one.issues.add(record.issue)
    assert "issue fish" in SearchDocument.objects.get(kind="round").keys
    overlapping(*(partial(withdraw, one) for one in record.said))
    assert "issue fish" not in SearchDocument.objects.get(kind="round").keys
    assert keys() == made_anew()


def test_emptied_tables_leave_nothing_to_be_found(record: SimpleNamespace) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE rounds_statement CASCADE")
    assert not SearchDocument.objects.filter(kind__in=("statement", "person")).exists()
