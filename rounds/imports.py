"""Lists of the record as spreadsheets in the admin: export, and import with a preview.

Nothing is kept on the server between preview and confirmation: the page carries what was read,
signed. On confirmation it is all done again, and stored if it comes out as it was shown.
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import JSON
from import_export.forms import ExportForm
from import_export.results import RowResult
from openpyxl.utils import get_column_letter

from rounds.cells import (
    NameIndex,
    Surroundings,
    UnreadableCellError,
    day_order,
    read_cell,
)
from rounds.editing import Refused, gate
from rounds.headings import Headings
from rounds.loading import (
    Load,
    Outcome,
    Problem,
    Row,
    cells_of,
    header_problems,
    key_of,
    key_problems,
    one_at_a_time,
)
from rounds.models import State
from rounds.publication import rehearsal
from rounds.resources import Day, Number, RecordResource, found, shown, unguarded
from rounds.spreadsheets import (
    CSV,
    EMPTY,
    XLSX,
    CellKind,
    Sheet,
    SheetCell,
    SheetError,
    SheetRow,
    listed,
    read,
)
from rounds.text_fields import TextField

KEPT_FOR = 24 * 60 * 60  # seconds between preview and confirmation
BESIDES = 100_000  # bytes of a confirmation that are not what was read
LISTED = 10  # problems of a header, places of a problem

REFUSED, CHANGED, NEW, UNCHANGED = "refused", "changed", "new", "unchanged"
KINDS = {
    RowResult.IMPORT_TYPE_UPDATE: CHANGED,
    RowResult.IMPORT_TYPE_NEW: NEW,
    RowResult.IMPORT_TYPE_SKIP: UNCHANGED,
}


# --- what is in the file ---


@dataclass(frozen=True)
class CellProblem(Problem):
    """Why a cell is refused: the ``cause`` is the same in all cells that are refused for it."""

    cause: str = ""
    detail: str = ""  # what is said of this cell only

    @classmethod
    def of(cls, row: Row, column: str, error: UnreadableCellError) -> "CellProblem":
        detail = _("“%(text)s”") % {"text": shown(row.cells[column])}
        detail = f"{detail} ({error.detail})" if error.detail else detail
        values = {"found": found(row.cells[column]), "cause": error.cause}
        text = _("%(found)s, %(cause)s") % values
        return cls(row.file, text, row.line, column, error.cause, detail)


def column_names(sheet: Sheet, headings: Headings) -> list[str]:
    """The columns of a sheet by their names, empty where one has none.

    Raises SheetError where they are not those of the table.
    """
    header = headings.column_names(sheet.header.texts)
    names = [name for name in header if name]
    resource = headings.resource
    problems = list(header_problems("", names, resource, resource.key_columns()))
    if problems:
        texts = [
            ": ".join(filter(None, (problem.column, problem.text))) for problem in problems[:LISTED]
        ]
        remaining = len(problems) - LISTED
        raise SheetError(*texts, *([_("and %d more") % remaining] if remaining > 0 else []))
    return header


class RowReader:
    """Makes rows of a table of those of a sheet, whose columns are called ``names``.

    ``stored`` are the rows of the record: a cell that says what is stored is not read further.
    """

    def __init__(
        self,
        sheet: Sheet,
        names: list[str],
        resource: RecordResource,
        stored: dict[tuple[str, ...], dict[str, str]],
    ) -> None:
        self.names, self.resource, self.stored = names, resource, stored
        self.columns = {column.column_name: column for column in resource.columns()}
        self.keys = [column.column_name for column in resource.key_columns()]
        # A number needs the unit of its row, and all need the key.
        self.order = sorted(filter(None, names), key=self._turn)
        self.surroundings = Surroundings(
            day_order=day_order(self._days(sheet)),
            names=cache(NameIndex),
            epoch=dt.datetime.fromisoformat(sheet.epoch),
        )

    def _turn(self, name: str) -> int:
        if name in self.keys:
            return 0
        return 2 if isinstance(self.columns[name].widget, Number) else 1

    def _days(self, sheet: Sheet) -> Iterator[tuple[str, list[SheetCell]]]:
        for at, name in enumerate(self.names):
            if name and isinstance(self.columns[name].widget, Day):
                yield name, [row.cells[at] for row in sheet.rows if at < len(row.cells)]

    def read(self, row: SheetRow) -> tuple[Row, list[CellProblem]]:
        """The row, and what is wrong with its cells."""
        given = {
            name: row.cells[at] if at < len(row.cells) else EMPTY
            for at, name in enumerate(self.names)
            if name
        }
        texts = {name: cell.text.strip() for name, cell in given.items()}
        errors: dict[str, UnreadableCellError] = {}
        stored: dict[str, str] = {}
        for name in self.order:
            if name not in self.keys:
                stored = stored or self.stored.get(key_of(texts, self.resource), {})
                if texts[name] == stored.get(name):
                    continue
            try:
                texts[name] = self._read(name, given[name], stored | texts)
            except UnreadableCellError as error:
                if name != "state":  # which counts for nothing
                    errors[name] = error
        table = self.resource._meta.model._meta.model_name
        read = Row(table, row.number, texts, key_of(texts, self.resource))
        return read, [CellProblem.of(read, name, error) for name, error in errors.items()]

    def _read(self, name: str, cell: SheetCell, row: dict[str, str]) -> str:
        column = self.columns[name]
        unit = row.get(getattr(column.widget, "unit", ""), "")
        return read_cell(cell, column, replace(self.surroundings, unit=unit))

    def notices(self) -> list[str]:
        order = self.surroundings.day_order
        if order.day_first is None:
            return []
        text = (
            _("Days were read as day, month, year, because of “%(day)s”.")
            if order.day_first
            else _("Days were read as month, day, year, because of “%(day)s”.")
        )
        return [text % {"day": order.evidence}]


def rows_of(sheet: Sheet, reader: RowReader) -> tuple[list[Row], list[Problem]]:
    """The rows of a sheet as those of a table, and what they show by themselves."""
    rows: list[Row] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, ...], int] = {}
    for sheet_row in sheet.rows:
        row, cell_problems = reader.read(sheet_row)
        rows.append(row)
        problems += cell_problems
        problems += stray_cells(row, reader.names, sheet_row.texts)
        if {problem.column for problem in cell_problems}.isdisjoint(reader.keys):
            problems += key_problems(row, reader.resource.key_columns(), seen.get(row.key))
            seen.setdefault(row.key, row.line)
    return rows, problems


def stray_cells(row: Row, header: list[str], texts: list[str]) -> Iterator[Problem]:
    for at, text in enumerate(texts):
        if text.strip() and not (at < len(header) and header[at]):
            message = _("%(found)s in column %(number)d, which has no name")
            yield Problem(row.file, message % {"found": found(text), "number": at + 1}, row.line)
            return


# --- what it does to the record ---


class Reason(NamedTuple):
    """Why a row is refused: the ``cause`` that other rows may share, and what is of this one only.

    ``place`` is its cell as the program calls it, B7, or the row.
    """

    column: str
    text: str
    cause: str
    place: str
    detail: str = ""


@dataclass(frozen=True)
class Cause:
    """A reason with all the places in the file for which it holds, by what was found there."""

    text: str
    columns: list[str]
    places: dict[str, list[str]]

    @property
    def count(self) -> int:
        return sum(map(len, self.places.values()))

    @property
    def listed(self) -> list[tuple[str, str]]:
        return [(detail, listed(cells)) for detail, cells in list(self.places.items())[:LISTED]]

    @property
    def remaining(self) -> int:
        return sum(len(cells) for cells in list(self.places.values())[LISTED:])

    @classmethod
    def of(cls, text: str, reasons: list[Reason]) -> "Cause":
        places: dict[str, list[str]] = defaultdict(list)
        for reason in reasons:
            places[reason.detail].append(reason.place)
        columns = dict.fromkeys(reason.column for reason in reasons if reason.column)
        return cls(text, list(columns), places)


@dataclass(frozen=True)
class Line:
    """What becomes of a row of the file: the cells that it changes, or why it is refused.

    ``cells`` are those of a new row that hold anything.
    """

    number: int
    key: str
    kind: str
    name: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    cells: list[tuple[str, str]] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    public: bool = False
    state: str = ""
    state_asked: str = ""  # … and not given

    @property
    def place(self) -> str:
        return _("row %d") % self.number


@dataclass(frozen=True)
class Preview:
    lines: list[Line]
    outcomes: list[Outcome]
    needs_note: bool
    notices: list[str] = field(default_factory=list)  # of what was read, and how

    def of(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line.kind == kind]

    @cached_property
    def refused(self) -> list[Line]:
        return self.of(REFUSED)

    @cached_property
    def causes(self) -> list[Cause]:
        """Why rows are refused, each reason once."""
        by_cause: dict[str, list[Reason]] = defaultdict(list)
        for line in self.refused:
            for reason in line.reasons:
                by_cause[reason.cause].append(reason)
        return [Cause.of(text, reasons) for text, reasons in by_cause.items()]

    @cached_property
    def changed(self) -> list[Line]:
        return self.of(CHANGED)

    @cached_property
    def new(self) -> list[Line]:
        return self.of(NEW)

    @cached_property
    def unchanged(self) -> list[Line]:
        return self.of(UNCHANGED)

    @property
    def has_states(self) -> bool:
        return any(line.state for line in self.lines)

    @property
    def states_asked(self) -> int:
        return sum(bool(line.state_asked) for line in self.lines)

    @property
    def can_be_stored(self) -> bool:
        return not self.refused and bool(self.new or self.changed)

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same preview of the same file."""
        text = json.dumps([asdict(line) for line in self.lines])
        return hashlib.sha256(text.encode()).hexdigest()


