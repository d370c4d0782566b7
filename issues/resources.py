"""The columns of the issues' tables, declared once as in ``rounds.tabular.resources``."""

from django.utils.translation import gettext_lazy as _

from issues.models import (
    EarlierStatus,
    Issue,
    Measure,
    Outcome,
    PartyOutcome,
    Position,
    Progress,
    Proposal,
    Term,
)
from rounds.tabular import resources
from rounds.tabular.base import RecordResource
from rounds.tabular.cell_codecs import DecimalCodec, KeyListCodec
from rounds.tabular.columns import Column, span_columns
from rounds.tabular.resources import ATTRIBUTION, CLAIM


class IssueResource(RecordResource):
    model = Issue
    declared = (
        *("slug", "name"),
        Column(Issue, "keywords", is_optional=True),
        *("question", "kind", "status_quo", "chapter", "background", "featured", "order", *CLAIM),
    )


class StatementOnIssuesResource(resources.StatementResource):
    """Statements with the issues they touch, which their own app knows nothing of."""

    declared = (
        *resources.StatementResource.declared[: -len(CLAIM)],
        Column(
            Issue,
            "statements",
            name="issues",
            title=_("Issues it touches"),
            codec=KeyListCodec(Issue),
            attribute="issues",
        ),
        *CLAIM,
    )


class MeasureResource(RecordResource):
    model = Measure
    declared = (
        *("slug", "issue", "name", "unit"),
        Column(Measure, "status_quo", codec=DecimalCodec(unit="unit")),
        Column(Measure, "agreed", codec=DecimalCodec(unit="unit")),
        *("agreed_on", "agreed_source", *CLAIM),
    )


class ProposalResource(RecordResource):
    model = Proposal
    declared = (
        *("slug", "title", "issue", "round"),
        *span_columns(Proposal, "dates", "from", "to", "approximate"),
        *("parties", "responds_to", "status"),
        *span_columns(Proposal, "settled", "settled_from", "settled_to", "settled_approximate"),
        *("summary", *ATTRIBUTION, *CLAIM),
    )


class EarlierStatusResource(RecordResource):
    model = EarlierStatus
    key = ("proposal", "status", "from", "party")
    declared = (
        *("proposal", "status"),
        *span_columns(EarlierStatus, "dates", "from", "to", "approximate"),
        *("party", "note"),
    )


class TermResource(RecordResource):
    model = Term
    key = ("proposal", "measure", "scope")
    declared = ("proposal", "measure", "scope", "comparator", "low", "high")


class PositionResource(RecordResource):
    model = Position
    key = ("issue", "party", "since_from")
    declared = (
        *("issue", "party"),
        *span_columns(Position, "since", "since_from", "since_to", "approximate"),
        *("stance", "condition", "gist", "statement", "proposal", "note", "state"),
    )


class ProgressResource(RecordResource):
    model = Progress
    key = ("round", "issue")
    declared = ("round", "issue", "level", "summary", *CLAIM)


class OutcomeResource(RecordResource):
    model = Outcome
    declared = (
        *("slug", "issue", "kind", "line"),
        *span_columns(Outcome, "dates", "from", "to", "approximate"),
        *CLAIM,
    )


class PartyOutcomeResource(RecordResource):
    model = PartyOutcome
    key = ("outcome", "party")
    declared = ("outcome", "party", "gist")
