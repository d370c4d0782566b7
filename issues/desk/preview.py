"""The preview of an entry: what it changes, in words and as the matrix before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from issues.desk.save import SavedPosition, SavedRecords
from issues.desk.state import DeskState, describe_position
from issues.desk.warnings import (
    find_endings,
    find_warnings_about,
    join_names,
    warn_of_days,
    warn_of_evidence,
    warn_of_late_position,
    warn_of_sources,
)
from issues.matrix.cells import MatrixCell, StanceChange
from issues.matrix.rows import MatrixRow
from issues.matrix.site_state import SiteState
from issues.matrix.stances import MARKS, OUTCOME_MARKS, have_same_wording
from issues.models import Issue, Outcome, Position, Term
from rounds.history.as_of import AsOf
from rounds.models import Publishable
from rounds.platform import clock
from rounds.platform.dates import describe


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A change in words."""

    who: str  # Mexico on Sunset clause
    was: str = ""
    now: str
    stance: str = ""
    mark: str = ""
    details: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PreviewMatrix:
    """A matrix: for each issue a cell per party, and whether it is marked."""

    caption: str
    rows: list[tuple[str, list[tuple[MatrixCell, bool]]]]


Warnings = list[tuple[str, str]]  # the title of an entry, and what is doubtful about it


@dataclass(slots=True)
class DeskPreview:
    """Read inside the rehearsal: afterwards none of it is in the database."""

    groups: list[tuple[str, list[ChangeLine]]] = field(default_factory=list)
    tables: list[PreviewMatrix] = field(default_factory=list)  # none where no position changes
    drafts: list[Publishable] = field(default_factory=list)  # published as well
    refused: list[str] = field(default_factory=list)  # why it can only be a draft
    note: str = ""  # that readers need one
    warnings: Warnings = field(default_factory=list)

    @property
    def changes(self) -> int:
        return sum(len(lines) for _title, lines in self.groups) + len(self.drafts)


def describe_changes(state: DeskState, saved: SavedRecords) -> DeskPreview:
    """The changes by kind; those of positions by issue, in the order of the grid."""
    groups = (
        (_("Positions"), _describe_positions(saved)),
        (_("Progress"), _describe_progress(saved)),
        (_("Outcomes"), _describe_issue_outcomes(saved)),
        (_("The round"), _describe_outcome(state, saved)),
        (_("Statements"), _describe_statements(saved)),
        (_("Proposals"), _describe_proposals(saved)),
        (_("New in the record"), _describe_references(saved)),
    )
    return DeskPreview(groups=[(title, lines) for title, lines in groups if lines])


def _describe_positions(saved: SavedRecords) -> list[ChangeLine]:
    by_issue_name: dict[Issue, list[ChangeLine]] = {}
    for position in saved.positions:
        by_issue_name.setdefault(position.cell.issue, []).append(_describe_position(position))
    return [line for lines in by_issue_name.values() for line in lines]


def _describe_progress(saved: SavedRecords) -> list[ChangeLine]:
    return [
        ChangeLine(
            who=str(progress.issue),
            was=was,
            now=progress.get_level_display(),
            details=[progress.summary],
        )
        for was, progress in saved.progress
    ]


def _describe_issue_outcomes(saved: SavedRecords) -> list[ChangeLine]:
    return [
        ChangeLine(
            who=str(outcome.issue),
            was=was,
            now=outcome.get_kind_display(),
            stance=outcome.kind,
            mark=OUTCOME_MARKS[outcome.kind],
            details=[
                outcome.line,
                *map(str, outcome.parties.select_related("party")),
                outcome.when,
                str(outcome.source),
            ],
        )
        for was, outcome in saved.outcomes
    ]


def _describe_outcome(state: DeskState, saved: SavedRecords) -> list[ChangeLine]:
    if not saved.has_outcome:
        return []
    meeting = next(record for record in saved.records if record == state.round)
    return [
        ChangeLine(
            who=str(state.round),
            was=state.round.get_status_display(),
            now=meeting.get_status_display(),
            details=[meeting.summary],
        )
    ]


def _describe_statements(saved: SavedRecords) -> list[ChangeLine]:
    return [
        ChangeLine(
            who=handle,
            now=statement.summary,
            details=[
                join_names(statement.speakers.all()) or statement.attribution,
                _("for %(parties)s") % {"parties": parties}
                if (parties := join_names(statement.parties.all()))
                else "",
                _("on %(issues)s") % {"issues": issues}
                if (issues := join_names(statement.issues.all()))
                else _("on no issue"),
                statement.get_basis_display(),
                statement.when,
                str(statement.source),
            ],
        )
        for handle, statement in saved.statements
    ]


def _describe_proposals(saved: SavedRecords) -> list[ChangeLine]:
    return [
        ChangeLine(
            who=handle,
            now=proposal.title,
            details=[
                _("on %(issues)s") % {"issues": proposal.issue},
                join_names(proposal.parties.all()),
                "; ".join(map(_describe_term, proposal.terms.select_related("measure"))),
                proposal.get_basis_display(),
                proposal.when,
                str(proposal.source),
            ],
        )
        for handle, proposal in saved.proposals
    ]


