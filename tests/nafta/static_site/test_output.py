"""The switch to a new edition of the baked site, ended at each of its steps."""

import itertools
import shutil
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from nafta.static_site.output import Manifest, OutputFolder, StoredFile

OLD = {"index.html": "old", "same.html": "as it was", "gone.html": "taken back"}
NEW = {"index.html": "new", "same.html": "as it was", "fresh.html": "more"}
STEPS = [
    *((Path, name) for name in ("mkdir", "hardlink_to", "write_text", "unlink", "symlink_to")),
    *((Path, name) for name in ("replace", "rename", "rmdir")),
    (shutil, "rmtree"),
]


class KilledError(BaseException):
    """The process ends here: nothing that it would do afterwards is done."""


def store(folder: OutputFolder, texts: dict[str, str]) -> tuple[Path, Manifest]:
    """The folder of a new edition with what has changed, and its manifest."""
    edition, before = folder.begin(), folder.read()
    for name, text in texts.items():
        if before.fingerprints.get(f"/{name}") != text:
            (edition / name).write_text(text)
    pages = {f"/{name}": StoredFile(f"/{name}", text, [name], 1) for name, text in texts.items()}
    return edition, Manifest("recipe", pages)


def served(folder: OutputFolder) -> dict[str, str]:
    pages = folder.current.glob("*.html")
    return {path.name: path.read_text() for path in pages}


def killed_at(number: int, monkeypatch: pytest.MonkeyPatch, action: Callable[[], Any]) -> bool:
    """Whether ``action`` was ended at its step of this number, rather than went on to its end."""
    counter = itertools.count()

    def counted(step: Callable[..., Any]) -> Callable[..., Any]:
        def take(*args: Any, **options: Any) -> Any:
            if next(counter) == number:
                raise KilledError
            return step(*args, **options)

        return take

    with monkeypatch.context() as patch:
        for owner, name in STEPS:
            patch.setattr(owner, name, counted(getattr(owner, name)))
        try:
            action()
        except KilledError:
            return True
    return False


def test_a_switch_that_is_killed_at_any_step_leaves_one_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = []
    for number in itertools.count():
        folder = OutputFolder(tmp_path / str(number))
        with folder.locked():
            folder.switch(*store(folder, OLD))
        edition, manifest = store(folder, NEW)
        is_killed = killed_at(number, monkeypatch, partial(folder.switch, edition, manifest))
        outcomes.append(served(folder))
        assert outcomes[-1] in (OLD, NEW)
        with folder.locked():  # the next bake
            assert [path.name for path in folder.editions.iterdir()] == [
                folder.current.resolve().name
            ]
            folder.switch(*store(folder, NEW))
        assert served(folder) == NEW
        if not is_killed:
            break
    assert len(outcomes) > 6
    assert outcomes[0] == OLD
    assert outcomes[-1] == NEW


def test_a_process_that_outlives_a_bake_does_not_keep_its_lock(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path)
    with folder.locked():
        child = get_context("fork").Process(target=time.sleep, args=(60,))
        child.start()  # with the lock's file open
    try:
        with folder.locked():
            assert child.is_alive()
    finally:
        child.kill()
        child.join()
