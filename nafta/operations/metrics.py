"""Figures for Prometheus, at ``/metrics``, for whoever has the token.

What is counted is the process's own, or that of all of a machine's together where
``PROMETHEUS_MULTIPROC_DIR`` names a folder. What is told of the record is the database's.
"""

from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from nafta.operations.logs import Asked
from nafta.search.models import Entry
from rounds.models import Edition

METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}  # any other is "other"
STEPS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)  # seconds
REQUESTS = Counter("site_requests", "Requests answered.", ["view", "method", "status"])
SECONDS = Histogram("site_request_seconds", "Seconds until an answer.", ["view"], buckets=STEPS)
PAGES = Counter("site_pages", "Public pages: kept, made or stale.", ["page"])
DATABASE_ERRORS = Counter("site_database_errors", "Times that the database did not answer.")


def count(asked: Asked, status: int) -> None:
    """Count a request that was answered."""
    if not settings.METRICS_TOKEN:
        return
    method = asked.request.method or ""
    REQUESTS.labels(asked.view, method if method in METHODS else "other", status).inc()
    SECONDS.labels(asked.view).observe(asked.seconds)
    if asked.page:
        PAGES.labels(asked.page).inc()


class Record(Collector):
    """What is published. Nothing, while the database does not answer."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            edition = Edition.objects.first()
            published = _published(edition.mark) if edition else {}
        except (OperationalError, InterfaceError):
            DATABASE_ERRORS.inc()
            return
        if edition is None:
            return
        yield GaugeMetricFamily(
            "site_edition", "Raised by each publication or correction.", edition.number
        )
        yield GaugeMetricFamily(
            "site_edition_timestamp_seconds", "When it was.", edition.raised_at.timestamp()
        )
        family = GaugeMetricFamily("site_published", "What readers can find.", labels=["kind"])
        for kind, number in published.items():
            family.add_metric([kind], number)
        yield family


@lru_cache(maxsize=1)
def _published(mark: UUID) -> dict[str, int]:
    """How many of each kind are published in an edition; it stays so."""
    kinds = Entry.objects.values_list("kind").annotate(Count("pk")).order_by("kind")
    return dict(kinds)


def _of_all_processes() -> Collector:
    return MultiProcessCollector(CollectorRegistry())  # type: ignore[no-untyped-call]


def metrics(request: HttpRequest) -> HttpResponse | None:
    """All figures; None where the site has no token for them."""
    if not settings.METRICS_TOKEN:
        return None
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    counted = _of_all_processes() if settings.METRICS_FOLDER else REGISTRY
    return HttpResponse(
        generate_latest(Record()) + generate_latest(counted),
        content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )
