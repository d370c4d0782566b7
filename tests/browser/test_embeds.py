"""Our frames in somebody else's page: light, still, cut off from it, and as high as they need."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page, Request

from tests.browser import nu
from tests.browser.conftest import Site
from tests.browser.test_pages import fetch

pytestmark = pytest.mark.browser

OFFERS = [  # the page that offers it, and what it offers
    ("/issues/", "/embed/matrix/"),
    ("/issues/autos/", "/embed/issues/autos/"),
    ("/issues/sunset/", "/embed/issues/sunset/rounds/"),
    ("/issues/autos/", "/embed/charts/autos-regional-content/"),
    ("/timeline/", "/embed/timeline/"),
    ("/fr/statements/2017-11-21-lighthizer-no-headway/", "/fr/embed/statements/"),
]
WEIGHT = 25_000  # bytes of one embed and all that it loads
SHIFTS = """
addEventListener("message", ({ data }) => { window.told = data; });
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.shifts += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>A foreign page</title>
<meta name="color-scheme" content="light dark"><body data-secret="theirs">
<p>Before.</p><div style="height:{space}px"></div>{code}<p id="after">After.</p>
<div style="height:2000px"></div>"""


class Handler(BaseHTTPRequestHandler):
    """Serves one page, whatever is asked for."""

    def __init__(self, page: dict[str, str], *args: Any) -> None:
        self.page = page
        super().__init__(*args)

    def do_GET(self) -> None:
        body = self.page["html"].encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def foreign() -> Iterator[tuple[str, dict[str, str]]]:
    """The address of another origin, and the page that it serves."""
    page = {"html": ""}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, page))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", page
    server.shutdown()
    thread.join()
    server.server_close()


def offered(site: Site, page: str, embed: str, *, pinned: bool = False) -> str:
    """The code that the page offers for an embed."""
    html = fetch(site.url + page).decode()
    codes = [unescape(one) for one in re.findall(r'<pre class="copy code".*?>(.*?)</pre>', html)]
    return next(one for one in codes if embed in one and ("?as_of=" in one) is pinned)


@contextmanager
def shown(
    browser: Browser, foreign: Any, code: str, *, space: int = 0, **wishes: Any
) -> Iterator[Page]:
    """A foreign page with the code in it, once the embed has told how high it is."""
    address, served = foreign
    served["html"] = PAGE.format(space=space, code=code)
    page = browser.new_page(**({"viewport": {"width": 1280, "height": 900}} | wishes))
    page.add_init_script(SHIFTS)
    page.goto(address)
    page.wait_for_function("window.told?.type === 'embed-height'")
    yield page
    page.close()


def embed_of(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/embed/" in frame.url)


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize(("path", "embed"), OFFERS)
def test_it_is_light_and_nothing_shifts(
    browser: Browser, site: Site, foreign: Any, path: str, embed: str, pinned: bool
) -> None:
    code = offered(site, path, embed, pinned=pinned)
    done: list[Request] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.on("requestfinished", lambda request: done.append(request))  # noqa: PLW0108
    address, served = foreign
    served["html"] = PAGE.format(space=0, code=code)
    page = context.new_page()
    page.add_init_script(SHIFTS)
    page.goto(address, wait_until="networkidle")
    page.wait_for_function("window.told?.type === 'embed-height'")
    page.wait_for_timeout(300)  # what would shift has shifted
    ours = [request for request in done if request.url.startswith(site.url)]
    assert len(ours) == 5  # the embed, two styles, its script, that of the page around it
    sizes = [request.sizes() for request in ours]
    wire = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)
    print(f"{embed}: {wire} bytes")
    assert 3_000 < wire <= WEIGHT
    assert page.evaluate("window.shifts") == 0
    assert not context.cookies()
    context.close()


def test_it_has_no_access_to_the_page_around_it(browser: Browser, site: Site, foreign: Any) -> None:
    with shown(browser, foreign, offered(site, *OFFERS[0])) as page:
        tried = embed_of(page).evaluate(
            """() => {
              const refused = (attempt) => {
                try { attempt(); return false; } catch (error) { return error.name; }
              };
              return {
                origin: self.origin,
                parent: refused(() => parent.document.body.dataset.secret),
                cookie: refused(() => document.cookie),
                storage: refused(() => localStorage.length),
                top: refused(() => { top.location.href = "about:blank"; }),
              };
            }"""
        )
        assert tried["origin"] == "null"
        assert {tried[name] for name in ("parent", "cookie", "storage", "top")} == {"SecurityError"}
        assert set(page.evaluate("window.told")) == {"type", "height"}


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(("path", "embed"), OFFERS[:3])
def test_it_takes_the_height_it_needs_before_it_is_seen(
    browser: Browser, site: Site, foreign: Any, path: str, embed: str, width: int
) -> None:
    """Its end is below the window. One that is seen whole before it has told stays as it is."""
    code = offered(site, path, embed)
    view = {"width": width, "height": 700}
    with shown(browser, foreign, code, space=500, viewport=view) as page:
        page.wait_for_function(
            """() => {
              const frame = document.querySelector("iframe");
              return Math.abs(frame.getBoundingClientRect().height - window.told.height) < 2;
            }"""
        )
        inner = embed_of(page).evaluate(
            "[document.documentElement.scrollHeight, innerHeight, "
            "document.documentElement.scrollWidth, innerWidth]"
        )
        assert inner[0] <= inner[1] + 1  # nothing scrolls in it
        assert inner[2] <= inner[3]
        assert page.evaluate("window.shifts") == 0


def test_a_frame_that_is_quicker_than_the_script_beside_it_gets_its_height(
    browser: Browser, site: Site, foreign: Any
) -> None:
    code = offered(site, "/issues/autos/", "/embed/issues/autos/")
    script = re.search(r'<script[^>]*src="([^"]+)"[^>]*></script>', code)
    assert script
    alone = code.replace(script[0], "").replace("height=", "data-height=")
    with shown(browser, foreign, alone) as page:  # it has told its height, and nobody listened
        page.evaluate("window.told = null")
        page.add_script_tag(url=script[1])
        page.wait_for_function(
            """() => {
              const frame = document.querySelector("iframe");
              return Math.abs(frame.getBoundingClientRect().height - window.told?.height) < 2;
            }"""
        )


@pytest.mark.parametrize("language", ["", "/fr", "/es"])
def test_on_a_phone_it_is_whole_even_where_it_is_seen_at_once(
    browser: Browser, site: Site, foreign: Any, language: str
) -> None:
    code = offered(site, f"{language}/issues/", "/embed/matrix/")
    view = {"width": 376, "height": 700}  # 360 without the margins of the page around it
    with shown(browser, foreign, code, viewport=view) as page:
        page.wait_for_function(
            """() => {
              const frame = document.querySelector("iframe");
              return frame.getBoundingClientRect().height >= window.told.height;
            }"""
        )
        wide, room = embed_of(page).evaluate(
            "(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])"
            "(document.querySelector('.box'))"
        )
        assert wide <= room  # no column is cut


def test_it_takes_another_height_with_the_window(
    browser: Browser, site: Site, foreign: Any
) -> None:
    with shown(browser, foreign, offered(site, *OFFERS[1])) as page:
        before = page.evaluate("window.told.height")
        page.set_viewport_size({"width": 340, "height": 900})
        page.wait_for_function(
            """(before) => {
              const height = document.querySelector("iframe").getBoundingClientRect().height;
              return window.told.height > before && Math.abs(height - window.told.height) < 2;
            }""",
            arg=before,
        )


def test_it_needs_no_script_of_the_page_around_it(
    browser: Browser, site: Site, foreign: Any
) -> None:
    code = re.sub(r"<script.*</script>", "", offered(site, *OFFERS[0]))
    with shown(browser, foreign, code) as page:
        height = page.evaluate("document.querySelector('iframe').clientHeight")
        assert f'height="{height}"' in code  # it has the room that the code gives it
        rest = embed_of(page).evaluate(
            """() => {
              scrollTo(0, 1e6);
              const { scrollHeight } = document.documentElement;
              return scrollHeight - innerHeight - scrollY;
            }"""
        )
        assert rest <= 1  # where its letters need more, it scrolls to its end
        assert page.evaluate("window.shifts") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_reader_s_colours(
    browser: Browser, site: Site, foreign: Any, scheme: Any
) -> None:
    with shown(browser, foreign, offered(site, *OFFERS[0]), color_scheme=scheme) as page:
        colours = embed_of(page).evaluate(
            """["background-color", "color"].map((name) => getComputedStyle(
              name === "color" ? document.body : document.documentElement)[name])"""
        )
    dark = ["rgb(20, 22, 26)", "rgb(240, 236, 227)"]
    assert (colours == dark) is (scheme == "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("path", "embed"), OFFERS)
def test_axe_finds_no_violation_in_a_frame(
    browser: Browser, site: Site, path: str, embed: str, scheme: Any
) -> None:
    address = re.findall(r'src="([^"]+)"', offered(site, path, embed))[0]
    page = browser.new_page(viewport={"width": 320, "height": 600}, color_scheme=scheme)
    page.goto(address)
    results = Axe().run(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()
    assert results.violations_count == 0, results.generate_report()


def test_the_nu_checker_finds_no_error(site: Site) -> None:
    paths = [re.findall(r'src="([^"]+)"', offered(site, *offer))[0] for offer in OFFERS]
    paths += [f"{site.url}/embed/statements/nothing/", f"{site.url}/cite/position/autos/ca/"]
    assert nu.errors({path: fetch(path).decode() for path in paths}) == []


def test_a_citation_is_copied_and_the_page_says_so(browser: Browser, site: Site) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site.url}/statements/2017-11-21-lighthizer-no-headway/")
    page.get_by_text("Cite this").click()
    page.get_by_role("button", name="Copy: Citation as text").click()
    page.get_by_role("status").filter(has_text="Copied").wait_for(state="attached")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Robert Lighthizer, US Trade Representative")
    assert f"{site.url}/statements/2017-11-21-lighthizer-no-headway/" in copied
    stood = re.findall(r"http\S+known=\S+", copied)[0]
    assert page.goto(stood).status == 200  # type: ignore[union-attr]
    assert "Lighthizer said he was still worried" in page.locator("h1").inner_text()
    context.close()


def test_without_script_there_is_no_button_and_the_text_is_there(
    browser: Browser, site: Site
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/statements/2017-11-21-lighthizer-no-headway/")
    page.get_by_text("Cite this").click()
    assert page.get_by_text("In paraphrase:").first.is_visible()
    assert page.locator(".copy-button").count() == 0
    context.close()
