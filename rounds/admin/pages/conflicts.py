"""Edit conflicts on the page of a record: what somebody else stored while it was open.

The form is refused once, with what the other person wrote in every field that was not touched here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from rounds.admin.forms import RecordForm
from rounds.admin.pages.request_form import RequestFormAdmin
from rounds.history.versions import load_versions
from rounds.models import Versioned, lists_of
from rounds.publishing.edit_conflicts import (
    EditConflict,
    ShownVersions,
    find_edit_conflicts,
    format_versions,
    lock_records,
    parse_versions,
    versions_of,
)

CHANGED_MEANWHILE = _(
    "Somebody changed this while you had it open: see above. Nothing of yours is lost, "
    "and what you had not touched is as they left it."
)


@dataclass(frozen=True, slots=True)
class FormConflict:
    """What others changed since a page was opened, and the form with their changes taken over."""

    collisions: list[EditConflict]
    data: QueryDict


class EditConflictsMixin(RequestFormAdmin):
    """Compares what the page of a record showed with what is stored by the time it is saved."""

    def records_on_page(self, obj: Versioned) -> list[Versioned]:
        """``obj`` and the records in the rows below it."""
        rows = [
            row
            for inline in self.inlines
            if issubclass(inline.model, Versioned)
            for row in inline.model._default_manager.filter(
                **{inline.fk_name or self.model._meta.model_name: obj}
            )
        ]
        return [obj, *rows]

    def find_conflict(
        self,
        request: HttpRequest,
        object_id: str | None,
        posted: QueryDict,
        *,
        fetch: Callable[..., list[Versioned]] = lock_records,
    ) -> FormConflict | None:
        """What others changed since the page was opened from which ``posted`` was sent.

        ``fetch`` is ``lock_records`` before something is stored, else ``load_records``.
        """
        obj = self.get_object(request, unquote(object_id)) if object_id is not None else None
        if obj is None:
            return None
        fetch([obj])  # locked before its rows are read: none can be added until this is done
        opened = parse_versions(posted.get("opened", ""))
        stored = versions_of(fetch(self.records_on_page(obj)))
        if opened == stored:
            return None
        data = posted.copy()
        data["opened"] = format_versions(stored)  # the page that comes back shows these versions
        for name, values in self.untouched_values(request, str(object_id), opened, posted).items():
            data.setlist(name, values)
        return FormConflict(find_edit_conflicts(opened, stored), data)

    def untouched_values(
        self, request: HttpRequest, object_id: str, opened: ShownVersions, posted: QueryDict
    ) -> dict[str, list[str]]:
        """What is stored in the fields that were not touched since ``opened``, as it is posted."""
        obj: Any = self.get_object(request, unquote(object_id))
        number = opened.get(f"{obj._meta.label_lower}:{obj.pk}")
        history = load_versions([(self.model, obj.pk)])[self.model, obj.pk]
        base = next((version for version in history if version.number == number), None)
        if base is None:
            return {}
        fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        form_class = self.get_form(request, obj, change=True, fields=fields)
        lists = {
            tracked.name: [getattr(row, f"{tracked.target}_id") for row in base.lists[tracked.name]]
            for tracked in lists_of(self.model)
            if tracked.target
        }
        touched = form_class(posted, instance=base.record, initial=lists).changed_data
        stored_form = form_class(instance=obj)
        values: dict[str, list[str]] = {}
        for name in stored_form.fields:
            if name not in {"opened", "correction", *touched}:
                values |= posted_values(stored_form[name])
        return values

    def show_conflict(
        self, request: HttpRequest, object_id: str, context: dict[str, Any], conflict: FormConflict
    ) -> HttpResponse:
        """The form as it was typed, with the changes of others beside it."""
        refusing = self.for_request(data=conflict.data, refusal=ValidationError(CHANGED_MEANWHILE))
        response = refusing.stock_changeform_view(request, object_id, "", context)
        add_collisions(response, conflict.collisions)
        return response


def add_collisions(response: HttpResponse, conflicts: list[EditConflict]) -> None:
    """Put into the page of a form what others changed, beside what is typed in the form."""
    if context := getattr(response, "context_data", None):  # else it is a redirect
        form = context["adminform"].form
        context["collisions"] = collision_rows(conflicts, form)


def collision_rows(conflicts: list[EditConflict], form: RecordForm) -> list[dict[str, Any]]:
    """Each conflict with its rows: what a field was, what others made of it, what is typed here."""
    typed = form.describe_typed()
    page_key = f"{form.instance._meta.label_lower}:{form.instance.pk}"
    return [
        {
            "conflict": conflict,
            "rows": [(change, typed.get(change.title, "")) for change in conflict.changes],
            "is_of_page": conflict.key == page_key,
        }
        for conflict in conflicts
    ]


def posted_values(bound: BoundField) -> dict[str, list[str]]:
    """What a browser sends for the value of a field, by the names of its inputs."""
    widget: Any = getattr(bound.field.widget, "widget", bound.field.widget)
    context = widget.get_context(bound.html_name, bound.value(), {})["widget"]
    return {part["name"]: _posted_of(part) for part in context.get("subwidgets") or [context]}


def _posted_of(part: dict[str, Any]) -> list[str]:
    """The values of one input, from the context that it is rendered with."""
    if part.get("type") == "checkbox":
        return ["on"] if part["attrs"].get("checked") else []
    value = part["value"]
    if isinstance(value, list):
        return [str(item) for item in value]
    return ["" if value is None else str(value)]
