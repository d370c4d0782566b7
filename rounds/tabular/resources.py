"""The columns of each table of the record, in the order of its CSV file.

This is their one declaration: the files of a data package and the admin's spreadsheets are made
from it alike. ``issues.resources`` has the tables of the issues.
"""

from typing import ClassVar

from django.core.exceptions import ValidationError

from rounds.models import (
    Basis,
    Deadline,
    Negotiation,
    Party,
    Person,
    Round,
    Source,
    Statement,
    StatementLink,
    Translatable,
    attribution_problem,
)
from rounds.tabular.base import RecordResource
from rounds.tabular.columns import Column, KeepIfEmptyColumn, span_columns

CLAIM = ("source", "other_sources", "note", "state")  # the last columns of every claim
ATTRIBUTION = ("basis", "attribution", "unnamed_count", "unnamed_why")


class NegotiationResource(RecordResource):
    model = Negotiation
    declared = (
        *("slug", "title", "short_name", "standfirst"),
        Column(Negotiation, "licence", is_optional=True),
        Column(Negotiation, "licence_url", is_optional=True),
    )


class PartyResource(RecordResource):
    model = Party
    key = ("code",)
    declared = (
        *("code", "name", "adjective"),
        Column(Party, "other_names", is_optional=True),
        KeepIfEmptyColumn(Party, "colour", is_optional=True),
        KeepIfEmptyColumn(Party, "order", is_optional=True),
    )


class PersonResource(RecordResource):
    model = Person
    declared = ("slug", "name", "role", "organisation", "party")


class SourceResource(RecordResource):
    model = Source
    declared = (
        *("slug", "publisher", "title", "url", "archive_url"),
        *span_columns(
            Source, "published", "published_from", "published_to", "published_approximate"
        ),
        "language",
        Column(Source, "rank", is_optional=True),
        "note",
    )


class RoundResource(RecordResource):
    model = Round
    declared = (
        *("slug", "name", "kind", "number", "place", "host", "parties"),
        *span_columns(Round, "dates", "from", "to", "approximate"),
        *span_columns(Round, "planned_dates", "planned_from", "planned_to"),
        *("status", "replaced_by", "agenda", "summary", *CLAIM),
    )


class DeadlineResource(RecordResource):
    model = Deadline
    declared = (
        *("slug", "name"),
        *span_columns(Deadline, "dates", "from", "to", "approximate"),
        *span_columns(Deadline, "set_on", "set_on_from", "set_on_to", "set_on_approximate"),
        *("set_by", "parties", "basis", "outcome", "superseded_by", *CLAIM),
    )


class StatementResource(RecordResource):
    """Statements without the issues they touch, of which this app knows nothing."""

    model = Statement
    declared: ClassVar[tuple[str | Column, ...]] = (
        "slug",
        *span_columns(Statement, "dates", "from", "to", "approximate"),
        *("round", "speakers", "parties", *ATTRIBUTION),
        *("summary", "quotation", "language", *CLAIM),
    )

    def fill(self, record: Translatable, row: dict[str, str]) -> None:
        """Fill every column. What an editor puts on the record needs a speaker with a name.

        A whole record is loaded as it was written: what a site dumps, it takes back.
        """
        super().fill(record, row)
        assert isinstance(record, Statement)
        if not self.is_from_editor or record.basis != Basis.ON_RECORD:
            return
        if record.pk and is_stored_without_speaker(record.pk):
            return
        if "speakers" in row:
            speakers = self.column("speakers").parse(row)
        else:
            speakers = record.speakers.all() if record.pk else []
        if problem := attribution_problem(record.basis, speakers):
            raise ValidationError({"basis": problem})

    def before_save(self, record: Translatable) -> None:
        """Let a statement become unnamed: its speakers must have gone before."""
        assert isinstance(record, Statement)
        if record.pk and record.basis == Basis.UNNAMED:
            record.speakers.clear()


def is_stored_without_speaker(pk: int) -> bool:
    """Whether a statement was stored on the record, without a speaker, before that was refused."""
    return Statement.objects.filter(pk=pk, basis=Basis.ON_RECORD, speakers=None).exists()


class StatementLinkResource(RecordResource):
    model = StatementLink
    key = ("statement", "kind", "other")
    declared = ("statement", "kind", "other", "note")
