"""How many keys it takes to enter a round: on its desk, and on Django's stock admin pages.

``python -m tests.bench.keys`` serves the shipped record, adds a made-up round to it and enters its
outcome twice in Chromium, by keyboard alone: 12 moved positions, 8 statements, 3 proposals and 10
progress marks from one source. It prints the page loads after the desk is open, and the key
presses beyond the texts themselves: a text counts nothing, however long; every Tab, Enter and
arrow, every letter that chooses an option and every key held for another counts one.

On the stock pages all goes the cheapest way that they have: the browser's type-ahead in a list,
"Save and add another", and an address typed to come to another model.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, sync_playwright

import tests.plugin  # noqa: F401 - provides the database
from tests.browser.conftest import ROOT, Site, served
from tests.browser.install import chromium_path

ROUND, DAY = "Round 9, made up", "2018-06-20"
PUBLISHER, TITLE, ADDRESS = "The Made-up Post", "The last night", "https://post.example/night"
SOURCE = f"{PUBLISHER}: {TITLE}"


@dataclass(frozen=True)
class Said:
    text: str
    speaker: str
    party: str
    issues: list[str]


@dataclass(frozen=True)
class Tabled:
    title: str
    issue: str
    party: str
    numbers: list[tuple[str, str, str]]  # measure, comparator, value


@dataclass(frozen=True)
class Held:
    issue: str
    party: str
    stance: str
    gist: str
    rests_on: str  # S1, P1
    condition: str = ""
    says_so: bool = False  # more than one row fits, so the desk has to be told


US, CA, MX = "United States", "Canada", "Mexico"
LIGHTHIZER, FREELAND, GUAJARDO = "Robert Lighthizer", "Chrystia Freeland", "Ildefonso Guajardo"
AUTOS, SUNSET, DAIRY = "Rules of origin for cars", "Sunset clause", "Dairy and supply management"
PANELS, BUYING = "Panels on dumping duties (Chapter 19)", "Public contracts"
INVESTORS = "Investor-state cases (Chapter 11)"
PARCELS, FRUIT = "Duty-free limit for parcels", "Seasonal produce"
STATEMENTS = [
    Said("Able negotiators would drop its own share.", LIGHTHIZER, US, [AUTOS]),
    Said("Bold Washington can live with a review.", LIGHTHIZER, US, [SUNSET]),
    Said("Calm Washington eases on contracts and investors.", LIGHTHIZER, US, [BUYING, INVESTORS]),
    Said("Dear panels: keeps the panels if they are quick.", LIGHTHIZER, US, [PANELS]),
    Said("Even Ottawa takes a review too.", FREELAND, CA, [AUTOS, SUNSET]),
    Said("Fond Ottawa moves a little on milk.", FREELAND, CA, [DAIRY, PANELS]),
    Said("Glum Mexico counts wages.", GUAJARDO, MX, [AUTOS, SUNSET]),
    Said("High walls: opens its tenders.", GUAJARDO, MX, [BUYING]),
]
PROPOSALS = [
    Tabled(
        "Inch by inch: content by wages",
        AUTOS,
        CA,
        [("North American content of a car", "at least", "72")],
    ),
    Tabled("Jolt for: parcels", PARCELS, US, [("Canada’s duty-free limit", "exactly", "120")]),
    Tabled("Keep the: seasons", FRUIT, MX, []),
]
POSITIONS = [
    Held(AUTOS, US, "supports", "Drops its own share", "S1"),
    Held(AUTOS, CA, "supports", "Offers content by wages", "P1", says_so=True),
    Held(AUTOS, MX, "open if…", "Counts wages", "S7", condition="it comes in slowly"),
    Held(SUNSET, US, "open if…", "Could live with a review", "S2", condition="it has teeth"),
    Held(SUNSET, CA, "open", "Takes a review", "S5"),
    Held(SUNSET, MX, "supports", "Takes a review", "S7"),
    Held(BUYING, US, "open", "Eases its cap", "S3"),
    Held(BUYING, MX, "open", "Opens its tenders", "S8"),
    Held(DAIRY, CA, "open", "Moves a little", "S6"),
    Held(PANELS, US, "open if…", "Keeps them", "S4", condition="they are quick"),
    Held(PANELS, CA, "demands", "Wants them as they are", "S6"),
    Held(INVESTORS, US, "opposes", "Lets them be", "S3"),
]
PROGRESS = [
    (AUTOS, "advancing"),
    (SUNSET, "nearly closed"),
    (BUYING, "advancing"),
    (DAIRY, "stuck"),
    (PANELS, "stuck"),
    (INVESTORS, "tabled"),
    ("Disputes between governments (Chapter 20)", "stuck"),
    ("Rebalancing", "dropped"),
    ("Labour standards", "nearly closed"),
    (FRUIT, "reopened"),
]


LETTERS = {  # as the desk shows them
    "demands": "d",
    "supports": "s",
    "open": "o",
    "open if…": "i",
    "opposes": "p",
    "tabled": "t",
    "advancing": "a",
    "stuck": "k",
    "nearly closed": "l",
    "reopened": "e",
    "dropped": "x",
}


@dataclass
class Keyboard:
    """Every key counts, no text does."""

    page: Page
    presses: int = 0
    loads: int = 0
    counted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("load", lambda _page: self._loaded())

    def _loaded(self) -> None:
        self.loads += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.presses += key.count("+") + 1
            self.page.keyboard.press(key)

    def text(self, words: str) -> None:
        self.page.keyboard.insert_text(words)

    def focused(self, what: str) -> Any:
        return self.page.evaluate(f"document.activeElement.{what}")

    def choose(self, wanted: str) -> None:
        """Type as little of an option's words as the list needs."""
        options = self.page.evaluate("[...document.activeElement.options].map((one) => one.text)")
        found = [text.lower() for text in options]
        place = next(n for n, text in enumerate(found) if text.startswith(wanted.lower()))
        prefix = next(
            found[place][:size]
            for size in range(1, len(found[place]) + 1)
            if next(n for n, text in enumerate(found) if text.startswith(found[place][:size]))
            == place
        )
        self.page.wait_for_timeout(1100)  # what was typed in another list is forgotten by then
        for letter in prefix:
            self.press("Space" if letter == " " else letter)
        chosen = self.page.evaluate("document.activeElement.selectedOptions[0]?.text ?? ''")
        assert chosen == options[place], (wanted, chosen, prefix)

    def tab_to(self, name: str) -> None:
        """The next input of that name."""
        for _attempt in range(60):
            if self.focused("name") == name:
                return
            self.press("Tab")
        raise AssertionError(f"no {name}")

    def enter(self) -> None:
        """Press what has the focus, which answers with a page."""
        with self.page.expect_navigation():
            self.press("Enter")


