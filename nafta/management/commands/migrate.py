"""``manage.py migrate``: Django's own, by one process at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from psycopg import Cursor

LOCK = 0x6D696772617465  # “migrate”: the same in every process
RETRY_SECONDS = 0.2


class Command(migrate.Command):
    def handle(self, *, database: str, **options: object) -> None:
        with self.lock(database):
            refuse_half_replaced(database)
            super().handle(database=database, **options)

    @contextmanager
    def lock(self, database: str) -> Iterator[None]:
        """Wait until no other process migrates ``database``.

        The lock is asked for again and again. A query that waits for it would itself be waited
        for by CREATE INDEX CONCURRENTLY, and neither would ever go on.
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


def refuse_half_replaced(database: str) -> None:
    """Raise CommandError if a database has run only some of the migrations that one replaces.

    Those that it lacks are gone. Django would go on with the ones after them, and leave out what
    they did.
    """
    loader = MigrationLoader(None)
    applied = set(MigrationRecorder(connections[database]).applied_migrations())
    for (app, name), migration in sorted(loader.replacements.items()):
        gone = [key for key in migration.replaces if key not in loader.disk_migrations]
        missing = [f"{old_app}.{old}" for old_app, old in gone if (old_app, old) not in applied]
        if 0 < len(missing) < len(gone):
            raise CommandError(
                f"{app}.{name} replaces {len(gone)} migrations, of which this database has run "
                f"only some. It lacks {', '.join(missing)}. Nothing was changed. Check out the "
                "last version that has these, run its migrate, then this one."
            )


def lock_answer(cursor: CursorWrapper | Cursor, function: str) -> bool:
    """Return what one of PostgreSQL's functions answers about the lock."""
    cursor.execute(f"SELECT {function}(%s)", [LOCK])
    row = cursor.fetchone()
    return bool(row and row[0])
