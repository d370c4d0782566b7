"""Storing an uploaded sheet, and saying what that did: the preview is a rehearsal of it."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from rounds.admin.spreadsheets.preview import REFUSED, ImportPreview, PreviewLine, Reason
from rounds.admin.spreadsheets.row_reader import CellProblem, RowReader, column_names, rows_of
from rounds.models import State
from rounds.publishing.gate import Refused, gate
from rounds.tabular.base import RecordResource, RowKind
from rounds.tabular.cell_codecs import unguarded
from rounds.tabular.files.sheets import Sheet, SheetError
from rounds.tabular.importer import Load, RowOutcome, lock_imports
from rounds.tabular.parsing.headings import Headings
from rounds.tabular.rows import ImportProblem, TableRow


def store(sheet: Sheet, resource: RecordResource, user: User | AnonymousUser) -> ImportPreview:
    """Store what can be stored of ``sheet``, within the caller's transaction, and say what it was.

    Raises SheetError.
    """
    names = column_names(sheet, Headings(resource))
    lock_imports()
    manager: Any = resource.model._default_manager
    # What is shown is changed: nobody may change it meanwhile.
    list(manager.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    table = str(resource.model._meta.model_name)
    load = Load({table: resource})
    reader = RowReader(sheet, names, resource, load.stored[table])
    given, problems = rows_of(sheet, reader)
    rows = [completed(row, load, resource) for row in given]
    marred = {problem.line for problem in problems}
    whole = [row for row in rows if row.line not in marred]
    check_changes(load, whole)
    load.store(whole)
    reasons = reasons_of(load, problems, [row for row in rows if row.line in marred], names)
    public = set(manager.published().values_list("pk", flat=True))
    lines = [
        line_of(row, load.outcomes.get(row), reasons[row.line], public, resource) for row in rows
    ]
    lines = [with_state_asked(line, row.cells) for line, row in zip(lines, given, strict=True)]
    objection = objection_to(user)
    needs_note = objection is not None and objection.code == "note"
    if needs_note:
        objection = objection_to(user, "a note")
    if objection is not None:
        refused = {pk for _model, pk in objection.refs}  # of one model: that of the sheet
        lines = [
            refused_if_named(line, load.outcomes.get(row), refused, str(objection.message))
            for line, row in zip(lines, rows, strict=True)
        ]
    notices = [*sheet.notices, *reader.notices()]
    return ImportPreview(lines, list(load.outcomes.values()), needs_note, notices)


def check_changes(load: Load, rows: list[TableRow]) -> None:
    """Refuse more work than an editor waits for. Raises SheetError."""
    count = sum(not load.is_stored(row) for row in rows)
    if count > settings.IMPORT_MAX_CHANGES:
        text = _("found %(found)d new or changed rows, expected at most %(limit)d: split the file")
        raise SheetError(text % {"found": count, "limit": settings.IMPORT_MAX_CHANGES})


def objection_to(user: User | AnonymousUser, note: str = "") -> Refused | None:
    """Return what the gate says of all that was stored so far."""
    try:
        gate(user, note)
    except Refused as error:
        return error
    return None


def completed(row: TableRow, load: Load, resource: RecordResource) -> TableRow:
    """Return ``row`` with all columns, as stored where it lacks one. An import changes no state."""
    stored = load.stored[row.table].get(row.key)
    cells = stored or {column.name: "" for column in resource.columns}
    state = {"state": stored["state"] if stored else State.DRAFT.value} if "state" in cells else {}
    return replace(row, cells=cells | row.cells | state)


def reasons_of(
    load: Load, problems: list[ImportProblem], marred: list[TableRow], names: list[str]
) -> dict[int, list[Reason]]:
    """Return why rows are refused, by their numbers; ``names`` are the columns of the sheet."""
    reasons: dict[int, list[Reason]] = defaultdict(list)
    for problem in load.problems(problems, marred):
        reasons[problem.line].append(reason_of(problem, names))
    for row, complaints in load.complaints(marred).items():
        if row.line not in reasons:
            complaint = complaints[0]
            text = _("needs row %d, which is refused") % complaint.blamed_rows[0].line
            problem = ImportProblem(row.file, text, row.line, complaint.problem.column)
            reasons[row.line].append(reason_of(problem, names))
    return reasons


def reason_of(problem: ImportProblem, names: list[str]) -> Reason:
    """Return a problem with its cell as the program calls it: B7."""
    cell = _("row %d") % problem.line
    if problem.column in names:
        cell = f"{get_column_letter(names.index(problem.column) + 1)}{problem.line}"
    elif problem.column:
        cell = f"{cell}, {problem.column}"
    if isinstance(problem, CellProblem):
        return Reason(problem.column, problem.text, problem.cause, cell, problem.detail)
    return Reason(problem.column, problem.text, problem.text, cell)


def line_of(
    row: TableRow,
    outcome: RowOutcome | None,
    reasons: list[Reason],
    public: set[int],
    resource: RecordResource,
) -> PreviewLine:
    key = ", ".join(row.key)
    if reasons or outcome is None:
        return PreviewLine(row.line, key, REFUSED, reasons=reasons)
    cells = resource.cells(outcome.record) if outcome.kind == RowKind.NEW else {}
    return PreviewLine(
        number=row.line,
        key=key,
        kind=outcome.kind,
        name=str(outcome.record or ""),
        changes=[
            (name, unguarded(outcome.before[name]), unguarded(outcome.after[name]))
            for name in outcome.changed
        ],
        cells=[(name, unguarded(text)) for name, text in cells.items() if text],
        public=bool(outcome.record) and outcome.record.pk in public,
        state=row.cells.get("state", ""),
    )


def with_state_asked(line: PreviewLine, given: dict[str, str]) -> PreviewLine:
    state = given.get("state", "").strip()
    return replace(line, state_asked=state) if state not in {"", line.state} else line


def refused_if_named(
    line: PreviewLine, outcome: RowOutcome | None, refused: set[int], reason: str
) -> PreviewLine:
    """Return ``line`` as refused where its record is among ``refused``."""
    if outcome is None or line.kind != RowKind.CHANGED or outcome.record.pk not in refused:
        return line
    return replace(line, kind=REFUSED, reasons=[Reason("", reason, reason, line.label)])
