"""A real site in a real browser: ``manage.py demo`` on a database of its own, and Chromium."""

import atexit
import os
import re
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from psycopg import sql

from tests.browser.install import chromium_path
from tests.migrated import environment, manage, migrated

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ROOT / "tests" / "nafta" / "packages"


@dataclass(frozen=True)
class Site:
    url: str
    editor: str
    password: str


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {
        "executable_path": chromium_path(),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The shipped record."""
    with served(ROOT / "nafta" / "record") as found:
        yield found


def new_database(template: str) -> str:
    name = f"site_{uuid.uuid4().hex}"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
    return name


def drop_database(name: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@cache
def loaded(record: Path) -> str:
    """A database with the record in it, to be copied; loading takes longer than that."""
    name = new_database(migrated())
    atexit.register(drop_database, name)
    manage(name, "load_record", str(record), "--verbosity=0")
    return name


@contextmanager
def served(record: Path) -> Iterator[Site]:
    """What ``make demo`` serves, from a new database that goes when it is stopped."""
    name = new_database(loaded(record))
    try:
        port = free_port()
        command = [
            sys.executable,
            "manage.py",
            "demo",
            "--port",
            str(port),
            "--record",
            str(record),
        ]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(name),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield said_by(process, port)
            finally:
                process.terminate()
    finally:
        drop_database(name)


def said_by(process: "subprocess.Popen[str]", port: int) -> Site:
    """Read what the command prints until it says that it serves."""
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if "Quit the server" in line:
            break
    else:
        raise AssertionError(printed)
    login = re.search(r"Log in as +(\S+)\s+Password +(\S+)", printed)
    assert login, printed
    # a line for each request follows: a pipe that nobody reads fills, and the server stops in it
    Thread(target=process.stdout.read, daemon=True).start()
    return Site(f"http://localhost:{port}", *login.groups())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
