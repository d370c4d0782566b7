"""What the docs point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`((?:rounds|issues|nafta|templates|static|tests|docs)/[\w./-]+\.\w+)`")


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_each_link_and_each_path_leads_to_a_file(file: Path) -> None:
    text = file.read_text()
    missing = [link for link in LINK.findall(text) if not (file.parent / link).exists()]
    missing += [path for path in CODE.findall(text) if not (ROOT / path).exists()]
    assert missing == []
