"""Nobody, colour-blind or not, takes a party's colour for a stance's, or cannot read the words."""

import itertools
import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parent.parent / "static" / "css" / "tokens.css").read_text()
LIGHT, DARK = TOKENS.split("@media")
Colour = tuple[float, float, float]
MARGIN = 10.0  # CIE76 distance at which two patches are told apart at a glance

# Machado, Oliveira and Fernandes (2009), severity 1: linear RGB as the three dichromats see it.
VISIONS = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def tokens(css: str) -> dict[str, Colour]:
    found = re.findall(r"--([\w-]+): #([0-9a-f]{6});", css)
    return {name: linear(value) for name, value in found}


def linear(value: str) -> Colour:
    channels = [int(value[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return r, g, b


def lab(colour: Colour) -> Colour:
    r, g, b = (min(max(channel, 0.0), 1.0) for channel in colour)
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def seen(colour: Colour, vision: str) -> Colour:
    r, g, b = (sum(a * c for a, c in zip(row, colour, strict=True)) for row in VISIONS[vision])
    return r, g, b


def distance(one: Colour, other: Colour, vision: str) -> float:
    pairs = zip(lab(seen(one, vision)), lab(seen(other, vision)), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def contrast(one: Colour, other: Colour) -> float:
    light, dark = sorted(
        (0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (one, other)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("css", [LIGHT, DARK], ids=["light", "dark"])
def test_no_party_looks_like_a_stance_or_like_another_party(css: str, vision: str) -> None:
    found = tokens(css)
    parties = {name: value for name, value in found.items() if re.match(r"party-\d", name)}
    stances = {name: value for name, value in found.items() if name.startswith("st-")}
    stances = {name: value for name, value in stances.items() if "ink" not in name}
    assert len(parties) == 9
    assert len(stances) == 7
    close = [
        (one, other, round(gap, 1))
        for one, other in [
            *itertools.product(parties, stances),
            *itertools.combinations(parties, 2),
        ]
        if (gap := distance(found[one], found[other], vision)) < MARGIN
    ]
    assert close == []


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("css", [LIGHT, DARK], ids=["light", "dark"])
def test_yes_and_no_are_far_apart(css: str, vision: str) -> None:
    found = tokens(css)
    yes, no = ["st-demands", "st-supports"], ["st-opposes", "st-red-line"]
    for one, other in itertools.product(yes, no):
        assert distance(found[one], found[other], vision) >= MARGIN, (one, other)


@pytest.mark.parametrize("css", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_every_tint(css: str) -> None:
    found = tokens(css)
    tints = ["st-demands", "st-supports", "st-open", "st-open-if", "st-opposes", "st-red-line"]
    for ink, tint in itertools.product(["st-ink", "st-ink-2"], tints):
        assert contrast(found[ink], found[tint]) >= 4.5, (ink, tint)
    for ink, paper in itertools.product(["ink", "ink-2", "ink-3"], ["paper", "paper-2"]):
        assert contrast(found[ink], found[paper]) >= 4.5, (ink, paper)
    steps = sorted(name for name in found if name.startswith("gap-"))
    assert len(steps) == 6
    for step in steps:
        assert contrast(found["ink"], found[step]) >= 4.5, step
    for party in (name for name in found if re.match(r"party-\d", name)):
        assert contrast(found[party], found["paper"]) >= 3, party
