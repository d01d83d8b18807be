"""Sets of models to begin with: one row a ready set, and those that people keep under a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

import streamlit as st

from playground import catalog, pricing
from playground.domain import ModelRef, clock, setting
from playground.ui import names
from playground.ui.compare import lanes
from playground.ui.session.lanes import anew
from playground.ui.session.state import MOST_LANES

USUAL_INPUT = 1_000
USUAL_OUTPUT = 500
"""Tokens of the request by which models are called cheap."""


class Lane(NamedTuple):
    """One lane of a set."""

    model: ModelRef
    settings: Mapping[str, str | bool] = MappingProxyType({})
    """Setting → what its widget in the lane holds; the others are as the model has them."""


def flagships() -> list[Lane]:
    """The model that each provider begins with."""
    return [Lane(ref) for ref in catalog.defaults()]


def cheapest() -> list[Lane]:
    """Of each provider the model that costs least for a usual request."""
    best: dict[str, tuple[Decimal, ModelRef]] = {}
    for ref in catalog.current():
        cost = _usual(ref)
        if cost is not None and (ref.provider not in best or cost < best[ref.provider][0]):
            best[ref.provider] = (cost, ref)
    return [Lane(ref) for _, ref in best.values()]


def _usual(ref: ModelRef) -> Decimal | None:
    price = pricing.load().find(ref.provider, ref.model, clock.today())
    ways = [price.rates.get(way) for way in ("input", "output")] if price else [None]
    model = catalog.find(ref)
    if model is None or model.retires_soon() or None in ways:
        return None
    read, written = (rate or Decimal(0) for rate in ways)
    return read * USUAL_INPUT + written * USUAL_OUTPUT


def three_efforts() -> list[Lane]:
    """The first lane's model at its least, its middle and its most effort; nothing where it has none to choose."""
    ref = _first()
    levels = catalog.describe(ref).efforts if ref else ()
    chosen = dict.fromkeys((levels[0], levels[len(levels) // 2], levels[-1])) if levels else ()
    return [Lane(ref, {"effort": level}) for level in chosen if ref]


def each_effort() -> list[Lane]:
    """The first lane's model at every effort that it has, as far as there are lanes."""
    ref = _first()
    levels = catalog.describe(ref).efforts if ref else ()
    return [Lane(ref, {"effort": level}) for level in levels[:MOST_LANES] if ref]


def streamed_and_whole() -> list[Lane]:
    """The first lane's model twice: piece by piece, and whole at the end."""
    ref = _first()
    return [Lane(ref, {"stream": streams}) for streams in (True, False)] if ref else []


def _first() -> ModelRef | None:
    """The first lane's model; None where none is chosen there."""
    try:
        return ModelRef.parse(lanes.spelling(lanes.ids()[0]))
    except ValueError:
        return None


SETS: dict[str, Callable[[], Sequence[Lane]]] = {
    "Three flagships": flagships,
    "Cheapest of each": cheapest,
    "Same model, three efforts": three_efforts,
    "Same model, each effort": each_effort,
    "Streamed against whole": streamed_and_whole,
}
"""What the menu offers → the lanes that it makes."""


def presets() -> None:
    """The menu of sets: the ready ones, one's own, and a field to keep the lanes that are here."""
    with st.popover(
        "Models",
        icon=":material/view_column:",
        type="tertiary",
        help="Sets of models to begin with",
        key=names.PRESET,
        on_change="rerun",
    ) as menu:
        if menu.open:
            with st.container(gap=None, key="presets"):
                for number, (name, make) in enumerate(SETS.items()):
                    st.button(
                        name,
                        key=f"preset_{number}",
                        type="tertiary",
                        on_click=_take,
                        args=(make,),
                    )
            from playground.ui.compare import (
                own_sets,
            )  # the database, which the first page does not need

            own_sets.own_sets()


def _take(make: Callable[[], Sequence[Lane]]) -> None:
    found = make()
    if not found:
        st.toast("This model has no efforts to choose from.")
        return
    for lane, made in zip(anew([str(lane.model) for lane in found]), found, strict=True):
        for name, value in made.settings.items():
            if row := setting.find(name):
                key = lanes.setting_key(row, lane, made.model)
                st.session_state[key] = value
    lanes.replaced()
