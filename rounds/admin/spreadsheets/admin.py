"""The pages of a list's import and export.

Nothing is kept on the server between preview and confirmation: the page carries what was read,
signed. On confirmation it is all done again, and stored if it comes out as it was shown.
"""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rounds.admin.spreadsheets.forms import (
    ConfirmForm,
    ExportForm,
    UploadForm,
    sheet_from,
    signed_sheet,
)
from rounds.admin.spreadsheets.preview import ImportPreview
from rounds.admin.spreadsheets.storing import store
from rounds.publishing.states import rehearsal
from rounds.tabular.base import RecordResource, RowKind
from rounds.tabular.files.formats import ExportFormat, read
from rounds.tabular.files.sheets import Sheet, SheetError
from rounds.tabular.parsing.headings import Headings


class NotAsShownError(Exception):
    """Undoes what was stored, for it is not what the editor has seen."""


class SpreadsheetAdmin(admin.ModelAdmin):
    """*Import* and *Export* on a list; ``resource_class`` says which columns it has."""

    resource_class: type[RecordResource]
    change_list_template: ClassVar = "admin/spreadsheets/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "import": self.import_view,
            "process_import": self.confirm_view,
            "export": self.export_view,
        }
        urls = [
            path(f"{page}/", self.admin_site.admin_view(view), name=self._url_name(page))
            for page, view in pages.items()
        ]
        return [*urls, *super().get_urls()]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        permissions = {
            "has_import_permission": self.has_import_permission(request),
            "has_export_permission": self.has_export_permission(request),
        }
        return super().changelist_view(request, {**(extra_context or {}), **permissions})

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a format, and answer with the list as it is filtered and searched."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return self._redirect("changelist", "?e=1")
        form = ExportForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._file(form.export_format(), rows)
        context = {
            "title": _("Export %(records)s") % self._records(),
            "form": form,
            "count": rows.count(),
        }
        return self._page(request, "export", context)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Read a file and show what it would do."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            resource, file = self._resource(), form.cleaned_data["file"]
            try:
                sheet = read(file.name, file.read(), Headings(resource).is_header)
                token = signed_sheet(sheet, self._salt(request))
                with rehearsal():
                    preview = store(sheet, resource, request.user)
            except SheetError as error:
                form.add_error("file", [str(text) for text in error.args])
            else:
                return self._preview_page(request, sheet, token, preview, ConfirmForm())
        return self._import_page(request, "import", {"form": form})

    def confirm_view(self, request: HttpRequest) -> HttpResponse:
        """Store what was shown, or show again what would be stored now."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form, token = ConfirmForm(request.POST), request.POST.get("sheet", "")
        sheet = sheet_from(token, self._salt(request))
        if sheet is None or not form.is_valid():
            return self._out_of_date(request)
        try:
            with transaction.atomic():
                preview = store(sheet, self._resource(), request.user)
                if preview.fingerprint != request.POST.get("seen"):
                    form.add_error(None, _("The record has changed meanwhile: look again."))
                elif preview.needs_note and not form.cleaned_data["correction"]:
                    message = _("Readers have seen these rows: say what changes, and why.")
                    form.add_error("correction", message)
                if form.errors or not preview.can_be_stored:
                    raise NotAsShownError
                self._log(request, preview)
        except SheetError:  # a smaller limit, or another column, since it was shown
            return self._out_of_date(request)
        except NotAsShownError:
            return self._preview_page(request, sheet, token, preview, form)
        counts = {"new": len(preview.new), "changed": len(preview.changed)}
        messages.success(request, _("Stored: %(new)d new, %(changed)d changed.") % counts)
        return self._redirect("changelist")

    def _resource(self) -> RecordResource:
        return self.resource_class(is_from_editor=True)

    def _salt(self, request: HttpRequest) -> str:
        """Return a salt with which a sheet is valid for one list and one editor only."""
        return f"import {self.model._meta.label} {request.user.pk}"

    def _file(self, kind: ExportFormat, rows: "models.QuerySet[Any]") -> HttpResponse:
        resource = self._resource()
        header = [column.name for column in resource.columns]
        cells = [list(resource.cells(record).values()) for record in resource.with_related(rows)]
        name = f"{self.model.__name__}-{timezone.now():%Y-%m-%d}.{kind.extension}"
        return HttpResponse(
            kind.write(header, cells),
            content_type=kind.content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _log(self, request: HttpRequest, preview: ImportPreview) -> None:
        for outcome in preview.outcomes:
            if outcome.kind == RowKind.NEW:
                self.log_addition(request, outcome.record, [{"added": {}}])
            elif outcome.kind == RowKind.CHANGED:
                fields = {"fields": outcome.changed}
                self.log_change(request, outcome.record, [{"changed": fields}])

    # --- answers ---

    def _out_of_date(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            messages.warning(request, _("The preview is out of date: upload the file again."))
        return self._redirect("import")

    def _preview_page(  # what the page shows, and the request
        self,
        request: HttpRequest,
        sheet: Sheet,
        token: str,
        preview: ImportPreview,
        form: ConfirmForm,
    ) -> HttpResponse:
        context = {
            "subtitle": sheet.name,
            "preview": preview,
            "sheet": token,
            "form": UploadForm(),
            "confirm_form": form,
        }
        return self._import_page(request, "preview", context)

    def _import_page(
        self, request: HttpRequest, page: str, context: dict[str, Any]
    ) -> HttpResponse:
        resource = self._resource()
        columns = {
            "title": _("Import %(records)s") % self._records(),
            "columns": resource.original_columns,
            "translations": resource.translation_columns(),
            "keys": resource.key_columns(),
        }
        return self._page(request, page, columns | context)

    def _page(self, request: HttpRequest, page: str, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.admin_site.name
        whole = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/spreadsheets/{page}.html", whole)

    def _records(self) -> dict[str, Any]:
        return {"records": self.opts.verbose_name_plural}

    def _url_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _redirect(self, page: str, query: str = "") -> HttpResponse:
        site = self.admin_site.name
        url = reverse(f"admin:{self._url_name(page)}", current_app=site)
        return HttpResponseRedirect(f"{url}{query}")
