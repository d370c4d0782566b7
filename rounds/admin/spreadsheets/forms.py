"""The forms of the spreadsheet pages: upload, confirmation, and export."""

from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rounds.platform.text_fields import TextField
from rounds.tabular.files.formats import EXPORT_FORMATS, ExportFormat
from rounds.tabular.files.sheets import CellKind, Sheet, SheetCell, SheetError, SheetRow

SHEET_MAX_AGE_SECONDS = 24 * 60 * 60  # between preview and confirmation
OTHER_FIELDS_MAX_BYTES = 100_000  # of a confirmation, beside the sheet that was read


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def __init__(self, data: QueryDict | None = None, files: MultiValueDict | None = None) -> None:
        super().__init__(data, files)
        self.fields["file"].help_text = _(
            "CSV (UTF-8) or XLSX, at most %(size)s, with at most %(rows)d new or changed rows."
        ) % {
            "size": filesizeformat(settings.IMPORT_MAX_BYTES),
            "rows": settings.IMPORT_MAX_CHANGES,
        }

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("found a file of %(found)s, expected at most %(limit)s: split it"),
                params={
                    "found": filesizeformat(file.size or 0),
                    "limit": filesizeformat(settings.IMPORT_MAX_BYTES),
                },
            )
        return file


class ConfirmForm(forms.Form):
    """A confirmation also holds the ``sheet`` that was read, and what was ``seen`` of it."""

    correction = TextField(  # the gate looks for it under this name
        label=gettext_lazy("Note to readers"),
        help_text=gettext_lazy("What was wrong or has become known: it stands with the change."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        max_length=500,
        required=False,
    )


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[(str(at), kind.extension.upper()) for at, kind in enumerate(EXPORT_FORMATS)],
        initial="0",
    )

    def export_format(self) -> ExportFormat:
        return EXPORT_FORMATS[int(self.cleaned_data["format"])]


# --- the sheet between preview and confirmation ---


def signed_sheet(sheet: Sheet, salt: str) -> str:
    """Return ``sheet`` as a form field that comes back unaltered.

    Raises SheetError if it is too large for the confirmation.
    """
    content = [sheet.name, sheet.header, sheet.rows, sheet.notices, sheet.epoch]
    token = signing.dumps(content, salt=salt, compress=True)
    if len(token) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE - OTHER_FIELDS_MAX_BYTES:
        raise SheetError(_("found too much text for one import, expected less: split the file"))
    return token


def sheet_from(token: str, salt: str) -> Sheet | None:
    """Return what ``signed_sheet`` has signed; None if it is too old or was altered."""
    try:
        name, header, rows, notices, epoch = signing.loads(
            token, salt=salt, max_age=SHEET_MAX_AGE_SECONDS
        )
    except (signing.BadSignature, ValueError):  # or was signed by an older version of this site
        return None
    return Sheet(name, row_from(header), [row_from(row) for row in rows], notices, epoch)


def row_from(content: list[Any]) -> SheetRow:
    """Return a row as it comes back from JSON, which knows no named tuples."""
    number, cells, width = content
    return SheetRow(number, [SheetCell(text, CellKind(kind)) for text, kind in cells], width)
