"""Health checks: is the process alive, and can it serve requests?"""

import logging
from functools import cache

import psycopg
from django.core.cache import caches
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse

NO_STORE = {"Cache-Control": "no-store"}
CONNECT_SECONDS = 2  # longest wait for the connection of a check
logger = logging.getLogger(__name__)


def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: 200. No other server is checked: to restart this process would mend none."""
    return HttpResponse("ok\n", content_type="text/plain", headers=NO_STORE)


def readyz(request: HttpRequest) -> HttpResponse:
    """Readiness: 200, or 503 with what is missing (database, migrations, cache)."""
    missing = _database() | _cache()
    result = {"ready": not missing, "missing": missing}
    return JsonResponse(result, status=503 if missing else 200, headers=NO_STORE)


def unapplied() -> frozenset[tuple[str, str]]:
    """The migrations of this code that are not applied.

    It opens a connection of its own: all of the pool may be busy, and a check must not wait.
    Raises ``psycopg.OperationalError``.
    """
    parameters = connection.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}
    with psycopg.connect(**parameters) as probe:
        try:
            applied = probe.execute("SELECT app, name FROM django_migrations").fetchall()
        except psycopg.errors.UndefinedTable:
            applied = []
    return _migrations() - set(applied)


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.nodes)


def _database() -> dict[str, str]:
    try:
        waiting = len(unapplied())
    except psycopg.OperationalError:
        logger.warning("The database does not answer.", exc_info=True)
        return {"database": "does not answer"}
    return {"migrations": f"{waiting} not applied"} if waiting else {}


def _cache() -> dict[str, str]:
    try:
        caches["default"].set("ready", "yes", 60)
        if caches["default"].get("ready") == "yes":
            return {}
    except Exception:  # each cache backend raises errors of its own
        logger.warning("The cache does not answer.", exc_info=True)
    return {"cache": "does not answer"}
