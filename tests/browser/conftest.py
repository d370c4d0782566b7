"""A real site in a real browser: ``manage.py demo`` on a database of its own, and Chromium."""

import os
import re
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from threading import Thread
from typing import Any
from xml.sax.saxutils import escape

import psycopg
import pytest
from playwright.sync_api import Browser
from psycopg import sql

from tests.browser.install import chromium_path
from tests.migrated import RECORD, copy_database, environment, loaded

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ROOT / "tests" / "nafta" / "packages"
FONTS = Path(__file__).parent / "fonts"
# All that Chromium on Linux draws with, whatever the machine has: DejaVu, as wide as any. Without
# a single font its pages crash.
FONT_CONFIGURATION = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <match>
    <edit name="family" mode="append_last"><string>DejaVu Sans</string></edit>
  </match>
</fontconfig>
"""
PATIENCE_MS = 180_000  # a wait ends with what it waits for: only a failing test takes so long


@dataclass(frozen=True)
class Site:
    url: str
    editor: str
    password: str


@pytest.fixture(scope="session")
def browser_type_launch_args(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("fonts")
    configuration = folder / "fonts.conf"
    text = FONT_CONFIGURATION.format(fonts=escape(str(FONTS)), cache=escape(str(folder / "cache")))
    configuration.write_text(text, encoding="utf-8")
    return {
        "executable_path": chromium_path(),
        "env": {**os.environ, "FONTCONFIG_FILE": str(configuration)},
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@pytest.fixture(scope="session", autouse=True)
def machine_of_no_place() -> Iterator[None]:
    """Every page waits as long as a busy machine needs, and tells days as of one time zone."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("new_context", "new_page"):
            patch.setattr(Browser, name, patient(getattr(Browser, name)))
        yield


def patient(method: Callable[..., Any]) -> Callable[..., Any]:
    """Make what a browser opens wait longer than Playwright does, in UTC unless told otherwise."""

    @wraps(method)
    def opened(*args: Any, **options: Any) -> Any:
        context_or_page = method(*args, **({"timezone_id": "UTC"} | options))
        context_or_page.set_default_timeout(PATIENCE_MS)
        context_or_page.set_default_navigation_timeout(PATIENCE_MS)
        return context_or_page

    return opened


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The shipped record."""
    with served(RECORD) as found:
        yield found


def drop_database(name: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def served(record: Path) -> Iterator[Site]:
    """What ``make demo`` serves, from a new database that goes when it is stopped."""
    name = f"site_{uuid.uuid4().hex}"
    copy_database(name, loaded(record))
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
