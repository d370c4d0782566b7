import hashlib
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests import migrated
from tests.faults.machines import ROOT, Database, Web


@pytest.fixture
def chance() -> random.Random:
    """The same moments again with the same FAULT_SEED."""
    seed = int(os.environ.get("FAULT_SEED", "0")) or random.randrange(1, 10**6)
    print(f"FAULT_SEED={seed}")
    return random.Random(seed)


@pytest.fixture(scope="session")
def prepared() -> Path:
    """A server's folder with the shipped record in it."""
    return _prepared(migrated.RECORD)


@pytest.fixture(scope="session")
def prepared_small() -> Path:
    """A server's folder with a record that is baked in seconds."""
    return _prepared(ROOT / "tests" / "nafta" / "packages" / "two-party")


def _prepared(record: Path) -> Path:
    """The server's folder is made once and kept for the next run."""
    content = hashlib.sha256()
    for path in [*migrated.sources(), *sorted(record.iterdir())]:
        content.update(path.read_bytes())
    kept = ROOT / "var" / f"faults-{content.hexdigest()[:12]}"
    if not (kept / "whole").exists():
        shutil.rmtree(kept, ignore_errors=True)
        made = Database(kept, {"fsync": "off"})
        made.create()
        try:
            Web({"DATABASE_URL": made.url}).prepare(record)
        finally:
            made.stop("fast")
        (kept / "whole").touch()
    return kept


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="faults-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def database(folder: Path, prepared: Path) -> Iterator[Callable[..., Database]]:
    """Starts a server with the record in it, or one that follows another."""
    made: list[Database] = []

    def make(name: str, follows: Database | None = None, **options: str) -> Database:
        one = Database(folder / name, options)
        made.append(one)
        return one.follow(follows) if follows else one.copy(prepared)

    yield make
    for one in made:
        with suppress(subprocess.CalledProcessError):
            one.stop("immediate")


@pytest.fixture
def small(folder: Path, prepared_small: Path) -> Iterator[Database]:
    """A server with the small record."""
    server = Database(folder / "small", {"fsync": "off"})
    yield server.copy(prepared_small)
    server.stop("immediate")


@pytest.fixture
def web() -> Iterator[Callable[..., Web]]:
    """Starts web processes with a database, and an editor who has logged in."""
    made: list[Web] = []

    def make(url: str, workers: int = 2, **settings: Any) -> Web:
        one = Web({"DATABASE_URL": url, **settings}, workers)
        made.append(one)
        return one.log_in().start()

    yield make
    for one in made:
        one.stop()