def store(sheet: Sheet, resource: RecordResource, user: Any) -> Preview:
    """Store what can be stored of ``sheet``, within the caller's transaction, and say what it was.

    Raises SheetError.
    """
    names = column_names(sheet, Headings(resource))
    one_at_a_time()
    manager: models.QuerySet[Any] = resource._meta.model._default_manager.order_by("pk")
    list(manager.select_for_update(no_key=True).values_list("pk"))  # what is shown is changed
    table = resource._meta.model._meta.model_name
    load = Load({table: resource})
    reader = RowReader(sheet, names, resource, load.stored[table])
    given, problems = rows_of(sheet, reader)
    rows = [completed(row, load, resource) for row in given]
    marred = {problem.line for problem in problems}
    whole = [row for row in rows if row.line not in marred]
    check_changes(load, whole)
    load.store(whole)
    reasons = reasons_of(load, problems, [row for row in rows if row.line in marred], names)
    public = set(manager.published().values_list("pk", flat=True))  # type: ignore[attr-defined]
    lines = [
        line_of(row, load.outcomes.get(row), reasons[row.line], public, resource) for row in rows
    ]
    lines = [with_state_asked(line, row.cells) for line, row in zip(lines, given, strict=True)]
    objection = objection_to(user)
    needs_note = objection is not None and objection.code == "note"
    if needs_note:
        objection = objection_to(user, "a note")
    if objection is not None:
        lines = [refused_if_public(line, objection.message) for line in lines]
    notices = [*sheet.notices, *reader.notices()]
    return Preview(lines, list(load.outcomes.values()), needs_note, notices)


