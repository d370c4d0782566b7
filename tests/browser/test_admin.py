"""An editor enters a statement in a real browser, and readers find it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ROOT, Site, served

pytestmark = pytest.mark.browser

PATHS = [
    "rounds/statement/",
    "rounds/statement/add/",
    "rounds/round/add/",
    "issues/issue/add/",
    "issues/proposal/add/",
]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site of this file's own: what is entered here is seen by no other test."""
    with served(ROOT / "nafta" / "record") as found:
        yield found


@pytest.fixture
def desk(browser: Browser, site: Site) -> Iterator[Page]:
    """The admin, logged in, with whatever goes wrong in its scripts."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, base_url=site.url)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/admin/")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    yield page
    assert faults == []
    page.close()


def choose(page: Page, where: Locator, typed: str, wanted: str) -> None:
    """Type into an autocomplete and take what it suggests."""
    where.locator(".select2-selection").click()
    page.keyboard.type(typed)
    page.get_by_role("option", name=wanted).first.click()


def test_a_statement_and_its_position_reach_the_issue(desk: Page, site: Site) -> None:
    desk.goto("/admin/rounds/statement/add/")
    desk.get_by_label("Summary:", exact=True).fill("Canada would rather have no clause at all.")
    dates = desk.get_by_role("group", name="Dates")
    dates.get_by_label("first day").fill("2018-05-02")
    choose(desk, desk.locator(".field-speakers"), "freeland", "Chrystia Freeland")
    choose(desk, desk.locator(".field-source"), "bloomberg", "Bloomberg")

    desk.get_by_role("button", name="Add another Issue").click()
    choose(desk, desk.locator("#Issue_statements-0"), "sunset", "Sunset clause")
    desk.get_by_role("button", name="Add another Position").click()
    row = desk.locator("#positions-0")
    choose(desk, row.locator(".fieldBox.field-issue"), "sunset", "Sunset clause")
    choose(desk, row.locator(".fieldBox.field-party"), "canada", "Canada")
    row.get_by_label("Stance").select_option("red line")
    row.get_by_label("Gist").fill("No clause at all, typed by hand")
    row.get_by_role("group", name="Since").get_by_label("first day").fill("2018-05-02")
    row.get_by_label("State").select_option("published")

    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.get_by_text("is still a draft: publish it first.")).to_be_visible()
    expect(row.get_by_label("Gist")).to_have_value("No clause at all, typed by hand")
    desk.locator("#id_state").select_option("published")
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".success")).to_contain_text("was added successfully")

    desk.goto("/issues/sunset/?as_of=2018-05-02")
    expect(desk.get_by_text("No clause at all, typed by hand").first).to_be_visible()
    expect(desk.get_by_text("Canada would rather have no clause at all.").first).to_be_visible()


def test_no_page_of_the_desk_scrolls_sideways(desk: Page) -> None:
    for path in PATHS:
        desk.goto(f"/admin/{path}")
        for link in desk.locator(".add-row a").all():
            link.click()
        for width in (1280, 1024):
            desk.set_viewport_size({"width": width, "height": 900})
            assert desk.evaluate("document.documentElement.scrollWidth") <= width, path
