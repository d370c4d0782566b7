"""Which texts of a record the search reads: the text columns of its table.

The database has a function ``search_body(row)`` for each table of ``RESOURCES``, which
``search_documents`` calls. They are written anew after each ``migrate``, so that a text column that
a migration adds is searched at once. Rows stored before keep their index entries.
"""

from typing import Any

from django.db import connections, transaction

from issues.resources import (
    IssueResource,
    OutcomeResource,
    PartyOutcomeResource,
    ProposalResource,
)
from rounds.tabular.base import RecordResource
from rounds.tabular.resources import (
    DeadlineResource,
    PersonResource,
    RoundResource,
    StatementResource,
)

RESOURCES: tuple[type[RecordResource], ...] = (
    RoundResource,
    DeadlineResource,
    StatementResource,
    PersonResource,
    IssueResource,
    ProposalResource,
    OutcomeResource,
    PartyOutcomeResource,
)
# Names and remarks, to which search_documents gives other weights, and the language of a quotation.
NOT_IN_BODY = (
    *("name", "title", "keywords", "chapter"),
    *("attribution", "unnamed_why", "note"),
    "language",
)


def body_columns(resource: type[RecordResource]) -> list[str]:
    """Return the columns of the database that ``search_body`` joins, in the order of the table."""
    return [str(column.field.column) for column in resource.text_columns(but=NOT_IN_BODY)]


def install_search_bodies(*, using: str, **_kwargs: Any) -> None:
    """Write the functions into the database ``using``. Receives ``post_migrate``.

    Bodies are not checked: a new database runs this before the last columns are there, too.
    """
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute("SET LOCAL check_function_bodies = off")
        for resource in RESOURCES:
            if resource.model._meta.db_table in tables:
                cursor.execute(search_body_sql(resource))


def search_body_sql(resource: type[RecordResource]) -> str:
    texts = ", ".join(f'searched."{name}"' for name in body_columns(resource))
    return (
        f'CREATE OR REPLACE FUNCTION search_body(searched "{resource.model._meta.db_table}")'
        " RETURNS text LANGUAGE sql STABLE PARALLEL SAFE"
        f" AS $$ SELECT concat_ws(' ', {texts}) $$"
    )