def check_changes(load: Load, rows: list[Row]) -> None:
    """Refuse more work than an editor waits for. Raises SheetError."""
    count = sum(not load.is_stored(row) for row in rows)
    if count > settings.IMPORT_MAX_CHANGES:
        text = _("found %(found)d new or changed rows, expected at most %(limit)d: split the file")
        raise SheetError(text % {"found": count, "limit": settings.IMPORT_MAX_CHANGES})


def objection_to(user: Any, note: str = "") -> Refused | None:
    """What the gate says of all that was stored so far."""
    try:
        gate(user, note)
    except Refused as error:
        return error
    return None


def completed(row: Row, load: Load, resource: RecordResource) -> Row:
    """``row`` with all columns: those it lacks are as stored. An import changes no state."""
    stored = load.stored[row.table].get(row.key)
    cells = stored or {column.column_name: "" for column in resource.columns()}
    state = {"state": stored["state"] if stored else State.DRAFT.value} if "state" in cells else {}
    return replace(row, cells=cells | row.cells | state)


def reasons_of(
    load: Load, problems: list[Problem], marred: list[Row], names: list[str]
) -> dict[int, list[Reason]]:
    """Why rows are refused, by their numbers; ``names`` are the columns of the sheet."""
    reasons: dict[int, list[Reason]] = defaultdict(list)
    for problem in load.problems(problems, marred):
        reasons[problem.line].append(reason_of(problem, names))
    for row, complaints in load.complaints(marred).items():
        if row.line not in reasons:
            column, other = next((one.problem.column, one.blames[0]) for one in complaints)
            text = _("needs row %d, which is refused") % other.line
            problem = Problem(row.file, text, row.line, column)
            reasons[row.line].append(reason_of(problem, names))
    return reasons


