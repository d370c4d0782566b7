"""The folder of the static site, and the switch from the last edition to a new one.

``editions/`` has each edition in a folder of its own, and ``current`` is a symbolic link to the one
that is served. The link is replaced in one step, once the new edition is complete, so whatever ends
a bake leaves the files of one edition. Files that have not changed are hard links to those of the
last edition: they keep their time and take no space twice.
"""

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

CURRENT, EDITIONS, LOCK = "current", "editions", ".lock"
WORK_FOLDER = ".bake"  # in each edition; servers should not serve it
MANIFEST, GONE_MAP = "list.json", "gone.map"


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
    def files(self) -> set[str]:
        return {file for page in self.pages.values() for file in page.files}

    @property
    def fingerprints(self) -> dict[str, str]:
        return {path: page.fingerprint for path, page in self.pages.items()}


class OutputFolder:
    """A folder that is empty or was baked before. Files that no bake made are never touched."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.current = path / CURRENT
        self.editions = path / EDITIONS

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder for one bake. What a bake leaves unfinished is removed."""
        if self.path.exists() and not self.editions.exists() and any(self.path.iterdir()):
            raise FolderError(_("%(folder)s is not empty, and no bake made it.") % self._named())
        self.editions.mkdir(parents=True, exist_ok=True)
        with (self.path / LOCK).open("w") as lock:
            try:
                # Forked processes inherit locks of flock(), and would hold them after this one.
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError) as error:  # POSIX allows either
                text = _("Another bake is writing %(folder)s.") % self._named()
                raise FolderError(text) from error
            self._remove_unserved()
            try:
                yield
            finally:
                self._remove_unserved()

    def read(self) -> Manifest:
        """The manifest of the current edition; an empty one before the first bake."""
        with suppress(FileNotFoundError):
            stored = json.loads((self.current / WORK_FOLDER / MANIFEST).read_text())
            pages = {path: StoredFile(**page) for path, page in stored["pages"].items()}
            return Manifest(stored["recipe"], pages)
        return Manifest()

    def begin(self) -> Path:
        """Make the folder of a new edition."""
        # No name is used twice: a process of a bake that was killed may still write for a moment.
        edition = self.editions / uuid.uuid4().hex
        edition.mkdir()
        return edition

    def switch(self, edition: Path, manifest: Manifest) -> None:
        """Complete ``edition`` with the files that have not changed, and serve it from now on."""
        self._link_unchanged(edition, manifest)
        work = edition / WORK_FOLDER
        work.mkdir()
        (work / MANIFEST).write_text(json.dumps(asdict(manifest)))
        gone = sorted(path for path, page in manifest.pages.items() if page.gone)
        (work / GONE_MAP).write_text("".join(f"{path} 1;\n" for path in gone))
        link = self.path / f"{CURRENT}.new"
        link.unlink(missing_ok=True)
        link.symlink_to(edition.relative_to(self.path), target_is_directory=True)
        link.replace(self.current)
        self._remove_unserved()

    def _link_unchanged(self, edition: Path, manifest: Manifest) -> None:
        """Link the files of the current edition, except those that are new or removed.

        Those that no bake made, such as a file that proves who owns the site, are linked too.
        """
        outdated = self.read().files - manifest.files
        for folder, _folders, names in os.walk(self.current):
            relative = Path(folder).relative_to(self.current)
            if relative.parts[:1] == (WORK_FOLDER,):
                continue
            for name in names:
                target = edition / relative / name
                if str(relative / name) not in outdated and not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.hardlink_to(Path(folder) / name)

    def _remove_unserved(self) -> None:
        """Remove all editions but the current one."""
        for edition in self.editions.iterdir():
            if not (self.current.exists() and self.current.samefile(edition)):
                shutil.rmtree(edition, ignore_errors=True)

    def _named(self) -> dict[str, Any]:
        return {"folder": self.path}
