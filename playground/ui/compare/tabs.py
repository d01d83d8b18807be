"""For a narrow screen, where one lane is seen at a time: all lanes' figures as a table whose rows lead to the lanes."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

import streamlit as st

from playground import figures as fmt
from playground.domain import Response
from playground.engine import LiveRun
from playground.figures.best import best
from playground.ui.compare import lanes, shown
from playground.ui.live.component import FIGURES, TOKENS
from playground.ui.parts.head import Cell, tokens

AWAITED = "…"
HEADS = ("Lane", *(figure.label for figure in fmt.named(*FIGURES)), TOKENS)


def tabs(run: LiveRun | None) -> None:
    """Draw it; a wide screen, where all lanes are seen at once, does not show it. The press is live/guard.js's."""
    here = lanes.ids()
    if len(here) < 2:
        return
    rows = (_row(number, *row) for number, row in enumerate(_lanes(run, here), 1))
    heads = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in HEADS)
    st.html(
        '<div class="lane-tabs"><table aria-label="Figures of all lanes; a name leads to its answer">'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _lanes(run: LiveRun | None, here: Sequence[int]) -> Iterator[tuple[str, list[Cell]]]:
    """Each lane's model and its figures so far."""
    answers = [lane.response for _, lane in shown.answers(run)] if run else []
    ended = [response for response in answers if response is not None]
    won = best(ended) if run and len(ended) == len(answers) else [()] * len(answers)
    for lane in here:
        index = shown.index_in(run, lane) if run else None
        response = None if index is None else answers[index]
        model = lanes.spelling(lane).rpartition(":")[2]
        yield model, _cells(response, () if index is None else won[index])


def _cells(response: Response | None, won: Sequence[str]) -> list[Cell]:
    if response is None:
        return [Cell(head, AWAITED) for head in HEADS[1:]]
    figures = [
        Cell(figure.label, figure.write(response), figure.name in won)
        for figure in fmt.named(*FIGURES)
    ]
    return [*figures, Cell(TOKENS, tokens(response))]


def _row(number: int, model: str, cells: Sequence[Cell]) -> str:
    name = f'<button type="button">{number} {html.escape(model)}</button>'
    return f'<tr><th scope="row">{name}</th>{"".join(map(_cell, cells))}</tr>'


def _cell(cell: Cell) -> str:
    kind, sign = (' class="best"', " ✓") if cell.best else ("", "")
    return f"<td{kind}>{html.escape(cell.text)}{sign}</td>"
