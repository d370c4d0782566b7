"""A pytest plugin that provides the database before pytest-django loads the settings.

A conftest.py would come too late, so pyproject.toml names this module with ``-p``. Under
pytest-xdist the workers inherit the controller's ``DATABASE_URL`` and start nothing.
"""

import gc
import os

import pytest

from nafta.operations import embedded_postgres

embedded_postgres.provide()
# Nothing here has to outlive a power cut, and no query is large enough to be worth compiling.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off -c jit=off")
os.environ.setdefault("LOCAL", "1")  # on another database too, static files need no collecting
# what the site is told in the shell that runs the tests is not what they are about
for name in (
    "API_RATE",
    "CDN_SECONDS",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "METRICS_TOKEN",
    "SECOND_EDITOR",
    "SECOND_FACTOR",
    "SLOW_QUERY_MS",
    "TIME_ZONE",
):
    os.environ.pop(name, None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--first-cases``, with which ``make check`` keeps short."""
    text = "run each test once, with the first of its cases"
    parser.addoption("--first-cases", action="store_true", help=text)


@pytest.hookimpl(trylast=True)  # of the cases that -k and -m have kept
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out all cases of a test but the first where ``--first-cases`` is given."""
    if not config.getoption("first_cases"):
        return
    firsts = {item.nodeid.partition("[")[0]: item for item in reversed(items)}
    config.hook.pytest_deselected(items=list(set(items) - set(firsts.values())))
    items[:] = reversed(firsts.values())


def pytest_collection_finish() -> None:
    """Spare the garbage collector the modules and tests, which last as long as the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
