"""Exporting, uploading and confirming spreadsheets in the admin as a browser would."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.desk import address, fields_in

XLSX, CSV, JSON = "0", "1", "2"  # as the page of export numbers them


def export(client: Client, model: Any, format: str = CSV, query: str = "") -> bytes:
    response = client.post(address(model, "export") + query, {"format": format})
    assert "attachment" in response.get("Content-Disposition", ""), response.content.decode()
    return response.content


def table(client: Client, model: Any, query: str = "") -> list[dict[str, str]]:
    """The rows of an exported list."""
    text = export(client, model, CSV, query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def csv_file(rows: Iterable[dict[str, Any]]) -> bytes:
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def xlsx_file(rows: Iterable[dict[str, Any]]) -> bytes:
    rows = list(rows)
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(client: Client, model: Any, data: bytes, name: str = "list.csv") -> Any:
    """The preview of a file, or the page that says why there is none."""
    response = client.post(address(model, "import"), {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == 200
    return response


def confirm(client: Client, model: Any, preview: Any, **typed: Any) -> Any:
    """Press the button of a preview."""
    fields = fields_in(preview)
    assert "sheet" in fields, f"there is no button: {preview.context['preview']}"
    return client.post(address(model, "process_import"), fields | typed)


def load(client: Client, model: Any, data: bytes, name: str = "list.csv", **typed: Any) -> None:
    """Upload, confirm, and find it stored."""
    response = confirm(client, model, upload(client, model, data, name), **typed)
    assert response.status_code == 302, response.context["confirm_form"].errors
    assert response.url == address(model)


def counts(preview: Any) -> dict[str, int]:
    shown = preview.context["preview"]
    kinds = ("new", "changed", "unchanged", "refused")
    return {kind: len(lines) for kind in kinds if (lines := getattr(shown, kind))}


def refusals(preview: Any) -> list[tuple[int, str, str]]:
    """Row, column and reason."""
    lines = preview.context["preview"].refused
    return [(line.number, each.column, each.text) for line in lines for each in line.reasons]


def unreadable(page: Any) -> str:
    """Why there is no preview."""
    assert "preview" not in page.context, counts(page)
    return " ".join(page.context["form"].errors["file"])
