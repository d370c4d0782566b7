"""The content security policy in a real browser: on no kind of page is anything of ours refused."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.conftest import ROOT, Site, served
from tests.browser.test_desk import logged_in, open_desk
from tests.browser.test_embeds import OFFERS, foreign, offered, shown

pytestmark = pytest.mark.browser
__all__ = ["foreign"]

PAGES = (
    *("/", "/timeline/", "/issues/", "/issues/autos/", "/fr/issues/sunset/", "/distance/"),
    *("/compare/?party=ca&party=us", "/moved/", "/search/?q=dairy", "/parties/ca/", "/people/"),
    *("/statements/2017-11-21-lighthizer-no-headway/", "/sources/", "/corrections/", "/data/"),
    *("/rounds/round-5/", "/deadlines/", "/about/", "/cite/position/autos/ca/", "/nothing/"),
    *("/api/v1/issues", "/api/v1/nothing", "/api/v1/issues?nonsense=1", "/admin/login/"),
)
DESK = (
    *("/admin/", "/admin/rounds/statement/", "/admin/rounds/statement/add/"),
    *("/admin/rounds/statement/import/", "/admin/rounds/source/paste/"),
    *("/admin/auth/user/1/change/", "/admin/password_change/", "/admin/axes/accessattempt/"),
)
LISTEN = """
window.refused = [];
addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.effectiveDirective} ${event.blockedURI}`);
}, true);
"""
HARMLESS = re.compile(r"Failed to load resource: the server responded with a status of 4")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served(ROOT / "nafta" / "record") as found:
        yield found


class Watched:
    """A page, and whatever its browser complains of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.add_init_script(LISTEN)
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not HARMLESS.match(message.text):
            self.faults.append(f"{self.page.url}: {message.text}")

    def look(self) -> int:
        """Scroll to each chart until it is drawn; how many there are."""
        charts = self.page.locator("[data-chart]")
        for number in range(charts.count()):
            chart = charts.nth(number)
            chart.scroll_into_view_if_needed()
            chart.locator(".main-svg .point, .main-svg path.js-line").first.wait_for(
                state="attached"
            )
        self.faults += [f"{self.page.url}: {one}" for one in self.page.evaluate("window.refused")]
        return charts.count()


def test_nothing_is_refused_where_readers_are(browser: Browser, site: Site) -> None:
    watched = Watched(browser.new_page(base_url=site.url, viewport={"width": 1280, "height": 900}))
    drawn = 0
    for path in PAGES:
        answer = watched.page.goto(path)
        assert answer
        assert "script-src 'self'" in answer.headers["content-security-policy"], path
        drawn += watched.look()
    watched.page.close()
    assert watched.faults == []
    assert drawn >= 6


def test_a_chart_lies_in_its_place(browser: Browser, site: Site) -> None:
    """Without Plotly's own styles its layers would stand below each other."""
    page = browser.new_page(base_url=site.url, viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.goto("/issues/autos/")
    assert watched.look()
    tops = (
        page.locator("[data-drawn]")
        .first.locator(".main-svg")
        .evaluate_all("(layers) => layers.map((layer) => layer.getBoundingClientRect().top)")
    )
    assert len(tops) > 1
    assert len(set(tops)) == 1
    page.close()


def test_nothing_is_refused_at_the_desk(browser: Browser, site: Site) -> None:
    page = logged_in(browser, site)
    watched = Watched(page)
    for path in DESK:
        assert page.goto(path)
        watched.look()
    page.goto("/admin/rounds/statement/add/")
    page.locator(".select2-selection").first.click()  # a picker that asks the server
    page.locator(".select2-results__option").first.wait_for()
    watched.look()
    open_desk(page, "Round 7, Mexico City")
    watched.look()
    page.goto("/admin/rounds/source/import/")
    sheet = b"slug,publisher,title,url\nnew-one,The Post,New,https://post.example/1\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "sources.csv", "mimeType": "text/csv", "buffer": sheet}
    )
    page.locator("#content-main form input[type=submit]").first.click()
    page.get_by_text("new-one").first.wait_for()
    watched.look()
    page.close()
    assert watched.faults == []


def test_nothing_is_refused_in_somebody_else_s_page(
    browser: Browser, site: Site, foreign: Any
) -> None:
    said: list[str] = []
    for path, embed in OFFERS:
        with shown(browser, foreign, offered(site, path, embed)) as page:
            page.on("console", lambda message: said.append(message.text))
            page.reload(wait_until="networkidle")
            frame = next(one for one in page.frames if "/embed/" in one.url)
            assert frame.locator("main").inner_text()
    assert [one for one in said if "Content Security Policy" in one] == []


def test_a_page_that_is_no_embed_is_framed_by_nobody(
    browser: Browser, site: Site, foreign: Any
) -> None:
    address, served_page = foreign
    served_page["html"] = f'<!doctype html><iframe src="{site.url}/issues/"></iframe>'
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address, wait_until="networkidle")
    assert any("frame" in one for one in said)
    assert "/issues/" not in [frame.url for frame in page.frames]
    page.close()
