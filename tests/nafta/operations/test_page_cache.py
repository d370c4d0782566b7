"""Pages kept for as long as nothing is published, and never longer."""

import datetime as dt
import gzip
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import brotli
import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from issues.models import Position, Proposal
from nafta.operations import page_cache
from rounds.models import Edition, Negotiation, Party, Person, Source, State, Statement
from rounds.publishing.due import publish_due
from rounds.publishing.states import rehearsal, schedule, set_state
from tests.desk import desk_of
from tests.world import SECRET, create_editor, create_source, create_statement, create_world, days

PAGE = "/statements/alder-on-water/"
TEXT = "Half of the water must stay in Arden."
DAY = days("2010-03-05")


@pytest.fixture
def world(transactional_db: None) -> SimpleNamespace:
    """Stored for good, as on a real site: an edition ends with the transaction."""
    return create_world()


@pytest.fixture(autouse=True)
def _kept(settings: Any, pages_made_anew: None) -> Iterator[None]:
    settings.KEEP_PAGES = True
    caches["pages"].clear()
    yield
    caches["pages"].clear()


def number() -> int:
    return Edition.objects.get().number


def asked(client: Client, path: str, **headers: Any) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, **headers)
    return response, len(queries)


CHANGES: dict[str, tuple[int, Callable[[SimpleNamespace], object]]] = {
    "a record that is public at once": (1, lambda w: create_statement(dates=DAY)),
    "one published": (
        1,
        lambda w: set_state(Statement.objects.filter(slug=f"{SECRET}-2"), State.PUBLISHED),
    ),
    "one taken back": (1, lambda w: set_state([w.quiet], State.DRAFT)),
    "one deleted": (1, lambda w: w.quiet.delete()),
    "one corrected past Django": (
        1,
        lambda w: sql("UPDATE issues_proposal SET title = 'Two thirds' WHERE slug = 'a-third'"),
    ),
    "several at once": (1, lambda w: Position.objects.update(gist="Otherwise")),
    "a list of one": (1, lambda w: w.said.parties.add(w.corrie)),
    "a row below one": (1, lambda w: Proposal.objects.get(slug="a-third").terms.all().delete()),
    "a party": (1, lambda w: Party.objects.filter(pk=w.arden.pk).update(name="The Ardens")),
    "a person": (1, lambda w: Person.objects.filter(pk=w.alder.pk).update(role="Envoy")),
    "a publication": (1, lambda w: Source.objects.filter(pk=w.gazette.pk).update(title="New")),
    "the negotiation": (1, lambda w: Negotiation.objects.update(standfirst="New.")),
    "a draft": (0, lambda w: create_statement(dates=DAY, state="draft")),
    "a change of a draft": (
        0,
        lambda w: Statement.objects.filter(slug=SECRET).update(summary="Another"),
    ),
    "a list of a draft": (0, lambda w: Statement.objects.get(slug=SECRET).parties.add(w.corrie)),
    "a publication that nothing names yet": (0, lambda w: create_source()),
    "a person that only drafts name": (
        0,
        lambda w: Person.objects.filter(slug=SECRET).update(role="Minister"),
    ),
    "a publication that only drafts cite": (
        0,
        lambda w: Source.objects.filter(slug=SECRET).update(title="New"),
    ),
    "a save of a person that changes nothing": (0, lambda w: w.alder.save()),
}


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_readers_may_see_makes_an_edition(world: SimpleNamespace, what: str) -> None:
    more, change = CHANGES[what]
    before = number()
    change(world)
    assert (number() > before) is bool(more)


def test_what_is_undone_makes_none(world: SimpleNamespace) -> None:
    before = Edition.objects.values().get()
    with rehearsal():
        Party.objects.filter(pk=world.arden.pk).update(name="Nobody")
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        assert number() > before["number"]
    assert Edition.objects.values().get() == before