def _describe_references(saved: SavedRecords) -> list[ChangeLine]:
    sources = [
        ChangeLine(who=_("source"), now=str(source), details=[source.url])
        for source in saved.sources
    ]
    people = [
        ChangeLine(who=_("person"), now=str(person), details=[person.role])
        for person in saved.people
    ]
    return sources + people


def find_warnings(state: DeskState, saved: SavedRecords, drafts: Sequence[Publishable]) -> Warnings:
    """What is doubtful in an entry and in the drafts published with it, each warning once."""
    today = clock.today()
    labelled = list(_label_records(state, saved, drafts))
    shared = {  # warnings of a position that what it rests on or the outcome of its issue has, too
        text
        for _label, record in labelled
        if isinstance(record, Position)
        for text in (
            *warn_of_evidence(record, record.evidence, record.evidence.parties.all()),
            *warn_of_sources(record.evidence, [record.issue]),
            *warn_of_late_position(record, *find_endings(record.issue)),
        )
    }
    warnings: dict[object, tuple[str, str]] = {}
    for label, record in labelled:
        for text in find_warnings_about(record, today):
            key = text if text in shared else (label, text)
            warnings.setdefault(key, (label, text))
    for _was, outcome in saved.outcomes:
        for text in warn_of_days(outcome.dates, today, state.round, state.end):
            warnings.setdefault((str(outcome.issue), text), (str(outcome.issue), text))
    for saved_position in saved.positions:
        row, cell = saved_position.row, saved_position.cell
        if row and not row.touches(cell.issue):
            text = _("%(row)s did not name this issue. The issue is added to that row.")
            warning = (cell.title, text % {"row": row.handle})
            warnings.setdefault(warning, warning)
    return list(warnings.values())


def _label_records(
    state: DeskState, saved: SavedRecords, drafts: Sequence[Publishable]
) -> Iterator[tuple[str, Publishable]]:
    """Each record of an entry and what the page calls it."""
    yield from ((position.cell.title, position.position) for position in saved.positions)
    yield from saved.statements
    yield from saved.proposals
    yield from ((str(progress.issue), progress) for _was, progress in saved.progress)
    yield from ((str(outcome.issue), outcome) for _was, outcome in saved.outcomes)
    yield from ((str(record), record) for record in saved.records if record == state.round)
    yield from ((str(draft), draft) for draft in drafts)


def _describe_term(term: Term) -> str:
    values = [f"{value.normalize():f}" for value in (term.low, term.high) if value is not None]
    scope = f" ({term.scope})" if term.scope else ""
    limit = f"{term.get_comparator_display()} {'–'.join(values)} {term.measure.unit}"
    return f"{term.measure}{scope}: {limit}"


def _describe_position(saved: SavedPosition) -> ChangeLine:
    position, row = saved.position, saved.row
    now = describe_position(position)
    evidence = f"{row.handle}: {position.evidence}" if row else str(position.evidence)
    rests = _("rests on %(evidence)s")
    if saved.is_row_inferred:
        rests = _("rests on %(evidence)s (the only row that fits)")
    when = describe(position.since, approximate=position.approximate)
    entered = saved.cell.entered
    dropped = entered.condition if entered and not position.condition else ""
    return ChangeLine(
        who=saved.cell.title,
        was=saved.was,
        now=_describe_repetition(saved) if now == saved.was else now,
        stance=position.stance,
        mark=MARKS[position.stance],
        details=[
            position.gist,
            _("its condition is dropped: %(condition)s") % {"condition": dropped}
            if dropped
            else "",
            rests % {"evidence": evidence},
            _("since %(when)s") % {"when": when},
        ],
    )


def _describe_repetition(saved: SavedPosition) -> str:
    """Whether an unchanged stance shifted or was restated; its name where it is only corrected."""
    position, cell = saved.position, saved.cell
    is_correction = cell.entered is not None and cell.entered.pk == position.pk
    before = cell.before if is_correction else cell.current
    if before is None:
        return saved.was
    change = StanceChange.RESTATED if have_same_wording(position, before) else StanceChange.SHIFTED
    return str(change.label)


def load_matrix(
    state: DeskState,
    issues: Sequence[Issue],
    positions: Sequence[Position] = (),
    outcomes: Sequence[Outcome] = (),
) -> list[MatrixRow]:
    """Return the rows of ``issues`` as readers would see them with what is given published."""
    days = [position.first_day for position in positions]
    days += [outcome.first_day for outcome in outcomes]
    day = max([state.end, *days])
    site_state = SiteState.load(
        AsOf(day),
        rounds=(),
        issues=issues,
        parties=state.parties,
        drafts=positions,
        draft_outcomes=outcomes,
    )
    return site_state.plain_matrix


def compare_matrices(before: list[MatrixRow], after: list[MatrixRow]) -> list[PreviewMatrix]:
    """Return both matrices, with the cells marked in the second that differ."""
    both = zip(before, after, strict=True)
    pairs = [list(zip(was.cells, now.cells, strict=True)) for was, now in both]
    marked = [[(now, now.shown != was.shown) for was, now in row] for row in pairs]
    plain = [[(was, False) for was, _now in row] for row in pairs]
    titles = [row.title for row in before]
    return [
        PreviewMatrix(_("Before"), list(zip(titles, plain, strict=True))),
        PreviewMatrix(_("After"), list(zip(titles, marked, strict=True))),
    ]
