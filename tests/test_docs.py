"""What the docs point at is there, and each column of the record is described."""

import re
from pathlib import Path

import pytest

from nafta.data_package.tables import TABLES
from rounds.tabular.resources import CLAIM

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


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_of_a_file_are_described_in_their_order(table: str) -> None:
    section = (ROOT / "docs" / "data.md").read_text().partition(f"\n## {table}.csv\n")[2]
    rows = re.findall(r"^\| (`.*?) \|", section.partition("\n## ")[0], re.MULTILINE)
    described = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    columns = [column.name for column in TABLES[table].original_columns]
    if columns[-len(CLAIM) :] == list(CLAIM):  # described once for all
        columns = columns[: -len(CLAIM)]
    assert described == columns


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_that_may_be_translated_are_listed(table: str) -> None:
    translations = (ROOT / "docs" / "data.md").read_text().partition("\n## Translations\n")[2]
    rows = re.findall(r"^\| ([a-z_, ]+) \| (`.*`) \|$", translations, re.MULTILINE)
    listed = [names for tables, names in rows if table in tables.split(", ")]
    translated = ", ".join(f"`{name}`" for name in TABLES[table].model.translated)
    assert listed == ([translated] if translated else [])
