"""A pytest plugin that provides the database before pytest-django loads the settings.

A conftest.py would come too late, so pyproject.toml names this module with ``-p``. Under
pytest-xdist the workers inherit the controller's ``DATABASE_URL`` and start nothing.
"""

import os

from nafta.operations import embedded_postgres

embedded_postgres.provide()
# nothing here has to outlive a power cut
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")
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
