"""What the desk shows of a round: where each party stood before it, and what it has brought yet."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from issues.desk.parsing import Names, is_address
from issues.matrix.stances import MARKS
from issues.models import Issue, Measure, Position, Progress, Proposal, Stance
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
    """What ``fields`` say in the language of the record, then in each they are translated into."""
    translations = (
        record.translations.get(translated_text.translation_key(field, code))
        for code in translated_text.translation_languages()
        for field in fields
    )
    return [*(getattr(record, field) for field in fields), *filter(None, translations)]


def names_of_party(party: Party) -> list[str]:
    """Its code, then its names and its other names in every language."""
    lists = (re.split("[,;]", text) for text in in_languages(party, "other_names"))
    other_names = [name.strip() for names in lists for name in names if name.strip()]
    return [party.code, *in_languages(party, "name"), *other_names]


def stance_words(stance: str, condition: str) -> str:
    """ "opposes", "open if regular reviews replace it"."""
    if stance == Stance.OPEN_IF and condition:
        return _("open if %(condition)s") % {"condition": condition}
    return str(Stance(stance).label) if stance else _("not recorded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A cell of the grid: what the party held before the round, and what was entered of it."""

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
    def stands(self) -> Position | None:
        return self.entered or self.before

    @property
    def mark(self) -> str:
        return MARKS[self.stands.stance] if self.stands else ""

    @property
    def words(self) -> str:
        stands = self.stands
        return stance_words(stands.stance, stands.condition) if stands else _("not recorded")

    @property
    def before_words(self) -> str:
        before = self.before
        return stance_words(before.stance, before.condition) if before else _("not recorded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the grid: an issue, its cells, and how far it got."""

    issue: Issue
    places: list[Place]
    before: Progress | None
    noted: Progress | None

    @property
    def prefix(self) -> str:
        return f"far-{self.issue.pk}"


class Board:
    """The round and everything the desk shows of it, read once."""

    def __init__(self, meeting: Round) -> None:
        self.round = meeting
        self.parties = list(Party.objects.all())
        self.issues = list(Issue.objects.all())
        self.end = end_of(meeting, Round.objects.rounds_proper())
        self.statements = list(meeting.statements.prefetch_related("speakers", "parties", "issues"))
        self.proposals = list(meeting.proposals.prefetch_related("parties").select_related("issue"))

    @cached_property
    def lines(self) -> list[Line]:
        by_pair: dict[tuple[int, int], list[Position]] = defaultdict(list)
        for position in (
            Position.objects.with_titles().with_evidence().order_by("since__startswith")
        ):
            by_pair[position.issue_id, position.party_id].append(position)
        noted = {one.issue_id: one for one in self.round.progress.select_related("issue")}
        earlier = {
            one.issue_id: one
            for one in Progress.objects.filter(round__dates__startswith__lt=self.round.first_day)
            .exclude(round=self.round)
            .order_by("round__dates__startswith")
        }
        return [
            Line(
                issue=issue,
                places=[self._place(issue, one, by_pair[issue.pk, one.pk]) for one in self.parties],
                before=earlier.get(issue.pk),
                noted=noted.get(issue.pk),
            )
            for issue in self.issues
        ]

    def _place(self, issue: Issue, party: Party, positions: list[Position]) -> Place:
        entered = max(filter(self._is_of_round, positions), key=_begins, default=None)
        until = entered.first_day if entered else self.end + dt.timedelta(days=1)
        before = [one for one in positions if one.first_day < until and not self._is_of_round(one)]
        return Place(
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
    def places(self) -> Iterator[Place]:
        return (place for line in self.lines for place in line.places)

    @cached_property
    def shown(self) -> dict[str, str]:
        """The text in every input that is filled in advance, by its name."""
        shown = {"round-status": self.round.status, "round-summary": self.round.summary}
        for line in self.lines:
            if line.noted:
                shown[f"{line.prefix}-level"] = line.noted.level
                shown[f"{line.prefix}-summary"] = line.noted.summary
            for place in line.places:
                if place.stands:
                    shown[f"{place.prefix}-stance"] = place.stands.stance
                if place.entered:
                    shown[f"{place.prefix}-gist"] = place.entered.gist
                    shown[f"{place.prefix}-condition"] = place.entered.condition
                    shown[f"{place.prefix}-evidence"] = self.handle(place.entered.evidence)
        # cleaned as what is posted is, or an untouched input would count as changed
        plain = {name: without_invisible(text).strip() for name, text in shown.items()}
        return {name: text for name, text in plain.items() if text}

    @cached_property
    def records(self) -> list[Publishable]:
        """Every row that the desk shows the words of; what others change of these is told."""
        positions = [
            position
            for place in self.places
            for position in (place.before, place.entered)
            if position
        ]
        noted = [line.noted for line in self.lines if line.noted]
        return [self.round, *self.statements, *self.proposals, *positions, *noted]

    @cached_property
    def drafts(self) -> list[Publishable]:
        """What is stored for this round and not public."""
        before = {place.before.pk for place in self.places if place.before}
        return [
            one
            for one in self.records
            if one.state != State.PUBLISHED and not (isinstance(one, Position) and one.pk in before)
        ]

    @cached_property
    def evidence(self) -> list[Evidence]:
        """What positions of this round may rest on, besides what is written on the spot."""
        others = [place.entered.evidence for place in self.places if place.entered]
        return list(dict.fromkeys([*self.statements, *self.proposals, *others]))

    def handle(self, evidence: Evidence) -> str:
        """What an input calls it: its words, or its key where two have the same."""
        words = str(evidence)
        return words if self._words.count(words) < 2 else evidence.slug

    @cached_property
    def _words(self) -> list[str]:
        return [str(one) for one in self.evidence]

    @cached_property
    def sources(self) -> list[Source]:
        return list(Source.objects.all())

    @cached_property
    def people(self) -> list[Person]:
        return list(Person.objects.select_related("party"))

    @cached_property
    def party_names(self) -> Names[Party]:
        return Names(
            self.parties, lambda party: (*names_of_party(party), *in_languages(party, "adjective"))
        )

    @cached_property
    def issue_names(self) -> Names[Issue]:
        return Names(self.issues, lambda issue: (issue.slug, *in_languages(issue, "name")))

    @cached_property
    def handles(self) -> list[str]:
        return [self.handle(one) for one in self.evidence]

    @cached_property
    def every_proposal(self) -> list[Proposal]:
        return list(Proposal.objects.all())

    @cached_property
    def every_measure(self) -> list[Measure]:
        return list(Measure.objects.all())

    @cached_property
    def proposal_names(self) -> Names[Proposal]:
        return Names(self.every_proposal, lambda one: (one.slug, one.title))

    @cached_property
    def evidence_names(self) -> Names[Evidence]:
        return Names(
            self.evidence,
            lambda one: (
                one.slug,
                str(one),
                one.title if isinstance(one, Proposal) else one.summary,
            ),
        )

    def people_names(self, new: Iterable[Person] = ()) -> Names[Person]:
        return Names([*self.people, *new], lambda person: (person.slug, person.name))

    def source_names(self, new: Iterable[Source] = ()) -> "SourceNames":
        return SourceNames([*self.sources, *new])

    @cached_property
    def measures(self) -> dict[int, Names[Measure]]:
        by_issue: dict[int, list[Measure]] = defaultdict(list)
        for measure in self.every_measure:
            by_issue[measure.issue_id].append(measure)
        return {
            issue.pk: Names(by_issue[issue.pk], lambda one: (one.slug, one.name))
            for issue in self.issues
        }


class SourceNames(Names[Source]):
    """Sources by their address, too, however it is spelt."""

    def __init__(self, sources: Iterable[Source]) -> None:
        super().__init__(
            sources, lambda one: (one.slug, f"{one.publisher}: {one.title}", one.title, one.url)
        )

    def find(self, text: str) -> Source:
        known = Source.objects.find_by_address(text) if is_address(text) else None
        return known or super().find(text)


def _begins(position: Position) -> dt.date:
    return first_day(position.since)
