"""``backup`` and ``restore``: what was there comes back, all of it, or nothing changes."""

import errno
import hashlib
import io
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from nafta.operations import backups, embedded_postgres
from rounds.models import Edition, Party, Statement
from tests.world import create_editor, create_world

pytestmark = pytest.mark.slow


@pytest.fixture
def world(transactional_db: None) -> SimpleNamespace:
    """Stored for good: PostgreSQL's programs are visitors of their own."""
    world = create_world()
    Statement.objects.filter(pk=world.said.pk).update(summary="Half of the lake must stay.")
    return world


def said(command: str, *arguments: Any) -> str:
    output = io.StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def record(folder: Path) -> dict[str, bytes]:
    call_command("dump_record", folder, verbosity=0)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def history() -> dict[str, list[Any]]:
    """Every version of every record, and who made it."""
    models = [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
    kept = {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
    assert sum(map(len, kept.values())) > 50
    return kept | {"context": list(pghistory.models.Context.objects.order_by("pk").values())}


def destroy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def test_what_was_destroyed_comes_back(
    client: Client, world: SimpleNamespace, tmp_path: Path
) -> None:
    create_editor()
    file = tmp_path / "night.dump"
    before, then, edition = record(tmp_path / "before"), history(), Edition.objects.get()
    assert str(file) in said("backup", file)
    assert list(tmp_path.glob("*night*")) == [file]
    assert file.stat().st_mode & 0o077 == 0

    destroy()
    told = said("restore", file)
    assert f"edition: {edition.number}" in told
    assert "migrate" not in told
    assert record(tmp_path / "after") == before
    assert history() == then
    restored = Edition.objects.get()
    assert (restored.number, restored.raised_at) == (edition.number, edition.raised_at)
    assert restored.mark != edition.mark
    assert world.said.slug in client.get("/search/?q=lake").content.decode()
    # the rules and the history go on
    Statement.objects.filter(pk=world.said.pk).update(summary="All of it.")
    assert Edition.objects.get().number == edition.number + 1
    assert history() != then


def test_what_is_there_is_replaced_only_when_told_to(
    world: SimpleNamespace, tmp_path: Path
) -> None:
    file = tmp_path / "night.dump"
    said("backup", file)
    Party.objects.filter(pk=world.arden.pk).update(name="The Ardens")
    with pytest.raises(CommandError, match="not empty; --replace"):
        said("restore", file)
    assert Party.objects.get(pk=world.arden.pk).name == "The Ardens"
    for _time in range(2):
        said("restore", file, "--replace")
        assert Party.objects.get(pk=world.arden.pk).name != "The Ardens"
    assert said("backup", tmp_path / "again.dump")


def archive_of(file: Path) -> bytes:
    """What pg_dump wrote: an older backup is no more than this."""
    return file.read_bytes().partition(b"\n")[2]


def assert_nothing_restored(file: Path, reason: str) -> None:
    before = Edition.objects.values().get()
    with pytest.raises(CommandError, match=rf"Nothing was restored\. .*{reason}") as refusal:
        said("restore", file, "--replace")
    assert refusal.value.returncode == 1
    assert Edition.objects.values().get() == before


def test_any_changed_byte_is_noticed_with_the_one_file(
    world: SimpleNamespace, tmp_path: Path
) -> None:
    file = tmp_path / "night.dump"
    said("backup", file)
    whole = file.read_bytes()
    for position in [*range(200), *range(200, len(whole), 997), len(whole) - 1]:
        changed = whole[position] ^ (1 << position % 8)
        file.write_bytes(whole[:position] + bytes([changed]) + whole[position + 1 :])
        with pytest.raises(backups.BackupError, match="damaged: its checksum"):
            backups.check(file)
    for wrong in (b"", b"Nothing like a backup", whole[:-1], whole[:1000], whole + b" "):
        file.write_bytes(wrong)
        assert_nothing_restored(file, "damaged: its checksum")


def test_an_older_backup_is_restored(world: SimpleNamespace, tmp_path: Path) -> None:
    file, beside = tmp_path / "night.dump", tmp_path / "night.dump.sha256"
    said("backup", file)
    archive = archive_of(file)
    for text in (f"{hashlib.sha256(archive).hexdigest()}  night.dump\n", ""):
        file.write_bytes(archive[:-1])
        beside.write_text(text or "0  night.dump")
        assert_nothing_restored(file, "damaged: its checksum")
        if not text:
            beside.unlink()  # then pg_restore and PostgreSQL have the last word
            for wrong in (b"", b"Nothing like a backup", archive[: len(archive) // 2]):
                file.write_bytes(wrong)
                with pytest.raises(backups.BackupError):
                    backups.check(file)
                assert_nothing_restored(file, ".+")
        Party.objects.filter(pk=world.arden.pk).update(name="The Ardens")
        file.write_bytes(archive)
        said("restore", file, "--replace")
        assert Party.objects.get(pk=world.arden.pk).name != "The Ardens"


def test_what_cannot_be_restored_changes_nothing(
    world: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_nothing_restored(tmp_path / "missing.dump", "There is no file")
    assert_nothing_restored(tmp_path, "There is no file")
    # one that ends while it is being stored
    file = tmp_path / "night.dump"
    said("backup", file)
    with monkeypatch.context() as patch:
        patch.setattr(backups, "NEW_MARK", "SELECT no_such_function();")
        assert_nothing_restored(file, "no_such_function")
    archive = archive_of(file)
    check = backups.check

    def damaged_after_check(checked: Path) -> str:
        written_at = check(checked)
        checked.write_bytes(archive[: len(archive) // 2])
        return written_at

    monkeypatch.setattr(backups, "check", damaged_after_check)
    assert_nothing_restored(file, ".+")


def test_what_pg_restore_has_not_ended_well_is_not_stored(
    world: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if all of it arrived: an archive that ends between two tables looks the same."""
    file, failing, program = tmp_path / "night.dump", tmp_path / "pg_restore", backups._program
    said("backup", file)
    failing.write_text(
        f'#!/bin/sh\n{program("pg_restore")} "$@"\n'
        'case "$*" in *use-list*) echo "ended early" >&2; exit 1;; esac\n'
    )
    failing.chmod(0o755)
    monkeypatch.setattr(
        backups, "_program", lambda name: str(failing) if name == failing.name else program(name)
    )
    assert_nothing_restored(file, "ended early")


def test_a_backup_of_another_site_is_refused(
    world: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "night.dump"
    said("backup", file)
    monkeypatch.setattr(backups, "OUR_TABLE", " TABLE public another_site ")
    assert_nothing_restored(file, "is no backup of such a site")


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'")
        return {name for (name,) in cursor.fetchall()} - {"information_schema"}


def end_before_clean_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a restoration leaves the database that is killed between its COMMIT and its end."""

    class KilledError(Exception):
        pass

    def die(**_arguments: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(transaction, "atomic", die)
        with pytest.raises(KilledError):
            said("restore", file, "--replace")
    assert schemas() == {"public", "replaced"}


def test_a_restoration_that_was_cut_short_is_in_no_backup_and_in_no_ones_way(
    world: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.dump", tmp_path / "second.dump"
    said("backup", first)
    before = record(tmp_path / "before")
    end_before_clean_up(first, monkeypatch)
    said("backup", second)
    size = first.stat().st_size
    assert abs(second.stat().st_size - size) < size / 10  # not both schemas

    for number, options in enumerate([["--replace"], ["--replace"], []]):
        if not options:
            end_before_clean_up(first, monkeypatch)
            destroy()
        said("restore", second, *options)
        assert schemas() == {"public"}
        assert record(tmp_path / str(number)) == before


def test_an_older_backup_of_both_schemas_is_restored(
    world: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.dump", tmp_path / "second.dump"
    said("backup", first)
    before = record(tmp_path / "before")
    end_before_clean_up(first, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(backups, "OLD_SCHEMA", "none_of_that_name")
        said("backup", second)
    second.write_bytes(archive_of(second))
    for number, options in enumerate([["--replace"], []]):
        if not options:
            destroy()
        said("restore", second, *options)
        assert schemas() == {"public"}
        assert record(tmp_path / str(number)) == before


def test_a_backup_on_a_full_disk_leaves_no_file(
    world: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_nothing(_source: Any, _target: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfileobj", write_nothing)
    with pytest.raises(CommandError, match=r"There is no backup\..+No space left"):
        said("backup", tmp_path / "night.dump")
    assert list(tmp_path.iterdir()) == []


def test_what_pg_dump_has_not_ended_well_is_no_backup(
    world: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, failing, program = tmp_path / "backups", tmp_path / "pg_dump", backups._program
    folder.mkdir()
    failing.write_text(f'#!/bin/sh\n{program("pg_dump")} "$@"\necho "ended early" >&2\nexit 1\n')
    failing.chmod(0o755)
    monkeypatch.setattr(
        backups, "_program", lambda name: str(failing) if name == failing.name else program(name)
    )
    with pytest.raises(CommandError, match=r"There is no backup\. ended early"):
        said("backup", folder / "night.dump")
    assert list(folder.iterdir()) == []


def test_a_backup_that_cannot_be_read_again_leaves_no_file(
    world: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: Path) -> str:
        raise backups.BackupError("it cannot be read")

    monkeypatch.setattr(backups, "check", refuse)
    with pytest.raises(CommandError, match="it cannot be read"):
        said("backup", tmp_path / "night.dump")
    assert list(tmp_path.iterdir()) == []


def test_no_login_comes_back(client: Client, world: SimpleNamespace, tmp_path: Path) -> None:
    client.force_login(create_editor())
    assert Session.objects.exists()
    said("backup", tmp_path / "night.dump")
    said("restore", tmp_path / "night.dump", "--replace")
    assert not Session.objects.exists()


def test_no_backup_takes_the_place_of_a_file(world: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "night.dump"
    file.write_text("mine")
    with pytest.raises(CommandError, match=r"There is no backup. .+ exists already"):
        said("backup", file)
    assert file.read_text() == "mine"
    with pytest.raises(CommandError, match="No such file"):
        said("backup", tmp_path / "missing" / "night.dump")
    assert list(tmp_path.iterdir()) == [file]


def test_programs_of_another_version_are_named(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in backups.PROGRAMS:
        (tmp_path / program).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(embedded_postgres, "programs", lambda: tmp_path)
    with pytest.raises(CommandError, match=rf"put its pg_dump, .+ on PATH. Found: 9 \({tmp_path}"):
        said("backup", tmp_path / "night.dump")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(embedded_postgres, "programs", lambda: tmp_path / "missing")
    with pytest.raises(CommandError, match="Found: none"):
        said("backup", tmp_path / "night.dump")
