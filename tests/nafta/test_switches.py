"""Parts of the site that one line of the settings switches off."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch

WITHOUT_CARDS = """
import sys
import django
django.setup()
from django.urls import Resolver404, resolve
try:
    resolve("/cards/home.png")
except Resolver404:
    print("no page", "nafta.sharing.cards" in sys.modules)
"""


@pytest.mark.slow
def test_without_cards_nothing_draws_one() -> None:
    environment = os.environ | {"SHARE_CARDS": "no", "DJANGO_SETTINGS_MODULE": "nafta.settings"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_CARDS],
        check=True,
        capture_output=True,
        env=environment,
        text=True,
    )
    assert done.stdout.split() == ["no", "page", "False"]


def test_a_page_without_a_card_names_no_picture(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "og:image" in client.get("/").content.decode()

    def refuse(*_args: Any, **_kwargs: Any) -> str:
        raise NoReverseMatch

    monkeypatch.setattr("nafta.templatetags.head.reverse", refuse)
    page = client.get("/").content.decode()
    assert "og:image" not in page
    assert 'name="twitter:card" content="summary"' in page


@pytest.mark.slow
def test_the_static_site_is_an_app_that_nothing_else_needs() -> None:
    """The command goes with the app, and the pages import nothing of it."""
    code = (
        "import sys, django; django.setup(); import nafta.urls;"
        " print([name for name in sys.modules if name.startswith('nafta.static_site.')])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "nafta.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, env=environment, text=True
    )
    assert done.stdout.strip() == "[]"
