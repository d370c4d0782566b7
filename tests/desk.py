"""Posting the forms of the admin as a browser would: what the page holds, with some of it typed."""

from typing import Any

from django.test import Client
from django.urls import reverse

from rounds.admin.publishable import version_of
from tests.forms import read_form


def address(model: Any, page: Any = "changelist", record: Any = None) -> str:
    """Of a page of the admin; ``address(Round, round1)`` is where it is changed."""
    if not isinstance(page, str):
        page, record = "change", page
    return reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}",
        args=[record.pk] if record else [],
    )


def fields_of(client: Client, page: str) -> dict[str, Any]:
    """What a browser would send if nothing were typed; empty rows stay behind."""
    return fields_in(client.get(page))


def fields_in(response: Any) -> dict[str, Any]:
    """As ``fields_of``, of a page that came back with what was typed in it."""
    fields = read_form(response.content.decode()).fields
    return {name: value for name, value in fields.items() if "__prefix__" not in name}


def told(response: Any) -> list[str]:
    """The errors on the page that came back; none if it was saved."""
    if response.status_code == 302:
        return []
    assert response.status_code == 200
    errors = read_form(response.content.decode()).errors
    assert errors, "the form came back without a word"
    return errors


def enter(
    client: Client, page: str, *, rows: dict[str, list[Any]] | None = None, **typed: Any
) -> Any:
    """Type into the form of ``page``, with new ``rows`` in its inlines, and save."""
    fields = fields_of(client, page)
    for prefix, added in (rows or {}).items():
        first = int(fields[f"{prefix}-TOTAL_FORMS"])
        fields[f"{prefix}-TOTAL_FORMS"] = first + len(added)
        for number, row in enumerate(added, first):
            fields |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return client.post(page, fields | typed)


def change(client: Client, record: Any, **typed: Any) -> Any:
    return enter(client, address(type(record), record), **typed)


def publish(
    client: Client,
    records: list[Any],
    *,
    action: str = "publish",
    order: str = "",
    correction: str = "",
) -> list[str]:
    """Select ``records`` in their list and run the action; the messages that it left."""
    page = address(type(records[0])) + (f"?o={order}" if order else "")
    chosen = {"action": action, **ticked(records)}
    chosen |= {"correction": [correction]} if correction else {}
    response = client.post(page, chosen, follow=True)
    return [str(message) for message in response.context["messages"]]


def ticked(records: list[Any]) -> dict[str, list[Any]]:
    """What their list sends of ``records``, as they are now, when all of them are chosen."""
    pks = [record.pk for record in records]
    rows = type(records[0])._default_manager.filter(pk__in=pks)
    return {"_selected_action": pks, "shown": [version_of(row) for row in rows]}


def desk_of(user: Any) -> Client:
    """A browser in which ``user`` has logged in."""
    client = Client()
    client.force_login(user)
    return client