def on_the_desk(keys: Keyboard) -> None:
    _rows(keys)
    keys.press("Enter")  # an empty row: to the grid
    _grid(keys)
    with keys.page.expect_navigation():
        keys.press("Control+Enter")
    assert keys.page.locator("#errors").count() == 0, keys.page.locator("#errors").inner_text()
    keys.press("Tab")
    assert keys.focused("value") == "publish", keys.page.locator(".preview").inner_text()
    keys.enter()
    keys.page.locator(".messagelist").wait_for()


def _rows(keys: Keyboard) -> None:
    keys.text(ADDRESS)
    for words in (PUBLISHER, TITLE, DAY):
        keys.press("Enter")
        keys.text(words)
    keys.press("Enter")
    for said in STATEMENTS:
        keys.text(said.text)
        keys.press("Tab")
        keys.text(said.speaker.split()[-1])
        keys.press("Tab")
        keys.text("; ".join(said.issues))
        keys.press("Enter")
    keys.press("Enter")  # an empty row: to the proposals
    for tabled in PROPOSALS:
        keys.text(tabled.title)
        keys.press("Tab")
        keys.text(tabled.issue)
        keys.press("Tab")
        keys.text(tabled.party)
        if tabled.numbers:
            keys.press("Tab")
            keys.text("; ".join(" ".join(number) for number in tabled.numbers))
        keys.press("Enter")


