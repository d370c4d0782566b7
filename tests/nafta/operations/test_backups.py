"""``backup`` and ``restore``: what was there comes back, all of it, or nothing changes."""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from nafta.operations import backups, embedded_postgres
from rounds.models import Edition, Party, Statement
from tests.world import create_editor, create_world

pytestmark = pytest.mark.slow

SOMEWHERE = (100, 2_000, 30_000)  # bytes of a backup: its head, its list, its rows


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
    assert sorted(path.name for path in tmp_path.glob("night*")) == [
        file.name,
        f"{file.name}.sha256",
    ]
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


def test_what_is_no_whole_backup_changes_nothing(
    world: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "night.dump"
    said("backup", file)
    whole, checksum = file.read_bytes(), backups._checksum_of(file)
    before = Edition.objects.values().get()
    text = b"Nothing like a backup"
    damaged = [whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :] for at in SOMEWHERE]
    for wrong in [b"", text, whole[:-1], whole[: len(whole) // 2], *damaged]:
        file.write_bytes(wrong)
        with pytest.raises(CommandError, match="damaged: its checksum"):
            said("restore", file, "--replace")
    checksum.unlink()  # then pg_restore and PostgreSQL have the last word
    for wrong in [b"", text, whole[:-1], whole[: len(whole) // 2]]:
        file.write_bytes(wrong)
        with pytest.raises(CommandError, match=r"Nothing was restored\. .+"):
            said("restore", file, "--replace")
    with pytest.raises(CommandError, match="There is no file"):
        said("restore", tmp_path / "missing.dump", "--replace")
    with pytest.raises(CommandError, match="There is no file"):
        said("restore", tmp_path, "--replace")
    assert Edition.objects.values().get() == before
    # one that ends while it is being stored
    file.write_bytes(whole)
    monkeypatch.setattr(backups, "NEW_MARK", "SELECT no_such_function();")
    with pytest.raises(CommandError, match="no_such_function"):
        said("restore", file, "--replace")
    file.write_bytes(whole[: len(whole) // 2])
    monkeypatch.setattr(backups, "_read", lambda file: backups.OUR_TABLE)
    with pytest.raises(CommandError, match=r"Nothing was restored\. .+"):
        said("restore", file, "--replace")
    assert Edition.objects.values().get() == before


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
