"""The site in the reader's language, and originals that say that they are originals."""

import copy
import re
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from rounds.models import Translatable
from rounds.platform.translated_text import LocalizedText, local
from tests.nafta.pages.test_pages import BUDGET, PAGES, SHOWN
from tests.world import SECRET

TRANSLATED = [model for model in apps.get_models() if issubclass(model, Translatable)]
LANGUAGES = ["fr", "es"]
MARK = re.compile(r'<small class="original"')


def words_of(client: Client, path: str) -> str:
    """What a page says to readers, attributes and all, without what it is called in addresses."""
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(
        r'(?:href|src|action|value|id|for|lang|datetime)="[^"]*"', "", answer.content.decode()
    )


def translate_all() -> set[str]:
    """Give every row a French text for each of its own; returns the originals they stand for."""
    originals: set[str] = set()
    for model in TRANSLATED:
        for record in model._default_manager.all():
            texts = {name: getattr(record, name) for name in model.translated}
            own = {f"{name}_fr": f"«{text[::-1]}»" for name, text in texts.items() if text}
            model._default_manager.filter(pk=record.pk).update(translations=own)
            originals |= {text for text in texts.values() if len(text) > 4}
    assert len(originals) > 40
    return originals


@pytest.mark.parametrize("path", [path for path in PAGES if "xlsx" not in path])
def test_a_page_in_french_says_all_that_is_translated_in_french(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    originals = translate_all()
    page = words_of(client, f"/fr{path}")
    assert not MARK.search(page)
    left = [text for text in originals if re.search(rf"\b{re.escape(text)}", page)]
    assert left == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", SHOWN)
def test_a_page_in_another_language_leaks_no_draft_and_asks_as_little(
    client: Client, world: SimpleNamespace, path: str, language: str
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get(f"/{language}{path}").content.decode()
    assert SECRET not in page
    assert f'<html lang="{language}">' in page
    assert len(asked) <= BUDGET


def test_what_is_not_translated_is_shown_as_it_is_and_marked(
    client: Client, world: SimpleNamespace
) -> None:
    world.water.translations = {"name_fr": "L’eau"}
    world.water.save()
    page = client.get("/fr/issues/water/").content.decode()
    assert "<title>L’eau" in page
    question = f'<span lang="en-gb">{world.water.question} <small class="original"'
    assert question in page
    assert '<small class="original"' not in client.get("/issues/water/").content.decode()


def test_no_translation_is_shown_in_the_language_of_the_record(
    client: Client, world: SimpleNamespace
) -> None:
    world.water.translations = {"name_fr": "L’eau"}
    world.water.save()
    assert "L’eau" not in client.get("/issues/water/").content.decode()
    assert "L’eau" not in client.get("/es/issues/water/").content.decode()


def test_an_address_has_one_language_whoever_asks(client: Client, world: SimpleNamespace) -> None:
    client.cookies["django_language"] = "fr"
    answer = client.get("/issues/", headers={"accept-language": "fr"})
    assert '<html lang="en-gb">' in answer.content.decode()
    assert answer.headers["Content-Language"] == "en-gb"
    assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_every_page_leads_to_itself_in_each_language(
    client: Client, world: SimpleNamespace
) -> None:
    page = client.get("/fr/issues/water/?as_of=round-1").content.decode()
    for path, code in (("/issues/", "en-gb"), ("/es/issues/", "es")):
        assert f'<a href="{path}water/?as_of=round-1" hreflang="{code}"' in page
    assert client.get("/fr/nothing-here/").status_code == 404


@pytest.mark.parametrize(
    "translations", [[], {"name_fr": 3}, {"name_fr": ""}, {"name_fr": None}, {"name_fr": ["L’eau"]}]
)
def test_the_database_takes_no_translation_but_texts(
    world: SimpleNamespace, translations: object
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        type(world.water).objects.filter(pk=world.water.pk).update(translations=translations)


@pytest.mark.parametrize("name", ["slug_fr", "name_xx", "name_en-gb", "name"])
def test_a_translation_is_of_a_text_and_into_a_language_of_the_site(
    world: SimpleNamespace, name: str
) -> None:
    world.water.translations = {name: "L’eau"}
    with pytest.raises(ValidationError, match=name):
        world.water.full_clean()


def test_a_text_keeps_its_language_when_it_is_copied(world: SimpleNamespace) -> None:
    with override("fr"):
        one = copy.deepcopy(local(world.water, "name"))
        assert (one, one.language, one.is_original) == ("Water", "en-gb", True)
        assert isinstance(one, LocalizedText)
