"""Which lane is best at what: only whole answers compete, a bound never wins, and a time only where it was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.domain import Response
from playground.figures.rows import Figure, shown

COMPETED = tuple(
    sorted((f for f in shown("table") if f.best), key=lambda figure: figure.kind != "money")
)
"""The figures in which less is better, the money first."""

MARKED = "✓ the least of the lanes with a whole answer"
"""What a report says of its marks."""


def whole(response: Response) -> bool:
    """True for an answer that came to its own end: only such answers are compared."""
    return response.state == "done"


def best(responses: Sequence[Response]) -> list[tuple[str, ...]]:
    """For each response the names of the figures in which none is better; equals share it, and one alone wins nothing."""
    won: list[list[str]] = [[] for _ in responses]
    for figure in COMPETED:
        values = competing(figure, responses)
        if len(values) > 1:
            least = min(values.values())
            for i, value in values.items():
                if value == least:
                    won[i].append(figure.name)
    return [tuple(names) for names in won]


def competing(figure: Figure, responses: Sequence[Response]) -> dict[int, Any]:
    """Position → value of the answers that compete in this figure; made-up times compete with each other alone."""
    found = {
        i: figure.value(response)
        for i, response in enumerate(responses)
        if whole(response) and known(figure, response)
    }
    if figure.kind == "money":
        return found
    timed = {i: v for i, v in found.items() if responses[i].source != "recorded"}
    measured = {i: v for i, v in timed.items() if responses[i].source != "simulated"}
    return measured or timed


def known(figure: Figure, response: Response) -> bool:
    """Whether the figure is there, and exact: a lower or upper bound or a range says not which is less."""
    if figure.value(response) is None:
        return False
    if figure.name != "cost":
        return True
    cost = response.cost
    assert cost is not None  # noqa: S101 - it has a value
    return not (cost.lower_bound or cost.upper_bound or cost.estimate or len(set(cost.span)) > 1)
