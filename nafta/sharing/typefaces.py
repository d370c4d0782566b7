"""Letters for pictures, from several font files as if they were one.

Each file in static/fonts holds a script of one typeface. A text is cut into runs of one file, and
the runs are put in the order in which they are read: Arabic and Hebrew from the right.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont, features

FONTS = Path(__file__).parents[2] / "static" / "fonts"
SERIF, SANS, BOLD = "source-serif-600", "source-sans-400", "source-sans-600"
# To join letters and to write from the right, Pillow needs Raqm, which its wheels have.
FROM_THE_RIGHT = ("noto-sans-{weight}-arabic", "noto-sans-{weight}-hebrew")
SCRIPTS: tuple[str, ...] = (
    "{name}-latin-ext",
    "{name}-cyrillic",
    "{name}-cyrillic-ext",
    "{name}-greek",
)
SCRIPTS += FROM_THE_RIGHT if features.check("raqm") else ()
MISSING = "\uffff"  # no font has a glyph for it: it draws as what is missing does
EDGES = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)
MIRRORED = str.maketrans("()[]{}«»‹›", ")(][}{»«›‹")
OMITTED = re.compile(r"(?:…\s*){2,}")


@lru_cache(maxsize=512)
def load_font(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{file}.woff2", size)


@lru_cache(maxsize=8192)
def has_glyph(file: str, letter: str) -> bool:
    probe = load_font(file, 24)
    return bytes(probe.getmask(letter)) != bytes(probe.getmask(MISSING))


@lru_cache(maxsize=8192)
def file_for(name: str, letter: str) -> str:
    """The font file of the typeface ``name`` that has a glyph for ``letter``; "" if none has."""
    weight = name.rpartition("-")[2]
    files = [name, *(script.format(name=name, weight=weight) for script in SCRIPTS)]
    return next((file for file in files if letter.isspace() or has_glyph(file, letter)), "")


def is_drawable(letter: str) -> bool:
    return all(file_for(name, letter) for name in (SERIF, SANS, BOLD))


def make_drawable(text: str) -> str:
    """The text in letters that the fonts have.

    What they lack is replaced by what it is made of (a ligature, a letter with a rare accent);
    letters of other scripts by an ellipsis; other signs, such as emoji, are left out.
    """
    plain = "".join(map(_drawn, unicodedata.normalize("NFC", text)))
    return " ".join(OMITTED.sub("… ", plain).split())


@lru_cache(maxsize=8192)
def _drawn(letter: str) -> str:
    if letter.isspace():
        return letter
    if not letter.isprintable() or "VARIATION SELECTOR" in unicodedata.name(letter, ""):
        return ""
    if is_drawable(letter):
        return letter
    parts = [part for part in unicodedata.normalize("NFKD", letter) if is_drawable(part)]
    if bases := "".join(part for part in parts if not unicodedata.combining(part)):
        return bases
    return "…" if unicodedata.category(letter)[0] in "LN" else ""


@dataclass(frozen=True, slots=True)
class Typeface:
    """A typeface in one size. It can take the place of one of Pillow's fonts where it measures."""

    name: str
    size: int

    def getlength(self, text: str) -> float:
        return float(
            sum(load_font(file, self.size).getlength(run) for file, run in self.runs(text))
        )

    def draw(
        self, pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: str
    ) -> None:
        """Draw one line from ``at`` on, its middle at that height."""
        x, y = at
        ascent, descent = load_font(self.name, self.size).getmetrics()
        for file, run in order_runs(self.runs(text)):
            run_font = load_font(file, self.size)
            pen.text((x, y + (ascent - descent) / 2), run, colour, run_font, anchor="ls")
            x += run_font.getlength(run)

    def runs(self, text: str) -> list[tuple[str, str]]:
        """The text in parts, each with the file that has its letters."""
        return [(self.name, text)] if text.isascii() else list(_runs(self.name, text))


def _runs(name: str, text: str) -> Iterator[tuple[str, str]]:
    files: list[str] = []
    for letter in text:
        joins = bool(unicodedata.combining(letter)) and bool(files)
        stays = joins and has_glyph(files[-1], letter)
        files.append(files[-1] if stays else file_for(name, letter) or name)
    start = 0
    for file, group in groupby(files):
        end = start + len(list(group))
        yield file, text[start:end]
        start = end


def order_runs(runs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The runs from left to right, as one line of the Unicode bidirectional algorithm has them.

    The first letter with a direction gives the line its own. What has none, such as spaces and
    commas, goes with both neighbours if these agree, else with the line.
    """
    if all(_direction(text) != "R" for _file, text in runs):
        return runs
    runs = [(file, part) for file, text in runs for part in _parts(text)]
    directions = [_direction(text) for _file, text in runs]
    line = next(filter(None, directions))
    for index, direction in enumerate(directions):
        if not direction:
            before = directions[index - 1] if index else line
            after = next(filter(None, directions[index:]), line)
            directions[index] = before if before == after else line
            if directions[index] == "R":
                file, text = runs[index]
                runs[index] = file, text[::-1].translate(MIRRORED)
    ordered: list[tuple[str, str]] = []
    for side, group in groupby(zip(directions, runs, strict=True), key=lambda pair: pair[0]):
        part = [run for _side, run in group]
        part = part[::-1] if side == "R" else part
        ordered = [*part, *ordered] if line == "R" else [*ordered, *part]
    return ordered


def _parts(text: str) -> list[str]:
    """The text, and before and behind it, apart, what has no direction."""
    parts = EDGES.fullmatch(text)
    return [part for part in parts.groups() if part] if parts else [text]


def _direction(text: str) -> str:
    """R, L, or "" where no letter has one. Digits run as Latin letters do."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL", "L", "EN"}:
            return "R" if kind in {"R", "AL"} else "L"
    return ""
