"""A record on its way in a real browser: written, looked over, published, corrected, put back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Site, served

pytestmark = pytest.mark.browser

SECOND = "second-editor"
STATEMENT = "/admin/rounds/statement/"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site of this file's own: what is entered here is seen by no other test."""
    with served(ROOT / "nafta" / "record") as found:
        yield found


@contextmanager
def desk(browser: Browser, site: Site, username: str) -> Iterator[Page]:
    """A browser of its own, in which ``username`` has logged in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=site.url)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/admin/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    yield page
    assert faults == []
    context.close()


@pytest.fixture
def editor(browser: Browser, site: Site) -> Iterator[Page]:
    with desk(browser, site, site.editor) as page:
        yield page


@pytest.fixture
def contributor(browser: Browser, site: Site) -> Iterator[Page]:
    with desk(browser, site, "contributor") as page:
        yield page


@pytest.fixture
def second(browser: Browser, site: Site, editor: Page) -> Iterator[Page]:
    """Another editor, whose account the first one makes."""
    editor.goto("/admin/auth/user/")
    if not editor.get_by_role("link", name=SECOND).count():
        editor.goto("/admin/auth/user/add/")
        editor.get_by_label("Username").fill(SECOND)
        editor.locator("#id_password1").fill(site.password)
        editor.locator("#id_password2").fill(site.password)
        editor.get_by_role("button", name="Save", exact=True).first.click()
        editor.get_by_label("Staff status").check()
        editor.locator("#id_groups_from").select_option(label="Editors")
        editor.locator("#id_groups_add, #id_groups_add_link").first.click()
        editor.get_by_role("button", name="Save", exact=True).first.click()
    with desk(browser, site, SECOND) as page:
        yield page


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue editing").first.click()


def choose(page: Page, field: str, typed: str) -> None:
    page.locator(f".field-{field} .select2-selection").first.click()
    page.keyboard.type(typed)
    page.locator(".select2-results__option--highlighted").first.wait_for()
    page.keyboard.press("Enter")


def write_draft(page: Page, summary: str) -> str:
    """A statement; the address of its page at the desk."""
    page.goto(f"{STATEMENT}add/")
    page.get_by_label("Summary:", exact=True).fill(summary)
    page.get_by_role("group", name="Dates").get_by_label("first day").fill("2018-05-02")
    page.locator("#id_basis").select_option("reporting")
    choose(page, "source", "bloomberg")
    save(page)
    expect(page.locator(".success")).to_contain_text("was added")
    return re.sub(r"^https?://[^/]+", "", page.url)


def test_from_a_contributors_draft_to_a_correction_and_back(
    contributor: Page, editor: Page, browser: Browser, site: Site
) -> None:
    where = write_draft(contributor, "Nobody would sign a clause of five years.")
    offered = contributor.get_by_label("State").first.locator("option").all_inner_texts()
    assert offered == ["draft", "ready"]
    contributor.get_by_label("State").first.select_option("ready")
    save(contributor)

    contributor.get_by_role("link", name="Preview").click()
    expect(contributor.get_by_text("this is not published")).to_be_visible()
    heading = contributor.get_by_role("heading", level=1)
    expect(heading).to_have_text("Nobody would sign a clause of five years.")
    public = contributor.locator(".address").inner_text()

    visitor = browser.new_page()
    answer = visitor.goto(public)
    assert answer
    assert answer.status == 404

    editor.goto(where)
    editor.get_by_label("State").first.select_option("published")
    save(editor)
    answer = visitor.goto(public)
    assert answer
    assert answer.status == 200

    contributor.goto(where)
    expect(contributor.get_by_role("button", name="Save", exact=True)).to_have_count(0)

    editor.get_by_label("Summary:", exact=True).fill("Nobody would sign a clause of six years.")
    save(editor)
    expect(editor.get_by_text("tell them in a note").first).to_be_visible()
    typed = editor.get_by_label("Summary:", exact=True)
    expect(typed).to_have_value("Nobody would sign a clause of six years.")
    editor.get_by_label("Note to readers").fill("It was six years.")
    save(editor)
    visitor.goto(f"{site.url}/corrections/")
    for told in ("It was six years.", "clause of five years", "clause of six years"):
        expect(visitor.get_by_text(told).first).to_be_visible()

    editor.get_by_role("link", name="History").click()
    editor.get_by_role("link", name=re.compile("Go back to version")).first.click()
    expect(editor.get_by_role("row", name=re.compile("six years.*five years"))).to_be_visible()
    editor.get_by_label("Note to readers").fill("It was five years after all.")
    editor.get_by_role("button", name=re.compile("Go back")).click()
    visitor.goto(public)
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("five years")
    visitor.close()


def test_two_editors_at_once(editor: Page, second: Page) -> None:
    where = write_draft(editor, "The same words to both.")
    second.goto(where)
    expect(second.get_by_text("editor has this open now.")).to_be_visible()
    editor.get_by_label("Summary:", exact=True).fill("What the first editor made of them.")
    save(editor)
    second.get_by_label("Summary:", exact=True).fill("What the second editor made of them.")
    save(second)
    found = second.get_by_role("alert")
    for told in ("editor,", "The same words to both.", "first editor", "second editor"):
        expect(found).to_contain_text(told)
    typed = second.get_by_label("Summary:", exact=True)
    expect(typed).to_have_value("What the second editor made of them.")
    save(second)
    expect(second.locator(".success")).to_contain_text("was changed")
    editor.goto(where)
    typed = editor.get_by_label("Summary:", exact=True)
    expect(typed).to_have_value("What the second editor made of them.")
