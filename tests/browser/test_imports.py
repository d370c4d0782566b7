"""An editor imports a spreadsheet in a real browser, and every page on the way is accessible."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Site, served

pytestmark = pytest.mark.browser

ROUNDS = (
    "slug,name,from,to,agenda,source,state\n"
    "round-5,Round 5,2017-11-17,2017-11-21,Cars,{source},draft\n"
    "{new},A new round,2018-06-01,,,{source},published\n"
).replace("{source}", "dow-jones-2017-11-21")
WRONG = ROUNDS.replace("Cars", "=Cars").replace("2018-06-01", "01/06/2018")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site of this file's own: what is imported here is seen by no other test."""
    with served(ROOT / "nafta" / "record") as found:
        yield found


@pytest.fixture(params=["light", "dark"])
def desk(browser: Browser, site: Site, request: Any) -> Iterator[Page]:
    page = browser.new_page(
        viewport={"width": 1024, "height": 900}, base_url=site.url, color_scheme=request.param
    )
    page.goto("/admin/")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    yield page
    page.close()


def check(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024


def preview(page: Page, text: str) -> None:
    file: Any = {"name": "rounds.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("Spreadsheet").set_input_files(file)
    page.get_by_role("button", name="Preview").click()


def test_what_is_wrong_is_told_where_it_is_put_right(desk: Page) -> None:
    desk.goto("/admin/rounds/round/")
    desk.get_by_role("link", name="Import", exact=True).click()
    check(desk)
    preview(desk, "name\nNobody knows which")
    expect(desk.get_by_text("slug: found no such column")).to_be_visible()
    check(desk)
    preview(desk, WRONG)
    expect(desk.get_by_role("alert")).to_contain_text("Nothing can be stored")
    expect(desk.get_by_role("table", name="Why rows are refused")).to_contain_text("“01/06/2018”")
    check(desk)


def test_what_was_previewed_is_stored(desk: Page, request: Any) -> None:
    scheme = request.node.callspec.params["desk"]
    desk.goto("/admin/rounds/round/import/")
    preview(desk, ROUNDS.replace("{new}", f"new-{scheme}").replace("Cars", f"Cars by {scheme}"))
    row = desk.get_by_role("row", name="agenda")
    expect(row.get_by_role("cell").last).to_have_text(f"Cars by {scheme}")
    expect(desk.get_by_role("table", name="New rows")).to_contain_text(
        "does not become “published”"
    )
    check(desk)
    desk.get_by_label("Note to readers").fill("The agenda is out.")
    desk.get_by_role("button", name="Store 1 new").click()
    expect(desk.locator(".success")).to_have_text("Stored: 1 new, 1 changed.")
    desk.goto(f"/admin/rounds/round/?q=new-{scheme}")
    expect(desk.locator("#result_list tbody tr")).to_contain_text("draft")


def test_a_list_is_exported_as_it_is_filtered(desk: Page) -> None:
    desk.goto("/admin/rounds/round/?kind__exact=leaders")
    shown = desk.locator("#result_list tbody tr").count()
    desk.get_by_role("link", name="Export").click()
    check(desk)
    desk.get_by_label("Format").select_option("CSV")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert len(download.value.path().read_text().splitlines()) == shown + 1
