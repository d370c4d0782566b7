"""Backups of the whole database, in the custom format of ``pg_dump``.

A backup gets its name only when it is complete and has been read to its end; a file with its
checksum lies beside it. A restore is one transaction: if anything fails before its COMMIT, nothing
has changed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO, cast

from django.db import connection
from django.utils.translation import gettext as _

from nafta.operations import embedded_postgres

PROGRAMS = ("pg_dump", "pg_restore", "psql")
OUR_TABLE = " TABLE public rounds_edition "  # in the table of contents of a backup of this site
CREATED_AT = re.compile(r"^; Archive created at (.+)$", re.MULTILINE)
# The old tables move to another schema. They stay readable until the COMMIT; writers wait.
# Extensions are moved back. Only a superuser may do so; others drop and create them again.
MAKE_ROOM = """
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS replaced CASCADE;
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname = 'public' ORDER BY tablename
    LOOP
        EXECUTE format('LOCK TABLE %s IN EXCLUSIVE MODE', name);
    END LOOP;
    ALTER SCHEMA public RENAME TO replaced;
    CREATE SCHEMA public;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
    FOR name IN SELECT extname FROM pg_extension WHERE extnamespace = 'replaced'::regnamespace
    LOOP
        BEGIN
            EXECUTE format('ALTER EXTENSION %I SET SCHEMA public', name);
        EXCEPTION WHEN insufficient_privilege THEN  -- then readers of its indexes wait
            EXECUTE format('DROP EXTENSION %I CASCADE', name);
        END;
    END LOOP;
END $$;
"""
# A new mark, or pages cached of an edition of that number would be served.
NEW_MARK = "UPDATE public.rounds_edition SET mark = gen_random_uuid();\n"


class BackupError(Exception):
    """A backup was not written, is invalid, or was not restored. The message says why."""


def write(file: Path) -> None:
    """Write the whole database to ``file``, and its checksum beside it. Raises BackupError."""
    if file.exists():
        raise BackupError(_("“%s” exists already and is left as it is.") % file)
    if not holds_something():
        raise BackupError(_("The database has no tables, so there is nothing to back up."))
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            new = Path(folder) / file.name
            # Sessions are left out: a restore must not bring back logins that have ended.
            options = ["--format=custom", "--exclude-table-data=public.django_session"]
            _run("pg_dump", *options, f"--file={new}", _database())
            new.chmod(0o600)  # it has drafts and password hashes
            _read(new)
            checksum = _checksum_of(new)
            checksum.write_text(f"{_digest(new)}  {file.name}\n", encoding="utf-8")
            checksum.rename(_checksum_of(file))
            new.rename(file)
    except OSError as error:
        raise BackupError(str(error)) from error


def check(file: Path) -> str:
    """Return when the backup ``file`` was made. Raise BackupError if it is no valid backup.

    Damage is detected by the checksum; without its file, only what pg_restore cannot read is.
    """
    try:
        if not file.is_file():
            raise BackupError(_("There is no file “%s”.") % file)
        if _checksum_of(file).exists():
            expected = _checksum_of(file).read_text(encoding="utf-8").partition(" ")[0]
            if expected != _digest(file):
                raise BackupError(_("“%s” is damaged: its checksum is another.") % file)
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(str(error)) from error
    listed = _read(file)
    if OUR_TABLE not in listed:
        raise BackupError(_("“%s” is no backup of such a site.") % file)
    created = CREATED_AT.search(listed)
    return created[1] if created else ""


def holds_something() -> bool:
    """Whether the database has any tables."""
    return bool(connection.introspection.table_names())


def restore(file: Path) -> None:
    """Replace the database by the backup ``file``, which ``check`` should accept first.

    Raises BackupError, and has changed nothing then.
    """
    make_room = MAKE_ROOM if holds_something() else ""
    reads = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(file)]
    stores = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", _database()]
    with tempfile.TemporaryFile("w+") as errors:
        with (
            suppress(BrokenPipeError),  # then psql has printed why it ended
            subprocess.Popen(
                stores, env=_environment(), stdin=PIPE, stdout=DEVNULL, stderr=errors
            ) as storing,
            subprocess.Popen(reads, stdout=PIPE, stderr=errors) as reading,
        ):
            script, source = cast("IO[bytes]", storing.stdin), cast("IO[bytes]", reading.stdout)
            script.write(f"BEGIN;\n{make_room}".encode())
            shutil.copyfileobj(source, script)
            if reading.wait() == 0:
                script.write(f"{NEW_MARK}COMMIT;\n".encode())
        if storing.returncode or reading.returncode:
            errors.seek(0)
            raise BackupError(errors.read().strip())
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS replaced CASCADE")
        cursor.execute("ANALYZE")


def _read(file: Path) -> str:
    """Read a backup to its end; returns its table of contents."""
    listed = _run("pg_restore", "--list", str(file))
    _run("pg_restore", f"--file={os.devnull}", str(file))
    return listed


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _checksum_of(file: Path) -> Path:
    """The file with the checksum of ``file``, in the format of ``sha256sum --check``."""
    return file.with_name(f"{file.name}.sha256")


# --- PostgreSQL's programs ---


def _run(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [_program(program), *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env=_environment(),
        errors="replace",
    )
    if done.returncode:
        raise BackupError(done.stderr.strip())
    return done.stdout


def _program(name: str) -> str:
    """The path of a program of the server's major version. Raises BackupError if there is none.

    An older one cannot read what the server writes; a newer one writes what the server cannot read.
    """
    needed, versions = connection.get_database_version()[0], []
    folders = [Path(folder) for folder in os.get_exec_path()]
    with suppress(embedded_postgres.NotStartedError):
        folders.insert(0, embedded_postgres.programs())
    for folder in folders:
        if all((folder / program).is_file() for program in PROGRAMS):
            version = _version(folder / name)
            if version == needed:
                return str(folder / name)
            versions.append(f"{version} ({folder})")
    raise BackupError(
        _("The server is PostgreSQL %(needed)d: put its %(programs)s on PATH. Found: %(found)s.")
        % {
            "needed": needed,
            "programs": ", ".join(PROGRAMS),
            "found": ", ".join(versions) or _("none"),
        }
    )


def _version(program: Path) -> int:
    output = subprocess.run([program, "--version"], check=False, capture_output=True, text=True)
    number = re.search(r"\d+", output.stdout)
    return int(number[0]) if number else 0


def _database() -> str:
    """The argument for Django's database. The password is not in it: others may list arguments."""
    connection.ensure_connection()
    return f"--dbname={connection.connection.info.dsn}"


def _environment() -> dict[str, str]:
    connection.ensure_connection()
    password = connection.connection.info.password
    return os.environ | ({"PGPASSWORD": password} if password else {})
