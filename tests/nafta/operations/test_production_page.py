"""What docs/production.md has a web server say of baked pages is what the site says of its own."""

import re
from pathlib import Path

from django.conf import settings
from django.urls import get_resolver

from nafta.operations import page_cache
from nafta.sharing import embed_pages
from tests.nafta.test_leaks import every_pattern

ROOT = Path(__file__).resolve().parents[3]
LIVE = "https://desk.example"
NOT_IN_FILES = {"oembed", "sitemap_section"}  # each answer of these is a file of its own


def nginx_block() -> str:
    """The page's nginx block of the baked site."""
    text = (ROOT / "docs" / "production.md").read_text()
    blocks = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    return next(block for block in blocks if "gone" in block)


def headers(name: str) -> list[str]:
    """The values of a header in that block: for pages, then for what is embedded."""
    return re.findall(rf'add_header {name} "?(.*?)"? always;', nginx_block())


def test_baked_pages_have_the_policies_of_the_site() -> None:
    whole, embedded = headers("Content-Security-Policy")
    assert whole.replace(f" {LIVE}", "") == settings.CONTENT_POLICY
    assert f"form-action 'self' {LIVE}" in whole
    assert embedded == embed_pages.POLICY
    assert headers("Permissions-Policy")[0] == settings.PERMISSIONS_POLICY
    assert headers("Referrer-Policy")[0] == settings.SECURE_REFERRER_POLICY
    assert headers("X-Frame-Options")[0] == settings.X_FRAME_OPTIONS
    assert headers("X-Content-Type-Options")[0] == "nosniff"


def test_baked_pages_are_kept_as_long_as_those_of_the_site() -> None:
    assert headers("Cache-Control")[0] == page_cache.CACHE_CONTROL


def test_every_parameter_of_a_page_leads_from_its_file_to_the_live_site() -> None:
    (names,) = re.findall(r"\(\^\|&\)\((.*?)\)=", nginx_block())
    accepted = {
        param
        for name, pattern in every_pattern(get_resolver())
        if not name.startswith(("admin:", "api-1:")) and name not in NOT_IN_FILES
        for param in getattr(pattern.callback, "accepted_params", {})
    }
    assert set(names.split("|")) == accepted - {"_table"}  # which is only read beside _export
