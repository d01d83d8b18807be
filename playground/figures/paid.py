"""What the money of a call went to, the same on the screen and in reports."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playground.domain import CostLine, Response
from playground.figures.palette import BLUE, GREEN, GREY, ORANGE, PINK, SKY, VIOLET

PAID = {
    "input": BLUE,
    "cache read": SKY,
    "cache write": PINK,
    "reasoning": ORANGE,
    "answer": GREEN,
    "output": GREY,
    "tools": VIOLET,
}
"""Part of a receipt → its colour in every chart; reasoning and answer have those of their time."""


def paid(response: Response) -> Iterator[tuple[str, Decimal]]:
    """(part, USD), adding up to the receipt; `output` is one part where the provider did not say what was reasoning."""
    for line in response.cost.lines if response.cost else ():
        name = line.name.replace("_", " ")
        part = next((part for part in PAID if name.startswith(part)), "tools")
        if part == "output":
            yield from _output(line, response)
        else:
            yield part, line.amount


def _output(line: CostLine, response: Response) -> Iterator[tuple[str, Decimal]]:
    """Reasoning costs what output costs, so a line of text is split by its tokens; pictures and speech are all answer."""
    whole, visible = response.usage.output_tokens, response.visible_output_tokens
    if visible is None or whole is None:
        yield "output", line.amount
        return
    thought = min(whole - visible, line.quantity) if line.name == "output" else 0
    reasoning = line.amount * thought / line.quantity if thought else Decimal(0)
    for part, amount in (("reasoning", reasoning), ("answer", line.amount - reasoning)):
        if amount:
            yield part, amount
