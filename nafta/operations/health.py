"""What the machines that keep the site up ask of a process: does it live, can it serve?"""

import logging
from functools import cache

import psycopg
from django.core.cache import caches
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse

UNKEPT = {"Cache-Control": "no-store"}
PATIENCE = 2  # seconds for the database to let a probe in
logger = logging.getLogger(__name__)


def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives. It asks nobody else: to start it anew would mend nothing but itself."""
    return HttpResponse("ok\n", content_type="text/plain", headers=UNKEPT)


def readyz(request: HttpRequest) -> HttpResponse:
    """Whether all is there that pages are made with; else 503, and what is not."""
    missing = _database() | _cache()
    told = {"ready": not missing, "missing": missing}
    return JsonResponse(told, status=503 if missing else 200, headers=UNKEPT)


def unapplied() -> frozenset[tuple[str, str]]:
    """The migrations of this code that the database has not had.

    Asked over a connection of its own: a probe waits for no reader, and not for long.
    """
    parameters = connection.get_connection_params() | {"connect_timeout": PATIENCE}
    with psycopg.connect(**parameters) as own:
        try:
            applied = own.execute("SELECT app, name FROM django_migrations").fetchall()
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
    except Exception:  # each kind of cache has its own
        logger.warning("The cache does not answer.", exc_info=True)
    return {"cache": "does not answer"}
