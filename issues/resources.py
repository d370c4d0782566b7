"""The reading as tables. What a table is, ``rounds.tabular.resources`` says."""

from django.utils.translation import gettext_lazy as _

from issues.models import Issue, Measure, Position, Progress, Proposal, Term
from rounds.tabular import resources
from rounds.tabular.cells import Keys, Number
from rounds.tabular.columns import Column, span_columns
from rounds.tabular.resources import ATTRIBUTION, CLAIM, RecordResource


class IssueResource(RecordResource):
    optional = ("keywords",)

    class Meta:
        model = Issue
        fields = (
            *("slug", "name", "keywords", "question", "kind", "status_quo", "chapter"),
            *("background", "featured", "order", *CLAIM),
        )


class StatementResource(resources.StatementResource):
    """Statements with the issues they touch, which their own app knows nothing of."""

    issues = Column(
        Issue._meta.get_field("statements"),
        name="issues",
        title=_("Issues it touches"),
        widget=Keys(Issue),
    )
    issues.attribute = "issues"

    class Meta(resources.StatementResource.Meta):
        fields = (*resources.StatementResource.Meta.fields[: -len(CLAIM)], "issues", *CLAIM)


class MeasureResource(RecordResource):
    status_quo = Column(Measure._meta.get_field("status_quo"), widget=Number(unit="unit"))
    agreed = Column(Measure._meta.get_field("agreed"), widget=Number(unit="unit"))

    class Meta:
        model = Measure
        fields = (
            *("slug", "issue", "name", "unit", "status_quo"),
            *("agreed", "agreed_on", "agreed_source", *CLAIM),
        )


class ProposalResource(RecordResource):
    dates_from, dates_to = span_columns(Proposal, "dates", "from", "to")
    settled_from, settled_to = span_columns(Proposal, "settled", "settled_from", "settled_to")

    class Meta:
        model = Proposal
        fields = (
            *("slug", "title", "issue", "round", "dates_from", "dates_to", "approximate"),
            *("parties", "responds_to", "status"),
            *("settled_from", "settled_to", "settled_approximate"),
            *("summary", *ATTRIBUTION, *CLAIM),
        )


class TermResource(RecordResource):
    class Meta:
        model = Term
        fields = ("proposal", "measure", "scope", "comparator", "low", "high")
        import_id_fields = ("proposal", "measure", "scope")


class PositionResource(RecordResource):
    since_from, since_to = span_columns(Position, "since", "since_from", "since_to")

    class Meta:
        model = Position
        fields = (
            *("issue", "party", "since_from", "since_to", "approximate"),
            *("stance", "condition", "gist", "statement", "proposal", "note", "state"),
        )
        import_id_fields = ("issue", "party", "since_from")


class ProgressResource(RecordResource):
    class Meta:
        model = Progress
        fields = ("round", "issue", "level", "summary", *CLAIM)
        import_id_fields = ("round", "issue")
