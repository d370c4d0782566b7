"""The schemas of the API's answers. OpenAPI publishes their names, docstrings and descriptions."""

import datetime as dt
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Choices
from pydantic import BaseModel, Field

from issues import resources as issues
from issues.matrix.stances import PartyOutcomeKind
from issues.models import Comparator, IssueKind, Level, OutcomeKind, ProposalStatus, Stance
from nafta.api.columns import Words, with_columns
from rounds.models import Basis, DeadlineOutcome, LinkKind, RoundKind, RoundStatus, SourceRank
from rounds.public.timeline import Kind
from rounds.tabular import resources as rounds

Row = TypeVar("Row")


def one_of(choices: type[Choices], *further: str) -> Any:
    """Return a field whose value is one of ``choices``, or one of ``further``."""
    return Field(json_schema_extra={"enum": [*choices.values, *further]})


Key = Annotated[str, Field(description="Names the record, here and in its page's address; fixed.")]
Address = Annotated[str, Field(description="Of its page on this site, whole.")]


class Problem(BaseModel):
    detail: str = Field(description="What is wrong with the request, in a sentence.")


class Page(BaseModel, Generic[Row]):
    """Some rows of a list, and where the next are."""

    items: list[Row]
    next: str | None = Field(description="Address of the next page; null on the last.")


class Span(BaseModel):
    """Days as the source gives them."""

    first: dt.date
    last: dt.date | None = Field(description="Last day included; null where no end is known.")
    approximate: bool = Field(
        description="True: on some day between the two. False: from the one to the other."
    )
    words: str = Field(description="The same for people, as precise as it is known.")


class Licence(BaseModel):
    name: str = Field(description="In one word; for many licences the SPDX identifier.")
    title: str
    path: str | None = Field(description="Address of its text; null if there is none.")


class Ref(BaseModel):
    key: Key
    name: str = Field(description="In the language asked for, else in the record's.")
    address: Address


class SourceRef(BaseModel):
    key: Key
    publisher: str
    title: str
    rank: Annotated[str, one_of(SourceRank)]
    address: Address
    url: str | None = Field(description="Address of the publication; null if not on the web.")
    archive_url: str | None = Field(description="Of a copy in an archive, if there is one.")


class Negotiation(BaseModel):
    key: Key
    title: Words
    short_name: Words
    standfirst: Words
    address: Address
    languages: list[str] = Field(description="What `lang` takes.")
    licence: Licence | None = Field(description="Of the record; null where none is given.")


class Party(BaseModel):
    key: Key
    name: Words
    adjective: Words
    other_names: Words | None = Field(
        description="Abbreviations and other names that readers search for, separated by commas."
    )
    address: Address


class Person(BaseModel):
    """Somebody who said something that is published."""

    key: Key
    name: str
    role: Words | None
    organisation: Words | None
    party: str | None = Field(description="Key of the party; null for outsiders.")
    address: Address


class Source(BaseModel):
    """A publication that published records cite."""

    key: Key
    publisher: str
    title: str
    language: str = Field(description="Language tag of the publication.")
    rank: Annotated[str, one_of(SourceRank)] = Field(
        description="How near it is to what it tells, the best first."
    )
    published: Span | None
    claims: int = Field(description="How many published records cite it.")
    note: Words | None
    address: Address
    url: str | None
    archive_url: str | None


class Record(BaseModel):
    """What every claim has: who says so, and when readers first and last saw it new."""

    key: Key
    address: Address
    note: Words | None = Field(description="What sources disagree about, or readers should know.")
    source: SourceRef = Field(description="The publication this was first read in.")
    other_sources: list[SourceRef] = Field(description="Publications that say the same.")
    published_at: dt.datetime | None = Field(description="When readers could first see it.")
    updated_at: dt.datetime | None = Field(description="When what they see was last written.")


class Dated(Record):
    dates: Span


class Attributed(Dated):
    basis: Annotated[str, one_of(Basis)]
    on_record: bool = Field(description="Whether somebody named, or a text, stands behind it.")
    attribution: str = Field(description="Who says so, in words; empty: the publication itself.")
    unnamed_count: int | None = Field(description="How many people are unnamed, if told.")
    unnamed_why: Words | None


