"""Sets of models to begin with."""

from __future__ import annotations


def presets() -> None:
    """The button at the end of the prompt's row."""
