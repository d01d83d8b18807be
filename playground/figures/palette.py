"""The colours of all charts, on the screen and in reports: Okabe and Ito's, told apart by every kind of colour vision.

Their yellow is left out for want of contrast.
"""

from __future__ import annotations

BLUE = "#0072B2"
RED = "#D55E00"
GREEN = "#009E73"
PINK = "#CC79A7"
SKY = "#56B4E9"
ORANGE = "#E69F00"
VIOLET = "#8A63C7"
GREY = "#7A7F87"
"""Also for text and rules in a chart: at least 4:1 on the paper of both themes."""

CATEGORIES = (BLUE, RED, GREEN, PINK, SKY, ORANGE, VIOLET, GREY)
"""The theme's `chartCategoricalColors`, in this order."""

MONEY = {
    "input": BLUE,
    "cache_read": SKY,
    "cache_write": PINK,
    "output": ORANGE,
    "tools": GREEN,
}
"""What is paid for → its colour: the beginning of a receipt line's name, or `tools` for all else."""
