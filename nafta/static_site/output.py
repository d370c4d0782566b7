"""The folder of the static site, and the switch from the last version to a new one.

Its subfolder ``.bake/`` has the manifest of the last version and, while a bake runs, the new files.
The site changes only when all of these are complete. The new manifest is written before files are
moved, so that the next run completes a switch that was interrupted.
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

WORK_FOLDER = ".bake"  # servers should not serve it
MANIFEST, NEXT_MANIFEST, NEW_FILES, LOCK, GONE_MAP = (
    "list.json",
    "next.json",
    "new",
    "lock",
    "gone.map",
)


class FolderError(Exception):
    """The folder has files of others, or another bake is running. The message says which."""


@dataclass(slots=True)
class StoredFile:
    """A file of the manifest. ``gone``: it says that the record was unpublished (410)."""

    address: str
    fingerprint: str
    files: list[str]
    size: int
    gone: bool = False


@dataclass(slots=True)
class Manifest:
    """The manifest: files by path, and the ``recipe`` that they were made by."""

    recipe: str = ""
    pages: dict[str, StoredFile] = field(default_factory=dict)

    @property
    def fingerprints(self) -> dict[str, str]:
        return {path: page.fingerprint for path, page in self.pages.items()}


class OutputFolder:
    """A folder that is empty or was baked before. Files that no bake made are never touched."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.work = path / WORK_FOLDER
        self.new = self.work / NEW_FILES

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder for one bake, after completing a switch that was interrupted."""
        if self.path.exists() and not self.work.exists() and any(self.path.iterdir()):
            raise FolderError(_("%(folder)s is not empty, and no bake made it.") % self._named())
        self.work.mkdir(parents=True, exist_ok=True)
        with (self.work / LOCK).open("w") as lock:
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

    def read(self) -> Manifest:
        """The last manifest; an empty one before the first bake."""
        with suppress(FileNotFoundError):
            stored = json.loads((self.work / MANIFEST).read_text())
            pages = {path: StoredFile(**page) for path, page in stored["pages"].items()}
            return Manifest(stored["recipe"], pages)
        return Manifest()

    def switch(self, manifest: Manifest) -> None:
        """Move the new files into place and delete those that are not in ``manifest``."""
        (self.work / NEXT_MANIFEST).write_text(json.dumps(asdict(manifest)))
        (self.work / NEXT_MANIFEST).replace(self.work / f"{NEXT_MANIFEST}.whole")
        self._finish()

    def _finish(self) -> None:
        """Complete a switch, if one was started. Each step can be repeated."""
        complete = self.work / f"{NEXT_MANIFEST}.whole"
        if not complete.exists():
            return
        stored: dict[str, Any] = json.loads(complete.read_text())
        kept = {file for page in stored["pages"].values() for file in page["files"]}
        for folder, _folders, files in os.walk(self.new):
            for name in files:
                source = Path(folder) / name
                target = self.path / source.relative_to(self.new)
                target.parent.mkdir(parents=True, exist_ok=True)
                source.replace(target)
        for page in self.read().pages.values():
            for file in set(page.files) - kept:
                self._remove(self.path / file)
        gone = sorted(path for path, page in stored["pages"].items() if page["gone"])
        (self.work / GONE_MAP).write_text("".join(f"{path} 1;\n" for path in gone))
        complete.replace(self.work / MANIFEST)

    def _remove(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        for parent in file.parents:
            if parent == self.path or any(parent.iterdir()):
                break
            parent.rmdir()

    def _named(self) -> dict[str, Any]:
        return {"folder": self.path}
