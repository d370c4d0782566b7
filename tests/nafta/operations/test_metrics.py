"""What a Prometheus reads."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as the_settings
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from nafta.operations.finished_jobs import FinishedJob, noting
from nafta.operations.middleware import RequestLogMiddleware
from rounds.models import Edition
from tests.world import SECRET, create_world

ASKED: dict[str, Any] = {"headers": {"Authorization": "Bearer token-for-tests", "Host": "10.0.0.7"}}


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = "token-for-tests"


def figures(client: Client) -> dict[tuple[str, ...], float]:
    """Each figure, by its name and its labels in the order of their names."""
    answer = client.get("/metrics", **ASKED)
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_they_are_for_who_has_the_token(client: Client, db: None, settings: Any) -> None:
    for wrong in ("", "token-for-tests", "Bearer", "Bearer token", "Bearer tökén"):
        answer = client.get("/metrics", headers={"Authorization": wrong})
        assert (answer.status_code, answer.content) == (401, b"")
    settings.METRICS_TOKEN = ""
    for given in ("", "Bearer "):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_requests_are_counted_by_what_answered_them(
    client: Client, transactional_db: None, settings: Any
) -> None:
    create_world()
    settings.KEEP_PAGES = True
    caches["pages"].clear()
    before = figures(client)
    for path in ("/statements/alder-on-water/", "/fr/statements/alder-on-water/"):
        for _time in range(3):
            client.get(path)
    for path in ("/nothing", "/nothing-else", "/healthz"):
        client.get(path)
    client.generic("BREW", "/timeline/")
    after = figures(client)
    more = {name: value - before.get(name, 0) for name, value in after.items()}
    view = "statement_detail"
    assert more["site_requests_total", "GET", "200", view] == 6
    assert more["site_request_seconds_count", view] == 6
    assert more["site_pages_total", "made"] == 4
    assert more["site_pages_total", "kept"] == 4
    assert more["site_requests_total", "GET", "404", "none"] == 2
    assert [name for name in after if name[1:] == ("other", "405", "timeline")]
    assert not [name for name in after if "BREW" in name]


def test_what_is_being_answered_is_counted(rf: RequestFactory) -> None:
    during: list[float | None] = []

    def answer(_request: HttpRequest) -> HttpResponse:
        during.append(REGISTRY.get_sample_value("site_requests_in_progress"))
        return HttpResponse()

    RequestLogMiddleware(answer)(rf.get("/"))
    assert during == [1]
    assert REGISTRY.get_sample_value("site_requests_in_progress") == 0


def test_the_record_is_told_of(client: Client, transactional_db: None) -> None:
    world = create_world()
    before = figures(client)
    assert before["site_edition",] == Edition.objects.get().number
    assert before["site_edition_timestamp_seconds",] > 1_000_000_000
    world.denied.delete()
    after = figures(client)
    assert after["site_edition",] == before["site_edition",] + 1
    assert after["site_published", "statement"] == before["site_published", "statement"] - 1


def test_without_the_database_the_rest_is_told(client: Client, db: None) -> None:
    def gone(*_args: Any) -> None:
        raise OperationalError("connection refused")

    before = figures(client)
    with connection.execute_wrapper(gone):
        client.raise_request_exception = False
        assert client.get("/timeline/").status_code == 503
        after = figures(client)
    assert ("site_edition",) not in after
    errors = ("site_database_errors_total",)
    assert after[errors] > before[errors]


PROCESSES = """
import os
import django
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
django.setup()
other = os.fork()
Client().get("/nothing")
if other:
    os.waitpid(other, 0)
    print(Client().get("/metrics", headers={"Authorization": "Bearer t"}).content.decode())
"""


@pytest.mark.slow
def test_processes_of_one_machine_are_counted_together(db: None, tmp_path: Path) -> None:
    name = connection.settings_dict["NAME"]
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")
    settings = {
        "ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": database.geturl(),
        "DJANGO_SETTINGS_MODULE": "nafta.settings",
        "METRICS_TOKEN": "t",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROCESSES],
        check=False,
        cwd=the_settings.BASE_DIR,
        env=os.environ | settings,
        capture_output=True,
        text=True,
    )
    line = 'site_requests_total{method="GET",status="404",view="none"} 2.0'
    assert line in done.stdout, done.stderr


@pytest.mark.django_db(transaction=True)
def test_it_is_told_when_a_backup_last_ended_well(client: Client, tmp_path: Path) -> None:
    create_world()
    assert ("site_job_timestamp_seconds", "backup") not in figures(client)
    before = Edition.objects.get().mark
    call_command("backup", str(tmp_path / "whole"), verbosity=0)
    now = timezone.now().timestamp()
    assert 0 <= now - figures(client)["site_job_timestamp_seconds", "backup"] < 60
    assert Edition.objects.get().mark == before
    first = figures(client)["site_job_timestamp_seconds", "backup"]
    with pytest.raises(CommandError):
        call_command("backup", str(tmp_path / "no folder" / "whole"), verbosity=0)
    assert figures(client)["site_job_timestamp_seconds", "backup"] == first


def test_a_job_is_done_though_nothing_can_be_noted(
    db: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_names: object) -> None:
        raise OperationalError("cannot execute INSERT in a read-only transaction")

    monkeypatch.setattr(FinishedJob.objects, "update_or_create", refuse)
    with noting("bake"):
        pass
    assert "Not noted that the bake has ended" in caplog.text


def test_locked_logins_are_counted(client: Client, db: None) -> None:
    before = figures(client)["site_locked_logins_total",]
    for _try in range(6):
        answer = client.post("/admin/login/", {"username": "ann", "password": "?"})
    assert answer.status_code == 429
    assert figures(client)["site_locked_logins_total",] > before
