"""Find a Chromium for the browser tests. Run as a script, install one if there is none.

``CHROMIUM`` in the environment names one to use before any other.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# Prints where Playwright keeps its own; in a process apart, as it may not run beside an event loop.
OWN = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT = [sys.executable, "-m", "playwright"]
APT = ["apt-get", "--assume-yes", "--quiet"]


@cache
def chromium_path() -> str | None:
    """The path of a Chromium that runs, or None. Asked once: the answer is kept."""
    return next(filter(_runs, _candidates()), None)


def main() -> None:
    """Make sure of a browser, or exit with what to do about it. Prints where it is."""
    for command in (None, *_ways_to_install()):
        if command is not None:
            print("Looking for a browser:", *command, file=sys.stderr)
            _try(command)
        chromium_path.cache_clear()
        if path := chromium_path():
            print(f"The browser tests use {path}")
            return
    sys.exit(
        "The browser tests need Chromium, and it could not be installed. Install it as this system "
        "does (on Debian: apt-get install chromium), or set CHROMIUM to the path of one."
    )


def _candidates() -> Iterator[str]:
    """Paths where a Chromium may be, the most wanted first."""
    if given := os.environ.get("CHROMIUM"):
        yield given
    yield _own()
    yield from filter(None, map(shutil.which, ON_PATH))


def _own() -> str:
    """The path where Playwright's own Chromium is, or would be."""
    command = [sys.executable, "-c", OWN]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _runs(path: str) -> bool:
    """Whether the browser starts: one without its libraries does not, nor an empty package's."""
    try:
        done = subprocess.run([path, "--version"], check=False, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _ways_to_install() -> Iterator[list[str]]:
    """Commands to try in turn, with a look for the browser after each."""
    yield [*PLAYWRIGHT, "install", "chromium"]
    root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if Path(_own()).exists():  # downloaded, but it does not run
        yield [*root, *PLAYWRIGHT, "install-deps", "chromium"]
    if shutil.which("apt-get"):
        yield [*root, *APT, "update"]
        yield [*root, *APT, "install", "--no-install-recommends", "chromium", "fonts-liberation"]
    if shutil.which("dnf"):
        yield [*root, "dnf", "install", "--assumeyes", "chromium"]
    if shutil.which("apk"):
        yield [*root, "apk", "add", "chromium", "font-liberation"]
    if shutil.which("brew"):
        yield ["brew", "install", "--cask", "chromium"]


def _try(command: list[str]) -> None:
    """Run a command that may fail; it says so itself."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000"}
    try:
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL, env={**os.environ, **quiet})
    except FileNotFoundError as error:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    main()
