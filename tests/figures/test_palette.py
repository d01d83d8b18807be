"""One palette: the theme and every chart take their colours from it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from playground.figures import PHASES, palette

ROOT = Path(__file__).parents[2]


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


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


def test_text_in_a_chart_is_read_on_both_papers() -> None:
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    for mode in ("light", "dark"):
        assert contrast(palette.GREY, theme[mode]["backgroundColor"]) >= 4
