"""Every page in every language: nothing of it is left in English, whoever wrote it where.

The record's own texts are translated to themselves within marks; what else is English is ours.
"""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import dates
from django.utils.translation import override

from rounds.models import Translatable
from rounds.platform import translated_text
from tests.test_messages import catalogue, forms

pytestmark = pytest.mark.slow

MARKED = re.compile("⟦[^⟦⟧]*⟧")
CLIPPED = re.compile("⟦[^⟧]*$")  # the end of a text that is too long for its place
# French has a space before a colon and a semicolon.
ENGLISH_MARK = re.compile(r"[^\s:;/][:;](?=\s|$)")
HREF = re.compile(r'href="([^"#]+)')
WORD = re.compile(r"[^\W\d_]+(?:’[^\W\d_]+)?")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
TOLD = ("title", "aria-label", "alt", "placeholder", "data-offer")
# Names of the small world that no language translates, and what addresses are made of.
NAMES = "Ada Alder Bo Birch Gazette Herald The first day The same day Report not a drop less"
SAME = {"as", "of", "round", "example", "csv", "xlsx", "json", "api", "atom", "rss", "manage", "py"}


class _Page(HTMLParser):
    """What a reader sees or is told of a page, without what says that it is in another language."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__()
        self.code = code
        self.inside: list[tuple[str, str]] = []
        self.seen: list[str] = []
        self.feed(text)

    def _here(self) -> str:
        return self.inside[-1][1] if self.inside else self.code

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        spoken = given.get("lang") or self._here()
        if spoken == self.code:
            self.seen += [text for name in TOLD if (text := given.get(name))]
            if tag == "meta" and given.get("name") == "description":
                self.seen.append(given.get("content") or "")
        if tag not in VOID:
            kind = "chart" if given.get("type") == "application/json" else tag
            self.inside.append((kind, "" if given.get("translate") == "no" else spoken))

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop()[0] not in {
            tag,
            "chart" if tag == "script" else tag,
        }:
            pass

    def handle_data(self, data: str) -> None:
        tag = self.inside[-1][0] if self.inside else ""
        if tag == "chart":
            self.seen += _strings(data) if data.startswith("{") else []
        elif tag not in {"script", "style", "code"} and self._here() == self.code and data.strip():
            self.seen.append(data.strip())


def _strings(data: str) -> Iterator[str]:
    """What the figure in a page writes."""

    def walk(value: Any, key: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from walk(inner, name)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner, key)
        elif isinstance(value, str) and key in {"text", "name", "hovertext", "ticktext"}:
            yield re.sub("<[^>]*>", " ", value)

    return walk(json.loads(data))


def words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(text)}


def english_only(code: str) -> set[str]:
    """The words of the site in English that are none in the language ``code``."""
    english, other = set[str](), set[str]()
    for entry in catalogue(code):
        english |= words(re.sub(r"%\(\w+\)[sd]", " ", entry.msgid))
        for text in forms(entry):
            other |= words(text)
    with override("en-gb"):
        english |= {
            str(name).lower() for name in [*dates.MONTHS.values(), *dates.WEEKDAYS.values()]
        }
    with override(code):
        other |= {str(name).lower() for name in [*dates.MONTHS.values(), *dates.WEEKDAYS.values()]}
    return english - other - SAME - words(NAMES)


def translate_everything(code: str) -> None:
    for model in apps.get_models():
        if issubclass(model, Translatable) and model.translated:
            for row in model._default_manager.all():
                said = {name: getattr(row, name) for name in model.translated}
                row.translations = {
                    translated_text.translation_key(name, code): f"⟦{text}⟧"
                    for name, text in said.items()
                    if text
                }
                row.save()


def pages_in(client: Client, code: str) -> dict[str, str]:
    """Every page of the site in one language that another one leads to, and one that is missing."""
    waiting, seen = {f"/{code}/", f"/{code}/rounds/nothing-like-it/"}, dict[str, str]()
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        seen[path] = ""
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        seen[path] = b"".join(answer).decode()
        links = {link.replace("&amp;", "&") for link in HREF.findall(seen[path])}
        waiting |= {link for link in links if link.startswith(f"/{code}/")} - set(seen)
    return {path: page for path, page in seen.items() if page}


@pytest.mark.parametrize("code", translated_text.translation_languages())
def test_no_page_has_a_word_of_english_left(
    client: Client, world: SimpleNamespace, code: str
) -> None:
    translate_everything(code)
    strange = english_only(code)
    assert {"the", "and", "march"} & strange
    pages = pages_in(client, code)
    assert len(pages) > 60
    found: dict[str, str] = {}
    for path, page in pages.items():
        for text in _Page(page, code).seen:
            if code == "fr" and ENGLISH_MARK.search(MARKED.sub("⟦⟧", text)):
                found.setdefault(" ".join(text.split())[:120], path)
            left = CLIPPED.sub(" ", MARKED.sub(" ", text))
            if (
                words(re.sub(r"https?://\S+|\?\S+|\w+\.(csv|json)|\b[0-9a-f]{6,}\b", " ", left))
                & strange
            ):
                found.setdefault(" ".join(left.split())[:120], path)
    assert found == {}
