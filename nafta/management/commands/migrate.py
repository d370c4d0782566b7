"""``manage.py migrate``: Django's own, by one process at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.utils.translation import gettext as _

LOCK = 0x6D696772617465  # “migrate”: the same in every process
RETRY_SECONDS = 0.2


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with self.one_at_a_time(options["database"]):
            super().handle(*args, **options)

    @contextmanager
    def one_at_a_time(self, database: str) -> Iterator[None]:
        """Wait until no other process migrates ``database``.

        The lock is asked for again and again: who waits inside a query would itself be waited for
        by CREATE INDEX CONCURRENTLY, and neither would ever go on.
        """
        waits = False
        with connections[database].cursor() as cursor:
            while not lock_answer(cursor, "pg_try_advisory_lock"):
                if not waits:
                    self.stderr.write(_("Another process migrates this database: waiting for it."))
                waits = True
                time.sleep(RETRY_SECONDS)
        try:
            yield
        finally:
            with connections[database].cursor() as cursor:
                lock_answer(cursor, "pg_advisory_unlock")


def lock_answer(cursor: Any, function: str) -> bool:
    """What one of PostgreSQL's functions answers about the lock."""
    cursor.execute(f"SELECT {function}(%s)", [LOCK])
    return bool(cursor.fetchone()[0])
