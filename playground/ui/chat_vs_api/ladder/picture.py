"""The picture of a climb: one bar a step, of what its input is made of; the same while steps still run as when all have ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from playground.lab.ladder import Part
from playground.ui.chat_vs_api.charts import ladder_bars
from playground.ui.chat_vs_api.ladder.climb import Climb
from playground.ui.live.component import live_run
from playground.ui.parts.charts import draw


def which(climb: Climb) -> int:
    """The model whose steps are shown; with several, a switch above the picture."""
    if len(climb.models) == 1:
        return 0
    names = [str(ref) for ref in climb.models]
    chosen = st.segmented_control(
        "Model", names, default=names[0], key=f"ladder_model_{climb.live.id}", required=True
    )
    return names.index(chosen) if chosen else 0


@contextmanager
def head(climb: Climb, model: int) -> Iterator[None]:
    """What is said above the picture, as high before the end as after it."""
    stand_in = climb.models[model].stand_in(climb.live.simulations[model * climb.height])
    with st.container(key="ladder_head"):
        if stand_in:
            st.badge(stand_in, icon=":material/science:", color="violet")
        yield


def growing(climb: Climb) -> None:
    """The picture with the steps that have ended, drawn again whenever one ends, and the live text beneath it."""
    model = which(climb)
    ended = [step for step, lane in enumerate(climb.lanes(model)) if lane.ended]
    with head(climb, model):
        st.markdown(f"## {len(ended)} of {climb.height} steps have ended …")
        st.caption(
            "Each step that ends adds its bar: the input tokens of its request, and what they are made of."
        )
    steps = range(climb.height) if climb.has_counts(model) else ()
    chart(climb, model, [climb.parts(model, step) for step in steps], ended)
    titles = [
        f"{ref.model} · {rung.name}"
        for ref, rungs in zip(climb.models, climb.ladders, strict=True)
        for rung in rungs
    ]
    live_run(climb.live, key=f"ladder_live_{climb.live.id}", titles=titles)
    if climb.live.done:  # the last step ended meanwhile, and no live text is left to say so
        st.rerun()


def chart(
    climb: Climb,
    model: int,
    parts: Sequence[Sequence[Part]],
    ended: Collection[int] | None = None,
) -> None:
    """A bar for each step that has ended (None = all); scale, legend and height are those of the whole ladder.

    `parts` is empty as long as they are being counted: the bars come with them.
    """
    steps = [f"{i}. {rung.name}" for i, rung in enumerate(climb.ladders[model])]
    last = parts[-1] if parts else ()
    guessed = {part.name for part in last if part.estimate}
    rows = [
        [_row(steps[step], part, guessed) for part in row if part.tokens]
        for step, row in enumerate(parts)
    ]
    drawn = range(len(parts)) if ended is None else [i for i in ended if i < len(parts)]
    with st.container(key="ladder_picture"):
        draw(
            ladder_bars(
                steps,
                [row for step in drawn for row in rows[step]],
                [_marked(part.name, guessed) for part in last],
                whole=[row for step in rows for row in step],
            )
        )
        if guessed:
            st.caption(
                ":material/info: Parts marked ≈ are estimates; the others are counted by the provider."
            )


def _row(step: str, part: Part, guessed: Collection[str]) -> dict[str, Any]:
    return {
        "step": step,
        "part": _marked(part.name, guessed),
        "tokens": part.tokens,
        "kind": "estimate" if part.estimate else "the provider",
    }


def _marked(name: str, guessed: Collection[str]) -> str:
    return f"{name} (≈ estimate)" if name in guessed else name