def _grid(keys: Keyboard) -> None:
    issues = keys.page.locator(".grid tbody th").evaluate_all(
        "(all) => all.map((one) => one.firstChild.textContent.trim())"
    )
    moved = {(issues.index(held.issue), [US, CA, MX].index(held.party)): held for held in POSITIONS}
    marked = {(issues.index(issue), 3): level for issue, level in PROGRESS}
    at = (0, 0)
    for place in sorted({*moved, *marked}):
        _go(keys, at, place)
        at = place
        if place in marked:
            level = marked[place]
            _level(keys, level)
            continue
        held = moved[place]
        keys.press(LETTERS[held.stance])
        assert keys.focused("selectedOptions[0].text") == held.stance
        keys.press("Enter")
        keys.text(held.gist)
        if held.condition:
            keys.press("Enter")
            keys.text(held.condition)
        if held.says_so:
            keys.press("Tab")
            keys.text(held.rests_on)
        keys.press("Enter")


def _go(keys: Keyboard, at: tuple[int, int], place: tuple[int, int]) -> None:
    """Down, then along: from where it is, or from the first column where that is nearer."""
    down, right = place[0] - at[0], place[1] - at[1]
    keys.press(*["ArrowDown"] * down)
    if right >= 0:
        keys.press(*["ArrowRight"] * right)
    elif -right <= 1 + place[1]:
        keys.press(*["ArrowLeft"] * -right)
    else:
        keys.press("Home", *["ArrowRight"] * place[1])


def _level(keys: Keyboard, level: str) -> None:
    if keys.focused("selectedOptions[0].text") != level:
        keys.press(LETTERS[level])
    assert keys.focused("selectedOptions[0].text") == level


class Stock:
    """Django's own pages, one record after the other."""

    def __init__(self, keys: Keyboard, site: Site) -> None:
        self.keys, self.page, self.site = keys, keys.page, site

    def go(self, path: str) -> None:
        self.keys.presses += 3  # Ctrl+L, and Enter after the address
        self.page.goto(f"{self.site.url}/stock/{path}")

    def save(self, button: str = "_addanother") -> None:
        self.keys.tab_to(button)
        self.keys.enter()
        assert self.page.locator(".errornote").count() == 0, self.page.locator("main").inner_text()

    def type(self, **texts: str) -> None:
        for name, words in texts.items():
            self.keys.tab_to(name)
            if self.keys.focused("type") == "date":
                self.page.evaluate("(day) => { document.activeElement.value = day }", words)
            else:
                self.keys.text(words)

    def choose(self, **options: str) -> None:
        for name, wanted in options.items():
            self.keys.tab_to(name)
            self.keys.choose(wanted)

    def source(self) -> None:
        self.go("rounds/source/add/")
        self.type(publisher=PUBLISHER, title=TITLE, url=ADDRESS, published_0=DAY)
        self.save()

    def statements(self) -> None:
        self.go("rounds/statement/add/")
        for said in STATEMENTS:
            self.choose(state="published", source=SOURCE)
            self.type(dates_0=DAY, summary=said.text)
            self.choose(round=ROUND, speakers=said.speaker, parties=said.party)
            self.save()

    def mentions(self) -> None:
        """What a statement touches is a list on the page of each issue."""
        self.page.goto(f"{self.site.url}/stock/issues/issue/")
        loads = self.keys.loads - 1  # this page is to learn the addresses from
        links = dict(
            self.page.locator("#result_list th a").evaluate_all(
                "(all) => all.map((one) => [one.textContent, one.pathname.slice(7)])"
            )
        )
        self.keys.loads = loads
        for issue in sorted({issue for said in STATEMENTS for issue in said.issues}):
            self.go(links[issue])
            self.keys.press("Tab", "Enter")  # skip to the main content
            self.keys.tab_to("statements")
            for said in STATEMENTS:
                if issue in said.issues:
                    self._also(said.text)
            self.save("_save")

    def _also(self, text: str) -> None:
        """Hold Ctrl, walk down from the top of the list, press the space bar."""
        self.keys.presses += (
            1
            + 1
            + self.page.evaluate(
                """(text) => {
              const options = [...document.activeElement.options];
              const found = options.findIndex((one) => one.text === text);
              options[found].selected = true;
              return found;
            }""",
                text,
            )
        )

    def proposals(self) -> None:
        self.go("issues/proposal/add/")
        for tabled in PROPOSALS:
            self.choose(state="published", source=SOURCE)
            self.type(dates_0=DAY, title=tabled.title)
            self.choose(issue=tabled.issue, round=ROUND, parties=tabled.party)
            self.save()
        self.go("issues/term/add/")
        for tabled in PROPOSALS:
            for measure, comparator, value in tabled.numbers:
                self.choose(proposal=tabled.title, measure=measure, comparator=comparator)
                self.type(low=value)
                self.save()

    def positions(self) -> None:
        self.go("issues/position/add/")
        for held in POSITIONS:
            number = int(held.rests_on[1:]) - 1
            self.choose(state="published", issue=held.issue, party=held.party)
            self.type(since_0=DAY)
            self.choose(stance=held.stance)
            self.type(gist=held.gist)
            if held.condition:
                self.type(condition=held.condition)
            if held.rests_on[0] == "S":
                self.choose(statement=STATEMENTS[number].text)
            else:
                self.choose(proposal=PROPOSALS[number].title)
            self.save()

    def progress(self) -> None:
        self.go("issues/progress/add/")
        for issue, level in PROGRESS:
            self.choose(state="published", source=SOURCE, round=ROUND, issue=issue, level=level)
            self.save()


