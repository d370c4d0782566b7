"""Whether a hole is known in any package that production runs: ``python -m tests.audit``.

pip-audit asks the package index. Where that does not answer, or knows nothing of holes, this says
so and passes: a machine without a network can still be worked on.
"""

import json
import subprocess
import sys

LOCK = "requirements.txt"


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--requirement", LOCK, "--disable-pip"]
    command += ["--format=json", "--progress-spinner=off", "--timeout=10"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        said = done.stderr.strip().splitlines()
        print(f"{LOCK} is not audited: {said[-1] if said else 'pip-audit said nothing'}")
        return 0
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {hole['fix_versions']}"
        for one in packages
        for hole in one.get("vulns", [])
    ]
    if skipped:
        print(f"The index does not tell of {len(skipped)} packages of {len(packages)}: not audited")
    if holes:
        print(*holes, sep="\n")
        return 1
    print(f"No hole is known in {len(packages) - len(skipped)} packages of {LOCK}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
