"""Backups of the whole database: a line with a checksum, then an archive of ``pg_dump``.

The checksum is that of all that follows the line, so one file is enough to find a changed byte. By
hand: ``tail -n +2 FILE | sha256sum``, ``tail -n +2 FILE | pg_restore --list``. Older backups are
the archive alone; their checksum lies in a file beside them.

A backup gets its name only when it is complete and has been read to its end. A restore is one
transaction: if anything fails before its COMMIT, nothing has changed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO, cast

from django.db import connection, transaction
from django.utils.translation import gettext as _

from nafta.operations import embedded_postgres

PROGRAMS = ("pg_dump", "pg_restore", "psql")
OUR_TABLE = " TABLE public rounds_edition "  # in the table of contents of a backup of this site
HEADER = "pg_dump archive after this line, sha256 of it: %s\n"
HEADER_BYTES = len(HEADER % ("0" * 64))
HEADER_LINE = re.compile((HEADER % "([0-9a-f]{64})").encode())
ARCHIVE_START = b"PGDMP"  # with which every archive in the custom format begins
CREATED_AT = re.compile(r"^; Archive created at (.+)$", re.MULTILINE)
# The schema of the old tables while a restore runs. One that was killed after its COMMIT leaves it
# behind. It belongs in no backup, and older backups may have it: then its entries are not restored.
OLD_SCHEMA = "replaced"
OLD_SCHEMA_ENTRIES = re.compile(rf"^\d+; \d+ \d+ [A-Z -]+ {OLD_SCHEMA} .*\n", re.MULTILINE)
# The old tables move to another schema. They stay readable until the COMMIT; writers wait.
# Extensions are moved back. Only a superuser may do so; others drop and create them again.
MAKE_ROOM = f"""
SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = 0;
SET LOCAL statement_timeout = 0;
DROP SCHEMA IF EXISTS {OLD_SCHEMA} CASCADE;
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname = 'public' ORDER BY tablename
    LOOP
        EXECUTE format('LOCK TABLE %s IN EXCLUSIVE MODE', name);
    END LOOP;
    ALTER SCHEMA public RENAME TO {OLD_SCHEMA};
    CREATE SCHEMA public;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
    FOR name IN SELECT extname FROM pg_extension WHERE extnamespace = '{OLD_SCHEMA}'::regnamespace
    LOOP
        BEGIN
            EXECUTE format('ALTER EXTENSION %I SET SCHEMA public', name);
        EXCEPTION WHEN insufficient_privilege THEN  -- then readers of its indexes wait
            EXECUTE format('DROP EXTENSION %I CASCADE', name);
        END;
    END LOOP;
