"""What the suite refuses of itself: see ``locks_within_transactions`` in conftest.py."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from rounds.models import Round


def lock_by_query(meeting: Any) -> None:
    assert Round.objects.select_for_update().get(pk=meeting.pk)


def lock_by_sql(meeting: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM rounds_round WHERE id = %s FOR NO KEY UPDATE", [meeting.pk])


@pytest.mark.parametrize("lock", [lock_by_query, lock_by_sql])
def test_rows_are_locked_only_within_a_transaction_that_a_server_would_have(
    world: SimpleNamespace, lock: Any
) -> None:
    with pytest.raises(TransactionManagementError):
        lock(world.round1)
    with transaction.atomic():
        lock(world.round1)
