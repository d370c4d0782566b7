"""What reporters ask, answered in at most two clicks or one search from the home page.

A question is a line here before it is a feature. Each names the way to its answer and what stands
there: a *click* names the link, in the part of the page where it is; a *search* is typed into the
box that every page has.
"""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Question:
    asked: str
    answer: list[str]
    clicks: list[str] = field(default_factory=list)
    search: str = ""


QUESTIONS = [
    Question(
        "What did Canada say about Chapter 19 before round 6?",
        ["once walked out", "the larger economy won"],
        search="Canada Chapter 19 before round 6",
    ),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asked)
def test_it_is_answered(page: Page, site: Site, question: Question) -> None:
    assert len(question.clicks) <= 2
    assert bool(question.clicks) != bool(question.search)
    page.goto(site.url)
    if question.search:
        box = page.get_by_role("searchbox").first
        box.fill(question.search)
        box.press("Enter")
    for name in question.clicks:
        page.get_by_role("link", name=name).first.click()
    for words in question.answer:
        expect(page.locator("main")).to_contain_text(words)


def test_there_are_twenty() -> None:
    assert len({question.asked for question in QUESTIONS}) >= 20
