"""Two editors at the same moment: a rule about two rows waits for whoever holds the other row.

The second of two transactions must wait (here: give up after a moment) and not slip through.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.world import create_world

Write = tuple[str, list[Any]]


@pytest.fixture
def editors(transactional_db: None) -> Iterator[tuple[Any, Any, SimpleNamespace]]:
    """Two connections, each in a transaction of its own, and a world that both can see."""
    world = create_world()
    settings = connection.get_connection_params()
    parameters = {
        name: settings[name]
        for name in ("dbname", "user", "password", "host", "port")
        if name in settings
    }
    with psycopg.connect(**parameters) as one, psycopg.connect(**parameters) as other:
        other.execute("SET lock_timeout = '100ms'")
        yield one, other, world
        one.rollback()
        other.rollback()


def takes_turns(one: Any, other: Any, first: Write, second: Write) -> None:
    one.execute(*first)
    with pytest.raises(psycopg.errors.LockNotAvailable):
        other.execute(*second)


def drafted(world: SimpleNamespace) -> Write:
    return "UPDATE rounds_round SET state = 'draft' WHERE id = %s", [world.bilateral.pk]


def said_there(world: SimpleNamespace) -> Write:
    return "UPDATE rounds_statement SET round_id = %s WHERE id = %s", [
        world.bilateral.pk,
        world.said.pk,
    ]


def unnamed(world: SimpleNamespace) -> Write:
    return (
        "UPDATE rounds_statement SET basis = 'unnamed', attribution = 'an aide' WHERE id = %s",
        [world.quiet.pk],
    )


def named(world: SimpleNamespace) -> Write:
    return (
        "INSERT INTO rounds_statement_speakers (statement_id, person_id) VALUES (%s, %s)",
        [world.quiet.pk, world.alder.pk],
    )


def test_a_published_row_never_comes_to_point_at_a_draft(editors: Any) -> None:
    one, other, world = editors
    takes_turns(one, other, drafted(world), said_there(world))


def test_nor_in_the_other_order(editors: Any) -> None:
    one, other, world = editors
    takes_turns(one, other, said_there(world), drafted(world))


def test_an_unnamed_statement_never_comes_to_have_a_speaker(editors: Any) -> None:
    one, other, world = editors
    takes_turns(one, other, unnamed(world), named(world))


@pytest.mark.slow
def test_nor_in_that_other_order(editors: Any) -> None:
    one, other, world = editors
    takes_turns(one, other, named(world), unnamed(world))
