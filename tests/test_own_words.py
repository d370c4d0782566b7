"""No sentence of the first five sources stands in the repository.

``golden/article_runs.txt`` holds a hash of every run of six words in them, and none of the words.
Quotations of statements are not looked into: they have up to eight words, exactly as printed.
"""

import csv
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HASHES = Path(__file__).parent / "nafta" / "golden" / "article_runs.txt"
RUN = 6  # words
QUOTATION_WORDS = 8
STATEMENTS = ROOT / "nafta" / "record" / "statements.csv"
NOT_OURS = {".git", ".venv", "node_modules", "var", "__pycache__"}
NOT_OURS |= {".mypy_cache", ".ruff_cache", ".pytest_cache", "test-results"}
TEXT = {".py", ".md", ".html", ".csv", ".json", ".css", ".js", ".toml", ".txt", ".svg", ".yml"}


def words(text: str) -> list[str]:
    """The words of a text; what stands in an address is an address."""
    return re.findall(r"[^\W_]+", re.sub(r"https?://\S+|['’]", "", text.lower()))


def runs(text: str) -> Iterator[str]:
    found = words(text)
    for start in range(len(found) - RUN + 1):
        yield " ".join(found[start : start + RUN])


def digest(run: str) -> str:
    return hashlib.sha256(run.encode()).hexdigest()[:16]


def copied(text: str, hashes: set[str]) -> list[str]:
    return [run for run in runs(text) if digest(run) in hashes]


def our_files() -> list[Path]:
    """Those of the repository. What other tests make and remove meanwhile is not looked into."""
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name not in NOT_OURS]
        found += [Path(folder) / name for name in names]
    return [path for path in found if path.suffix in TEXT and path != HASHES]


def own_text(path: Path) -> str:
    """The text of a file; of the record's statements all but their quotations."""
    if path != STATEMENTS:
        return path.read_text(encoding="utf-8")
    return "\n".join(
        cell for row in statements() for name, cell in row.items() if name != "quotation"
    )


def statements() -> list[dict[str, str]]:
    with STATEMENTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def hashes() -> set[str]:
    return set(HASHES.read_text().split())


@pytest.mark.slow
def test_no_run_of_six_words_is_theirs(hashes: set[str]) -> None:
    files = our_files()
    assert len(files) > 100
    found = {
        str(path.relative_to(ROOT)): theirs
        for path in files
        if (theirs := copied(own_text(path), hashes))
    }
    assert found == {}


def test_quotations_are_short() -> None:
    quotations = [row["quotation"] for row in statements() if row["quotation"]]
    assert len(quotations) > 100
    assert [text for text in quotations if len(text.split()) > QUOTATION_WORDS] == []


def test_it_catches_one(hashes: set[str]) -> None:
    """The agreement's full name stands in every one of the articles; here it stands backwards."""
    name = ["agreement", "trade", "free", "american", "north", "the"][::-1]
    assert copied(f"They reopened {' '.join(name)}!", hashes)
    assert not copied(" ".join(name[:-1]), hashes)
