"""What Lighthouse says of the site on a phone: ``make lighthouse``.

``python -m tests.lighthouse [address …]`` serves the shipped record and prints, for each page in
each language, the four marks out of 100 and every audit that is short of its whole mark.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import tests.plugin  # noqa: F401 - provides the database
from tests.browser.conftest import ROOT, served
from tests.browser.install import chromium_path

CLI = Path(__file__).parent / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
PAGES = ["/", "/timeline/", "/issues/", "/issues/autos/", "/rounds/round-5/", "/search/?q=cars"]
LANGUAGES = ["", "/fr", "/es"]
FLAGS = "--headless=new --no-sandbox --disable-gpu"


def report(address: str) -> dict[str, Any]:
    """Lighthouse's report on one page, as a phone of the middle price sees it."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = ["node", str(CLI), address, "--quiet", f"--chrome-flags={FLAGS}"]
        command += ["--output=json", f"--output-path={file.name}"]
        command += [f"--only-categories={','.join(CATEGORIES)}"]
        environment = os.environ | {"CHROME_PATH": chromium_path() or ""}
        for last in (False, True):  # now and then a browser does not come up
            run = subprocess.run(command, check=last, env=environment, timeout=300)
            if run.returncode == 0:
                break
        found: dict[str, Any] = json.loads(Path(file.name).read_text(encoding="utf-8"))
    return found


def short(found: dict[str, Any], category: str) -> list[str]:
    """The audits that take marks away."""
    weighed = [one["id"] for one in found["categories"][category]["auditRefs"] if one["weight"]]
    audits = [found["audits"][name] for name in weighed]
    return [
        f"{one['id']} {one['score']} {one.get('displayValue', '')}".rstrip()
        for one in audits
        if one["score"] is not None and one["score"] < 0.9
    ]


def main() -> None:
    paths = sys.argv[1:] or [language + path for path in PAGES for language in LANGUAGES]
    print("page", *CATEGORIES, sep="\t")
    with served(ROOT / "nafta" / "record") as site:
        for path in paths:
            found = report(site.url + path)
            marks = [round(100 * found["categories"][one]["score"]) for one in CATEGORIES]
            print(path, *marks, sep="\t", flush=True)
            for category in CATEGORIES:
                for audit in short(found, category):
                    print(f"\t{category}: {audit}")


if __name__ == "__main__":
    main()