def reason_of(problem: Problem, names: list[str]) -> Reason:
    """A problem with its cell as the program calls it: B7."""
    cell_name = _("row %d") % problem.line
    if problem.column in names:
        cell_name = f"{get_column_letter(names.index(problem.column) + 1)}{problem.line}"
    elif problem.column:
        cell_name = f"{cell_name}, {problem.column}"
    if isinstance(problem, CellProblem):
        return Reason(problem.column, problem.text, problem.cause, cell_name, problem.detail)
    return Reason(problem.column, problem.text, problem.text, cell_name)


def line_of(
    row: Row,
    outcome: Outcome | None,
    reasons: list[Reason],
    public: set[int],
    resource: RecordResource,
) -> Line:
    key = ", ".join(row.key)
    if reasons or outcome is None:
        return Line(row.line, key, REFUSED, reasons=reasons)
    kind = KINDS[outcome.kind]
    cells = cells_of(resource, outcome.record) if kind == NEW else {}
    return Line(
        number=row.line,
        key=key,
        kind=kind,
        name=str(outcome.record or ""),
        changes=[
            (name, unguarded(outcome.before[name]), unguarded(outcome.after[name]))
            for name in outcome.changed
        ],
        cells=[(name, unguarded(text)) for name, text in cells.items() if text],
        public=bool(outcome.record) and outcome.record.pk in public,
        state=row.cells.get("state", ""),
    )


def with_state_asked(line: Line, given: dict[str, str]) -> Line:
    asked = given.get("state", "").strip()
    return replace(line, state_asked=asked) if asked not in {"", line.state} else line


def refused_if_public(line: Line, reason: Any) -> Line:
    if not (line.public and line.kind == CHANGED):
        return line
    return replace(line, kind=REFUSED, reasons=[Reason("", str(reason), str(reason), line.place)])


# --- the pages ---


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "CSV (UTF-8) or XLSX, at most %(size)s, with at most %(rows)d new or changed rows."
        ) % {
            "size": filesizeformat(settings.IMPORT_MAX_BYTES),
            "rows": settings.IMPORT_MAX_CHANGES,
        }

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("found a file of %(found)s, expected at most %(limit)s: split it"),
                params={
                    "found": filesizeformat(file.size),
                    "limit": filesizeformat(settings.IMPORT_MAX_BYTES),
                },
            )
        return file


