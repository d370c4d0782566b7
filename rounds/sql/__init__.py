"""The functions and triggers of the database that stand in ``.sql`` files, run by migrations.

A file holds one function, and the triggers that call it; it says CREATE OR REPLACE, so that it may
be run again. The file is always what the function is today: it is edited in place, and read when
the migration runs. To change a function, edit its file and add a migration that runs it again::

    operations = [run_sql_files(SQL, "search_text")]

A database that exists gets the new text by that migration, and a new database gets it by the first
one that names the file. Where a function's parameters or what it returns change, the migration
drops it first: ``migrations.RunSQL("DROP FUNCTION IF EXISTS …")``. Where a file speaks of a new
table or column, the migration depends on the one that adds it. A change of ``search_documents``
reaches rows that are stored already if the migration also runs ``SELECT search_refresh_all()``.
"""

from pathlib import Path

from django.db.migrations import RunSQL


def run_sql_files(folder: Path, *names: str) -> RunSQL:
    """Return the operation that runs the named files of a folder, in that order.

    Bodies are not checked while they are created, as in pg_dump: a function may call one that
    comes later, or speak of a column that a later migration adds. The operation has no reverse.
    """
    texts = [(folder / f"{name}.sql").read_text() for name in names]
    return RunSQL(["SET LOCAL check_function_bodies = off", *texts])