@contextmanager
def prepared(site_at: str = "admin") -> Iterator[tuple[Site, Page]]:
    """The shipped record with a round made up, and an editor logged in."""
    with served(ROOT / "nafta" / "record") as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900}, base_url=site.url)
        for admin in {"admin", site_at}:
            page.goto(f"/{admin}/login/?next=/{admin}/")
            if page.get_by_label("Username").count():
                page.get_by_label("Username").fill(site.editor)
                page.get_by_label("Password").fill(site.password)
                page.get_by_role("button", name="Log in").click()
        page.goto("/admin/rounds/round/add/")
        page.locator("#id_name").fill(ROUND)
        page.locator("#id_slug").fill("round-9")
        page.locator("#id_status").select_option("held")
        page.locator("#id_dates_0").fill(DAY)
        page.locator("#id_state").select_option("published")
        page.locator(".field-source .select2-selection").click()
        page.keyboard.type("dow jones")
        page.locator(".select2-results__option").filter(has_text="Dow Jones").first.click()
        page.get_by_role("button", name="Save", exact=True).first.click()
        page.locator(".success").wait_for()
        yield site, page
        browser.close()


def entered(page: Page) -> dict[str, int]:
    """What readers find of it."""
    page.goto("/rounds/")
    with page.expect_navigation():
        page.get_by_role("link", name=ROUND).first.click()
    return {
        "moves": page.locator(".moves .move").count(),
        "levels": page.locator(".level").count(),
    }


def measure_desk() -> tuple[int, int]:
    with prepared() as (_site, page):
        page.goto("/admin/rounds/round/")
        with page.expect_navigation():
            page.get_by_role("link", name=f"The desk of {ROUND}").click()
        page.locator("#id_q-0-source:focus").wait_for()
        keys = Keyboard(page)
        on_the_desk(keys)
        page.wait_for_load_state()
        counted = keys.presses, keys.loads
        print("desk, as readers see it:", entered(page))
        return counted


def measure_stock() -> tuple[int, int]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.stock_settings"
    try:
        with prepared("stock") as (site, page):
            keys = Keyboard(page)
            stock = Stock(keys, site)
            stock.source()
            stock.statements()
            stock.mentions()
            stock.proposals()
            stock.positions()
            stock.progress()
            counted = keys.presses, keys.loads
            print("stock, as readers see it:", entered(page))
            return counted
    finally:
        del os.environ["DJANGO_SETTINGS_MODULE"]


def main() -> None:
    """``python -m tests.bench.keys desk`` measures one of the two."""
    wanted = sys.argv[1:] or ["desk", "stock"]
    measures = {"desk": measure_desk, "stock": measure_stock}
    found = {name: measures[name]() for name in wanted}
    told = {name: {"presses": presses, "loads": loads} for name, (presses, loads) in found.items()}
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
