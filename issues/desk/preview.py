"""What an entry changes, in words and as the matrix before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from issues.desk.save import Move, Written
from issues.desk.state import Board, stance_words
from issues.desk.warnings import evidence_warnings, warnings_about
from issues.matrix.cells import MatrixCell, StanceChange
from issues.matrix.rows import MatrixRow
from issues.matrix.site_state import SiteState
from issues.matrix.stances import MARKS, same_wording
from issues.models import Issue, Position, Term
from rounds.history.as_of import AsOf
from rounds.models import Publishable
from rounds.platform import clock
from rounds.platform.dates import describe


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One change in words."""

    who: str  # Mexico on Sunset clause
    was: str = ""
    now: str
    stance: str = ""
    mark: str = ""
    more: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A matrix: for each issue a cell per party, and whether it is marked."""

    caption: str
    rows: list[tuple[str, list[tuple[MatrixCell, bool]]]]


Warnings = list[tuple[str, str]]  # where, and what is doubtful


@dataclass(slots=True)
class Preview:
    """Read inside the rehearsal: afterwards none of it is in the database."""

    groups: list[tuple[str, list[Line]]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)  # none where no position changes
    drafts: list[Publishable] = field(default_factory=list)  # published as well
    refused: list[str] = field(default_factory=list)  # why it can only be a draft
    note: str = ""  # that readers need one
    warnings: Warnings = field(default_factory=list)

    @property
    def changes(self) -> int:
        return sum(len(lines) for _title, lines in self.groups) + len(self.drafts)


def in_words(board: Board, written: Written) -> Preview:
    """The changes by kind; those of positions by issue, in the order of the grid."""
    preview = Preview()
    by_issue_name: dict[Issue, list[Line]] = {}
    for move in written.moves:
        by_issue_name.setdefault(move.place.issue, []).append(_moved(move))
    moved = [line for lines in by_issue_name.values() for line in lines]
    progress = [
        Line(who=str(one.issue), was=was, now=one.get_level_display(), more=[one.summary])
        for was, one in written.progress
    ]
    outcome = []
    if written.outcome:
        meeting = next(one for one in written.records if one == board.round)
        outcome.append(
            Line(
                who=str(board.round),
                was=board.round.get_status_display(),
                now=meeting.get_status_display(),
                more=[meeting.summary],
            )
        )
    statements = [
        Line(
            who=handle,
            now=one.summary,
            more=[
                ", ".join(map(str, one.speakers.all())) or one.attribution,
                _("for %(parties)s") % {"parties": parties}
                if (parties := ", ".join(map(str, one.parties.all())))
                else "",
                _("on %(issues)s") % {"issues": issues}
                if (issues := ", ".join(map(str, one.issues.all())))
                else _("on no issue"),
                one.get_basis_display(),
                one.when,
                str(one.source),
            ],
        )
        for handle, one in written.statements
    ]
    proposals = [
        Line(
            who=handle,
            now=one.title,
            more=[
                _("on %(issues)s") % {"issues": one.issue},
                ", ".join(map(str, one.parties.all())),
                "; ".join(map(_number, one.terms.select_related("measure"))),
                one.get_basis_display(),
                one.when,
                str(one.source),
            ],
        )
        for handle, one in written.proposals
    ]
    new = [Line(who=_("source"), now=str(one), more=[one.url]) for one in written.sources]
    new += [Line(who=_("person"), now=str(one), more=[one.role]) for one in written.people]
    preview.groups = [
        (title, lines)
        for title, lines in (
            (_("Positions"), moved),
            (_("Progress"), progress),
            (_("The round"), outcome),
            (_("Statements"), statements),
            (_("Proposals"), proposals),
            (_("New in the record"), new),
        )
        if lines
    ]
    return preview


def warnings_of(board: Board, written: Written, drafts: Sequence[Publishable]) -> Warnings:
    """What is doubtful in an entry and in the drafts that go out with it, each told once."""
    today = clock.today()
    labelled = list(_labelled(board, written, drafts))
    about_evidence = {  # told of a position, and again of the statement that it rests on
        text
        for _label, record in labelled
        if isinstance(record, Position)
        for text in evidence_warnings(record, record.evidence, record.evidence.parties.all())
    }
    warnings: dict[object, tuple[str, str]] = {}
    for label, record in labelled:
        for text in warnings_about(record, today):
            key = text if text in about_evidence else (label, text)
            warnings.setdefault(key, (label, text))
    for move in written.moves:
        if move.row and not move.row.touches(move.place.issue):
            text = _("%(row)s did not name this issue. The issue is added to that row.")
            warning = (move.place.title, text % {"row": move.row.handle})
            warnings.setdefault(warning, warning)
    return list(warnings.values())


def _labelled(
    board: Board, written: Written, drafts: Sequence[Publishable]
) -> Iterator[tuple[str, Publishable]]:
    """Each record of an entry and what the page calls it."""
    yield from ((move.place.title, move.position) for move in written.moves)
    yield from written.statements
    yield from written.proposals
    yield from ((str(record), record) for record in written.records if record == board.round)
    yield from ((str(draft), draft) for draft in drafts)


def _number(term: Term) -> str:
    values = [f"{value.normalize():f}" for value in (term.low, term.high) if value is not None]
    scope = f" ({term.scope})" if term.scope else ""
    words = f"{term.get_comparator_display()} {'–'.join(values)} {term.measure.unit}"
    return f"{term.measure}{scope}: {words}"


def _moved(move: Move) -> Line:
    position = move.position
    now = stance_words(position.stance, position.condition)
    evidence = f"{move.row.handle}: {position.evidence}" if move.row else str(position.evidence)
    rests = _("rests on %(evidence)s")
    if move.found:
        rests = _("rests on %(evidence)s (the only row that fits)")
    when = describe(position.since, approximate=position.approximate)
    entered = move.place.entered
    dropped = entered.condition if entered and not position.condition else ""
    return Line(
        who=move.place.title,
        was=move.was,
        now=_again(move) if now == move.was else now,
        stance=position.stance,
        mark=MARKS[position.stance],
        more=[
            position.gist,
            _("its condition is dropped: %(condition)s") % {"condition": dropped}
            if dropped
            else "",
            rests % {"evidence": evidence},
            _("since %(when)s") % {"when": when},
        ],
    )


def _again(move: Move) -> str:
    """Whether an unchanged stance shifted or was restated; its name where it is only corrected."""
    position, cell = move.position, move.place
    is_correction = cell.entered is not None and cell.entered.pk == position.pk
    before = cell.before if is_correction else cell.stands
    if before is None:
        return move.was
    change = StanceChange.RESTATED if same_wording(position, before) else StanceChange.SHIFTED
    return str(change.label)


def matrix_of(
    board: Board, issues: Sequence[Issue], written: Sequence[Position]
) -> list[MatrixRow]:
    """The rows of ``issues`` as readers would see them with ``written`` published."""
    day = max([board.end, *(position.first_day for position in written)])
    state = SiteState.load(
        AsOf(day), rounds=(), issues=issues, parties=board.parties, drafts=written
    )
    return state.plain_matrix


def side_by_side(before: list[MatrixRow], after: list[MatrixRow]) -> list[Table]:
    """Both matrices; what is another in the second is marked there."""
    both = zip(before, after, strict=True)
    pairs = [list(zip(was.cells, now.cells, strict=True)) for was, now in both]
    marked = [[(now, now.shown != was.shown) for was, now in row] for row in pairs]
    plain = [[(was, False) for was, _now in row] for row in pairs]
    titles = [row.title for row in before]
    return [
        Table(_("Before"), list(zip(titles, plain, strict=True))),
        Table(_("After"), list(zip(titles, marked, strict=True))),
    ]
