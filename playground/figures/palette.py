"""The colours and measures of all charts, on the screen and in reports.

Made from Okabe and Ito's: each is at least 3:1 on the paper of both themes, and any two are told apart by every kind of
colour vision (tests/figures/test_palette.py computes both).
"""

from __future__ import annotations

BLUE = "#0565B5"
RED = "#B83603"
GREEN = "#0B8F3D"
PINK = "#BD7EB4"
SKY = "#4A97E8"
ORANGE = "#CC7F00"
VIOLET = "#8660F1"
GREY = "#847D7A"
"""Also for rules in a chart."""

CATEGORIES = (BLUE, RED, GREEN, PINK, SKY, ORANGE, VIOLET, GREY)
"""The theme's `chartCategoricalColors`, in this order."""

ROW, BAR = 30, 17
"""Pixels of a lane in a chart of bars, and of its bar."""