@with_columns(rounds.RoundResource)
class Round(Dated):
    """A meeting: a numbered round or any other."""

    name: Words
    kind: Annotated[str, one_of(RoundKind)]
    number: int | None = Field(description="Only numbered rounds have one.")
    place: Words | None
    host: str | None = Field(description="Key of a party.")
    parties: list[str] = Field(description="Keys of those at the table.")
    planned: Span | None = Field(description="The dates as announced, if they were others.")
    status: Annotated[str, one_of(RoundStatus)]
    replaced_by: str | None = Field(description="Key of the meeting that replaced it.")


@with_columns(rounds.DeadlineResource)
class Deadline(Dated):
    """A date somebody set; `dates` is when it falls."""

    name: Words
    set_by: Words
    set_on: Span
    parties: list[str] = Field(description="Keys of the parties that set it.")
    basis: Words | None = Field(description="On what basis it was set.")
    outcome: Annotated[str, one_of(DeadlineOutcome)]
    missed: bool = Field(description="Whether it was not met: of one that was moved, too.")
    superseded_by: str | None = Field(description="Key of the deadline that took its place.")


@with_columns(issues.IssueResource, but={"order"})
class Issue(Record):
    name: Words
    keywords: Words | None = Field(
        description="Words that readers look for it by, with commas between."
    )
    question: Words = Field(description="Stances answer it: from yes, demands, to no, red-line.")
    kind: Annotated[str, one_of(IssueKind)]
    status_quo: Words | None
    chapter: Words | None
    background: Words | None
    featured: bool = Field(description="Whether it is shown on the front page.")


@with_columns(issues.MeasureResource, but={"agreed_source"})
class Measure(Record):
    """Something countable at stake. Values are in its unit."""

    issue: str = Field(description="Key of the issue.")
    name: Words
    unit: Words = Field(description="As it follows a number: %, years, tonnes.")


class Link(BaseModel):
    kind: Annotated[str, one_of(LinkKind)]
    statement: str = Field(description="Key of the other statement.")
    note: Words | None


@with_columns(issues.StatementOnIssuesResource, but={"language"})
class Statement(Attributed):
    summary: Words = Field(description="What was said, in our words.")
    quotation: str | None = Field(description="At most eight words of it.")
    quotation_language: str | None
    speakers: list[Ref]
    parties: list[str] = Field(description="Keys of those it speaks for.")
    issues: list[str] = Field(description="Keys of the issues it touches.")
    round: str | None = Field(description="Key of the meeting it was said at.")
    links: list[Link] = Field(description="How it bears on other statements.")


class Term(BaseModel):
    measure: str = Field(description="Key of the measure, whose unit the values are in.")
    scope: Words | None = Field(description="What part of it the number is for.")
    comparator: Annotated[str, one_of(Comparator)]
    low: float = Field(description="The value; with between, the lowest.")
    high: float | None = Field(description="Only with between: the highest.")


class EarlierStatus(BaseModel):
    """A status that a proposal had for a party before its status of now."""

    status: Annotated[str, one_of(ProposalStatus)]
    since: Span
    party: str = Field(description="Key of the party for which it had that status.")
    note: Words | None


@with_columns(issues.ProposalResource)
class Proposal(Attributed):
    label: str = Field(description="Proposal, counter-proposal or agreement, in words.")
    title: Words
    summary: Words | None
    issue: str = Field(description="Key of the issue.")
    round: str | None = Field(description="Key of the meeting it was tabled at.")
    parties: list[str] = Field(description="Keys of those that tabled it.")
    responds_to: str | None = Field(description="Key of the proposal it answers.")
    status: Annotated[str, one_of(ProposalStatus)]
    settled: Span | None = Field(description="Since when it has its status, unless tabled.")
    earlier_statuses: list[EarlierStatus] = Field(
        description="What it was to each party before its status of now, oldest first."
    )
    terms: list[Term]


class PartyOutcome(BaseModel):
    party: str = Field(description="Key of the party.")
    gist: Words = Field(description="How it came to the outcome, in a line.")


@with_columns(issues.OutcomeResource)
class Outcome(Dated):
    """How an issue ended; `dates` is the day from which it was so. An issue may have several."""

    issue: str = Field(description="Key of the issue.")
    kind: Annotated[str, one_of(OutcomeKind)]
    label: str = Field(description="The kind in words.")
    line: Words = Field(description="What came out, in a line.")
    parties: list[PartyOutcome] = Field(description="How parties came to it, where recorded.")


