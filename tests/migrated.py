"""A database with every table and no row, made once for the migrations there are.

Migrating takes longer than most of the tests; each run, process and served site copies it.
"""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).parent.parent
LOCK = 1994  # held while it is made: every process of a run asks for it at once
NAME = "migrated_"


def migrated() -> str:
    """Its name. A database of other migrations is removed."""
    name = NAME + fingerprint()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        found = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [NAME]
        )
        there = {one for (one,) in found}
        if name not in there:
            for other in there:
                server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(other)))
            half = f"{NAME}half"  # what was cut short is none
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(half)))
            manage(half, "migrate", "--verbosity=0")
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(half), sql.Identifier(name)
                )
            )
    return name


def fingerprint() -> str:
    """Of all that a migrated database comes from: the project's migrations, and the libraries'."""
    content = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for file in sources():
        content.update(file.name.encode() + file.read_bytes())
    return content.hexdigest()[:16]


def sources() -> list[Path]:
    """The migrations of the project, and the files of SQL that they run."""
    apps = [path.parent.parent for path in ROOT.glob("*/migrations/__init__.py")]
    return sorted(
        path for app in apps for path in (*app.glob("migrations/*.py"), *app.rglob("*.sql"))
    )


def environment(database: str) -> dict[str, str]:
    """In which a command works on a database of the same server."""
    url = re.sub(r"/[^/?]*(?=\?|$)", f"/{database}", os.environ["DATABASE_URL"], count=1)
    return os.environ | {"DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}


def manage(database: str, *command: str) -> None:
    """Run a command of the site on a database of the same server."""
    manage = [sys.executable, "manage.py", *command]
    subprocess.run(manage, cwd=ROOT, env=environment(database), check=True)
