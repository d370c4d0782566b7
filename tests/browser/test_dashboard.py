"""The front page of the desk in a real browser, and a source that is added by its address."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PACKAGES, ROOT, Site, served

pytestmark = pytest.mark.browser

PATHS = ["", "waiting/awaited/", "rounds/source/paste/", "rounds/source/paste/?address=x"]
KNOWN = "https://www.akingump.com/en/news-insights/the-new-united-states-mexico-canada-agreement-usmca-raises.html"


@pytest.fixture(scope="module", params=["shipped", "empty"])
def site(request: Any) -> Iterator[Site]:
    """A site of this file's own: with much that waits, and with nothing."""
    records = {"shipped": ROOT / "nafta" / "record", "empty": PACKAGES / "not-begun"}
    with served(records[request.param]) as found:
        yield found


def logged_in(browser: Browser, site: Site, width: int, scheme: Any) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=site.url
    )
    page.goto("/admin/")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1024, "dark")])
def test_axe_finds_no_violation_and_nothing_scrolls_sideways(
    browser: Browser, site: Site, width: int, scheme: Any
) -> None:
    page = logged_in(browser, site, width, scheme)
    for path in PATHS:
        page.goto(f"/admin/{path}")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.close()


def test_what_was_pasted_is_found_or_begun(browser: Browser, site: Site) -> None:
    page = logged_in(browser, site, 1280, "light")
    for text in (KNOWN, f"https://web.archive.org/web/2018/{KNOWN}#top"):
        page.goto("/admin/rounds/source/")
        page.get_by_role("link", name="Paste an address").click()
        expect(page.get_by_label("Address")).to_be_focused()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/paste/" not in url)
        if page.get_by_role("heading", name="Add source").is_visible():
            page.get_by_label("Publisher").fill("Akin Gump")
            page.get_by_label("Title").fill("Law-firm note")
            page.get_by_role("button", name="Save", exact=True).first.click()
            expect(page.locator(".success")).to_contain_text("was added successfully")
        else:
            expect(page.get_by_text("The record has it already.")).to_be_visible()
            expect(page.get_by_role("textbox", name="Address:", exact=True)).to_have_value(KNOWN)
    expect(page.get_by_text("The record has it already.")).to_be_visible()
    page.close()
