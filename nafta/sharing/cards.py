"""Pictures for where a page is shared: 1200 by 630, drawn from the rows of the page.

Pure: ``draw()`` takes a card and returns the bytes of a PNG. Colours are those of the light scheme
in static/css/tokens.css; letters are those of nafta/sharing/typefaces.py.
"""

import io
import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import pgettext
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from nafta.sharing.typefaces import BOLD, SANS, SERIF, Face, drawable

STATIC = Path(__file__).parents[2] / "static"
WIDTH, HEIGHT = 1200, 630
LEFT, RIGHT = 64, WIDTH - 64
BODY_END = HEIGHT - 84  # the source line begins below
FINE = 4  # symbols are drawn so many times as large, for smooth edges
BRACKETS = re.compile(r"\s+\([^()]+\)$")
GRID_ROWS, LINES, LETTERS = 8, 9, 600  # what a card has room for, and one text on it
TINTS = {"no-position": "st-silent", "will-not-say": "st-silent"}  # the others have their own


@dataclass(frozen=True, slots=True)
class Stand:
    """A stance, in words and as the matrix marks it."""

    stance: str
    words: str

    @property
    def recorded(self) -> bool:
        return self.stance not in {"not-recorded", "absent"}


@dataclass(frozen=True, slots=True)
class Heading:
    """What a line or a column is called; a party has a place in the palette."""

    text: str
    colour: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a picture says. It has lines, or a grid of columns, or words alone."""

    site: str
    kicker: str
    headline: str
    text: str = ""
    off: bool = False  # called off: the headline is struck through
    quotation: str = ""
    summary: str = ""  # as much of it as there is room for
    lines: tuple[tuple[Heading, Stand], ...] = ()
    columns: tuple[Heading, ...] = ()
    rows: tuple[tuple[str, tuple[Stand, ...]], ...] = ()
    foot: str = ""

    @property
    def description(self) -> str:
        """The picture in words, for who cannot see it."""
        between = pgettext("between a name and what it says", ": ")
        stands = [f"{name.text}{between}{stand.words}" for name, stand in self.lines]
        for title, cells in self.rows:
            pairs = zip(self.columns, cells, strict=True)
            stands.append(title + between + ", ".join(f"{n.text} {s.words}" for n, s in pairs))
        parts = [self.headline, self.quotation, self.text, self.summary, *stands, self.foot]
        return " · ".join(short(part) for part in parts if part)


@lru_cache(maxsize=64)
def draw(card: Card) -> bytes:
    """The card as a PNG, which also holds its description."""
    image = Image.new("RGB", (WIDTH, HEIGHT), colour("paper"))
    pen = Pen(ImageDraw.Draw(image), image)
    pen.frame(card)
    top = pen.head(card)
    if card.rows:
        pen.grid(card, top)
    elif card.lines:
        pen.list(card.lines[:LINES], top)
    told = PngInfo()
    told.add_itxt("Description", card.description)
    file = io.BytesIO()
    image.quantize(96, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        file, "PNG", pnginfo=told
    )
    return file.getvalue()


@lru_cache
def colour(name: str) -> str:
    """A colour of the light scheme."""
    tokens = (STATIC / "css" / "tokens.css").read_text().partition("@media")[0]
    values: dict[str, str] = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", tokens))
    return values[name]


def short(text: str) -> str:
    """No more of the text than a card has room for, whatever its size."""
    return text if len(text) <= LETTERS else f"{text[:LETTERS].rstrip()}…"


def fitting(text: str) -> str:
    """The text, short, in letters that the fonts have."""
    return drawable(short(text))


def cut(text: str, font: Face, width: float) -> str:
    """The text, with an ellipsis where it is longer than ``width``."""
    if font.getlength(text) <= width:
        return text
    kept = bisect(range(1, len(text)), width, key=lambda n: font.getlength(f"{text[:n]}…"))
    return f"{text[:kept].rstrip()}…"


def wrapped(text: str, font: Face, width: float, most: int) -> list[str]:
    """The text in at most so many lines, the last of them cut."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        count = 1
        while count < len(words) and font.getlength(" ".join(words[: count + 1])) <= width:
            count += 1
        lines.append(cut(" ".join(words[:count]), font, width))
        words = words[count:]
    return [*lines, cut(" ".join(words), font, width)] if words else lines


def fitted(
    text: str, name: str, sizes: Sequence[int], width: float, most: int
) -> tuple[list[str], Face]:
    """The text in the largest of ``sizes`` in which ``most`` lines hold it; else cut."""
    text = fitting(text)
    lines: list[str] = []
    for size in sizes:
        font = Face(name, size)
        lines = wrapped(text, font, width, most)
        if " ".join(lines) == text:
            break
    return lines, font


