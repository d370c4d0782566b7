"""Adding a source by its address: an existing one is found, a new one begins with what it tells."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from rounds.models import Source
from tests.desk import address, change, enter, told
from tests.world import create_source

PASTE = "/admin/rounds/source/paste/"
COPY = "https://web.archive.org/web/20180502120000/"

pytestmark = pytest.mark.django_db


def paste(client: Client, text: str) -> Any:
    return client.get(PASTE, {"address": text}, follow=True)


def test_a_known_address_leads_to_its_source(admin_client: Client) -> None:
    source = create_source(url="https://gazette.example/a")
    for text in ("http://www.gazette.example/a/?utm_source=x", f"{COPY}https://gazette.example/a"):
        response = paste(admin_client, text)
        assert response.redirect_chain == [(address(Source, source), 302)]
        assert [str(one) for one in response.context["messages"]] == ["The record has it already."]


def test_a_new_address_begins_a_source(admin_client: Client) -> None:
    create_source(url="https://gaceta.example/a", publisher="La Gaceta", language="es")
    response = paste(admin_client, f"{COPY}https://www.gaceta.example/b?x=1&y=2")
    assert response.request["PATH_INFO"] == address(Source, "add")
    form = response.context["adminform"].form
    assert {
        name: form[name].value() for name in ("url", "archive_url", "publisher", "language")
    } == {
        "url": "https://www.gaceta.example/b?x=1&y=2",
        "archive_url": f"{COPY}https://www.gaceta.example/b?x=1&y=2",
        "publisher": "La Gaceta",
        "language": "es",
    }


def test_a_new_source_has_the_rank_that_most_of_its_host_have(admin_client: Client) -> None:
    """Whatever the publisher that most of them have: the host counts."""
    for number, rank in enumerate(("official", "official", "trade", "other")):
        create_source(
            url=f"https://gaceta.example/{number}",
            publisher="La Gaceta" if number else "Gaceta",
            rank=rank,
        )
    response = paste(admin_client, "https://www.gaceta.example/b")
    assert response.context["adminform"].form["rank"].value() == "official"
    response = paste(admin_client, "https://elsewhere.example/b")
    assert response.context["adminform"].form["rank"].value() == "other"


@pytest.mark.parametrize("text", ["", "no address", "https://[broken", "javascript:alert(1)"])
def test_what_is_no_address_comes_back_with_a_word(admin_client: Client, text: str) -> None:
    response = paste(admin_client, text)
    assert response.redirect_chain == []
    assert told(response)
    assert response.context["form"]["address"].value() == text


def test_an_address_without_scheme_is_enough(admin_client: Client) -> None:
    assert (
        "url=https%3A%2F%2Fgazette.example%2Fa"
        in paste(admin_client, "gazette.example/a").request["QUERY_STRING"]
    )


def test_who_may_only_look_may_only_find(client: Client) -> None:
    known = create_source(url="https://gazette.example/a")
    sam = User.objects.create_user("sam", is_staff=True)
    client.force_login(sam)
    assert client.get(PASTE).status_code == 403
    sam.user_permissions.set(Permission.objects.filter(codename="view_source"))
    assert paste(client, known.url).redirect_chain == [(address(Source, known), 302)]
    assert told(paste(client, "https://gazette.example/b")) == [
        "The record has no source with this address."
    ]


def test_the_list_and_the_form_lead_there(admin_client: Client) -> None:
    for page in (address(Source), address(Source, "add")):
        assert f'href="{PASTE}"' in admin_client.get(page).content.decode()
    assert reverse("admin:rounds_source_paste") == PASTE


def test_the_form_refuses_a_known_address_with_a_link(admin_client: Client) -> None:
    known = create_source(url="https://gazette.example/a", title="The first day")
    typed: dict[str, Any] = {
        "publisher": "x",
        "title": "y",
        "url": "https://m.gazette.example/a#top",
    }
    response = enter(admin_client, address(Source, "add"), **typed)
    assert told(response)[0] == "The record has it already:"
    link = f'<a href="{address(Source, known)}">The Gazette: The first day</a>'
    assert link in response.content.decode()
    assert Source.objects.count() == 1


def test_the_form_files_a_copy_as_one(admin_client: Client) -> None:
    typed: dict[str, Any] = {
        "publisher": "x",
        "title": "y",
        "url": f"{COPY}https://gazette.example/a",
    }
    assert told(enter(admin_client, address(Source, "add"), **typed)) == []
    source = Source.objects.get()
    assert (source.url, source.archive_url) == ("https://gazette.example/a", typed["url"])


def test_a_source_keeps_its_own_address(admin_client: Client, world: SimpleNamespace) -> None:
    unread = create_source(url="https://gazette.example/a")
    assert told(change(admin_client, unread, title="Another title")) == []
    response = change(admin_client, unread, url=f"{world.gazette.url}/")
    assert told(response)[0] == "The record has it already:"
