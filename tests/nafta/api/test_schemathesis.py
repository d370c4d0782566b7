"""Every operation of the API, asked by a machine what its description allows and what it does not.

``REQUESTS=5000 pytest tests/nafta/api/test_schemathesis.py`` asks that often; the suite asks less.
"""

import os
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

pytestmark = pytest.mark.slow

REQUESTS = int(os.environ.get("REQUESTS", "300"))
# What a filter or a path may name is what the record has; no description can say it.
REAL = {
    "party": "brume",
    "issue": "water",
    "round": "round-2",
    "year": "2010",
    "as_of": "round-1",
    "since": "2010-01-10",
    "meeting": "round-1",
    "cursor": "",
}
KEYS = {
    "parties": "arden",
    "people": "ada-alder",
    "sources": "gazette",
    "rounds": "round-1",
    "deadlines": "by-may",
    "issues": "water",
    "measures": "share",
    "statements": "unnamed-on-water",
    "proposals": "a-third",
}


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests come from within this test's transaction, as with Django's own client."""
    moments = (request_started, request_finished)
    for moment in moments:
        moment.disconnect(close_old_connections)
    yield
    for moment in moments:
        moment.connect(close_old_connections)


def make_real(case: Any) -> None:
    """Name what the record has, so that the answers are worth a look."""
    kind = case.operation.path.removeprefix("/api/v1/").partition("/")[0]
    named = REAL | {"key": KEYS.get(kind, "")}
    for values in (case.path_parameters, case.query):
        for name in values or {}:
            if name in named:
                values[name] = named[name]


def ask(operation: Any, mode: GenerationMode, times: int, round_: int, seen: Counter[int]) -> None:
    """Ask one operation so many times. Raises at the first answer that breaks a promise."""

    @seed(round_)
    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def once(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and sum(seen.values()) % 2:
            make_real(case)
        response = case.call_and_validate(
            excluded_checks=[positive_data_acceptance], headers={"Accept-Encoding": "identity"}
        )
        seen[response.status_code] += 1

    try:
        once()
    except Unsatisfiable:  # a machine has found nothing that the description does not allow
        return


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_server_error_and_no_broken_promise(
    world: SimpleNamespace, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    results: Any = schema.get_all_operations()
    operations = [result.ok() for result in results]
    assert len(operations) > 25
    wanted = REQUESTS // 2
    seen: Counter[int] = Counter()
    round_ = 0
    while sum(seen.values()) < wanted:
        before = sum(seen.values())
        for operation in operations:
            ask(operation, mode, max(2, wanted // len(operations)), round_, seen)
        round_ += 1
        assert sum(seen.values()) > before
    print(f"{mode.value}: {dict(seen)}")
    assert seen[200 if mode is GenerationMode.POSITIVE else 422]
    assert not any(code >= 500 for code in seen)
