"""What the simulated gateway says of its own charge, as OpenRouter does in `usage.cost`."""

from __future__ import annotations

from decimal import Decimal

INPUT, OUTPUT = Decimal(1), Decimal(4)
"""USD for a million tokens, of every model; invented."""


def charge(model: str, input_tokens: int, output_tokens: int) -> Decimal | None:
    """USD of an answer; None for a model that is not named VENDOR/MODEL, as only a gateway names them."""
    if "/" not in model:
        return None
    return (INPUT * input_tokens + OUTPUT * output_tokens) / 1_000_000
