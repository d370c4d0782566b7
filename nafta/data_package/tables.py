"""The tables of the data package: their files, in the order in which they refer to each other."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from issues import resources as issues
from rounds.tabular import resources
from rounds.tabular.resources import RecordResource

DESCRIPTOR = "datapackage.json"
FILE_LIMIT = 10_000_000  # bytes: far more than a newsroom writes, and little to read at once


# Each after those that its rows point at.
TABLES: dict[str, type[RecordResource]] = {
    "negotiation": resources.NegotiationResource,
    "parties": resources.PartyResource,
    "people": resources.PersonResource,
    "sources": resources.SourceResource,
    "rounds": resources.RoundResource,
    "deadlines": resources.DeadlineResource,
    "issues": issues.IssueResource,
    "statements": issues.StatementResource,
    "statement_links": resources.StatementLinkResource,
    "measures": issues.MeasureResource,
    "proposals": issues.ProposalResource,
    "terms": issues.TermResource,
    "positions": issues.PositionResource,
    "progress": issues.ProgressResource,
}
FILES = [DESCRIPTOR, *(f"{table}.csv" for table in TABLES)]


def resources(*, public: bool = False) -> dict[str, RecordResource]:
    found = {table: resource() for table, resource in TABLES.items()}
    for resource in found.values():
        resource.public = public
    return found


def limits(
    own: "models.IntegerField[Any, Any]", kind: type[MinValueValidator | MaxValueValidator]
) -> list[Any]:
    return [validator.limit_value for validator in own.validators if isinstance(validator, kind)]
