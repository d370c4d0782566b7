"""The table of the search index: a row for each record, party, person and source that is public.

Triggers write these rows (nafta/search/sql/); no Python does. They are derived from the record, so
neither the history nor a file has them.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q


class SearchDocument(models.Model):
    """A row of the index. ``vector`` holds its words, in every language, and its keys.

    A key is what the row is related to: ``party ca``, ``issue sunset``, ``year 2017``. No word of a
    text can equal one, since words hold no spaces.

    ``names`` holds names a line, folded; a part of one may match. After an empty line follow
    synonyms, which match only as a whole.
    """

    kind = models.CharField(max_length=12)  # the model: statement, round, person, …
    object_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    day = models.DateField()  # on which it began; for what has no day, the first of all days
    label = models.JSONField(default=dict)  # what a result shows: the name and a line of text
    names = models.TextField(blank=True)
    keys = ArrayField(models.TextField())
    vector = SearchVectorField()

    class Meta:
        db_table = "nafta_entry"  # the name in the SQL of the index
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="nafta_entry_once"),
            models.UniqueConstraint(fields=["kind", "key"], name="nafta_entry_key"),
        ]
        indexes = [
            GinIndex(fields=["vector"], fastupdate=False, name="nafta_entry_vector"),
            # for misspellings; sources apart, as thousands have the name of one publisher
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
