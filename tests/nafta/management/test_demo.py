"""``demo`` and ``migrate``, where something else is at work already."""

import socket
import threading
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from nafta.management.commands import migrate

pytestmark = pytest.mark.slow


def test_a_port_in_use_is_told_before_anything_is_loaded() -> None:
    """No test database is asked for: to touch one would fail here."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CommandError, match=rf"port {port} .*make demo PORT={port + 1}"):
            call_command("demo", port=port)


def test_a_port_that_cannot_be_is_told() -> None:
    with pytest.raises(CommandError, match="make demo PORT=8001"):
        call_command("demo", port=70_000)


def test_a_database_that_ran_some_of_the_replaced_migrations_is_refused(db: None) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("rounds", "0016_plain_text")
    for arguments in (["migrate"], ["migrate", "--check"]):
        with pytest.raises(CommandError, match=r"It lacks rounds\.0016_plain_text\."):
            call_command(*arguments, verbosity=0)
    recorder.record_applied("rounds", "0016_plain_text")
    call_command("migrate", "--check", verbosity=0)


def test_a_second_migrate_waits_for_the_first_and_says_so(transactional_db: None) -> None:
    messages = StringIO()
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        migrate.lock_answer(other.cursor(), "pg_try_advisory_lock")
        said = threading.Event()

        def release(text: str) -> int:
            messages_write(text)
            if not said.is_set():
                said.set()
                migrate.lock_answer(other.cursor(), "pg_advisory_unlock")
            return len(text)

        messages_write = messages.write
        messages.write = release  # type: ignore[method-assign]
        call_command("migrate", verbosity=0, stderr=messages)
        assert migrate.lock_answer(other.cursor(), "pg_try_advisory_lock")  # it let go
    assert "waiting for it" in messages.getvalue()
