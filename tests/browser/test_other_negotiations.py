"""Another negotiation in a real browser: long names, accents, nine parties, narrow screens."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser import nu
from tests.browser.conftest import PACKAGES, Site, served
from tests.browser.test_pages import fetch

pytestmark = pytest.mark.browser
PATHS = ["/", "/timeline/", "/issues/", "/rounds/", "/sources/"]


@pytest.fixture(scope="module", params=["two-party", "nine-party", "not-begun"])
def other(request: pytest.FixtureRequest) -> Iterator[Site]:
    with served(PACKAGES / request.param) as site:
        yield site


def test_its_pages_are_valid_accessible_and_fit_a_phone(browser: Browser, other: Site) -> None:
    addresses = PATHS + [f"/issues/{slug}/" for slug in slugs(browser, other)]
    assert nu.errors({path: fetch(other.url + path).decode() for path in addresses}) == []
    schemes: dict[int, Any] = {1280: "light", 320: "dark"}
    for width, scheme in schemes.items():
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        for path in addresses:
            page.goto(other.url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            results = Axe().run(page)
            assert results.violations_count == 0, (path, results.generate_report())
        page.close()


def slugs(browser: Browser, site: Site) -> list[str]:
    page = browser.new_page()
    page.goto(f"{site.url}/issues/")
    links = page.locator("main a[href^='/issues/']").all()
    found = {str(link.get_attribute("href")).split("/")[2] for link in links}
    page.close()
    return sorted(slug for slug in found if slug)
