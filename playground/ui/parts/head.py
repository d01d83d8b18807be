"""What stands above an answer: how it ended, and the four figures by which lanes are compared."""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable
from typing import NamedTuple

from playground import figures as fmt
from playground.domain import ModelRef, Response
from playground.ui.live.component import FIGURES, TOKENS
from playground.ui.parts import ending


class Chip(NamedTuple):
    """A word or two above an answer."""

    kind: str
    """Decides its colour."""
    words: str


class Cell(NamedTuple):
    """One of the four figures: its name, what it says, whether this lane is the best in it."""

    label: str
    text: str
    best: bool = False
    of_it: str = ""
    """What of it is worth a word beside its name, where there is room."""


def head(response: Response, best: Collection[str] = ()) -> str:
    """Chips and figures as HTML; `best` names the figures in which no other lane is better."""
    chips = [Chip(response.state, ending.label(response))]
    if who := answers(response.model, response.simulated):
        chips.append(who)
    cells = [
        Cell(figure.label, figure.write(response), figure.name in best)
        for figure in fmt.named(*FIGURES)
    ]
    reasoned = fmt.FIGURES["reasoning_output_tokens"].value(response)
    of_it = f"{fmt.count(reasoned)} reasoning" if reasoned else ""
    return chips_html(chips) + figures_html([*cells, Cell(TOKENS, tokens(response), of_it=of_it)])


def answers(model: ModelRef, simulated: bool) -> Chip | None:
    """The chip for who answers, where it is no provider's service; a replay's times are not that service's."""
    source = model.source(simulated)
    said = model.stand_in(simulated).capitalize()
    return {
        "simulated": Chip("simulated", said),
        "recorded": Chip("recorded", f"{said}; the pace is ours"),
        "local": Chip("real", "On this computer"),
    }.get(source)


def awaited() -> str:
    """The same figures before anything was asked, as they stand while an answer streams."""
    labels = (*(figure.label for figure in fmt.named(*FIGURES)), TOKENS)
    return _figures("so-far", (Cell(label, "…") for label in labels))


def tokens(response: Response) -> str:
    """`44 → 388`: input and output; `–` for one that was not reported."""
    read, written = (
        figure.value(response) for figure in fmt.named("input_tokens", "output_tokens")
    )
    if read is None and written is None:
        return fmt.NOT_REPORTED
    return " → ".join("–" if number is None else fmt.count(number) for number in (read, written))


def chips_html(chips: Iterable[Chip]) -> str:
    """Chips side by side."""
    shown = (
        f'<span class="chip" data-state="{kind}">{html.escape(words)}</span>'
        for kind, words in chips
    )
    return f'<div class="chips">{"".join(shown)}</div>'


def figures_html(cells: Iterable[Cell]) -> str:
    """The figures in one line, the best marked by a sign beside the colour."""
    return _figures("figures", cells)


def _figures(kind: str, cells: Iterable[Cell]) -> str:
    return f'<dl class="{kind}">{"".join(map(_cell, cells))}</dl>'


def _cell(cell: Cell) -> str:
    unknown = cell.text in (fmt.NOT_REPORTED, fmt.NOT_AVAILABLE, fmt.NO_PRICE)
    kind = "best" if cell.best else "none" if unknown else ""
    sign = '<span title="the best of the lanes"> ✓</span>' if cell.best else ""
    more = f"<small>{html.escape(cell.of_it)}</small>" if cell.of_it else ""
    return (
        f'<div class="{kind}"><dt>{html.escape(cell.label)}{more}</dt>'
        f"<dd>{html.escape(cell.text)}{sign}</dd></div>"
    )
