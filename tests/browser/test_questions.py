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
        ["a time when the larger economy won", "opened a WTO case"],
        search="Canada Chapter 19 before round 6",
    ),
    Question(
        "Which statements on autos are unnamed?",
        ["unnamed", "hurt the Canadian economy", "cars came first"],
        search="unnamed autos",
    ),
    Question(
        "Where does each country stand on the sunset clause?",
        ["United States", "Canada", "Mexico", "agreed in part", "no five-year end"],
        clicks=["Sunset clause"],
    ),
    Question(
        "What did Canada say about the sunset clause in round 4, and who says so?",
        ["crossed Canadian red lines", "reporting"],
        search="Canada sunset clause round 4",
    ),
    Question(
        "Has Canada moved on the sunset clause since?",
        ["How it moved", "red line", "30 September 2018"],
        clicks=["Canada"],
    ),
    Question(
        "Where did everybody stand at the end of round 4?",
        ["Where the parties stood at its end", "red line"],
        clicks=["Rounds", "Round 4, Arlington"],
    ),
    Question(
        "What moved in round 5, and how far did each issue get?",
        ["What moved", "since Round 4, Arlington", "How far each issue got", "stuck"],
        clicks=["Rounds", "Round 5, Mexico City"],
    ),
    Question(
        "What has moved since the last numbered round?",
        ["From where things stood at the end of Round 7", "demands", "supports"],
        clicks=["What moved"],
    ),
    Question(
        "Who answered the sunset clause with a counter-proposal?",
        ["stricter reviews at regular intervals"],
        search="counter-proposal sunset Mexico",
    ),
    Question(
        "How much content was demanded in a car, what applied and what was agreed?",
        ["62.5 %", "at least 85 %", "75 %"],
        clicks=["Regional content of cars"],
    ),
    Question(
        "Which deadlines slipped, and to when?",
        ["Talks until the end of March 2018", "moved", "missed"],
        clicks=["Deadlines"],
    ),
    Question(
        "Which meetings were called off?",
        ["Ministers at the Lima summit", "cancelled"],
        clicks=["Rounds"],
    ),
    Question(
        "Where do sources disagree on dairy?",
        ["Where sources disagree"],
        clicks=["Dairy and supply management"],
    ),
    Question(
        "On which issues are the parties still far apart?",
        ["Closer", "Rebalancing"],
        clicks=["How far apart"],
    ),
    Question(
        "On what do Canada and Mexico differ?",
        ["farthest apart first", "Settled", "kept as it was"],
        clicks=["Canada", "Compare with Mexico"],
    ),
    Question(
        "What did Robert Lighthizer say, issue by issue?",
        ["US Trade Representative", "Rebalancing"],
        clicks=["People", "Robert Lighthizer"],
    ),
    Question(
        "Who said that they simply cannot agree, when, and where was it read?",
        ["Freeland", "21 November 2017", "Washington Examiner"],
        search='"simply cannot agree"',
    ),
    Question(
        "How do I cite what was said last?",
        ["Cite this", "As it stood on", "RIS"],
        clicks=["16 or 17 December 2025"],
    ),
    Question(
        "Where do I get the rows behind the matrix?",
        ["CSV", "XLSX", "JSON"],
        clicks=["Issues"],
    ),
    Question(
        "May I take the whole record away, and under which licence?",
        ["The record as a zip", "Licence", "/api/v1/"],
        clicks=["Data"],
    ),
    Question(
        "Has anything that I quoted been corrected since?",
        ["What readers had seen"],
        clicks=["Corrections"],
    ),
    Question(
        "What did this site say on an earlier day?",
        ["what this site had published by"],
        clicks=["Issues"],
    ),
    Question(
        "What does the record rest on?",
        ["Dow Jones Newswires", "Claims"],
        clicks=["Sources"],
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
        page.get_by_role("link", name=name, exact=True).first.click()
    for words in question.answer:
        expect(page.locator("main")).to_contain_text(words)


def test_there_are_twenty() -> None:
    assert len({question.asked for question in QUESTIONS}) >= 20
