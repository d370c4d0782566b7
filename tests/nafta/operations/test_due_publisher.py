"""What is due goes out whatever is locked or gone, and no page waits for it."""

import datetime as dt
from collections.abc import Iterator
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from issues.models import Position
from nafta.operations import due_publisher
from nafta.operations.due_publisher import Attempt, attempt_publication
from nafta.static_site.bake import recipe
from nafta.static_site.url_map import StaticSite
from rounds.models import State, Statement
from rounds.publishing.due import publish_due
from rounds.publishing.states import schedule
from tests.desk import address, desk_of
from tests.world import create_editor, create_position, create_statement, create_world, days

SUMMARY = "Under embargo."
DAY = days("2010-03-07")
PAGES = ["/", "/timeline/", "/statements/alder-on-water/", "/api/v1/statements"]
REFUSED = "/issues/?known=tomorrow"  # 400
PATIENCE_SECONDS = 30  # of a test that would else wait for ever
MAX_ATTEMPTS = 100

LOCKS = {
    "row, by a deletion": "SELECT FROM rounds_statement WHERE slug = 'due' FOR UPDATE",
    "row, by a save": "SELECT FROM rounds_statement WHERE slug = 'due' FOR NO KEY UPDATE",
    "row, by who needs it as it is": "SELECT FROM rounds_statement WHERE slug = 'due' FOR SHARE",
    "row, by who points at it": "SELECT FROM rounds_statement WHERE slug = 'due' FOR KEY SHARE",
    "the meeting that it belongs to": "SELECT FROM rounds_round FOR UPDATE",
    "table, by a restoration": "LOCK TABLE rounds_statement IN EXCLUSIVE MODE",
    "the timetable": "LOCK TABLE rounds_due IN EXCLUSIVE MODE",
    "the edition": "SELECT FROM rounds_edition FOR UPDATE",
    "the index of search": "SELECT pg_advisory_xact_lock(7353, s) FROM generate_series(0, 1023) s",
}
# Pages have to be read from what these lock: only those that are cached go on.
READ_LOCKS = {
    "table, by a migration": "LOCK TABLE rounds_statement IN ACCESS EXCLUSIVE MODE",
    "its list of speakers": "LOCK TABLE rounds_statement_speakers IN ACCESS EXCLUSIVE MODE",
    "its history": "LOCK TABLE rounds_statementevent IN ACCESS EXCLUSIVE MODE",
}


@pytest.fixture
def world(transactional_db: None) -> SimpleNamespace:
    """Stored for good: other sessions have to see and to lock it."""
    return create_world()


@pytest.fixture
def embargoed(world: SimpleNamespace) -> Statement:
    draft: Statement = create_statement(
        slug="due", dates=DAY, state="draft", summary=SUMMARY, round=world.round1
    )
    assert schedule([draft], timezone.now() + dt.timedelta(minutes=30)) == {}
    return draft


@pytest.fixture
def impatient(world: SimpleNamespace) -> Iterator[None]:
    """The session in which pages are made waits for nothing: a page that would have to is 503."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '5s'")
        yield
        cursor.execute("RESET statement_timeout")


@pytest.fixture
def session(world: SimpleNamespace) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's session, such as a psql that was left open."""
    with psycopg.connect(**connection.get_connection_params()) as other:
        yield other
        other.rollback()


