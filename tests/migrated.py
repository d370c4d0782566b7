"""Databases that are made once and copied by each run, process and served site.

``migrated()`` has every table and no row, ``loaded()`` a record too. Migrating takes longer than
most of the tests, and loading the shipped record longer than any. Each is named by a fingerprint
of all that it comes from, and kept until that changes.
"""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "nafta" / "record"
LOCK = 1994  # held while a database is made or read: every process of a run asks at once


def migrated() -> str:
    """The name of a database with every table and no row."""
    return _kept("migrated_", _fingerprint(sources()), None, "migrate")


def loaded(record: Path) -> str:
    """The name of a database with the record of a folder."""
    template = migrated()
    prefix = f"record_{hashlib.sha256(bytes(record)).hexdigest()[:8]}_"
    fingerprint = _fingerprint([*sources(), *_code(), *sorted(record.iterdir())])
    return _kept(prefix, fingerprint, template, "load_record", str(record))


def _kept(prefix: str, fingerprint: str, template: str | None, *command: str) -> str:
    """The name of the database that a command of the site fills, made unless there is one.

    Those with the same prefix and another fingerprint are removed.
    """
    name = prefix + fingerprint
    with _locked() as server:
        rows = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
        )
        existing = {existing_name for (existing_name,) in rows}
        if name not in existing:
            for outdated in existing:
                server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(outdated)))
            half = f"{prefix}half"  # what was cut short is none
            _create(server, half, template)
            manage(half, *command, "--verbosity=0")
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(half), sql.Identifier(name)
                )
            )
    return name


def copy_database(name: str, template: str) -> None:
    """Create a database as a copy of another, in which nobody may be at that moment."""
    with _locked() as server:
        _create(server, name, template)


def rows_and_sequences(database: str) -> tuple[dict[str, bytes], dict[str, int]]:
    """What the tables of a database hold, as COPY writes it, and how far its sequences are."""
    with (
        _locked(),
        psycopg.connect(environment(database)["DATABASE_URL"]) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        rows = {}
        for (table,) in cursor.fetchall():
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                rows[table] = b"".join(bytes(part) for part in copy)
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences"
            " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )
        return {table: content for table, content in rows.items() if content}, dict(cursor)


@contextmanager
def _locked() -> Iterator["psycopg.Connection[tuple[str]]"]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield server


def _create(server: "psycopg.Connection[tuple[str]]", name: str, template: str | None) -> None:
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    server.execute(command.format(sql.Identifier(name), sql.Identifier(template or "template1")))


def _fingerprint(files: Iterable[Path]) -> str:
    """Of the names and contents of files, and of the libraries."""
    content = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for file in files:
        content.update(file.name.encode() + file.read_bytes())
    return content.hexdigest()[:16]


def _apps() -> list[Path]:
    return sorted(path.parent.parent for path in ROOT.glob("*/migrations/__init__.py"))


def sources() -> list[Path]:
    """What a migrated database is made of: migrations, SQL, and the columns that search reads."""
    patterns = ("migrations/*.py", "**/*.sql", "**/resources.py", "search/record_texts.py")
    return sorted(path for app in _apps() for pattern in patterns for path in app.glob(pattern))


def _code() -> list[Path]:
    """All modules of the project: any of them may change what a load stores."""
    return sorted(path for folder in {*_apps(), RECORD.parent} for path in folder.rglob("*.py"))


def environment(database: str) -> dict[str, str]:
    """In which a command works on a database of the same server."""
    url = re.sub(r"/[^/?]*(?=\?|$)", f"/{database}", os.environ["DATABASE_URL"], count=1)
    return os.environ | {"DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}


def manage(database: str, *command: str) -> None:
    """Run a command of the site on a database of the same server."""
    manage = [sys.executable, "manage.py", *command]
    subprocess.run(manage, cwd=ROOT, env=environment(database), check=True)