class ConfirmForm(forms.Form):
    """Beside this a confirmation holds the ``sheet`` that was read, and what was ``seen`` of it."""

    correction = TextField(  # the gate looks for it under this name
        label=gettext_lazy("Note to readers"),
        help_text=gettext_lazy("What was wrong or has become known: it stands with the change."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        max_length=500,
        required=False,
    )


class FormatForm(ExportForm):
    """One of the formats; the columns are the record's."""

    def __init__(self, formats: list[Any], resources: Any, **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        choices = [(str(at), one().get_title().upper()) for at, one in enumerate(formats)]
        self.fields["format"].choices = choices
        self.fields["format"].initial = "0"


def row_from(content: list[Any]) -> SheetRow:
    """A row as it comes back from JSON, which knows no named tuples."""
    number, cells, width = content
    return SheetRow(number, [SheetCell(text, CellKind(kind)) for text, kind in cells], width)


class NotAsShownError(Exception):
    """Undoes what was stored, for it is not what the editor has seen."""


class SpreadsheetAdmin(ImportExportMixin):  # the library has no types
    """*Import* and *Export* on a list; ``resource_classes`` says which columns it has.

    The addresses, the buttons and the choice of rows to export are the library's.
    """

    export_formats = [XLSX, CSV, JSON]
    export_form_class = FormatForm

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    def export_action(self, request: HttpRequest) -> HttpResponse:
        try:
            response: HttpResponse = super().export_action(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(self.address("changelist") + "?e=1")
        if isinstance(response, TemplateResponse) and response.context_data:
            records = {"records": self.model._meta.verbose_name_plural}
            response.context_data["title"] = _("Export %(records)s") % records
            response.context_data["count"] = self.get_export_queryset(request).count()
        return response

    def get_export_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self._resource().with_others(super().get_export_queryset(request))

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Read a file and show what it would do."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                is_header = Headings(self._resource()).is_header
                sheet = read(file.name, file.read(), is_header)
                token = self._carry(request, sheet)
                with rehearsal():
                    preview = store(sheet, self._resource(), request.user)
            except SheetError as error:
                form.add_error("file", [str(text) for text in error.args])
            else:
                return self._preview_page(request, sheet, token, preview)
        return self._page(request, "import", {"form": form})

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Store what was shown, or show again what would be stored now."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = ConfirmForm(request.POST)
        sheet = self._carried(request, request.POST.get("sheet", ""))
        if sheet is None or not form.is_valid():
            return self._out_of_date(request)
        try:
            with transaction.atomic():
                preview = store(sheet, self._resource(), request.user)
                if preview.fingerprint != request.POST.get("seen"):
                    form.add_error(None, _("The record has changed meanwhile: look again."))
                elif preview.needs_note and not form.cleaned_data["correction"]:
                    told = _("Readers have seen these rows: say what changes, and why.")
                    form.add_error("correction", told)
                if form.errors or not preview.can_be_stored:
                    raise NotAsShownError
                self._log(request, preview)
        except SheetError:  # a smaller limit, or another column, since it was shown
            return self._out_of_date(request)
        except NotAsShownError:
            return self._preview_page(request, sheet, request.POST["sheet"], preview, form)
        told = _("Stored: %(new)d new, %(changed)d changed.")
        counts = {"new": len(preview.new), "changed": len(preview.changed)}
        messages.success(request, told % counts)
        return HttpResponseRedirect(self.address("changelist"))

    # --- with what these are made ---

    def _out_of_date(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            messages.warning(request, _("The preview is out of date: upload the file again."))
        return HttpResponseRedirect(self.address("import"))

    def _resource(self) -> RecordResource:
        (resource,) = self.resource_classes
        own: RecordResource = resource()
        own.from_editor = True
        return own

    def _salt(self, request: HttpRequest) -> str:
        """What was read for one list by one editor is of no use to another."""
        return f"import {self.model._meta.label} {request.user.pk}"

    def _carry(self, request: HttpRequest, sheet: Sheet) -> str:
        """``sheet`` in a form that comes back unaltered. Raises SheetError if it is too much."""
        content = [sheet.name, sheet.header, sheet.rows, sheet.notices, sheet.epoch]
        token = signing.dumps(content, salt=self._salt(request), compress=True)
        if len(token) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE - BESIDES:
            raise SheetError(_("found too much text for one import, expected less: split the file"))
        return token

    def _carried(self, request: HttpRequest, token: str) -> Sheet | None:
        try:
            name, header, rows, notices, epoch = signing.loads(
                token, salt=self._salt(request), max_age=KEPT_FOR
            )
        except (signing.BadSignature, ValueError):  # or what an older version has carried
            return None
        return Sheet(name, row_from(header), [row_from(row) for row in rows], notices, epoch)

    def _preview_page(
        self,
        request: HttpRequest,
        sheet: Sheet,
        token: str,
        preview: Preview,
        form: ConfirmForm | None = None,
    ) -> HttpResponse:
        context = {
            "subtitle": sheet.name,
            "preview": preview,
            "sheet": token,
            "form": UploadForm(),
            "confirm_form": form or ConfirmForm(),
        }
        return self._page(request, "preview", context)

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        resource = self._resource()
        request.current_app = self.admin_site.name
        common = self.admin_site.each_context(request)
        records = {"records": self.model._meta.verbose_name_plural}
        more = {
            "title": _("Import %(records)s") % records,
            "opts": self.model._meta,
            "columns": resource.own_columns(),
            "translations": resource.translation_columns(),
            "keys": resource.key_columns(),
        }
        template = f"admin/import_export/{name}.html"
        return TemplateResponse(request, template, common | more | context)

    def _log(self, request: HttpRequest, preview: Preview) -> None:
        for outcome in preview.outcomes:
            if outcome.kind == RowResult.IMPORT_TYPE_NEW:
                self.log_addition(request, outcome.record, [{"added": {}}])
            elif outcome.kind == RowResult.IMPORT_TYPE_UPDATE:
                fields = {"fields": outcome.changed}
                self.log_change(request, outcome.record, [{"changed": fields}])
