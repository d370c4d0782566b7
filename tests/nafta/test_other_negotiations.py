"""Another negotiation, with two parties or nine, loads and reads with no line of code changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from rounds.models import Negotiation, Party
from tests.nafta.test_record import ELSEWHERE, Links
from tests.stored import load_record
from tests.world import SECRET

PACKAGES = Path(__file__).parent / "packages"


def pages(client: Client) -> Iterator[tuple[str, str]]:
    """Every page that anything on the site leads to."""
    seen, ahead = {"/"}, ["/"]
    while ahead:
        path = ahead.pop()
        response = client.get(path)
        assert response.status_code == 200, path
        if not response.headers["Content-Type"].startswith("text/html"):
            continue  # a file or a feed
        text = response.content.decode()
        yield path, text
        parser = Links()
        parser.feed(text)
        targets = {link.partition("#")[0] for link in parser.found if link.startswith("/")}
        targets = {link for link in targets if not ELSEWHERE.search(link)}
        ahead += sorted(targets - seen)
        seen |= targets


@pytest.mark.slow
@pytest.mark.parametrize(("name", "parties"), [("two-party", 2), ("nine-party", 9)])
def test_it_loads_and_every_page_reads(client: Client, db: None, name: str, parties: int) -> None:
    load_record(PACKAGES / name)
    negotiation = Negotiation.objects.get()
    assert Party.objects.count() == parties
    count = 0
    for path, text in pages(client):
        assert "nafta" not in text.lower().replace("nafta/", ""), path
        assert SECRET not in text, path
        assert negotiation.short_name in text, path
        count += 1
    assert count > 30
    matrix = client.get("/issues/").content.decode()
    for party in Party.objects.all():
        assert party.name in matrix or name == "two-party"


@pytest.mark.slow
def test_a_negotiation_that_has_not_begun_reads_too(client: Client, db: None) -> None:
    load_record(PACKAGES / "not-begun")
    for _path, text in pages(client):
        assert "nafta" not in text.lower()
