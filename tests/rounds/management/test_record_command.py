"""What commands say where the database is not ready for them."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("load_record", ["--dry-run"]),
        ("dump_record", ["{folder}/dumped"]),
        ("bake", ["{folder}/baked", "--address=https://example.org"]),
        ("check_sources", []),
    ],
)
def test_without_tables_they_say_what_to_run(
    db: None, tmp_path: Path, command: str, arguments: list[str]
) -> None:
    filled = [argument.format(folder=tmp_path) for argument in arguments]
    with transaction.atomic():
        connection.cursor().execute("SET LOCAL search_path TO pg_catalog")
        with pytest.raises(CommandError, match=r"First run: manage\.py migrate"):
            call_command(command, *filled, verbosity=0)
        transaction.set_rollback(True)


def test_nothing_is_no_backup(db: None, tmp_path: Path) -> None:
    """It could not be restored."""
    with transaction.atomic():
        connection.cursor().execute("SET LOCAL search_path TO pg_catalog")
        with pytest.raises(CommandError, match=r"There is no backup\. The database has no tables"):
            call_command("backup", tmp_path / "backup", verbosity=0)
        transaction.set_rollback(True)
    assert list(tmp_path.iterdir()) == []