@lru_cache(maxsize=128)
def symbol(stance: str, size: int) -> Image.Image:
    """The mark of a stance as a mask, as the matrix shows it."""
    side = size * FINE
    mask = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(mask)
    stroke, low, high = side // 9, side * 0.08, side * 0.92
    up = [(side / 2, low), (high, high), (low, high)]
    down = [(low, low), (high, low), (side / 2, high)]
    match stance:
        case "demands":
            pen.polygon(up, fill=255)
        case "red-line":
            pen.polygon(down, fill=255)
        case "supports":
            pen.line([*up, *up[:2]], fill=255, width=stroke, joint="curve")
        case "opposes":
            pen.line([*down, *down[:2]], fill=255, width=stroke, joint="curve")
        case "open" | "open-if":
            pen.ellipse((low, low, high, high), outline=255, width=stroke)
            if stance == "open-if":
                pen.pieslice((low, low, high, high), 90, 270, fill=255)
        case "no-position":
            pen.line([(low, side / 2), (high, side / 2)], fill=255, width=stroke)
        case "will-not-say":
            pen.line([(low, low), (high, high)], fill=255, width=stroke)
            pen.line([(low, high), (high, low)], fill=255, width=stroke)
        case "dot":
            pen.ellipse((0, 0, side - 1, side - 1), fill=255)
    return mask.resize((size, size), Image.Resampling.BOX)


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws the parts of a card, each below the one before."""

    pen: ImageDraw.ImageDraw
    image: Image.Image

    def words(self, place: tuple[float, float], text: str, font: Face, ink: str = "ink") -> None:
        """One line, its middle at the height of ``place``."""
        font.draw(self.pen, place, text, colour(ink))

    def mark(self, place: tuple[float, float], stance: str, size: int, ink: str) -> None:
        """A symbol, its left edge and middle at ``place``."""
        corner = (round(place[0]), round(place[1] - size / 2))
        self.image.paste(colour(ink), corner, symbol(stance, size))

    def frame(self, card: Card) -> None:
        """The masthead with its double rule, and the source line."""
        name = fitting(card.site)
        font = Face(SERIF, 30)
        self.words((LEFT, 52), name, font)
        small = Face(SANS, 25)
        kicker = cut(fitting(card.kicker), small, RIGHT - LEFT - font.getlength(name) - 40)
        self.words((RIGHT - small.getlength(kicker), 54), kicker, small, "ink-2")
        self.pen.rectangle((LEFT, 82, RIGHT, 85), colour("ink"))
        self.pen.rectangle((LEFT, 90, RIGHT, 91), colour("ink"))
        self.pen.rectangle((LEFT, HEIGHT - 66, RIGHT, HEIGHT - 66), colour("ink-3"))
        foot = cut(fitting(card.foot), Face(SANS, 23), RIGHT - LEFT)
        self.words((LEFT, HEIGHT - 37), foot, Face(SANS, 23), "ink-2")

    def headline(self, card: Card, top: float, sizes: Sequence[int], most: Sequence[int]) -> float:
        """In as few of ``most`` lines as hold it, struck through if called off."""
        text = fitting(card.headline)
        for count in most:
            lines, font = fitted(text, SERIF, sizes, RIGHT - LEFT, count)
            if " ".join(lines) == text:
                break
        step = font.size * 1.17
        for place, line in enumerate(lines):
            y = top + place * step
            self.words((LEFT, y + step / 2), line, font)
            if card.off:
                struck = (LEFT, y + step * 0.56, LEFT + font.getlength(line), y + step * 0.56 + 3)
                self.pen.rectangle(struck, colour("ink"))
        return top + len(lines) * step

    def head(self, card: Card) -> float:
        """Headline, quotation and text; returns where the rest begins."""
        alone = not (card.lines or card.rows)
        crowded = bool(card.rows) or len(card.lines) > 4
        if alone:
            y = self.headline(card, 132, (64, 58, 52, 46, 40, 36), (5,))
        elif crowded:
            y = self.headline(card, 118, (44, 38), (1,) if card.rows else (2,))
        else:
            y = self.headline(card, 118, (54, 48, 42, 36), (2, 3))
        if card.quotation:
            quoted, letter = fitted(card.quotation, SERIF, (40, 34), RIGHT - LEFT - 30, 2)
            high = len(quoted) * letter.size * 1.2
            self.pen.rectangle((LEFT, y + 22, LEFT + 5, y + 22 + high), colour("accent"))
            for at, line in enumerate(quoted):
                self.words((LEFT + 28, y + 22 + letter.size * 1.2 * (at + 0.5)), line, letter)
            y += high + 26
        if card.text:
            most = 3 if alone else 1 if crowded else 2
            told, letter = fitted(card.text, SANS, (31, 28), RIGHT - LEFT, most)
            y += 16 if alone else 4
            for line in told:
                if y + 38 > BODY_END:
                    break
                self.words((LEFT, y + 20), line, letter, "ink-2")
                y += 39
        room = int((BODY_END - y - 86 * len(card.lines) - 20) // 37)
        if card.summary and not card.rows and room > 0:
            told, letter = fitted(card.summary, SANS, (28,), RIGHT - LEFT, min(room, 6))
            y += 12
            for line in told:
                self.words((LEFT, y + 18), line, letter)
                y += 37
        return y + 18

    def list(self, lines: Sequence[tuple[Heading, Stand]], top: float) -> None:
        """Names and where they stand: one column of four at most, else two."""
        columns = 1 if len(lines) <= 4 else 2
        deep = -(-len(lines) // columns)
        step = min(86.0, (BODY_END - top) / deep)
        width = (RIGHT - LEFT - 40 * (columns - 1)) / columns
        size = 33 if columns == 1 else 26
        for place, (name, stand) in enumerate(lines):
            x = LEFT + place // deep * (width + 40)
            y = top + place % deep * step
            self.pen.rectangle((x, y, x + width, y), colour("rule"))
            half = width * (0.5 if columns == 1 else 0.56)
            self.name((x, y + step / 2), name, half - 20, (BOLD, size))
            box = (x + half, y + 7, x + width, y + step - 6)
            self.stand(box, stand, (BOLD, size))

    def grid(self, card: Card, top: float) -> None:
        """Issues down, parties across."""
        rows = card.rows[:GRID_ROWS]
        count = len(card.columns)
        first = 424 if count <= 3 else 400 if count == 4 else 330
        width = (RIGHT - LEFT - first) / count
        for place, column in enumerate(card.columns):
            x = LEFT + first + place * width
            self.name((x + 4, top + 12), column, width - 10, (BOLD, 24 if count <= 4 else 19))
        top += 36
        self.pen.rectangle((LEFT, top - 2, RIGHT, top - 1), colour("ink"))
        step = min(66.0, (BODY_END - top) / len(rows))
        for at, (title, cells) in enumerate(rows):
            y = top + at * step
            self.name((LEFT, y + step / 2), Heading(title), first - 16, (BOLD, 24))
            self.pen.rectangle((LEFT, y + step - 1, RIGHT, y + step - 1), colour("rule"))
            for place, cell in enumerate(cells):
                x = LEFT + first + place * width
                self.stand((x, y + 2, x + width - 4, y + step - 3), cell, (SANS, 24))

    def name(
        self, place: tuple[float, float], name: Heading, width: float, face: tuple[str, int]
    ) -> None:
        x, y = place
        if name.colour:
            dot = round(face[1] * 0.62)
            self.mark((x, y + 1), "dot", dot, f"party-{name.colour}")
            x, width = x + dot + 10, width - dot - 10
        # in one line, if need be without what is in brackets at its end; else in two, smaller
        brief = BRACKETS.sub("", name.text)
        ways = [(face[1], 1), (face[1] - 4, 2)]
        for text, (size, most) in [(text, way) for way in ways for text in (name.text, brief)]:
            lines, font = fitted(text, face[0], (size,), width, most)
            if " ".join(lines) == fitting(text):
                break
        step = font.size * 1.1
        for at, line in enumerate(lines):
            self.words((x, y + step * (at - (len(lines) - 1) / 2)), line, font)

    def stand(
        self, box: tuple[float, float, float, float], stand: Stand, face: tuple[str, int]
    ) -> None:
        """A tint with the mark and the words of a stance; the mark alone where it is narrow."""
        left, top, right, bottom = box
        middle = (top + bottom) / 2
        if not stand.recorded:
            font = Face(SANS, face[1] - 2)
            text = cut(fitting(stand.words), font, right - left - 20)
            if right - left > 120:
                self.words((left + 14, middle), text, font, "ink-3")
            return
        self.pen.rectangle(box, colour(TINTS.get(stand.stance, f"st-{stand.stance}")))
        size = round(face[1] * 0.76)
        if right - left < 140:
            self.mark(((left + right - size) / 2, middle), stand.stance, size, "st-ink")
            return
        self.mark((left + 16, middle + 1), stand.stance, size, "st-ink")
        room = right - left - size - 40
        (line, *_), font = fitted(stand.words, face[0], (face[1], face[1] - 4), room, 1)
        self.words((left + size + 28, middle), line, font, "st-ink")
