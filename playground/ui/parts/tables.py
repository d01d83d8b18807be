"""Tables of figures: they sort by value, and every cell is written as it is everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.domain import Response
from playground.figures import Figure

ORDER = ("money", "seconds", "speed", "count", "text")
"""Kinds of figures as a table shows them: what a lane is chosen by comes first."""
COMPARED = tuple(sorted(fmt.shown("table"), key=lambda figure: ORDER.index(figure.kind)))
"""The figures in which answers are compared on the screen."""


ROW = 35
"""Pixels of a row: a table that says its height has it before Streamlit has loaded what draws tables."""


def figure_table(
    responses: Sequence[Response],
    figures: Sequence[Figure],
    *,
    before: Mapping[str, Sequence[Any]],
    after: Mapping[str, Sequence[Any]] | None = None,
    config: Mapping[str, Any],
    alt: str,
) -> None:
    """One row a response: the figures between columns of the caller's, which `config` shows."""
    numbers = {figure.name: [_number(figure.value(r)) for r in responses] for figure in figures}
    texts = {figure.name: [figure.write(response) for response in responses] for figure in figures}
    columns = {
        figure.name: st.column_config.NumberColumn(figure.label, help=figure.help)
        for figure in figures
    }
    st.dataframe(
        worded({**before, **numbers, **(after or {})}, texts),
        height=ROW * (len(responses) + 1) + 2,
        column_config={**config, **columns},
        hide_index=True,
        placeholder=_unknown(numbers, texts),
        alt=alt,
    )


def written(table: Mapping[str, Sequence[Any]], how: Mapping[str, Callable[[float], str]]) -> Any:
    """The table as numbers that sort, the columns of `how` worded by it: `money` says `$0.00397` as it is said everywhere."""
    import pandas as pd  # type: ignore[import-untyped]

    def known(word: Callable[[float], str]) -> Callable[[Any], str]:
        return lambda value: "" if pd.isna(value) else word(value)

    return pd.DataFrame(table).style.format({name: known(word) for name, word in how.items()})


def money(usd: float) -> str:
    """USD in a cell."""
    return fmt.money(Decimal(repr(float(usd))))


def rate(usd: float) -> str:
    """A price in a cell."""
    return fmt.rate(Decimal(repr(float(usd))))


def worded(table: Mapping[str, Sequence[Any]], texts: Mapping[str, Sequence[str]]) -> Any:
    """The table as numbers, by which it sorts, with the words of each cell of these columns.

    A format of the browser's says no ≥, and counts no digits.
    """
    import pandas as pd

    frame = pd.DataFrame(table)
    known: dict[str, dict[Any, str]] = {name: {} for name in texts}
    apart = []
    for name, column in texts.items():
        for row, (value, text) in enumerate(zip(frame[name], column, strict=True)):
            if known[name].setdefault(None if pd.isna(value) else value, text) != text:
                apart.append((row, name, text))

    def told(words: Mapping[Any, str]) -> Callable[[Any], str]:
        return lambda value: words[None if pd.isna(value) else value]

    # A column at a time: to set the words of one cell takes pandas a millisecond.
    styled = frame.style.format({name: told(words) for name, words in known.items()})
    for row, name, text in apart:  # the same number, and another word: 5 and ≥ 5
        styled.format(partial(_told, text), subset=([row], [name]))
    return styled


def _told(text: str, value: object) -> str:
    return text


def _unknown(numbers: Mapping[str, Sequence[Any]], texts: Mapping[str, Sequence[str]]) -> str:
    """What all empty cells say, since a table has one word for them: the figures' own where they agree."""
    cells = (zip(numbers[name], texts[name], strict=True) for name in numbers)
    words = {text for column in cells for number, text in column if number is None}
    return words.pop() if len(words) == 1 else fmt.NOT_AVAILABLE


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
