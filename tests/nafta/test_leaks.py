"""Everything that an anonymous visitor can reach, and no word of a draft in it."""

import io
import re
import zipfile
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from django.utils import timezone

from issues.models import Issue, Position, Proposal
from nafta.operations.middleware import PROBES
from rounds.models import NaturalKeyModel, Person, State, Statement, publishable_models
from rounds.publishing.states import set_state
from tests.desk import address, change, desk_of, fields_of
from tests.world import SECRET, create_editor, create_world

pytestmark = pytest.mark.slow

LANGUAGE = re.compile(r"^/(fr|es)(?=/)")
# files beside the record, and the same pages again: test_language.py looks at those
ELSEWHERE = re.compile(r"^/(static|fr|es)/")
LINK = re.compile(r"""(?:href|src|action)=["']([^"'#]+)|<id>([^<]+)</id>|<link>([^<]+)</link>""")


def every_key(*, drafts: bool = False) -> set[str]:
    """What any record, or any draft, is called in an address; and its numbers."""
    keys = {"1", "nothing-like-it"}
    for model in apps.get_models():
        if issubclass(model, NaturalKeyModel):
            for record in model._default_manager.all():
                if not drafts or not getattr(record, "is_published", True):
                    keys.add(str(record.pk))
                    keys |= {str(part) for part in record.natural_key()}
    assert SECRET in keys
    return keys


def every_address() -> set[str]:
    """Each pattern of the site with every key that fits, the desk's with drafts; and the probes."""
    every, drafts = every_key(), every_key(drafts=True)
    return {
        address
        for name, pattern in every_pattern(get_resolver())
        for address in _filled(name, pattern, drafts if name.startswith("admin:") else every)
    } | set(PROBES)


def every_pattern(resolver: Any, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from every_pattern(pattern, inner)


def _filled(name: str, pattern: URLPattern, keys: set[str]) -> set[str]:
    count = len(pattern.pattern.converters)
    found = set()
    if not name.startswith("admin:"):  # no page of readers has a record's number in its address
        keys = {key for key in keys if not key.isdecimal()}
    for values in [[]] if not count else [[key] * count for key in keys]:
        try:
            found.add(reverse(name, args=values))
        except NoReverseMatch:
            continue
    return found


def crawl(client: Client, start: set[str], *, within: str = "") -> dict[str, str]:
    """Every page that answers, by its address: from ``start``, and wherever links lead.

    ``within``: what an address must hold to be followed.
    """
    waiting, seen = set(start), dict[str, str]()
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        seen[path] = f"{answer.headers} {readable(b''.join(answer))}"
        for groups in LINK.findall(seen[path]):
            link = (
                next(filter(None, groups)).replace("&amp;", "&").removeprefix("http://testserver")
            )
            if link.startswith("/") and not ELSEWHERE.match(link) and link not in seen:
                waiting |= {link} if within in link else set()
    return seen


def readable(body: bytes) -> str:
    """What stands in an answer; a zip or a spreadsheet is opened, down to the last part."""
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(f"{name}\n{readable(archive.read(name))}" for name in archive.namelist())


def words_without_address(path: str, page: str) -> str:
    """A page without the repetition of what was asked for, such as a login's ``?next=``.

    Nor that of the same address in another language, or at another moment.
    """
    bare = LANGUAGE.sub("", path)
    own = bare.partition("?")[0]
    return page.replace(bare, "").replace(own, "").replace(quote(own, safe=""), "")


def leaks(pages: dict[str, str]) -> list[str]:
    return [path for path, page in pages.items() if SECRET in words_without_address(path, page)]


def test_no_word_of_a_draft_is_reached(client: Client, world: SimpleNamespace) -> None:
    """Nor of what was public under the secret word, once it is taken back."""
    editor = desk_of(create_editor())
    note = {"correction": "A word to readers."}
    change(editor, world.said, summary=f"{SECRET} was public for a moment.", **note)
    assert SECRET in crawl(client, {"/corrections/"}, within="/corrections/")["/corrections/"]
    change(editor, world.said, summary="Half of it must stay.", dates_0="2010-01-08", **note)
    for record in (world.quiet, world.denied, world.third):
        text = "title" if record is world.third else "summary"
        change(editor, record, **{text: f"{SECRET} once"}, **note)
        chosen = {"action": "back_to_draft", "_selected_action": [record.pk]} | note
        editor.post(address(type(record)), chosen)
        record.refresh_from_db()
        assert not record.is_published
    page = address(Statement, "delete", world.quiet)
    editor.post(page, fields_of(editor, page) | note)
    assert not Statement.objects.filter(pk=world.quiet.pk).exists()
    for model in publishable_models():
        assert model.objects.exclude(state=State.PUBLISHED).exists(), model
    start = every_address()
    assert len(start) > 300
    pages = crawl(client, start)
    assert len(pages) > len(start)
    told = ("/corrections/", "/api/v1/corrections")
    corrected = {path for path in leaks(pages) if path.startswith(told)}
    assert set(leaks(pages)) == corrected  # the correction of what is public still shows before
    for path in corrected:
        assert f"{SECRET} once" not in pages[path]
    assert "half-the-water" in pages["/data/record.zip"]  # and what is published is there
    assert "half-the-water" in pages["/api/v1/proposals"]


def test_nor_in_any_past(client: Client, transactional_db: None) -> None:
    """Not before it was public, not while it was, not after it was taken back."""
    world = create_world()
    moments = [timezone.now()]
    Statement.objects.filter(pk=world.said.pk).update(summary=f"{SECRET} once")
    Person.objects.filter(pk=world.birch.pk).update(name=f"{SECRET} Birch", role=SECRET)
    refused = set_state(Issue.objects.filter(slug=SECRET), State.PUBLISHED)
    refused |= set_state(Proposal.objects.filter(slug=SECRET), State.PUBLISHED)
    moments.append(timezone.now())
    assert SECRET in client.get("/timeline/").content.decode()
    refused |= set_state(Position.objects.filter(statement=world.said), State.DRAFT)
    refused |= set_state([world.said], State.DRAFT)
    refused |= set_state(Proposal.objects.filter(slug=SECRET), State.DRAFT)
    refused |= set_state(Issue.objects.filter(slug=SECRET), State.DRAFT)
    assert not refused
    world.denied.delete()
    Position.objects.filter(statement__speakers=world.birch).delete()
    Person.objects.filter(pk=world.birch.pk).delete()
    moments.append(timezone.now())
    pages: dict[str, str] = {}
    for moment in moments:
        known = f"known={moment:%Y-%m-%dT%H:%M:%S.%fZ}"
        keys = every_key() if moment == moments[1] else set()  # links lead to what there was
        start = {f"{path}?{known}" for path in _addresses_that_support_known(keys)}
        pages |= crawl(client, start, within=known)
    assert len(pages) > 400
    assert leaks(pages) == []


def _addresses_that_support_known(keys: set[str]) -> set[str]:
    return {
        address
        for name, pattern in every_pattern(get_resolver())
        if hasattr(pattern.callback, "supports_known")
        for address in _filled(name, pattern, keys)
    }
