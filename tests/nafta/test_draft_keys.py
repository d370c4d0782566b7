"""Nobody tells a draft by the clock: a key that only drafts have costs what an absent key costs.

For each kind of address the same statements go to the database in the same order, and the answers
are equal. ``tests/faults/test_clock.py`` measures the time that they take.
"""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, resolve, reverse
from django.utils import timezone

from rounds.models import NaturalKeyModel, Party, Person, Source, publishable_models
from tests.nafta.test_leaks import every_pattern
from tests.world import SECRET

ABSENT = "nonesuch"  # as many letters as SECRET, the key of a draft of every kind
OTHER = "whatever"  # asked for first, so that whatever is read once is read
SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d(:|%3A)\d\d(:|%3A)\d\d(\.\d+)?")
CHANGING = ("X-Request-ID", "RateLimit-Remaining")
PUBLIC = {"issue": "water", "party": "arden", "since": "2010-01-09", "meeting": "round-1"}
FILTERS = ("issue", "round", "person", "source", "before", "after")
PARAMETERS = {
    "/timeline/": (*FILTERS, "q", "page=statement.2010-01-09.", "page=round.2010-02-10."),
    "/search/": (*FILTERS, "q", "page=0.2010-01-09.statement.", "page=0.2010-02-10.round."),
    "/people/": ("party", "page", "sort"),
    "/sources/": ("page", "sort"),
    "/": ("as_of",),
    "/issues/": ("as_of",),
    "/issues/water/": ("as_of",),
    "/parties/arden/": ("as_of",),
    "/cite/position/water/arden/": ("as_of",),
    "/distance/": ("as_of",),
    "/compare/": ("as_of", "party"),
    "/moved/": ("from", "to"),
    "/embed/matrix/": ("as_of",),
    "/embed/issues/water/": ("as_of",),
    "/cards/home.png": ("as_of",),
    "/api/v1/matrix": ("as_of",),
    "/api/v1/issues/water/matrix": ("as_of",),
    "/api/v1/timeline": (*FILTERS, "q", "cursor=statement.2010-01-09."),
    "/api/v1/measures": ("issue", "cursor"),
    "/api/v1/positions": ("issue", "party", "cursor=2010-01-09.water.", "cursor=2010-03-07."),
    "/api/v1/progress": ("issue", "round", "cursor=2010-03-04."),
    **{
        f"/api/v1/{kind}": (*FILTERS, "q", "cursor=2010-01-09.", "cursor=2010-02-10.")
        for kind in ("rounds", "deadlines", "statements", "proposals")
    },
    **{f"/api/v1/{kind}": ("cursor",) for kind in ("issues", "people", "parties", "sources")},
}
# What has no key of its own: a draft, and what is not there at all.
UNNAMED = [
    ("/api/v1/positions/water/corrie/2010-03-07", "/api/v1/positions/water/corrie/2010-03-06"),
    ("/api/v1/progress/round-2/fish", "/api/v1/progress/round-1/fish"),
]


def addresses(key: str) -> list[str]:
    """Each kind of address, with ``key`` at each place where a key may stand."""
    return [*_paths(key), *_questions(key)]


def _paths(key: str) -> Iterator[str]:
    for name, pattern in every_pattern(get_resolver()):
        names = list(pattern.pattern.converters)
        if name.startswith("admin:"):
            continue
        for replaced in names:
            if replaced == "kind":
                continue
            values = {name: PUBLIC.get(name, "water") for name in names} | {replaced: key}
            kinds = ("issues", "rounds", "statements", "parties") if "kind" in names else ("",)
            for kind in kinds:
                values |= {"kind": kind} if kind else {}
                try:
                    yield reverse(name, kwargs=values)
                except NoReverseMatch:  # a day, or a section of the sitemap
                    continue


def _questions(key: str) -> Iterator[str]:
    for path, names in PARAMETERS.items():
        for name in names:
            parameter = name if "=" in name else f"{name}="
            yield f"{path}?{parameter}{key}"
    for model in publishable_models():
        yield f"/corrections/?of={model._meta.model_name}:{key}"
    pages = ("issues", "statements", "rounds", "people", "proposals")
    for page in (*pages, "embed/issues", "embed/statements"):
        yield f"/oembed/?url={quote(f'http://testserver/{page}/{key}/')}"
    known = f"{timezone.localtime():%Y-%m-%dT%H:%M:%S}"
    for page in (*pages, "sources"):
        yield f"/{page}/{key}/?known={known}"
    yield f"/timeline/?known={known}&issue={key}"
    yield f"/fr/people/{key}/"


def recorded(client: Client, path: str, key: str) -> tuple[Any, ...]:
    """The statements that an address sends to the database, and its answer without the key."""
    statements: list[str] = []

    def record(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        statements.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        answer = client.get(path)
    headers = {name: value for name, value in answer.items() if name not in CHANGING}
    shown = f"{headers} {answer.content!r}".replace(key, "KEY")
    shown = SECONDS.sub("NOW", shown)  # a citation says when the page was read
    return answer.status_code, statements, shown


@pytest.mark.slow
def test_a_key_of_drafts_costs_what_an_absent_one_costs(
    client: Client, world: SimpleNamespace
) -> None:
    keys = (OTHER, ABSENT, SECRET)
    pairs = [*zip(*map(addresses, keys), strict=True)]
    assert len(pairs) > 150
    for other, absent, draft in pairs:
        client.get(other)
        assert recorded(client, draft, SECRET) == recorded(client, absent, ABSENT), draft


@pytest.mark.parametrize(("draft", "absent"), UNNAMED)
def test_so_does_a_draft_without_a_key(
    client: Client, world: SimpleNamespace, draft: str, absent: str
) -> None:
    answers = [recorded(client, path, path) for path in (absent, draft, absent)]
    assert answers[1] == answers[2]
    assert answers[1][0] == 404


def test_drafts_of_every_kind_have_that_key(world: SimpleNamespace) -> None:
    for model in apps.get_models():
        if not issubclass(model, NaturalKeyModel) or "slug" not in model.natural_key_paths:
            continue
        rows: Any = model._default_manager
        drafts = rows.exclude(pk__in=rows.published().values("pk"))
        if model._meta.model_name == "negotiation":
            continue
        assert drafts.filter(slug=SECRET).exists(), model
        assert not rows.filter(slug__in=(ABSENT, OTHER)).exists(), model
    assert not Party.objects.filter(code__in=(ABSENT, OTHER)).exists()
    assert Person.objects.filter(slug=SECRET).exists()
    assert Source.objects.filter(slug=SECRET).exists()


def test_no_kind_of_address_is_left_out() -> None:
    tried = {resolve(path.partition("?")[0]).view_name for path in _paths(SECRET)}
    with_keys = {
        name
        for name, pattern in every_pattern(get_resolver())
        if pattern.pattern.converters and not name.startswith("admin:")
    }
    assert with_keys - tried == set()
    assert len(with_keys) > 30
