"""What a reader gets in a real browser, page type by page type, on the shipped record."""

import os
import urllib.error
import urllib.request
from functools import cache
from typing import Any

import brotli
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Request

from tests.browser import nu
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/timeline/",
    "/timeline/?party=ca&issue=sunset",
    "/timeline/?party=nobody",
    "/rounds/",
    "/rounds/round-5/",
    "/rounds/lima-2018-04/",
    "/rounds/permanent-round/",
    "/issues/",
    "/issues/?as_of=round-4",
    "/issues/autos/",
    "/issues/sunset/?as_of=2017-11-21",
    "/issues/telecoms/",
    "/parties/ca/",
    "/people/",
    "/people/chrystia-freeland/",
    "/search/",
    "/search/?q=canada+sunset&after=2017-10-01",
    "/statements/2017-11-21-lighthizer-no-headway/",
    "/proposals/us-sunset-five-years/",
    "/cite/position/sunset/ca/?as_of=round-4",
    "/sources/",
    "/sources/dow-jones-2017-11-21/",
    "/about/",
    "/data/",
    "/issues/?as_of=nonsense",
    "/deadlines/",
    "/compare/?party=ca&party=us",
    "/compare/?party=mx",
    "/distance/",
    "/moved/?from=round-4&to=round-5",
    "/corrections/",
    "/corrections/?until=soon",
    "/nothing/here/",
]
WEIGHT = 40_000  # bytes of HTML, CSS and own JS
TIMELINE_WEIGHT = 46_000  # its chart draws every entry of the record
DYNAMIC, STATIC = 5, 11  # brotli: of a page made on request, of a file compressed once
PLOTLY = "plotly.min.js"


def fetch(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url) as response:  # noqa: S310 - our own server
            return bytes(response.read())
    except urllib.error.HTTPError as error:
        return bytes(error.read())


def test_the_nu_checker_finds_no_error(site: Site) -> None:
    pages = {path: fetch(site.url + path).decode() for path in PAGES}
    pages |= {
        name: render_to_string(name, {"wrote": True})
        for name in ("400.html", "403.html", "500.html", "503.html")
    }
    assert nu.errors(pages) == []