class Evidence(BaseModel):
    kind: Annotated[str, Field(json_schema_extra={"enum": ["statement", "proposal"]})]
    key: Key
    address: Address
    basis: Annotated[str, one_of(Basis)]
    on_record: bool
    source: SourceRef


class Position(BaseModel):
    """Where a party stands on an issue from a day on, until it takes another position."""

    issue: str = Field(description="Key of the issue.")
    party: str = Field(description="Key of the party.")
    since: Span
    stance: Annotated[str, one_of(Stance)]
    label: str = Field(description="The stance in words.")
    gist: Words
    condition: Words | None = Field(description="Only with open-if.")
    note: Words | None
    evidence: Evidence
    published_at: dt.datetime | None
    updated_at: dt.datetime | None


class Progress(BaseModel):
    """How far an issue got at a round."""

    round: str = Field(description="Key of the meeting.")
    issue: str = Field(description="Key of the issue.")
    level: Annotated[str, one_of(Level)]
    label: str = Field(description="The level in words.")
    summary: Words | None
    note: Words | None
    source: SourceRef
    published_at: dt.datetime | None
    updated_at: dt.datetime | None


class CellOutcome(BaseModel):
    kind: Annotated[str, one_of(OutcomeKind)]
    line: Words = Field(description="What came out, for all parties.")
    dates: Span
    source: SourceRef


class CellPosition(BaseModel):
    """One position of a cell, or the outcome. It is null or false where nothing is recorded.

    With an outcome, `stance` says how it ended for the party, `gist` how the party came to it, and
    `before` the firmest stance that it had taken.
    """

    stance: Annotated[str, one_of(Stance, "not-recorded", "absent", *PartyOutcomeKind.values)]
    label: str = Field(description="The stance, or how it ended, in words.")
    gist: Words | None
    condition: Words | None
    since: Span | None = Field(description="Since when the stance is held without a break.")
    since_evidence: Evidence | None = Field(description="What that rests on.")
    latest: Span | None = Field(description="When the gist was said or tabled.")
    moved: bool = Field(description="Since the round before: another stance or condition, or new.")
    shifted: bool = Field(
        description="The stance was taken earlier and is held in other words than before."
    )
    restated: bool = Field(description="The stance was taken earlier, in the same words.")
    before: Annotated[str, one_of(Stance, "")] = Field(
        description="The stance before, if a position was taken since the round before."
    )
    evidence: Evidence | None = Field(description="What the latest position rests on.")
    outcome: CellOutcome | None = Field(description="How the issue had ended by then.")


class Cell(CellPosition):
    """Where one party stood. Without a position it says which kind of silence it is."""

    party: str = Field(description="Key of the party.")
    earlier_positions: list[CellPosition] = Field(
        description="Those taken at the same meeting before the latest, oldest first. Each is held "
        "against the position before it. Empty in a matrix of all issues."
    )


class MatrixRow(BaseModel):
    issue: str = Field(description="Key of the issue.")
    round: str | None = Field(description="Key of the round; null in a matrix of all issues.")
    level: Annotated[str, one_of(Level, "")] = Field(
        description="How far the issue got at the round, if known."
    )
    cells: list[Cell] = Field(description="One a party, in the order of `parties`.")


class Matrix(BaseModel):
    as_of: dt.date = Field(description="The day whose state this is.")
    parties: list[Ref]
    rows: list[MatrixRow]


class Item(BaseModel):
    """A row of the timeline. Its kind and key lead to all that is known of it."""

    kind: Annotated[str, one_of(Kind)]
    key: Key
    address: Address
    dates: Span
    title: Words
    text: Words | None
    quotation: str | None
    status: str | None = Field(description="Of all but statements; the filter `status` takes it.")
    attribution: str
    on_record: bool | None = Field(description="Null where nothing was said or tabled.")
    parties: list[str]
    speakers: list[str] = Field(description="Keys of people.")
    issues: list[str]
    source: SourceRef


class Change(BaseModel):
    field: str
    before: str
    after: str


class Correction(BaseModel):
    """Something that readers had seen and that reads otherwise now, or is gone."""

    id: str
    at: dt.datetime
    address: Address
    kind: str = Field(description="What kind of record, in words.")
    summary: str = Field(description="What happened, in words.")
    title: str | None = Field(description="Null for what is gone: it is not repeated.")
    record: str | None = Field(description="Address of the record's page; null if gone.")
    note: str | None = Field(description="What editors left for readers.")
    changes: list[Change] = Field(description="Empty where what was said is not repeated.")
