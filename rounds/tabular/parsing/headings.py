"""Which column of the record a heading of a spreadsheet means.

People write the names of the files, or what the pages call a column, in any language of the site.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, override

from rounds.tabular.cells import Key, Keys
from rounds.tabular.columns import Column, FirstDayColumn
from rounds.tabular.parsing.text import fold
from rounds.tabular.resources import RecordResource

DAY_LABELS = (gettext_lazy("date"), gettext_lazy("day"))  # of a column that is the only one


class Headings:
    """The columns of a resource by all that they may be called."""

    def __init__(self, resource: RecordResource) -> None:
        self.resource = resource
        self.names: dict[str, str] = {
            plain_heading(column.column_name): column.column_name for column in resource.columns()
        }
        self.labels: dict[str, set[str]] = {}
        for code, _name in settings.LANGUAGES:
            with override(code):
                for column in resource.columns():
                    for label in labels_of(column, resource):
                        self.labels.setdefault(plain_heading(label), set()).add(column.column_name)

    def column_name(self, heading: str) -> str:
        """The name of a column; the heading itself where it is that of none, or of several."""
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
        return all(column.column_name in names for column in self.resource.key_columns())


def plain_heading(heading: str) -> str:
    """A heading without case, accents, and the signs that people set around it."""
    return re.sub(r"[\s_-]+", " ", fold(heading)).strip(" :*•")


def labels_of(column: Column, resource: RecordResource) -> Iterator[str]:
    """What pages call a column in the language of the moment."""
    yield str(column.title)
    if isinstance(column, FirstDayColumn):
        yield str(column.field.verbose_name)
        if column.attribute == "dates":
            yield from map(str, DAY_LABELS)
    if isinstance(column.widget, Keys):
        yield column.column_name.removesuffix("s")
    if isinstance(column.widget, Key) and is_only_pointer(column, resource):
        yield capfirst(str(column.widget.model._meta.verbose_name))


def is_only_pointer(column: Column, resource: RecordResource) -> bool:
    """Whether no other column of the table points at the same kind of row."""
    widgets = (each.widget for each in resource.columns())
    models = Counter(widget.model for widget in widgets if isinstance(widget, Key))
    return bool(models[column.widget.model] == 1)