@pytest.mark.parametrize("path", PAGES)
def test_on_a_desk_axe_finds_no_violation_and_it_is_light_over_the_wire(
    browser: Browser, site: Site, path: str
) -> None:
    """Axe looks at every other page, on the phone at each; ``AXE=all``: here, too."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108
    page.goto(site.url + path)
    weights = [weight(request.url, request.resource_type) for request in requests]
    if PAGES.index(path) % 2 == 0 or os.environ.get("AXE") == "all":
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
    page.close()
    limit = TIMELINE_WEIGHT if path == "/timeline/" else WEIGHT
    assert 1_000 < sum(weights) <= limit


@cache
def weight(url: str, kind: str) -> int:
    """The bytes on the wire of what counts: HTML, CSS and our own JavaScript."""
    if kind not in {"document", "stylesheet", "script"} or PLOTLY in url:
        return 0
    quality = DYNAMIC if kind == "document" else STATIC
    return len(brotli.compress(fetch(url), quality=quality))


@pytest.mark.parametrize("path", PAGES)
def test_on_a_phone_axe_finds_no_violation_and_nothing_scrolls_sideways(
    browser: Browser, site: Site, path: str
) -> None:
    """At 320 px and in dark colours; sideways with all that opens opened."""
    page = browser.new_page(viewport={"width": 320, "height": 600}, color_scheme="dark")
    page.goto(site.url + path)
    results = Axe().run(page)
    for summary in page.locator("summary").all():
        summary.click()
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert results.violations_count == 0, results.generate_report()
    assert width <= 320


@pytest.mark.parametrize("language", ["fr", "es"])
def test_nothing_scrolls_sideways_in_longer_words(
    browser: Browser, site: Site, language: str
) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 600})
    wide = []
    for path in PAGES:
        page.goto(f"{site.url}/{language}{path}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    assert wide == []
    page.close()


def test_plotly_comes_only_when_a_chart_nears_the_viewport(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/issues/autos/", wait_until="networkidle")
    assert not any(PLOTLY in url for url in asked)
    page.locator(".chart").first.scroll_into_view_if_needed()
    page.locator("[data-drawn] .main-svg").first.wait_for()
    assert sum(PLOTLY in url for url in asked) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_draw_in_the_colours_of_the_page(browser: Browser, site: Site, scheme: Any) -> None:
    page = browser.new_page(color_scheme=scheme)
    faults: list[str] = []
    page.on(
        "console", lambda message: faults.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{site.url}/timeline/")
    page.locator("[data-drawn] .main-svg").first.wait_for()
    drawn = page.evaluate(
        """() => {
          const dot = document.querySelector(".party-1");
          const probe = document.createElement("i");
          probe.style.color = getComputedStyle(dot).getPropertyValue("--party-1");
          document.body.append(probe);
          const wanted = getComputedStyle(probe).color;
          const marks = [...document.querySelectorAll(".chart .point path")];
          return marks.filter((mark) => getComputedStyle(mark).fill === wanted).length;
        }"""
    )
    assert drawn >= 10
    assert faults == []
    page.close()


def test_on_a_phone_a_chart_is_drawn_when_asked(browser: Browser, site: Site) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/timeline/")
    page.locator(".chart").first.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "plotly" in url]
    page.get_by_role("button", name="Draw the chart").click()
    page.wait_for_selector(".chart-canvas[data-drawn]")
    page.close()


def test_a_mark_of_the_chart_leads_to_its_item(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/timeline/")
    page.locator("[data-drawn] .main-svg").first.wait_for()
    marks = page.evaluate(
        """() => document.querySelector("[data-drawn]").data
          .filter((trace) => trace.customdata)
          .flatMap((trace) => trace.customdata.map((place, n) => [place, trace.text[n]]))"""
    )
    titles = (
        page.locator(".timeline .item").locator(".item-title, .said, .due-title").all_inner_texts()
    )
    assert len(marks) > 200
    for place, text in marks:
        if place in range(len(titles)):  # the others are on a later page of the timeline
            assert titles[place].strip()[:40].replace("&", "&amp;") in text
    page.evaluate(
        """() => document.querySelector("[data-drawn]")
          .emit("plotly_click", {points: [{customdata: 0}]})"""
    )
    first = page.locator(".timeline .item").first.get_attribute("id")
    assert page.url.endswith(f"#{first}")


@pytest.mark.parametrize(
    "path", ["/", "/timeline/", "/issues/", "/issues/autos/", "/rounds/round-5/"]
)
def test_everything_is_there_without_script(browser: Browser, site: Site, path: str) -> None:
    with_script = browser.new_page()
    with_script.goto(site.url + path)
    without = browser.new_context(java_script_enabled=False).new_page()
    without.goto(site.url + path)
    selectors = ["main h2", ".item", ".matrix td", "details table tr", "main a"]
    for selector in selectors:
        assert without.locator(selector).count() == with_script.locator(selector).count()
    assert not without.locator(".chart-canvas").first.is_visible()
    with_script.close()
    without.context.close()


def test_filters_work_without_script_and_have_an_address(browser: Browser, site: Site) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site.url}/timeline/")
    page.get_by_label("Party").select_option("ca")
    page.get_by_label("Kind").select_option("statement")
    page.get_by_role("button", name="Show").click()
    assert "party=ca" in page.url
    assert "kind=statement" in page.url
    kinds = {item.get_attribute("id").split("-")[0] for item in page.locator(".item").all()}  # type: ignore[union-attr]
    assert kinds == {"statement"}
    page.context.close()


def test_a_reader_reaches_the_source_of_a_cell_in_two_clicks(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/issues/?as_of=round-4")
    row = page.get_by_role("row", name="Sunset clause")
    row.get_by_role("cell").first.get_by_role("link").first.click()
    assert page.get_by_text("Who says so").is_visible()
    assert page.get_by_role("link", name="read it there").first.get_attribute("href")


@pytest.mark.parametrize(
    "path", ["/", "/timeline/", "/issues/", "/issues/autos/", "/rounds/round-5/"]
)
def test_print_leaves_out_what_paper_cannot_use(page: Page, site: Site, path: str) -> None:
    page.emulate_media(media="print")
    page.goto(site.url + path)
    for selector in (".masthead nav", ".as-of", ".filters", ".chart-canvas"):
        for part in page.locator(selector).all():
            assert not part.is_visible()
    assert page.locator("h1").is_visible()
    for table in page.locator(".chart-table table").all():
        assert table.is_visible()  # paper has no disclosure to open
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_the_keyboard_skips_to_the_content(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/issues/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
