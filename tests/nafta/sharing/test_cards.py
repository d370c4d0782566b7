"""The pictures of pages: of the page's own rows, readable, light, and drawn once."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from nafta.sharing.card_pages import KINDS
from nafta.sharing.cards import (
    Card,
    CardHeading,
    CardStance,
    colour_of,
    draw,
    draw_symbol,
    truncate,
    wrap,
)
from nafta.sharing.typefaces import (
    BOLD,
    SANS,
    SERIF,
    Typeface,
    load_font,
    make_drawable,
    order_runs,
)
from tests import world as worlds
from tests.nafta.pages.test_pages import BUDGET, double, queries
from tests.nafta.test_leaks import every_key
from tests.world import DRAFT_YEAR, SECRET, days

CARDS = [
    "/cards/home.png",
    "/cards/issues/water.png",
    "/cards/issues/fish.png",
    "/cards/rounds/round-2.png",
    "/cards/rounds/lake-summit.png",
    "/cards/statements/alder-on-water.png",
    "/cards/statements/unnamed-on-water.png",
    "/cards/statements/nobody-said.png",
    "/cards/parties/brume.png",
]
LETTERS = "éèêëñçœŒæßåøÉ¿¡“”‘’«»–—…·€Ÿ"
STANCES = [
    "demands",
    "supports",
    "open",
    "open-if",
    "opposes",
    "red-line",
    "no-position",
    "will-not-say",
]


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def told(client: Client, path: str) -> str:
    """What a picture says in words."""
    return str(opened(client.get(path).content).info["Description"])


@pytest.mark.parametrize("path", [*CARDS, "/fr/cards/issues/water.png", "/es/cards/home.png"])
def test_it_is_a_light_picture_without_a_draft(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    response = client.get(path)
    assert response["Content-Type"] == "image/png"
    assert opened(response.content).size == (1200, 630)
    assert len(response.content) < 60_000
    assert SECRET not in told(client, path)
    assert DRAFT_YEAR not in told(client, path)
    assert not response.cookies


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/cards/home.png", "Water: Arden demands, Brume open if…, Corrie not recorded"),
        ("/cards/issues/water.png", "Must half of the water stay?"),
        ("/cards/issues/water.png", "Brume: open if…"),
        ("/cards/issues/water.png?as_of=round-1", "Brume: red line"),
        ("/cards/issues/water.png?as_of=round-1", "12 January 2010"),
        ("/cards/rounds/round-2.png", "Brume · Water: open if…"),
        ("/cards/rounds/lake-summit.png", "cancelled"),
        ("/cards/statements/alder-on-water.png", "“not a drop less”"),
        ("/cards/statements/alder-on-water.png", "Ada Alder, Minister"),
        ("/cards/statements/unnamed-on-water.png", "Two people close to the talks, unnamed"),
        ("/cards/statements/nobody-said.png", "The Gazette, in its own voice"),
        ("/cards/parties/brume.png", "Fish: will not say"),
    ],
)
def test_it_says_what_the_page_says(
    client: Client, world: SimpleNamespace, path: str, words: str
) -> None:
    assert words in told(client, path)


def test_the_picture_of_a_round_tells_what_moved_before_what_shifted(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_position(
        issue=world.water, party=world.arden, since=days("2010-03-08"), stance="demands"
    )
    words = told(client, "/cards/rounds/round-2.png")
    assert words.index("Brume · Water: open if…") < words.index("Arden · Water: demands · shifted")


def test_how_an_issue_was_settled_stands_there_from_that_day_on(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_proposal(
        issue=world.water,
        slug="half-for-ever",
        title="Half for ever",
        dates=days("2010-03-08"),
        parties=[world.arden, world.brume, world.corrie],
        status="agreed",
        settled=days("2010-03-09"),
    )
    words = "Settled 9 March 2010: Half for ever"
    assert words in told(client, "/cards/issues/water.png")
    assert words not in told(client, "/cards/issues/water.png?as_of=2010-03-08")
    assert "Settled" not in told(client, "/cards/issues/fish.png")


def test_a_long_name_gives_up_its_brackets_and_a_long_question_no_word() -> None:
    with_brackets, without = (
        Card(
            site="A record",
            kicker="Kicker",
            headline="Headline",
            columns=(CardHeading("Arden"),),
            rows=((title, (CardStance("open", "open"),)),),
        )
        for title in ("Disputes between governments (Chapter 20)", "Disputes between governments")
    )
    assert opened(draw(with_brackets)).tobytes() == opened(draw(without)).tobytes()
    question = "Must " + "every drop of the water that comes across " * 3 + "stay"
    longer, cut_there = (
        Card(
            site="A record",
            kicker="Kicker",
            headline=question + end,
            lines=((CardHeading("Arden"), CardStance("open", "open")),),
        )
        for end in (" here?", " elsewhere?")
    )
    assert opened(draw(longer)).tobytes() != opened(draw(cut_there)).tobytes()


def test_a_stance_has_the_tint_of_the_page(client: Client, world: SimpleNamespace) -> None:
    image = opened(client.get("/cards/issues/water.png").content).convert("RGB")
    counts: dict[Any, int] = {value: count for count, value in image.getcolors(1 << 20) or []}
    for name in ("paper", "st-demands", "st-open-if"):
        wanted = tuple(bytes.fromhex(colour_of(name)[1:]))
        near = [
            count
            for value, count in counts.items()
            if max(abs(a - b) for a, b in zip(value, wanted, strict=True)) <= 4
        ]
        assert sum(near) > 5_000, name


@pytest.mark.parametrize("path", ["issues", "rounds", "statements", "parties", "people"])
def test_a_draft_has_no_picture(client: Client, world: SimpleNamespace, path: str) -> None:
    assert client.get(f"/cards/{path}/{SECRET}.png").status_code == 404


def test_a_day_that_makes_no_sense_gets_a_sentence(client: Client, world: SimpleNamespace) -> None:
    response = client.get("/cards/home.png?as_of=noon")
    assert response.status_code == 400
    assert "neither a day" in response.content.decode()


@pytest.mark.parametrize("path", CARDS)
def test_it_is_sent_again_only_if_it_changed(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    tag = client.get(path)["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    world.negotiation.short_name = "Stream"
    world.negotiation.save()
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", CARDS)
def test_it_asks_little_and_no_more_with_twice_the_rows(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    before = queries(client, path)
    double(world)
    assert queries(client, path) == before <= BUDGET


def test_an_empty_site_has_a_picture(client: Client, db: None) -> None:
    assert "No position had been published" in told(client, "/cards/home.png")


def test_long_names_and_nine_parties_fit(client: Client, world: SimpleNamespace) -> None:
    for number in range(4, 10):
        name = f"The Very United and Rather Serene Republics of Somewhere {number}"
        party = worlds.create_party(code=f"party-{number}", colour=number, name=name)
        worlds.create_position(
            issue=world.water, party=party, since=days("2010-01-09"), stance="opposes"
        )
    world.water.question = "Must " + "every drop of the water that crosses " * 5 + "stay?"
    world.water.save()
    for path in ("/cards/home.png", "/cards/issues/water.png", "/cards/parties/party-9.png"):
        response = client.get(path)
        image = opened(response.content).convert("RGB")
        assert len(response.content) < 60_000
        paper = image.getpixel((2, 2))
        edges = [image.getpixel((x, y)) for x in (20, 1180) for y in range(100, 560)]
        assert set(edges) == {paper}, path  # nothing is drawn beyond the margins


@pytest.mark.parametrize("name", [SERIF, SANS, BOLD])
@pytest.mark.parametrize(
    "text",
    [
        LETTERS,
        "Đà Nẵng Łódź Şırnak Dvořák Ħal Għaxaq",
        "Съешь ещё этих мягких булок, Україна, Қазақстан",
        "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
        "اتفاقية التجارة: المادة ١٩",
        "הסכם סחר, סעיף",
    ],
)
def test_a_text_is_drawn_in_letters_that_a_font_has(name: str, text: str) -> None:
    assert make_drawable(text) == text
    for file, run in Typeface(name, 40).runs(text):
        missing = bytes(load_font(file, 40).getmask("丁"))
        assert [one for one in run if bytes(load_font(file, 40).getmask(one)) == missing] == []


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("the ﬁrst oﬀer of the ﬂeet, №\u00a05, ½", "the first offer of the fleet, № 5, ½"),
        ("Done 🎉👩\u200d🚀 deal ☕️", "Done deal"),
        ("a\u0301 e\u0301\n\x07", "á é"),
        ("Talks with 中华人民共和国 and 日本", "Talks with … and …"),
        ("中 国", "…"),
        ("", ""),
    ],
)
def test_what_no_font_has_is_replaced_or_left_out(text: str, drawn: str) -> None:
    assert make_drawable(text) == drawn


@pytest.mark.parametrize(
    ("text", "from_the_left"),
    [
        ("one two", ["one two"]),
        ("אב גד", ["גד", " ", "אב"]),
        ("אב one", ["one", " ", "אב"]),
        ("one אב גד two", ["one", " ", "גד", " ", "אב", " ", "two"]),
        ("אב: (גד) 17", ["17", " (", "גד", ") :", "אב"]),
    ],
)
def test_what_is_written_from_the_right_is_read_from_there(
    text: str, from_the_left: list[str]
) -> None:
    assert [run for _file, run in order_runs(Typeface(SANS, 30).runs(text))] == from_the_left


def test_text_wraps_and_what_is_too_long_ends_in_an_ellipsis() -> None:
    font = Typeface(SANS, 30)
    lines = wrap("one two three four five six seven eight nine ten", font, 150, 3)
    assert len(lines) == 3
    assert all(font.getlength(line) <= 150 for line in lines)
    assert lines[-1].endswith("…")
    assert truncate("W" * 100, font, 150).endswith("…")
    assert wrap("short", font, 150, 3) == ["short"]


def test_every_stance_has_a_mark_of_its_own() -> None:
    marks = {bytes(draw_symbol(stance, 40).tobytes()) for stance in STANCES}
    assert len(marks) == len(STANCES)
    assert all(any(mark) for mark in marks)


def test_a_crowded_card_measures_little(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = tuple(CardStance(stance, stance) for stance in [*STANCES, "not-recorded"])
    columns = tuple(CardHeading(f"Party {number}", number) for number in range(1, 10))
    card = Card(
        site="River",
        kicker="Who stands where",
        headline="Crowded",
        columns=columns,
        rows=tuple((f"Issue {number}", cells) for number in range(12)),
    )
    assert letters_measured(card, monkeypatch) < 2_000


@pytest.mark.parametrize("word", ["water ", "w" * 40 + " ", "w"])
def test_a_text_of_any_length_measures_little_and_is_told_in_short(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    text = (word * 10_000)[:10_000]
    crowded = {"lines": ((CardHeading(text), CardStance("opposes", text)),) * 9, "summary": text}
    said = {"quotation": text, "summary": text}
    grid = {"columns": (CardHeading(text),), "rows": ((text, (CardStance("opposes", text),)),)}
    some: dict[str, Any]
    for some in (said, crowded, grid):
        card = Card(site=text, kicker=text, headline=text, text=text, foot=text, **some)
        assert letters_measured(card, monkeypatch) < 200_000
        assert len(card.description) < 20_000


def test_as_much_is_kept_as_there_is_room_for() -> None:
    font = Typeface(SANS, 30)
    text = "Wide, narrow and wide again: whatever the letters are"
    for width in range(60, int(font.getlength(text)), 7):
        kept = truncate(text, font, width).removesuffix("…")
        assert text.startswith(kept)
        more = text[: len(kept) + 1 + (text[len(kept)] == " ")]
        assert font.getlength(f"{kept}…") <= width < font.getlength(f"{more}…")


def letters_measured(card: Card, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many letters are measured to draw it, which is what takes the time, on any machine."""
    count = 0
    measure = Typeface.getlength

    def counted(face: Typeface, text: str) -> float:
        nonlocal count
        count += len(text)
        return measure(face, text)

    with monkeypatch.context() as patch:
        patch.setattr(Typeface, "getlength", counted)
        draw(card)
    return count


@pytest.mark.slow
def test_no_key_leads_to_a_word_of_a_draft(client: Client, world: SimpleNamespace) -> None:
    found = 0
    for key in every_key():
        for kind in [] if key.isdecimal() else KINDS:
            response = client.get(f"/cards/{kind}/{key}.png")
            if response.status_code == 200:
                found += 1
                assert SECRET not in str(opened(response.content).info["Description"])
    assert found > 10
