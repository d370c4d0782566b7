"""One address in many spellings: found, and stored once."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from rounds.models import Source
from rounds.platform.plain_text import is_address
from rounds.platform.url_normalisation import split_archive_address
from tests.world import create_source

ARTICLE = "https://www.gazette.example/2018/05/river-talks?id=7"
COPY = "https://web.archive.org/web/20180502120000/"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "spelling",
    [
        ARTICLE,
        f"  {ARTICLE}\n",
        "http://gazette.example/2018/05/river-talks?id=7",
        "gazette.example/2018/05/river-talks?id=7",
        "https://WWW.Gazette.Example/2018/05/river-talks/?id=7",
        "https://m.gazette.example/2018/05/river-talks?id=7",
        "https://amp.gazette.example/2018/05/river-talks?id=7",
        "https://www.gazette.example/2018/05/river-talks/amp/?id=7",
        "https://www.gazette.example:443/2018/05/river-talks?id=7",
        "http://www.gazette.example:80/2018/05/river-talks?id=7",
        "https://www.gazette.example./2018/05/river-talks?id=7",
        f"{ARTICLE}#comments",
        f"{ARTICLE}&utm_source=x&utm_medium=y&fbclid=1&gclid=2",
        "https://gazette.example/2018/05/river-talks?utm_campaign=z&id=7&",
        f"{COPY}{ARTICLE}",
        f"http://web.archive.org/web/20180502120000id_/{ARTICLE}",
        f"https://web.archive.org/web/{ARTICLE}",
        f"https://archive.today/20180502120000/{ARTICLE}",
        f"https://archive.ph/newest/{ARTICLE}",
        f"{COPY}https://archive.is/2018.05.02-120000/{ARTICLE}",
    ],
)
def test_every_spelling_finds_the_source_and_none_is_stored_twice(spelling: str) -> None:
    source = create_source(url=ARTICLE)
    create_source(url="https://herald.example/")
    assert Source.objects.find_by_address(spelling) == source
    if is_address(spelling):
        with pytest.raises(IntegrityError, match="rounds_source_address_once"):
            create_source(url=spelling)


@pytest.mark.parametrize(
    "other",
    [
        "https://www.gazette.example/2018/05/river-talks?id=8",
        "https://www.gazette.example/2018/05/river-talks",
        "https://www.gazette.example/2018/05/River-Talks?id=7",
        "https://www.gazette.example:8080/2018/05/river-talks?id=7",
        "https://news.gazette.example/2018/05/river-talks?id=7",
        "https://archive.ph/AbC1d",
        "https://archive.gazette.example/20180502/",
        "not an address",
        "https://[broken",
        "",
        "  ",
    ],
)
def test_another_address_is_another_source(other: str) -> None:
    create_source(url=ARTICLE)
    create_source(url="")
    assert Source.objects.find_by_address(other) is None
    if is_address(other):
        create_source(url=other)


def test_parameters_count_in_any_order() -> None:
    source = create_source(url="https://gazette.example/?b=2&a=1")
    assert Source.objects.find_by_address("https://gazette.example/?a=1&b=2") == source
    assert Source.objects.find_by_address("https://gazette.example/?a=2&b=1") is None


def test_a_name_of_two_parts_keeps_its_first() -> None:
    """Or every address at a top-level domain named m would be one."""
    source = create_source(url="https://m.example/a")
    assert Source.objects.find_by_address("https://example/a") is None
    assert Source.objects.find_by_address("https://www.m.example/a") == source


def test_a_copy_in_an_archive_finds_its_source() -> None:
    short = create_source(url="https://herald.example/1", archive_url="https://archive.is/AbC1d")
    assert Source.objects.find_by_address("http://archive.ph/AbC1d") == short
    assert Source.objects.find_by_address("https://archive.ph/abc1d") is None
    only_copy = create_source(url="", archive_url=f"{COPY}{ARTICLE}")
    assert Source.objects.find_by_address(ARTICLE) == only_copy
    itself = create_source(url=ARTICLE)
    assert Source.objects.find_by_address(ARTICLE) == itself


def test_the_form_of_a_source_is_told_of_the_same_address() -> None:
    create_source(url=ARTICLE)
    twice = Source(publisher="x", title="y", url=f"{ARTICLE}#top")
    with pytest.raises(ValidationError) as refusal:
        twice.full_clean()
    assert refusal.value.message_dict == {
        "url": ["A source with this address is in the record already."]
    }


@pytest.mark.parametrize(
    ("address", "url", "archive_url"),
    [
        (ARTICLE, ARTICLE, ""),
        (f"{COPY}{ARTICLE}", ARTICLE, f"{COPY}{ARTICLE}"),
        (f"{COPY}gazette.example/a", "http://gazette.example/a", f"{COPY}gazette.example/a"),
        (f"{COPY}https:/gazette.example/a", "https://gazette.example/a", None),
        (f"https://archive.vn/2018.05.02-120000/{ARTICLE}", ARTICLE, None),
        ("https://archive.ph/AbC1d", "", "https://archive.ph/AbC1d"),
        ("https://web.archive.org/", "", "https://web.archive.org/"),
        ("https://archive.org/details/book", "https://archive.org/details/book", ""),
    ],
)
def test_an_address_is_filed_where_it_belongs(
    address: str, url: str, archive_url: str | None
) -> None:
    assert split_archive_address(address) == (url, address if archive_url is None else archive_url)


def test_a_new_source_begins_as_its_neighbours() -> None:
    for publisher, language in (("La Gaceta", "es"), ("La Gaceta", "es"), ("A guest", "en")):
        create_source(
            url=f"https://www.gaceta.example/{Source.objects.count()}",
            publisher=publisher,
            language=language,
        )
    begun = Source.objects.start_from_address(f"{COPY}http://m.gaceta.example/new?x=1")
    assert (begun.publisher, begun.language) == ("La Gaceta", "es")
    assert begun.url == "http://m.gaceta.example/new?x=1"
    assert begun.archive_url.startswith(COPY)
    assert begun.pk is None
    stranger = Source.objects.start_from_address("https://gaceta.example.org/new")
    assert (stranger.publisher, stranger.language) == ("", "en")
