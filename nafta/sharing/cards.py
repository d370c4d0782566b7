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

from issues.matrix.stances import PartyOutcomeKind
from nafta.sharing.typefaces import BOLD, SANS, SERIF, Typeface, make_drawable

STATIC = Path(__file__).parents[2] / "static"
WIDTH, HEIGHT = 1200, 630
LEFT, RIGHT = 64, WIDTH - 64
BODY_END = HEIGHT - 84  # the source line begins below
FINE = 4  # symbols are drawn so many times as large, for smooth edges
BRACKETS = re.compile(r"\s+\([^()]+\)$")
GRID_ROWS, LINES, LETTERS = 8, 9, 600  # what a card has room for, and one text on it
Point = tuple[float, float]  # pixels from the left and from the top
# The others have their own.
TINTS = {
    **dict.fromkeys(("no-position", "will-not-say"), "st-silent"),
    **dict.fromkeys(PartyOutcomeKind.values, "paper-2"),
}


@dataclass(frozen=True, slots=True)
class CardStance:
    """A stance and its label."""

    stance: str
    label: str

    @property
    def recorded(self) -> bool:
        return self.stance not in {"not-recorded", "absent"}


@dataclass(frozen=True, slots=True)
class CardHeading:
    """The heading of a line or a column; a party has a colour of the palette."""

    text: str
    colour: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The contents of a picture: lines, or a grid of columns and rows, or text alone."""

    site: str
    kicker: str
    headline: str
    text: str = ""
    off: bool = False  # called off: the headline is struck through
    quotation: str = ""
    summary: str = ""  # as much of it as there is room for
    lines: tuple[tuple[CardHeading, CardStance], ...] = ()
    columns: tuple[CardHeading, ...] = ()
    rows: tuple[tuple[str, tuple[CardStance, ...]], ...] = ()
    foot: str = ""

    @property
    def description(self) -> str:
        """The alternative text of the picture."""
        between = pgettext("between a name and what it says", ": ")
        stands = [f"{name.text}{between}{stance.label}" for name, stance in self.lines]
        for title, cells in self.rows:
            pairs = zip(self.columns, cells, strict=True)
            stands.append(
                title + between + ", ".join(f"{name.text} {stance.label}" for name, stance in pairs)
            )
        parts = [self.headline, self.quotation, self.text, self.summary, *stands, self.foot]
        return " · ".join(shorten(part) for part in parts if part)


@lru_cache(maxsize=64)
def draw(card: Card) -> bytes:
    """The card as a PNG, which also holds its description."""
    image = Image.new("RGB", (WIDTH, HEIGHT), colour_of("paper"))
    pen = CardPen(ImageDraw.Draw(image), image)
    pen.draw_frame(card)
    top = pen.draw_head(card)
    if card.rows:
        pen.draw_grid(card, top)
    elif card.lines:
        pen.draw_lines(card.lines[:LINES], top)
    metadata = PngInfo()
    metadata.add_itxt("Description", card.description)
    file = io.BytesIO()
    image.quantize(96, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        file, "PNG", pnginfo=metadata
    )
    return file.getvalue()


@lru_cache
def colour_of(name: str) -> str:
    """A colour of the light scheme."""
    tokens = (STATIC / "css" / "tokens.css").read_text().partition("@media")[0]
    values: dict[str, str] = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", tokens))
    return values[name]


def shorten(text: str) -> str:
    """No more of the text than a card has room for, whatever its size."""
    return text if len(text) <= LETTERS else f"{text[:LETTERS].rstrip()}…"


def prepare_text(text: str) -> str:
    """The text, short, in letters that the fonts have."""
    return make_drawable(shorten(text))


def truncate(text: str, font: Typeface, width: float) -> str:
    """The text, with an ellipsis where it is longer than ``width``."""
    if font.getlength(text) <= width:
        return text
    kept = bisect(range(1, len(text)), width, key=lambda n: font.getlength(f"{text[:n]}…"))
    return f"{text[:kept].rstrip()}…"


def wrap(text: str, font: Typeface, width: float, most: int) -> list[str]:
    """The text in at most so many lines, the last of them cut."""
    lines: list[str] = []
    remaining = text.split()
    while remaining and len(lines) < most - 1:
        count = 1
        while count < len(remaining) and font.getlength(" ".join(remaining[: count + 1])) <= width:
            count += 1
        lines.append(truncate(" ".join(remaining[:count]), font, width))
        remaining = remaining[count:]
    return [*lines, truncate(" ".join(remaining), font, width)] if remaining else lines


def fit_lines(
    text: str, name: str, sizes: Sequence[int], width: float, most: int
) -> tuple[list[str], Typeface]:
    """The text in the largest of ``sizes`` in which ``most`` lines hold it; else cut."""
    text = prepare_text(text)
    lines: list[str] = []
    for size in sizes:
        font = Typeface(name, size)
        lines = wrap(text, font, width, most)
        if " ".join(lines) == text:
            break
    return lines, font


def draw_shape(pen: ImageDraw.ImageDraw, stance: str, side: int) -> None:
    """Draw the mark of a stance, or a dot, into a square of ``side`` pixels."""
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


@lru_cache(maxsize=128)
def draw_symbol(stance: str, size: int) -> Image.Image:
    """The mark of a stance or an outcome as a mask, as the matrix shows it."""
    side = size * FINE
    mask = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(mask)
    (draw_square if stance in PartyOutcomeKind.values else draw_shape)(pen, stance, side)
    return mask.resize((size, size), Image.Resampling.BOX)


def draw_square(pen: ImageDraw.ImageDraw, kind: str, side: int) -> None:
    """Draw the mark of an outcome into a square of ``side`` pixels."""
    stroke, low, high = side // 9, side * 0.08, side * 0.92
    middle, size = (low + high) / 2, high - low
    parts = {
        "agreed": (low, low, high, high),
        "agreed-in-part": (low, low, middle, high),
        "kept": (low + size / 4, low + size / 4, high - size / 4, high - size / 4),
        "moved": (middle, low, high, middle),
    }
    pen.rectangle((low, low, high, high), outline=255, width=stroke)
    if kind in parts:
        pen.rectangle(parts[kind], fill=255)
    if kind == "given-up":
        pen.line([(low, low), (high, high)], fill=255, width=stroke)
        pen.line([(low, high), (high, low)], fill=255, width=stroke)


@dataclass(frozen=True, slots=True)
class CardPen:
    """Draws the parts of a card, each below the part before it."""

    pen: ImageDraw.ImageDraw
    image: Image.Image

    def write(self, at: Point, text: str, font: Typeface, ink: str = "ink") -> None:
        """Write one line from ``at`` on, its middle at that height."""
        font.draw(self.pen, at, text, colour_of(ink))

    def draw_mark(self, at: Point, stance: str, size: int, ink: str) -> None:
        """Draw a symbol, its left edge and middle at ``at``."""
        corner = (round(at[0]), round(at[1] - size / 2))
        self.image.paste(colour_of(ink), corner, draw_symbol(stance, size))

    def draw_frame(self, card: Card) -> None:
        """Draw the masthead with its double rule, and the source line."""
        name = prepare_text(card.site)
        font = Typeface(SERIF, 30)
        self.write((LEFT, 52), name, font)
        small = Typeface(SANS, 25)
        kicker = truncate(
            prepare_text(card.kicker), small, RIGHT - LEFT - font.getlength(name) - 40
        )
        self.write((RIGHT - small.getlength(kicker), 54), kicker, small, "ink-2")
        self.pen.rectangle((LEFT, 82, RIGHT, 85), colour_of("ink"))
        self.pen.rectangle((LEFT, 90, RIGHT, 91), colour_of("ink"))
        self.pen.rectangle((LEFT, HEIGHT - 66, RIGHT, HEIGHT - 66), colour_of("ink-3"))
        foot = truncate(prepare_text(card.foot), Typeface(SANS, 23), RIGHT - LEFT)
        self.write((LEFT, HEIGHT - 37), foot, Typeface(SANS, 23), "ink-2")

    def draw_headline(
        self, card: Card, top: float, sizes: Sequence[int], most: Sequence[int]
    ) -> float:
        """Draw it in as few of ``most`` lines as hold it; return the height of its end."""
        text = prepare_text(card.headline)
        for count in most:
            lines, font = fit_lines(text, SERIF, sizes, RIGHT - LEFT, count)
            if " ".join(lines) == text:
                break
        step = font.size * 1.17
        for index, line in enumerate(lines):
            y = top + index * step
            self.write((LEFT, y + step / 2), line, font)
            if card.off:
                struck = (LEFT, y + step * 0.56, LEFT + font.getlength(line), y + step * 0.56 + 3)
                self.pen.rectangle(struck, colour_of("ink"))
        return top + len(lines) * step

    def draw_head(self, card: Card) -> float:
        """Draw headline, quotation, text and summary; return where the lines or the grid begin."""
        alone = not (card.lines or card.rows)
        crowded = bool(card.rows) or len(card.lines) > 4
        if alone:
            y = self.draw_headline(card, 132, (64, 58, 52, 46, 40, 36), (5,))
        elif crowded:
            y = self.draw_headline(card, 118, (44, 38), (1,) if card.rows else (2,))
        else:
            y = self.draw_headline(card, 118, (54, 48, 42, 36), (2, 3))
        if card.quotation:
            quoted, letter = fit_lines(card.quotation, SERIF, (40, 34), RIGHT - LEFT - 30, 2)
            high = len(quoted) * letter.size * 1.2
            self.pen.rectangle((LEFT, y + 22, LEFT + 5, y + 22 + high), colour_of("accent"))
            for index, line in enumerate(quoted):
                middle = y + 22 + letter.size * 1.2 * (index + 0.5)
                self.write((LEFT + 28, middle), line, letter)
            y += high + 26
        if card.text:
            most = 3 if alone else 1 if crowded else 2
            lines, letter = fit_lines(card.text, SANS, (31, 28), RIGHT - LEFT, most)
            y += 16 if alone else 4
            for line in lines:
                if y + 38 > BODY_END:
                    break
                self.write((LEFT, y + 20), line, letter, "ink-2")
                y += 39
        room = int((BODY_END - y - 86 * len(card.lines) - 20) // 37)
        if card.summary and not card.rows and room > 0:
            lines, letter = fit_lines(card.summary, SANS, (28,), RIGHT - LEFT, min(room, 6))
            y += 12
            for line in lines:
                self.write((LEFT, y + 18), line, letter)
                y += 37
        return y + 18

    def draw_lines(self, lines: Sequence[tuple[CardHeading, CardStance]], top: float) -> None:
        """Draw names and their stances: one column of four at most, else two."""
        columns = 1 if len(lines) <= 4 else 2
        deep = -(-len(lines) // columns)
        step = min(86.0, (BODY_END - top) / deep)
        width = (RIGHT - LEFT - 40 * (columns - 1)) / columns
        size = 33 if columns == 1 else 26
        for index, (name, stance) in enumerate(lines):
            x = LEFT + index // deep * (width + 40)
            y = top + index % deep * step
            self.pen.rectangle((x, y, x + width, y), colour_of("rule"))
            half = width * (0.5 if columns == 1 else 0.56)
            self.draw_name((x, y + step / 2), name, half - 20, (BOLD, size))
            box = (x + half, y + 7, x + width, y + step - 6)
            self.draw_stance(box, stance, (BOLD, size))

    def draw_grid(self, card: Card, top: float) -> None:
        """Draw issues down, parties across."""
        rows = card.rows[:GRID_ROWS]
        count = len(card.columns)
        first = 424 if count <= 3 else 400 if count == 4 else 330
        width = (RIGHT - LEFT - first) / count
        for index, column in enumerate(card.columns):
            x = LEFT + first + index * width
            self.draw_name((x + 4, top + 12), column, width - 10, (BOLD, 24 if count <= 4 else 19))
        top += 36
        self.pen.rectangle((LEFT, top - 2, RIGHT, top - 1), colour_of("ink"))
        step = min(66.0, (BODY_END - top) / len(rows))
        for row_index, (title, cells) in enumerate(rows):
            y = top + row_index * step
            self.draw_name((LEFT, y + step / 2), CardHeading(title), first - 16, (BOLD, 24))
            self.pen.rectangle((LEFT, y + step - 1, RIGHT, y + step - 1), colour_of("rule"))
            for index, cell in enumerate(cells):
                x = LEFT + first + index * width
                self.draw_stance((x, y + 2, x + width - 4, y + step - 3), cell, (SANS, 24))

    def draw_name(self, at: Point, name: CardHeading, width: float, face: tuple[str, int]) -> None:
        """Draw a heading of a line or column from ``at`` on, in two lines if one is too short."""
        x, y = at
        if name.colour:
            dot = round(face[1] * 0.62)
            self.draw_mark((x, y + 1), "dot", dot, f"party-{name.colour}")
            x, width = x + dot + 10, width - dot - 10
        # in one line, if need be without what is in brackets at its end; else in two, smaller
        brief = BRACKETS.sub("", name.text)
        ways = [(face[1], 1), (face[1] - 4, 2)]
        for text, (size, most) in [(text, way) for way in ways for text in (name.text, brief)]:
            lines, font = fit_lines(text, face[0], (size,), width, most)
            if " ".join(lines) == prepare_text(text):
                break
        step = font.size * 1.1
        for index, line in enumerate(lines):
            self.write((x, y + step * (index - (len(lines) - 1) / 2)), line, font)

    def draw_stance(
        self, box: tuple[float, float, float, float], stance: CardStance, face: tuple[str, int]
    ) -> None:
        """Draw a tint with the mark and the label; the mark alone where the box is narrow."""
        x, top, right, bottom = box
        middle = (top + bottom) / 2
        if not stance.recorded:
            font = Typeface(SANS, face[1] - 2)
            text = truncate(prepare_text(stance.label), font, right - x - 20)
            if right - x > 120:
                self.write((x + 14, middle), text, font, "ink-3")
            return
        self.pen.rectangle(box, colour_of(TINTS.get(stance.stance, f"st-{stance.stance}")))
        ink = "ink" if stance.stance in PartyOutcomeKind.values else "st-ink"
        size = round(face[1] * 0.76)
        if right - x < 140:
            self.draw_mark(((x + right - size) / 2, middle), stance.stance, size, ink)
            return
        self.draw_mark((x + 16, middle + 1), stance.stance, size, ink)
        room = right - x - size - 40
        (line, *_), font = fit_lines(stance.label, face[0], (face[1], face[1] - 4), room, 1)
        self.write((x + size + 28, middle), line, font, ink)
