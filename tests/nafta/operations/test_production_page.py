"""What docs/production.md has a web server say of baked pages is what the site says of its own."""

import re
from pathlib import Path

from django.conf import settings

from nafta.operations import page_cache
from nafta.sharing import embed_pages

ROOT = Path(__file__).resolve().parents[3]
LIVE = "https://desk.example"


def headers(name: str) -> list[str]:
    """The values of a header in the page's nginx block: for pages, then for what is embedded."""
    text = (ROOT / "docs" / "production.md").read_text()
    block = next(one for one in re.findall(r"```nginx\n(.*?)```", text, re.DOTALL) if "gone" in one)
    return re.findall(rf'add_header {name} "?(.*?)"? always;', block)


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
