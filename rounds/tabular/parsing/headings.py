"""Which column of the record a heading of a spreadsheet means.

People write the names of the files, or what the pages call a column, in any language of the site.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, override

from rounds.tabular.base import RecordResource
from rounds.tabular.cell_codecs import KeyCodec
from rounds.tabular.columns import Column, FirstDayColumn
from rounds.tabular.parsing.text import fold

DAY_LABELS = (gettext_lazy("date"), gettext_lazy("day"))  # of a column that is the only one


class Headings:
    """The columns of a resource by all that they may be called."""

    def __init__(self, resource: RecordResource) -> None:
        self.resource = resource
        self.names: dict[str, str] = {
            plain_heading(column.name): column.name for column in resource.columns
        }
        self.labels: dict[str, set[str]] = {}
        for code, _name in settings.LANGUAGES:
            with override(code):
                for column in resource.columns:
                    for label in labels_of(column, resource):
                        self.labels.setdefault(plain_heading(label), set()).add(column.name)

    def column_name(self, heading: str) -> str:
        """Return the name of a column; the heading itself where it means none, or several."""
        text = plain_heading(heading)
        if text in self.names:
            return self.names[text]
        matches = self.labels.get(text, set())
        return next(iter(matches)) if len(matches) == 1 else heading.strip().lower()

    def column_names(self, header: Iterable[str]) -> list[str]:
        return [self.column_name(heading) for heading in header]

    def is_header(self, texts: Sequence[str]) -> bool:
        """Whether a row names the columns of the key."""
        if len(texts) > len(self.names) * 4:
            return False
        names = set(self.column_names(texts))
        return all(column.name in names for column in self.resource.key_columns())


def plain_heading(heading: str) -> str:
    """Return a heading without case, accents, and the signs that people set around it."""
    return re.sub(r"[\s_-]+", " ", fold(heading)).strip(" :*•")


def labels_of(column: Column, resource: RecordResource) -> Iterator[str]:
    """Yield what pages call a column in the active language."""
    yield str(column.title)
    if isinstance(column, FirstDayColumn):
        yield str(column.field.verbose_name)
        if column.attribute == "dates":
            yield from map(str, DAY_LABELS)
    if column.is_list:
        yield column.name.removesuffix("s")
    if column.key_codec and is_only_pointer(column.key_codec, resource):
        yield capfirst(str(column.key_codec.model._meta.verbose_name))


def is_only_pointer(codec: KeyCodec, resource: RecordResource) -> bool:
    """Whether no other column of the table points at the same kind of row."""
    codecs = filter(None, (column.key_codec for column in resource.columns))
    return Counter(key_codec.model for key_codec in codecs)[codec.model] == 1
