"""Metrics for Prometheus at ``/metrics``, behind a token (``METRICS_TOKEN``).

Requests are counted in each process, or for all processes of a machine together where
``PROMETHEUS_MULTIPROC_DIR`` names a folder. What is published is read from the database.
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
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from nafta.operations.finished_jobs import FinishedJob
from nafta.operations.logs import RequestLog
from nafta.search.models import SearchDocument
from nafta.version import VERSION
from rounds.models import Edition
from rounds.publishing.due import load_overdue

COUNTED_METHODS = {
    "GET",
    "HEAD",
    "OPTIONS",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
}  # any other is "other"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)  # seconds
REQUESTS = Counter("site_requests", "Requests answered.", ["view", "method", "status"])
SECONDS = Histogram("site_request_seconds", "Seconds until an answer.", ["view"], buckets=BUCKETS)
IN_PROGRESS = Gauge(
    "site_requests_in_progress",
    "Requests that are being answered: threads that are busy.",
    multiprocess_mode="livesum",
)
PAGES = Counter("site_pages", "Public pages: kept, made or stale.", ["page"])
PAGES_BYTES = Gauge(
    "site_pages_bytes",
    "Memory of the cached pages of a process, without CACHE_URL.",
    multiprocess_mode="livesum",
)
DATABASE_ERRORS = Counter("site_database_errors", "Times that the database did not answer.")
LOCKED_LOGINS = Counter("site_locked_logins", "Logins that were refused after wrong passwords.")
TIMEOUTS = Counter("site_timeouts", "Requests that were ended since they took too long.")
PUBLISH_FAILURES = Counter(
    "site_publish_failures", "Attempts that could not publish all that was due.", ["kind"]
)
RENDERS_WAITING = Gauge(
    "site_renders_waiting",
    "Requests that wait for their page to be rendered.",
    multiprocess_mode="livesum",
)
RENDER_REFUSALS = Counter(
    "site_render_refusals", "Requests whose page was not rendered, by reason.", ["reason"]
)


def count_request(entry: RequestLog, status: int) -> None:
    """Count an answered request. Does nothing on a site without metrics."""
    if not settings.METRICS_TOKEN:
        return
    method = entry.request.method or ""
    REQUESTS.labels(entry.view, method if method in COUNTED_METHODS else "other", status).inc()
    SECONDS.labels(entry.view).observe(entry.seconds)
    if entry.page:
        PAGES.labels(entry.page).inc()


class ReleaseCollector(Collector):
    """The version of the software that answers."""

    def collect(self) -> Iterator[InfoMetricFamily]:
        yield InfoMetricFamily("site_release", "The release that runs.", {"version": VERSION})


class PublishedCollector(Collector):
    """What is published, read at each scrape. Empty while the database does not answer."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            edition = Edition.objects.first()
            published = _count_published(edition.mark) if edition else {}
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


class DueCollector(Collector):
    """What is due and not published, read at each scrape.

    Empty while the database does not answer. There is no number while a table cannot be read.
    """

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            overdue = load_overdue()
        except (OperationalError, InterfaceError):
            DATABASE_ERRORS.inc()
            return
        if overdue.records is not None:
            yield GaugeMetricFamily("site_due", "Due and not published.", overdue.records)
        yield GaugeMetricFamily(
            "site_due_seconds", "For how long the first of it is due.", overdue.seconds
        )


class JobsCollector(Collector):
    """When the last bake and the last backup ended well, read at each scrape."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            jobs = list(FinishedJob.objects.order_by("name"))
        except (OperationalError, InterfaceError):
            DATABASE_ERRORS.inc()
            return
        finished = GaugeMetricFamily(
            "site_job_timestamp_seconds", "When a job last ended well.", labels=["job"]
        )
        seconds = GaugeMetricFamily("site_job_seconds", "How long it took.", labels=["job"])
        for job in jobs:
            finished.add_metric([job.name], job.finished_at.timestamp())
            seconds.add_metric([job.name], job.seconds)
        yield from (finished, seconds)


@lru_cache(maxsize=1)
def _count_published(mark: UUID) -> dict[str, int]:
    """Number of published records by kind, counted once an edition: within one it cannot change."""
    kinds = SearchDocument.objects.values_list("kind").annotate(Count("pk")).order_by("kind")
    return dict(kinds)


def _collect_all_processes() -> Collector:
    return MultiProcessCollector(CollectorRegistry())  # type: ignore[no-untyped-call]


def metrics(request: HttpRequest) -> HttpResponse | None:
    """The metrics, or 401 without the token. None if the site has no token, so no metrics."""
    if not settings.METRICS_TOKEN:
        return None
    authorization = request.headers.get("Authorization", "")
    if not constant_time_compare(authorization, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    counted = _collect_all_processes() if settings.METRICS_FOLDER else REGISTRY
    return HttpResponse(
        generate_latest(ReleaseCollector())
        + generate_latest(PublishedCollector())
        + generate_latest(DueCollector())
        + generate_latest(JobsCollector())
        + generate_latest(counted),
        content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )
