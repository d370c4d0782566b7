"""A round entered at its desk in a real browser: with script by keyboard, and without script."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Site, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site of this file's own: what is entered here is seen by no other test."""
    with served(ROOT / "nafta" / "record") as found:
        yield found


def logged_in(browser: Browser, site: Site, **options: Any) -> Page:
    page = browser.new_page(
        **({"viewport": {"width": 1280, "height": 900}} | options), base_url=site.url
    )
    page.goto("/admin/")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    return page


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The admin, logged in, with whatever goes wrong in its scripts."""
    opened = logged_in(browser, site)
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    assert faults == []
    opened.close()


def open_desk(page: Page, meeting: str) -> None:
    """From the list of rounds by way of the round's own page."""
    page.goto("/admin/rounds/round/?q=" + meeting.replace(" ", "+"))
    page.get_by_role("link", name=meeting, exact=True).click()
    page.get_by_role("link", name="Enter its outcome at the desk").click()
    expect(page.get_by_role("heading", name=f"Desk: {meeting}")).to_be_visible()


def stance(page: Page, cell: str) -> Any:
    return page.get_by_label(f"{cell}: stance")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_round_is_entered_previewed_put_right_and_published(page: Page) -> None:
    """By keyboard alone, from the source to the button."""
    open_desk(page, "Round 7, Mexico City")
    expect(page.get_by_label("Source: its address")).to_be_focused()
    page.keyboard.insert_text("https://post.example/round-7")
    press(page, "Enter")
    page.keyboard.insert_text("The Post")
    press(page, "Enter")
    page.keyboard.insert_text("Night of round 7")
    press(page, "Enter", "Enter")
    page.keyboard.insert_text("Mexico would take reviews instead of an end.")
    press(page, "Tab")
    page.keyboard.insert_text("guajardo")
    press(page, "Tab")
    page.keyboard.insert_text("sunset")
    press(page, "Enter")
    expect(page.get_by_role("group", name="S2").get_by_label("What was said")).to_be_focused()
    press(page, "Enter")  # an empty row leads on
    expect(page.get_by_role("group", name="P1").get_by_label("Title")).to_be_focused()
    press(page, "Enter")
    expect(stance(page, "United States on Regional content of cars")).to_be_focused()

    press(page, *["ArrowDown"] * 2, *["ArrowRight"] * 2, "i", "Enter")
    expect(page.get_by_label("Mexico on Sunset clause: gist")).to_be_focused()
    page.keyboard.insert_text("Would take reviews")
    press(page, "Enter", "Enter")
    expect(stance(page, "Mexico on Sunset clause")).to_be_focused()
    press(page, "Control+Enter")

    errors = page.locator("#errors")
    expect(errors).to_be_focused()
    expect(errors).to_contain_text("“open if…” needs its condition")
    expect(page.get_by_label("Mexico on Sunset clause: gist")).to_have_value("Would take reviews")
    errors.get_by_role("link").first.click()
    expect(page.get_by_label("Mexico on Sunset clause: condition")).to_be_focused()
    page.keyboard.insert_text("they come every five years")
    press(page, "Control+Enter")

    preview = page.locator(".preview")
    expect(preview.get_by_role("heading", level=2)).to_be_focused()
    expect(preview).to_contain_text(
        re.compile(r"Mexico on Sunset clause: opposes →.*open if they come every five years")
    )
    press(page, "Tab")
    expect(page.get_by_role("button", name="Publish")).to_be_focused()
    press(page, "Enter")
    expect(page.locator(".success")).to_contain_text("2 entries published.")
    expect(stance(page, "Mexico on Sunset clause")).to_have_value("open-if")

    page.goto("/issues/sunset/?as_of=round-7")
    expect(page.get_by_text("Would take reviews").first).to_be_visible()
    page.goto("/rounds/round-7/")
    expect(page.get_by_text("Mexico would take reviews instead of an end.").first).to_be_visible()


def test_the_same_without_script(browser: Browser, site: Site) -> None:
    page = logged_in(browser, site, java_script_enabled=False)
    open_desk(page, "Round 4, Arlington")
    page.get_by_label("Source: its address").fill("dow-jones-2017-11-21")
    for _time in range(2):
        page.get_by_role("button", name="More empty rows").click()
    last = page.get_by_role("group", name="S13")
    last.get_by_label("What was said").fill("Mexico would open its market.")
    last.get_by_label("Speakers").fill("guajardo")
    last.get_by_label("Issues it touches").fill("dairy")
    stance(page, "Mexico on Dairy and supply management").select_option("open")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#errors")).to_contain_text("Say it in one line.")
    page.get_by_label("Mexico on Dairy and supply management: gist").fill("Would open its own")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview")).to_contain_text("Mexico on Dairy and supply management")
    page.get_by_role("button", name="Save as draft").first.click()
    expect(page.locator(".success")).to_contain_text("2 entries saved as drafts.")
    page.goto("/issues/dairy/")
    expect(page.get_by_text("Would open its own")).to_have_count(0)
    page.context.close()


def test_a_block_from_a_spreadsheet_is_pasted(page: Page) -> None:
    open_desk(page, "Round 3, Ottawa")
    block = "open\\topp\\t\\tstuck\\nOPEN IF the dam goes\\tmaybe\\tred line\\tadvancing"
    page.evaluate(
        f"""() => {{
          const first = document.activeElement;
          const area = document.createElement("textarea");
          area.value = "{block}";
          document.body.append(area);
          area.select();
          document.execCommand("copy");
          area.remove();
        }}"""
    )
    stance(page, "United States on Regional content of cars").focus()
    press(page, "Control+v")
    expect(page.get_by_role("status").filter(has_text="Filled")).to_have_text(
        "Filled: 6. Not understood: “maybe”."
    )
    for cell, value in {
        "United States on Regional content of cars": "open",
        "Canada on Regional content of cars": "opposes",
        "United States on A US share in each car": "open-if",
        "Mexico on A US share in each car": "red-line",
    }.items():
        expect(stance(page, cell)).to_have_value(value)
    expect(page.get_by_label("Progress on A US share in each car", exact=True)).to_have_value(
        "advancing"
    )
    condition = page.get_by_label("United States on A US share in each car: condition")
    expect(condition).to_have_value("the dam goes")
    expect(condition).to_be_visible()  # what changed asks for its gist


def test_arrows_keep_within_the_grid_and_delete_takes_back(page: Page) -> None:
    open_desk(page, "Round 3, Ottawa")
    corner = stance(page, "United States on Regional content of cars")
    corner.focus()
    was = corner.input_value()
    press(page, "ArrowUp", "ArrowLeft")
    expect(corner).to_be_focused()
    expect(corner).to_have_value(was)
    press(page, "r")
    expect(corner).to_have_value("red-line")
    press(page, "Delete")
    expect(corner).to_have_value(was)
    press(page, "End")
    expect(page.get_by_label("Outcome of Regional content of cars", exact=True)).to_be_focused()
    press(page, "Home")
    expect(corner).to_be_focused()


def test_a_row_speaks_for_its_speaker_and_never_for_the_row_above(page: Page) -> None:
    open_desk(page, "Round 3, Ottawa")
    first, second = (page.get_by_role("group", name=name) for name in ("S1", "S2"))
    first.get_by_label("What was said").fill("One.")
    first.get_by_label("Speakers").fill("lighthizer")
    first.get_by_label("Speakers").press("Enter")
    expect(first.get_by_label("Speaks for")).to_have_value("United States")
    page.keyboard.type("Two.")
    expect(second.get_by_label("Speaks for")).to_have_value("")
    second.get_by_label("Speakers").fill("freeland; guajardo")
    press(page, "Tab")
    expect(second.get_by_label("Speaks for")).to_have_value("Canada; Mexico")
    second.get_by_label("Speakers").fill("Chrystia Freeland")
    expect(second.get_by_label("Speaks for")).to_have_value("Canada")
    second.get_by_label("Speakers").fill("somebody else")
    expect(second.get_by_label("Speaks for")).to_have_value("")


def test_a_new_person_of_the_page_keeps_the_own_party(page: Page) -> None:
    """The name of one who is stored may have it within."""
    open_desk(page, "Round 3, Ottawa")
    said = page.get_by_role("group", name="S1")
    said.get_by_label("Speakers").fill("Freeland")
    press(page, "Tab")
    expect(said.get_by_label("Speaks for")).to_have_value("Canada")
    page.get_by_text("Somebody spoke who is not in the record yet").click()
    name = page.locator("[name=n-0-name]")
    for text, party in (("Freeland", ""), ("Ann Land", "Canada")):
        name.fill(text)
        press(page, "Tab")
        expect(said.get_by_label("Speaks for")).to_have_value(party)
    name.fill("Freeland")
    said.get_by_label("Speakers").fill("freeland")
    press(page, "Tab")
    expect(said.get_by_label("Speaks for")).to_have_value("")


def test_another_stance_drops_the_condition_and_undo_brings_it_back(page: Page) -> None:
    open_desk(page, "Round 3, Ottawa")
    cell, live = "Mexico on Public contracts", page.locator("#live")
    stance(page, cell).focus()
    press(page, "i", "Enter")
    page.get_by_label(f"{cell}: condition").fill("the cap goes")
    press(page, "Escape", "p")
    expect(live).to_have_text(f"{cell}: opposes. Its condition was dropped: “the cap goes”.")
    press(page, "Control+z")
    expect(live).to_have_text(f"Undone: {cell}. open if….")
    expect(page.get_by_label(f"{cell}: condition")).to_have_value("the cap goes")


def test_the_list_of_a_cell_opens_by_mouse_and_takes_letters(page: Page) -> None:
    open_desk(page, "Round 3, Ottawa")
    cell = stance(page, "Canada on Public contracts")
    cell.click()
    page.get_by_role("listbox").get_by_role("option", name="red line").click()
    expect(cell).to_have_value("red-line")
    cell.click()
    press(page, "o")
    expect(cell).to_have_value("open")
    expect(cell).to_be_focused()
    press(page, "Alt+ArrowDown", "ArrowUp", "Enter")
    expect(cell).to_have_value("supports")
    press(page, "Control+z", "Control+z", "Control+z")
    expect(cell).to_have_value(cell.get_attribute("data-was") or "")


def test_what_was_typed_survives_a_reload_until_it_is_stored(page: Page) -> None:
    open_desk(page, "Round 2, Mexico City")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("group", name="S1").get_by_label("What was said").fill("Kept for later.")
    page.get_by_role("group", name="S1").get_by_label("Speakers").fill("guajardo")
    press(page, "Enter")
    page.keyboard.type("Kept, too.")
    page.reload()
    page.get_by_role("group", name="S1").get_by_label("What was said").fill("Something else.")
    page.get_by_role("button", name="Preview").click()  # nothing is sent before it is decided
    expect(page.locator("#offer-title")).to_be_focused()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("group", name="S2").get_by_label("What was said")).to_have_value(
        "Kept, too."
    )
    page.get_by_role("group", name="S2").get_by_label("What was said").fill("")
    page.get_by_label("Source: its address").fill("dow-jones-2017-11-21")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.locator(".success")).to_contain_text("1 entry saved as a draft.")
    page.reload()
    expect(page.get_by_role("heading", name="Who stands where")).to_be_visible()
    expect(page.get_by_role("button", name="Bring it back")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1024, "dark")])
def test_axe_finds_no_violation_and_nothing_scrolls_sideways(
    browser: Browser, site: Site, width: int, scheme: Any
) -> None:
    page = logged_in(browser, site, viewport={"width": width, "height": 900}, color_scheme=scheme)
    open_desk(page, "Round 2, Mexico City")
    _look(page, width)
    page.get_by_label("Source: its address").fill("nobody has written this")
    stance(page, "Mexico on Sunset clause").select_option("red line")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#errors")).to_be_visible()
    _look(page, width)
    page.get_by_label("Source: its address").fill("dow-jones-2017-11-21")
    said = page.get_by_role("group", name="S1")
    said.get_by_label("What was said").fill("No end at all.")
    said.get_by_label("Speakers").fill("guajardo")
    said.get_by_label("Issues it touches").fill("sunset")
    page.get_by_label("Mexico on Sunset clause: gist").fill("No end at all")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview")).to_be_visible()
    _look(page, width)
    page.close()


def _look(page: Page, width: int) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
