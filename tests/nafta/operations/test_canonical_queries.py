"""Addresses that end: what a page does not take changes neither the page nor what is cached."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, resolve, reverse

from nafta.operations.limits.canonical_queries import MAX_QUERY_BYTES, CanonicalQueryMiddleware
from nafta.operations.page_cache import PageCacheMiddleware
from rounds.public.params import AcceptedParam
from tests.nafta.test_draft_keys import SECONDS
from tests.nafta.test_leaks import every_pattern

PUBLIC = {"code": "arden", "party": "arden", "key": "water", "section": "pages", "kind": "issues"}
KEYS = ("water", "round-1", "alder-on-water", "arden", "statements.csv")
TRACKING = "utm_source=letter&b&a&fbclid=x&party[]=1"
# A value of each parameter with which its pages look different, or that they refuse.
VALUES = {"as_of": "round-1", "known": "2001-01-01", "_export": "csv", "url": "http://testserver/"}
API = "api-1:"


def routes() -> list[tuple[str, str]]:
    """The name of each public view, and an address where it is answered with a page if possible."""
    pairs = []
    for name, pattern in every_pattern(get_resolver()):
        if name.startswith("admin:"):
            continue
        params = list(pattern.pattern.converters)
        for key in KEYS if params else ("",):
            values = {param: PUBLIC.get(param, key) for param in params}
            values |= {"key": key} if "key" in values else {}
            try:
                pairs.append((name, reverse(name, kwargs=values)))
            except NoReverseMatch:
                continue
    return pairs


def is_operation(name: str) -> bool:
    """Whether it is one of the API, which refuses what it does not know."""
    return name.startswith(API) and name not in {f"{API}openapi-json", f"{API}api-root"}


def seen_query(address: str) -> QueryDict:
    """The query that a view gets."""
    requests: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        requests.append(request)
        return HttpResponse()

    CanonicalQueryMiddleware(view)(RequestFactory().get(address))
    return requests[0].GET


@pytest.fixture
def cached(settings: Any) -> Iterator[None]:
    settings.KEEP_PAGES = True
    caches["pages"].clear()
    yield
    caches["pages"].clear()


def cache_key(address: str) -> str:
    """The address as the page cache reads it."""
    keys: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        keys.append(request.get_full_path())
        return HttpResponse()

    CanonicalQueryMiddleware(view)(RequestFactory().get(address))
    return keys[0]


def test_nothing_unknown_changes_an_address(world: SimpleNamespace) -> None:
    addresses = [address for name, address in routes() if not is_operation(name)]
    assert len(addresses) > 60
    for address in addresses:
        assert cache_key(f"{address}?{TRACKING}") == cache_key(address) == address


def test_neither_does_the_order_of_parameters() -> None:
    for name, address in routes():
        names = ["limit", "lang"] if is_operation(name) else list(_accepted_or_none(address))
        pairs = [(param, VALUES.get(param, "x")) for param in names]
        ordered, turned = urlencode(pairs), urlencode(pairs[::-1])
        assert cache_key(f"{address}?{ordered}") == cache_key(f"{address}?{turned}&")
        if pairs:
            assert cache_key(f"{address}?{ordered}") != address


def _accepted_or_none(address: str) -> dict[str, AcceptedParam]:
    return getattr(resolve(address).func, "accepted_params", {})


def readable_bytes(response: Any) -> str:
    """The page; a citation says to the second when it was read."""
    return SECONDS.sub("NOW", response.content.decode("latin-1"))


def test_a_page_is_the_same_with_what_it_does_not_take(
    client: Client, world: SimpleNamespace
) -> None:
    for name, address in routes():
        if is_operation(name):
            assert client.get(f"{address}?zz=1").status_code in {404, 422}, address
            continue
        plain, tracked = client.get(address), client.get(f"{address}?{TRACKING}")
        assert tracked.status_code == plain.status_code
        assert readable_bytes(tracked) == readable_bytes(plain), address


class RecordingQuery(QueryDict):
    """Notes which parameters are read; so do its copies."""

    reads: set[str]

    def __getitem__(self, name: str) -> Any:
        self.reads.add(name)
        return super().__getitem__(name)

    def getlist(self, name: str, default: Any = None) -> Any:
        self.reads.add(name)
        return super().getlist(name, default)

    def __contains__(self, name: object) -> bool:
        self.reads.add(str(name))
        return super().__contains__(name)


def test_no_view_reads_what_it_does_not_declare(
    rf: RequestFactory, client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: set[str] = set()
    monkeypatch.setattr(RecordingQuery, "reads", reads, raising=False)

    def replace(request: HttpRequest, *_view: object) -> None:
        request.GET = RecordingQuery(request.META["QUERY_STRING"])

    monkeypatch.setattr(PageCacheMiddleware, "process_view", staticmethod(replace))
    checked = 0
    for name, address in routes():
        if is_operation(name):
            continue
        declared = _accepted_or_none(address)
        for query in ("", urlencode([(param, VALUES.get(param, "x")) for param in declared])):
            reads.clear()
            client.get(f"{address}?{query}")
            assert reads - declared.keys() == set(), address
            checked += bool(reads)
    assert checked > 40


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/compare/?party=ca&party=us&party=", "party=ca&party=us"),  # takes several
        ("/timeline/?party=ca&party=us", "party=us"),  # a form reads the last
        ("/timeline/?year=2010&party=&q=%20", "year=2010"),
        ("/timeline?utm_source=x&party=ca", "party=ca"),  # on its way to the address with a slash
        ("/fr/timeline/?party=ca&x=1", "party=ca"),
        ("/timeline/?_table=calendar", ""),  # it means nothing without a file
        ("/sources/?page=1", ""),  # as without it
        ("/sources/?page=1&page=2&sort=title", "page=2&sort=title"),
        ("/sitemap-statements.xml?p=1", ""),
        ("/oembed/?format=json&url=x", "url=x"),
        ("/compare/?party=ca", "party=ca"),
        ("/nothing/here/?party=ca", ""),
        ("/api/v1/statements?limit=&zz=1&lang=en", "lang=en&limit=&zz=1"),  # refused by the API
        ("/admin/rounds/party/?z=1&a=2", "z=1&a=2"),
    ],
)
def test_what_a_view_gets(address: str, expected: str) -> None:
    assert seen_query(address).urlencode() == expected


def test_a_query_longer_than_any_of_ours_is_refused_before_anything_is_read(
    client: Client, db: None, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/sources/?" + "sort=a&" * (MAX_QUERY_BYTES // 7 + 1))
    assert response.status_code == 400


LONG = "x" * 500
OUT_OF_RANGE = [
    *("/sources/?page=0", "/sources/?page=-1", f"/sources/?page={'9' * 20}", "/sources/?page=2"),
    *(f"/sources/?page={'9' * 5_000}", "/sources/?page=two", "/sources/?sort=colour"),
    *(f"/sources/?sort={LONG}", "/rounds/?sort=colour", f"/rounds/?sort={LONG}"),
    *("/people/?page=0", f"/people/?page={'9' * 20}", "/people/?page=2", "/people/?sort=colour"),
    *(f"/people/?party={LONG}", "/timeline/?page=2010-01-09.1.1", f"/timeline/?q={LONG}"),
    *(f"/timeline/?{name}={LONG}" for name in ("party", "issue", "year", "person", "before")),
    *(f"/search/?q={LONG}", f"/search/?page={LONG}", "/deadlines/?status=lost"),
    *(f"/issues/?as_of={LONG}", "/issues/?as_of=9999-12-31", f"/issues/?known={LONG}"),
    *("/issues/?known=0000-00-00", f"/compare/?party={LONG}"),
    *("/compare/?" + "party=arden&" * 300, f"/moved/?from={LONG}", "/moved/?from=round-2&to=0"),
    *(f"/corrections/?of={LONG}", "/corrections/?until=99999-01-01", "/timeline/?_export=exe"),
    *(f"/timeline/?_export=csv&_table={LONG}", f"/oembed/?url=/&maxwidth={'9' * 20}"),
    *("/sitemap-pages.xml?p=2", "/sitemap-sources.xml?p=0", f"/sitemap-pages.xml?p={LONG}"),
    *(f"/oembed/?url={'x' * 2_001}", "/cards/home.png?as_of=x", "/embed/matrix/?as_of=x"),
]


@pytest.mark.parametrize("address", OUT_OF_RANGE)
def test_what_is_out_of_range_is_refused(
    client: Client, world: SimpleNamespace, address: str
) -> None:
    assert client.get(address).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        *("/timeline/?page=yesterday", "/timeline/?party=nowhere", "/timeline/?before=never"),
        *("/sources/?sort=colour", "/sources/?page=two"),
        *("/people/?sort=colour", "/people/?page=two", "/people/?party=nowhere"),
    ],
)
def test_a_refusal_reads_no_list(client: Client, world: SimpleNamespace, address: str) -> None:
    """Not even a first time: there is no end of wrong values."""
    path, _mark, _query = address.partition("?")
    with CaptureQueriesContext(connection) as whole:
        listed = client.get(path).content.decode()
    with CaptureQueriesContext(connection) as refused:
        page = client.get(address).content.decode()
    assert len(refused) < len(whole)
    assert len(page) < len(listed)
    assert f'href="{path}">Show every' in page
