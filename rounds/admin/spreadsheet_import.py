"""Lists of the record as spreadsheets in the admin: export, and import with a preview.

Nothing is kept on the server between preview and confirmation: the page carries what was read,
signed. On confirmation it is all done again, and stored if it comes out as it was shown.
"""

from typing import Any

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

from rounds.admin.import_preview import Preview, store
from rounds.platform.text_fields import TextField
from rounds.publishing.states import rehearsal
from rounds.tabular.files.formats import CSV, XLSX, read
from rounds.tabular.files.sheets import CellKind, Sheet, SheetCell, SheetError, SheetRow
from rounds.tabular.parsing.headings import Headings
from rounds.tabular.resources import RecordResource

KEPT_FOR = 24 * 60 * 60  # seconds between preview and confirmation
BESIDES = 100_000  # bytes of a confirmation that are not what was read


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
