"""The grid of the round desk under random pastes and keys, in a real browser.

Every example starts from the page as it was opened. ``PASTES=500`` tries as many of each kind.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser
EXAMPLES = int(os.environ.get("PASTES", "30"))
sampled = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

STANCES: dict[str, tuple[str, list[str]]] = {  # the letter, and what a block may call it
    "demands": ("d", ["demands", "Demands ", "▲", "▲ demands", "exigence", "EXIGENCIA"]),
    "supports": ("s", ["supports", "SUPPORTS", "△", "△ supports", "appui", "apoyo"]),
    "open": ("o", ["open", "Open", "○", "ouverture", "apertura"]),
    "open-if": (
        "i",
        ["open if…", "open if...", "Open if", "open-if", "◐ open if…", "ouverture si…"],
    ),
    "opposes": ("p", ["opposes", "opp", "▽", "opposition", "oposición"]),
    "red-line": ("r", ["red line", "red-line", "Red\N{NO-BREAK SPACE}line", "▼", "línea roja"]),
    "no-position": ("n", ["no public position", "no-position", "sin posición pública"]),
    "will-not-say": ("w", ["will not say", "×", "refus de se prononcer"]),
}
LEVELS: dict[str, tuple[str, list[str]]] = {
    "not-opened": ("u", ["not opened", "pas ouvert", "sin abrir"]),
    "tabled": ("t", ["tabled", "sur la table"]),
    "advancing": ("a", ["advancing", "en progrès", "avanza"]),
    "stuck": ("k", ["stuck", "Stuck", "bloqué", "estancado"]),
    "nearly-closed": ("l", ["nearly closed", "nearly-closed", "casi cerrado"]),
    "closed": ("c", ["closed", "conclu"]),
    "reopened": ("e", ["reopened", "rouvert"]),
    "dropped": ("x", ["dropped", "abandonné"]),
}
OUTCOMES: dict[str, tuple[str, list[str]]] = {
    "agreed": ("y", ["agreed", "■ agreed", "AGREED"]),
    "agreed-in-part": ("h", ["agreed in part", "◧", "agreed-in-part"]),
    "given-up": ("g", ["given up", "⊠ given up", "given-up"]),
    "kept": ("q", ["kept as it was", "kept", "▣"]),
    "left-open": ("f", ["left open", "□ left open"]),
    "moved": ("m", ["moved elsewhere", "moved"]),
}
CONDITIONS = ["the dam goes", "Ottawa, too, signs", "it comes in slowly…", "S'il pleut"]
BLANK = ["", " ", "–", "-", "—"]
UNKNOWN = ["n/a", "?", "maybe", "no", "N", "yes", "▲ opposes", "s", "openly", "closed doors", "0"]
COLUMNS = [
    ["United States", "us"],
    ["Canada", "CA"],
    ["Mexico", "mexique"],
    ["Progress", "Avancées"],
    ["Outcome", "Résultat"],
]
ROWS = ["Regional content of cars", "A US share in each car", "Sunset clause"]
PARTIES, LAST = 3, 4  # how many columns the parties have, then progress; outcomes are the last
Cell = tuple[str, str, str]  # the text, the value it stands for or "", its condition


def words_of(choices: dict[str, tuple[str, list[str]]]) -> list[Cell]:
    return [(text, value, "") for value, (_letter, texts) in choices.items() for text in texts]


open_if: st.SearchStrategy[Cell] = st.builds(
    lambda stem, words: (f"{stem} {words}", "open-if", words),
    st.sampled_from(["open if", "OPEN IF…", "◐ open if", "ouverture si", "apertura si…"]),
    st.sampled_from(CONDITIONS),
)
nothing = st.sampled_from([(text, "", "") for text in [*BLANK, *UNKNOWN]])
of_stances = st.one_of(st.sampled_from(words_of(STANCES)), open_if, nothing)
of_levels = st.one_of(st.sampled_from(words_of(LEVELS)), nothing)
of_outcomes = st.one_of(st.sampled_from(words_of(OUTCOMES)), nothing)
OF_COLUMNS = [*[(STANCES, of_stances)] * PARTIES, (LEVELS, of_levels), (OUTCOMES, of_outcomes)]


@st.composite
def blocks(draw: st.DrawFn) -> tuple[int, int, list[list[Cell]], bool, bool]:
    """Where it is pasted, its cells, and whether names of parties and issues stand around it."""
    top, left = draw(st.integers(0, 2)), draw(st.integers(0, LAST))
    height, width = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    lines = [
        [
            draw(OF_COLUMNS[left + x][1])
            if left + x <= LAST
            else (draw(st.sampled_from(["opposes", "stuck", "?"])), "", "")
            for x in range(width)
        ]
        for _y in range(height)
    ]
    fits = top + height <= len(ROWS) and left + width <= LAST + 1
    return top, left, lines, fits and draw(st.booleans()), fits and draw(st.booleans())


@pytest.fixture(scope="module")
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The desk of round 3, opened once; ``reset`` brings its grid back. Nothing is stored."""
    page = browser.new_page(base_url=site.url, viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    _open(page, site)
    yield page
    assert faults == []
    page.close()


def _open(page: Page, site: Site) -> None:
    page.goto("/admin/login/?next=/admin/rounds/round/?q=ottawa")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="The desk of Round 3, Ottawa").click()
    page.locator("body.scripted").wait_for()
    page.evaluate(
        """() => {
          const rows = [...document.querySelectorAll(".grid tbody tr")];
          const fields = [...document.querySelectorAll(".grid :is(select, input)")];
          const values = () => fields.map((field) => field.value);
          const opened = values();
          window.at = (y, x) => rows[y].querySelectorAll("td > select")[x];
          const held = (cell) => [
            cell.querySelector("select").value,
            cell.querySelector("input.condition")?.value ?? "",
          ];
          window.state = () => Object.fromEntries(rows.flatMap((row, y) =>
            [...row.querySelectorAll("td")].map((cell, x) => [`${y},${x}`, held(cell)])));
          window.others = () => fields.filter((field) => !field.matches("select, .condition"))
            .map((field) => field.value).join("|");
          window.reset = () => {
            document.activeElement?.blur();
            rows.forEach((row) => row.querySelectorAll("td > select").forEach((select) => {
              const at = fields.indexOf(select);
              if (select.value !== opened[at]) {
                select.value = opened[at];
                select.dispatchEvent(new Event("change", { bubbles: true }));
              }
            }));
            fields.forEach((field, at) => {
              field.value = opened[at];
              delete field.dataset.dropped;
            });
          };
          window.pasteAt = (y, x, text) => {
            at(y, x).focus();
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const options = { clipboardData, bubbles: true, cancelable: true };
            at(y, x).dispatchEvent(new ClipboardEvent("paste", options));
            const live = document.getElementById("live").textContent;
            return { state: state(), others: others(), live };
          };
        }"""
    )


