"""The rows of a file before they are stored, and what the file shows by itself to be wrong."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rounds.tabular.base import RecordResource
from rounds.tabular.cell_codecs import key_text
from rounds.tabular.columns import Column
from rounds.tabular.messages import excerpt, expected_choice


@dataclass(frozen=True)
class ImportProblem:
    """What is wrong, and where: ``line`` 0 and ``column`` "" stand for the whole."""

    file: str
    text: str
    line: int = 0
    column: str = ""

    def __str__(self) -> str:
        line = _("line %d") % self.line if self.line else ""
        position = ", ".join(part for part in (self.file, line, self.column) if part)
        return f"{position}: {self.text}"

    @property
    def position(self) -> tuple[str, int, str]:
        return self.file, self.line, self.column


@dataclass(frozen=True, eq=False)
class TableRow:
    """A row of a table: where it begins, its cells by column, and its natural key."""

    table: str
    line: int
    cells: dict[str, str]
    key: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.table}.csv"


def key_of(cells: dict[str, str], resource: RecordResource) -> tuple[str, ...]:
    return tuple(key_text(cells.get(name, "")) for name in resource.key)


def header_problems(
    file: str, header: list[str], resource: RecordResource, needed: list[Column]
) -> Iterator[ImportProblem]:
    """Yield what is wrong with the names of columns.

    They may come in any order; those ``needed`` must come, each once, and no strangers.
    """
    names = [column.name for column in resource.columns]
    usual = [column.name for column in resource.needed_columns()]
    missing = [name for name in usual if name not in header]
    if not header:
        text = _("found nothing, expected the columns %(names)s") % {"names": ", ".join(usual)}
        yield ImportProblem(file, text, 1)
        return
    for name in dict.fromkeys(header):
        if name not in names:
            text = _("found the column “%(name)s”, expected %(expected)s")
            values = {"name": excerpt(name), "expected": expected_choice(name, missing or usual)}
            yield ImportProblem(file, text % values, 1)
        elif (count := header.count(name)) > 1:
            text = _("found the column %(count)d times, expected it once") % {"count": count}
            yield ImportProblem(file, text, 1, name)
    for column in needed:
        if column.name in missing:
            yield ImportProblem(file, _("found no such column, expected one"), 1, column.name)


def key_problems(row: TableRow, keys: list[Column], earlier: int | None) -> Iterator[ImportProblem]:
    """Yield why a row cannot be identified; ``earlier`` is the line of a row with the same key."""
    missing = [
        column
        for column, text in zip(keys, row.key, strict=True)
        if not text and not column.field.blank
    ]
    for column in missing:
        yield ImportProblem(row.file, _("found nothing, expected a key"), row.line, column.name)
    if earlier and not missing:
        values = {"key": excerpt(", ".join(row.key)), "line": earlier}
        text = _("found “%(key)s” again, expected each once: line %(line)d has it") % values
        yield ImportProblem(row.file, text, row.line, keys[0].name)
