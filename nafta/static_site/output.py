"""The folder of a baked site: what was made last, and how the next takes its place.

``.bake/`` in it holds the list of what was made and, while a bake runs, the new files. Nothing of
the site changes until all of these are there. What is to be moved is written down first, so that a
move that was cut short is finished by the next run.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

OWN = ".bake"  # what a server should not serve
LIST, NEXT, NEW, LOCK, GONE = "list.json", "next.json", "new", "lock", "gone.map"


class FolderError(Exception):
    """The folder is not ours to write, or somebody else is writing it."""


@dataclass(slots=True)
class Page:
    """A file as it was made. ``gone``: it tells that what stood there was taken back."""

    address: str
    fingerprint: str
    files: list[str]
    size: int
    gone: bool = False


@dataclass(slots=True)
class Contents:
    """What was made, of which edition (``recipe``, with all else that shapes it)."""

    recipe: str = ""
    pages: dict[str, Page] = field(default_factory=dict)

    @property
    def fingerprints(self) -> dict[str, str]:
        return {path: page.fingerprint for path, page in self.pages.items()}


class Folder:
    """A folder that is empty or was baked before; nobody else's files are touched."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.own = path / OWN
        self.new = self.own / NEW

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One bake at a time, on a folder that is whole."""
        if self.path.exists() and not self.own.exists() and any(self.path.iterdir()):
            raise FolderError(_("%(folder)s is not empty, and no bake made it.") % self._named())
        self.own.mkdir(parents=True, exist_ok=True)
        with (self.own / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                text = _("Another bake is writing %(folder)s.") % self._named()
                raise FolderError(text) from error
            self._finish()
            shutil.rmtree(self.new, ignore_errors=True)
            self.new.mkdir()
            yield
            shutil.rmtree(self.new, ignore_errors=True)

    def read(self) -> Contents:
        """What was made last; nothing, if this is the first time."""
        with suppress(FileNotFoundError):
            told = json.loads((self.own / LIST).read_text())
            pages = {path: Page(**page) for path, page in told["pages"].items()}
            return Contents(told["recipe"], pages)
        return Contents()

    def switch(self, contents: Contents) -> None:
        """Put what is new in its place, remove what is no more, and remember it."""
        (self.own / NEXT).write_text(json.dumps(asdict(contents)))
        (self.own / NEXT).replace(self.own / f"{NEXT}.whole")
        self._finish()

    def _finish(self) -> None:
        """Move what waits; all of it can be done again."""
        whole = self.own / f"{NEXT}.whole"
        if not whole.exists():
            return
        told: dict[str, Any] = json.loads(whole.read_text())
        stay = {file for page in told["pages"].values() for file in page["files"]}
        for folder, _folders, files in os.walk(self.new):
            for name in files:
                source = Path(folder) / name
                target = self.path / source.relative_to(self.new)
                target.parent.mkdir(parents=True, exist_ok=True)
                source.replace(target)
        for page in self.read().pages.values():
            for file in set(page.files) - stay:
                self._remove(self.path / file)
        gone = sorted(path for path, page in told["pages"].items() if page["gone"])
        (self.own / GONE).write_text("".join(f"{path} 1;\n" for path in gone))
        whole.replace(self.own / LIST)

    def _remove(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        for parent in file.parents:
            if parent == self.path or any(parent.iterdir()):
                break
            parent.rmdir()

    def _named(self) -> dict[str, Any]:
        return {"folder": self.path}