def opened(page: Page) -> dict[str, Any]:
    return page.evaluate("() => { reset(); return { state: state(), others: others() }; }")


def after(state: dict[str, list[str]], top: int, left: int, lines: list[list[Cell]]) -> Any:
    """What the grid holds once each cell of a block stands where it was aimed."""
    expected = {place: list(held) for place, held in state.items()}
    for y, line in enumerate(lines, top):
        for x, (_text, value, condition) in enumerate(line, left):
            held = expected.get(f"{y},{x}")
            if held is None or not value:
                continue
            held[0] = value
            if x < PARTIES:
                held[1] = (condition or held[1]) if value == "open-if" else ""
    return expected


@sampled
@given(block=blocks(), data=st.data())
def test_a_pasted_value_stands_in_the_cell_it_was_aimed_at(
    page: Page, block: tuple[int, int, list[list[Cell]], bool, bool], data: st.DataObject
) -> None:
    """Or nowhere, which is told; and one Ctrl+Z takes all of it back."""
    top, left, lines, has_column, has_row = block
    texts = [[text for text, _value, _condition in line] for line in lines]
    if has_column:
        texts = [[ROWS[top + y], *line] for y, line in enumerate(texts)]
    if has_row:
        names = [data.draw(st.sampled_from(COLUMNS[left + x])) for x in range(len(lines[0]))]
        texts = [["", *names] if has_column else names, *texts]
    before = opened(page)
    pasted = page.evaluate(
        "([y, x, text]) => pasteAt(y, x, text)", [top, left, "\n".join(map("\t".join, texts))]
    )
    assert pasted["state"] == after(before["state"], top, left, lines), pasted["live"]
    assert pasted["others"] == before["others"]
    strange = {
        text
        for y, line in enumerate(lines, top)
        for x, (text, value, _condition) in enumerate(line, left)
        if not value and text not in BLANK and f"{y},{x}" in before["state"]
    }
    assert all(text in pasted["live"] for text in strange)
    page.keyboard.press("Control+z")
    assert page.evaluate("state()") == before["state"]


