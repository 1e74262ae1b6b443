"""The palette of tokens.css: apart for every kind of colour vision, and readable on its grounds."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

TOKENS = (Path(__file__).parents[1] / "static/css/tokens.css").read_text(encoding="utf-8")

Colour = NDArray[np.float64]

#: dichromacy as matrices over linear sRGB. Source: Machado, Oliveira, Fernandes, "A Physiologically-based Model for
#: Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), table 1, severity 1.0
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
#: linear sRGB to XYZ, and the white it is relative to. Source: IEC 61966-2-1, D65
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])

#: what separation promises beyond the rest, CIE76
LEAST = {"": 30, "separate": 80}


def block(selector: str, text: str = TOKENS) -> dict[str, tuple[str, str]]:
    """Returns the pairs (light, dark) of the colours that a rule sets."""
    body = text.split(f"{selector} {{", 1)[1].split("}", 1)[0]
    return {
        name: (light, dark)
        for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\);", body)
    }


def palette(words: str, ground: int, contrast: bool) -> dict[str, str]:
    """Returns the colours by name, as the rules of tokens.css come to them."""
    separate = ':root[data-theme~="separate"]'
    more = TOKENS.split("@media (prefers-contrast: more)", 1)[1]
    pairs = block(":root")
    if words:
        pairs |= block(separate)
    if contrast:
        pairs |= block(":root", more)
    if words and contrast:
        pairs |= block(separate, more)
    return {name: pair[ground] for name, pair in pairs.items()}


THEMES = {
    f"{words or 'plain'}-{name}{'-contrast' * contrast}": (words, palette(words, ground, contrast))
    for words in LEAST
    for ground, name in enumerate(["light", "dark"])
    for contrast in (False, True)
}
each_theme = pytest.mark.parametrize(("words", "colours"), THEMES.values(), ids=THEMES.keys())


def linear(colour: str) -> Colour:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: Colour) -> Colour:
    relative = TO_XYZ @ light / WHITE
    d = 6 / 29
    f = np.where(relative > d**3, np.cbrt(relative), relative / (3 * d**2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: str, other: str, vision: Colour) -> float:
    """Returns the CIE76 difference of two colours as this vision has them."""
    seen = [lab(np.clip(vision @ linear(colour), 0, 1)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def contrast(one: str, other: str) -> float:
    """Returns the ratio of WCAG 2.2."""
    high, low = sorted((float(TO_XYZ[1] @ linear(c)) for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_worked_numbers_of_the_formulas() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert difference("#000000", "#ffffff", VISIONS["normal"]) == pytest.approx(100, abs=0.01)
    # Pure green and red, which older pictures of circuits use: far apart for most, and near for one man in twelve.
    assert difference("#00ff00", "#ff0000", VISIONS["deuteranopia"]) < 30


@each_theme
@pytest.mark.parametrize("vision", VISIONS)
def test_forward_and_gradient_are_apart(words: str, colours: dict[str, str], vision: str) -> None:
    apart = difference(colours["forward"], colours["gradient"], VISIONS[vision])
    assert apart >= LEAST[words]


@each_theme
@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("role", ["forward", "gradient"])
def test_positive_and_negative_cells_are_apart(
    words: str, colours: dict[str, str], vision: str, role: str
) -> None:
    assert difference(colours[role], colours[f"{role}-negative"], VISIONS[vision]) >= 40


#: text by the grounds it stands on
TEXT = {
    "ink": ["paper", "panel", "forward-tint", "gradient-tint", "local-tint", "accent-ring"],
    "muted": ["paper", "panel", "forward-tint", "gradient-tint", "local-tint"],
    "forward": ["paper", "panel", "forward-tint", "accent-ring"],
    "gradient": ["paper", "panel", "gradient-tint"],
    "forward-negative": ["paper"],
    "gradient-negative": ["paper"],
}


@each_theme
def test_text_is_readable_on_each_of_its_grounds(words: str, colours: dict[str, str]) -> None:
    poor = {
        (text, ground): round(contrast(colours[text], colours[ground]), 2)
        for text, grounds in TEXT.items()
        for ground in grounds
        if contrast(colours[text], colours[ground]) < 4.5
    }
    assert poor == {}


@each_theme
def test_what_is_not_text_stands_out(words: str, colours: dict[str, str]) -> None:
    for part in ["control", "forward", "gradient", "ink"]:
        for ground in ["paper", "panel"]:
            assert contrast(colours[part], colours[ground]) >= 3, (part, ground)


def test_every_colour_of_the_palette_is_a_pair() -> None:
    alone = re.findall(r"--[\w-]+: #\w+;", TOKENS)
    assert alone == ["--sheet: #ffffff;"], "only a printer's paper is white in every theme"
