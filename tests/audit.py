"""Whether a hole is known in any package that production runs: ``python -m tests.audit``.

pip-audit asks the package index. An index that does not answer, or that knows nothing of a package,
says nothing about holes: then this prints what was not audited. It passes all the same, so that one
can work without a network; ``AUDIT=strict`` fails for each package that was not audited.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

LOCK = "requirements.txt"


def main() -> int:
    is_strict = os.environ.get("AUDIT") == "strict"
    command = [sys.executable, "-m", "pip_audit", "--requirement", LOCK, "--disable-pip"]
    command += ["--format=json", "--progress-spinner=off", "--timeout=10"]
    audit = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        packages = json.loads(audit.stdout)["dependencies"]
    except (ValueError, KeyError):
        output = audit.stderr.strip().splitlines()
        print(f"NOT AUDITED: {LOCK}. {output[-1] if output else 'pip-audit printed nothing.'}")
        return int(is_strict)
    holes = list(find_holes(packages))
    print(report(packages, holes))
    return int(bool(holes) or (is_strict and bool(skipped_names(packages))))


def skipped_names(packages: list[dict[str, Any]]) -> list[str]:
    """The packages of which the index knows nothing."""
    return [package["name"] for package in packages if "skip_reason" in package]


def find_holes(packages: list[dict[str, Any]]) -> Iterator[str]:
    for package in packages:
        for hole in package.get("vulns", []):
            fixes = ", ".join(hole["fix_versions"]) or "no release"
            yield f"{package['name']} {package['version']}: {hole['id']}, mended in {fixes}"


def report(packages: list[dict[str, Any]], holes: list[str]) -> str:
    """What was audited and what was not, and the holes."""
    skipped = skipped_names(packages)
    audited = len(packages) - len(skipped)
    lines = list(holes)
    if skipped:
        lines.append(
            f"NOT AUDITED: {len(skipped)} of the {len(packages)} packages of {LOCK},"
            f" of which this index knows nothing: {', '.join(skipped)}"
        )
    if audited and not holes:
        lines.append(f"No hole is known in {audited} packages of {LOCK}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
