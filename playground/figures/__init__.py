"""The figures of a Response, one row each; how a number is written for people; the phases and colours of the charts."""

from playground.figures.moments import when
from playground.figures.phases import PHASES, phases
from playground.figures.rows import FIGURES, Figure, named, parts_of, shown
from playground.figures.text import fenced, is_json, visible
from playground.figures.writing import (
    NO_PRICE,
    NOT_AVAILABLE,
    NOT_REPORTED,
    change,
    cost,
    cost_notes,
    cost_of,
    count,
    money,
    per,
    price_row,
    rate,
    receipt,
    seconds,
    size,
    speed,
    total,
)

__all__ = [
    "FIGURES",
    "NOT_AVAILABLE",
    "NOT_REPORTED",
    "NO_PRICE",
    "PHASES",
    "Figure",
    "change",
    "cost",
    "cost_notes",
    "cost_of",
    "count",
    "fenced",
    "is_json",
    "money",
    "named",
    "parts_of",
    "per",
    "phases",
    "price_row",
    "rate",
    "receipt",
    "seconds",
    "shown",
    "size",
    "speed",
    "total",
    "visible",
    "when",
]
