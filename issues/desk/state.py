"""What the round desk shows: where parties stood before a round, and what it has brought yet."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from issues.desk.parsing import Days, NameFinder, format_days, is_address
from issues.models import Issue, Measure, Outcome, Position, Progress, Proposal, Stance
from rounds.history.as_of import end_of
from rounds.models import (
    Party,
    Person,
    Publishable,
    Round,
    Source,
    State,
    Statement,
    Translatable,
)
from rounds.platform import translated_text
from rounds.platform.dates import first_day
from rounds.platform.plain_text import without_invisible

Evidence = Statement | Proposal


def in_languages(record: Translatable, *fields: str) -> list[str]:
    """The texts of ``fields`` in the language of the record, then in each translation."""
    translations = (
        record.translations.get(translated_text.translation_key(field, code))
        for code in translated_text.translation_languages()
        for field in fields
    )
    return [*(getattr(record, field) for field in fields), *filter(None, translations)]


def party_names_of(party: Party) -> list[str]:
    """Its code, then its names and its other names in every language."""
    lists = (re.split("[,;]", text) for text in in_languages(party, "other_names"))
    other_names = [name.strip() for names in lists for name in names if name.strip()]
    return [party.code, *in_languages(party, "name"), *other_names]


def describe_stance(stance: str, condition: str) -> str:
    """ "opposes", "open if regular reviews replace it"."""
    if stance == Stance.OPEN_IF and condition:
        return _("open if %(condition)s") % {"condition": condition}
    return str(Stance(stance).label) if stance else _("not recorded")


def describe_position(position: Position | None) -> str:
    """Its stance in words, or that none is recorded."""
    return describe_stance(position.stance, position.condition) if position else _("not recorded")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """What a party held on an issue before the round, and what was entered of it since."""

    issue: Issue
    party: Party
    before: Position | None
    entered: Position | None

    @property
    def prefix(self) -> str:
        return f"at-{self.issue.pk}-{self.party.pk}"

    @property
    def title(self) -> str:
        return _("%(party)s on %(issue)s") % {"party": self.party, "issue": self.issue}

    @property
    def current(self) -> Position | None:
        """The position that the cell shows."""
        return self.entered or self.before

    @property
    def label(self) -> str:
        """The stance that the cell shows, in words."""
        return describe_position(self.current)

    @property
    def before_label(self) -> str:
        return describe_position(self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """An issue with its cells, and how far it got and how it ended, before the round and at it."""

    issue: Issue
    cells: list[GridCell]
    before: Progress | None
    noted: Progress | None
    outcome_before: Outcome | None
    outcome: Outcome | None

    @property
    def prefix(self) -> str:
        return f"far-{self.issue.pk}"

    @property
    def outcome_prefix(self) -> str:
        return f"end-{self.issue.pk}"

    @property
    def outcome_title(self) -> str:
        return _("Outcome of %(issue)s") % {"issue": self.issue}

    @property
    def shown_outcome(self) -> dict[str, str]:
        """The texts of the inputs for the outcome that was entered; a source is typed anew."""
        if self.outcome is None:
            return {}
        days = Days(self.outcome.dates, self.outcome.approximate)
        gists = {gist_input(row.party_id): row.gist for row in self.outcome.parties.all()}
        own = {"kind": self.outcome.kind, "line": self.outcome.line, "days": format_days(days)}
        return own | gists


def gist_input(party_pk: int) -> str:
    """The name of the input for how a party came to an outcome."""
    return f"gist_{party_pk}"


class DeskState:
    """A round and everything the desk shows of it, read once.

    What not every answer needs is read when it is first used.
    """

    def __init__(self, meeting: Round) -> None:
        self.round = meeting
        self.parties = list(Party.objects.all())
        self.issues = list(Issue.objects.all())
        self.end = end_of(meeting, Round.objects.rounds_proper())
        self.statements = list(meeting.statements.prefetch_related("speakers", "parties", "issues"))
        self.proposals = list(meeting.proposals.prefetch_related("parties").select_related("issue"))

    @cached_property
    def grid(self) -> list[GridRow]:
        by_pair: dict[tuple[int, int], list[Position]] = defaultdict(list)
        for position in (
            Position.objects.with_titles().with_evidence().order_by("since__startswith", "pk")
        ):
            by_pair[position.issue_id, position.party_id].append(position)
        noted = {
            progress.issue_id: progress for progress in self.round.progress.select_related("issue")
        }
        before = self._progress_before()
        outcomes: dict[int, list[Outcome]] = defaultdict(list)
        for outcome in Outcome.objects.prefetch_related("parties").order_by("dates__startswith"):
            outcomes[outcome.issue_id].append(outcome)
        return [
            GridRow(
                issue=issue,
                cells=[
                    self._cell(issue, party, by_pair[issue.pk, party.pk]) for party in self.parties
                ],
                before=before.get(issue.pk),
                noted=noted.get(issue.pk),
                outcome_before=self._last_outcome(outcomes[issue.pk], until=self.round.first_day),
                outcome=self._last_outcome(outcomes[issue.pk], since=self.round.first_day),
            )
            for issue in self.issues
        ]

    def _progress_before(self) -> dict[int, Progress]:
        """The latest progress at an earlier round, by the number of the issue."""
        earlier = (
            Progress.objects.filter(round__dates__startswith__lt=self.round.first_day)
            .exclude(round=self.round)
            .order_by("round__dates__startswith", "pk")
        )
        return {progress.issue_id: progress for progress in earlier}

    def _last_outcome(
        self, outcomes: list[Outcome], since: dt.date = dt.date.min, until: dt.date | None = None
    ) -> Outcome | None:
        """The last of ``outcomes``, oldest first, from ``since`` to before ``until``.

        Without ``until`` to the end of the round.
        """
        until = until or self.end + dt.timedelta(days=1)
        matches = [outcome for outcome in outcomes if since <= outcome.first_day < until]
        return matches[-1] if matches else None

    def _cell(self, issue: Issue, party: Party, positions: list[Position]) -> GridCell:
        entered = max(filter(self._is_of_round, positions), key=_begins, default=None)
        until = entered.first_day if entered else self.end + dt.timedelta(days=1)
        before = [
            position
            for position in positions
            if position.first_day < until and not self._is_of_round(position)
        ]
        return GridCell(
            issue=issue,
            party=party,
            before=max(before, key=_begins, default=None),
            entered=entered,
        )

    def _is_of_round(self, position: Position) -> bool:
        """Whether it rests on what was said or tabled at the round, or on its days."""
        if position.evidence.round_id is not None:
            return position.evidence.round_id == self.round.pk
        return self.round.first_day <= position.first_day <= self.end

    @property
    def cells(self) -> Iterator[GridCell]:
        return (cell for row in self.grid for cell in row.cells)

    @cached_property
    def shown(self) -> dict[str, str]:
        """The text in every input that is filled in advance, by its name."""
        shown = {"round-status": self.round.status, "round-summary": self.round.summary}
        for row in self.grid:
            if row.noted:
                shown[f"{row.prefix}-level"] = row.noted.level
                shown[f"{row.prefix}-summary"] = row.noted.summary
            shown |= {
                f"{row.outcome_prefix}-{name}": text for name, text in row.shown_outcome.items()
            }
            for cell in row.cells:
                if cell.current:
                    shown[f"{cell.prefix}-stance"] = cell.current.stance
                if cell.entered:
                    shown[f"{cell.prefix}-gist"] = cell.entered.gist
                    shown[f"{cell.prefix}-condition"] = cell.entered.condition
                    shown[f"{cell.prefix}-evidence"] = self.handle_of(cell.entered.evidence)
        # cleaned as what is posted is, or an untouched input would count as changed
        plain = {name: without_invisible(text).strip() for name, text in shown.items()}
        return {name: text for name, text in plain.items() if text}

    @cached_property
    def records(self) -> list[Publishable]:
        """Every record of which the desk shows texts: changes of these are compared."""
        positions = [
            position for cell in self.cells for position in (cell.before, cell.entered) if position
        ]
        noted = [row.noted for row in self.grid if row.noted]
        outcomes = [row.outcome for row in self.grid if row.outcome]
        return [self.round, *self.statements, *self.proposals, *positions, *noted, *outcomes]

    @cached_property
    def drafts(self) -> list[Publishable]:
        """What is stored for this round and not public."""
        before = {cell.before.pk for cell in self.cells if cell.before}
        return [
            record
            for record in self.records
            if record.state != State.PUBLISHED
            and not (isinstance(record, Position) and record.pk in before)
        ]

    @cached_property
    def evidence(self) -> list[Evidence]:
        """What positions of this round may rest on, besides what is written on the spot."""
        entered = [cell.entered.evidence for cell in self.cells if cell.entered]
        return list(dict.fromkeys([*self.statements, *self.proposals, *entered]))

    def handle_of(self, evidence: Evidence) -> str:
        """What an input calls it: its title, or its key where two have the same."""
        title = str(evidence)
        return title if self._evidence_titles.count(title) < 2 else evidence.slug

    @cached_property
    def _evidence_titles(self) -> list[str]:
        return [str(evidence) for evidence in self.evidence]

    @cached_property
    def sources(self) -> list[Source]:
        return list(Source.objects.all())

    @cached_property
    def people(self) -> list[Person]:
        return list(Person.objects.select_related("party"))

    @cached_property
    def handles(self) -> list[str]:
        return [self.handle_of(evidence) for evidence in self.evidence]

    @cached_property
    def every_proposal(self) -> list[Proposal]:
        return list(Proposal.objects.all())

    @cached_property
    def every_measure(self) -> list[Measure]:
        return list(Measure.objects.all())

    @cached_property
    def party_finder(self) -> NameFinder[Party]:
        return NameFinder(
            self.parties,
            lambda party: (*party_names_of(party), *in_languages(party, "adjective")),
        )

    @cached_property
    def issue_finder(self) -> NameFinder[Issue]:
        return NameFinder(self.issues, lambda issue: (issue.slug, *in_languages(issue, "name")))

    @cached_property
    def proposal_finder(self) -> NameFinder[Proposal]:
        return NameFinder(self.every_proposal, lambda proposal: (proposal.slug, proposal.title))

    @cached_property
    def evidence_finder(self) -> NameFinder[Evidence]:
        return NameFinder(
            self.evidence,
            lambda evidence: (
                evidence.slug,
                str(evidence),
                evidence.title if isinstance(evidence, Proposal) else evidence.summary,
            ),
        )

    def people_finder(self, new: Iterable[Person] = ()) -> NameFinder[Person]:
        return NameFinder([*self.people, *new], lambda person: (person.slug, person.name))

    def source_finder(self, new: Iterable[Source] = ()) -> "SourceFinder":
        return SourceFinder([*self.sources, *new])

    @cached_property
    def measure_finders(self) -> dict[int, NameFinder[Measure]]:
        """By the number of their issue."""
        by_issue: dict[int, list[Measure]] = defaultdict(list)
        for measure in self.every_measure:
            by_issue[measure.issue_id].append(measure)
        return {
            issue.pk: NameFinder(by_issue[issue.pk], lambda measure: (measure.slug, measure.name))
            for issue in self.issues
        }


class SourceFinder(NameFinder[Source]):
    """Finds sources by their address, too, however it is spelt."""

    def __init__(self, sources: Iterable[Source]) -> None:
        super().__init__(
            sources,
            lambda source: (
                source.slug,
                f"{source.publisher}: {source.title}",
                source.title,
                source.url,
            ),
        )

    def find(self, text: str) -> Source:
        at_address = Source.objects.find_by_address(text) if is_address(text) else None
        return at_address or super().find(text)


def _begins(position: Position) -> dt.date:
    return first_day(position.since)
