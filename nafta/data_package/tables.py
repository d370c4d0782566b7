"""The tables of the data package: their files, in the order in which they refer to each other."""

from issues import resources as issues
from rounds.tabular import resources as rounds
from rounds.tabular.base import RecordResource

DESCRIPTOR = "datapackage.json"
FILE_LIMIT = 10_000_000  # bytes: far more than a newsroom writes, and little to read at once


# Each after those that its rows point at.
TABLES: dict[str, type[RecordResource]] = {
    "negotiation": rounds.NegotiationResource,
    "parties": rounds.PartyResource,
    "people": rounds.PersonResource,
    "sources": rounds.SourceResource,
    "rounds": rounds.RoundResource,
    "deadlines": rounds.DeadlineResource,
    "issues": issues.IssueResource,
    "statements": issues.StatementOnIssuesResource,
    "statement_links": rounds.StatementLinkResource,
    "measures": issues.MeasureResource,
    "proposals": issues.ProposalResource,
    "proposal_statuses": issues.EarlierStatusResource,
    "terms": issues.TermResource,
    "positions": issues.PositionResource,
    "progress": issues.ProgressResource,
    "outcomes": issues.OutcomeResource,
    "outcome_parties": issues.PartyOutcomeResource,
}
# Packages from before these tables lack their files; then what is stored of them stays.
ADDED_LATER = frozenset({"proposal_statuses", "outcomes", "outcome_parties"})
FILES = [DESCRIPTOR, *(f"{table}.csv" for table in TABLES)]


def table_resources(*, public: bool = False) -> dict[str, RecordResource]:
    """Return the resource of each table, by the table's name."""
    return {table: resource(is_public=public) for table, resource in TABLES.items()}
