"""What the sections of an issue's page show, made of the issue and a ``SiteState``."""

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from issues.analysis.number_gaps import NumberGap, find_number_gaps
from issues.analysis.number_points import list_points
from issues.analysis.proposal_threads import (
    build_threads,
    describe_settlement,
    find_settling,
    proposal_items,
    settled_on,
    settled_when,
)
from issues.analysis.stance_distance import SETTLED, find_widest, measure_spreads, pair_cells
from issues.matrix.answers import describe_outcome, describe_stances
from issues.matrix.rows import MatrixRow
from issues.matrix.site_state import SiteState
from issues.models import Issue, Measure, Outcome, Progress, Proposal
from issues.public.charts import distance_figure, distance_summary, measure_figure, measure_summary
from issues.public.tables import PointTable, SpreadTable
from rounds.history.as_of import end_of
from rounds.models import LinkKind, Statement, StatementLink
from rounds.platform.translated_text import local
from rounds.public.timeline import TimelineItem, merge_items, statement_items

STATEMENTS_SHOWN = 60  # on one page; the timeline has them all
DISAGREEMENTS_SHOWN = 30


class IssueSections:
    """The rows of each section. Lists are read when a section is first asked for them."""

    def __init__(self, issue: Issue, state: SiteState) -> None:
        self.issue, self.state, self.day = issue, state, state.day
        (self.row,) = state.matrix

    @property
    def context(self) -> dict[str, Any]:
        settled = find_settling(self.proposals, self.day)
        statements = self.statements[:STATEMENTS_SHOWN]
        return {
            "now": self.row,
            "answer": self._stances_before(settled),
            "latest_progress": next(
                (row for row in reversed(self.rows_by_round) if row.progress), None
            ),
            "rounds_without_level": self._rounds_without_level(),
            "outcome": self.row.outcome,
            "settled": [(settled_when(each, self.day), each) for each in settled],
            "settled_sentence": (
                describe_outcome(self.row.outcome)
                if self.row.outcome
                else describe_settlement(settled, self.day)
            ),
            "rows_by_round": self.rows_by_round,
            "farthest": find_widest(pair_cells(self.row.cells)),
            "distances": self.distances,
            "number_gaps": self.number_gaps,
            "threads": build_threads(self.proposals, self.day),
            "charts": self.charts,
            "statements": self.statement_items,
            "more_statements": len(self.statements) > STATEMENTS_SHOWN,
            "disagreements": _disagreements(self.issue, self.day),
            "notes": [
                record for record in [self.issue, *self.outcomes, *self.proposals] if record.note
            ],
            "sources": _sources([self.issue, *self.outcomes, *self.proposals, *statements]),
        }

    @property
    def outcomes(self) -> list[Outcome]:
        """Those reached by the day, oldest first."""
        return self.state.history.outcomes_of(self.issue)

    @cached_property
    def proposals(self) -> list[Proposal]:
        """Those tabled by the day."""
        proposals = self.issue.proposals.published().as_of(self.day)
        return list(proposals.with_names().with_terms())

    @cached_property
    def proposal_items(self) -> list[TimelineItem]:
        items = proposal_items(self.proposals, self.day)
        return sorted(items, key=lambda item: (item.first, item.pk))

    @cached_property
    def statements(self) -> list[Statement]:
        """The latest, one more than the page shows if there are more."""
        statements = self.issue.statements.published().as_of(self.day)
        return list(statements.with_names().latest_first()[: STATEMENTS_SHOWN + 1])

    @cached_property
    def statement_items(self) -> list[TimelineItem]:
        return merge_items(statement_items(self.statements[:STATEMENTS_SHOWN]))

    @cached_property
    def progress(self) -> list[Progress]:
        return list(self.issue.progress.published().select_related("source", "issue"))

    @cached_property
    def rows_by_round(self) -> list[MatrixRow]:
        return self.state.rows_by_round(self.issue, self.progress)

    @cached_property
    def measures(self) -> list[Measure]:
        return list(self.issue.measures.published().select_related("source", "agreed_source"))

    @cached_property
    def number_gaps(self) -> list[NumberGap]:
        return [
            gap
            for measure in self.measures
            for gap in find_number_gaps(measure, self.proposals, self.day)
        ]

    @cached_property
    def charts(self) -> list[dict[str, Any]]:
        """A figure and the table of its rows for each measure that has a number, longest first."""
        charts = [
            _chart(measure, rows)
            for measure in self.measures
            if (rows := list_points(measure, self.proposals, self.day))
        ]
        return sorted(charts, key=lambda chart: -len(chart["table"].rows))

    @cached_property
    def distances(self) -> dict[str, Any] | None:
        """How far apart the parties are: a figure and its table; None where nobody is measured."""
        meetings = [(row.day or self.day, row.round) for row in self.rows_by_round]
        rows = measure_spreads(self.issue, self.state, meetings, self.progress)
        measured = [row for row in rows if row.widest]
        if not measured:
            return None
        return {
            "rows": rows,
            "figure": distance_figure(rows) if len(measured) > 1 else None,
            "caption": distance_summary(rows),
            "table": SpreadTable(rows),
        }

    def _stances_before(self, settled: list[Proposal]) -> str:
        """Where the parties stand, in a sentence; if settled, where they stood the day before."""
        days = [outcome.first_day for outcome in self.outcomes[:1]]
        if self.row.outcome is None:
            days = [settled_on(each, self.day) for each in settled[:1]]
        eve = days[0] - dt.timedelta(days=1) if days else self.day
        (row,) = self.state.matrix_on(eve)
        return describe_stances(row.cells, before=bool(days))

    def _rounds_without_level(self) -> int:
        """How many rounds ended since a level was last noted, if that left the issue open."""
        noted = [index for index, row in enumerate(self.rows_by_round) if row.progress]
        last = self.rows_by_round[noted[-1]].progress if noted else None
        if last is None or last.level in SETTLED:
            return 0
        later = [row.round for row in self.rows_by_round[noted[-1] + 1 :]]
        return sum(
            meeting.is_round and end_of(meeting, self.state.rounds) <= self.day for meeting in later
        )


def _chart(measure: Measure, rows: list[Any]) -> dict[str, Any]:
    days = {row.day for row in rows if row.day}
    return {
        "id": f"chart-{measure.slug}",
        "key": f"numbers-{measure.slug}",
        "title": local(measure, "name"),
        "rows": rows,
        "measure": measure,
        "figure": measure_figure(rows) if len(days) > 1 else None,  # a point is no chart
        "caption": measure_summary(rows),
        "table": PointTable(rows, caption=local(measure, "name")),
    }


def _disagreements(issue: Issue, day: dt.date) -> list[StatementLink]:
    """The statements on an issue that contradict each other, as far as made by ``day``.

    If there are many, the links that were entered last.
    """
    statements = issue.statements.as_of(day).order_by().values("pk")
    links = StatementLink.objects.published().filter(
        kind=LinkKind.CONTRADICTS, statement__in=statements, other__in=statements
    )
    latest = links.select_related("statement__source", "other__source").order_by("-pk")
    return sorted(
        latest[:DISAGREEMENTS_SHOWN],
        key=lambda link: (link.statement.first_day, link.statement_id),
        reverse=True,
    )


def _sources(records: Iterable[Any]) -> list[dict[str, str]]:
    """Each publication that the page rests on, once."""
    sources = {source["slug"]: source for record in records for source in record.sources_best_first}
    return sorted(
        sources.values(), key=lambda source: (source["publisher"].casefold(), source["title"])
    )
