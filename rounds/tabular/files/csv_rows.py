"""The rows of CSV text. What is no CSV is refused with its place, in an editor's words."""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from rounds.tabular.columns import MAX_CELL_CHARS


class CsvRow(NamedTuple):
    """The cells of a row, with its number and the line that it begins on, both from 1."""

    number: int
    line: int
    texts: list[str]


class CsvError(ValueError):
    """A row that cannot be read."""

    def __init__(self, message: str, number: int, line: int) -> None:
        super().__init__(message)
        self.number, self.line = number, line


def csv_rows(text: str, delimiter: str = ",") -> Iterator[CsvRow]:
    """Yield the rows of ``text``, whose lines end with line feeds. Raises CsvError."""
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number, line = number + 1, reader.line_num + 1
        try:
            texts = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise CsvError(csv_message(error), number, line) from error
        yield CsvRow(number, line, texts)


def csv_message(error: csv.Error) -> str:
    if "field limit" in str(error):
        text = _("found a cell of more than %(found)d characters, expected at most %(limit)d")
        return text % {"found": csv.field_size_limit(), "limit": MAX_CELL_CHARS}
    text = _('found a row that is no CSV (%s), expected cells with commas between, quoted with "')
    return text % error
