import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from tests import stored
from tests.migrated import migrated

# Playwright keeps an event loop running in its worker, which Django would take for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The test database begins as a copy of one that is migrated."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Close every connection before the database goes: that event loop has one of its own."""
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
def pages_made_anew(settings: Any) -> None:
    """An edition ends with a transaction, which most tests never end; others ask for kept pages."""
    settings.KEEP_PAGES = False


@pytest.fixture(autouse=True)
def language_of_the_record() -> Iterator[None]:
    """No test begins in the language in which another has asked for its last page."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """The river talks, with a draft of every kind planted among them."""
    return stored.world()
