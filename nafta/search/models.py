"""What can be found: one row for each record, party, person and source that readers can see.

The database writes these rows itself (nafta/search/sql/), whoever changes the record; nothing here
stores one. They are a copy, never the record: no file and no history has them.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q


class Entry(models.Model):
    """``vector`` holds the words of a row, in every language, and its keys.

    A key is what it is related to, as two words: ``party ca``, ``issue sunset``, ``year 2017``.
    No text that somebody types can be mistaken for one: words hold no spaces.

    ``names`` has one a line, folded: its names, of which a part may do, and after an empty line
    other words for it, which name it only in full.
    """

    kind = models.CharField(max_length=12)  # the table: statement, round, person, …
    object_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    day = models.DateField()  # on which it began; the first of all days where it has none
    label = models.JSONField(default=dict)  # what names something: its name and a line beside it
    names = models.TextField(blank=True)  # what people call it: see below
    keys = ArrayField(models.TextField())
    vector = SearchVectorField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="nafta_entry_once"),
            models.UniqueConstraint(fields=["kind", "key"], name="nafta_entry_key"),
        ]
        indexes = [
            GinIndex(fields=["vector"], fastupdate=False, name="nafta_entry_vector"),
            # what may be misspelt; publishers apart, who have thousands of rows of one name each
            GinIndex(
                OpClass(F("names"), "gin_trgm_ops"),
                condition=~Q(kind="source"),
                name="nafta_entry_called",
            ),
            models.Index(
                fields=["names"], condition=Q(kind="source"), name="nafta_entry_publishers"
            ),
            models.Index(F("day").desc(), F("id").desc(), name="nafta_entry_latest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
