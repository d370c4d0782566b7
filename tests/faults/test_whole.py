"""Bakes, backups and restorations are whole or have changed nothing, whatever breaks and when."""

import json
import os
import random
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.faults.machines import Database, Web, wait_until

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "5"))  # 50 for the whole of it
LIVE = re.compile(rb"https://live-(\d+)\.example")
TRANSACTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = 'nafta' AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = 'nafta' AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
# All but sessions, and when jobs ended: a backup notes its own end once it is written.
TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('django_session', 'nafta_finishedjob')
    ORDER BY 1"""
# How many rows a table has, and a hash of what they say.
CONTENT = """
    SELECT '{0}', count(*), sum(hashtext((to_jsonb(stored) - 'mark')::text)::bigint)
    FROM public."{0}" AS stored"""


@dataclass
class Site:
    """A baked folder. Each bake has another live site, which nearly all pages name."""

    web: Web
    folder: Path
    bakes: int = 0

    def bake(self) -> subprocess.Popen[str]:
        self.bakes += 1
        options = ("--address=https://talks.example", f"--live=https://live-{self.bakes}.example")
        return self.web.command(
            "bake", str(self.folder), *options, "--processes=2", "--verbosity=0"
        )

    def bake_whole(self) -> float:
        """Bake to the end; returns the seconds that it took."""
        began = time.monotonic()
        _output, printed = (process := self.bake()).communicate()
        assert process.returncode == 0, printed
        assert self.is_whole()
        assert self.editions() == {self.bakes}
        return time.monotonic() - began

    def editions(self) -> set[int]:
        """The bakes of which there are pages."""
        pages = (self.folder / "current").rglob("*.html")
        return {int(number) for page in pages for number in LIVE.findall(page.read_bytes())}

    def is_whole(self) -> bool:
        """Whether the folder has all files of one bake, and no others."""
        site = self.folder / "current"
        pages = json.loads((site / ".bake" / "list.json").read_text())["pages"].values()
        listed = {file for page in pages for file in page["files"]}
        files = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
        return len(self.editions()) == 1 and files == listed | {
            ".bake/list.json",
            ".bake/gone.map",
        }


@pytest.fixture
def site(small: Database, folder: Path) -> Site:
    web = Web({"DATABASE_URL": small.url})
    web.collect_static()
    return Site(web, folder / "site")


def test_bakes_that_are_killed(site: Site, small: Database, chance: random.Random) -> None:
    took = site.bake_whole()
    finished, refused, broken, left = 0, 0, 0, 0
    for _round in range(ROUNDS):
        process = site.bake()
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, took))
        refused += bool(process.returncode)
        finished += process.returncode == 0
        children = psutil.Process(process.pid).children() if process.poll() is None else []
        process.kill()
        process.communicate()
        _gone, alive = psutil.wait_procs(children, timeout=10)
        left += len(alive) + transactions_left(small)
        broken += not site.is_whole()
    site.bake_whole()
    print(
        f"{ROUNDS} bakes killed within {took:.1f} s, {finished} of them had ended: {broken} folders"
        f" not whole, {left} processes and transactions left, {refused} next bakes refused"
    )
    assert (broken, left, refused) == (0, 0, 0)


def transactions_left(server: Database) -> int:
    with suppress(TimeoutError):
        wait_until(lambda: server.rows(TRANSACTIONS) == [(0,)], "transactions", 10)
    return int(server.rows(TRANSACTIONS)[0][0])


def test_bakes_that_lose_the_database(site: Site, small: Database, chance: random.Random) -> None:
    took = site.bake_whole()
    finished, broken, unsaid = 0, 0, 0
    for _round in range(ROUNDS):
        process = site.bake()
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, took))
        if chance.random() < 0.5:
            small.rows(TERMINATE)
        else:
            small.kill()
        _output, printed = process.communicate()
        finished += process.returncode == 0
        unsaid += process.returncode not in {0, 1} or (process.returncode == 1 and not printed)
        broken += not site.is_whole()
        with suppress(subprocess.CalledProcessError):
            small.stop("immediate")
        small.start()
    site.bake_whole()
    print(
        f"{ROUNDS} losses of the database within {took:.1f} s, {finished} bakes ended well:"
        f" {broken} folders not whole, {unsaid} that did not say why"
    )
    assert (broken, unsaid) == (0, 0)


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    """A disk of 64 MB."""
    mounted = folder / "disk"
    mounted.mkdir()
    options = ["-t", "tmpfs", "-o", "size=64m", "none"]
    if subprocess.run(["mount", *options, mounted], check=False).returncode:
        pytest.skip("nothing can be mounted here; test_bake.py limits the size of files instead")
    yield mounted
    subprocess.run(["umount", mounted], check=True)


def free_bytes(disk: Path) -> int:
    status = os.statvfs(disk)
    return status.f_bavail * status.f_frsize


def test_disks_that_are_full(site: Site, disk: Path, chance: random.Random) -> None:
    site.folder = disk / "site"
    before = free_bytes(disk)
    site.bake_whole()
    needed = before - free_bytes(disk)
    filler = disk / "filler"
    finished, broken, unsaid, leftover = 0, 0, 0, 0
    disks = max(2, ROUNDS // 5)
    for _round in range(disks):
        free = free_bytes(disk)
        filler.write_bytes(bytes(free - int(chance.uniform(0, needed))))
        _output, printed = (process := site.bake()).communicate()
        filler.unlink()
        finished += process.returncode == 0
        unsaid += process.returncode not in {0, 1} or (
            process.returncode == 1 and "No space left" not in printed
        )
        broken += not site.is_whole()
        leftover += free_bytes(disk) < free - needed // 10
    site.bake_whole()
    print(
        f"{disks} disks full within {needed / 1e6:.1f} MB, {finished} bakes ended well:"
        f" {broken} folders not whole, {leftover} with new files left, {unsaid} that did not say"
        " why"
    )
    assert (broken, unsaid, leftover) == (0, 0, 0)


def content_of(server: Database) -> list[tuple[str, int, int | None]]:
    queries = [CONTENT.format(table) for (table,) in server.rows(TABLES)]
    return sorted(server.rows(" UNION ALL ".join(queries)))


def test_restorations_that_are_killed(small: Database, folder: Path, chance: random.Random) -> None:
    web, rounds = Web({"DATABASE_URL": small.url}), max(2, ROUNDS * 2 // 5)
    night = folder / "night.dump"
    web.manage("backup", str(night), "--verbosity=0")
    stored = content_of(small)
    began = time.monotonic()
    web.manage("restore", str(night), "--replace", "--verbosity=0")
    took = time.monotonic() - began
    assert content_of(small) == stored
    restored, leftover, broken, unrestorable, left = 0, 0, 0, 0, 0
    for number in range(rounds):
        small.rows(f"UPDATE rounds_party SET name = name || ' {number}' RETURNING id")
        changed = content_of(small)
        process = web.command("restore", str(night), "--replace", "--verbosity=0")
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(took / 4, took))
        children = psutil.Process(process.pid).children() if process.poll() is None else []
        process.kill()
        process.communicate()
        psutil.wait_procs(children, timeout=60)
        left += transactions_left(small)
        content = content_of(small)
        restored += content == stored
        broken += content not in (stored, changed)
        if content not in (stored, changed):
            print(*sorted(set(content) ^ set(stored)), sep="\n")
        leftover += bool(small.rows("SELECT FROM pg_namespace WHERE nspname = 'replaced'"))
        night = folder / f"{number}.dump"
        web.manage("backup", str(night), "--verbosity=0")
        stored = content
        again = web.command("restore", str(night), "--replace", "--verbosity=0")
        _output, printed = again.communicate()
        print(printed, end="")
        unrestorable += again.returncode != 0 or content_of(small) != stored
    print(
        f"{rounds} restorations killed within {took:.1f} s, {restored} of them had committed,"
        f" {leftover} left the old schema: {broken} databases not whole, {left} transactions left,"
        f" {unrestorable} backups made afterwards that were not restorable"
    )
    assert (broken, left, unrestorable) == (0, 0, 0)