def record_attempts(monkeypatch: pytest.MonkeyPatch) -> "SimpleQueue[Attempt]":
    """Let the thread tell each of its attempts, and not pause between them."""
    outcomes: SimpleQueue[Attempt] = SimpleQueue()

    def attempt_and_tell() -> Attempt:
        attempt = attempt_publication()
        outcomes.put(attempt)
        return attempt

    monkeypatch.setattr(due_publisher, "attempt_publication", attempt_and_tell)
    monkeypatch.setattr(due_publisher, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(due_publisher, "MAX_RETRY_SECONDS", 0.05)
    return outcomes


@pytest.fixture
def attempts(
    embargoed: Statement, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator["SimpleQueue[Attempt]"]:
    """The outcomes of what the thread tries, as they come."""
    settings.PUBLISH_DUE = settings.KEEP_PAGES = True
    settings.METRICS_TOKEN = "token"
    caches["pages"].clear()
    outcomes = record_attempts(monkeypatch)
    monkeypatch.setattr(due_publisher, "_logged_at", {})
    yield outcomes
    due_publisher.publisher.stop()
    caches["pages"].clear()


def come() -> None:
    """Let the time of all that is scheduled come, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rounds_statement SET publish_at = clock_timestamp() WHERE state = 'ready'"
            " AND publish_at < clock_timestamp() + interval '1 day'"
        )


def next_attempt(attempts: "SimpleQueue[Attempt]", *, failure: str) -> Attempt:
    """The next attempt that fails so; with "", the next that publishes something."""
    outcomes = [attempts.get(timeout=PATIENCE_SECONDS)]
    while outcomes[-1].failure != failure or not (failure or outcomes[-1].published):
        assert len(outcomes) < MAX_ATTEMPTS, outcomes
        outcomes.append(attempts.get(timeout=PATIENCE_SECONDS))
    return outcomes[-1]


def figures(client: Client) -> dict[str, float]:
    answer = client.get("/metrics", headers={"Authorization": "Bearer token"})
    return {
        "-".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def refused(client: Client, paths: list[str]) -> list[str]:
    """The pages that could not be had, or that show what is under embargo."""
    client.raise_request_exception = False
    answers = {path: client.get(path) for path in paths}
    return [
        f"{path}: {answer.status_code}"
        for path, answer in answers.items()
        if answer.status_code != 200 or SUMMARY in answer.content.decode()
    ]


def uncached(name: str) -> list[str]:
    return [f"{path}?unread={name}" for path in PAGES[:2]]


@pytest.mark.parametrize("lock", [*LOCKS, *READ_LOCKS])
def test_a_lock_holds_up_the_embargo_and_no_page(
    client: Client,
    attempts: "SimpleQueue[Attempt]",
    impatient: None,
    session: psycopg.Connection[Any],
    lock: str,
) -> None:
    assert refused(client, PAGES) == []  # cached now
    before = figures(client)
    come()
    session.execute((LOCKS | READ_LOCKS)[lock])
    paths = PAGES if lock in READ_LOCKS else [*PAGES, *uncached("locked")]
    assert refused(client, paths) == []
    next_attempt(attempts, failure="locked")
    assert refused(client, PAGES) == []
    after = figures(client)
    failures = "site_publish_failures_total-locked"
    assert after[failures] > before.get(failures, 0)
    assert after["site_due_seconds"] > 0
    assert after.get("site_due") == (None if lock == "table, by a migration" else 1)
    session.rollback()
    assert next_attempt(attempts, failure="").published == 1
    assert SUMMARY in client.get("/timeline/").content.decode()
    assert figures(client)["site_due"] == figures(client)["site_due_seconds"] == 0


@pytest.mark.parametrize("path", [*PAGES, REFUSED, "/feed/?known=x", "/no-such-page/"])
def test_whatever_is_asked_ends_the_embargo(
    client: Client, attempts: "SimpleQueue[Attempt]", embargoed: Statement, path: str
) -> None:
    client.get(path)
    attempts.get(timeout=PATIENCE_SECONDS)  # from now on the thread sleeps until somebody asks
    come()
    client.get(path)
    next_attempt(attempts, failure="")
    embargoed.refresh_from_db()
    assert embargoed.is_published


def test_it_goes_out_at_its_time_though_nobody_asks(
    client: Client, attempts: "SimpleQueue[Attempt]", embargoed: Statement
) -> None:
    Statement.objects.filter(pk=embargoed.pk).update(
        publish_at=timezone.now() + dt.timedelta(milliseconds=300)
    )
    client.get("/")
    next_attempt(attempts, failure="")
    embargoed.refresh_from_db()
    assert embargoed.is_published


def test_a_database_that_takes_no_writes_shows_its_pages(
    client: Client,
    attempts: "SimpleQueue[Attempt]",
    session: psycopg.Connection[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    come()
    name = connection.settings_dict["NAME"]
    session.autocommit = True
    with connection.cursor() as cursor:
        session.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        cursor.execute("SET default_transaction_read_only = on")
        try:
            assert refused(client, [*PAGES, *uncached("read-only")]) == []
            for _time in range(3):
                next_attempt(attempts, failure="read_only")
            assert refused(client, PAGES) == []
            assert figures(client)["site_publish_failures_total-read_only"] >= 3
        finally:
            cursor.execute("RESET default_transaction_read_only")
            session.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    next_attempt(attempts, failure="")
    assert SUMMARY in client.get("/timeline/").content.decode()
    lines = [line for line in caplog.messages if "could not be published (read_only)" in line]
    assert len(lines) == 1  # a minute


def test_any_other_fault_costs_no_page_either(
    client: Client, attempts: "SimpleQueue[Attempt]", monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(due_publisher, "publish_due", lambda: 1 / 0)
        come()
        assert refused(client, [*PAGES, *uncached("fault")]) == []
        next_attempt(attempts, failure="error")
        assert refused(client, PAGES) == []
    next_attempt(attempts, failure="")


@pytest.mark.parametrize("hours", [1, -1])
def test_only_the_clock_of_the_database_counts(
    client: Client,
    attempts: "SimpleQueue[Attempt]",
    embargoed: Statement,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
) -> None:
    true = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: true() + dt.timedelta(hours=hours))
    assert refused(client, [*PAGES, *uncached("fast")]) == []
    attempt = attempt_publication()
    assert (attempt.published, attempt.failure) == (0, "")
    embargoed.refresh_from_db()
    assert not embargoed.is_published
    come()
    client.get("/")
    next_attempt(attempts, failure="")
    assert SUMMARY in client.get("/timeline/").content.decode()


def test_an_editor_finds_at_the_desk_what_is_due_as_published(
    attempts: "SimpleQueue[Attempt]",
    embargoed: Statement,
    session: psycopg.Connection[Any],
    impatient: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(due_publisher.publisher, "notice", lambda **_: None)  # no thread helps
    editor, page = desk_of(create_editor()), address(Statement, embargoed)
    come()
    assert Client().get(page).status_code == 302  # whoever has not logged in publishes nothing
    session.execute(LOCKS["row, by a save"])
    assert editor.get(page).context["original"].state == State.READY
    session.rollback()
    assert editor.get(page).context["original"].state == State.PUBLISHED


def test_what_rests_on_a_locked_record_waits_for_it_and_nothing_else_does(
    world: SimpleNamespace, embargoed: Statement, session: psycopg.Connection[Any]
) -> None:
    resting = create_position(
        issue=world.fish,
        party=world.arden,
        since=DAY,
        stance="open",
        statement=embargoed,
        state="draft",
    )
    unrelated = create_statement(dates=DAY, state="draft", summary="Of its own.")
    soon = timezone.now() + dt.timedelta(hours=1)
    assert schedule([resting, unrelated], soon) == {}
    Position.objects.filter(pk=resting.pk).update(publish_at=timezone.now())
    come()
    session.execute(LOCKS["row, by a save"])
    report = publish_due()
    assert report.published == [unrelated]
    assert report.locked == [f"rounds.statement {embargoed.pk}"]
    resting.refresh_from_db()
    assert resting.state == State.READY
    session.rollback()
    assert publish_due().published == [embargoed, resting]


def test_cron_is_told_what_was_left(
    attempts: "SimpleQueue[Attempt]",
    embargoed: Statement,
    session: psycopg.Connection[Any],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    come()
    session.execute(LOCKS["row, by a save"])
    with pytest.raises(SystemExit) as ended:
        call_command("publish_due")
    assert ended.value.code == 1
    assert f"rounds.statement {embargoed.pk}" in caplog.text
    session.rollback()
    call_command("publish_due")
    assert capsys.readouterr().out.splitlines() == ["0 entries published.", "1 entry published."]


def test_a_bake_leaves_what_is_locked_for_the_next(
    attempts: "SimpleQueue[Attempt]",
    embargoed: Statement,
    session: psycopg.Connection[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    site = StaticSite("https://record.example", "")
    come()
    session.execute(LOCKS["row, by a save"])
    before = recipe(site)
    assert f"rounds.statement {embargoed.pk}" in caplog.text
    session.rollback()
    assert recipe(site) != before
    embargoed.refresh_from_db()
    assert embargoed.is_published
