import os
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.transaction import TransactionManagementError
from django.test import TransactionTestCase, client
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from tests import stored
from tests.migrated import migrated

PARTIAL = re.compile(r"(^|/)_|^django/forms/")  # names of templates

# Playwright keeps an event loop running in its worker, which Django would take for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


# Tests ask for the context of a page. Copying those of its hundreds of partials takes time.
_store_rendered_templates = client.store_rendered_templates  # type: ignore[attr-defined]


def _store_page(
    store: Any, signal: Any, sender: Any, template: Any, context: Any, **_: Any
) -> None:
    if not PARTIAL.search(template.name or ""):
        _store_rendered_templates(store, signal, sender, template, context)


client.store_rendered_templates = _store_page  # type: ignore[attr-defined]


# Hashing a password takes a quarter of a second on purpose, and hundreds of tests log in.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The test database begins as a copy of one that is migrated.

    A pool that was made earlier, by code that asks the database as it is imported, would go on
    giving connections to the database of ``make demo``.
    """
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL has pools
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Close every connection before the database goes: that event loop has one of its own."""
    with pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_database()")
                assert cursor.fetchone() == (connection.settings_dict["NAME"],), "not ours"
            if stored.may_skip_triggers():
                migrated_rows = stored.all_rows()
                patch.setattr(
                    TransactionTestCase,
                    "_fixture_teardown",
                    lambda _test: stored.lay_back(migrated_rows),
                )
        yield
    with django_db_blocker.unblock():
        connection.close()  # the last test may have been one that ends it behind our back
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def patient_api(settings: Any) -> None:
    """A test may ask as often as it likes; what the limit promises has tests of its own."""
    settings.API_RATE = 1_000_000


@pytest.fixture(autouse=True)
def renders_without_a_queue(settings: Any) -> None:
    """To ask who has signed in costs a query, and tests count queries."""
    settings.RENDERS_AT_ONCE = 0


@pytest.fixture(autouse=True)
def pages_made_anew(settings: Any) -> None:
    """An edition ends with a transaction, which most tests never end; others ask for kept pages."""
    settings.KEEP_PAGES = False


@pytest.fixture(autouse=True)
def nothing_goes_out_by_itself(settings: Any) -> None:
    """No test starts a thread that publishes, unless it asks for one."""
    settings.PUBLISH_DUE = False


@pytest.fixture(autouse=True)
def language_of_the_record() -> Iterator[None]:
    """No test begins in the language in which another has asked for its last page."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


LOCKS = re.compile(
    r"\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b|\bFOR\s+(?:KEY\s+)?SHARE\b"
    r"|\bLOCK\s+TABLE\b|\bpg_advisory_xact_lock"
)


@pytest.fixture(autouse=True)
def locks_within_transactions() -> Iterator[None]:
    """A lock lasts as long as its transaction: one that only the test has begun is none.

    Django refuses ``select_for_update`` outside a transaction, but most tests are one themselves,
    so that twelve pages which answered 500 on every server passed all of them.
    """
    with connection.execute_wrapper(_refuse_lock_without_transaction):
        yield


def _refuse_lock_without_transaction(
    execute: Any, sql: Any, params: Any, many: bool, context: Any
) -> Any:
    blocks: list[Any] = connection.atomic_blocks
    if all(block._from_testcase for block in blocks) and LOCKS.search(str(sql)):
        raise TransactionManagementError(f"Nothing but the test has begun a transaction: {sql}")
    return execute(sql, params, many, context)


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """The river talks, with a draft of every kind planted among them."""
    return stored.world()