def test_a_kept_page_is_the_same_and_costs_one_question(
    client: Client, world: SimpleNamespace
) -> None:
    made, cost = asked(client, PAGE)
    kept, question = asked(client, PAGE)
    assert (cost > 1, question) == (True, 1)
    assert kept.content == made.content
    assert made.headers.pop("X-Request-ID") != kept.headers.pop("X-Request-ID")
    assert kept.headers == made.headers
    assert TEXT in kept.content.decode()


def test_answers_of_the_api_are_kept_like_pages_and_counted_all_the_same(
    client: Client, world: SimpleNamespace, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nafta.api.throttling.time.time", lambda: 1_000_000_010.0)  # one minute
    path = "/api/v1/statements/alder-on-water"
    made, cost = asked(client, path)
    kept, question = asked(client, path)
    assert (cost > 1, question) == (True, 1)
    assert kept.content == made.content
    assert kept.headers["ETag"] == made.headers["ETag"]
    before, after = (int(one.headers["RateLimit-Remaining"]) for one in (made, kept))
    assert after == before - 1
    settings.API_RATE = 1
    assert client.get(path).status_code == 429
    settings.API_RATE = 1_000_000
    Statement.objects.filter(pk=world.said.pk).update(summary="All of it must stay.")
    assert client.get(path).json()["summary"]["text"] == "All of it must stay."


def test_what_is_kept_for_one_who_has_it_is_whole_for_the_next(
    client: Client, world: SimpleNamespace
) -> None:
    path = "/api/v1/statements/alder-on-water"
    tag = client.get(path).headers["ETag"]
    caches["pages"].clear()
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    next_one, cost = asked(client, path)
    assert (next_one.json()["key"], cost) == ("alder-on-water", 1)


def test_whoever_has_the_present_page_is_told_so(client: Client, world: SimpleNamespace) -> None:
    tag = client.get(PAGE).headers["ETag"]
    same, cost = asked(client, PAGE, HTTP_IF_NONE_MATCH=tag)
    assert (same.status_code, same.content, cost) == (304, b"", 1)
    Statement.objects.filter(pk=world.said.pk).update(summary="All of it must stay.")
    fresh = client.get(PAGE, HTTP_IF_NONE_MATCH=tag)
    assert fresh.status_code == 200
    assert b"All of it must stay" in fresh.content


def test_a_publication_shows_at_once_on_every_page(client: Client, world: SimpleNamespace) -> None:
    pages = [
        PAGE,
        "/timeline/",
        "/fr/timeline/",
        "/parties/arden/",
        "/feed/",
        "/people/ada-alder/",
    ]
    for page in pages:
        client.get(page)
    Statement.objects.filter(pk=world.said.pk).update(summary="All of it must stay.")
    for page in pages:
        assert "All of it must stay" in client.get(page).content.decode(), page
    set_state(Position.objects.filter(statement=world.said), State.DRAFT)
    set_state([world.said], State.DRAFT)
    for page in pages[1:]:
        assert "All of it must stay" not in client.get(page).content.decode(), page
    assert client.get(PAGE).status_code == 410


def test_work_on_drafts_leaves_no_trace(client: Client, world: SimpleNamespace) -> None:
    """Neither in an ETag nor in what the page of downloads costs the database."""
    before, cost = asked(client, "/data/")
    etag = client.get(PAGE).headers["ETag"]
    caches["pages"].clear()  # the files are cached by themselves
    _again, cached_cost = asked(client, "/data/")
    assert cached_cost < cost
    Statement.objects.filter(slug=SECRET).update(summary="Otherwise")
    Person.objects.filter(slug=SECRET).update(name="Otherwise")
    Source.objects.filter(slug=SECRET).update(title="Otherwise", url="https://x.example/other")
    caches["pages"].clear()
    after, same_cost = asked(client, "/data/")
    assert same_cost == cached_cost
    assert client.get(PAGE).headers["ETag"] == etag
    changing = {"X-Request-ID", "Link", "Content-Length"}
    headers = [
        {name: value for name, value in answer.items() if name not in changing}
        for answer in (before, after)
    ]
    assert headers[0] == headers[1]


def test_a_publication_is_in_the_downloads_at_once(client: Client, world: SimpleNamespace) -> None:
    assert f"{SECRET}-2" not in client.get("/data/statements.csv").content.decode()
    set_state(Statement.objects.filter(slug=f"{SECRET}-2"), State.PUBLISHED)
    assert f"{SECRET}-2" in client.get("/data/statements.csv").content.decode()


def test_an_embargo_ends_for_kept_pages_too(client: Client, world: SimpleNamespace) -> None:
    draft = create_statement(dates=DAY, summary="Embargoed words", state="draft")
    assert not schedule([draft], timezone.now() + dt.timedelta(hours=1))
    assert "Embargoed" not in client.get("/timeline/").content.decode()
    past = timezone.now() - dt.timedelta(seconds=1)
    Statement.objects.filter(pk=draft.pk).update(publish_at=past)
    assert publish_due().published == [draft]
    assert "Embargoed words" in client.get("/timeline/").content.decode()
    assert asked(client, "/timeline/")[1] == 1


@pytest.mark.parametrize(
    ("accepted", "packed", "unpack"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("", "", bytes),
        ("identity", "", bytes),
    ],
)
def test_each_asker_gets_it_packed_as_it_can_unpack(
    client: Client, world: SimpleNamespace, accepted: str, packed: str, unpack: Any
) -> None:
    for _time in range(2):
        answer = client.get(PAGE, HTTP_ACCEPT_ENCODING=accepted)
        assert answer.headers.get("Content-Encoding", "") == packed
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert TEXT in unpack(answer.content).decode()


def test_what_a_page_says_of_its_host_and_question_is_its_own(
    client: Client, world: SimpleNamespace, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for host in settings.ALLOWED_HOSTS:
        page = client.get("/", headers={"host": host}).content.decode()
        assert f"http://{host}/" in page
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    first, second = (
        client.get(f"/timeline/?party={one}", headers={"host": "one.example"}).content
        for one in ("arden", "brume")
    )
    assert first != second


def test_head_is_the_page_without_its_body(client: Client, world: SimpleNamespace) -> None:
    for _time in range(2):
        answer = client.head(PAGE)
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["Content-Length"]) > 1000


def test_a_cdn_is_told_how_long_it_may_answer(client: Client, world: SimpleNamespace) -> None:
    answer = client.get("/")
    told = answer.headers["Cache-Control"]
    for word in ("public", "max-age=0", "s-maxage=", "stale-while-revalidate=", "stale-if-error="):
        assert word in told
    assert not answer.cookies


def test_the_desk_is_never_kept(world: SimpleNamespace) -> None:
    editor = desk_of(create_editor())
    assert "no-store" in editor.get("/admin/").headers["Cache-Control"]
    page, _cost = asked(editor, "/admin/rounds/statement/")
    again, same = asked(editor, "/admin/rounds/statement/")
    assert page.status_code == again.status_code == 200
    assert same > 1
    assert Client().get("/admin/rounds/statement/").status_code == 302


def test_a_page_that_does_not_exist_is_cached_until_it_does(
    client: Client, world: SimpleNamespace
) -> None:
    assert client.get("/statements/late/").status_code == 404
    again, cost = asked(client, "/statements/late/")
    assert (again.status_code, cost) == (404, 1)
    create_statement(slug="late", dates=DAY)
    assert client.get("/statements/late/").status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nothing/", 404),
        (f"/statements/{SECRET}/", 404),  # a draft's
        (f"/fr/people/{SECRET}/", 404),
        ("/timeline/?page=nonsense", 400),
        ("/timeline", 301),
        ("/api/v1/statements/nothing", 404),
    ],
)
def test_what_is_no_page_is_cached_as_long_as_it_is_true(
    client: Client, world: SimpleNamespace, address: str, status: int
) -> None:
    response, cost = asked(client, address)
    again, cached_cost = asked(client, address, HTTP_IF_NONE_MATCH="*")
    assert response.status_code == again.status_code == status
    assert (cached_cost, again.content) == (1, response.content)
    expected = "no-cache" if address.startswith("/api/") else "s-maxage="
    assert expected in response.headers["Cache-Control"]
    assert response.headers["Cache-Control"] == again.headers["Cache-Control"]
    Statement.objects.filter(pk=world.said.pk).update(summary="All of it must stay.")
    assert asked(client, address)[1] == cost


