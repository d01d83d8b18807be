"""One palette: the theme and every chart take their colours from it."""

from __future__ import annotations

import itertools
import math
import operator
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from playground.figures import PHASES, palette

ROOT = Path(__file__).parents[2]


def linear(color: str) -> list[float]:
    """Red, green and blue as light."""
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    return sum(
        weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear(color), strict=True)
    )


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_theme_has_the_palette() -> None:
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    assert tuple(theme["chartCategoricalColors"]) == palette.CATEGORIES


def test_no_other_module_names_a_colour() -> None:
    named = {
        path.relative_to(ROOT).as_posix()
        for folder in ("playground", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"""["']#[0-9A-Fa-f]{3,8}["']""", path.read_text("utf-8"))
    }
    icon = "playground/ui/shell/brand.py"
    assert named == {"playground/figures/palette.py", icon}


def test_every_phase_has_a_colour_of_its_own() -> None:
    assert len(set(PHASES.values())) == len(PHASES)
    assert len(set(palette.CATEGORIES)) == len(palette.CATEGORIES)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("color", palette.CATEGORIES)
def test_every_colour_is_seen_on_the_paper_of_both_themes(color: str, mode: str) -> None:
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    assert contrast(color, theme[mode]["backgroundColor"]) >= 3


SEEN = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""Kind of colour vision → what becomes of linear light: Machado, Oliveira and Fernandes 2009, severity 1."""


def lab(light: Sequence[float]) -> tuple[float, float, float]:
    """Linear sRGB as CIE L*a*b*, in which distances are those that are seen."""
    r, g, b = (min(1.0, max(0.0, channel)) for channel in light)
    white = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in white)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("vision", SEEN)
def test_any_two_colours_are_told_apart(vision: str) -> None:
    def seen(color: str) -> tuple[float, float, float]:
        light = linear(color)
        return lab([sum(map(operator.mul, row, light)) for row in SEEN[vision]])

    for one, other in itertools.combinations(palette.CATEGORIES, 2):
        assert math.dist(seen(one), seen(other)) > 18, (one, other)