@sampled
@given(
    top=st.integers(0, 2),
    left=st.integers(0, PARTIES - 1),
    names=st.permutations([names[0] for names in COLUMNS[:PARTIES]]),
)
def test_names_of_other_cells_fill_nothing(
    page: Page, top: int, left: int, names: list[str]
) -> None:
    """A block that says whose values it has is not pasted to others."""
    before = opened(page)
    values = "\t".join(["opposes", "supports", "open"])
    pasted = page.evaluate(
        "([y, x, text]) => pasteAt(y, x, text)", [top, left, "\t".join(names) + "\n" + values]
    )
    aimed_well = left == 0 and names == [column[0] for column in COLUMNS[:PARTIES]]
    lines = [[(text, text, "") for text in values.split("\t")]] if aimed_well else []
    assert pasted["state"] == after(before["state"], top, left, lines), pasted["live"]
    assert ("Nothing was filled" in pasted["live"]) == (not aimed_well)


@sampled
@given(
    at=st.tuples(st.integers(0, 2), st.integers(0, LAST)),
    stood=st.tuples(*(st.sampled_from([*choices]) for choices in (STANCES, LEVELS, OUTCOMES))),
    key=st.sampled_from("abcdefghijklmnopqrstuvwxyz"),
    shift=st.booleans(),
)
def test_a_letter_means_one_thing_wherever_it_is_pressed(
    page: Page, at: tuple[int, int], stood: tuple[str, str, str], key: str, shift: bool
) -> None:
    """Whatever stood there."""
    opened(page)
    y, x = at
    page.evaluate(
        """([y, x, value]) => {
          at(y, x).value = value;
          at(y, x).dispatchEvent(new Event("change", { bubbles: true }));
          at(y, x).focus();
        }""",
        [y, x, stood[max(0, x - PARTIES + 1)]],
    )
    before = page.evaluate("state()")
    page.keyboard.press(f"Shift+{key.upper()}" if shift else key)
    choices = OF_COLUMNS[x][0]
    value = next((value for value, (letter, _texts) in choices.items() if letter == key), "")
    assert page.evaluate("state()") == after(before, y, x, [[("", value, "")]])


KEYS = "abcdefghijklmnopqrstuvwxyz 0,.'"  # what Playwright presses; it inserts the rest


@sampled
@given(
    y=st.integers(0, 2),
    x=st.integers(0, LAST),
    text=st.text(KEYS, min_size=2, max_size=8)
    | st.sampled_from(["was agreed", "open", "no", "so it was", " a word", "red line"]),
)
def test_a_text_typed_into_a_cell_changes_nothing(page: Page, y: int, x: int, text: str) -> None:
    before = opened(page)
    page.evaluate("([y, x]) => at(y, x).focus()", [y, x])
    page.keyboard.type(text)
    for key in ("PageDown", "Shift+ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    held = page.evaluate("() => ({ state: state(), others: others() })")
    assert held == before, json.dumps(text)
    page.keyboard.press("Escape")