def test_what_was_unpublished_is_cached_as_gone(client: Client, world: SimpleNamespace) -> None:
    set_state(Position.objects.filter(statement=world.said), State.DRAFT)
    set_state([world.said], State.DRAFT)
    assert client.get(PAGE).status_code == 410
    again, cost = asked(client, PAGE)
    assert (again.status_code, cost) == (410, 1)
    assert "s-maxage=" in again.headers["Cache-Control"]


def test_a_refusal_that_ends_by_itself_is_not_cached(
    client: Client, world: SimpleNamespace
) -> None:
    soon = timezone.localtime() + dt.timedelta(minutes=1)
    response = client.get(f"/timeline/?known={soon:%Y-%m-%dT%H:%M:%S}")
    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "no-store"
    assert asked(client, f"/timeline/?known={soon:%Y-%m-%dT%H:%M:%S}")[1] > 1


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever asks it anything is told that it is gone."""

    def gone(*_args: Any) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch, connection.execute_wrapper(gone):
        patch.setattr(page_cache, "load_present", gone)
        yield


def test_without_the_database_readers_get_the_last_edition(
    client: Client, world: SimpleNamespace, request: pytest.FixtureRequest
) -> None:
    page = client.get(PAGE).content
    request.getfixturevalue("no_database")
    for reader in (client, Client()):  # the second one's process knows of no edition yet
        assert reader.get(PAGE).content == page


def test_what_cannot_be_told_or_stored_is_refused_in_words(
    client: Client, world: SimpleNamespace, request: pytest.FixtureRequest
) -> None:
    editor = desk_of(create_editor())
    editor.raise_request_exception = client.raise_request_exception = False
    request.getfixturevalue("no_database")
    unread = client.get("/timeline/")
    refused = editor.post("/admin/rounds/statement/add/", {"summary": "Words"})
    for answer in (unread, refused):
        assert answer.status_code == 503
        assert answer.headers["Cache-Control"] == "no-store"
        assert int(answer.headers["Retry-After"]) > 0
        assert "does not answer" in answer.content.decode()
    assert "What you sent was not stored" in refused.content.decode()
    assert "traceback" not in refused.content.decode().lower()


def test_a_shared_cache_that_is_gone_costs_no_page(
    client: Client,
    world: SimpleNamespace,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nafta.operations.redis_cache.RETRY_SECONDS", 60.0)
    monkeypatch.setattr(
        "nafta.operations.redis_cache.FailSoftRedisCache.retry_at", 0.0
    )  # and so again when this is over
    nowhere = {
        "BACKEND": "nafta.operations.redis_cache.FailSoftRedisCache",
        "LOCATION": "redis://127.0.0.1:9/0",
    }
    with override_settings(CACHES={"default": nowhere, "pages": nowhere}):
        for _time in range(2):
            assert TEXT in client.get(PAGE).content.decode()
            assert client.get("/api/v1/parties").json()["items"]
            assert client.get("/data/record.zip").status_code == 200
        assert client.get("/readyz").json()["missing"] == {"cache": "does not answer"}
    told = [one for one in caplog.messages if "The cache does not answer" in one]
    assert len(told) == 1  # then it is left alone for a while