END $$;
"""  # noqa: S608 -- all of it is ours
# A new mark, or pages cached of an edition of that number would be served.
NEW_MARK = "UPDATE public.rounds_edition SET mark = gen_random_uuid();\n"


class BackupError(Exception):
    """A backup was not written, is invalid, or was not restored. The message says why."""


def write(file: Path) -> None:
    """Write the whole database to ``file``. Raises BackupError."""
    if file.exists():
        raise BackupError(_("“%s” exists already and is left as it is.") % file)
    if not holds_something():
        raise BackupError(_("The database has no tables, so there is nothing to back up."))
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            new = Path(folder) / file.name
            new.touch(mode=0o600)  # it has drafts and password hashes
            _dump(new)
            check(new)
            new.rename(file)
    except OSError as error:
        raise BackupError(str(error)) from error


def _dump(file: Path) -> None:
    """Write the archive to ``file``, then its checksum into the line before it."""
    # Sessions are left out: a restore must not bring back logins that have ended.
    options = ["--exclude-table-data=public.django_session", f"--exclude-schema={OLD_SCHEMA}"]
    command = [_program("pg_dump"), "--format=custom", *options, _database()]
    with file.open("w+b") as content, tempfile.TemporaryFile("w+") as errors:
        content.seek(HEADER_BYTES)
        with subprocess.Popen(command, env=_environment(), stdout=PIPE, stderr=errors) as dumping:
            shutil.copyfileobj(cast("IO[bytes]", dumping.stdout), content)
        if dumping.returncode:
            errors.seek(0)
            raise BackupError(errors.read().strip())
        content.seek(HEADER_BYTES)
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
        content.write((HEADER % digest).encode())
        content.flush()
        os.fsync(content.fileno())


def check(file: Path) -> str:
    """Return when the backup ``file`` was made. Raise BackupError if it is no valid backup.

    Any changed byte is detected. In an older backup without its file of the checksum, only what
    pg_restore cannot read is.
    """
    try:
        if not file.is_file():
            raise BackupError(_("There is no file “%s”.") % file)
        if not _is_intact(file):
            raise BackupError(_("“%s” is damaged: its checksum is another.") % file)
        listed = _run_on_archive(file, "pg_restore", "--list")
        _run_on_archive(file, "pg_restore", f"--file={os.devnull}")
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(str(error)) from error
    if OUR_TABLE not in listed:
        raise BackupError(_("“%s” is no backup of such a site.") % file)
    created = CREATED_AT.search(listed)
    return created[1] if created else ""


def _is_intact(file: Path) -> bool:
    """Whether the checksum of a backup is right, or there is none, as with older ones."""
    with file.open("rb") as content:
        header = HEADER_LINE.fullmatch(content.read(HEADER_BYTES))
        if not header:
            content.seek(0)
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if header:
        return header[1].decode() == digest
    beside = file.with_name(f"{file.name}.sha256")
    if beside.exists():
        return beside.read_text(encoding="utf-8").partition(" ")[0] == digest
    with file.open("rb") as content:
        return content.read(len(ARCHIVE_START)) == ARCHIVE_START


def holds_something() -> bool:
    """Whether the database has any tables."""
    return bool(connection.introspection.table_names())


def restore(file: Path) -> None:
    """Replace the database by the backup ``file``, which ``check`` should accept first.

    Raises BackupError, and has changed nothing then.
    """
    make_room = MAKE_ROOM if holds_something() else ""
    listed = _run_on_archive(file, "pg_restore", "--list")
    stores = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", _database()]
    with tempfile.TemporaryFile("w+") as errors, tempfile.NamedTemporaryFile("w") as entries:
        entries.write(OLD_SCHEMA_ENTRIES.sub("", listed))
        entries.flush()
        options = ["--no-owner", "--no-privileges", "--file=-", f"--use-list={entries.name}"]
        reads = [_program("pg_restore"), *options]
        with (
            suppress(BrokenPipeError),  # then psql has printed why it ended
            _archive(file) as archive,
            subprocess.Popen(
                stores, env=_environment(), stdin=PIPE, stdout=DEVNULL, stderr=errors
            ) as storing,
            subprocess.Popen(reads, stdin=archive, stdout=PIPE, stderr=errors) as reading,
        ):
            script, source = cast("IO[bytes]", storing.stdin), cast("IO[bytes]", reading.stdout)
            script.write(f"BEGIN;\n{make_room}".encode())
            shutil.copyfileobj(source, script)
            if reading.wait() == 0:
                script.write(f"{NEW_MARK}COMMIT;\n".encode())
        if storing.returncode or reading.returncode:
            errors.seek(0)
            raise BackupError(errors.read().strip())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
        cursor.execute(f"DROP SCHEMA IF EXISTS {OLD_SCHEMA} CASCADE")
        cursor.execute("ANALYZE")


@contextmanager
def _archive(file: Path) -> Iterator[IO[bytes]]:
    """A pipe with the archive of a backup, without the line before it."""
    with file.open("rb", buffering=0) as content:
        if not HEADER_LINE.fullmatch(content.read(HEADER_BYTES)):
            content.seek(0)
        # Through a pipe, as pg_restore would seek in a file, by positions in the archive alone.
        with subprocess.Popen(["cat"], stdin=content, stdout=PIPE) as reading:
            yield cast("IO[bytes]", reading.stdout)


# --- PostgreSQL's programs ---


def _run_on_archive(file: Path, program: str, *arguments: str) -> str:
    """Run a program with the archive of a backup as its input; returns its output."""
    with _archive(file) as archive:
        done = subprocess.run(
            [_program(program), *arguments],
            check=False,
            capture_output=True,
            encoding="utf-8",
            env=_environment(),
            errors="replace",
            stdin=archive,
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
