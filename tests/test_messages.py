"""The site's words in its languages: all there, whole, and compiled, without GNU gettext.

What GNU gettext would find in the code is found here with Babel; ``make messages`` needs both.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polib
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.conf import settings
from django.utils.translation.template import templatize

from rounds.platform import translated_text

ROOT = Path(__file__).parent.parent
LOCALES = ROOT / "nafta" / "locale"
CODE = ("rounds", "issues", "nafta", "templates")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|%%")

Message = tuple[str, str, str]  # its context, its words, and those for more than one


def catalogue(code: str) -> polib.POFile:
    return polib.pofile(str(LOCALES / code / "LC_MESSAGES" / "django.po"))


def messages_of(path: Path) -> Iterator[Message]:
    """What a file gives to translators."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        lines = templatize(text).splitlines()
        text = "\n".join(line.strip() for line in lines)  # indentation would be a fault to Python
    found = extract("python", io.BytesIO(text.encode()), KEYWORDS)
    for _line, words, _comments, context in found:
        one, many = (*words, "")[:2] if isinstance(words, tuple) else (words, "")
        if one:
            yield context or "", one, many


def messages() -> set[Message]:
    paths = [path for folder in CODE for path in (ROOT / folder).rglob("*")]
    files = [path for path in paths if path.suffix in {".py", ".html"}]
    assert len(files) > 100
    return {message for path in files for message in messages_of(path)}


def key(entry: polib.POEntry) -> Message:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def forms(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_there_is_a_catalogue_for_each_language_but_the_records() -> None:
    assert {path.name for path in LOCALES.iterdir()} == set(translated_text.translation_languages())
    assert set(translated_text.translation_languages()) == {
        code for code, _name in settings.LANGUAGES
    } - {"en-gb"}


@pytest.mark.slow
@pytest.mark.parametrize("code", translated_text.translation_languages())
def test_every_word_of_the_site_is_translated(code: str) -> None:
    known = {key(entry): entry for entry in catalogue(code)}
    asked = messages()
    assert len(asked) > 900
    assert asked - set(known) == set(), "run make messages"
    assert set(known) - asked == set(), "run make messages"
    bad = [entry.msgid for entry in known.values() if entry.fuzzy or not all(forms(entry))]
    assert bad == []


@pytest.mark.parametrize("code", translated_text.translation_languages())
def test_every_form_of_the_plural_is_there(code: str) -> None:
    po = catalogue(code)
    match = re.search(r"nplurals=(\d)", po.metadata["Plural-Forms"])
    assert match
    for entry in po:
        if entry.msgid_plural:
            assert sorted(entry.msgstr_plural) == list(range(int(match[1]))), entry.msgid


@pytest.mark.parametrize("code", translated_text.translation_languages())
def test_placeholders_and_ends_are_those_of_the_original(code: str) -> None:
    for entry in catalogue(code):
        for text in forms(entry):
            wanted = Counter(PLACEHOLDER.findall(entry.msgid))
            found = Counter(PLACEHOLDER.findall(text))
            if entry.msgid_plural:  # “one row” may leave out how many they are
                assert set(found) <= set(PLACEHOLDER.findall(entry.msgid_plural)), text
            else:
                assert found == wanted, text
            for edge in ("\n", " "):
                assert text.startswith(edge) == entry.msgid.startswith(edge), text
                assert text.endswith(edge) == entry.msgid.endswith(edge), text


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")


@pytest.mark.parametrize("code", translated_text.translation_languages())
def test_tags_are_those_of_the_original(code: str) -> None:
    for entry in catalogue(code):
        if "<" in entry.msgid:
            for text in forms(entry):
                assert _Tags(text).found == _Tags(entry.msgid).found, text


@pytest.mark.parametrize("code", translated_text.translation_languages())
def test_what_is_compiled_is_what_is_written(code: str) -> None:
    compiled = polib.mofile(str(LOCALES / code / "LC_MESSAGES" / "django.mo"))
    assert {key(entry): forms(entry) for entry in compiled} == {
        key(entry): forms(entry) for entry in catalogue(code)
    }, "run make messages"


def test_french_is_set_as_french() -> None:
    """No plain space before a high mark or inside guillemets, and no straight apostrophe."""
    for entry in catalogue("fr"):
        for text in forms(entry):
            plain = re.sub(r"<[^>]*>|https?://\S+", "", text)
            assert not re.search(r" [:;!?»]|« |'", plain), text
            assert "“" not in plain, text


def test_spanish_is_set_as_spanish() -> None:
    for entry in catalogue("es"):
        for text in forms(entry):
            assert "“" not in text, text
            assert len(re.findall(r"\?(?!\w)", text)) == text.count("¿"), text
