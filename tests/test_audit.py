"""The audit of packages never calls safe what nobody looked at."""

import json
import subprocess
from typing import Any

import pytest

from tests import audit

SAFE = {"name": "alpha", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "beta", "skip_reason": "Dependency not found"}
HOLED = {"name": "gamma", "version": "2.0", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}


@pytest.mark.parametrize(
    ("packages", "strict", "code", "texts"),
    [
        ([SAFE], False, 0, ("No hole is known in 1 packages", "NOT AUDITED")),
        ([UNKNOWN], False, 0, ("NOT AUDITED: 1 of the 1 packages", "No hole")),
        ([UNKNOWN], True, 1, ("beta", "No hole")),
        ([SAFE, UNKNOWN], True, 1, ("NOT AUDITED: 1 of the 2 packages", "in 2 packages")),
        ([HOLED, UNKNOWN], False, 1, ("gamma 2.0: CVE-1, mended in 2.1", "No hole")),
        (None, False, 0, ("NOT AUDITED: requirements.txt. no route", "No hole")),
        (None, True, 1, ("NOT AUDITED", "No hole")),
    ],
)
def test_what_the_audit_says(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    packages: list[dict[str, Any]] | None,
    strict: bool,
    code: int,
    texts: tuple[str, str],
) -> None:
    answer = "" if packages is None else json.dumps({"dependencies": packages})
    done = subprocess.CompletedProcess([], 0, answer, "no route\n")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: done)
    monkeypatch.setenv("AUDIT", "strict" if strict else "")
    assert audit.main() == code
    output = capsys.readouterr().out
    printed, silent = texts
    assert printed in output
    assert silent not in output
