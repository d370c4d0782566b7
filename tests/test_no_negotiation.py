"""No page, error or picture speaks of the negotiation that happens to be shipped.

What it may not say comes from the shipped record itself: names of its parties, people, places and
of the talks, in each language, and its years. Looked through are the texts of the code, without
comments and docstrings, the templates, the scripts and both translations.
"""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "nafta" / "record"
APPS = ("nafta", "issues", "rounds")
COMMENTS = {
    ".html": r"{#.*?#}|{% comment.*?{% endcomment %}",
    ".js": r"/\*.*?\*/|(?<!:)//[^\n]*",
    ".po": r"^#[^\n]*",
}
SHORT = {"US", "U.S."}  # of the parties, as their adjectives are often written


def column(file: str, *names: str) -> Iterator[str]:
    """The cells of columns, and of their translations."""
    with (RECORD / file).open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            for name, cell in row.items():
                if name in names or name.removesuffix("_fr").removesuffix("_es") in names:
                    yield cell


def forbidden() -> set[str]:
    names = {*column("parties.csv", "name", "adjective"), *column("negotiation.csv", "short_name")}
    places = {part.strip() for cell in column("rounds.csv", "place") for part in cell.split(",")}
    surnames = {name.split()[-1] for name in column("people.csv", "name")}
    days = column("rounds.csv", "from")
    years = {day[:4] for day in days if day}
    return {word for word in names | places | surnames | years | SHORT if word}


def code_texts(path: Path) -> Iterator[str]:
    """The strings of a module but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
            yield node.value


def texts() -> Iterator[tuple[Path, str]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from ((path, text) for text in code_texts(path))
    files = [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "static" / "js").glob("*.js"),
        *(ROOT / "nafta" / "locale").rglob("*.po"),
    ]
    for path in sorted(files):
        comment = re.compile(COMMENTS[path.suffix], re.DOTALL | re.MULTILINE)
        yield path, comment.sub("", path.read_text(encoding="utf-8"))


def pattern_of(words: set[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(words)))})(?!\w)")


@pytest.mark.slow
def test_no_text_names_what_the_shipped_record_is_about() -> None:
    words = forbidden()
    assert {"NAFTA", "ALENA", "TLCAN", "Canada", "México", "canadien", "Freeland", "2017"} <= words
    pattern = pattern_of(words)
    found = {
        (str(path.relative_to(ROOT)), word)
        for path, text in texts()
        for word in pattern.findall(text)
    }
    assert found == set()


def test_it_would_catch_them() -> None:
    pattern = pattern_of(forbidden())
    for text in ("as of 2017-11-21", "“a Canadian official”", "les États-Unis", "US$", "Mexico"):
        assert pattern.findall(text), text
    for text in ("tell us", "the 20170 rows", "ALENAs", "a Mexicans"):
        assert not pattern.findall(text), text
