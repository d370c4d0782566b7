"""What is new since the last visit, kept in the visitor's own browser."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

LONG_AGO = "2018-05-03T12:00:00Z"
AHEAD, LATER = "2099-05-03T12:00:00Z", "2099-05-03T13:00:00Z"
KEPT = "localStorage.getItem('visits')"


def visitor(browser: Browser, site: Site, last: str | None) -> BrowserContext:
    """Somebody whose browser knows of a visit, or of none."""
    context = browser.new_context(viewport={"width": 360, "height": 900})
    if last:
        page = context.new_page()
        page.goto(f"{site.url}/about/")
        page.evaluate(f"localStorage.setItem('visits', `{{\"last\": ${{Date.parse('{last}')}}}}`)")
        page.close()
    return context


def height(page: Page) -> float:
    return float(page.locator(".visits").evaluate("one => one.getBoundingClientRect().height"))


def test_who_was_here_before_is_told_what_is_new(browser: Browser, site: Site) -> None:
    context = visitor(browser, site, LONG_AGO)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))
    page.goto(f"{site.url}/timeline/")
    line = page.locator(".visits summary")
    line.wait_for()
    assert line.inner_text() == "50+ new since your last visit on 3 May 2018"
    marked = page.locator(".item[data-new='new']")
    assert 0 < marked.count() <= 50
    line.click()
    links = page.locator(".visits a")
    assert links.count() == 50
    assert not any("2018-05-03" in one or "1525" in one for one in asked)  # nobody is told
    assert context.cookies() == []
    links.first.click()
    assert page.locator("h1").is_visible()
    page.goto(f"{site.url}/")  # another page of the same visit
    page.locator(".visits summary").wait_for()
    assert "3 May 2018" in page.locator(".visits summary").inner_text()
    context.close()


def test_it_can_be_forgotten(browser: Browser, site: Site) -> None:
    context = visitor(browser, site, LONG_AGO)
    page = context.new_page()
    page.goto(f"{site.url}/timeline/")
    page.locator(".visits summary").click()
    page.get_by_role("button", name="Forget my visits").click()
    assert page.locator(".item[data-new]").count() == 0
    assert page.evaluate(KEPT) is None
    assert "Forgotten" in page.locator(".visits").inner_text()
    context.close()


def test_nothing_new_is_said_too(browser: Browser, site: Site) -> None:
    context = visitor(browser, site, None)
    page = context.new_page()
    page.clock.set_fixed_time(AHEAD)
    page.goto(f"{site.url}/")
    page.clock.set_fixed_time(LATER)
    page.goto(f"{site.url}/")
    page.locator(".visits summary").wait_for()
    line = page.locator(".visits summary").inner_text()
    assert line == "Nothing new since your last visit on 3 May"
    assert page.locator(".item[data-new]").count() == 0
    context.close()


def test_a_first_visit_is_only_noted_and_the_line_keeps_its_place(
    browser: Browser, site: Site
) -> None:
    first = visitor(browser, site, None)
    page = first.new_page()
    page.goto(f"{site.url}/timeline/", wait_until="networkidle")
    assert page.locator(".visits").inner_text() == ""
    assert page.evaluate(KEPT) is not None
    empty = height(page)
    first.close()
    again = visitor(browser, site, LONG_AGO)
    page = again.new_page()
    page.goto(f"{site.url}/timeline/")
    page.locator(".visits summary").wait_for()
    assert height(page) == empty
    again.close()
